//! Opinions in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Operation;
use domain::complaint::ReplyForm;
use domain::opinion::{Action, Channel, State, Step, allowed_actions};
use domain::standing::Who;
use domain::text::{mask_name, mask_phone};
use entity::{opinion, opinion_step};
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::service::standing;
use crate::access::guard::Listed;
use crate::access::viewer::Viewer;
use crate::access::ways;
use crate::app::dice::first_id;
use crate::app::loader::{AccountById, ComplaintById, OpinionById, SiteById, StepsOfOpinion, UnitById};
use crate::app::page::{PageInput, in_states, newest_of};
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::complaint::graphql::Complaint;
use crate::organization::graphql::{HandlerCard, Site, Unit, card};

/// An opinion 意见 about the place and its management (B1): answered by a promised time, or turned into a complaint.
#[derive(async_graphql::Description)]
pub struct Opinion(pub opinion::Model);

#[Object(use_type_description)]
impl Opinion {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Opinion", self.0.id)
    }

    /// The number, per site and year, such as `LY-Y2026-000123`.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// How it came in.
    async fn channel(&self) -> Channel {
        self.0.channel
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// In the words of whoever gave it.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The site.
    async fn site(&self, ctx: &Context<'_>) -> Result<Option<Site>> {
        Ok(ctx.load(SiteById(self.0.site_id)).await?.map(Site))
    }

    /// The unit it comes from, if one is known.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        let Some(unit) = self.0.unit_id else { return Ok(None) };
        Ok(ctx.load(UnitById(unit)).await?.map(Unit))
    }

    /// Who gave it; null for somebody unknown. Masked unless you gave it, or need it to answer.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn contact_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let full = self.needs_contact(ctx.viewer());
        Ok(self.0.contact_name.as_ref().map(|name| if full { name.clone() } else { mask_name(name) }))
    }

    /// Where to call; masked in the same way.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn contact_phone(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let full = self.needs_contact(ctx.viewer());
        Ok(self.0.contact_phone.as_ref().map(|phone| if full { phone.clone() } else { mask_phone(phone) }))
    }

    /// The card of who answers for it (A0, C1).
    async fn handler(&self, ctx: &Context<'_>) -> Result<Option<HandlerCard>> {
        card(ctx, self.0.owner_account_id, self.0.site_id, None).await
    }

    /// The name of the employee who wrote it down; null where a resident gave it themself.
    async fn recorded_by_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(id) = self.0.recorded_by else { return Ok(None) };
        Ok(ctx.load(AccountById(id)).await?.map(|account| account.name))
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }

    /// By when the answer was promised.
    async fn due_at(&self) -> DateTime<Utc> {
        self.0.due_at
    }

    /// Whether the promise was kept: true once it was answered, or became a complaint, in time; false once it is late; null
    /// while it may still be kept.
    #[expect(clippy::unused_async, reason = "the engine awaits every field")]
    async fn kept(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        Ok(match self.0.settled_at {
            Some(settled) => Some(settled <= self.0.due_at),
            None => (ctx.app()?.clock.now() > self.0.due_at).then_some(false),
        })
    }

    /// The name of whoever was told last that it is late (C7); for employees.
    async fn brought_before_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let staff = ctx.viewer().is_some_and(|viewer| viewer.is_staff_at(self.0.site_id));
        let Some(id) = self.0.brought_before.filter(|_| staff) else { return Ok(None) };
        Ok(ctx.load(AccountById(id)).await?.map(|account| account.name))
    }

    /// The answer; null until it was answered.
    async fn answer(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }

    /// In which form it was answered.
    async fn answer_form(&self) -> Option<ReplyForm> {
        self.0.answer_form
    }

    /// When it was answered or became a complaint.
    async fn settled_at(&self) -> Option<DateTime<Utc>> {
        self.0.settled_at
    }

    /// When it was archived.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// The complaint that it became; null also where you do not see that.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        let Some(id) = self.0.complaint_id else { return Ok(None) };
        Ok(ctx.load(ComplaintById(id)).await?.map(Complaint))
    }

    /// The id of the follow-up in which it was raised (D3).
    async fn follow_up_id(&self) -> Option<ID> {
        self.0.follow_up_id.map(|id| public_id::write("FollowUp", id))
    }

    /// What happened to it, in order.
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<OpinionEntry>> {
        let staff = ctx.viewer().is_some_and(|viewer| viewer.is_staff_at(self.0.site_id));
        let steps = ctx.load(StepsOfOpinion(self.0.id)).await?.unwrap_or_default();
        Ok(steps.into_iter().filter(|step| staff || step.kind.is_for_customer()).map(OpinionEntry).collect())
    }

    /// Give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What you may do to it now; computed by the rules that the mutations enforce.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Vec<Action> {
        ctx.viewer().map_or_else(Vec::new, |viewer| allowed_actions(self.0.state, &standing(viewer, &self.0)))
    }
}

