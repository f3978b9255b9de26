//! The office issues the statements of a month: one for each unit that owes something.

use std::collections::BTreeMap;

use domain::audit::Kind as AuditKind;
use domain::fee::{Month, StatementState};
use domain::money::Money;
use domain::refusal::Code;
use entity::{charge, statement};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use super::billed_site;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::audit::trail::Record;
use crate::complaint::numbers::{self, Series};
use crate::price::service::today;

/// Reads a month.
///
/// # Errors
/// `INVALID`.
pub fn month(field: &str, text: &str) -> Result<Month> {
    let right = || Error::refused_needing(Code::Invalid, field, vec!["a month, as 2026-03".to_owned()]);
    Month::parse(text.trim()).ok_or_else(right)
}

/// Issues the statements of a month that is over: each unit of the site that has charges or credits up to its last day
/// which no statement has taken up. Done again it issues none, since nothing is left.
///
/// # Errors
/// `NOT_FOUND` for a site whose fees are not the caller's; `INVALID` for a month that is not over.
pub async fn issue(caller: &Caller<'_>, site_id: Uuid, month: Month) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let site = billed_site(&act, site_id).await?;
    if !month.is_over(today(&site, act.now)) {
        return Err(Error::refused_needing(Code::Invalid, "month", vec!["a month that is over".to_owned()]));
    }
    let owed = charge::Entity::find()
        .filter(charge::Column::SiteId.eq(site.id))
        .filter(charge::Column::StatementId.is_null())
        .filter(charge::Column::ChargedOn.lte(month.last()))
        .order_by_asc(charge::Column::Id)
        .all(&act.txn)
        .await?;
    let mut units: BTreeMap<Uuid, Money> = BTreeMap::new();
    for line in &owed {
        let total = units.entry(line.unit_id).or_default();
        *total = *total + Money::from_fen(line.amount_fen);
    }
    let count = units.len();
    for (unit_id, total) in units {
        let row = statement::Model {
            id: act.id(),
            organization_id: site.organization_id,
            site_id: site.id,
            unit_id,
            number: numbers::next(&act.txn, &site, Series::Statement, act.now).await?,
            from_date: month.first(),
            to_date: month.last(),
            total_fen: total.fen(),
            state: StatementState::Unpaid,
            issued_by: act.person()?.id,
            issued_at: act.now,
            paid_on: None,
            reference: None,
            marked_by: None,
            marked_at: None,
            version: 1,
        };
        let id = row.id;
        row.into_active_model().insert(&act.txn).await.map_err(|error| Error::taken(error, "month"))?;
        charge::Entity::update_many()
            .col_expr(charge::Column::StatementId, Expr::value(id))
            .filter(charge::Column::UnitId.eq(unit_id))
            .filter(charge::Column::StatementId.is_null())
            .filter(charge::Column::ChargedOn.lte(month.last()))
            .exec(&act.txn)
            .await?;
    }
    let data = json!({ "month": month.to_string(), "statements": count });
    act.record(Record { kind: AuditKind::Made, subject: ("Site", site.id), account: None, data }).await?;
    act.commit(ActResult { subject: Some(site.id), ..ActResult::default() }).await
}
