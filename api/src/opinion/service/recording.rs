//! How an opinion comes into the register (B1).

use chrono::{DateTime, Utc};
use domain::clock::promise::Hours;
use domain::opinion::{Channel, State, Step};
use domain::organization::Role;
use domain::ownership::Post;
use domain::refusal::Code;
use entity::{account, opinion, site};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use uuid::Uuid;

use super::{MAX_TEXT, result, tell};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::calendar;
use crate::complaint::numbers::{self, Series};
use crate::complaint::owner::{self, Place};
use crate::complaint::parts::{customer_with, refuse_retired, unit_at};

/// How many working days an answer takes at most where nobody promises another time: ours, as for a letter (C8).
const ANSWERED_WITHIN: u32 = 3;

/// An opinion as it comes in.
#[derive(Debug, Clone)]
pub struct Draft {
    /// How it came in.
    pub channel: Channel,
    /// In the words of whoever gave it.
    pub text: String,
    /// The unit it comes from, if one is known.
    pub unit_id: Option<Uuid>,
    /// Who gave it, where they have an account.
    pub customer_account_id: Option<Uuid>,
    /// Whom to answer; none for somebody unknown.
    pub contact_name: Option<String>,
    /// Where to call.
    pub contact_phone: Option<String>,
    /// The employee whom it is about (C11).
    pub about_account_id: Option<Uuid>,
    /// Who is to answer it; customer service where nobody is named.
    pub owner_id: Option<Uuid>,
    /// By when the answer is promised; within three working days where nothing is said.
    pub answer_by: Option<DateTime<Utc>>,
    /// The follow-up in which it was raised (D3).
    pub follow_up_id: Option<Uuid>,
}

impl Draft {
    /// Words from a channel, of nobody known.
    #[must_use]
    pub fn of(channel: Channel, text: String) -> Self {
        Self {
            channel,
            text,
            unit_id: None,
            customer_account_id: None,
            contact_name: None,
            contact_phone: None,
            about_account_id: None,
            owner_id: None,
            answer_by: None,
            follow_up_id: None,
        }
    }
}

/// A resident gives an opinion about the site of one of their units.
///
/// # Errors
/// `NOT_FOUND` for a unit that is not theirs today; `REQUIRED` or `TOO_LONG` for the text.
pub async fn give(caller: &Caller<'_>, unit_id: Uuid, text: String, about: Option<Uuid>) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let viewer = act.person()?;
    if !viewer.units.contains(&unit_id) {
        return Err(Error::refused(Code::NotFound, "unitId"));
    }
    let home = unit_at(&act, unit_id, "unitId").await?;
    let site = act.site(home.site_id).await?;
    let draft = Draft {
        unit_id: Some(home.id),
        customer_account_id: Some(viewer.id),
        contact_name: Some(viewer.name.clone()),
        contact_phone: Some(viewer.phone.clone()),
        about_account_id: about,
        ..Draft::of(Channel::App, text)
    };
    let row = record_within(&act, &site, draft).await?;
    act.commit(result(&row)).await
}

/// An employee writes down somebody's opinion, at any hour and from any channel but the app.
///
/// # Errors
/// `NOT_FOUND` for a site where they do not work or a unit that is none of it; `INVALID` for the app, which is the
/// residents' own, and as [`record_within`].
pub async fn record(caller: &Caller<'_>, site_id: Uuid, mut draft: Draft) -> Result<ActResult> {
    if matches!(draft.channel, Channel::App | Channel::FollowUp) {
        let needed = ["PHONE", "COUNTER", "BOOK", "LETTER_BOX", "EMAIL"].map(str::to_owned).to_vec();
        return Err(Error::refused_needing(Code::Invalid, "channel", needed));
    }
    let act = Act::begin(caller).await?;
    let viewer = act.person()?;
    let site = site::Entity::find_by_id(site_id).one(&act.txn).await?;
    let site = site.filter(|site| site.organization_id == viewer.organization_id && viewer.is_staff_at(site.id));
    let site = site.ok_or_else(|| Error::refused(Code::NotFound, "siteId"))?;
    if let Some(phone) = &draft.contact_phone {
        let phone = validate::phone("contactPhone", phone)?;
        draft.customer_account_id = customer_with(&act.txn, site.organization_id, &phone).await?;
        draft.contact_phone = Some(phone);
    }
    let row = record_within(&act, &site, draft).await?;
    act.commit(result(&row)).await
}

