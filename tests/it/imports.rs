//! Tables of the set-up: all of one or nothing, as often as you like.

use entity::{account, role_grant, unit};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use tests::World;
use tests::ask::refusal;

async fn import(world: &World, kind: &str, csv: &str, dry_run: bool) -> Value {
    let input = json!({ "kind": kind, "csv": csv, "dryRun": dry_run });
    world.act("administrator", "importSetup", input).await["report"].clone()
}

fn counts(report: &Value) -> [i64; 4] {
    ["made", "changed", "unchanged", "refused"].map(|name| report[name].as_i64().unwrap())
}

const TABLES: [(&str, &str); 8] = [
    (
        "SITES",
        "项目编号,名称,类型,热线,邮箱,地址,负责人\r\nXC,新城,小区,400-111-2222,a@example.com,\"新城路1号, 首层\",主任\r\n",
    ),
    ("DEPARTMENTS", "siteCode,kind,name,phone\nXC,CUSTOMER_SERVICE,客服部,0755-1\nXC,工程部,工程部,07552\n"),
    ("TEAMS", "项目编号,部门类型,班组\nXC,ENGINEERING,水电班\n"),
    (
        "CATEGORIES",
        "siteCode,code,parentCode,nameZh,nameEn,department,emergency\nXC,REPAIR,,报修,Repair,ENGINEERING,\nXC,GAS,REPAIR,燃气,Gas,工程部,燃气\n",
    ),
    ("BUILDINGS", "\u{feff}项目编号,楼栋,步行次序\nXC,1栋,7\n"),
    ("UNITS", "siteCode,building,name\nXC,1栋,101\nXC,1栋,102\n"),
    (
        "STAFF",
        "手机号,姓名,办公电话,语言,角色,项目编号,部门类型,班组,开始日期,结束日期\n13733330001,甲,,,部门主管,XC,工程部,,,\n13733330002,乙,0755-1234,英文,TECHNICIAN,XC,ENGINEERING,水电班,2026-03-01,2026-12-31\n13733330001,甲,,,OFFICE_HEAD,XC,,,,\n",
    ),
    (
        "RESIDENTS",
        "siteCode,building,unit,phone,name,kind,from,to\nXC,1栋,101,13733330009,丙,业主,2026/1/1,\nXC,1栋,102,13733330009,丙,OWNER,,\n",
    ),
];

