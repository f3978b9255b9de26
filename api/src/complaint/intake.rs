//! Intake (E1–E3.5, E4.1, A2, D7, E7.1): a customer files, an employee registers for one, or somebody stays unknown.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::complaint::{Channel, Kind, Severity, State};
use domain::event::Kind as EventKind;
use domain::form::{MAX_DESCRIPTION, MAX_NAME, MAX_PLACE, MAX_REMEDY, Way};
use domain::organization::Role;
use domain::ownership::Post;
use domain::refusal::Code;
use domain::standing::{Standing, Who};
use entity::{account, complaint, site};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::case::Case;
use super::numbers::{self, Series};
use super::owner::{self, Place};
use super::parts::{
    self, Call, add_items, category_at, customer_with, place_at_home, record_call, refuse_retired, unit_at,
};
use super::receipt::Receipt;
use super::told;
use crate::access::guesses;
use crate::access::viewer::Viewer;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::clock::drive::first_due;
use crate::form::service as form;

/// How many items one case may have.
pub use domain::form::MAX_ITEMS;

/// What a case is about, as it comes in.
#[derive(Debug, Clone)]
pub struct Report {
    /// What the customer wants.
    pub kind: Kind,
    /// What it is about.
    pub category_id: Uuid,
    /// How serious it is.
    pub severity: Severity,
    /// Where it is; the unit's name when not given.
    pub place: Option<String>,
    /// Whether that is a public area.
    pub public_area: bool,
    /// What happened.
    pub description: String,
    /// The separate matters; the description alone when empty.
    pub items: Vec<String>,
    /// What the customer asks for.
    pub remedy_sought: Option<String>,
    /// When the customer would like it done.
    pub wished_at: Option<DateTime<Utc>>,
    /// The employee whom it is about.
    pub about_account_id: Option<Uuid>,
    /// Whom to ask for.
    pub contact_name: Option<String>,
    /// Where to call.
    pub contact_phone: Option<String>,
    /// The answers to what the site asks for besides, by name.
    pub details: Vec<(String, String)>,
}

/// What an employee adds when registering for a customer.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The site.
    pub site_id: Uuid,
    /// How it came in; not by app.
    pub channel: Channel,
    /// The unit it concerns, if one does.
    pub unit_id: Option<Uuid>,
    /// Whether the customer did not say who they are (D7).
    pub anonymous: bool,
    /// The record of the call, when it came by phone (E7.2).
    pub call: Option<Call>,
    /// Whether it is written down in a few words, so that customer service asks for what else the site wants to know.
    pub brief: bool,
    /// 四清楚: heard, asked, repeated and recorded clearly (E4.1.2). All four, or it is not registered.
    pub confirmations: [bool; 4],
}

/// A customer files for one of their own units.
///
/// # Errors
/// Refusals with the path of the field; `NOT_FOUND` for a unit that is not theirs today.
pub async fn file(caller: &Caller<'_>, unit_id: Uuid, shared: bool, report: Report) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let viewer = act.person()?;
    if !viewer.units.contains(&unit_id) {
        return Err(Error::refused(Code::NotFound, "unitId"));
    }
    let home = unit_at(&act, unit_id, "unitId").await?;
    let site = act.site(home.site_id).await?;
    let mut row = draft(&act, &site, &report, (Channel::App, Way::Resident)).await?;
    row.customer_account_id = Some(viewer.id);
    row.shared_with_household = shared;
    row.contact_name.get_or_insert_with(|| viewer.name.clone());
    row.contact_phone.get_or_insert_with(|| viewer.phone.clone());
    place_at_home(&act, &mut row, &home).await?;
    let standing = Standing(vec![Who::Filer]);
    let case = receive(&mut act, row, site, &report, standing, Some(Role::Customer)).await?;
    case.finish(act).await
}

