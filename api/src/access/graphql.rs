//! Who I am; and, by what they are about, the other faces of this feature.

pub mod api_keys;
mod passwords;
pub mod phones;
mod second_factors;
mod sessions;
mod sign_in;

use async_graphql::{Context, ID, MergedObject, Object, Result};
use domain::access::Operation;
use domain::organization::Language;
use futures_util::future::try_join_all;

use super::guard::Listed;
use super::viewer::Viewer;
use crate::app::loader::UnitById;
use crate::app::public_id;
use crate::app::request::Asked;
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

    /// Whether they may do nothing but set up a second factor: their roles call for one, and the server requires it.
    async fn must_set_up_second_factor(&self) -> bool {
        self.0.must_set_up_second_factor
    }

    /// The units they live in today; a case can be filed for each.
    async fn units(&self, ctx: &Context<'_>) -> Result<Vec<Unit>> {
        let units = try_join_all(self.0.units.iter().map(|id| ctx.load(UnitById(*id)))).await?;
        Ok(units.into_iter().flatten().map(Unit).collect())
    }
}

/// Who I am.
#[derive(Default)]
pub struct ViewerQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl ViewerQuery {
    /// Who is signed in, with the roles and units that hold today.
    #[expect(clippy::unused_self, reason = "a root field of the schema has a receiver")]
    fn viewer(&self, ctx: &Context<'_>) -> Result<Me> {
        Ok(Me(ctx.signed_in()?.clone()))
    }
}

/// Reads of sessions, keys and who I am.
#[derive(MergedObject, Default)]
pub struct AccessQuery(ViewerQuery, sessions::SessionQuery, phones::PhoneQuery, api_keys::ApiKeyQuery);

/// Signing in and out, and what opens an account.
#[derive(MergedObject, Default)]
pub struct AccessMutation(
    sign_in::SignInMutation,
    sessions::SessionMutation,
    passwords::PasswordMutation,
    second_factors::SecondFactorMutation,
    phones::PhoneMutation,
    api_keys::ApiKeyMutation,
);
