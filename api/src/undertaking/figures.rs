//! How many promises were kept (C6, C9).

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use domain::undertaking::{Kind, State};
use entity::undertaking;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::app::decimal::Decimal;
use crate::app::error::Result;

/// How many promises to customers were kept (C6, C9), of those that were due in a period: commitments, and remedies that the
/// customer took. Counted is what you may see.
#[derive(SimpleObject)]
pub struct PromiseFigures {
    /// Carried out in time: the numerator.
    pub kept: i64,
    /// Carried out too late, or late by now. With `kept` it is the denominator.
    pub broken: i64,
    /// Not due yet.
    pub open: i64,
    /// The rate in hundredths with two places; null while nothing has come due.
    pub percent: Option<Decimal>,
}

/// Counts.
///
/// # Errors
/// When the database does not answer.
pub async fn count(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    site: Uuid,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<PromiseFigures> {
    use undertaking::Column;
    let promises = || {
        scope::undertakings(viewer)
            .filter(Column::SiteId.eq(site))
            .filter(Column::Kind.is_in([Kind::Commitment, Kind::Remedy]))
            .filter(Column::DueAt.gte(from))
            .filter(Column::DueAt.lt(to))
    };
    let in_time = Expr::col(Column::FinishedAt).lte(Expr::col(Column::DueAt));
    let too_late = Expr::col(Column::FinishedAt).gt(Expr::col(Column::DueAt));
    let owed = || Condition::all().add(Column::State.eq(State::Open));
    let late = Condition::any().add(too_late).add(owed().add(Column::DueAt.lt(now)));
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let kept = number(promises().filter(in_time).count(db).await?);
    let broken = number(promises().filter(late).count(db).await?);
    let open = number(promises().filter(owed().add(Column::DueAt.gte(now))).count(db).await?);
    let percent = (kept * 10_000).checked_div(kept + broken);
    let percent = percent.map(|hundredths| Decimal(format!("{}.{:02}", hundredths / 100, hundredths % 100)));
    Ok(PromiseFigures { kept, broken, open, percent })
}
