//! Follow-ups in the schema.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use domain::follow_up::attempt::AttemptOutcome;
use domain::follow_up::inspection::InspectionOutcome;
use domain::follow_up::{Action, Facts, Method, Satisfaction, State, allowed_actions};
use entity::follow_up;

use super::parts::{Answer, Attempt, InspectionDraw, Matter};
use super::service::{standing_to, tries};
use crate::app::loader::{AccountById, AttemptsOf, ComplaintById, DrawById, MattersOf, OpenLettersOf, SignatureById};
use crate::app::public_id;
use crate::app::request::Asked;
use crate::complaint::graphql::Complaint;
use crate::incident::graphql::OpenLetter;
use crate::signature::graphql::Signature;

/// A follow-up 回访 (C10, D0–D5).
#[derive(async_graphql::Description)]
pub struct FollowUp(pub follow_up::Model);

#[Object(use_type_description)]
impl FollowUp {
    /// The id.
    pub async fn id(&self) -> ID {
        public_id::write("FollowUp", self.0.id)
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// Whether it is the one that C10 owes; others are talks during handling (D0).
    async fn closing(&self) -> bool {
        self.0.closing
    }

    /// The name of whoever was asked to hold it; the owner holds it where nobody was. For employees.
    async fn assignee_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(id) = self.0.assignee_account_id.filter(|_| self.is_for_staff(ctx)) else { return Ok(None) };
        Ok(ctx.load(AccountById(id)).await?.map(|person| person.name))
    }

    /// When it is to be held, or tried again.
    async fn planned_for(&self) -> Option<DateTime<Utc>> {
        self.0.planned_for
    }

    /// The tries that came to nothing, in order (D5); for employees.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<Attempt>> {
        let shown = self.is_for_staff(ctx) && self.0.attempts > 0;
        let rows = if shown { ctx.load(AttemptsOf(self.0.id)).await?.unwrap_or_default() } else { Vec::new() };
        Ok(rows.into_iter().map(Attempt).collect())
    }

    /// Why it was closed without a talk, by the director's word (D5).
    async fn unreached(&self) -> Option<AttemptOutcome> {
        self.0.unreached
    }

    /// The director's word about that; for employees.
    async fn unreached_remark(&self, ctx: &Context<'_>) -> Option<&str> {
        self.for_staff(ctx, self.0.unreached_remark.as_deref())
    }

    /// What the customer answered to the questionnaire, each with the question as it was put.
    fn answers(&self, ctx: &Context<'_>) -> Result<Vec<Answer>> {
        Answer::all(self.0.answers.as_ref(), ctx.language())
    }

    /// Which version of the questionnaire was answered; nought for ours.
    async fn questionnaire_revision(&self) -> Option<i32> {
        self.0.questionnaire_revision
    }

    /// What the customer raised besides, each with the case or the opinion that it became and the promised time of reply
    /// (D3).
    async fn matters(&self, ctx: &Context<'_>) -> Result<Vec<Matter>> {
        Ok(ctx.load(MattersOf(self.0.id)).await?.unwrap_or_default().into_iter().map(Matter).collect())
    }

    /// How it was held (D2).
    async fn method(&self) -> Option<Method> {
        self.0.method
    }

    /// What the customer said of the result.
    async fn satisfaction(&self) -> Option<Satisfaction> {
        self.0.satisfaction
    }

    /// What was said; by phone it begins with 电话回访 (D2).
    async fn record(&self) -> Option<&str> {
        self.0.record.as_deref()
    }

    /// When it was opened.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// When it was held.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// What the director's inspection came to (D2): looked at, or passed by in a draw on record. For employees.
    async fn inspection_outcome(&self, ctx: &Context<'_>) -> Option<InspectionOutcome> {
        self.0.inspection_outcome.filter(|_| self.is_for_staff(ctx))
    }

    /// The draw that it was in, where there was one (D2); for employees.
    async fn draw(&self, ctx: &Context<'_>) -> Result<Option<InspectionDraw>> {
        let Some(id) = self.0.draw_id.filter(|_| self.is_for_staff(ctx)) else { return Ok(None) };
        Ok(ctx.load(DrawById(id)).await?.map(InspectionDraw))
    }

    /// Whether the draw has taken it for inspection; for employees.
    async fn drawn(&self, ctx: &Context<'_>) -> Option<bool> {
        self.0.drawn.filter(|_| self.is_for_staff(ctx))
    }

    /// The director's remark (D2); for employees.
    async fn inspection(&self, ctx: &Context<'_>) -> Option<&str> {
        self.for_staff(ctx, self.0.inspection.as_deref())
    }

    /// When it was inspected.
    async fn inspected_at(&self) -> Option<DateTime<Utc>> {
        self.0.inspected_at
    }

    /// The office head's opinion (D2); for employees.
    async fn opinion(&self, ctx: &Context<'_>) -> Option<&str> {
        self.for_staff(ctx, self.0.opinion.as_deref())
    }

    /// When the opinion was signed.
    async fn opinion_at(&self) -> Option<DateTime<Utc>> {
        self.0.opinion_at
    }

    /// The office head's drawn signature under the opinion, where there is one (D2); for employees.
    async fn opinion_signature(&self, ctx: &Context<'_>) -> Result<Option<Signature>> {
        let Some(id) = self.0.opinion_signature_id.filter(|_| self.is_for_staff(ctx)) else { return Ok(None) };
        Ok(ctx.load(SignatureById(id)).await?.map(Signature))
    }

    /// The name of who is responsible now (A0, D1).
    async fn owner_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.owner_account_id)).await?.map(|person| person.name))
    }

    /// Give it as `expectedVersion` to say which state you saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The customer's signature, when it was on site.
    async fn signature(&self, ctx: &Context<'_>) -> Result<Option<Signature>> {
        let Some(signature) = self.0.signature_id else {
            return Ok(None);
        };
        Ok(ctx.load(SignatureById(signature)).await?.map(Signature))
    }

    /// The case.
    async fn complaint(&self, ctx: &Context<'_>) -> Result<Option<Complaint>> {
        Ok(ctx.load(ComplaintById(self.0.complaint_id)).await?.map(Complaint))
    }

    /// The open letters in its archive: those that answered the case, in order (D4).
    async fn open_letters(&self, ctx: &Context<'_>) -> Result<Vec<OpenLetter>> {
        Ok(ctx
            .load(OpenLettersOf(self.0.complaint_id))
            .await?
            .unwrap_or_default()
            .into_iter()
            .map(OpenLetter)
            .collect())
    }

    /// What you may do to it now; computed by the rules that the mutations enforce.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<Action>> {
        let Some(viewer) = ctx.viewer() else {
            return Ok(Vec::new());
        };
        let Some(case) = ctx.load(ComplaintById(self.0.complaint_id)).await? else {
            return Ok(Vec::new());
        };
        let standing = standing_to(&viewer.standing(&case), &self.0, viewer.id);
        let tried = self.0.state == State::Open && self.0.attempts > 0;
        let rows = if tried { ctx.load(AttemptsOf(self.0.id)).await?.unwrap_or_default() } else { Vec::new() };
        Ok(allowed_actions(Facts { state: self.0.state, tries: tries(&rows) }, &standing))
    }
}

impl FollowUp {
    fn for_staff<'a>(&self, ctx: &Context<'_>, text: Option<&'a str>) -> Option<&'a str> {
        text.filter(|_| self.is_for_staff(ctx))
    }

    fn is_for_staff(&self, ctx: &Context<'_>) -> bool {
        ctx.viewer().is_some_and(|viewer| viewer.is_staff_at(self.0.site_id))
    }
}
