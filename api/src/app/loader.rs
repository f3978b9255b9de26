//! Loaders: every edge of the graph is followed in batches, within the viewer's scope.

mod incidents;

use std::collections::HashMap;

use async_graphql::dataloader::{DataLoader, Loader};
use entity::{
    account, alarm, alarm_call, attachment, booking, booking_offer, building, calendar, calendar_day, call_record,
    category, charge, clock, complaint, complaint_item, department, duty_shift, event, follow_up, follow_up_attempt,
    follow_up_matter, hotline_call, incident, inspection_draw, investigation, invitation, joint_look, official_year,
    open_letter, opinion, opinion_step, outside_party, position_fix, price_item, price_list, question, quote,
    quote_line, reply, reply_template, residency, resident_request, role_grant, service_promises, signature, site,
    site_visit, statement, team, undertaking, unit, work_order, work_order_copy,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::App;
use super::batch::Gathered;
use super::database::among;
use super::error::Error;
use super::witness::Witness;
use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::clock::explained::PASSAGES;
use crate::event::query::{Part, timelines};

pub use incidents::{ActionsOfIncident, CasesOfIncident, FollowersOf, Following, OpenLettersOf, ReadersOf};

/// Loads rows by what leads to them. A request has one of its own, and so has each delivery of a stream.
pub struct Rows {
    app: App,
    /// Asked for by [`Rows::scope`], so that the witness hears of it.
    scoped_to: Option<Viewer>,
    witness: Witness,
}

/// The loader of a request.
///
/// It batches but does not cache: a request may act and then read what it has changed.
pub type Loaders = DataLoader<Counted>;

/// Rows whose batches are counted.
pub struct Counted(Rows);

impl<K> Loader<K> for Counted
where
    K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
    Rows: Loader<K>,
{
    type Value = <Rows as Loader<K>>::Value;
    type Error = <Rows as Loader<K>>::Error;

    async fn load(&self, keys: &[K]) -> Result<HashMap<K, Self::Value>, Self::Error> {
        self.0.app.metrics.batch(std::any::type_name::<K>(), keys.len());
        self.0.load(keys).await
    }
}

impl Rows {
    /// The database, for the loaders that stand with their feature.
    pub(crate) fn db(&self) -> &sea_orm::DatabaseConnection {
        &self.app.db
    }

    /// The loader for one request of a viewer. A stranger has none of the scoped rows.
    #[must_use]
    pub fn loader(app: App, viewer: Option<Viewer>) -> Loaders {
        Self::watched(app, viewer, Witness::default())
    }

    /// The same, for bytes that others may get as well: a witness notes what they depend on.
    #[must_use]
    pub fn watched(app: App, viewer: Option<Viewer>, witness: Witness) -> Loaders {
        DataLoader::new(Counted(Self { app, scoped_to: viewer, witness }), Gathered, Gathered)
    }

    /// In whose scope rows are read; whatever is read by it is theirs alone.
    fn scope(&self) -> Option<&Viewer> {
        self.witness.asked_who();
        self.scoped_to.as_ref()
    }
}

/// Rows by their id that everybody may see who sees what refers to them.
macro_rules! by_id {
    ($($key:ident => $entity:ident),+ $(,)?) => {$(
        #[doc = concat!("Loads a row of `", stringify!($entity), "` by its id.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $key(pub Uuid);

        impl Loader<$key> for Rows {
            type Value = $entity::Model;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>, Error> {
                let rows = $entity::Entity::find()
                    .filter(among(&self.app.db, $entity::Column::Id, keys.iter().map(|key| key.0)))
                    .all(&self.app.db)
                    .await?;
                Ok(rows.into_iter().map(|row| ($key(row.id), row)).collect())
            }
        }
    )+};
}

by_id! {
    SiteById => site,
    BuildingById => building,
    UnitById => unit,
    DepartmentById => department,
    TeamById => team,
    CategoryById => category,
    AccountById => account,
    SignatureById => signature,
    GrantById => role_grant,
    PriceListById => price_list,
    ResidencyById => residency,
    InvitationById => invitation,
    RequestById => resident_request,
    OfficialYearById => official_year,
    ServicePromisesById => service_promises,
    AlarmById => alarm,
    DutyShiftById => duty_shift,
    CaseOfAlarm => complaint,
    OutsidePartyById => outside_party,
    DrawById => inspection_draw,
    TemplateById => reply_template,
}

/// Lists of rows by what they belong to.
macro_rules! lists {
    ($($key:ident => $entity:ident by $column:ident $field:ident in order of $order:ident from $select:expr),+ $(,)?) => {$(
        #[doc = concat!("Loads the rows of `", stringify!($entity), "` by their `", stringify!($field), "`.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $key(pub Uuid);

        impl Loader<$key> for Rows {
            type Value = Vec<$entity::Model>;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>, Error> {
                let select: fn(&Rows) -> Option<sea_orm::Select<$entity::Entity>> = $select;
                let mut lists: HashMap<$key, Self::Value> = keys.iter().map(|key| (*key, Vec::new())).collect();
                let Some(select) = select(self) else { return Ok(lists) };
                let rows = select
                    .filter(among(&self.app.db, $entity::Column::$column, keys.iter().map(|key| key.0)))
                    .order_by_asc($entity::Column::$order)
                    .all(&self.app.db)
                    .await?;
                for row in rows {
                    lists.entry($key(row.$field)).or_default().push(row);
                }
                Ok(lists)
            }
        }
    )+};
}

lists! {
    ItemsOf => complaint_item by ComplaintId complaint_id in order of Ordinal from |_| Some(complaint_item::Entity::find()),
    AllOrdersOf => work_order by ComplaintId complaint_id in order of Id from |_| Some(work_order::Entity::find()),
    AllFollowUpsOf => follow_up by ComplaintId complaint_id in order of Id from |_| Some(follow_up::Entity::find()),
    OrdersOf => work_order by ComplaintId complaint_id in order of Id from |rows| rows.scope().map(scope::work_orders),
    FollowUpsOf => follow_up by ComplaintId complaint_id in order of Id from |rows| rows.scope().map(scope::follow_ups),
    AttemptsOf => follow_up_attempt by FollowUpId follow_up_id in order of Id from |_| Some(follow_up_attempt::Entity::find()),
    MattersOf => follow_up_matter by FollowUpId follow_up_id in order of Id from |_| Some(follow_up_matter::Entity::find()),
    RepliesOf => reply by ComplaintId complaint_id in order of Id from |rows| rows.scope().map(scope::replies),
    ClocksOf => clock by ComplaintId complaint_id in order of Id from |_| Some(clock::Entity::find()),
    PassagesOf => event by ComplaintId complaint_id in order of Position
        from |_| Some(event::Entity::find().filter(event::Column::Kind.is_in(PASSAGES))),
    CallsOfAlarm => alarm_call by AlarmId alarm_id in order of Id from |_| Some(alarm_call::Entity::find()),
    BookingsOf => booking by ComplaintId complaint_id in order of Id from |_| Some(booking::Entity::find()),
    FixesOf => position_fix by WorkOrderId work_order_id in order of Id from |_| Some(position_fix::Entity::find()),
    JointLooksOf => joint_look by ComplaintId complaint_id in order of Id from |_| Some(joint_look::Entity::find()),
    CallsOf => call_record by ComplaintId complaint_id in order of Id from |_| Some(call_record::Entity::find()),
    QuotesOf => quote by ComplaintId complaint_id in order of Id from |rows| rows.scope().map(scope::quotes),
    AllQuotesOf => quote by ComplaintId complaint_id in order of Id from |_| Some(quote::Entity::find()),
    AttachmentsOf => attachment by ComplaintId complaint_id in order of Id
        from |rows| rows.scope().map(|viewer| {
            scope::attachments(viewer).filter(attachment::Column::State.eq(domain::attachment::State::Ready))
        }),
    UnknownPhotosOf => attachment by ComplaintId complaint_id in order of Id
        from |_| Some(attachment::Entity::find()
            .filter(attachment::Column::UploadedBy.is_null())
            .filter(attachment::Column::State.eq(domain::attachment::State::Ready))),
    UndertakingsOf => undertaking by ComplaintId complaint_id in order of Id
        from |rows| rows.scope().map(scope::undertakings),
    AllUndertakingsOf => undertaking by ComplaintId complaint_id in order of Id from |_| Some(undertaking::Entity::find()),
    SiteVisitsOf => site_visit by ComplaintId complaint_id in order of Id from |_| Some(site_visit::Entity::find()),
    InvestigationsOf => investigation by ComplaintId complaint_id in order of Id from |_| Some(investigation::Entity::find()),
    QuoteLinesOf => quote_line by QuoteId quote_id in order of Ordinal from |_| Some(quote_line::Entity::find()),
    PriceItemsOf => price_item by PriceListId price_list_id in order of Ordinal from |_| Some(price_item::Entity::find()),
    CopiesOf => work_order_copy by WorkOrderId work_order_id in order of Holder from |_| Some(work_order_copy::Entity::find()),
    CategoriesOf => category by SiteId site_id in order of Id
        from |_| Some(category::Entity::find().filter(category::Column::RetiredAt.is_null())),
    TeamsOf => team by DepartmentId department_id in order of Name
        from |_| Some(team::Entity::find().filter(team::Column::RetiredAt.is_null())),
    CalendarsOf => calendar by SiteId site_id in order of SiteId from |_| Some(calendar::Entity::find()),
    CalendarDaysOf => calendar_day by SiteId site_id in order of Date from |_| Some(calendar_day::Entity::find()),
    OfficialYearsOf => official_year by OrganizationId organization_id in order of Year
        from |_| Some(official_year::Entity::find()),
    QuestionsOf => question by ComplaintId complaint_id in order of Id from |_| Some(question::Entity::find()),
    StepsOfOpinion => opinion_step by OpinionId opinion_id in order of Ordinal from |_| Some(opinion_step::Entity::find()),
    GrantsOf => role_grant by AccountId account_id in order of Id from |_| Some(role_grant::Entity::find()),
}

/// Rows by their id within the viewer's scope; a stranger has none.
macro_rules! scoped {
    ($($key:ident => $entity:ident by $scope:ident),+ $(,)?) => {$(
        #[doc = concat!("Loads a row of `", stringify!($entity), "` by its id, within the viewer's scope.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $key(pub Uuid);

        impl Loader<$key> for Rows {
            type Value = $entity::Model;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>, Error> {
                let Some(viewer) = &self.scoped_to else {
                    return Ok(HashMap::new());
                };
                let rows = scope::$scope(viewer)
                    .filter(among(&self.app.db, $entity::Column::Id, keys.iter().map(|key| key.0)))
                    .all(&self.app.db)
                    .await?;
                let read = keys.iter().map(|key| (key.0, rows.iter().any(|row| row.id == key.0)));
                self.witness.saw(stringify!($scope), read);
                Ok(rows.into_iter().map(|row| ($key(row.id), row)).collect())
            }
        }
    )+};
}

scoped! {
    ComplaintById => complaint by complaints,
    WorkOrderById => work_order by work_orders,
    FollowUpById => follow_up by follow_ups,
    QuoteById => quote by quotes,
    StatementById => statement by statements,
    ChargeById => charge by charges,
    UndertakingById => undertaking by undertakings,
    ReplyById => reply by replies,
    AttachmentById => attachment by attachments,
    OpinionById => opinion by opinions,
    HotlineCallById => hotline_call by hotline_calls,
    IncidentById => incident by incidents,
    OpenLetterById => open_letter by open_letters,
}

/// Loads what a team offers to be booked, by the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfferOf(pub Uuid);

impl Loader<OfferOf> for Rows {
    type Value = booking_offer::Model;
    type Error = Error;

    async fn load(&self, keys: &[OfferOf]) -> Result<HashMap<OfferOf, Self::Value>, Error> {
        let rows = booking_offer::Entity::find()
            .filter(among(&self.app.db, booking_offer::Column::TeamId, keys.iter().map(|key| key.0)))
            .all(&self.app.db)
            .await?;
        Ok(rows.into_iter().map(|row| (OfferOf(row.team_id), row)).collect())
    }
}

/// Loads the photos and papers of a work order that are ready, in the order in which they were announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhotosOf(pub Uuid);

impl Loader<PhotosOf> for Rows {
    type Value = Vec<attachment::Model>;
    type Error = Error;

    async fn load(&self, keys: &[PhotosOf]) -> Result<HashMap<PhotosOf, Self::Value>, Error> {
        let mut lists: HashMap<PhotosOf, Self::Value> = keys.iter().map(|key| (*key, Vec::new())).collect();
        let orders: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        for row in crate::attachment::service::of_orders(&self.app.db, &orders).await? {
            if let Some(order) = row.work_order_id {
                lists.entry(PhotosOf(order)).or_default().push(row);
            }
        }
        Ok(lists)
    }
}

/// Loads the lines of a statement, in the order in which they were charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChargesOf(pub Uuid);

impl Loader<ChargesOf> for Rows {
    type Value = Vec<charge::Model>;
    type Error = Error;

    async fn load(&self, keys: &[ChargesOf]) -> Result<HashMap<ChargesOf, Self::Value>, Error> {
        let mut lists: HashMap<ChargesOf, Self::Value> = keys.iter().map(|key| (*key, Vec::new())).collect();
        let rows = charge::Entity::find()
            .filter(among(&self.app.db, charge::Column::StatementId, keys.iter().map(|key| key.0)))
            .order_by_asc(charge::Column::Id)
            .all(&self.app.db)
            .await?;
        for row in rows {
            if let Some(statement) = row.statement_id {
                lists.entry(ChargesOf(statement)).or_default().push(row);
            }
        }
        Ok(lists)
    }
}

/// Loads the departments in which a person holds a role at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DepartmentsOf {
    /// The person.
    pub account: Uuid,
    /// The site.
    pub site: Uuid,
}

