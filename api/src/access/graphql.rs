//! Signing in, and who I am.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::organization::Language;
use futures_util::future::try_join_all;

use super::guard::Listed;
use super::service;
use super::viewer::Viewer;
use crate::app::error::{Error, UserError};
use crate::app::loader::UnitById;
use crate::app::public_id;
use crate::app::request::{Asked, told};
use crate::organization::graphql::{HeldRole, Unit};

/// Who is signed in.
#[derive(async_graphql::Description)]
pub struct Me(pub Viewer);

#[Object(name = "Viewer", use_type_description)]
impl Me {
    /// The account's id.
    async fn id(&self) -> ID {
        public_id::write("Account", self.0.id)
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The number they sign in with.
    async fn phone(&self) -> &str {
        &self.0.phone
    }

    /// The language of their notices.
    async fn language(&self) -> Language {
        self.0.language
    }

    /// The roles that hold today, by site and department.
    async fn roles(&self) -> Vec<HeldRole> {
        let held = self.0.grants.iter();
        held.map(|grant| HeldRole::from_parts(grant.role, grant.site_id, grant.department_id, grant.team_id)).collect()
    }

    /// Where the log of what happens stands now. Ask for it together with what you show, and give it as `after` to a
    /// stream: nothing between the two is missed.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        let head = crate::event::query::head(&ctx.app()?.db, self.0.organization_id).await?;
        Ok(crate::event::query::cursor(head))
    }

    /// The units they live in today; a case can be filed for each.
    async fn units(&self, ctx: &Context<'_>) -> Result<Vec<Unit>> {
        let units = try_join_all(self.0.units.iter().map(|id| ctx.load(UnitById(*id)))).await?;
        Ok(units.into_iter().flatten().map(Unit).collect())
    }
}

/// Who wants to sign in.
#[derive(InputObject)]
pub struct SignInInput {
    /// The phone number.
    pub phone: String,
    /// The password.
    #[graphql(secret)]
    pub password: String,
    /// The organization's short code, for whoever belongs to several.
    pub organization_code: Option<String>,
}

/// The result of signing in.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// The token for the `Authorization: Bearer` header, and for `connection_init` of a socket.
    pub access_token: Option<String>,
    /// When the token ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// Who signed in.
    pub viewer: Option<Me>,
    /// Why it was refused: `INVALID_CREDENTIALS`, whichever of the two is wrong.
    pub errors: Vec<UserError>,
}

/// Who I am.
#[derive(Default)]
pub struct AccessQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl AccessQuery {
    /// Who is signed in, with the roles and units that hold today.
    #[expect(clippy::unused_self, reason = "a root field of the schema has a receiver")]
    fn viewer(&self, ctx: &Context<'_>) -> Result<Me> {
        Ok(Me(ctx.signed_in()?.clone()))
    }
}

/// Signing in.
#[derive(Default)]
pub struct AccessMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl AccessMutation {
    /// Signs in with phone and password. Tries are counted by address: `RATE_LIMITED` after thirty in a minute.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> Result<SignInPayload> {
        let SignInInput { phone, password, organization_code } = input;
        match service::sign_in(ctx.app()?, &phone, &password, organization_code.as_deref(), ctx.address()).await {
            Ok(session) => Ok(SignInPayload {
                access_token: Some(session.token),
                expires_at: Some(session.expires_at),
                viewer: Some(Me(session.viewer)),
                errors: Vec::new(),
            }),
            Err(Error::Refused(refused)) => Ok(SignInPayload {
                access_token: None,
                expires_at: None,
                viewer: None,
                errors: vec![told(ctx, &refused)],
            }),
            Err(error) => Err(error.into()),
        }
    }
}