/// An employee registers for a customer (E3.5, E4.1.2). The case goes to customer service at once.
///
/// # Errors
/// Refusals with the path of the field: a call without its record, a missing confirmation, another organization's site.
pub async fn register(caller: &Caller<'_>, registration: Registration, report: Report) -> Result<ActResult> {
    check_registration(&registration)?;
    registered(caller, registration, report).await
}

/// Registers what was checked. Where somebody else than customer service received it, customer service is to take it over
/// (E3.5).
///
/// # Errors
/// Refusals with the path of the field.
pub(super) async fn registered(caller: &Caller<'_>, registration: Registration, report: Report) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let viewer = act.person()?;
    if !viewer.is_staff_at(registration.site_id) {
        return Err(Error::refused(Code::NotFound, "siteId"));
    }
    let site = act.site(registration.site_id).await?;
    if site.organization_id != viewer.organization_id {
        return Err(Error::refused(Code::NotFound, "siteId"));
    }
    let at_home = registration.unit_id.is_some() && !registration.anonymous;
    let way = Way::Employee { at_home, unknown: registration.anonymous, brief: registration.brief };
    let mut row = draft(&act, &site, &report, (registration.channel, way)).await?;
    row.received_by = Some(viewer.id);
    row.anonymous = registration.anonymous;
    let receipt = if registration.anonymous { Some(Receipt::draw(&act.app.dice)?) } else { None };
    row.receipt_hash = receipt.as_ref().map(Receipt::hash);
    if let Some(unit_id) = registration.unit_id.filter(|_| !registration.anonymous) {
        let home = unit_at(&act, unit_id, "unitId").await?;
        if home.site_id != site.id {
            return Err(Error::refused(Code::NotFound, "unitId"));
        }
        place_at_home(&act, &mut row, &home).await?;
    }
    if let Some(phone) = &row.contact_phone {
        row.customer_account_id = customer_with(&act.txn, site.organization_id, phone).await?;
    }
    let role = viewer.grants.iter().find(|g| g.site_id.is_none_or(|held| held == site.id)).map(|grant| grant.role);
    let mut case = receive(&mut act, row, site, &report, Standing::default(), role).await?;
    if !is_at_desk(viewer, case.row.site_id) {
        let data = json!({ "number": case.row.number });
        case.tell(&mut act, EventKind::CasePassedOn, role, None, data, Vec::new()).await?;
    }
    if let Some(call) = registration.call {
        record_call(&act, &case.row, None, false, call).await?;
    }
    let result = with_receipt(&case, caller, receipt)?;
    case.save(&act).await?;
    act.commit(result).await
}

/// Somebody files without saying who they are (D7). Nothing of them is kept, also when they are signed in.
///
/// # Errors
/// Refusals with the path of the field; [`Error::Limited`] after too many from one address.
pub async fn file_anonymously(
    caller: &Caller<'_>,
    site_id: Uuid,
    report: Report,
    address: Option<IpAddr>,
) -> Result<ActResult> {
    guesses::count_unwritten(caller.app, address)?;
    let site = site::Entity::find_by_id(site_id).one(&caller.app.db).await?;
    let site = site.ok_or_else(|| Error::refused(Code::NotFound, "siteId"))?;
    let mut act = Act::begin_anonymous(caller, site.organization_id).await?;
    let mut row = draft(&act, &site, &report, (Channel::App, Way::Nobody)).await?;
    if row.place.is_empty() {
        return Err(Error::refused(Code::Required, "place"));
    }
    let receipt = Receipt::draw(&act.app.dice)?;
    row.anonymous = true;
    row.contact_name = None;
    row.contact_phone = None;
    row.receipt_hash = Some(receipt.hash());
    let case = receive(&mut act, row, site, &report, Standing::default(), None).await?;
    let result = with_receipt(&case, caller, Some(receipt))?;
    act.commit(result).await
}

