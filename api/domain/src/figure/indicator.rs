//! Rates: how many of how many, how they are defined, and what they should be.

use super::{Counts, Measure};
use crate::closed_set::closed_set;

closed_set! {
    /// A rate that is made of figures.
    pub enum Indicator as "FigureIndicator" {
        /// 及时率: handled in time, of all (E4.5.3).
        TimelyRate,
        /// 满意率: satisfied, of those who rated (B, E4.5.3).
        Satisfaction,
        /// 回访率: followed up, of those to whom it is owed (D5).
        FollowUpCoverage,
        /// 回访满意率: content, of those who were asked in a follow-up.
        FollowUpContent,
        /// 重复投诉率: of a matter that had been reported before, of all (C4, D6).
        RepeatRate,
    }
}

/// What a rate should be, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// At least so much.
    AtLeast(i64),
    /// At most so much.
    AtMost(i64),
}

impl Target {
    /// How much, in hundredths of a percent.
    #[must_use]
    pub const fn hundredths(self) -> i64 {
        match self {
            Self::AtLeast(share) | Self::AtMost(share) => share,
        }
    }
}

/// How a rate is defined, for whoever shows or checks it.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Raised when the definition changes.
    pub version: i32,
    /// The rule of the regulations.
    pub rule: &'static str,
    /// The formula in Chinese.
    pub zh: &'static str,
    /// The formula in English.
    pub en: &'static str,
    /// The measures whose sum is divided.
    pub numerator: &'static [Measure],
    /// The measures by whose sum it is divided.
    pub denominator: &'static [Measure],
    /// What it should be, where a regulation says so.
    pub target: Option<Target>,
}

const TIMELY: Definition = Definition {
    version: 1,
    rule: "E4.5.3",
    zh: "处理及时率=按时办结数÷(按时办结数+逾期数)×100%。统计当月(按小区时区)接报的各类事项;办结时限达成为按时,有维修单的以签字的维修单为证;\
         未办结已到期计逾期;未办结未到期、无时限承诺、已并案的单列,不计入;撤回(到期前撤回计按时)和匿名计入并单列。",
    en: "Timely rate = handled in time ÷ (handled in time + late) × 100 %. Of the cases of any kind received in the month (in \
         the site's time zone): in time when the clock of resolution was met, proven by the signed work order where there is \
         one; late when handled too late, or open and past due. Open and not due, handled without a promise, and merged cases \
         are stated apart and not counted. Withdrawn (in time when taken back before the end) and anonymous cases are counted \
         and shown apart.",
    numerator: &[Measure::InTime],
    denominator: &[Measure::InTime, Measure::Late],
    target: None,
};

const SATISFACTION: Definition = Definition {
    version: 1,
    rule: "B, E4.5.3",
    zh: "满意率=总体评分4分及以上的件数÷已评价件数×100%;未评价件数并列说明。目标不低于95%。",
    en: "Satisfaction = rated 4 or 5 of 5 on the whole ÷ rated × 100 %; how many are not rated stands beside it. At least 95 %.",
    numerator: &[Measure::Satisfied],
    denominator: &[Measure::Rated],
    target: Some(Target::AtLeast(9_500)),
};

const COVERAGE: Definition = Definition {
    version: 1,
    rule: "D5, C10, D7",
    zh: "回访率=已回访件数÷应回访件数×100%;已办结且非匿名的事项应回访。目标100%。",
    en: "Follow-up rate = followed up ÷ handled and of somebody known × 100 %. At least 100 %.",
    numerator: &[Measure::FollowUpHeld],
    denominator: &[Measure::FollowUpOwed],
    target: Some(Target::AtLeast(10_000)),
};

const CONTENT: Definition = Definition {
    version: 1,
    rule: "E4.5.3, D0",
    zh: "回访满意率=回访时表示满意的件数÷回访中已答复的件数×100%;多次回访以最近一次为准;与评价满意率分列。",
    en: "Content in follow-ups = content ÷ asked in a follow-up × 100 %; of several answers the last counts. Apart from ratings.",
    numerator: &[Measure::Content],
    denominator: &[Measure::Asked],
    target: None,
};

const REPEATS: Definition = Definition {
    version: 1,
    rule: "C4, D6",
    zh: "重复投诉率=同一事项此前已反映过的件数÷接报件数×100%。目标0%。",
    en: "Second-complaint rate = of a matter that had been reported before ÷ cases received × 100 %. At most 0 %.",
    numerator: &[Measure::Repeated],
    denominator: &[Measure::Cases],
    target: Some(Target::AtMost(0)),
};

impl Indicator {
    /// How it is defined.
    #[must_use]
    pub const fn definition(self) -> &'static Definition {
        match self {
            Self::TimelyRate => &TIMELY,
            Self::Satisfaction => &SATISFACTION,
            Self::FollowUpCoverage => &COVERAGE,
            Self::FollowUpContent => &CONTENT,
            Self::RepeatRate => &REPEATS,
        }
    }

    /// How many of how many.
    #[must_use]
    pub fn parts(self, counts: &Counts) -> (i64, i64) {
        let sum = |measures: &[Measure]| measures.iter().map(|measure| counts.get(*measure)).sum();
        let definition = self.definition();
        (sum(definition.numerator), sum(definition.denominator))
    }

    /// Whether it is as it should be, exactly and not as rounded; none of nothing, and where no aim is set.
    #[must_use]
    pub fn reached(self, counts: &Counts) -> Option<bool> {
        let (numerator, denominator) = self.parts(counts);
        let target = self.definition().target.filter(|_| denominator > 0)?;
        Some(match target {
            Target::AtLeast(share) => numerator * 10_000 >= share * denominator,
            Target::AtMost(share) => numerator * 10_000 <= share * denominator,
        })
    }
}
