//! Changing the number that somebody signs in with.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::refusal::Code;
use domain::session::RecoveryState;
use entity::phone_recovery;

use crate::access::code::Given;
use crate::access::guard::Listed;
use crate::access::phone::{self, Lost, Proof};
use crate::app::act::ActResult;
use crate::app::error::{self, Error, UserError};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::{Asked, attempt, caller, settle};

/// A new number for the old one.
#[derive(InputObject)]
pub struct ChangePhoneInput {
    /// The new number.
    pub phone: String,
    /// As `requestCode` told it for the new number, with the purpose `CHANGE_PHONE`.
    pub request_id: ID,
    /// The six digits that came to the new number.
    #[graphql(secret)]
    pub code: String,
    /// The password; without it, a code that came to the old number.
    #[graphql(secret)]
    pub current_password: Option<String>,
    /// As `requestCode` told it for the old number, with the purpose `CHANGE_PHONE`.
    pub old_request_id: Option<ID>,
    /// The six digits that came to the old number.
    #[graphql(secret)]
    pub old_code: Option<String>,
    /// Send the same key when you repeat the call: it is done once. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// What somebody tells the office who can receive nothing under their old number any more.
#[derive(InputObject)]
pub struct RequestPhoneRecoveryInput {
    /// The site where they live.
    pub site_id: ID,
    /// Their name. At most 60 characters.
    pub name: String,
    /// Their unit, such as `3栋 1203`. At most 60 characters.
    pub unit: String,
    /// The new number.
    pub phone: String,
    /// As `requestCode` told it for the new number, with the purpose `RECOVER_PHONE`.
    pub request_id: ID,
    /// The six digits that came to the new number.
    #[graphql(secret)]
    pub code: String,
}

/// Whether it was done.
#[derive(SimpleObject)]
pub struct PhonePayload {
    /// Whether it was done.
    pub done: bool,
    /// Why it was refused: `INVALID_CODE`, `INVALID_CREDENTIALS`, `TAKEN` for a number of another account.
    pub errors: Vec<UserError>,
}

impl PhonePayload {
    fn of(ctx: &Context<'_>, outcome: error::Result<ActResult>) -> Result<Self> {
        let (_, errors) = settle(ctx, outcome)?;
        Ok(Self { done: errors.is_empty(), errors })
    }
}

/// Somebody who lost their number asks the office to check who they are.
#[derive(async_graphql::Description)]
pub struct PhoneRecovery(phone_recovery::Model);

#[Object(use_type_description)]
impl PhoneRecovery {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("PhoneRecovery", self.0.id)
    }

    /// The site.
    async fn site_id(&self) -> ID {
        public_id::write("Site", self.0.site_id)
    }

    /// The name they give.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The unit they give.
    async fn unit(&self) -> &str {
        &self.0.unit
    }

    /// The new number, which they have shown to hold.
    async fn phone(&self) -> &str {
        &self.0.phone
    }

    /// How it stands.
    async fn state(&self) -> RecoveryState {
        self.0.state
    }

    /// The account that it was confirmed for.
    async fn account_id(&self) -> Option<ID> {
        self.0.account_id.map(|id| public_id::write("Account", id))
    }

    /// Why it was decided so.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// When it was asked.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }

    /// When it was decided.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }
}