/// Whether somebody is customer service of a site, by whichever of their roles.
fn is_at_desk(viewer: &Viewer, site: Uuid) -> bool {
    let at_desk = |role| matches!(role, Role::CustomerServiceAgent | Role::CustomerServiceSupervisor);
    viewer.sites(at_desk).contains(&site)
}

/// 四清楚: refuses what was not heard, asked, repeated and recorded clearly (E4.1.2).
///
/// # Errors
/// `REQUIRED` with the path of the first that is missing.
pub(super) fn refuse_unclear(confirmations: [bool; 4]) -> Result<()> {
    const NAMES: [&str; 4] = ["heard", "asked", "repeated", "recorded"];
    let Some(missing) = confirmations.iter().position(|confirmed| !confirmed) else { return Ok(()) };
    let field = format!("confirmations.{}", NAMES[missing]);
    Err(Error::refused_needing(Code::Required, &field, vec!["true".to_owned()]))
}

fn check_registration(registration: &Registration) -> Result<()> {
    refuse_unclear(registration.confirmations)?;
    match (registration.channel, &registration.call) {
        (Channel::App, _) => Err(Error::refused_needing(
            Code::Invalid,
            "channel",
            vec!["PHONE".into(), "VISIT".into(), "LETTER".into(), "EMAIL".into(), "OPINION_BOOK".into()],
        )),
        (Channel::Phone, None) => Err(Error::refused(Code::Required, "call")),
        _ => Ok(()),
    }
}

/// The row of a new case, without number and owner.
pub(super) async fn draft(
    act: &Act<'_>,
    site: &site::Model,
    report: &Report,
    (channel, way): (Channel, Way),
) -> Result<complaint::Model> {
    refuse_retired(site.retired_at, "siteId")?;
    let category = category_at(&act.txn, site.id, report.category_id).await?;
    let form = form::filled(act, &category, way, report).await?;
    if let Some(about) = report.about_account_id {
        let known = account::Entity::find_by_id(about)
            .filter(account::Column::OrganizationId.eq(site.organization_id))
            .count(&act.txn)
            .await?;
        if known == 0 {
            return Err(Error::refused(Code::NotFound, "aboutAccountId"));
        }
    }
    let phone = report.contact_phone.as_deref().map(|phone| validate::phone("contactPhone", phone)).transpose()?;
    Ok(complaint::Model {
        id: act.id(),
        organization_id: site.organization_id,
        site_id: site.id,
        number: String::new(),
        kind: report.kind,
        channel,
        category_id: category.id,
        severity: report.severity,
        state: State::Received,
        outcome: None,
        department_id: None,
        owner_account_id: Uuid::nil(),
        received_by: None,
        customer_account_id: None,
        unit_id: None,
        anonymous: false,
        receipt_hash: None,
        about_account_id: report.about_account_id,
        contact_name: validate::optional_text("contactName", report.contact_name.as_deref(), MAX_NAME)?,
        contact_phone: phone,
        place: validate::optional_text("place", report.place.as_deref(), MAX_PLACE)?.unwrap_or_default(),
        public_area: report.public_area,
        description: validate::text("description", &report.description, MAX_DESCRIPTION)?,
        remedy_sought: validate::optional_text("remedySought", report.remedy_sought.as_deref(), MAX_REMEDY)?,
        wished_at: report.wished_at,
        shared_with_household: false,
        result: None,
        written_result: None,
        rating_attitude: None,
        rating_quality: None,
        rating_timeliness: None,
        rating_overall: None,
        reopened_count: 0,
        merged_into_id: None,
        split_from_id: None,
        received_at: act.now,
        resolved_at: None,
        archived_at: None,
        due_at: None,
        chases: 0,
        repeat_of_id: None,
        repeats: 0,
        details: form.details,
        incident_id: None,
        conclusion: None,
        version: 1,
    })
}

