//! One test's world.

use api::App;
use api::access::password::Passwords;
use api::access::token::TokenKeys;
use api::access::viewer::Viewer;
use api::app::Parts;
use api::app::clock::Clock;
use api::app::database::writer_queue;
use api::app::dice::Dice;
use api::app::files::Files;
use api::app::lease::Leases;
use api::app::loader::Rows;
use api::app::metrics::Metrics;
use api::app::sms::{Gateway, Sms};
use api::app::vault::Vault;
use api::app::wire::Wire;
use api::event::bus::Bus;
use api::schema::HuiyinSchema;
use async_graphql::{Request, Variables};
use chrono::{DateTime, TimeDelta, Utc};
use domain::organization::Language;
use domain::session::SecondFactorPolicy;
use serde_json::{Value, json};
use std::sync::Mutex;
use uuid::Uuid;

use crate::ask;
use crate::database::{Database, Engine, fresh};
use crate::drawing::signature;
use crate::town::{Town, build};

/// The key that the tests' tokens are signed with, also by a server that a test starts.
pub const TOKEN_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The secret of the tests' servers.
pub const SECRET_KEY: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

/// One test's world: an app over a database of its own, with a town in it and a clock that the test moves.
pub struct World {
    /// The app.
    pub app: App,
    /// The schema over it.
    pub schema: HuiyinSchema,
    /// Who and what there is.
    pub town: Town,
    /// The database, thrown away with the world.
    pub database: Database,
}

/// The app of a test over a database.
///
/// # Panics
/// When a part cannot be made.
#[must_use]
pub fn app_over(database: &Database, clock: Clock, seed: u64) -> App {
    App::new(parts_over(database, clock, seed))
}

/// The parts of such an app, for a test that changes one.
///
/// # Panics
/// When a part cannot be made.
#[must_use]
pub fn parts_over(database: &Database, clock: Clock, seed: u64) -> Parts {
    let dice = Dice::seeded(seed);
    Parts {
        writer: writer_queue(&database.db),
        leases: Leases::new(&database.db, Uuid::from_u128(seed.into())),
        db: database.db.clone(),
        passwords: Passwords::new(&dice).unwrap(),
        dice,
        bus: Bus::default(),
        wire: Wire::default(),
        tokens: TokenKeys::new(TOKEN_KEY, TimeDelta::minutes(15)).unwrap(),
        metrics: Metrics::default(),
        vault: Vault::new(SECRET_KEY).unwrap(),
        sms: Sms::new(Gateway::Collected(Mutex::default()), &clock),
        files: Files::in_memory(),
        second_factor: SecondFactorPolicy::Offered,
        clock,
    }
}

impl World {
    /// A new world on a database, on a Monday morning: 2 March 2026, 09:00 in Shanghai.
    pub async fn new(engine: Engine) -> Self {
        Self::over(fresh(engine).await).await
    }

    /// The same over a database.
    pub async fn over(database: Database) -> Self {
        let app = app_over(&database, Clock::manual("2026-03-02T01:00:00Z".parse().unwrap()), 1);
        let town = build(&app).await;
        Self { schema: api::schema::build(&app), app, town, database }
    }

