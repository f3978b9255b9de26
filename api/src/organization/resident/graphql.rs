//! Residencies, invitations and registrations in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Operation;
use domain::organization::{RequestState, ResidencyKind};
use entity::{invitation, residency, resident_request};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::KEEPERS;
use crate::access::guard::Listed;
use crate::access::viewer::Viewer;
use crate::app::loader::{AccountById, UnitById};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::Asked;
use crate::organization::graphql::Unit;

/// Somebody lives in a unit, from one day to another.
#[derive(async_graphql::Description)]
pub struct Residency(pub residency::Model);

#[Object(use_type_description)]
impl Residency {
    /// The id, for `moveOut` and `changeResidency`.
    async fn id(&self) -> ID {
        public_id::write("Residency", self.0.id)
    }

    /// The unit.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(ctx.load(UnitById(self.0.unit_id)).await?.map(Unit))
    }

    /// The id of the resident's account.
    async fn account_id(&self) -> ID {
        public_id::write("Account", self.0.account_id)
    }

    /// The resident's name.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.account_id)).await?.map(|person| person.name))
    }

    /// The resident's phone number.
    async fn phone(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.account_id)).await?.map(|person| person.phone))
    }

    /// In what right they live there.
    async fn kind(&self) -> ResidencyKind {
        self.0.kind
    }

    /// First day, in the site's time zone.
    async fn from(&self) -> NaiveDate {
        self.0.from_date
    }

    /// Last day; null while no end is known.
    async fn to(&self) -> Option<NaiveDate> {
        self.0.to_date
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// The office's invitation to register as a resident of a unit.
#[derive(async_graphql::Description)]
pub struct Invitation(pub invitation::Model);

#[Object(name = "ResidentInvitation", use_type_description)]
impl Invitation {
    /// The id, for `revokeInvitation`.
    async fn id(&self) -> ID {
        public_id::write("Invitation", self.0.id)
    }

    /// The unit.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(ctx.load(UnitById(self.0.unit_id)).await?.map(Unit))
    }

    /// In what right they will live there.
    async fn kind(&self) -> ResidencyKind {
        self.0.kind
    }

    /// First day, in the site's time zone.
    async fn from(&self) -> NaiveDate {
        self.0.from_date
    }

    /// Last day, if it is known.
    async fn to(&self) -> Option<NaiveDate> {
        self.0.to_date
    }

    /// Whom it is meant for, if the office said so.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Until when the code can be used.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When somebody registered with it; it works once.
    async fn used_at(&self) -> Option<DateTime<Utc>> {
        self.0.used_at
    }

    /// When the office took it back.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }
}

/// A registration by an invitation, which the office checks before the residency holds.
#[derive(async_graphql::Description)]
pub struct ResidentRequest(pub resident_request::Model);

#[Object(use_type_description)]
impl ResidentRequest {
    /// The id, for `confirmResident` and `refuseResident`.
    async fn id(&self) -> ID {
        public_id::write("ResidentRequest", self.0.id)
    }

    /// The invitation that was used: compare whom it was meant for.
    async fn invitation(&self, ctx: &Context<'_>) -> Result<Option<Invitation>> {
        Ok(ctx.load(crate::app::loader::InvitationById(self.0.invitation_id)).await?.map(Invitation))
    }

    /// The unit.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(ctx.load(UnitById(self.0.unit_id)).await?.map(Unit))
    }

    /// In what right, as invited.
    async fn kind(&self) -> ResidencyKind {
        self.0.kind
    }

    /// First day, as invited.
    async fn from(&self) -> NaiveDate {
        self.0.from_date
    }

    /// Last day, as invited.
    async fn to(&self) -> Option<NaiveDate> {
        self.0.to_date
    }

    /// The name they gave.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The phone number they gave.
    async fn phone(&self) -> &str {
        &self.0.phone
    }

    /// Where it stands.
    async fn state(&self) -> RequestState {
        self.0.state
    }

    /// Why it was refused.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The id of the resident's account, once confirmed.
    async fn account_id(&self) -> Option<ID> {
        self.0.account_id.map(|id| public_id::write("Account", id))
    }

    /// When they registered.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.requested_at
    }

    /// When the office decided.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Which residencies.
#[derive(InputObject, Default)]
pub struct ResidencyFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// Of a unit.
    pub unit_id: Option<ID>,
    /// Of a person.
    pub account_id: Option<ID>,
}

/// Which registrations.
#[derive(InputObject, Default)]
pub struct ResidentRequestFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// Where they stand.
    pub state: Option<RequestState>,
}

/// The sites whose residents a viewer keeps; none stands for every site of the organization.
fn kept_sites(viewer: &Viewer) -> Option<Vec<Uuid>> {
    viewer.grants.iter().filter(|grant| KEEPERS.contains(&grant.role)).map(|grant| grant.site_id).collect()
}

/// The rows of a table that are of the sites whose residents the viewer keeps.
macro_rules! kept {
    ($ctx:ident, $entity:ident) => {{
        let viewer = $ctx.signed_in()?;
        let rows = $entity::Entity::find().filter($entity::Column::OrganizationId.eq(viewer.organization_id));
        match kept_sites(viewer) {
            Some(sites) => rows.filter($entity::Column::SiteId.is_in(sites)),
            None => rows,
        }
    }};
}

/// Reads of residents.
#[derive(Default)]
pub struct ResidentQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl ResidentQuery {
    /// Who lives, lived or will live where at the sites whose residents you keep, newest first.
    async fn residencies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which residencies.", default)] filter: ResidencyFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Residency>> {
        use residency::Column;
        let mut rows = kept!(ctx, residency);
        for (column, type_name, id) in [
            (Column::SiteId, "Site", &filter.site_id),
            (Column::UnitId, "Unit", &filter.unit_id),
            (Column::AccountId, "Account", &filter.account_id),
        ] {
            if let Some(id) = id {
                rows = rows.filter(column.eq(public_id::read(type_name, id, "filter").unwrap_or_default()));
            }
        }
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page, Residency).await?)
    }

    /// The invitations at the sites whose residents you keep, newest first. The codes are not shown again.
    async fn resident_invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Invitation>> {
        let rows = kept!(ctx, invitation);
        Ok(newest_first(ctx.app()?, rows, invitation::Column::Id, &page, Invitation).await?)
    }

    /// The registrations at the sites whose residents you keep, newest first.
    async fn resident_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which registrations.", default)] filter: ResidentRequestFilter,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, ResidentRequest>> {
        use resident_request::Column;
        let mut rows = kept!(ctx, resident_request);
        if let Some(site) = &filter.site_id {
            rows = rows.filter(Column::SiteId.eq(public_id::read("Site", site, "filter").unwrap_or_default()));
        }
        if let Some(state) = filter.state {
            rows = rows.filter(Column::State.eq(state));
        }
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page, ResidentRequest).await?)
    }
}
