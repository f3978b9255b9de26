//! What figures look like: sums, rates, and the groups that they are told apart by.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::complaint::Kind;
use domain::figure::{Counts, Indicator as Which, Target};
use uuid::Uuid;

use super::query::{Answer, Key};
use crate::app::decimal::{Decimal, Rate};
use crate::app::loader::{CategoryById, DepartmentById, SiteById};
use crate::app::public_id;
use crate::app::request::Asked;

/// A rate with what it is made of, and whether it is as it should be.
#[derive(SimpleObject)]
pub struct FigureRate {
    /// How many.
    numerator: i64,
    /// Of how many.
    denominator: i64,
    /// In hundredths with two places, rounded half up; null of nothing.
    percent: Option<Decimal>,
    /// What it should be, in hundredths; null where no regulation says so.
    target: Option<Decimal>,
    /// Whether it is as it should be, by the exact share and not as rounded; null of nothing, and without a target.
    reached: Option<bool>,
}

impl FigureRate {
    fn of(indicator: Which, counts: &Counts) -> Self {
        let (numerator, denominator) = indicator.parts(counts);
        let Rate { percent, .. } = Rate::of(numerator, denominator);
        let target = indicator.definition().target.map(percent_of);
        Self { numerator, denominator, percent, target, reached: indicator.reached(counts) }
    }
}

/// A target as it is shown.
#[must_use]
pub fn percent_of(target: Target) -> Decimal {
    let share = target.hundredths();
    Decimal(format!("{}.{:02}", share / 100, share % 100))
}

/// How many cases count as what, and the rates that follow. `figureDefinitions` says how each rate is made.
#[derive(async_graphql::Description)]
pub struct Figures(Counts);

#[Object(use_type_description)]
impl Figures {
    /// The cases received in the months, of any kind (E2), but for those carried on under another number.
    async fn cases(&self) -> i64 {
        self.0.cases
    }

    /// Handled in time: the clock of resolution was met, or the customer took it back before its end.
    async fn in_time(&self) -> i64 {
        self.0.in_time
    }

    /// Of those in time, how many are proven by an order that the customer has signed 维修单.
    async fn proven_by_signature(&self) -> i64 {
        self.0.proven
    }

    /// Late: handled too late, or open and past due.
    async fn late(&self) -> i64 {
        self.0.late
    }

    /// Open and not past due: stated apart, in no rate of timeliness.
    async fn not_due(&self) -> i64 {
        self.0.not_due
    }

    /// Handled without a promise of when: stated apart, in no rate of timeliness.
    async fn unpromised(&self) -> i64 {
        self.0.unpromised
    }

    /// Carried on under another number: counted there, and not among `cases`.
    async fn merged(&self) -> i64 {
        self.0.merged
    }

    /// Handled: resolved, declined, concluded or taken back, and not opened again.
    async fn handled(&self) -> i64 {
        self.0.handled
    }

    /// Taken back by the customer: counted, and shown apart.
    async fn withdrawn(&self) -> i64 {
        self.0.withdrawn
    }

    /// Of those taken back, how many before they were late.
    async fn withdrawn_in_time(&self) -> i64 {
        self.0.withdrawn_in_time
    }

    /// Of nobody known (D7): counted, and shown apart.
    async fn anonymous(&self) -> i64 {
        self.0.anonymous
    }

    /// Of those of nobody known: handled in time, of those handled or late.
    async fn anonymous_timely_rate(&self) -> Rate {
        Rate::of(self.0.anonymous_in_time, self.0.anonymous_in_time + self.0.anonymous_late)
    }

    /// Rated by the customer on the whole (E4.5.2).
    async fn rated(&self) -> i64 {
        self.0.rated
    }

    /// Not rated.
    async fn unrated(&self) -> i64 {
        self.0.unrated
    }

    /// Opened again.
    async fn reopened(&self) -> i64 {
        self.0.reopened
    }