on_both! {
    async fn a_company_is_imported_and_imported_again_without_doubling(world) {
        for (kind, csv) in TABLES {
            let csv = csv.replace("0755-1\n", "0755-1234\n");
            let lines = i64::try_from(csv.trim().lines().count()).unwrap() - 1;
            let dry = import(&world, kind, &csv, true).await;
            assert_eq!((dry["written"].as_bool(), dry["refused"].as_i64()), (Some(false), Some(0)), "{kind} {dry}");
            let report = import(&world, kind, &csv, false).await;
            assert_eq!((report["written"].as_bool(), report["refused"].as_i64()), (Some(true), Some(0)), "{kind} {report}");
            assert_eq!(counts(&dry), counts(&report), "{kind}: what was foretold came");
            let again = import(&world, kind, &csv, false).await;
            assert_eq!(counts(&again), [0, 0, lines, 0], "{kind} {again}");
        }
        let (people, roles) = (account::Entity::find().count(&world.app.db), role_grant::Entity::find().count(&world.app.db));
        let (people, roles) = (people.await.unwrap(), roles.await.unwrap());
        let changed = TABLES[6].1.replace("13733330002,乙", "13733330002,乙改");
        assert_eq!(counts(&import(&world, "STAFF", &changed, false).await), [0, 1, 2, 0]);
        assert_eq!(account::Entity::find().count(&world.app.db).await.unwrap(), people);
        assert_eq!(role_grant::Entity::find().count(&world.app.db).await.unwrap(), roles);
        let tenant = TABLES[7].1.replace("丙,业主", "丙,租户");
        assert_eq!(counts(&import(&world, "RESIDENTS", &tenant, false).await), [0, 1, 1, 0]);
        let nothing_said = import(&world, "BUILDINGS", "siteCode,name\nXC,1栋\n", false).await;
        assert_eq!(counts(&nothing_said), [0, 0, 1, 0], "it keeps its place on the way: {nothing_said}");
        let wrong = import(&world, "BUILDINGS", "siteCode,name,walkOrder\nXC,1栋,first\nXC,1栋,0\n", false).await;
        let told = [0, 1].map(|at| (wrong["lines"][at]["field"].clone(), wrong["lines"][at]["code"].clone()));
        assert_eq!(told, [(json!("walkOrder"), json!("INVALID")), (json!("walkOrder"), json!("INVALID"))]);
    }

    async fn one_refused_line_and_nothing_is_written(world) {
        let before = unit::Entity::find().count(&world.app.db).await.unwrap();
        let csv = "siteCode,building,name\nLY,1203栋,A\nLY,9栋,B\nQT,1203栋,C\nLY,1203栋,\nLY,1203栋,1203\n";
        let report = import(&world, "UNITS", csv, false).await;
        assert_eq!((report["written"].as_bool(), counts(&report)), (Some(false), [1, 0, 1, 3]));
        let line = |number: usize| {
            let line = &report["lines"][number];
            (line["line"].as_i64().unwrap(), line["action"].as_str().unwrap().to_owned(), line["field"].clone(), line["code"].clone())
        };
        assert_eq!(line(0), (2, "MADE".to_owned(), json!(null), json!(null)));
        assert_eq!(line(1), (3, "REFUSED".to_owned(), json!("building"), json!("NOT_FOUND")));
        assert_eq!(line(2), (4, "REFUSED".to_owned(), json!("siteCode"), json!("NOT_FOUND")), "another organization's");
        assert_eq!(line(3), (5, "REFUSED".to_owned(), json!("name"), json!("REQUIRED")));
        assert_eq!(report["lines"][3]["message"], "Please fill this in.");
        assert_eq!(unit::Entity::find().count(&world.app.db).await.unwrap(), before);
        let roles = "phone,name,role,siteCode\n13733330001,甲,DEPARTMENT_HEAD,LY\n13733330002,乙,KING,LY\n";
        let report = import(&world, "STAFF", roles, false).await;
        assert_eq!((&report["lines"][0]["field"], &report["lines"][0]["code"]), (&json!("department"), &json!("REQUIRED")));
        assert_eq!((&report["lines"][1]["field"], &report["lines"][1]["code"]), (&json!("role"), &json!("INVALID")));
    }

    async fn a_table_that_cannot_be_read_is_refused_and_a_repeated_call_tells_the_first_report(world) {
        let report = import(&world, "UNITS", "siteCode,name\nLY,A\n", false).await;
        assert_eq!((&report["lines"][0]["field"], &report["lines"][0]["code"]), (&json!("building"), &json!("REQUIRED")));
        let long = format!("siteCode,building,name\n{}", "LY,1203栋,A\n".repeat(30_000));
        let input = json!({ "kind": "UNITS", "csv": long, "dryRun": true });
        assert_eq!(refusal(&world.try_to("administrator", "importSetup", input).await), "TOO_LONG");
        let input = json!({ "kind": "UNITS", "csv": "siteCode,building,name\nLY,1203栋,A\n", "dryRun": false, "idempotencyKey": "once" });
        let first = world.act("administrator", "importSetup", input.clone()).await;
        assert_eq!(counts(&first["report"]), [1, 0, 0, 0]);
        assert_eq!(world.act("administrator", "importSetup", input.clone()).await, first);
        for who in ["office head", "company leader", "agent"] {
            let input = json!({ "input": input });
            assert_eq!(world.error(who, &tests::ask::mutation("importSetup"), input).await, "FORBIDDEN");
        }
    }
}
