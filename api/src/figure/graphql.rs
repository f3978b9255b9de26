//! Figures in the schema.

use async_graphql::connection::Connection;
use async_graphql::{ComplexObject, Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use domain::access::Operation;
use domain::complaint::Kind;
use domain::figure::{Coverage, Dimension, Indicator as Which, Measure, Target, Timeliness};
use entity::case_figure;

use super::cases::{Behind, behind};
use super::facts::figure;
use super::query::{Asked as Wanted, read_figures};
use super::report::{FigureReport, percent_of};
use crate::access::guard::Listed;
use crate::app::decimal::Decimal;
use crate::app::loader::ComplaintById;
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::{Asked, ids, optional_id};
use crate::complaint::graphql::Complaint;

/// Which figures. What is not given does not narrow.
#[derive(InputObject, Default)]
pub struct FigureFilter {
    /// Of these sites; without any, of all that you may read.
    #[graphql(default)]
    pub site_ids: Vec<ID>,
    /// Of these departments.
    #[graphql(default)]
    pub department_ids: Vec<ID>,
    /// Of these categories.
    #[graphql(default)]
    pub category_ids: Vec<ID>,
    /// Of these kinds.
    #[graphql(default)]
    pub kinds: Vec<Kind>,
}

/// Which figure the cases are behind.
#[derive(InputObject)]
pub struct FigureCasesInput {
    /// Of a site.
    pub site_id: ID,
    /// A day of the month in which they were received.
    pub month: NaiveDate,
    /// Those that are counted there.
    pub measure: Measure,
    /// Of a department.
    pub department_id: Option<ID>,
    /// Of a category.
    pub category_id: Option<ID>,
    /// Of a kind.
    pub kind: Option<Kind>,
}

/// A case behind a figure, with what it counts as.
#[derive(SimpleObject)]
#[graphql(complex)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of its own in the schema")]
pub struct FigureCase {
    #[graphql(skip)]
    row: case_figure::Model,
    /// Whether it was handled in time.
    timeliness: Timeliness,
    /// Whether the follow-up that is owed was held (D5).
    follow_up_coverage: Coverage,
    /// The overall rating, 1 to 5; null where it is not rated.
    rating: Option<i32>,
    /// Whether the customer was content when asked in a follow-up; null where they were not asked.
    content: Option<bool>,
    /// Whether the customer took it back.
    withdrawn: bool,
    /// Whether nobody is known.
    anonymous: bool,
    /// Whether the matter had been reported before (D6).
    repeated: bool,
    /// Whether it was opened again.
    reopened: bool,
}

#[ComplexObject]
impl FigureCase {
    /// The case.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        Ok(ctx.load(ComplaintById(self.row.complaint_id)).await?.map(Complaint))
    }

    /// The measures in which it is counted.
    async fn measures(&self) -> Vec<Measure> {
        let own = figure(&self.row);
        Measure::ALL.iter().copied().filter(|measure| measure.holds(&own)).collect()
    }
}

impl From<case_figure::Model> for FigureCase {
    fn from(row: case_figure::Model) -> Self {
        Self {
            timeliness: row.timeliness,
            follow_up_coverage: row.coverage,
            rating: row.rating,
            content: row.content,
            withdrawn: row.withdrawn,
            anonymous: row.anonymous,
            repeated: row.repeated,
            reopened: row.reopened,
            row,
        }
    }
}

/// How a rate is defined.
#[derive(SimpleObject)]
pub struct FigureDefinition {
    /// Which rate.
    id: Which,
    /// Raised when the definition changes; figures are then counted anew by it.
    version: i32,
    /// The rules of the regulations.
    rule: &'static str,
    /// The formula in Chinese.
    formula_zh: &'static str,
    /// The formula in English.
    formula_en: &'static str,
    /// The measures whose sum is divided.
    numerator: Vec<Measure>,
    /// The measures by whose sum it is divided.
    denominator: Vec<Measure>,
    /// What it should be, in hundredths; null where no regulation says so.
    target: Option<Decimal>,
    /// Whether more than that is as good; false where it is the most.
    at_least: Option<bool>,
}

impl FigureDefinition {
    fn of(id: Which) -> Self {
        let definition = id.definition();
        Self {
            id,
            version: definition.version,
            rule: definition.rule,
            formula_zh: definition.zh,
            formula_en: definition.en,
            numerator: definition.numerator.to_vec(),
            denominator: definition.denominator.to_vec(),
            target: definition.target.map(percent_of),
            at_least: definition.target.map(|target| matches!(target, Target::AtLeast(_))),
        }
    }
}

/// Reads of figures.
#[derive(Default)]
pub struct FigureQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl FigureQuery {
    /// Monthly figures 月度分析 (E4.5.3): of the cases received in the months, counted where their site is. Leaders read all
    /// sites, customer service and the office their own, a head the department's, a machine account with the scope
    /// `FIGURES` those of its sites. Cases about yourself are left out. Refused with `INVALID` beyond 36 months, with
    /// `NOT_FOUND` for a site that you do not read, with `TOO_LONG` beyond 1000 groups.
    async fn figures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A day of the first month.")] from: NaiveDate,
        #[graphql(desc = "A day of the last month; the first month alone when not given.")] to: Option<NaiveDate>,
        #[graphql(desc = "Which figures.", default)] filter: FigureFilter,
        #[graphql(desc = "By what they are told apart.", default)] by: Vec<Dimension>,
    ) -> Result<FigureReport> {
        let wanted = Wanted {
            sites: ids("Site", &filter.site_ids, "filter.siteIds")?,
            from,
            to: to.unwrap_or(from),
            departments: ids("Department", &filter.department_ids, "filter.departmentIds")?,
            categories: ids("Category", &filter.category_ids, "filter.categoryIds")?,
            kinds: filter.kinds,
            by,
        };
        Ok(read_figures(ctx.app()?, ctx.signed_in()?, &wanted).await?.into())
    }

    /// The cases behind a figure of a month, newest first, as far as you may see them; `FOLLOW_UP_MISSING` lists the
    /// follow-ups that are owed (D5).
    async fn figure_cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which figure.")] input: FigureCasesInput,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, FigureCase>> {
        let which = Behind {
            site: public_id::read("Site", &input.site_id, "input.siteId")?,
            month: input.month,
            department: optional_id("Department", input.department_id.as_ref(), "input.departmentId")?,
            category: optional_id("Category", input.category_id.as_ref(), "input.categoryId")?,
            kind: input.kind,
            measure: input.measure,
        };
        let rows = behind(ctx.signed_in()?, &which);
        Ok(newest_first(ctx.app()?, rows, case_figure::Column::ComplaintId, &page, FigureCase::from).await?)
    }

    /// How each rate is made: formula, numerator and denominator, what it should be, and the version of that.
    async fn figure_definitions(&self) -> Vec<FigureDefinition> {
        Which::ALL.iter().copied().map(FigureDefinition::of).collect()
    }
}
