//! Calendars of sites: official holidays and make-up days, a site's own days, years that nobody has published yet.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::clock::promise::Hours;
use domain::working_time::Calendar;
use entity::site;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::World;
use tests::ask::{mutation, refusal, told};

const READ: &str = "query($id: ID!, $year: Int!) { calendar(siteId: $id) { timeZone version published(year: $year)
    week { monday { from to } friday { from to } sunday { from to } } days(year: $year) { date name kind source spans { from to } } } }";

async fn calendar(world: &World, who: &str, year: i32) -> Value {
    let variables = json!({ "id": world.id("Site", "site"), "year": year });
    world.ask(who, READ, variables).await["calendar"].clone()
}

async fn changed(world: &World, field: &str, version: i32, more: Value) -> Value {
    world.act("administrator", field, on_site(world, version, more)).await["calendar"].clone()
}

/// The hours that clocks of the office run by.
async fn office(world: &World) -> Calendar {
    let site = site::Entity::find_by_id(world.town.id("site")).one(&world.app.db).await.unwrap().unwrap();
    api::calendar::of_site(&world.app.db, &site).await.unwrap().of_hours(Hours::Office).clone()
}

fn on_site(world: &World, version: i32, more: Value) -> Value {
    tests::world::with(more, json!({ "siteId": world.id("Site", "site"), "expectedVersion": version }))
}

fn shanghai(month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    in_year(2026, month, day, hour, minute)
}

fn in_year(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    chrono_tz::Asia::Shanghai.with_ymd_and_hms(year, month, day, hour, minute, 0).unwrap().to_utc()
}

fn week(monday: &Value) -> Value {
    let none = json!([]);
    json!({ "week": { "monday": monday, "tuesday": none, "wednesday": none, "thursday": none, "friday": none,
        "saturday": [{ "from": "00:00", "to": "24:00" }], "sunday": none } })
}

