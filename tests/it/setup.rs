//! The set-up: made, changed, retired, restored and read back; two administrators at once.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use api::app::set_up::SetUp;
use chrono::TimeDelta;
use entity::{site, unit};
use futures_util::future::join_all;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, TransactionTrait,
};
use serde_json::{Value, json};
use tests::ask::{needed, refusal, told};

fn new_site(code: &str) -> Value {
    json!({ "code": code, "name": "新城", "kind": "RESIDENTIAL", "timeZone": "Asia/Shanghai", "hotline": "400-111-2222",
        "email": "office@example.com", "address": "新城路1号", "responsiblePerson": "主任" })
}

on_both! {
    async fn what_a_site_works_by_is_read_once_until_it_changes(world) {
        let sent = async || {
            world.pass(TimeDelta::minutes(1));
            let before = world.database.statements.load(Ordering::SeqCst);
            let input = json!({ "unitId": world.id("Unit", "home"), "report": world.report("WATER", "REPAIR", "水龙头滴水") });
            let filed = world.act("owner", "fileComplaint", input).await;
            (world.database.statements.load(Ordering::SeqCst) - before, filed["complaint"]["id"].clone())
        };
        let place = async |case: &Value| {
            world.ask("owner", "query($id: ID!) { complaint(id: $id) { place } }", json!({ "id": case })).await["complaint"]["place"].clone()
        };
        let (anew, _) = sent().await;
        let (kept, case) = sent().await;
        assert!(kept + 10 < anew, "{kept} statements after {anew}");
        assert!(place(&case).await.as_str().unwrap().ends_with("1203"));
        let unit = unit::Entity::find_by_id(world.town.id("home")).one(&world.app.db).await.unwrap().unwrap();
        let renamed = json!({ "buildingId": format!("Building_{}", unit.building_id.simple()), "expectedVersion": 1, "name": "听涛阁" });
        world.act("administrator", "changeBuilding", renamed).await;
        let (again, case) = sent().await;
        assert_eq!((place(&case).await, again > kept), (json!("听涛阁1203"), true), "with the next act");
        assert!(sent().await.0 < again);
    }

    async fn nothing_of_a_change_of_the_set_up_is_kept_that_is_rolled_back(world) {
        let id = world.town.id("site");
        let name = async |db: &DatabaseTransaction| {
            let set_up = SetUp::of(&world.app, db, id).await.unwrap();
            let read = async { Ok(site::Entity::find_by_id(id).one(db).await?.unwrap()) };
            set_up.part(db, id, read).await.unwrap().name
        };
        let undone = world.app.db.begin().await.unwrap();
        let before = SetUp::of(&world.app, &undone, id).await.unwrap();
        let mut row = site::Entity::find_by_id(id).one(&undone).await.unwrap().unwrap().into_active_model();
        row.name = Set("别名".to_owned());
        row.update(&undone).await.unwrap();
        assert_eq!(name(&undone).await, "别名", "within the change it is seen");
        let read = async { Ok(site::Entity::find_by_id(id).one(&undone).await?.unwrap()) };
        assert_eq!(before.part(&undone, id, read).await.unwrap().name, "别名");
        undone.rollback().await.unwrap();
        let after = world.app.db.begin().await.unwrap();
        assert_ne!(name(&after).await, "别名");
        after.rollback().await.unwrap();
    }

    async fn a_site_is_refused_where_its_card_is_not_right(world) {
        for (field, wrong, code) in [
            ("code", "ly", "INVALID"), ("code", "LY-1", "INVALID"), ("code", "LY", "TAKEN"), ("name", " ", "REQUIRED"),
            ("timeZone", "Mars/Olympus", "INVALID"), ("hotline", "call us", "INVALID"), ("email", "office", "INVALID"),
            ("address", "", "REQUIRED"), ("responsiblePerson", "", "REQUIRED"),
        ] {
            let mut input = new_site("XC");
            input[field] = json!(wrong);
            assert_eq!(told(&world.try_to("administrator", "createSite", input).await), (code, field));
        }
        let made = world.act("administrator", "createSite", new_site("XC")).await;
        let change = json!({ "siteId": made["site"]["id"], "expectedVersion": 1, "timeZone": "Asia/Urumqi" });
        let changed = world.act("administrator", "changeSite", change.clone()).await;
        assert_eq!((changed["site"]["timeZone"].as_str(), changed["site"]["name"].as_str()), (Some("Asia/Urumqi"), Some("新城")));
        let stale = world.try_to("administrator", "changeSite", change).await;
        assert_eq!((refusal(&stale), stale["site"]["version"].as_i64()), ("STALE", Some(2)));
        let strange = json!({ "siteId": world.id("Site", "other site"), "expectedVersion": 1, "name": "mine now" });
        assert_eq!(told(&world.try_to("administrator", "changeSite", strange).await), ("NOT_FOUND", "siteId"));
        let input = json!({ "input": new_site("YC") });
        for who in ["office head", "company leader", "owner"] {
            assert_eq!(world.error(who, &tests::ask::mutation("createSite"), input.clone()).await, "FORBIDDEN");
        }
    }

    async fn what_is_retired_is_not_offered_and_what_refers_to_it_keeps_it(world) {
        let case = world.dripping_tap().await;
        let retire = |thing: &str, id: String| json!({ (format!("{thing}Id")): id, "expectedVersion": 1 });
        let water = world.id("Category", "WATER");
        world.act("administrator", "retireCategory", retire("category", water.clone())).await;
        assert_eq!(told(&world.try_to("owner", "fileComplaint", world.tap_input()).await), ("RETIRED", "categoryId"));
        let offered = world.ask("owner", "{ sites(organizationCode: \"town\") { categories { code } } }", json!({})).await;
        assert!(!offered.to_string().contains("WATER"));
        let sent = world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        assert_eq!(sent["complaint"]["state"], "DISPATCHED", "a case keeps its category to the end");
        let restore = json!({ "categoryId": water, "expectedVersion": 2 });
        world.act("administrator", "restoreCategory", restore).await;
        world.dripping_tap().await;
        world.act("administrator", "retireUnit", retire("unit", world.id("Unit", "home"))).await;
        assert_eq!(told(&world.try_to("owner", "fileComplaint", world.tap_input()).await), ("RETIRED", "unitId"));
        assert_eq!(world.case("wife", &case).await["state"], "DISPATCHED");
        let site = world.try_to("administrator", "retireSite", retire("site", world.id("Site", "site"))).await;
        assert_eq!((refusal(&site), needed(&site)), ("IN_USE", vec!["COMPLAINTS 2", "DEPARTMENTS 4"]));
        assert!(site["errors"][0]["message"].as_str().unwrap().contains("2 open cases"), "{site}");
    }

    async fn a_department_or_team_with_work_or_people_is_not_retired(world) {
        let case = world.dripping_tap().await;
        world.issued(&case).await;
        let department = json!({ "departmentId": world.id("Department", "engineering"), "expectedVersion": 1 });
        let refused = world.try_to("administrator", "retireDepartment", department).await;
        assert_eq!((refusal(&refused), needed(&refused)), ("IN_USE", vec!["COMPLAINTS 1", "WORK_ORDERS 1", "ROLES 4"]));
        let team = json!({ "teamId": world.id("Team", "electricians"), "expectedVersion": 1 });
        let refused = world.try_to("administrator", "retireTeam", team).await;
        assert_eq!((refusal(&refused), needed(&refused)), ("IN_USE", vec!["ROLES 1"]));
        let input = json!({ "departmentId": world.id("Department", "engineering"), "name": "综合班" });
        let made = world.act("administrator", "createTeam", input.clone()).await;
        assert_eq!(told(&world.try_to("administrator", "createTeam", input).await), ("TAKEN", "name"));
        world.act("administrator", "retireTeam", json!({ "teamId": made["team"]["id"], "expectedVersion": 1 })).await;
        let order = world.issued(&case).await;
        world.on_order("head", "acknowledgeWorkOrder", &order, json!({})).await;
        let given = world.try_on_order("head", "assignTeam", &order, json!({ "teamId": made["team"]["id"] })).await;
        assert_eq!(told(&given), ("RETIRED", "teamId"));
        let quiet = json!({ "departmentId": world.id("Department", "environment"), "expectedVersion": 1 });
        world.act("administrator", "retireDepartment", quiet).await;
        let head = json!({ "accountId": world.id("Account", "environment head"), "expectedVersion": 1 });
        world.act("administrator", "disableAccount", head).await;
        let second = json!({ "siteId": world.id("Site", "site"), "kind": "ENGINEERING", "name": "工程二部", "phone": "12345" });
        assert_eq!(told(&world.try_to("administrator", "createDepartment", second).await), ("TAKEN", "kind"));
    }

    async fn categories_make_a_tree_without_circles(world) {
        let new = |code: &str, parent: Value| json!({ "siteId": world.id("Site", "site"), "code": code, "nameZh": "甲",
            "nameEn": "A", "department": "ENGINEERING", "parentId": parent });
        let top = world.act("administrator", "createCategory", new("TOP", json!(null))).await["category"]["id"].clone();
        let low = world.act("administrator", "createCategory", new("LOW", top.clone())).await["category"]["id"].clone();
        let under = |id: &Value, version: i32, parent: &Value| json!({ "categoryId": id, "expectedVersion": version, "parentId": parent });
        for parent in [&low, &top] {
            let refused = world.try_to("administrator", "changeCategory", under(&top, 1, parent)).await;
            assert_eq!(told(&refused), ("INVALID", "parentId"));
        }
        let refused = world.try_to("administrator", "retireCategory", json!({ "categoryId": top, "expectedVersion": 1 })).await;
        assert_eq!((refusal(&refused), needed(&refused)), ("IN_USE", vec!["CATEGORIES 1"]));
        let free = world.act("administrator", "changeCategory", under(&low, 1, &json!(null))).await;
        assert_eq!(free["category"]["parentId"], json!(null));
        let named = json!({ "categoryId": low, "expectedVersion": 2, "nameEn": "B", "parentId": top });
        let named = world.act("administrator", "changeCategory", named).await;
        assert_eq!((named["category"]["nameEn"].as_str(), &named["category"]["parentId"]), (Some("B"), &top));
        assert_eq!(told(&world.try_to("administrator", "createCategory", new("LOW", json!(null))).await), ("TAKEN", "code"));
        assert_eq!(told(&world.try_to("administrator", "createCategory", new("low", json!(null))).await), ("INVALID", "code"));
    }

    async fn everything_is_read_back_with_what_is_retired_and_page_by_page(world) {
        let building = json!({ "siteId": world.id("Site", "site"), "name": "9栋" });
        let building = world.act("administrator", "createBuilding", building).await["building"]["id"].clone();
        for number in 1..=5 {
            world.pass(TimeDelta::milliseconds(1));
            world.act("administrator", "createUnit", json!({ "buildingId": building, "name": format!("10{number}") })).await;
        }
        let document = "query($id: ID!, $after: String) { setupUnits(buildingId: $id, page: { first: 2, after: $after }) {
            nodes { id name building version retiredAt } pageInfo { hasNextPage endCursor } } }";
        let (mut names, mut after) = (Vec::new(), json!(null));
        loop {
            let page = world.ask("administrator", document, json!({ "id": building, "after": after })).await["setupUnits"].clone();
            names.extend(page["nodes"].as_array().unwrap().iter().map(|unit| unit["name"].as_str().unwrap().to_owned()));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(names, ["105", "104", "103", "102", "101"]);
        world.act("administrator", "retireBuilding", json!({ "buildingId": building, "expectedVersion": 1 })).await;
        let document = "query($id: ID!, $all: Boolean!) { setupBuildings(siteId: $id, retired: $all) { nodes { name } }
            setupDepartments(siteId: $id) { nodes { kind } } setupCategories(siteId: $id) { nodes { code } } setupSites { nodes { code } } }";
        let id = world.id("Site", "site");
        let all = world.ask("administrator", document, json!({ "id": id, "all": true })).await;
        let offered = world.ask("agent", document, json!({ "id": id, "all": false })).await;
        let count = |seen: &Value, list: &str| seen[list]["nodes"].as_array().unwrap().len();
        assert_eq!((count(&all, "setupBuildings"), count(&offered, "setupBuildings")), (3, 2));
        assert_eq!((count(&all, "setupDepartments"), count(&all, "setupCategories"), count(&all, "setupSites")), (4, 8, 1));
        let strange = world.ask("stranger agent", document, json!({ "id": id, "all": true })).await;
        assert_eq!((count(&strange, "setupBuildings"), count(&strange, "setupDepartments")), (0, 0));
    }

    async fn of_many_who_take_one_code_at_once_one_gets_it_and_the_others_are_told(world) {
        let world = Arc::new(world);
        let tries = (0..12).map(|_| {
            let world = world.clone();
            tokio::spawn(async move { world.try_to("administrator", "createSite", new_site("XC")).await })
        });
        let payloads: Vec<Value> = join_all(tries).await.into_iter().map(|payload| payload.unwrap()).collect();
        let taken = payloads.iter().filter(|payload| payload["errors"][0]["code"] == "TAKEN").count();
        assert_eq!(taken, 11, "{payloads:?}");
        let sites = site::Entity::find().filter(site::Column::Code.eq("XC")).count(&world.app.db).await.unwrap();
        assert_eq!(sites, 1);
    }

    async fn what_is_done_to_the_set_up_is_in_the_audit_trail(world) {
        let made = world.act("administrator", "createSite", new_site("XC")).await["site"]["id"].clone();
        let site = json!({ "siteId": made, "expectedVersion": 1 });
        world.pass(TimeDelta::milliseconds(1));
        world.act("administrator", "retireSite", site).await;
        world.pass(TimeDelta::milliseconds(1));
        world.act("administrator", "restoreSite", json!({ "siteId": made, "expectedVersion": 2 })).await;
        let document = "query($id: ID!) { auditTrail(filter: { subjectId: $id }) { nodes { kind actorName subjectId } } }";
        let trail = world.ask("administrator", document, json!({ "id": made })).await;
        let entry = |kind: &str| json!({ "kind": kind, "actorName": "administrator", "subjectId": made });
        assert_eq!(trail["auditTrail"]["nodes"], json!([entry("RESTORED"), entry("RETIRED"), entry("MADE")]));
    }
}