    /// The same world with a server that is set up otherwise.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = parts_over(&self.database, self.app.clock.clone(), 2);
        change(&mut parts);
        self.app = App::new(parts);
        self.schema = api::schema::build(&self.app);
        self
    }

    /// The public id of somebody or something of the town.
    #[must_use]
    pub fn id(&self, type_name: &str, name: &str) -> String {
        format!("{type_name}_{}", self.town.id(name).simple())
    }

    /// Moves the clock.
    pub fn pass(&self, time: TimeDelta) {
        self.app.clock.advance(time);
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// Somebody of the town as they are now.
    pub async fn viewer(&self, who: &str) -> Viewer {
        Viewer::load(&self.app.db, self.town.id(who), self.now()).await.expect("somebody of the town")
    }

    /// An access token of somebody, for what goes over the edge.
    pub async fn token(&self, who: &str) -> String {
        let session = self.session(who).await;
        self.app.tokens.sign(self.town.id(who), session, self.now()).unwrap().0
    }

    /// A request of somebody; of a stranger for an empty name.
    pub async fn request(&self, who: &str, document: &str, variables: Value) -> Request {
        let viewer = if who.is_empty() { None } else { Some(self.viewer(who).await) };
        let mut request = Request::new(document)
            .variables(Variables::from_json(variables))
            .data(Language::En)
            .data(Rows::loader(self.app.clone(), viewer.clone()));
        if let Some(viewer) = viewer {
            request = request.data(viewer);
        }
        request
    }

    /// Asks as somebody; the whole response.
    pub async fn response(&self, who: &str, document: &str, variables: Value) -> Value {
        // On the heap, so that a test of many acts does not carry the whole engine in its own frame, once for each act.
        let request = Box::pin(self.request(who, document, variables)).await;
        serde_json::to_value(Box::pin(self.schema.execute(request)).await).expect("a response is JSON")
    }

    /// Asks as somebody; the data, which must have come without errors.
    ///
    /// # Panics
    /// When there are errors.
    pub async fn ask(&self, who: &str, document: &str, variables: Value) -> Value {
        let response = self.response(who, document, variables).await;
        assert!(response.get("errors").is_none(), "{document}\n{response:#}");
        response["data"].clone()
    }

    /// The code of the top-level error that an operation ends with.
    ///
    /// # Panics
    /// When it ends with none.
    pub async fn error(&self, who: &str, document: &str, variables: Value) -> String {
        let response = self.response(who, document, variables).await;
        response["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_else(|| panic!("no error: {response}"))
            .to_owned()
    }

    /// Tries a mutation as somebody; its payload.
    pub async fn try_to(&self, who: &str, field: &str, input: Value) -> Value {
        self.ask(who, &ask::mutation(field), ask::variables(&input)).await[field].clone()
    }

    /// Does a mutation as somebody; its payload, which must not be a refusal.
    pub async fn act(&self, who: &str, field: &str, input: Value) -> Value {
        ask::done(self.try_to(who, field, input).await)
    }

    /// Does an act on a case, as it stands; `more` are the act's own fields.
    pub async fn on_case(&self, who: &str, field: &str, case: &str, more: Value) -> Value {
        Box::pin(self.act(who, field, Box::pin(self.case_input(case, more)).await)).await
    }

    /// Tries an act on a case, as it stands.
    pub async fn try_on_case(&self, who: &str, field: &str, case: &str, more: Value) -> Value {
        Box::pin(self.try_to(who, field, Box::pin(self.case_input(case, more)).await)).await
    }

    /// Does an act on a work order, as it stands; whoever signs is shown what they sign.
    pub async fn on_order(&self, who: &str, field: &str, order: &str, more: Value) -> Value {
        let input = Box::pin(self.order_input(who, field, order, more)).await;
        Box::pin(self.act(who, field, input)).await
    }

    /// Tries an act on a work order, as it stands.
    pub async fn try_on_order(&self, who: &str, field: &str, order: &str, more: Value) -> Value {
        let input = Box::pin(self.order_input(who, field, order, more)).await;
        Box::pin(self.try_to(who, field, input)).await
    }

    /// Does an act on a follow-up, as it stands.
    pub async fn on_follow_up(&self, who: &str, field: &str, follow_up: &str, more: Value) -> Value {
        Box::pin(self.act(who, field, Box::pin(self.follow_up_input(follow_up, more)).await)).await
    }

    /// Tries an act on a follow-up, as it stands.
    pub async fn try_on_follow_up(&self, who: &str, field: &str, follow_up: &str, more: Value) -> Value {
        Box::pin(self.try_to(who, field, Box::pin(self.follow_up_input(follow_up, more)).await)).await
    }

    /// The owner files a dripping tap at home; the case's id.
    pub async fn dripping_tap(&self) -> String {
        let payload = self.act("owner", "fileComplaint", self.tap_input()).await;
        payload["complaint"]["id"].as_str().expect("an id").to_owned()
    }

    /// What the owner says of a dripping tap.
    #[must_use]
    pub fn tap_input(&self) -> Value {
        json!({ "unitId": self.id("Unit", "home"), "report": self.report("WATER", "REPAIR", "厨房水龙头滴水") })
    }

    /// A report.
    #[must_use]
    pub fn report(&self, category: &str, kind: &str, description: &str) -> Value {
        json!({ "kind": kind, "categoryId": self.id("Category", category), "description": description })
    }

    /// The front desk issues a work order for a case, and everybody does their part until it is done; the order's id.
    pub async fn work_done(&self, case: &str) -> String {
        let order = self.issued(case).await;
        self.to_technician(&order).await;
        self.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        self.on_order("technician", "recordArrival", &order, json!({})).await;
        let report = json!({ "workDone": "更换阀芯", "cause": "阀芯磨损", "materials": "阀芯 1 个" });
        self.on_order("technician", "completeWorkOrder", &order, report).await;
        order
    }

    /// The front desk issues a work order; its id.
    pub async fn issued(&self, case: &str) -> String {
        let payload = self.on_case("agent", "issueWorkOrder", case, json!({ "task": "检查并更换阀芯" })).await;
        payload["workOrder"]["id"].as_str().expect("an id").to_owned()
    }

    /// The department acknowledges an order and gives it to the technician.
    pub async fn to_technician(&self, order: &str) {
        self.on_order("head", "acknowledgeWorkOrder", order, json!({})).await;
        self.on_order("head", "assignTeam", order, json!({ "teamId": self.id("Team", "plumbers") })).await;
        let technician = json!({ "technicianId": self.id("Account", "technician") });
        self.on_order("leader", "assignTechnician", order, technician).await;
    }

    /// What a customer signs with.
    #[must_use]
    pub fn signing(&self) -> Value {
        json!({
            "signature": { "signerName": "owner", "png": signature() },
            "ratings": { "quality": 5, "attitude": 5, "timeliness": 4, "overall": 5 },
        })
    }

    /// A case that is handled, signed and resolved; the case's id.
    pub async fn resolved(&self) -> String {
        let case = self.dripping_tap().await;
        let order = self.work_done(&case).await;
        self.on_order("owner", "signWorkOrder", &order, self.signing()).await;
        self.on_case("head", "resolveComplaint", &case, json!({ "result": "已更换阀芯" })).await;
        case
    }

    /// A photo of a case, as if it had been sent; its id.
    pub async fn ready_photo(&self, who: &str, case: &str) -> String {
        use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
        let announced = json!({ "complaintId": case, "name": "阀芯.jpg", "size": 1000 });
        let payload = self.act(who, "createUpload", announced).await;
        let id = payload["attachment"]["id"].as_str().expect("an id").to_owned();
        let row = entity::attachment::Entity::find_by_id(row_id(&id)).one(&self.app.db).await.unwrap();
        let mut row = row.expect("a photo").into_active_model();
        row.state = Set(domain::attachment::State::Ready);
        row.update(&self.app.db).await.unwrap();
        id
    }

    /// The open closing follow-up of a case; its id.
    pub async fn open_follow_up(&self, case: &str) -> String {
        let found = self.case("supervisor", case).await;
        let open = found["followUps"].as_array().expect("a list").iter().find(|f| f["state"] == "OPEN");
        open.unwrap_or_else(|| panic!("no open follow-up: {found}"))["id"].as_str().expect("an id").to_owned()
    }

    /// What a follow-up by phone brings.
    #[must_use]
    pub fn call(&self, satisfaction: &str) -> Value {
        json!({
            "method": "PHONE",
            "satisfaction": satisfaction,
            "record": "询问维修结果",
            "call": { "phone": "13800000001", "startedAt": self.now(), "durationSeconds": 90, "summary": "回访" },
        })
    }

    /// A case as somebody sees it; null when they do not.
    pub async fn case(&self, who: &str, id: &str) -> Value {
        let document = "query($id: ID!) { complaint(id: $id) { id number state version outcome owner: handler { name department phone }
            handler { name department phone } contactName contactPhone allowedActions reopenedCount description
            items { id ordinal text } followUps { id state closing version ownerName } workOrders { id state version }
            timeline(first: 100) { kind actorName actorRole ownerName state reason text } } }";
        self.ask(who, document, json!({ "id": id })).await["complaint"].clone()
    }

    /// The newest role of somebody of the town, as `endRole` names it.
    pub async fn role_of(&self, who: &str) -> Value {
        use entity::role_grant::{Column, Entity};
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
        let rows = Entity::find().filter(Column::AccountId.eq(self.town.id(who))).order_by_desc(Column::Id);
        let row = rows.one(&self.app.db).await.unwrap().expect("a role");
        json!({ "roleId": format!("RoleGrant_{}", row.id.simple()), "expectedVersion": row.version })
    }

    async fn case_input(&self, id: &str, more: Value) -> Value {
        let version = self.version("complaint", id).await;
        with(more, json!({ "complaintId": id, "expectedVersion": version }))
    }

    async fn order_input(&self, who: &str, field: &str, id: &str, more: Value) -> Value {
        let version = self.version("work_order", id).await;
        let mut input = with(more, json!({ "workOrderId": id, "expectedVersion": version }));
        if field == "signWorkOrder" && input.get("contentSha256").is_none() {
            let shown = "query($id: ID!) { workOrder(id: $id) { contentToSignSha256 } }";
            let order = self.ask(who, shown, json!({ "id": id })).await["workOrder"].clone();
            input["contentSha256"] = order["contentToSignSha256"].clone();
        }
        input
    }

    async fn follow_up_input(&self, id: &str, more: Value) -> Value {
        let version = self.version("follow_up", id).await;
        with(more, json!({ "followUpId": id, "expectedVersion": version }))
    }

    /// The version of a row, read past every scope.
    async fn version(&self, table: &str, id: &str) -> i32 {
        use entity::{complaint, follow_up, work_order};
        use sea_orm::EntityTrait;
        let id = row_id(id);
        let db = &self.app.db;
        match table {
            "complaint" => complaint::Entity::find_by_id(id).one(db).await.unwrap().map_or(1, |row| row.version),
            "work_order" => work_order::Entity::find_by_id(id).one(db).await.unwrap().map_or(1, |row| row.version),
            _ => follow_up::Entity::find_by_id(id).one(db).await.unwrap().map_or(1, |row| row.version),
        }
    }
}

/// The row's id in a public id.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn row_id(id: &str) -> Uuid {
    Uuid::try_parse(id.rsplit_once('_').expect("a public id").1).expect("a public id")
}

/// The fields of two objects together.
#[must_use]
pub fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(fields), Value::Object(others)) = (&mut object, more) {
        for (name, value) in others {
            fields.entry(name).or_insert(value);
        }
    }
    object
}