impl Loader<DepartmentsOf> for Rows {
    type Value = Vec<Uuid>;
    type Error = Error;

    async fn load(&self, keys: &[DepartmentsOf]) -> Result<HashMap<DepartmentsOf, Self::Value>, Error> {
        let mut lists: HashMap<DepartmentsOf, Self::Value> = keys.iter().map(|key| (*key, Vec::new())).collect();
        let grants = role_grant::Entity::find()
            .filter(among(&self.app.db, role_grant::Column::AccountId, keys.iter().map(|key| key.account)))
            .filter(role_grant::Column::DepartmentId.is_not_null())
            .order_by_asc(role_grant::Column::Id)
            .all(&self.app.db)
            .await?;
        for grant in grants {
            if let (Some(site), Some(department)) = (grant.site_id, grant.department_id)
                && let Some(list) = lists.get_mut(&DepartmentsOf { account: grant.account_id, site })
            {
                list.push(department);
            }
        }
        Ok(lists)
    }
}

/// Loads a part of a case's timeline. Cases asked for the same part are read in one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimelineOf {
    /// The case.
    pub case: Uuid,
    /// The part.
    pub part: Part,
}

impl Loader<TimelineOf> for Rows {
    type Value = Vec<event::Model>;
    type Error = Error;

    async fn load(&self, keys: &[TimelineOf]) -> Result<HashMap<TimelineOf, Self::Value>, Error> {
        let mut lists: HashMap<TimelineOf, Self::Value> = keys.iter().map(|key| (*key, Vec::new())).collect();
        let mut parts: HashMap<Part, Vec<Uuid>> = HashMap::new();
        for key in keys {
            parts.entry(key.part).or_default().push(key.case);
        }
        for (part, cases) in parts {
            for row in timelines(&self.app.db, &cases, part).await? {
                lists.entry(TimelineOf { case: row.complaint_id, part }).or_default().push(row);
            }
        }
        Ok(lists)
    }
}