    /// 及时率: handled in time, of all that are handled or late (E4.5.3).
    async fn timely_rate(&self) -> FigureRate {
        FigureRate::of(Which::TimelyRate, &self.0)
    }

    /// 满意率: rated with 4 or 5 of 5 on the whole, of those rated; at least 95 % (B, E4.5.3).
    async fn satisfaction(&self) -> FigureRate {
        FigureRate::of(Which::Satisfaction, &self.0)
    }

    /// 回访率: followed up, of those to whom it is owed; 100 % (D5). `figureCases` lists what is missing.
    async fn follow_up_coverage(&self) -> FigureRate {
        FigureRate::of(Which::FollowUpCoverage, &self.0)
    }

    /// 回访满意率: content, of those who were asked in a follow-up. A figure of its own beside ratings.
    async fn follow_up_content(&self) -> FigureRate {
        FigureRate::of(Which::FollowUpContent, &self.0)
    }

    /// 重复投诉率: of a matter that had been reported before, of all cases (C4, D6).
    async fn repeat_rate(&self) -> FigureRate {
        FigureRate::of(Which::RepeatRate, &self.0)
    }
}

/// Figures of what a group has in common. What it is not told apart by is null.
#[derive(async_graphql::Description)]
pub struct FigureGroup(Key, Counts);

#[Object(use_type_description)]
impl FigureGroup {
    /// The site.
    async fn site_id(&self) -> Option<ID> {
        self.0.site.map(|id| public_id::write("Site", id))
    }

    /// The site's name.
    async fn site_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(id) = self.0.site else { return Ok(None) };
        Ok(ctx.load(SiteById(id)).await?.map(|site| site.name))
    }

    /// The first day of the month.
    async fn month(&self) -> Option<NaiveDate> {
        self.0.month
    }

    /// The responsible department; null also for cases that no department has.
    async fn department_id(&self) -> Option<ID> {
        self.department().map(|id| public_id::write("Department", id))
    }

    /// The department's name.
    async fn department_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(id) = self.department() else { return Ok(None) };
        Ok(ctx.load(DepartmentById(id)).await?.map(|department| department.name))
    }

    /// What the cases are about.
    async fn category_id(&self) -> Option<ID> {
        self.0.category.map(|id| public_id::write("Category", id))
    }

    /// The category's name, in the language of the request.
    async fn category_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(id) = self.0.category else { return Ok(None) };
        let category = ctx.load(CategoryById(id)).await?;
        Ok(category.map(|category| match ctx.language() {
            domain::organization::Language::ZhCn => category.name_zh,
            domain::organization::Language::En => category.name_en,
        }))
    }

    /// What the customers want.
    async fn kind(&self) -> Option<Kind> {
        self.0.kind
    }

    /// The figures.
    async fn figures(&self) -> Figures {
        Figures(self.1)
    }
}

impl FigureGroup {
    fn department(&self) -> Option<Uuid> {
        self.0.department.filter(|id| !id.is_nil())
    }
}

/// The figures of some months.
#[derive(SimpleObject)]
pub struct FigureReport {
    /// When the last event happened that is counted: normally less than a second ago, or when something happened last. Null
    /// where nothing has happened yet.
    as_of: Option<DateTime<Utc>>,
    /// The first day of the first month.
    from: NaiveDate,
    /// The first day of the last month.
    to: NaiveDate,
    /// All together.
    total: Figures,
    /// Told apart as was asked, in a stable order; groups of nothing are left out. One group of all where nothing was asked.
    groups: Vec<FigureGroup>,
}

impl From<Answer> for FigureReport {
    fn from(found: Answer) -> Self {
        let total = found.groups.iter().fold(Counts::default(), |sum, (_, counts)| sum.plus(*counts, 1));
        Self {
            as_of: found.as_of,
            from: found.months.0,
            to: found.months.1,
            total: Figures(total),
            groups: found.groups.into_iter().map(|(key, counts)| FigureGroup(key, counts)).collect(),
        }
    }
}
