//! Machine accounts: keys with which another program reads what their scopes name, at the sites that they name.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::access::Scope;
use domain::audit;
use domain::organization::{Language, Role};
use domain::refusal::Code;
use entity::{api_key, site};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Select};
use serde_json::json;
use uuid::Uuid;

use super::viewer::{Grant, Viewer};
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller, sha256_hex};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::audit::trail::Record;

const MARK: &str = "hyk_";
const MAX_NAME: usize = 60;
/// How long a key holds at most: two years.
const LONGEST: TimeDelta = TimeDelta::days(731);
/// How long an old key may go on beside the new one.
const MAX_OVERLAP_HOURS: i32 = 168;
/// How exactly it is kept when a key was used last.
const USED_TO: TimeDelta = TimeDelta::minutes(1);

/// What a new key may do.
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// What it may read.
    pub scopes: Vec<Scope>,
    /// The sites it may read of.
    pub sites: Vec<Uuid>,
    /// Until when it holds.
    pub ends_at: DateTime<Utc>,
}

/// Whether a token is a key and not an access token.
#[must_use]
pub fn is_one(token: &str) -> bool {
    token.starts_with(MARK)
}

/// The machine that a key belongs to, as somebody who asks: with the role of an integration at the key's sites, and
/// nothing else. Notes when the key was used.
///
/// # Errors
/// [`Error::Unauthenticated`] for a key that does not hold.
pub async fn authenticate(app: &App, token: &str) -> Result<(Viewer, DateTime<Utc>)> {
    let parts = token.strip_prefix(MARK).and_then(|rest| rest.split_once('_'));
    let (prefix, secret) = parts.ok_or(Error::Unauthenticated)?;
    let row = api_key::Entity::find().filter(api_key::Column::Prefix.eq(prefix)).one(&app.db).await?;
    let right = |row: &api_key::Model| row.secret_hash == sha256_hex(secret.as_bytes());
    let now = app.clock.now();
    let row = row.filter(right).filter(|row| holds(row, now)).ok_or(Error::Unauthenticated)?;
    note_use(app, &row, now).await?;
    let ends_at = row.ends_at;
    Ok((machine(row), ends_at))
}

/// Whether a key holds.
#[must_use]
pub fn holds(row: &api_key::Model, now: DateTime<Utc>) -> bool {
    row.ended_at.is_none() && now < row.ends_at
}

fn machine(row: api_key::Model) -> Viewer {
    let integration = |site| Grant { role: Role::Integration, site_id: Some(site), department_id: None, team_id: None };
    Viewer {
        id: row.id,
        organization_id: row.organization_id,
        grants: sites(&row).into_iter().map(integration).collect(),
        scopes: Some(scopes(&row)),
        holds_until: row.ends_at,
        name: row.name,
        phone: String::new(),
        work_phone: None,
        language: Language::ZhCn,
        session_epoch: 0,
        session: None,
        must_set_up_second_factor: false,
        units: Vec::new(),
    }
}

async fn note_use(app: &App, row: &api_key::Model, now: DateTime<Utc>) -> Result<()> {
    let stale = now - USED_TO;
    if row.last_used_at.is_some_and(|last| last > stale) {
        return Ok(());
    }
    let older = Condition::any().add(api_key::Column::LastUsedAt.is_null()).add(api_key::Column::LastUsedAt.lte(stale));
    let _turn = app.writing_turn().await?;
    api_key::Entity::update_many()
        .col_expr(api_key::Column::LastUsedAt, Expr::value(now))
        .filter(api_key::Column::Id.eq(row.id))
        .filter(older)
        .exec(&app.db)
        .await?;
    Ok(())
}

/// What a key may read.
#[must_use]
pub fn scopes(row: &api_key::Model) -> Vec<Scope> {
    let names: Vec<String> = serde_json::from_value(row.scopes.clone()).unwrap_or_default();
    Scope::ALL.iter().copied().filter(|scope| names.iter().any(|name| name == scope.name())).collect()
}

/// The sites that a key may read of.
#[must_use]
pub fn sites(row: &api_key::Model) -> Vec<Uuid> {
    serde_json::from_value(row.sites.clone()).unwrap_or_default()
}

/// The keys of the viewer's organization.
#[must_use]
pub fn all(viewer: &Viewer) -> Select<api_key::Entity> {
    api_key::Entity::find().filter(api_key::Column::OrganizationId.eq(viewer.organization_id))
}

/// One key of the viewer's organization.
///
/// # Errors
/// When the database does not answer.
pub async fn find(app: &App, viewer: &Viewer, id: Uuid) -> Result<Option<api_key::Model>> {
    Ok(all(viewer).filter(api_key::Column::Id.eq(id)).one(&app.db).await?)
}

/// Makes a key. It is told once; what is kept cannot make it again.
///
/// # Errors
/// `REQUIRED`, `INVALID` or `NOT_FOUND` for what is wrong with it.
pub async fn create(caller: &Caller<'_>, new: NewKey) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let name = validate::text("name", &new.name, MAX_NAME)?;
    if new.scopes.is_empty() {
        return Err(Error::refused(Code::Required, "scopes"));
    }
    check_end(&act, new.ends_at)?;
    check_sites(&act, &new.sites).await?;
    let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.name()).collect();
    let (row, key) = draw(&act, name, json!(scopes), json!(new.sites), new.ends_at)?;
    let told: Vec<String> = new.scopes.iter().map(|scope| upper_snake(scope.name())).collect();
    let data = json!({ "name": row.name, "scopes": told, "prefix": row.prefix });
    write(&act, row, key, audit::Kind::ApiKeyMade, data, caller).await?.finish(act).await
}

