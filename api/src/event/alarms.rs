//! The log of alarms alone.

use domain::event::Kind;
use entity::{event, notice};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, QueryFilter};

use super::query::{Of, cases_of, head, reach, select_after};
use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::access::ways::{has_share, own_cases, union};
use crate::app::App;
use crate::app::error::Result;

/// What happens to alarms: in the words of the index that holds nothing else, which a database does not recognize in values.
const OF_ALARMS: &str = "event.kind IN ('ALARM_RAISED', 'ALARM_ACKNOWLEDGED', 'ALARM_ANSWERED', 'ALARM_ENDED')";

/// The events of alarms after a position, in order, with the position that has been read up to: of the cases to which the
/// viewer was called, also when somebody else takes the alarm, and of those that they see as an employee.
///
/// # Errors
/// When the database does not answer.
pub async fn after(app: &App, viewer: &Viewer, position: i64, limit: u64) -> Result<(Vec<event::Model>, i64)> {
    let to = reach(viewer, position, head(&app.db, viewer.organization_id).await?);
    let sees = scope::sees_case(viewer, (event::Entity, event::Column::ComplaintId));
    let mut select = select_after(viewer.organization_id, Of::Everything, position, limit)
        .filter(event::Column::Position.lte(to))
        .filter(Expr::cust(OF_ALARMS))
        .filter(Condition::any().add(called_to_the_case(viewer)).add(sees));
    if !has_share(viewer) {
        let theirs = union([called_to(viewer), own_cases(viewer)].into_iter());
        select = select.filter(event::Column::ComplaintId.in_subquery(theirs));
    }
    let rows = select.all(&app.db).await?;
    let read_to = if (rows.len() as u64) < limit { to } else { rows.last().map_or(to, |row| row.position) };
    let cases = cases_of(app, viewer, &rows).await?;
    let hidden = |row: &event::Model| {
        let case = cases.iter().find(|case| case.id == row.complaint_id);
        case.is_some_and(|case| !viewer.sees_staff_side(case))
    };
    Ok((rows.into_iter().filter(|row| !hidden(row)).collect(), read_to))
}

/// The cases to which the viewer was ever called.
fn called_to(viewer: &Viewer) -> SelectStatement {
    raised_to(viewer).column((RAISED, event::Column::ComplaintId)).to_owned()
}

/// Whether the viewer was ever called to the case of the event at hand.
fn called_to_the_case(viewer: &Viewer) -> SimpleExpr {
    let of_the_case =
        Expr::col((RAISED, event::Column::ComplaintId)).eq(Expr::col((event::Entity, event::Column::ComplaintId)));
    Expr::exists(raised_to(viewer).expr(Expr::value(1)).and_where(of_the_case).to_owned())
}

/// Alarms by which somebody was called.
const RAISED: &str = "raised";

fn raised_to(viewer: &Viewer) -> SelectStatement {
    let told = Expr::col((notice::Entity, notice::Column::Position)).eq(Expr::col((RAISED, event::Column::Position)));
    Query::select()
        .from_as(event::Entity, RAISED)
        .inner_join(notice::Entity, told)
        .and_where(Expr::col((RAISED, event::Column::OrganizationId)).eq(viewer.organization_id))
        .and_where(Expr::col((RAISED, event::Column::Kind)).eq(Kind::AlarmRaised.to_value()))
        .and_where(Expr::col((notice::Entity, notice::Column::AccountId)).eq(viewer.id))
        .to_owned()
}
