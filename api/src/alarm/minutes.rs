//! Joint looks and the attention policy in the schema.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use entity::{attention_policy, joint_look};

use super::joint_look::{self as service, Decided, Decision, Minutes, Person};
use super::policy;
use crate::access::guard::Listed;
use crate::app::act::ActResult;
use crate::app::error::{Error, UserError};
use crate::app::loader::{AccountById, ComplaintById, SiteById};
use crate::app::public_id;
use crate::app::request::{Asked, act_input, attempt, caller, ids, payload, settle};
use crate::complaint::graphql::Complaint;

/// A joint look at the site and the records of a matter 现场会商, with what was decided (E4.3). It never changes.
#[derive(async_graphql::Description)]
pub struct JointLook(pub joint_look::Model);

#[Object(use_type_description)]
impl JointLook {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("JointLook", self.0.id)
    }

    /// When it was held.
    async fn held_at(&self) -> DateTime<Utc> {
        self.0.held_at
    }

    /// Where.
    async fn place(&self) -> &str {
        &self.0.place
    }

    /// The names of the employees who were there.
    fn attendees(&self) -> Result<Vec<String>> {
        let people: Vec<Person> = serde_json::from_value(self.0.attendees.clone()).map_err(Error::from)?;
        Ok(people.into_iter().map(|person| person.name).collect())
    }

    /// Others who were there.
    fn guests(&self) -> Result<Vec<String>> {
        Ok(serde_json::from_value(self.0.guests.clone()).map_err(Error::from)?)
    }

    /// What the site showed.
    async fn site_findings(&self) -> &str {
        &self.0.site_findings
    }

    /// What the records showed.
    async fn record_findings(&self) -> &str {
        &self.0.record_findings
    }

    /// What was decided.
    fn decisions(&self) -> Result<Vec<JointDecision>> {
        let decided: Vec<Decided> = serde_json::from_value(self.0.decisions.clone()).map_err(Error::from)?;
        Ok(decided
            .into_iter()
            .map(|Decided { text, responsible, until }| JointDecision { text, responsible: responsible.name, until })
            .collect())
    }

    /// The name of who wrote it down.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.recorded_by)).await?.map(|account| account.name))
    }

    /// When.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}

/// A decision of a joint look.
#[derive(SimpleObject)]
pub struct JointDecision {
    /// What is to be done.
    pub text: String,
    /// The name of who is responsible.
    pub responsible: String,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
}

/// A decision of a joint look.
#[derive(InputObject)]
pub struct JointDecisionInput {
    /// What is to be done, 1 to 500 characters.
    pub text: String,
    /// Who is responsible: an employee of the site.
    pub responsible_id: ID,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
}

act_input! {
    /// The minutes of a joint look.
    RecordJointLookInput on complaint_id("Complaint", "complaintId") {
        /// When it was held: since the case was received.
        held_at: DateTime<Utc>,
        /// Where, 1 to 200 characters.
        place: String,
        /// The employees who were there, a company leader or the head of the office among them.
        attendee_ids: Vec<ID>,
        /// Others who were there, each by name and for whom they stand, at most 120 characters.
        guests: Option<Vec<String>>,
        /// What the site showed, 1 to 4,000 characters.
        site_findings: String,
        /// What the records showed, 1 to 4,000 characters.
        record_findings: String,
        /// What was decided, 1 to 30 decisions.
        decisions: Vec<JointDecisionInput>,
    }
}

impl RecordJointLookInput {
    fn minutes(self) -> crate::app::error::Result<Minutes> {
        let decisions = self.decisions.into_iter().enumerate().map(|(place, decision)| {
            let responsible =
                public_id::read("Account", &decision.responsible_id, &format!("decisions.{place}.responsibleId"))?;
            Ok(Decision { text: decision.text, responsible, until: decision.until })
        });
        Ok(Minutes {
            held_at: self.held_at,
            place: self.place,
            attendees: ids("Account", &self.attendee_ids, "attendeeIds")?,
            guests: self.guests.unwrap_or_default(),
            site_findings: self.site_findings,
            record_findings: self.record_findings,
            decisions: decisions.collect::<crate::app::error::Result<_>>()?,
        })
    }
}

payload! {
    /// The result of writing a joint look down.
    JointLookPayload {
        /// The case as it is now; null when it was not found.
        complaint: Complaint by ComplaintById(complaint),
    }
}

/// How a site calls for attention (C7, E4.2.1B).
#[derive(async_graphql::Description)]
pub struct AttentionPolicy(pub attention_policy::Model);

#[Object(use_type_description)]
impl AttentionPolicy {
    /// After how many seconds an emergency calls again, and over the gateway as well.
    async fn urgent_seconds(&self) -> i32 {
        self.0.urgent_seconds
    }

    /// The same once it has reached a company leader.
    async fn urgent_at_the_top_seconds(&self) -> i32 {
        self.0.urgent_at_the_top_seconds
    }