/// Who somebody turned out to be.
#[derive(InputObject)]
pub struct ConfirmPhoneRecoveryInput {
    /// Which one.
    pub phone_recovery_id: ID,
    /// The account: of somebody who lives at the site today.
    pub account_id: ID,
    /// How the office knows who it is. At most 500 characters; the person can read it.
    pub reason: String,
    /// Send the same key when you repeat the call: it is done once. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// Why a number is not changed.
#[derive(InputObject)]
pub struct RefusePhoneRecoveryInput {
    /// Which one.
    pub phone_recovery_id: ID,
    /// Why. At most 500 characters.
    pub reason: String,
    /// Send the same key when you repeat the call: it is done once. At most 128 characters.
    pub idempotency_key: Option<String>,
}

/// A decision about a lost number.
#[derive(SimpleObject)]
pub struct PhoneRecoveryPayload {
    /// As it stands now.
    pub phone_recovery: Option<PhoneRecovery>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

impl PhoneRecoveryPayload {
    async fn of(ctx: &Context<'_>, outcome: error::Result<ActResult>) -> Result<Self> {
        let (done, errors) = settle(ctx, outcome)?;
        let phone_recovery = match done.subject {
            Some(id) => phone::find(ctx.app()?, ctx.signed_in()?, id).await?.map(PhoneRecovery),
            None => None,
        };
        Ok(Self { phone_recovery, errors })
    }
}

/// Reads of lost numbers.
#[derive(Default)]
pub struct PhoneQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl PhoneQuery {
    /// Who has asked your office to change a number that was lost, newest first.
    async fn phone_recoveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, PhoneRecovery>> {
        let rows = phone::of_office(ctx.signed_in()?);
        Ok(newest_first(ctx.app()?, rows, phone_recovery::Column::Id, &page, PhoneRecovery).await?)
    }
}

/// Numbers.
#[derive(Default)]
pub struct PhoneMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl PhoneMutation {
    /// Changes the number that you sign in with. It takes a code that came to the new number, and your password or a
    /// code that came to the old one. Your other sessions end.
    async fn change_phone(&self, ctx: &Context<'_>, input: ChangePhoneInput) -> Result<PhonePayload> {
        let done = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let given = Given { request_id: &input.request_id, code: &input.code, field: "code" };
            let proof = match (&input.current_password, &input.old_request_id, &input.old_code) {
                (Some(password), _, _) => Proof::Password(password),
                (None, Some(id), Some(code)) => Proof::Code(Given { request_id: id, code, field: "oldCode" }),
                _ => return Err(Error::refused(Code::Required, "currentPassword")),
            };
            phone::change(&caller, &input.phone, &given, &proof).await
        });
        PhonePayload::of(ctx, done)
    }

    /// Asks the office of your site to check who you are, when your old number can receive nothing any more. Whether
    /// there is such an account is not told.
    async fn request_phone_recovery(
        &self,
        ctx: &Context<'_>,
        input: RequestPhoneRecoveryInput,
    ) -> Result<PhonePayload> {
        let done = attempt!({
            let lost = Lost {
                site: public_id::read("Site", &input.site_id, "siteId")?,
                name: &input.name,
                unit: &input.unit,
                phone: &input.phone,
                given: Given { request_id: &input.request_id, code: &input.code, field: "code" },
                address: ctx.address(),
            };
            phone::ask(ctx.app()?, &lost).await
        });
        PhonePayload::of(ctx, done)
    }

    /// Confirms who somebody is: their account gets the new number, all its sessions end, and its audit trail says who
    /// confirmed it and why. Only for residents; whose role calls for a second factor, an administrator lets in.
    async fn confirm_phone_recovery(
        &self,
        ctx: &Context<'_>,
        input: ConfirmPhoneRecoveryInput,
    ) -> Result<PhoneRecoveryPayload> {
        let done = attempt!({
            let id = public_id::read("PhoneRecovery", &input.phone_recovery_id, "phoneRecoveryId")?;
            let account = public_id::read("Account", &input.account_id, "accountId")?;
            phone::confirm(&caller(ctx, input.idempotency_key.as_deref())?, id, account, &input.reason).await
        });
        PhoneRecoveryPayload::of(ctx, done).await
    }

    /// Refuses to change a number: the office does not know the person.
    async fn refuse_phone_recovery(
        &self,
        ctx: &Context<'_>,
        input: RefusePhoneRecoveryInput,
    ) -> Result<PhoneRecoveryPayload> {
        let done = attempt!({
            let id = public_id::read("PhoneRecovery", &input.phone_recovery_id, "phoneRecoveryId")?;
            phone::refuse(&caller(ctx, input.idempotency_key.as_deref())?, id, &input.reason).await
        });
        PhoneRecoveryPayload::of(ctx, done).await
    }
}