on_both! {
    async fn c8_three_working_days_of_a_new_site_pass_over_national_day_2026_with_its_make_up_days(world) {
        let seen = calendar(&world, "owner", 2026).await;
        assert_eq!(seen["week"]["monday"], json!([{ "from": "09:00", "to": "12:00" }, { "from": "13:30", "to": "18:00" }]));
        assert_eq!((&seen["week"]["sunday"], &seen["published"], &seen["version"]), (&json!([]), &json!(true), &json!(1)));
        let days = seen["days"].as_array().unwrap();
        let on = |date: &str| days.iter().find(|day| day["date"] == date).unwrap_or_else(|| panic!("no {date}"));
        assert_eq!(days.len(), 39);
        assert_eq!(on("2026-10-01"), &json!({ "date": "2026-10-01", "name": "国庆节", "kind": "REST", "source": null, "spans": [] }));
        for make_up in ["2026-09-20", "2026-10-10"] {
            assert_eq!((&on(make_up)["kind"], &on(make_up)["spans"]), (&json!("MAKE_UP"), &seen["week"]["monday"]));
        }
        let hours = office(&world).await;
        let filed = shanghai(9, 30, 17, 0);
        assert_eq!(hours.end_of_working_day(filed, 3), Some(shanghai(10, 10, 18, 0)));
        assert_eq!(hours.add(filed, TimeDelta::hours(2)), Some(shanghai(10, 8, 10, 0)));
    }

    async fn a_day_of_the_sites_own_goes_before_the_official_days_until_it_is_removed(world) {
        let day = |date: &str, spans: Value| json!({ "date": date, "name": "值班", "spans": spans, "source": "管理处通知" });
        let morning = json!([{ "from": "08:30", "to": "11:45" }]);
        let set = changed(&world, "setCalendarDay", 1, day("2026-10-02", morning.clone())).await;
        assert_eq!(set["version"], 2);
        changed(&world, "setCalendarDay", 2, day("2026-10-08", json!([]))).await;
        let seen = calendar(&world, "agent", 2026).await;
        let own: Vec<&Value> = seen["days"].as_array().unwrap().iter().filter(|day| day["kind"] == "OWN").collect();
        let shown = json!({ "date": "2026-10-02", "name": "值班", "kind": "OWN", "source": "管理处通知", "spans": morning });
        assert_eq!((own.len(), own[0]), (2, &shown));
        let filed = shanghai(9, 30, 18, 0);
        let hours = office(&world).await;
        assert_eq!(hours.end_of_working_day(filed, 1), Some(shanghai(10, 2, 11, 45)));
        assert_eq!(hours.end_of_working_day(filed, 2), Some(shanghai(10, 9, 18, 0)));
        changed(&world, "setCalendarDay", 3, day("2026-10-08", json!([{ "from": "09:00", "to": "10:00" }]))).await;
        changed(&world, "removeCalendarDay", 4, json!({ "date": "2026-10-02" })).await;
        let hours = office(&world).await;
        assert_eq!(hours.end_of_working_day(filed, 1), Some(shanghai(10, 8, 10, 0)));
        let gone = on_site(&world, 5, json!({ "date": "2026-10-02" }));
        assert_eq!(told(&world.try_to("administrator", "removeCalendarDay", gone).await), ("NOT_FOUND", "date"));
        let late = on_site(&world, 1, day("2026-10-02", json!([])));
        let stale = world.try_to("administrator", "setCalendarDay", late).await;
        assert_eq!((refusal(&stale), &stale["calendar"]["version"]), ("STALE", &json!(5)));
    }

    async fn a_year_that_is_not_published_is_told_until_an_administrator_adds_it(world) {
        let before = calendar(&world, "agent", 2027).await;
        assert_eq!((&before["published"], &before["days"]), (&json!(false), &json!([])));
        let day = |date: &str, kind: &str| json!({ "date": date, "kind": kind, "name": "元旦" });
        let added = |days: Value| json!({ "year": 2027, "source": "国务院办公厅通知", "days": days });
        let days = json!([day("2026-12-27", "MAKE_UP"), day("2027-01-01", "REST")]);
        let payload = world.act("administrator", "addOfficialYear", added(days.clone())).await;
        assert_eq!((&payload["officialYear"]["year"], &payload["officialYear"]["days"]), (&json!(2027), &days));
        let after = calendar(&world, "agent", 2027).await;
        assert_eq!((&after["published"], &after["version"], &after["days"][0]["name"]), (&json!(true), &json!(2), &json!("元旦")));
        let hours = office(&world).await;
        assert!(hours.is_open(shanghai(12, 27, 9, 0)) && !hours.is_open(in_year(2027, 1, 1, 9, 0)));
        let corrected = json!([day("2027-01-04", "REST")]);
        world.act("administrator", "addOfficialYear", added(corrected)).await;
        let hours = office(&world).await;
        assert!(!hours.is_open(shanghai(12, 27, 9, 0)) && hours.is_open(in_year(2027, 1, 1, 9, 0)));
        let strange = json!({ "id": world.id("Site", "other site"), "year": 2027 });
        let strange = world.ask("stranger agent", READ, strange).await;
        assert_eq!(strange["calendar"]["published"], false, "nothing crosses an organization");
        for (field, input) in [
            ("year", json!({ "year": 2026, "source": "a", "days": [day("2026-01-01", "REST")] })),
            ("days.0.date", added(json!([day("2028-01-01", "REST")]))),
            ("days.1.date", added(json!([day("2027-01-01", "REST"), day("2027-01-01", "MAKE_UP")]))),
            ("days", added(json!([]))),
        ] {
            let refused = world.try_to("administrator", "addOfficialYear", input).await;
            assert_eq!((refusal(&refused), path(&refused).as_str()), ("INVALID", field));
        }
    }

    async fn c8_the_reply_to_a_letter_is_due_in_the_hours_that_the_site_has_set(world) {
        let usual = office(&world).await;
        changed(&world, "setCalendarWeek", 1, week(&json!([{ "from": "08:00", "to": "10:00" }]))).await;
        let mut report = world.report("NOISE", "COMPLAINT", "楼上深夜噪音");
        for (field, value) in [("contactName", "owner"), ("contactPhone", "13800000001"), ("place", "3栋")] {
            report[field] = json!(value);
        }
        let input = json!({ "siteId": world.id("Site", "site"), "channel": "LETTER", "report": report,
            "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true } });
        let case = world.act("agent", "registerComplaint", input).await["complaint"]["id"].clone();
        let document = "query($id: ID!) { complaint(id: $id) { clocks { kind hours dueAt } } }";
        let seen = world.ask("agent", document, json!({ "id": case })).await["complaint"]["clocks"].clone();
        let reply = seen.as_array().unwrap().iter().find(|clock| clock["kind"] == "FIRST_REPLY").unwrap();
        let due: DateTime<Utc> = reply["dueAt"].as_str().unwrap().parse().unwrap();
        let hours = office(&world).await;
        assert_eq!((Some(due), &reply["hours"]), (hours.end_of_working_day(world.now(), 3), &json!("OFFICE")));
        assert_ne!(Some(due), usual.end_of_working_day(world.now(), 3));
    }

    async fn only_administrators_change_a_calendar_and_every_change_is_in_the_trail(world) {
        let morning = json!([{ "from": "08:00", "to": "12:00" }]);
        let inputs = [
            ("setCalendarWeek", on_site(&world, 1, week(&morning)), "CALENDAR_WEEK_SET"),
            ("setCalendarDay", on_site(&world, 2, json!({ "date": "2026-12-31", "name": "盘点", "spans": [] })), "CALENDAR_DAY_SET"),
            ("removeCalendarDay", on_site(&world, 3, json!({ "date": "2026-12-31" })), "CALENDAR_DAY_REMOVED"),
            ("addOfficialYear", json!({ "year": 2027, "source": "通知", "days": [{ "date": "2027-01-01", "kind": "REST", "name": "元旦" }] }), "OFFICIAL_YEAR_ADDED"),
        ];
        for (field, input, kind) in inputs {
            for who in ["owner", "agent", "office head", "company leader"] {
                let refused = world.error(who, &mutation(field), json!({ "input": input })).await;
                assert_eq!(refused, "FORBIDDEN", "{who} {field}");
            }
            world.pass(TimeDelta::milliseconds(1));
            world.act("administrator", field, input).await;
            let trail = "{ auditTrail(page: { first: 1 }) { nodes { kind actorName subjectId data } } }";
            let newest = world.ask("administrator", trail, json!({})).await["auditTrail"]["nodes"][0].clone();
            assert_eq!((&newest["kind"], &newest["actorName"]), (&json!(kind), &json!("administrator")));
            if field != "addOfficialYear" {
                assert_eq!(newest["subjectId"], json!(world.id("Site", "site")));
            }
        }
        assert_eq!(calendar(&world, "owner", 2027).await["version"], 5);
        let strange = json!({ "siteId": world.id("Site", "other site"), "expectedVersion": 1, "date": "2026-12-31" });
        assert_eq!(told(&world.try_to("administrator", "removeCalendarDay", strange).await), ("NOT_FOUND", "siteId"));
        let strange = json!({ "id": world.id("Site", "other site"), "year": 2026 });
        assert_eq!(world.ask("administrator", READ, strange).await["calendar"], json!(null));
        assert_eq!(world.error("", READ, json!({ "id": world.id("Site", "site"), "year": 2026 })).await, "UNAUTHENTICATED");
    }

    async fn spans_that_are_not_right_are_refused_with_their_field(world) {
        let span = |from: &str, to: &str| json!({ "from": from, "to": to });
        for (field, monday) in [
            ("week.monday.0.from", json!([span("9:00", "12:00")])),
            ("week.monday.0.to", json!([span("09:00", "24:01")])),
            ("week.monday.0", json!([span("12:00", "12:00")])),
            ("week.monday.1", json!([span("09:00", "12:00"), span("11:00", "13:00")])),
            ("week.monday.1.to", json!([span("09:00", "12:00"), span("13:00", "noon")])),
        ] {
            let refused = world.try_to("administrator", "setCalendarWeek", on_site(&world, 1, week(&monday))).await;
            assert_eq!((refusal(&refused), path(&refused).as_str()), ("INVALID", field));
            assert!(!refused["errors"][0]["needed"].as_array().unwrap().is_empty());
        }
        let mut nothing = week(&json!([]));
        nothing["week"]["saturday"] = json!([]);
        let refused = world.try_to("administrator", "setCalendarWeek", on_site(&world, 1, nothing)).await;
        assert_eq!((refusal(&refused), path(&refused).as_str()), ("INVALID", "week"));
        for (field, code, date, name) in [("date", "INVALID", "1999-01-01", "盘点"), ("name", "REQUIRED", "2026-12-31", " ")] {
            let day = on_site(&world, 1, json!({ "date": date, "name": name, "spans": [] }));
            assert_eq!(told(&world.try_to("administrator", "setCalendarDay", day).await), (code, field));
        }
        let around = changed(&world, "setCalendarWeek", 1, week(&json!([span("00:00", "24:00")]))).await;
        assert_eq!((&around["week"]["monday"], &around["version"]), (&json!([span("00:00", "24:00")]), &json!(2)));
    }
}

fn path(payload: &Value) -> String {
    let field = payload["errors"][0]["field"].as_array().unwrap();
    field.iter().map(|part| part.as_str().unwrap()).collect::<Vec<&str>>().join(".")
}