impl Opinion {
    fn needs_contact(&self, viewer: Option<&Viewer>) -> bool {
        let Some(viewer) = viewer else { return false };
        let standing = standing(viewer, &self.0);
        let answers = !allowed_actions(self.0.state, &standing).is_empty() && self.0.state == State::Open;
        answers || standing.is_any(&[Who::Filer])
    }
}

/// Something that happened to an opinion.
#[derive(async_graphql::Description)]
pub struct OpinionEntry(pub opinion_step::Model);

#[Object(use_type_description)]
impl OpinionEntry {
    /// What happened.
    async fn kind(&self) -> Step {
        self.0.kind
    }

    /// The name of who did it; null where the server did.
    async fn actor_name(&self) -> Option<&str> {
        self.0.actor_name.as_deref()
    }

    /// The name of who answered for it after that (A0).
    async fn owner_name(&self) -> &str {
        &self.0.owner_name
    }

    /// By when the answer was promised after that.
    async fn due_at(&self) -> DateTime<Utc> {
        self.0.due_at
    }

    /// The answer, the reason, the number of the complaint, or the name of who was told.
    async fn words(&self) -> Option<&str> {
        self.0.words.as_deref()
    }

    /// When.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }
}

/// Which opinions. What is not given does not narrow.
#[derive(InputObject, Default)]
pub struct OpinionFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// From these channels.
    #[graphql(default)]
    pub channels: Vec<Channel>,
    /// In these states.
    #[graphql(default)]
    pub states: Vec<State>,
    /// Recorded at this time or later.
    pub recorded_from: Option<DateTime<Utc>>,
    /// Recorded before this time.
    pub recorded_before: Option<DateTime<Utc>>,
    /// Raised in a follow-up (D3).
    pub follow_up_id: Option<ID>,
    /// Only those that I gave.
    #[graphql(default)]
    pub given_by_me: bool,
    /// Only those that I answer for, or was told are late.
    #[graphql(default)]
    pub mine: bool,
    /// Only those that were settled too late, or are late by now.
    #[graphql(default)]
    pub broken_only: bool,
}

impl OpinionFilter {
    fn which(&self, viewer: &Viewer, now: DateTime<Utc>) -> Result<Condition, crate::app::error::Error> {
        use opinion::Column;
        use sea_orm::sea_query::{Expr, ExprTrait};
        let mut all = Condition::all();
        if let Some(site) = optional_id("Site", self.site_id.as_ref(), "filter.siteId")? {
            all = all.add(Column::SiteId.eq(site));
        }
        if let Some(follow_up) = optional_id("FollowUp", self.follow_up_id.as_ref(), "filter.followUpId")? {
            all = all.add(Column::FollowUpId.eq(follow_up));
        }
        if !self.channels.is_empty() {
            all = all.add(Column::Channel.is_in(self.channels.iter().copied()));
        }
        if let Some(from) = self.recorded_from {
            all = all.add(Column::RecordedAt.gte(from)).add(Column::Id.gte(first_id(from)));
        }
        // An opinion's id begins with the millisecond in which it was recorded.
        if let Some(before) = self.recorded_before {
            let behind = first_id(before + TimeDelta::milliseconds(1));
            all = all.add(Column::RecordedAt.lt(before)).add(Column::Id.lt(behind));
        }
        if self.given_by_me {
            all = all.add(Column::CustomerAccountId.eq(viewer.id));
        }
        if self.mine {
            let told = Condition::any().add(Column::OwnerAccountId.eq(viewer.id));
            all = all.add(told.add(Column::BroughtBefore.eq(viewer.id)));
        }
        if self.broken_only {
            let open = Condition::all().add(Column::State.eq(State::Open)).add(Column::DueAt.lt(now));
            let settled = Expr::col(Column::SettledAt).gt(Expr::col(Column::DueAt));
            all = all.add(Condition::any().add(open).add(settled));
        }
        Ok(all)
    }
}

/// Reads of opinions.
#[derive(Default)]
pub struct OpinionQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl OpinionQuery {
    /// An opinion by its id; null when there is none that you may see.
    async fn opinion(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Opinion>> {
        let Some(("Opinion", id)) = public_id::parse(&id) else { return Ok(None) };
        Ok(ctx.load(OpinionById(id)).await?.map(Opinion))
    }

    /// The register of opinions (B1), as far as you may see it, newest first: residents see their own.
    async fn opinions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them.", default)] filter: OpinionFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Opinion>> {
        let app = ctx.app()?;
        let viewer = ctx.signed_in()?;
        let which = filter.which(viewer, app.clock.now())?;
        let ways = ways::opinions(viewer).into_iter().map(|way| way.filter(which.clone())).collect();
        let ways = in_states(ways, opinion::Column::State, &filter.states);
        Ok(newest_of(app, ways, opinion::Column::Id, &page, Opinion).await?)
    }
}