/// Replaces a key by a new one with the same rights. The old one goes on for some hours, so that nothing stands still.
///
/// # Errors
/// `NOT_FOUND` for a key that does not hold; `INVALID` for hours or an end out of bounds.
pub async fn rotate(caller: &Caller<'_>, id: Uuid, overlap: i32, ends_at: DateTime<Utc>) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    if !(0..=MAX_OVERLAP_HOURS).contains(&overlap) {
        let needed = vec![format!("0..{MAX_OVERLAP_HOURS}")];
        return Err(Error::refused_needing(Code::Invalid, "overlapHours", needed));
    }
    check_end(&act, ends_at)?;
    let old = held(&act, id).await?;
    let (row, key) = draw(&act, old.name.clone(), old.scopes.clone(), old.sites.clone(), ends_at)?;
    let until = old.ends_at.min(act.now + TimeDelta::hours(i64::from(overlap)));
    set(&act, id, api_key::Column::EndsAt, until).await?;
    let data = json!({ "name": old.name, "before": old.prefix, "prefix": row.prefix, "overlapHours": overlap });
    write(&act, row, key, audit::Kind::ApiKeyRotated, data, caller).await?.finish(act).await
}

/// Ends a key at once.
///
/// # Errors
/// `NOT_FOUND` for a key that does not hold.
pub async fn end(caller: &Caller<'_>, id: Uuid) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let row = held(&act, id).await?;
    set(&act, id, api_key::Column::EndedAt, act.now).await?;
    let data = json!({ "name": row.name, "prefix": row.prefix });
    record(&act, audit::Kind::ApiKeyEnded, id, data).await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}

/// A key that is written, and what is told of it.
struct Done {
    id: Uuid,
    key: String,
    kept: Option<String>,
}

impl Done {
    async fn finish(self, act: Act<'_>) -> Result<ActResult> {
        let result = ActResult { subject: Some(self.id), secret: self.kept, ..ActResult::default() };
        let result = act.commit(result).await?;
        Ok(ActResult { secret: Some(self.key), ..result })
    }
}

fn draw(
    act: &Act<'_>,
    name: String,
    scopes: serde_json::Value,
    sites: serde_json::Value,
    ends_at: DateTime<Utc>,
) -> Result<(api_key::Model, String)> {
    let prefix = HEXLOWER.encode(&act.app.dice.bytes::<6>());
    let secret = BASE64URL_NOPAD.encode(&act.app.dice.bytes::<32>());
    let row = api_key::Model {
        id: act.id(),
        organization_id: act.organization_id(),
        name,
        prefix: prefix.clone(),
        secret_hash: sha256_hex(secret.as_bytes()),
        scopes,
        sites,
        made_by: act.person()?.id,
        made_at: act.now,
        ends_at,
        ended_at: None,
        last_used_at: None,
    };
    Ok((row, format!("{MARK}{prefix}_{secret}")))
}

async fn write(
    act: &Act<'_>,
    row: api_key::Model,
    key: String,
    kind: audit::Kind,
    data: serde_json::Value,
    caller: &Caller<'_>,
) -> Result<Done> {
    let id = row.id;
    api_key::Entity::insert(row.into_active_model()).exec_without_returning(&act.txn).await?;
    record(act, kind, id, data).await?;
    let kept = caller.seal(&key)?;
    Ok(Done { id, key, kept })
}

async fn held(act: &Act<'_>, id: Uuid) -> Result<api_key::Model> {
    let rows = all(act.person()?).filter(api_key::Column::Id.eq(id));
    let row = locked(rows, &act.txn).one(&act.txn).await?;
    row.filter(|row| holds(row, act.now)).ok_or_else(|| Error::refused(Code::NotFound, "apiKeyId"))
}

async fn set(act: &Act<'_>, id: Uuid, column: api_key::Column, moment: DateTime<Utc>) -> Result<()> {
    let rows = api_key::Entity::update_many().col_expr(column, Expr::value(moment));
    rows.filter(api_key::Column::Id.eq(id)).exec(&act.txn).await?;
    Ok(())
}

async fn record(act: &Act<'_>, kind: audit::Kind, id: Uuid, data: serde_json::Value) -> Result<()> {
    act.record(Record { kind, subject: ("ApiKey", id), account: None, data }).await
}

fn check_end(act: &Act<'_>, ends_at: DateTime<Utc>) -> Result<()> {
    if act.now < ends_at && ends_at <= act.now + LONGEST {
        return Ok(());
    }
    Err(Error::refused_needing(Code::Invalid, "expiresAt", vec!["a moment within two years from now".to_owned()]))
}

async fn check_sites(act: &Act<'_>, sites: &[Uuid]) -> Result<()> {
    if sites.is_empty() {
        return Err(Error::refused(Code::Required, "siteIds"));
    }
    let mut wanted = sites.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let known = site::Entity::find()
        .filter(site::Column::OrganizationId.eq(act.organization_id()))
        .filter(site::Column::Id.is_in(wanted.clone()))
        .count(&act.txn)
        .await?;
    if known == wanted.len() as u64 { Ok(()) } else { Err(Error::refused(Code::NotFound, "siteIds")) }
}