/// Records an opinion in an act of another feature, which commits it: a follow-up in which something new was raised (D3),
/// a call that led to no case. Give the act's own site.
///
/// # Errors
/// `REQUIRED` or `TOO_LONG` for the text, `NOT_FOUND` for a unit, owner or person that is none of the site's, `INVALID` for a
/// time that is past, `NO_OWNER` where nobody can be named.
pub async fn record_within(act: &Act<'_>, site: &site::Model, draft: Draft) -> Result<opinion::Model> {
    refuse_retired(site.retired_at, "siteId")?;
    if let Some(unit) = draft.unit_id
        && unit_at(act, unit, "unitId").await?.site_id != site.id
    {
        return Err(Error::refused(Code::NotFound, "unitId"));
    }
    if let Some(about) = draft.about_account_id {
        refuse_unknown(&act.txn, site.organization_id, about).await?;
    }
    let phone = draft.contact_phone.as_deref().map(|phone| validate::phone("contactPhone", phone)).transpose()?;
    let due_at = answer_by(act, site, draft.answer_by).await?;
    let row = opinion::Model {
        id: act.id(),
        organization_id: site.organization_id,
        site_id: site.id,
        number: numbers::next(&act.txn, site, Series::Opinion, act.now).await?,
        channel: draft.channel,
        state: State::Open,
        text: validate::text("text", &draft.text, MAX_TEXT)?,
        unit_id: draft.unit_id,
        customer_account_id: draft.customer_account_id,
        contact_name: validate::optional_text("contactName", draft.contact_name.as_deref(), 60)?,
        contact_phone: phone,
        about_account_id: draft.about_account_id,
        owner_account_id: owner_of(act, site, draft.owner_id, draft.about_account_id).await?,
        recorded_by: act.viewer.map(|viewer| viewer.id).filter(|id| Some(*id) != draft.customer_account_id),
        recorded_at: act.now,
        due_at,
        next_at: Some(due_at),
        brought_before: None,
        follow_up_id: draft.follow_up_id,
        complaint_id: None,
        answer: None,
        answer_form: None,
        settled_at: None,
        archived_at: None,
        version: 1,
    };
    row.clone().into_active_model().insert(&act.txn).await?;
    tell(act, &row, Step::Recorded, None).await?;
    Ok(row)
}

/// By when an answer is promised: as named, else within the working days that are ours.
pub(super) async fn answer_by(
    act: &Act<'_>,
    site: &site::Model,
    named: Option<DateTime<Utc>>,
) -> Result<DateTime<Utc>> {
    if let Some(moment) = named {
        let refused = || Error::refused_needing(Code::Invalid, "answerBy", vec!["a time to come".to_owned()]);
        return if moment > act.now { Ok(moment) } else { Err(refused()) };
    }
    let calendars = calendar::in_act(act, site).await?;
    let due = calendars.of_hours(Hours::Office).end_of_working_day(act.now, ANSWERED_WITHIN);
    due.ok_or_else(|| Error::refused(Code::Required, "answerBy"))
}

/// Who answers for an opinion (A0): who was named, else whoever of customer service recorded it, else its head.
pub(super) async fn owner_of(
    act: &Act<'_>,
    site: &site::Model,
    named: Option<Uuid>,
    subject: Option<Uuid>,
) -> Result<Uuid> {
    if let Some(id) = named {
        let (person, _) = owner::employee_at(&act.txn, site, id, subject, act.now, "ownerId").await?;
        return Ok(person.id);
    }
    let at_desk = |role| matches!(role, Role::CustomerServiceAgent | Role::CustomerServiceSupervisor);
    let keeps = act.viewer.is_some_and(|viewer| viewer.sites(at_desk).contains(&site.id));
    let post = if keeps { Post::Actor } else { Post::CustomerServiceSupervisor };
    let actor = act.viewer.map(|viewer| viewer.id);
    let place = Place { site, department_id: None, team_id: None, actor, named: None, subject };
    Ok(owner::find(&act.txn, post, &place, act.now).await?.id)
}

async fn refuse_unknown(db: &impl ConnectionTrait, organization: Uuid, id: Uuid) -> Result<()> {
    let known = account::Entity::find_by_id(id).filter(account::Column::OrganizationId.eq(organization));
    if known.count(db).await? == 0 { Err(Error::refused(Code::NotFound, "aboutAccountId")) } else { Ok(()) }
}
