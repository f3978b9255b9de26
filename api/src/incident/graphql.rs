//! Incidents and open letters in the schema, and their reads.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::incident::{Action, Audience, LetterAction, LetterState, State, allowed_actions, allowed_letter_actions};
use entity::{complaint, incident, open_letter, open_letter_reading};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::query;
use super::service::standing_at;
use crate::access::guard::Listed;
use crate::access::scope;
use crate::app::loader::{
    AccountById, ActionsOfIncident, CasesOfIncident, FollowersOf, Following, IncidentById, OpenLetterById, ReadersOf,
    SiteById, UnitById,
};
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::Asked;
use crate::complaint::graphql::Complaint;
use crate::organization::graphql::Site;
use crate::undertaking::graphql::Undertaking;

/// One matter that several units report 同一事件 (D4).
#[derive(async_graphql::Description)]
pub struct Incident(pub incident::Model);

#[Object(use_type_description)]
impl Incident {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Incident", self.0.id)
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// What it is, in a few words.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Whether residents of the site know of it, and may follow it.
    async fn announced(&self) -> bool {
        self.0.announced
    }

    /// When it was confirmed.
    async fn confirmed_at(&self) -> DateTime<Utc> {
        self.0.confirmed_at
    }

    /// When it was over.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// The site.
    async fn site(&self, ctx: &Context<'_>) -> Result<Option<Site>> {
        Ok(ctx.load(SiteById(self.0.site_id)).await?.map(Site))
    }

    /// Its cases, as far as you may see them; at most 300.
    async fn complaints(&self, ctx: &Context<'_>) -> Result<Vec<Complaint>> {
        Ok(ctx.load(CasesOfIncident(self.0.id)).await?.unwrap_or_default().into_iter().map(Complaint).collect())
    }

    /// The actions against its cause, as far as you may see them (C11), in the order in which they were planned.
    async fn actions(&self, ctx: &Context<'_>) -> Result<Vec<Undertaking>> {
        Ok(ctx.load(ActionsOfIncident(self.0.id)).await?.unwrap_or_default().into_iter().map(Undertaking).collect())
    }

    /// How many residents follow it; for employees, null for residents.
    async fn followers(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        if !ctx.viewer().is_some_and(|viewer| viewer.is_staff_at(self.0.site_id)) {
            return Ok(None);
        }
        Ok(Some(ctx.load(FollowersOf(self.0.id)).await?.unwrap_or(0)))
    }

    /// Whether you follow it.
    async fn following(&self, ctx: &Context<'_>) -> Result<bool> {
        let Some(viewer) = ctx.viewer() else { return Ok(false) };
        let key = Following { incident: self.0.id, account: viewer.id };
        Ok(ctx.load(key).await?.unwrap_or(false))
    }

    /// The incident that carries it on, if it was merged.
    async fn merged_into(&self, ctx: &Context<'_>) -> Result<Option<Incident>> {
        let Some(id) = self.0.merged_into_id else { return Ok(None) };
        Ok(ctx.load(IncidentById(id)).await?.map(Incident))
    }

    /// Give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What you may do to it now; computed by the rules that the mutations enforce.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Vec<Action> {
        let standing = ctx.viewer().map(|viewer| standing_at(viewer, self.0.site_id)).unwrap_or_default();
        allowed_actions(self.0.state, &standing)
    }
}

/// One public answer to a matter that many raised 公开信 (D4).
#[derive(async_graphql::Description)]
pub struct OpenLetter(pub open_letter::Model);

#[Object(use_type_description)]
impl OpenLetter {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("OpenLetter", self.0.id)
    }

    /// Where it stands.
    async fn state(&self) -> LetterState {
        self.0.state
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Its words.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Whom it is for, besides those whose cases it answers.
    async fn audience(&self) -> Audience {
        self.0.audience
    }

    /// When it was published.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// The name of who wrote it; for employees.
    async fn drafted_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if !ctx.viewer().is_some_and(|viewer| viewer.is_staff_at(self.0.site_id)) {
            return Ok(None);
        }
        Ok(ctx.load(AccountById(self.0.drafted_by)).await?.map(|account| account.name))
    }

    /// The name of who approved and published it.
    async fn approved_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(id) = self.0.approved_by else { return Ok(None) };
        Ok(ctx.load(AccountById(id)).await?.map(|account| account.name))
    }

    /// The incident that it answers, if you may see it.
    async fn incident(&self, ctx: &Context<'_>) -> Result<Option<Incident>> {
        Ok(ctx.load(IncidentById(self.0.incident_id)).await?.map(Incident))
    }

    /// How many have read it; for employees, null for residents. `openLetterReadings` says who.
    async fn read_count(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        if !ctx.viewer().is_some_and(|viewer| viewer.is_staff_at(self.0.site_id)) {
            return Ok(None);
        }
        Ok(Some(ctx.load(ReadersOf(self.0.id)).await?.unwrap_or(0)))
    }

    /// Give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// What you may do to it now; computed by the rules that the mutations enforce.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Vec<LetterAction> {
        let Some(viewer) = ctx.viewer() else { return Vec::new() };
        let standing = standing_at(viewer, self.0.site_id);
        allowed_letter_actions(self.0.state, &standing, self.0.drafted_by == viewer.id)
    }
}