/// Writes a new case with its number, owner, items and terms, and tells of it.
pub(super) async fn receive(
    act: &mut Act<'_>,
    mut row: complaint::Model,
    site: site::Model,
    report: &Report,
    standing: Standing,
    role: Option<Role>,
) -> Result<Case> {
    if row.place.is_empty() {
        return Err(Error::refused(Code::Required, "place"));
    }
    crate::repeat::service::link_new(act, &mut row, &site).await?;
    row.number = numbers::next(&act.txn, &site, Series::Complaint, act.now).await?;
    let owner = first_owner(act, &site, &row, role).await?;
    row.owner_account_id = owner.id;
    row.due_at = first_due(act, &row).await?;
    complaint::Entity::insert(row.clone().into_active_model()).exec_without_returning(&act.txn).await?;
    act.recall_case(&row);
    let items = if report.items.is_empty() { std::slice::from_ref(&row.description) } else { &report.items };
    add_items(act, &row, items, 1).await?;
    let items = items.len();
    parts::index(act, &row, &report.items).await?;
    let mut case = Case::new(row, site, items, standing);
    let others = told_of_intake(act, &case, role).await?;
    let mut data = told::received(&case.row);
    data["channel"] = json!(upper_snake(case.row.channel.name()));
    case.tell(act, EventKind::ComplaintReceived, role, None, data, others).await?;
    if case.row.repeats > 0 {
        crate::repeat::service::tell(act, &mut case, None, None).await?;
    }
    Ok(case)
}

/// The first owner (A0): an employee of customer service keeps what they receive; what anybody else receives, or a
/// customer files, goes to the head of customer service at once (E3.5).
async fn first_owner(
    act: &Act<'_>,
    site: &site::Model,
    row: &complaint::Model,
    role: Option<Role>,
) -> Result<account::Model> {
    let post = if keeps(role) { Post::Actor } else { Post::CustomerServiceSupervisor };
    let place = Place {
        site,
        department_id: None,
        team_id: None,
        actor: act.viewer.map(|viewer| viewer.id),
        named: None,
        subject: row.about_account_id,
    };
    let owner = owner::find(&act.txn, post, &place, act.now).await?;
    act.recall_account(&owner);
    Ok(owner)
}

/// Whether somebody of customer service received it, who keeps it.
fn keeps(role: Option<Role>) -> bool {
    matches!(role, Some(Role::CustomerServiceAgent | Role::CustomerServiceSupervisor))
}

/// Who hears of a new case besides its owner: the head of customer service (E4.1.2), and for an emergency or a serious
/// matter the office head and a company leader (B6, E4.3).
async fn told_of_intake(act: &Act<'_>, case: &Case, role: Option<Role>) -> Result<Vec<Uuid>> {
    let category = act.category(case.row.site_id, case.row.category_id).await?;
    // What nobody of customer service received has its head as the owner.
    let mut posts = if keeps(role) { vec![Post::CustomerServiceSupervisor] } else { Vec::new() };
    if category.emergency != domain::category::Emergency::None || case.row.severity == Severity::Serious {
        posts.extend([Post::OfficeHead, Post::CompanyLeader]);
    }
    let mut told = vec![case.row.owner_account_id];
    for post in posts {
        match case.find_owner(act, post, None).await {
            Ok(person) => told.push(person.id),
            // Nobody above is known yet: the owner is, and hears of it.
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(told)
}

fn with_receipt(case: &Case, caller: &Caller<'_>, receipt: Option<Receipt>) -> Result<ActResult> {
    let receipt = receipt.map(|receipt| receipt.kept(caller.once.as_ref(), case.row.id)).transpose()?;
    Ok(ActResult { complaint: Some(case.row.id), receipt, ..ActResult::default() })
}

/// The receipt code of a result, opened with the caller's key where it is sealed.
#[must_use]
pub fn shown_receipt(caller: &Caller<'_>, result: &ActResult) -> Option<String> {
    Receipt::shown(result.receipt.as_deref()?, caller.once.as_ref(), result.complaint?)
}
