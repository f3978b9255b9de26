//! The follow-up rate (D5): which of the cases that were resolved in a period have their follow-up, and which have not.

use chrono::{DateTime, Utc};
use domain::complaint::State as CaseState;
use domain::follow_up::State;
use entity::{complaint, follow_up, inspection_draw};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Select};
use uuid::Uuid;

use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::app::error::Result;

/// A site and a period; its end is not in it.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    /// The site.
    pub site: Uuid,
    /// The beginning.
    pub from: DateTime<Utc>,
    /// The end.
    pub to: DateTime<Utc>,
}

/// How the rate stands.
#[derive(Debug, Clone, Copy)]
pub struct Tally {
    /// How many cases owe a follow-up.
    pub owed: i64,
    /// How many have it.
    pub done: i64,
    /// How many of those by the director's word.
    pub not_reached: i64,
}

/// The cases of a period that owe a follow-up, as far as a viewer may see them: resolved, and not anonymous (D7).
fn owed(viewer: &Viewer, period: Period) -> Select<complaint::Entity> {
    use complaint::Column;
    scope::complaints(viewer)
        .filter(Column::SiteId.eq(period.site))
        .filter(Column::ResolvedAt.gte(period.from))
        .filter(Column::ResolvedAt.lt(period.to))
        .filter(Column::Anonymous.eq(false))
        .filter(Column::State.ne(CaseState::Merged))
}

/// The follow-up of a case that counts: held, or closed by the director's word, since the case was last resolved.
fn held() -> SelectStatement {
    use follow_up::Column;
    let of = |column| Expr::col((follow_up::Entity, column));
    Query::select()
        .expr(Expr::value(1))
        .from(follow_up::Entity)
        .and_where(of(Column::ComplaintId).eq(Expr::col((complaint::Entity, complaint::Column::Id))))
        .and_where(Column::Closing.eq(true))
        .and_where(Column::State.is_in([State::Finished, State::Inspected, State::Signed]))
        .and_where(of(Column::OpenedAt).gte(Expr::col((complaint::Entity, complaint::Column::ResolvedAt))))
        .to_owned()
}

/// Counts what was resolved in the period: as much as a site resolves in it, however many cases there are.
///
/// # Errors
/// When the database does not answer.
pub async fn tally(db: &impl ConnectionTrait, viewer: &Viewer, period: Period) -> Result<Tally> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let unreached = held().and_where(follow_up::Column::Unreached.is_not_null()).to_owned();
    let owed = || owed(viewer, period);
    Ok(Tally {
        owed: number(owed().count(db).await?),
        done: number(owed().filter(Expr::exists(held())).count(db).await?),
        not_reached: number(owed().filter(Expr::exists(unreached)).count(db).await?),
    })
}

/// The cases of a period whose follow-up is missing.
#[must_use]
pub fn missing(viewer: &Viewer, period: Period) -> Select<complaint::Entity> {
    owed(viewer, period).filter(Expr::exists(held()).not())
}

/// The draws at a site.
#[must_use]
pub fn draws(viewer: &Viewer, site: Uuid) -> Select<inspection_draw::Entity> {
    use inspection_draw::Column;
    inspection_draw::Entity::find()
        .filter(Column::OrganizationId.eq(viewer.organization_id))
        .filter(Column::SiteId.eq(site))
}
