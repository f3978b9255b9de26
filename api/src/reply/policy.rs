//! In which forms each channel is answered at a site (C8): data of the site over our defaults.

use std::collections::BTreeMap;

use domain::audit::Kind as AuditKind;
use domain::complaint::{Channel, ReplyForm};
use domain::refusal::Code;
use domain::reply::{default_forms, may_be_set};
use entity::reply_policy;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::named;
use crate::app::error::{Error, Result, upper_snake};
use crate::audit::trail::Record;
use crate::complaint::case::Target;
use crate::organization::setup::{self, headed_site};

/// What a site has set, by the name of the channel.
type Forms = BTreeMap<String, Value>;

/// What holds at a site.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The site.
    pub site_id: Uuid,
    /// Which forms fit each channel.
    pub forms: Vec<(Channel, Vec<ReplyForm>)>,
    /// Raised by every change; nought where only our defaults hold.
    pub version: i32,
}

impl Policy {
    /// In which forms a channel is answered.
    #[must_use]
    pub fn forms_of(&self, channel: Channel) -> &[ReplyForm] {
        self.forms.iter().find(|(one, _)| *one == channel).map_or(default_forms(channel), |(_, forms)| forms)
    }
}

/// What holds at a site.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, site_id: Uuid) -> Result<Policy> {
    let row = reply_policy::Entity::find_by_id(site_id).one(db).await?;
    let version = row.as_ref().map_or(0, |row| row.version);
    let set: Forms = row.map(|row| serde_json::from_value(row.forms)).transpose()?.unwrap_or_default();
    let forms = Channel::ALL.iter().map(|channel| {
        let forms = match set.get(&upper_snake(channel.name())) {
            Some(names) => named(names)?,
            None => default_forms(*channel).to_vec(),
        };
        Ok((*channel, forms))
    });
    Ok(Policy { site_id, forms: forms.collect::<Result<_>>()?, version })
}

/// The same in an act that does not change it.
///
/// # Errors
/// When the database does not answer.
pub async fn in_act(act: &Act<'_>, site_id: Uuid) -> Result<Policy> {
    act.kept(site_id, site_id, of(&act.txn, site_id)).await
}

/// Sets in which forms a channel is answered at a site.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, or `INVALID` for no form, one twice, or a letter that is not answered by letter (C8).
pub async fn change(caller: &Caller<'_>, target: Target, channel: Channel, forms: &[ReplyForm]) -> Result<ActResult> {
    if !may_be_set(channel, forms) {
        let right = if channel == Channel::Letter { "LETTER" } else { "at least one form, each once" };
        return Err(Error::refused_needing(Code::Invalid, "forms", vec![right.to_owned()]));
    }
    let act = setup::begin(caller).await?;
    let site = headed_site(&act, target.id).await?;
    let before = reply_policy::Entity::find_by_id(site.id).one(&act.txn).await?;
    let result = ActResult { subject: Some(site.id), ..ActResult::default() };
    if before.as_ref().map_or(0, |row| row.version) != target.version {
        return Err(Error::stale(result));
    }
    let mut set: Forms = before.map(|row| serde_json::from_value(row.forms)).transpose()?.unwrap_or_default();
    let names: Vec<String> = forms.iter().map(|form| upper_snake(form.name())).collect();
    set.insert(upper_snake(channel.name()), json!(names));
    let data = json!({ "replyForms": set });
    let row = reply_policy::Model {
        site_id: site.id,
        organization_id: site.organization_id,
        forms: serde_json::to_value(set)?,
        version: target.version + 1,
    };
    let changed = row.into_active_model().reset_all();
    if target.version == 0 {
        changed.insert(&act.txn).await?;
    } else {
        changed.update(&act.txn).await?;
    }
    act.record(Record { kind: AuditKind::Changed, subject: ("Site", site.id), account: None, data }).await?;
    act.commit(result).await
}
