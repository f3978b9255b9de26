//! Running numbers per site and year, without gaps or collisions.

use chrono::{DateTime, Datelike, Utc};
use entity::{number_counter, site};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::access::viewer::parse_zone;
use crate::app::error::Result;

/// A series of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// Cases.
    Complaint,
    /// Work orders.
    WorkOrder,
    /// Quotes.
    Quote,
    /// Statements.
    Statement,
    /// Opinions.
    Opinion,
}

/// Takes the next number. The counter's row stays locked until the act ends, so a number that is not used is given
/// again and none is given twice.
///
/// # Errors
/// When the database does not answer.
pub async fn next(db: &impl ConnectionTrait, site: &site::Model, series: Series, now: DateTime<Utc>) -> Result<String> {
    let year = now.with_timezone(&parse_zone(&site.time_zone)).year();
    let name = match series {
        Series::Complaint => "complaint",
        Series::WorkOrder => "work_order",
        Series::Quote => "quote",
        Series::Statement => "statement",
        Series::Opinion => "opinion",
    };
    let row = number_counter::ActiveModel {
        site_id: Set(site.id),
        series: Set(name.to_owned()),
        year: Set(year),
        last: Set(1),
    };
    let raise = OnConflict::columns([
        number_counter::Column::SiteId,
        number_counter::Column::Series,
        number_counter::Column::Year,
    ])
    .value(number_counter::Column::Last, Expr::col((number_counter::Entity, number_counter::Column::Last)).add(1))
    .to_owned();
    let counter = number_counter::Entity::insert(row).on_conflict(raise).exec_with_returning(db).await?;
    Ok(match series {
        Series::Complaint => domain::text::case_number(&site.code, year, counter.last),
        Series::WorkOrder => domain::text::work_order_number(&site.code, year, counter.last),
        Series::Quote => domain::text::quote_number(&site.code, year, counter.last),
        Series::Statement => domain::text::statement_number(&site.code, year, counter.last),
        Series::Opinion => domain::text::opinion_number(&site.code, year, counter.last),
    })
}
