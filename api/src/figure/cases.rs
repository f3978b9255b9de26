//! The cases behind a figure.

use chrono::NaiveDate;
use domain::complaint::Kind;
use domain::figure::{Coverage, Measure, SATISFIED, Timeliness};
use entity::case_figure::{self, Column};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Select};
use uuid::Uuid;

use super::facts::first_of;
use crate::access::scope;
use crate::access::viewer::Viewer;

/// Which cases.
#[derive(Debug, Clone)]
pub struct Behind {
    /// Of a site.
    pub site: Uuid,
    /// A day of the month in which they were received.
    pub month: NaiveDate,
    /// Of a department; nil for those of none.
    pub department: Option<Uuid>,
    /// Of a category.
    pub category: Option<Uuid>,
    /// Of a kind.
    pub kind: Option<Kind>,
    /// Those that a figure is made of.
    pub measure: Measure,
}

/// The cases behind a figure, as far as the viewer may see them.
#[must_use]
pub fn behind(viewer: &Viewer, which: &Behind) -> Select<case_figure::Entity> {
    let mut select = scope::case_figures(viewer)
        .filter(Column::SiteId.eq(which.site))
        .filter(Column::Month.eq(first_of(which.month)))
        .filter(among(which.measure));
    if let Some(department) = which.department {
        select = select.filter(Column::DepartmentId.eq(department));
    }
    if let Some(category) = which.category {
        select = select.filter(Column::CategoryId.eq(category));
    }
    if let Some(kind) = which.kind {
        select = select.filter(Column::Kind.eq(kind));
    }
    select
}

/// What [`Measure::holds`] says, for the database: a test holds the two to each other.
fn among(measure: Measure) -> Condition {
    let timeliness = |is: Timeliness| Condition::all().add(Column::Timeliness.eq(is));
    let counted = || Condition::all().add(Column::Timeliness.ne(Timeliness::Merged));
    match measure {
        Measure::Cases => counted(),
        Measure::InTime => timeliness(Timeliness::InTime),
        Measure::Late => timeliness(Timeliness::Late),
        Measure::NotDue => timeliness(Timeliness::NotDue),
        Measure::Unpromised => timeliness(Timeliness::Unpromised),
        Measure::Merged => timeliness(Timeliness::Merged),
        Measure::Proven => timeliness(Timeliness::InTime).add(Column::Signed.eq(true)),
        Measure::Handled => counted().add(Column::Handled.eq(true)),
        Measure::Withdrawn => counted().add(Column::Withdrawn.eq(true)),
        Measure::WithdrawnInTime => timeliness(Timeliness::InTime).add(Column::Withdrawn.eq(true)),
        Measure::Anonymous => counted().add(Column::Anonymous.eq(true)),
        Measure::AnonymousInTime => timeliness(Timeliness::InTime).add(Column::Anonymous.eq(true)),
        Measure::AnonymousLate => timeliness(Timeliness::Late).add(Column::Anonymous.eq(true)),
        Measure::Rated => counted().add(Column::Rating.is_not_null()),
        Measure::Unrated => counted().add(Column::Rating.is_null()),
        Measure::Satisfied => counted().add(Column::Rating.gte(SATISFIED)),
        Measure::Dissatisfied => counted().add(Column::Rating.lt(SATISFIED)),
        Measure::FollowUpOwed => counted().add(Column::Coverage.ne(Coverage::NotOwed)),
        Measure::FollowUpHeld => counted().add(Column::Coverage.eq(Coverage::Held)),
        Measure::FollowUpMissing => counted().add(Column::Coverage.eq(Coverage::Missing)),
        Measure::Asked => counted().add(Column::Content.is_not_null()),
        Measure::Content => counted().add(Column::Content.eq(true)),
        Measure::Discontent => counted().add(Column::Content.eq(false)),
        Measure::Repeated => counted().add(Column::Repeated.eq(true)),
        Measure::Reopened => counted().add(Column::Reopened.eq(true)),
    }
}
