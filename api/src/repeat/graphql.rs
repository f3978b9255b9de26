//! Repeated matters in the schema.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::refusal::Code;
use entity::complaint;

use super::query::Report;
use super::service;
use crate::access::guard::Listed;
use crate::access::scope;
use crate::access::viewer::parse_zone;
use crate::alarm::policy::{self, window_from};
use crate::app::error::Error;
use crate::app::language;
use crate::app::loader::{BuildingById, ComplaintById, SiteById, UnitById};
use crate::app::public_id;
use crate::app::request::{Asked, act_input, attempt, caller, optional_id, payload};
use crate::app::validate;
use crate::complaint::graphql::Complaint;

/// An earlier report of the same matter (D6).
pub struct SimilarComplaint {
    row: complaint::Model,
}

impl SimilarComplaint {
    /// The earlier report of a case that was just filed, if the viewer may see it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn before(ctx: &Context<'_>, row: &complaint::Model) -> Result<Option<Self>> {
        let Some(id) = row.repeat_of_id else { return Ok(None) };
        let found = ctx.load(ComplaintById(id)).await?;
        Ok(found.map(|row| Self { row }))
    }
}

/// An earlier report of the same matter, of the same unit or customer (D6).
#[Object]
impl SimilarComplaint {
    /// The case. Where its `allowedActions` hold `ADD`, offer `addToComplaint` instead of filing anew.
    async fn complaint(&self) -> Complaint {
        Complaint(self.row.clone())
    }

    /// When it was reported.
    async fn reported_at(&self) -> DateTime<Utc> {
        self.row.received_at
    }

    /// What to tell whoever files: when it was reported, where it stands, and what they can do.
    async fn advice(&self, ctx: &Context<'_>) -> Result<String> {
        let site = ctx.load(SiteById(self.row.site_id)).await?;
        let zone = parse_zone(site.as_ref().map_or("", |site| site.time_zone.as_str()));
        let day = self.row.received_at.with_timezone(&zone).date_naive().to_string();
        let speaks = ctx.language();
        let state =
            language::sentence(speaks, &format!("complaint-state-{}", language::kebab(self.row.state.name())), &[]);
        let values = [("day", day.as_str()), ("number", self.row.number.as_str()), ("state", state.as_str())];
        Ok(language::sentence(speaks, "repeat-advice", &values))
    }
}

/// What somebody is about to report.
#[derive(InputObject)]
pub struct SimilarComplaintsInput {
    /// One of `viewer.units`, or as an employee any unit of a site where you work. Required for customers.
    pub unit_id: Option<ID>,
    /// For employees: the site, where no unit is known.
    pub site_id: Option<ID>,
    /// For employees: the customer's number.
    pub contact_phone: Option<String>,
    /// What it is about; one of `Site.categories`.
    pub category_id: ID,
    /// Where it is; the unit's address when not given.
    pub place: Option<String>,
    /// What happened, 1 to 4,000 characters.
    pub description: String,
    /// The employee whom it is about, if about one.
    pub about_account_id: Option<ID>,
}

act_input! {
    /// Which earlier case it repeats.
    LinkRepeatInput on complaint_id("Complaint", "complaintId") {
        /// An earlier case at the same site.
        earlier_complaint_id: ID,
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

act_input! {
    /// It does not repeat an earlier case.
    UnlinkRepeatInput on complaint_id("Complaint", "complaintId") {
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

payload! {
    /// The result of an act on a repetition.
    RepeatPayload {
        /// The case as it is now; null when the act was refused.
        complaint: Complaint by ComplaintById(complaint),
    }
}

/// Reads of repeated matters.
#[derive(Default)]
pub struct RepeatQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl RepeatQuery {
    /// The earlier reports of what somebody is about to file, as far as you may see them, the newest first: of the same unit
    /// or customer, of the same matter, within the site's window (D6). Ask before filing, show `advice`, and let the person
    /// add to the earlier case or file anew. Empty for a unit or site that is not yours.
    async fn similar_complaints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be reported.")] input: SimilarComplaintsInput,
    ) -> Result<Vec<SimilarComplaint>> {
        let viewer = ctx.signed_in()?;
        let unit = match optional_id("Unit", input.unit_id.as_ref(), "unitId")? {
            Some(id) => ctx.load(UnitById(id)).await?,
            None => None,
        };
        let site = match (&unit, optional_id("Site", input.site_id.as_ref(), "siteId")?) {
            (Some(unit), _) => ctx.load(SiteById(unit.site_id)).await?,
            (None, Some(id)) => ctx.load(SiteById(id)).await?,
            (None, None) => return Err(Error::refused(Code::Required, "unitId").into()),
        };
        let Some(site) = site.filter(|site| site.organization_id == viewer.organization_id) else {
            return Ok(Vec::new());
        };
        let at_home = unit.as_ref().is_some_and(|unit| viewer.units.contains(&unit.id));
        let staff = viewer.is_staff_at(site.id);
        if !at_home && !staff {
            return Ok(Vec::new());
        }
        let place = match (&input.place, &unit) {
            (Some(place), _) => place.clone(),
            (None, Some(unit)) => {
                let building = ctx.load(BuildingById(unit.building_id)).await?;
                format!("{}{}", building.map_or_else(String::new, |building| building.name), unit.name)
            }
            (None, None) => String::new(),
        };
        let phone = input.contact_phone.as_deref().filter(|_| staff);
        let phone = phone.map(|phone| validate::phone("contactPhone", phone)).transpose()?;
        let report = Report {
            site: &site,
            unit_id: unit.map(|unit| unit.id),
            customer_id: at_home.then_some(viewer.id),
            phone: phone.as_deref(),
            about_account_id: optional_id("Account", input.about_account_id.as_ref(), "aboutAccountId")?,
            category_id: public_id::read("Category", &input.category_id, "categoryId")?,
            place: &place,
            text: &validate::text("description", &input.description, 4000)?,
        };
        let app = ctx.app()?;
        let since = window_from(&policy::of(&app.db, &site).await?, app.clock.now());
        let found = report.earlier(&app.db, scope::complaints(viewer), since).await?;
        Ok(found.into_iter().map(|row| SimilarComplaint { row }).collect())
    }
}

/// The acts on repeated matters.
#[derive(Default)]
pub struct RepeatMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl RepeatMutation {
    /// Says that a case repeats an earlier one (D6), with a reason. It becomes more serious, and is told as when the server
    /// finds it by itself.
    async fn link_repeat(&self, ctx: &Context<'_>, input: LinkRepeatInput) -> Result<RepeatPayload> {
        let outcome = attempt!({
            let earlier = public_id::read("Complaint", &input.earlier_complaint_id, "earlierComplaintId")?;
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::link_by_hand(&caller, input.target()?, earlier, &input.reason).await
        });
        RepeatPayload::of(ctx, outcome).await
    }

    /// Says that a case does not repeat an earlier one after all, with a reason. How serious it is stays until it is
    /// reclassified.
    async fn unlink_repeat(&self, ctx: &Context<'_>, input: UnlinkRepeatInput) -> Result<RepeatPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::unlink(&caller, input.target()?, &input.reason).await
        });
        RepeatPayload::of(ctx, outcome).await
    }
}
