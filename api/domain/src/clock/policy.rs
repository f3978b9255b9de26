//! Which of several promises holds for a case: the most specific one, and never a longer one than the regulations give.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::promise::{About, Condition, Hours, Line, Matter, Source, applies, defaults};
use super::{Kind, Timing};
use crate::category::Emergency;
use crate::closed_set::closed_set;
use crate::working_time::Calendar;

closed_set! {
    /// Where a version of a site's promises stands.
    pub enum PromisesState as "ServicePromisesState" {
        /// It is being written.
        Draft,
        /// Somebody other than its author has approved it.
        Approved,
        /// It holds, or will from its beginning on. It does not change any more.
        Published,
        /// It was given up before it was published.
        Withdrawn,
    }
}

/// How specific a condition is: severity before category, channel, kind and department. The deeper category of two is
/// the more specific.
type Rank = (bool, usize, bool, bool, bool);

impl Condition {
    /// How specific it is for a case; none where the case does not meet it.
    #[must_use]
    pub fn rank(&self, matter: &Matter) -> Option<Rank> {
        fn met<T: PartialEq + Copy>(wanted: Option<T>, is: impl Into<Option<T>>) -> Option<bool> {
            wanted.map_or(Some(false), |wanted| (Some(wanted) == is.into()).then_some(true))
        }
        Some((
            met(self.severity, matter.severity)?,
            depth(self.about, matter)?,
            met(self.channel, matter.channel)?,
            met(self.kind, matter.kind)?,
            met(self.department, matter.department)?,
        ))
    }
}

/// How narrow what a case is about is described; none where it is about something else.
fn depth(about: Option<About>, matter: &Matter) -> Option<usize> {
    match about {
        None => Some(0),
        Some(About::WaterOrElectricity) => matter.water_or_electricity.then_some(1),
        Some(About::Emergency) => (matter.emergency != Emergency::None).then_some(2),
        Some(About::Category(id)) => {
            let up = matter.branch.iter().position(|category| *category == id)?;
            Some(2 + matter.branch.len() - up)
        }
    }
}

/// The promise that holds for a clock of a case.
#[derive(Debug, Clone)]
pub struct Choice<'a> {
    /// The promise.
    pub line: &'a Line,
    /// When the clock ends by it.
    pub timing: Timing,
    /// The others whose condition the case meets, the most specific first.
    pub lost: Vec<&'a Line>,
    /// Whether a more specific promise gave way because a regulation gives less time.
    pub regulated: bool,
}

/// Chooses the promise for a clock that begins at a moment: of those whose condition the case meets, the site's own and
/// the defaults, the most specific; of two equals the site's own. A site may promise less time than a regulation gives, and
/// never more: then the regulation holds. None where nothing is promised.
#[must_use]
pub fn choose<'a, 'c>(
    clock: Kind,
    matter: &Matter,
    own: &'a [Line],
    started: DateTime<Utc>,
    calendar: impl Fn(Hours) -> &'c Calendar,
) -> Option<Choice<'a>> {
    if !applies(clock, matter) {
        return None;
    }
    let all = own.iter().chain(defaults()).filter(|line| line.clock == clock);
    let mut met: Vec<_> = all.filter_map(|line| Some((line.condition.rank(matter)?, line))).collect();
    // Stable, so that of two equals the site's own stays ahead of the default.
    met.sort_by(|(one, _), (other, _)| other.cmp(one));
    let timed = |line: &Line| {
        let promise = &line.promise;
        Timing::of(promise.limit, promise.target, started, calendar(promise.hours))
    };
    let mut lines: Vec<&Line> = met.into_iter().map(|(_, line)| line).collect();
    let first = timed(lines.first()?)?;
    let law = lines.iter().position(|line| line.promise.source == Source::Regulation);
    let law = law.filter(|at| *at > 0).and_then(|at| Some((at, timed(lines.get(at)?)?)));
    let (at, timing) = law.filter(|(_, law)| law.due < first.due).unwrap_or((0, first));
    let line = lines.remove(at);
    Some(Choice { line, timing, lost: lines, regulated: at > 0 })
}

/// The first two promises of a version that no rule puts in order: of one clock and with the same condition. Any other
/// two differ in rank, or no case meets both.
#[must_use]
pub fn conflict(lines: &[Line]) -> Option<(usize, usize)> {
    let mut seen: HashMap<(Kind, Condition), usize> = HashMap::new();
    lines
        .iter()
        .enumerate()
        .find_map(|(place, line)| seen.insert((line.clock, line.condition), place).map(|before| (before, place)))
}

/// The categories that promises name.
pub fn categories(lines: &[Line]) -> impl Iterator<Item = Uuid> {
    lines.iter().filter_map(|line| match line.condition.about {
        Some(About::Category(id)) => Some(id),
        _ => None,
    })
}
