//! The mutations of the hotline.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::hotline::Handling;
use domain::organization::ResidencyKind;

use super::caller::{self as callers, Known};
use super::graphql::HotlineCall;
use super::service::{self, Told};
use crate::access::guard::Listed;
use crate::app::error::UserError;
use crate::app::loader::{HotlineCallById, UnitById};
use crate::app::public_id;
use crate::app::request::{Asked, attempt, caller, optional_id, outcome, payload};
use crate::complaint::graphql::Complaint;
use crate::opinion::graphql::Opinion;
use crate::organization::graphql::Unit;

payload! {
    /// The result of writing a call down.
    HotlineCallPayload {
        /// The record.
        call: HotlineCall by HotlineCallById(subject),
    }
}

/// A call that leads to no new case (B2, E7.2). One that does is registered with `registerComplaint`.
#[derive(InputObject)]
pub struct RecordCallInput {
    /// The site that was called.
    pub site_id: ID,
    /// The caller's number.
    pub phone: String,
    /// Who called, where they said so: at most 60 characters.
    pub caller_name: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it lasted, in seconds.
    pub duration_seconds: i32,
    /// What was said, 1 to 1,000 characters; the words of the opinion, where it was one.
    pub summary: String,
    /// What became of it.
    pub handling: Handling,
    /// The same in words, at most 1,000 characters.
    pub note: Option<String>,
    /// The unit that the caller named.
    pub unit_id: Option<ID>,
    /// The case that it was about; required for `KNOWN_CASE`.
    pub complaint_id: Option<ID>,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

impl RecordCallInput {
    fn told(self) -> crate::app::error::Result<Told> {
        Ok(Told {
            unit_id: optional_id("Unit", self.unit_id.as_ref(), "unitId")?,
            complaint_id: optional_id("Complaint", self.complaint_id.as_ref(), "complaintId")?,
            phone: self.phone,
            caller_name: self.caller_name,
            started_at: self.started_at,
            duration_seconds: self.duration_seconds,
            summary: self.summary,
            handling: self.handling,
            note: self.note,
        })
    }
}

/// Whose number is looked up.
#[derive(InputObject)]
pub struct LookUpCallerInput {
    /// The site that was called.
    pub site_id: ID,
    /// The caller's number, whole.
    pub phone: String,
}

/// What is known of a caller.
#[derive(SimpleObject)]
pub struct LookUpCallerPayload {
    /// Who has the number and lives at the site today; empty for somebody unknown.
    pub people: Vec<CallerFound>,
    /// Their newest cases at the site, and those in which the number was given: at most 10.
    pub complaints: Vec<Complaint>,
    /// The same of opinions.
    pub opinions: Vec<Opinion>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

/// A resident with a caller's number.
#[derive(SimpleObject)]
pub struct CallerFound {
    /// The name.
    pub name: String,
    /// Where they live at the site today.
    pub homes: Vec<CallersHome>,
}

/// A home of a caller.
#[derive(SimpleObject)]
pub struct CallersHome {
    /// The unit.
    pub unit: Unit,
    /// As what they live there.
    pub kind: ResidencyKind,
}

/// The acts of whoever answers the hotline.
#[derive(Default)]
pub struct HotlineMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl HotlineMutation {
    /// Writes down a call that leads to no new case, at any hour (B2, E7.2). An opinion goes into the register with it (B1).
    async fn record_call(&self, ctx: &Context<'_>, input: RecordCallInput) -> Result<HotlineCallPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let site = public_id::read("Site", &input.site_id, "siteId")?;
            service::record(&caller, site, input.told()?).await
        });
        HotlineCallPayload::of(ctx, outcome).await
    }

    /// Finds a caller among the residents of a site by the number: for its customer service and office alone. Each look-up is
    /// in the audit trail, and they are counted: 30 at once, then two a minute.
    async fn look_up_caller(&self, ctx: &Context<'_>, input: LookUpCallerInput) -> Result<LookUpCallerPayload> {
        let found = attempt!({
            let caller = caller(ctx, None)?;
            let site = public_id::read("Site", &input.site_id, "siteId")?;
            callers::look_up(&caller, site, &input.phone).await
        });
        let (found, errors) = outcome(ctx, found)?;
        let Known { people, cases, opinions } = found.unwrap_or_default();
        let mut known = Vec::with_capacity(people.len());
        for (account, lived_in) in people {
            let mut homes = Vec::with_capacity(lived_in.len());
            for (unit, kind) in lived_in {
                homes.extend(ctx.load(UnitById(unit)).await?.map(|unit| CallersHome { unit: Unit(unit), kind }));
            }
            known.push(CallerFound { name: account.name, homes });
        }
        Ok(LookUpCallerPayload {
            people: known,
            complaints: cases.into_iter().map(Complaint).collect(),
            opinions: opinions.into_iter().map(Opinion).collect(),
            errors,
        })
    }
}
