//! What somebody may do to a case, by the rules that the acts enforce.

use async_graphql::{Context, Result};
use domain::complaint::{Action, allowed_actions};
use entity::complaint;

use super::case::{Parts, facts_from};
use crate::app::loader::{AllFollowUpsOf, AllOrdersOf, AllQuotesOf, AllUndertakingsOf, ItemsOf};
use crate::app::request::Asked;
use crate::quote::facts::open_without_order;

/// What the viewer may do to a case now.
///
/// # Errors
/// When the database does not answer.
pub async fn actions_on(ctx: &Context<'_>, case: &complaint::Model) -> Result<Vec<Action>> {
    let Some(viewer) = ctx.viewer() else { return Ok(Vec::new()) };
    let orders = ctx.load(AllOrdersOf(case.id)).await?.unwrap_or_default();
    let follow_ups = ctx.load(AllFollowUpsOf(case.id)).await?.unwrap_or_default();
    let items = ctx.load(ItemsOf(case.id)).await?.unwrap_or_default();
    let quotes = ctx.load(AllQuotesOf(case.id)).await?.unwrap_or_default();
    let open_quotes = open_without_order(&quotes, ctx.app()?.clock.now());
    let undertakings = ctx.load(AllUndertakingsOf(case.id)).await?.unwrap_or_default();
    let parts = Parts {
        orders: &orders,
        follow_ups: &follow_ups,
        undertakings: &undertakings,
        items: items.len(),
        open_quotes,
    };
    Ok(allowed_actions(&facts_from(case, &parts), &viewer.standing(case)))
}
