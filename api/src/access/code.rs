//! One-time codes by text message. A code is for one number, one purpose and five minutes; it opens nothing else.
//!
//! Whether anybody has the number shows neither in words nor in time: the same row is written, and the message, if
//! there is one to send, is sent beside the request.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use domain::organization::Language;
use domain::refusal::Code;
use domain::session::CodePurpose;
use entity::one_time_code;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::guesses;
use super::service::accounts_of;
use super::viewer::Viewer;
use crate::app::App;
use crate::app::act::Act;
use crate::app::error::{Error, Result};
use crate::app::language::{kebab, sentence};
use crate::app::sms::Unsendable;
use crate::app::{public_id, validate};

/// How long a code can be used.
const HOLDS: TimeDelta = TimeDelta::minutes(5);
/// How often somebody may try.
const TRIES: i32 = 5;
/// How many codes are sent to one number in an hour, by all processes together.
const PER_HOUR: u64 = 5;
/// How long the row of a code is kept.
const KEPT: TimeDelta = TimeDelta::days(1);

/// A code that somebody asks for.
pub struct Request<'a> {
    /// Who asks, if they are signed in.
    pub viewer: Option<&'a Viewer>,
    /// To which number.
    pub phone: &'a str,
    /// What for.
    pub purpose: CodePurpose,
    /// The organization's code, for whoever belongs to several.
    pub organization_code: Option<&'a str>,
    /// In which language the message is.
    pub language: Language,
    /// Where the request came from.
    pub address: Option<IpAddr>,
}

/// A code that may have been sent.
#[derive(Debug, Clone, Copy)]
pub struct Requested {
    /// Names the code when it is tried.
    pub id: Uuid,
    /// Until when it can be used.
    pub ends_at: DateTime<Utc>,
}

/// A code as somebody gives it.
pub struct Given<'a> {
    /// Which, as `requestCode` told it.
    pub request_id: &'a str,
    /// The six digits.
    pub code: &'a str,
    /// The field of the code, for a refusal.
    pub field: &'static str,
}

/// A code that was right, and can be used up in an act.
#[derive(Debug, Clone, Copy)]
pub struct Right(Uuid, &'static str);

/// Sends a code, if there is somebody to send it to.
///
/// # Errors
/// `NOT_OFFERED` and `NOT_SENT`, whoever has the number; [`Error::Limited`] after too many;
/// [`Error::Unauthenticated`] for a stranger who wants to change a number.
pub async fn request(app: &App, request: &Request<'_>) -> Result<Requested> {
    let phone = validate::phone("phone", request.phone)?;
    if request.purpose == CodePurpose::ChangePhone && request.viewer.is_none() {
        return Err(Error::Unauthenticated);
    }
    let place = app.sms.place().map_err(|why| {
        let code = if why == Unsendable::NotOffered { Code::NotOffered } else { Code::NotSent };
        Error::refused(code, "")
    })?;
    guesses::code(app, &phone, request.address).await?;
    let phone_hash = hash_of(app, &phone);
    let now = app.clock.now();
    let lately = one_time_code::Entity::find()
        .filter(one_time_code::Column::PhoneHash.eq(&phone_hash))
        .filter(one_time_code::Column::MadeAt.gt(now - TimeDelta::hours(1)));
    if lately.count(&app.db).await? >= PER_HOUR {
        return Err(Error::Limited);
    }
    let digits = draw(app);
    let requested = write(app, request.purpose, phone_hash, &digits, now).await?;
    let to_whoever_has_it = matches!(request.purpose, CodePurpose::ChangePhone | CodePurpose::RecoverPhone);
    // Asked in either case, so that both take as long.
    let known = !accounts_of(app, &phone, request.organization_code).await?.is_empty();
    if known || to_whoever_has_it {
        let key = format!("sms-{}", kebab(request.purpose.name()));
        place.send(phone, sentence(request.language, &key, &[("code", &digits)]));
    }
    Ok(requested)
}

/// Tries a code. Each try is counted by itself, whatever becomes of the act that it is for.
///
/// # Errors
/// `INVALID_CODE`, whatever is wrong with it.
pub async fn check(app: &App, phone: &str, purpose: CodePurpose, given: &Given<'_>) -> Result<Right> {
    let refused = || Error::refused(Code::InvalidCode, given.field);
    let Some(("CodeRequest", id)) = public_id::parse_str(given.request_id) else { return Err(refused()) };
    let counted = {
        let _turn = app.writing_turn().await?;
        one_time_code::Entity::update_many()
            .col_expr(one_time_code::Column::Tries, Expr::col(one_time_code::Column::Tries).add(1))
            .filter(one_time_code::Column::Id.eq(id))
            .filter(one_time_code::Column::Tries.lt(TRIES))
            .filter(one_time_code::Column::UsedAt.is_null())
            .filter(one_time_code::Column::EndsAt.gt(app.clock.now()))
            .exec(&app.db)
            .await?
            .rows_affected
    };
    let row = one_time_code::Entity::find_by_id(id).one(&app.db).await?.ok_or_else(refused)?;
    let digits: String = given.code.chars().filter(|c| !c.is_whitespace()).collect();
    let right = app.vault.is_digest(&row.code_hash, "code", &[id.as_bytes(), digits.as_bytes()])
        && app.vault.is_digest(&row.phone_hash, "phone", &[phone.as_bytes()])
        && row.purpose == purpose;
    if counted == 1 && right { Ok(Right(id, given.field)) } else { Err(refused()) }
}

impl Right {
    /// Uses the code up.
    ///
    /// # Errors
    /// `INVALID_CODE` when another act was faster.
    pub async fn use_up(self, act: &Act<'_>) -> Result<()> {
        let used = one_time_code::Entity::update_many()
            .col_expr(one_time_code::Column::UsedAt, Expr::value(act.now))
            .filter(one_time_code::Column::Id.eq(self.0))
            .filter(one_time_code::Column::UsedAt.is_null())
            .exec(&act.txn)
            .await?;
        if used.rows_affected == 1 { Ok(()) } else { Err(Error::refused(Code::InvalidCode, self.1)) }
    }
}

async fn write(
    app: &App,
    purpose: CodePurpose,
    phone_hash: String,
    digits: &str,
    now: DateTime<Utc>,
) -> Result<Requested> {
    let id = app.dice.id(now);
    let row = one_time_code::Model {
        id,
        phone_hash,
        purpose,
        code_hash: app.vault.digest("code", &[id.as_bytes(), digits.as_bytes()]),
        tries: 0,
        made_at: now,
        ends_at: now + HOLDS,
        used_at: None,
    };
    let _turn = app.writing_turn().await?;
    let old = one_time_code::Entity::delete_many().filter(one_time_code::Column::MadeAt.lt(now - KEPT));
    old.exec(&app.db).await?;
    one_time_code::Entity::insert(row.into_active_model()).exec_without_returning(&app.db).await?;
    Ok(Requested { id, ends_at: now + HOLDS })
}

/// A number as it is kept: a stranger's is nobody's to read.
fn hash_of(app: &App, phone: &str) -> String {
    app.vault.digest("phone", &[phone.as_bytes()])
}

fn draw(app: &App) -> String {
    format!("{:06}", u64::from_be_bytes(app.dice.bytes()) % 1_000_000)
}
