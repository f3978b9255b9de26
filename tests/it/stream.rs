//! Streams: from a cursor on, once, in order, and only what may be seen when it is delivered.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use tests::World;

const CASE: &str = "subscription($id: ID!, $after: String) { item: complaintEvents(complaintId: $id, after: $after) { cursor kind complaint { state } workOrder { state } } }";
const NOTICES: &str = "subscription($after: String) { item: myNotices(after: $after) { cursor kind } }";
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
        let document = "subscription($code: String!, $after: String) { item: anonymousComplaintEvents(receiptCode: $code, after: $after) { kind actorName complaint { id } } }";
        let mut holder = follow(&world, "", document, json!({ "code": code, "after": beginning() })).await;
        let first = take(&mut holder, 1).await;
        assert_eq!(first[0], json!({ "kind": "COMPLAINT_RECEIVED", "actorName": null, "complaint": null }));
        let found = world.ask("agent", "{ register { nodes { id } } }", json!({})).await;
        let case = found["register"]["nodes"][0]["id"].as_str().unwrap().to_owned();
        world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        assert_eq!(kinds(&take(&mut holder, 1).await), ["COMPLAINT_DISPATCHED"]);
        let wrong = follow(&world, "", document, json!({ "code": "0000-0000-0000-0000-0000" })).await.next().await;
        assert_eq!(wrong.unwrap()["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
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