/// That somebody has read an open letter.
#[derive(async_graphql::Description)]
pub struct OpenLetterReading(open_letter_reading::Model);

#[Object(use_type_description)]
impl OpenLetterReading {
    /// Who.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.account_id)).await?.map(|account| account.name))
    }

    /// When, the first time.
    async fn read_at(&self) -> DateTime<Utc> {
        self.0.read_at
    }
}

/// Open cases that report the same, of several units.
pub struct IncidentSuggestion(Vec<complaint::Model>);

/// Open cases that report the same, of several units; see `confirmIncident` (D4).
#[Object]
impl IncidentSuggestion {
    /// The cases, the newest first.
    async fn complaints(&self) -> Vec<Complaint> {
        self.0.iter().cloned().map(Complaint).collect()
    }
}

/// Reads of incidents and open letters.
#[derive(Default)]
pub struct IncidentQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl IncidentQuery {
    /// What could be one incident: open cases of the last 14 days that report the same, of at least two units, and belong to
    /// none yet. The largest group first. Empty for a site where you do not work.
    async fn incident_suggestions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
    ) -> Result<Vec<IncidentSuggestion>> {
        let (app, viewer) = (ctx.app()?, ctx.signed_in()?);
        let Some(("Site", site)) = public_id::parse(&site_id) else { return Ok(Vec::new()) };
        if !viewer.is_staff_at(site) {
            return Ok(Vec::new());
        }
        let groups = query::suggested(&app.db, viewer, site, app.clock.now()).await?;
        Ok(groups.into_iter().map(IncidentSuggestion).collect())
    }

    /// The incidents of a site as far as you may see them, the newest first.
    async fn incidents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Only in this state.")] state: Option<State>,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Connection<String, Incident>> {
        use incident::Column;
        let site = public_id::read("Site", &site_id, "siteId")?;
        let mut rows = scope::incidents(ctx.signed_in()?).filter(Column::SiteId.eq(site));
        if let Some(state) = state {
            rows = rows.filter(Column::State.eq(state));
        }
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page.unwrap_or_default(), Incident).await?)
    }

    /// What is known at the site of one of my units, the newest first, at most 50: ask before filing, and offer to follow it
    /// instead of reporting it again (D4). Empty for a unit that is not mine.
    async fn known_incidents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One of `viewer.units`.")] unit_id: ID,
    ) -> Result<Vec<Incident>> {
        use incident::Column;
        use sea_orm::{QueryOrder, QuerySelect};
        let viewer = ctx.signed_in()?;
        let Some(("Unit", unit)) = public_id::parse(&unit_id) else { return Ok(Vec::new()) };
        let home = ctx.load(UnitById(unit)).await?.filter(|unit| viewer.units.contains(&unit.id));
        let Some(home) = home else { return Ok(Vec::new()) };
        let known = scope::incidents(viewer)
            .filter(Column::SiteId.eq(home.site_id))
            .filter(Column::State.eq(State::Open))
            .filter(Column::Announced.eq(true))
            .order_by_desc(Column::Id)
            .limit(50);
        let known = known.all(&ctx.app()?.db).await.map_err(crate::app::error::Error::from)?;
        Ok(known.into_iter().map(Incident).collect())
    }

    /// The open letters that I may see, the newest first: of the sites where I work with their drafts; those that are for my
    /// units, of incidents that I follow, or answer my cases.
    async fn open_letters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this site.")] site_id: Option<ID>,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Connection<String, OpenLetter>> {
        use open_letter::Column;
        let mut rows = scope::open_letters(ctx.signed_in()?);
        if let Some(site) = site_id {
            rows = rows.filter(Column::SiteId.eq(public_id::read("Site", &site, "siteId")?));
        }
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page.unwrap_or_default(), OpenLetter).await?)
    }

    /// Who has read an open letter of a site where I work, the last first.
    async fn open_letter_readings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The letter.")] open_letter_id: ID,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Connection<String, OpenLetterReading>> {
        use open_letter_reading::Column;
        let viewer = ctx.signed_in()?;
        let letter = match public_id::parse(&open_letter_id) {
            Some(("OpenLetter", id)) => ctx.load(OpenLetterById(id)).await?,
            _ => None,
        };
        let letter = letter.filter(|letter| viewer.is_staff_at(letter.site_id));
        // Of a letter that is not theirs there are no readings.
        let id = letter.map_or_else(uuid::Uuid::nil, |letter| letter.id);
        let rows = open_letter_reading::Entity::find().filter(Column::OpenLetterId.eq(id));
        Ok(newest_first(ctx.app()?, rows, Column::Id, &page.unwrap_or_default(), OpenLetterReading).await?)
    }
}
