//! Makes and revokes the link to a technician's day. The secret is told once; what is kept cannot make it again.

use data_encoding::BASE64URL_NOPAD;
use domain::audit;
use entity::{account, day_feed};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::app::act::{Act, ActResult, Caller, sha256_hex};
use crate::app::database::locked;
use crate::app::error::Result;
use crate::audit::trail::Record;

/// The link of an account.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, account: Uuid) -> Result<Option<day_feed::Model>> {
    Ok(day_feed::Entity::find().filter(day_feed::Column::AccountId.eq(account)).one(db).await?)
}

/// Makes a link; an earlier one ends by it.
///
/// # Errors
/// When the database does not answer.
pub async fn create(caller: &Caller<'_>) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let person = hold(&act).await?;
    remove(&act, person).await?;
    let secret = BASE64URL_NOPAD.encode(&act.app.dice.bytes::<32>());
    let row = day_feed::Model {
        id: act.id(),
        organization_id: act.organization_id(),
        account_id: person,
        secret_hash: sha256_hex(secret.as_bytes()),
        made_at: act.now,
    };
    let id = row.id;
    day_feed::Entity::insert(row.into_active_model()).exec_without_returning(&act.txn).await?;
    record(&act, audit::Kind::DayFeedMade, id).await?;
    let kept = caller.seal(&secret)?;
    let result = act.commit(ActResult { subject: Some(id), secret: kept, ..ActResult::default() }).await?;
    Ok(ActResult { secret: Some(secret), ..result })
}

/// Revokes the link; does nothing where there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn revoke(caller: &Caller<'_>) -> Result<ActResult> {
    let act = Act::begin(caller).await?;
    let person = hold(&act).await?;
    let row = of(&act.txn, person).await?;
    if let Some(row) = &row {
        remove(&act, person).await?;
        record(&act, audit::Kind::DayFeedRevoked, row.id).await?;
    }
    act.commit(ActResult { subject: row.map(|row| row.id), ..ActResult::default() }).await
}

/// Who acts, with their account locked: of two links made at once, one is the last.
async fn hold(act: &Act<'_>) -> Result<Uuid> {
    let person = act.person()?.id;
    locked(account::Entity::find_by_id(person), &act.txn).one(&act.txn).await?;
    Ok(person)
}

async fn remove(act: &Act<'_>, person: Uuid) -> Result<()> {
    day_feed::Entity::delete_many().filter(day_feed::Column::AccountId.eq(person)).exec(&act.txn).await?;
    Ok(())
}

async fn record(act: &Act<'_>, kind: audit::Kind, id: Uuid) -> Result<()> {
    let account = Some(act.person()?.id);
    act.record(Record { kind, subject: ("DayFeed", id), account, data: json!({}) }).await
}