    /// After how many minutes of office hours any other alarm calls again.
    async fn ordinary_minutes(&self) -> i32 {
        self.0.ordinary_minutes
    }

    /// The same once it has reached a company leader.
    async fn ordinary_at_the_top_minutes(&self) -> i32 {
        self.0.ordinary_at_the_top_minutes
    }

    /// How many minutes before a booked visit it is reminded of, and chased where no technician has it.
    async fn before_visit_minutes(&self) -> i32 {
        self.0.before_visit_minutes
    }

    /// After how many minutes unfinished work is chased again, once a visit is over.
    async fn after_visit_minutes(&self) -> i32 {
        self.0.after_visit_minutes
    }

    /// Within how many days a report of the same matter counts as a repetition (D6).
    async fn repeat_window_days(&self) -> i32 {
        self.0.repeat_window_days
    }

    /// Raised by every change, from 0; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

act_input! {
    /// A change of how a site calls for attention; what is not given stays.
    ChangeAttentionPolicyInput on site_id("Site", "siteId") {
        /// After how many seconds an emergency calls again, 20 to 180.
        urgent_seconds: Option<i32>,
        /// The same at the top of the ladder, 20 to 3,600.
        urgent_at_the_top_seconds: Option<i32>,
        /// After how many minutes of office hours any other alarm calls again, 5 to 2,400.
        ordinary_minutes: Option<i32>,
        /// The same at the top of the ladder, 5 to 2,400.
        ordinary_at_the_top_minutes: Option<i32>,
        /// How many minutes before a visit it is reminded of, 10 to 720.
        before_visit_minutes: Option<i32>,
        /// After how many minutes unfinished work is chased again, 10 to 2,880.
        after_visit_minutes: Option<i32>,
        /// Within how many days a report of the same matter counts as a repetition, 7 to 730 (D6).
        repeat_window_days: Option<i32>,
    }
}

/// The result of changing how a site calls for attention.
#[derive(SimpleObject)]
pub struct AttentionPolicyPayload {
    /// What holds now; null when the act was refused.
    pub attention_policy: Option<AttentionPolicy>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

/// Reads of how a site calls for attention.
#[derive(Default)]
pub struct AttentionQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl AttentionQuery {
    /// How a site where you work calls for attention. Null for any other site.
    async fn attention_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
    ) -> Result<Option<AttentionPolicy>> {
        let viewer = ctx.signed_in()?;
        let Some(("Site", id)) = public_id::parse(&site_id) else { return Ok(None) };
        let site = ctx.load(SiteById(id)).await?;
        let mine =
            |site: &entity::site::Model| site.organization_id == viewer.organization_id && viewer.is_staff_at(site.id);
        let Some(site) = site.filter(mine) else { return Ok(None) };
        Ok(Some(AttentionPolicy(policy::of(&ctx.app()?.db, &site).await?)))
    }
}

/// The acts on how a site calls for attention, and the joint look.
#[derive(Default)]
pub struct AttentionMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl AttentionMutation {
    /// Writes down a joint look at a matter 现场会商 (E4.3), which ends its clock. By heads, the directors of customer service
    /// and leaders; whoever was there or has something to do hears of it.
    async fn record_joint_look(&self, ctx: &Context<'_>, input: RecordJointLookInput) -> Result<JointLookPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::record(&caller, input.target()?, input.minutes()?).await
        });
        JointLookPayload::of(ctx, outcome).await
    }

    /// Changes how soon alarms call again at a site, and when visits are reminded of and chased. By the head of its office,
    /// leaders and administrators.
    async fn change_attention_policy(
        &self,
        ctx: &Context<'_>,
        input: ChangeAttentionPolicyInput,
    ) -> Result<AttentionPolicyPayload> {
        let outcome: Result<ActResult, Error> = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let change = policy::Change {
                urgent_seconds: input.urgent_seconds,
                urgent_at_the_top_seconds: input.urgent_at_the_top_seconds,
                ordinary_minutes: input.ordinary_minutes,
                ordinary_at_the_top_minutes: input.ordinary_at_the_top_minutes,
                before_visit_minutes: input.before_visit_minutes,
                after_visit_minutes: input.after_visit_minutes,
                repeat_window_days: input.repeat_window_days,
            };
            policy::change(&caller, input.target()?, change).await
        });
        let (result, errors) = settle(ctx, outcome)?;
        let Some(site) = result.subject else { return Ok(AttentionPolicyPayload { attention_policy: None, errors }) };
        let Some(site) = ctx.load(SiteById(site)).await? else {
            return Ok(AttentionPolicyPayload { attention_policy: None, errors });
        };
        let now = policy::of(&ctx.app()?.db, &site).await?;
        Ok(AttentionPolicyPayload { attention_policy: Some(AttentionPolicy(now)), errors })
    }
}
