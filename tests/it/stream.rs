//! Streams: from a cursor on, once, in order, and only what may be seen when it is delivered.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use tests::World;

const CASE: &str = "subscription($id: ID!, $after: String) { item: complaintEvents(complaintId: $id, after: $after) { cursor kind complaint { state } workOrder { state } } }";
const NOTICES: &str = "subscription($after: String) { item: myNotices(after: $after) { cursor kind } }";
const BOARD: &str =
    "subscription($id: ID!, $after: String) { item: teamBoardEvents(teamId: $id, after: $after) { cursor kind } }";
const ALARMS: &str = "subscription($after: String) { item: alarmEvents(after: $after) { cursor kind } }";
const RECEIPT: &str = "subscription($code: String!, $after: String) { item: anonymousComplaintEvents(receiptCode: $code, after: $after) { cursor kind actorName complaint { id } } }";
const QUEUE: &str = "subscription($id: ID!, $after: String) { item: departmentQueue(departmentId: $id, after: $after) { cursor kind ownerName } }";

async fn follow(world: &World, who: &str, document: &str, variables: Value) -> BoxStream<'static, Value> {
    let request = world.request(who, document, variables).await;
    Box::pin(world.schema.execute_stream(request).map(|item| serde_json::to_value(item).unwrap()))
}

async fn follow_by(world: &World, token: &str, variables: Value) -> BoxStream<'static, Value> {
    let request = world.request_by(token, None, CASE, variables).await;
    Box::pin(world.schema.execute_stream(request).map(|item| serde_json::to_value(item).unwrap()))
}

/// The next item. A minute is a bound for a broken stream, not a measure.
async fn next(stream: &mut BoxStream<'static, Value>) -> Value {
    let item = tokio::time::timeout(Duration::from_mins(1), stream.next()).await;
    item.expect("the stream delivers").expect("the stream goes on")
}

async fn take(stream: &mut BoxStream<'static, Value>, count: usize) -> Vec<Value> {
    let mut items = Vec::new();
    for _ in 0..count {
        let item = next(stream).await;
        assert!(item.get("errors").is_none(), "{item}");
        items.push(item["data"]["item"].clone());
    }
    items
}

fn kinds(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["kind"].as_str().unwrap()).collect()
}

/// From the beginning of the log.
fn beginning() -> Value {
    json!(api::event::query::cursor(0))
}

/// A stream and the query that brings the same.
struct Twins {
    who: &'static str,
    document: &'static str,
    variables: Value,
    /// Selects the items of the query, and from where it goes on.
    asked: String,
}

impl Twins {
    /// A stream, and the list of `changes` that has what it brings.
    fn of(who: &'static str, document: &'static str, id: &str, list: &str) -> Self {
        let of = match document {
            CASE => ", of: { complaintId: $id }",
            QUEUE => ", of: { departmentId: $id }",
            BOARD => ", of: { teamId: $id }",
            _ => "",
        };
        let declared = if of.is_empty() { "" } else { "$id: ID!, " };
        let asked = format!(
            "query({declared}$after: String) {{
            page: changes(after: $after, first: 3{of}) {{ items: {list} {{ cursor kind }} cursor hasMore }} }}"
        );
        let variables = if of.is_empty() { json!({}) } else { json!({ "id": id }) };
        Self { who, document, variables, asked }
    }

    /// The stream of a receipt code, and the timeline of its case.
    fn of_receipt(code: &Value) -> Self {
        let asked = "query($code: String!, $after: String) {
            page: anonymousComplaint(receiptCode: $code) { items: timeline(after: $after, first: 3) { cursor kind } } }";
        Self { who: "", document: RECEIPT, variables: json!({ "code": code }), asked: asked.to_owned() }
    }

    fn after(&self, cursor: &Value) -> Value {
        tests::world::with(json!({ "after": cursor }), self.variables.clone())
    }

    async fn follow(&self, world: &World, cursor: &Value) -> BoxStream<'static, Value> {
        follow(world, self.who, self.document, self.after(cursor)).await
    }

    /// All that the query brings from a cursor on, page by page.
    async fn ask(&self, world: &World, cursor: &Value) -> Vec<(Value, Value)> {
        let (mut cursor, mut all) = (cursor.clone(), Vec::new());
        loop {
            let page = world.ask(self.who, &self.asked, self.after(&cursor)).await["page"].clone();
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 3);
            all.extend(items.iter().map(named));
            let more = page["hasMore"].as_bool().unwrap_or(!items.is_empty());
            if !more {
                return all;
            }
            cursor = page.get("cursor").unwrap_or_else(|| &items[items.len() - 1]["cursor"]).clone();
        }
    }

    /// Takes from a stream what the query brings from a cursor on, which must be the same.
    async fn assert_same(
        &self,
        world: &World,
        stream: &mut BoxStream<'static, Value>,
        cursor: &Value,
    ) -> Vec<(Value, Value)> {
        let asked = self.ask(world, cursor).await;
        let taken: Vec<_> = take(stream, asked.len()).await.iter().map(named).collect();
        assert_eq!(taken, asked, "{}: {}", self.who, self.document);
        asked
    }
}

