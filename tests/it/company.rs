//! A whole company is set up through the API alone, and then its main job runs: nothing needs SQL.

use api::app::dice::Dice;
use api::organization::admin::{Desk, NewOrganization};
use entity::account;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::ask::done;
use tests::world::row_id;

/// Sets an organization up from the command line, with its first administrator.
async fn found(world: &mut World) {
    let app = &world.app;
    let (db, clock) = (app.db.clone(), app.clock.clone());
    let desk = Desk { db, clock, dice: Dice::seeded(9), passwords: app.passwords.clone() };
    let new = NewOrganization {
        code: "new-company".to_owned(),
        name: "新物业".to_owned(),
        admin_phone: "13700000000".to_owned(),
        admin_name: "admin".to_owned(),
        password: "a long enough password".to_owned(),
    };
    let organization = desk.create_organization(&new).await.unwrap();
    let select = account::Entity::find().filter(account::Column::OrganizationId.eq(organization));
    let admin = select.one(&app.db).await.unwrap().unwrap();
    world.town.0.insert("admin", admin.id);
}

/// What a payload made, by its id.
fn id(payload: &Value, thing: &str) -> String {
    payload[thing]["id"].as_str().unwrap_or_else(|| panic!("no {thing}: {payload}")).to_owned()
}

struct Company {
    site: String,
    unit: String,
    category: String,
    team: String,
}

/// The administrator sets up a site with departments, a team, a category, a building and a unit.
async fn set_up(world: &World) -> (Company, Value, Value) {
    let site = json!({ "code": "XC", "name": "新城", "kind": "RESIDENTIAL", "timeZone": "Asia/Shanghai",
        "hotline": "400-111-2222", "email": "office@example.com", "address": "新城路1号", "responsiblePerson": "主任" });
    let site = id(&world.act("admin", "createSite", site).await, "site");
    let mut departments = Vec::new();
    for (kind, name) in [("CUSTOMER_SERVICE", "客服部"), ("ENGINEERING", "工程部")] {
        let input = json!({ "siteId": site, "kind": kind, "name": name, "phone": "0755-1234" });
        departments.push(id(&world.act("admin", "createDepartment", input).await, "department"));
    }
    let team = json!({ "departmentId": departments[1], "name": "水电班" });
    let team = id(&world.act("admin", "createTeam", team).await, "team");
    let category =
        json!({ "siteId": site, "code": "WATER", "nameZh": "水", "nameEn": "Water", "department": "ENGINEERING" });
    let category = id(&world.act("admin", "createCategory", category).await, "category");
    let building = json!({ "siteId": site, "name": "1栋" });
    let building = id(&world.act("admin", "createBuilding", building).await, "building");
    let unit = json!({ "buildingId": building, "name": "101" });
    let unit = id(&world.act("admin", "createUnit", unit).await, "unit");
    (Company { site, unit, category, team }, json!(departments[0]), json!(departments[1]))
}

/// The administrator employs somebody in a role.
async fn employ(world: &mut World, name: &'static str, phone: &str, role: &str, place: Value) {
    let input = json!({ "name": name, "phone": phone });
    let account = id(&world.act("admin", "createStaffAccount", input).await, "account");
    let input = tests::world::with(json!({ "accountId": account, "role": role }), place);
    world.act("admin", "giveRole", input).await;
    world.town.0.insert(name, row_id(&account));
}

on_both! {
    async fn a_company_is_set_up_through_the_api_alone_and_its_first_repair_is_resolved(world) {
        let mut world = world;
        found(&mut world).await;
        let (company, service, engineering) = set_up(&world).await;
        for (name, phone, role, place) in [
            ("desk", "13700000001", "CUSTOMER_SERVICE_AGENT", json!({ "departmentId": service })),
            ("chief", "13700000002", "CUSTOMER_SERVICE_SUPERVISOR", json!({ "departmentId": service })),
            ("engineer", "13700000003", "DEPARTMENT_HEAD", json!({ "departmentId": engineering })),
            ("foreman", "13700000004", "TEAM_LEADER", json!({ "teamId": company.team })),
            ("fitter", "13700000005", "TECHNICIAN", json!({ "teamId": company.team })),
            ("manager", "13700000006", "OFFICE_HEAD", json!({ "siteId": company.site })),
        ] {
            employ(&mut world, name, phone, role, place).await;
        }
        let invited = world.act("desk", "inviteResident", json!({ "unitId": company.unit, "kind": "OWNER" })).await;
        let phone = "13700000009";
        let registered = world.act("", "registerResident", json!({
            "code": invited["code"], "name": "新业主", "phone": phone, "password": "my own long password" })).await;
        assert_eq!(registered["waiting"], true);
        let waiting = "{ residentRequests(filter: { state: WAITING }) { nodes { id version name phone unit { name } } } }";
        let waiting = world.ask("desk", waiting, json!({})).await["residentRequests"]["nodes"][0].clone();
        assert_eq!((waiting["phone"].as_str(), waiting["unit"]["name"].as_str()), (Some(phone), Some("101")));
        let check = json!({ "requestId": waiting["id"], "expectedVersion": waiting["version"] });
        let confirmed = world.act("desk", "confirmResident", check).await;
        let resident = row_id(confirmed["request"]["accountId"].as_str().unwrap());
        world.town.0.insert("new owner", resident);
        let sign_in = world.ask("", &tests::ask::mutation("signIn"), json!({ "input": {
            "phone": phone, "password": "my own long password", "organizationCode": "new-company" } })).await;
        assert_eq!(done(sign_in["signIn"].clone())["viewer"]["name"], "新业主");

        let filed = world.act("new owner", "fileComplaint", json!({ "unitId": company.unit, "report": {
            "kind": "REPAIR", "categoryId": company.category, "description": "厨房水龙头滴水" } })).await;
        assert_eq!((filed["number"].as_str(), filed["receiver"]["name"].as_str()), (Some("XC-2026-000001"), Some("chief")));
        let case = id(&filed, "complaint");
        let order = world.on_case("desk", "issueWorkOrder", &case, json!({ "task": "检查并更换阀芯" })).await;
        let order = id(&order, "workOrder");
        world.on_order("engineer", "acknowledgeWorkOrder", &order, json!({})).await;
        world.on_order("engineer", "assignTeam", &order, json!({ "teamId": company.team })).await;
        let fitter = json!({ "technicianId": world.id("Account", "fitter") });
        world.on_order("foreman", "assignTechnician", &order, fitter).await;
        world.on_order("fitter", "departForWorkOrder", &order, json!({})).await;
        world.on_order("fitter", "recordArrival", &order, json!({})).await;
        world.on_order("fitter", "completeWorkOrder", &order, json!({ "workDone": "更换阀芯", "cause": "磨损" })).await;
        world.on_order("new owner", "signWorkOrder", &order, world.signing()).await;
        let resolved = world.on_case("engineer", "resolveComplaint", &case, json!({ "result": "已更换阀芯" })).await;
        assert_eq!(resolved["complaint"]["state"], "RESOLVED");
        assert_eq!(world.case("admin", &case).await, json!(null), "whoever runs the accounts sees no case");
        assert_eq!(world.case("company leader", &case).await, json!(null), "another organization's");
    }
}