/// Where an item stands, and what it is.
fn named(item: &Value) -> (Value, Value) {
    (item["cursor"].clone(), item["kind"].clone())
}

/// Somebody's newest notice of an alarm: the alarm.
async fn called_to(world: &World, who: &str) -> Value {
    let notices = world.ask(who, "{ notices { alarmId } }", json!({})).await["notices"].clone();
    let alarm = notices.as_array().unwrap().iter().find(|notice| notice["alarmId"].is_string());
    alarm.unwrap_or_else(|| panic!("{who} was not called: {notices}"))["alarmId"].clone()
}

on_both! {
    async fn e4_2_1c_a_resident_sees_every_step_live_and_resumes_without_gap_or_repeat(world) {
        let case = world.dripping_tap().await;
        let mut live = follow(&world, "owner", CASE, json!({ "id": case, "after": beginning() })).await;
        let first = take(&mut live, 1).await;
        assert_eq!(kinds(&first), ["COMPLAINT_RECEIVED"]);
        world.issued(&case).await;
        let second = take(&mut live, 2).await;
        assert_eq!(kinds(&second), ["COMPLAINT_DISPATCHED", "WORK_ORDER_ISSUED"]);
        assert_eq!(second[1]["complaint"]["state"], "IN_PROGRESS");
        assert_eq!(second[1]["workOrder"]["state"], "ISSUED");
        drop(live);
        world.on_case("agent", "reportProgress", &case, json!({ "text": "已安排" })).await;
        world.on_case("owner", "addToComplaint", &case, json!({ "text": "谢谢" })).await;
        let mut resumed = follow(&world, "owner", CASE, json!({ "id": case, "after": second[0]["cursor"] })).await;
        let rest = take(&mut resumed, 3).await;
        assert_eq!(kinds(&rest), ["WORK_ORDER_ISSUED", "PROGRESS_REPORTED", "COMPLAINT_ADDED_TO"]);
        let document = "query($after: String) { changes(after: $after) { events { kind } cursor hasMore } }";
        let asked = world.ask("owner", document, json!({ "after": second[0]["cursor"] })).await;
        assert_eq!(kinds(asked["changes"]["events"].as_array().unwrap()), kinds(&rest), "a query gives the same items");
    }

    async fn staff_words_stay_with_staff_and_a_queue_shows_its_department_only(world) {
        let case = world.dripping_tap().await;
        let queue = json!({ "id": world.id("Department", "engineering"), "after": beginning() });
        let mut engineers = follow(&world, "head", QUEUE, queue).await;
        let to = json!({ "severity": "HIGH", "reason": "老人独居" });
        world.on_case("agent", "reclassifyComplaint", &case, to).await;
        let order = world.issued(&case).await;
        world.on_order("head", "acknowledgeWorkOrder", &order, json!({})).await;
        assert_eq!(
            kinds(&take(&mut engineers, 3).await),
            ["COMPLAINT_DISPATCHED", "WORK_ORDER_ISSUED", "WORK_ORDER_ACKNOWLEDGED"]
        );
        let mut owner = follow(&world, "owner", CASE, json!({ "id": case, "after": beginning() })).await;
        assert_eq!(
            kinds(&take(&mut owner, 3).await),
            ["COMPLAINT_RECEIVED", "COMPLAINT_DISPATCHED", "WORK_ORDER_ISSUED"]
        );
    }

    async fn notices_are_pushed_and_resumed(world) {
        let case = world.dripping_tap().await;
        let now = world.ask("owner", "{ viewer { cursor } }", json!({})).await["viewer"]["cursor"].clone();
        let mut live = follow(&world, "owner", NOTICES, json!({ "after": now })).await;
        world.issued(&case).await;
        let told = take(&mut live, 2).await;
        assert_eq!(kinds(&told), ["COMPLAINT_DISPATCHED", "WORK_ORDER_ISSUED"]);
        let mut resumed = follow(&world, "owner", NOTICES, json!({ "after": told[0]["cursor"] })).await;
        assert_eq!(take(&mut resumed, 1).await[0]["cursor"], told[1]["cursor"]);
    }

    async fn losing_a_role_or_the_account_ends_the_view(world) {
        let case = world.dripping_tap().await;
        let mut agent = follow(&world, "second agent", CASE, json!({ "id": case, "after": beginning() })).await;
        assert_eq!(kinds(&take(&mut agent, 1).await), ["COMPLAINT_RECEIVED"]);
        let grant = entity::role_grant::Entity::find()
            .filter(entity::role_grant::Column::AccountId.eq(world.town.id("second agent")))
            .one(&world.app.db).await.unwrap().unwrap();
        let mut grant = grant.into_active_model();
        grant.to_date = Set(chrono::NaiveDate::from_ymd_opt(2026, 3, 1));
        grant.update(&world.app.db).await.unwrap();
        world.on_case("agent", "reportProgress", &case, json!({ "text": "内部" })).await;
        let end = next(&mut agent).await;
        assert_eq!(end["errors"][0]["extensions"]["code"], "REFUSED", "{end}");

        let mut owner = follow(&world, "owner", CASE, json!({ "id": case, "after": beginning() })).await;
        take(&mut owner, 2).await;
        let account = entity::account::Entity::find_by_id(world.town.id("owner")).one(&world.app.db).await.unwrap().unwrap();
        let mut account = account.into_active_model();
        account.session_epoch = Set(1);
        account.update(&world.app.db).await.unwrap();
        world.on_case("agent", "reportProgress", &case, json!({ "text": "进展" })).await;
        let end = next(&mut owner).await;
        assert_eq!(end["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{end}");
    }

    async fn a_stream_ends_with_its_session_or_account_and_delivers_nothing_more(world) {
        let case = world.dripping_tap().await;
        let one = world.signed_in("owner").await;
        let phone = world.viewer("owner").await.phone;
        let password = tests::door::PASSWORD;
        let other = world.act("", "signIn", json!({ "phone": phone, "password": password })).await;
        let variables = json!({ "id": case, "after": beginning() });
        let token = tests::door::token(&one);
        let mut lost = follow_by(&world, &token, variables.clone()).await;
        let mut kept = follow_by(&world, &tests::door::token(&other), variables).await;
        assert_eq!(kinds(&take(&mut lost, 1).await), ["COMPLAINT_RECEIVED"]);
        take(&mut kept, 1).await;
        world.act_by(&tests::door::token(&other), "endOtherSessions", json!({})).await;
        let end = next(&mut lost).await;
        assert_eq!(end["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "at once, although nothing has happened: {end}");
        assert!(lost.next().await.is_none());
        world.on_case("agent", "reportProgress", &case, json!({ "text": "进展" })).await;
        take(&mut kept, 1).await;
        let mut account = world.account("owner").await.into_active_model();
        account.state = Set(domain::organization::AccountState::Disabled);
        account.update(&world.app.db).await.unwrap();
        world.on_case("agent", "reportProgress", &case, json!({ "text": "又有进展" })).await;
        let end = next(&mut kept).await;
        assert_eq!(end["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{end}");
        assert!(kept.next().await.is_none());
    }

    async fn d7_the_holder_of_a_receipt_follows_the_case_live(world) {
        let input = json!({
            "siteId": world.id("Site", "site"),
            "report": tests::world::with(world.report("NOISE", "COMPLAINT", "夜间施工"), json!({ "place": "5栋旁" })),
        });
        let code = world.act("", "fileAnonymousComplaint", input).await["receiptCode"].clone();
        let mut holder = follow(&world, "", RECEIPT, json!({ "code": code, "after": beginning() })).await;
        let first = take(&mut holder, 1).await;
        let cursor = &first[0]["cursor"];
        assert_eq!(first[0], json!({ "cursor": cursor, "kind": "COMPLAINT_RECEIVED", "actorName": null, "complaint": null }));
        let found = world.ask("agent", "{ register { nodes { id } } }", json!({})).await;
        let case = found["register"]["nodes"][0]["id"].as_str().unwrap().to_owned();
        world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        assert_eq!(kinds(&take(&mut holder, 1).await), ["COMPLAINT_DISPATCHED"]);
        drop(holder);
        world.on_case("agent", "reclassifyComplaint", &case, json!({ "severity": "HIGH", "reason": "夜间" })).await;
        world.on_case("agent", "reportProgress", &case, json!({ "text": "已安排" })).await;
        let mut resumed = follow(&world, "", RECEIPT, json!({ "code": code, "after": cursor })).await;
        assert_eq!(kinds(&take(&mut resumed, 2).await), ["COMPLAINT_DISPATCHED", "PROGRESS_REPORTED"], "from a cursor, without what employees keep");
        world.on_case("agent", "reportProgress", &case, json!({ "text": "已到场" })).await;
        assert_eq!(kinds(&take(&mut resumed, 1).await), ["PROGRESS_REPORTED"], "and then live");
        let wrong = follow(&world, "", RECEIPT, json!({ "code": "0000-0000-0000-0000-0000" })).await.next().await;
        assert_eq!(wrong.unwrap()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }

    async fn a_query_brings_what_each_stream_brings_from_any_cursor(world) {
        let shift = json!({ "departmentId": world.id("Department", "engineering"), "accountId": world.id("Account", "technician"),
            "from": world.now(), "to": world.now() + chrono::TimeDelta::hours(8) });
        world.act("head", "setDutyShift", shift).await;
        let (case, other) = (world.dripping_tap().await, world.dripping_tap().await);
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        world.on_order("head", "assignTeam", &order, json!({ "teamId": world.id("Team", "electricians") })).await;
        let stays = world.issued(&other).await;
        world.on_order("head", "acknowledgeWorkOrder", &stays, json!({})).await;
        world.on_order("head", "assignTeam", &stays, json!({ "teamId": world.id("Team", "plumbers") })).await;
        world.on_case("agent", "reclassifyComplaint", &case, json!({ "severity": "HIGH", "reason": "老人独居" })).await;
        world.on_case("agent", "reportProgress", &case, json!({ "text": "已安排" })).await;
        let burst = json!({ "unitId": world.id("Unit", "home"), "report": world.report("BURST_PIPE", "REPAIR", "水管爆裂") });
        let burst = world.act("owner", "fileComplaint", burst).await["complaint"]["id"].clone();
        let alarm = called_to(&world, "technician").await;
        assert!(world.case("technician", burst.as_str().unwrap()).await.is_null(), "called, and sees nothing else of it");
        let input = json!({
            "siteId": world.id("Site", "site"),
            "report": tests::world::with(world.report("NOISE", "COMPLAINT", "夜间施工"), json!({ "place": "5栋旁" })),
        });
        let code = world.act("", "fileAnonymousComplaint", input).await["receiptCode"].clone();
        let found = world.ask("agent", "{ register { nodes { id anonymous } } }", json!({})).await;
        let all = found["register"]["nodes"].as_array().unwrap();
        let unknown = all.iter().find(|entry| entry["anonymous"] == true).unwrap()["id"].as_str().unwrap().to_owned();
        world.on_case("agent", "dispatchComplaint", &unknown, json!({})).await;

        let twins = [
            Twins::of("owner", CASE, &case, "events"),
            Twins::of("agent", CASE, &case, "events"),
            Twins::of("head", QUEUE, &world.id("Department", "engineering"), "events"),
            Twins::of("leader", BOARD, &world.id("Team", "plumbers"), "events"),
            Twins::of("owner", NOTICES, "", "notices"),
            Twins::of("technician", NOTICES, "", "notices"),
            Twins::of("technician", ALARMS, "", "alarms"),
            Twins::of("agent", ALARMS, "", "alarms"),
            Twins::of_receipt(&code),
        ];
        let mut open = Vec::new();
        for twins in &twins {
            let mut stream = twins.follow(&world, &beginning()).await;
            let first = twins.assert_same(&world, &mut stream, &beginning()).await;
            assert!(!first.is_empty(), "{}: {}", twins.who, twins.document);
            let (middle, _) = &first[first.len() / 2];
            let mut resumed = twins.follow(&world, middle).await;
            let rest = twins.assert_same(&world, &mut resumed, middle).await;
            assert_eq!(rest, first[first.len() / 2 + 1..], "{}: {}", twins.who, twins.document);
            open.push((stream, first.last().unwrap().0.clone()));
        }
        let kinds: Vec<_> = twins[3].ask(&world, &beginning()).await.into_iter().map(|(_, kind)| kind).collect();
        assert!(kinds.contains(&json!("WORK_ORDER_LEFT_TEAM")), "{kinds:?}");

        // Had a stream more to give than its query, it would come now, before what is the next for both.
        world.on_case("owner", "addToComplaint", &case, json!({ "text": "还在滴" })).await;
        world.on_case("agent", "reportProgress", &case, json!({ "text": "已到场" })).await;
        world.on_case("agent", "reportProgress", &unknown, json!({ "text": "已到场" })).await;
        world.on_order("leader", "assignTechnician", &stays, json!({ "technicianId": world.id("Account", "technician") })).await;
        world.act("technician", "acknowledgeAlarm", json!({ "alarmId": alarm })).await;
        for (twins, (mut stream, last)) in twins.iter().zip(open) {
            let next = twins.assert_same(&world, &mut stream, &last).await;
            assert!(!next.is_empty(), "{}: {}", twins.who, twins.document);
        }
    }

    async fn the_lists_of_a_query_for_changes_have_one_cursor_and_lose_nothing(world) {
        let case = world.dripping_tap().await;
        world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        let burst = json!({ "unitId": world.id("Unit", "home"), "report": world.report("BURST_PIPE", "REPAIR", "水管爆裂") });
        world.act("owner", "fileComplaint", burst).await;
        for text in ["已安排", "已出发", "已到场", "已修好"] {
            world.on_case("agent", "reportProgress", &case, json!({ "text": text })).await;
        }
        let document = "query($after: String, $first: Int!, $events: Boolean!, $notices: Boolean!, $alarms: Boolean!) {
            changes(after: $after, first: $first) { events @include(if: $events) { cursor kind } notices @include(if: $notices) { cursor kind }
                alarms @include(if: $alarms) { cursor kind } cursor hasMore } }";
        let lists = ["events", "notices", "alarms"];
        let read = async |who: &str, first: i32, wanted: &[&str]| {
            let mut read = [Vec::new(), Vec::new(), Vec::new()];
            let mut after = beginning();
            loop {
                let mut variables = json!({ "after": after, "first": first });
                for list in lists {
                    variables[list] = json!(wanted.contains(&list));
                }
                let page = world.ask(who, document, variables).await["changes"].clone();
                for (list, into) in lists.iter().zip(&mut read) {
                    into.extend(page[list].as_array().into_iter().flatten().map(named));
                }
                after = page["cursor"].clone();
                if page["hasMore"] != true {
                    return read;
                }
            }
        };
        for who in ["owner", "head", "supervisor"] {
            let together = read(who, 2, &lists).await;
            for (place, list) in lists.into_iter().enumerate() {
                let alone = read(who, 100, &[list]).await;
                assert_eq!(together[place], alone[place], "{who}, {list}");
            }
            assert!(!together[0].is_empty(), "{who}");
            assert_eq!(together[2].is_empty(), who == "owner", "alarms are for employees");
        }
        let of = "query($id: ID!) { changes(of: { complaintId: $id }) { events { kind } } }";
        assert_eq!(world.error("neighbour", of, json!({ "id": case })).await, "REFUSED", "as its stream");
    }

    async fn out_of_scope_streams_are_refused_and_bad_cursors_named(world) {
        let case = world.dripping_tap().await;
        for who in ["neighbour", "stranger agent", "technician"] {
            let refused = follow(&world, who, CASE, json!({ "id": case })).await.next().await.unwrap();
            assert_eq!(refused["errors"][0]["extensions"]["code"], "REFUSED", "{who}");
        }
        let queue = json!({ "id": world.id("Department", "engineering") });
        let refused = follow(&world, "stranger agent", QUEUE, queue).await.next().await.unwrap();
        assert_eq!(refused["errors"][0]["extensions"]["code"], "REFUSED");
        let bad = follow(&world, "owner", CASE, json!({ "id": case, "after": "yesterday" })).await.next().await.unwrap();
        assert_eq!(bad["errors"][0]["extensions"]["code"], "BAD_CURSOR");
    }
}
