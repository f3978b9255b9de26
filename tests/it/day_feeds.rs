//! A technician's day for any calendar: by a secret link, without contact details, for as long as they are a technician.

use api::edge::Config;
use chrono::{DateTime, TimeDelta, Utc};
use entity::day_feed;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::World;
use tests::edge::{Answer, Edge};

/// A case of the owner's with a visit of the technician's, booked for two hours on a day of March at an hour in Shanghai.
async fn visit(world: &World, day: i64, hour: i64, task: &str) -> String {
    let case = world.dripping_tap().await;
    let midnight: DateTime<Utc> = "2026-03-01T16:00:00Z".parse().unwrap();
    let from = midnight + TimeDelta::days(day - 2) + TimeDelta::hours(hour);
    let window = json!({ "from": from, "to": from + TimeDelta::hours(2) });
    world.on_case("agent", "bookVisit", &case, window).await;
    let order = world.on_case("agent", "issueWorkOrder", &case, json!({ "task": task })).await;
    let order = order["workOrder"]["id"].as_str().unwrap().to_owned();
    world.to_technician(&order).await;
    order
}

async fn offer(world: &World) {
    let day = json!([{ "from": "09:00", "to": "17:00" }]);
    let week = json!({ "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day, "saturday": day, "sunday": day });
    let input = json!({ "teamId": world.id("Team", "plumbers"), "expectedVersion": 0, "week": week, "windowMinutes": 120,
        "capacity": 5, "leadMinutes": 0, "daysAhead": 30, "onHolidays": true, "categoryIds": [] });
    world.act("head", "setBookingOffer", input).await;
}

async fn link(world: &World) -> String {
    world.act("technician", "createDayFeed", json!({})).await["path"].as_str().unwrap().to_owned()
}

async fn read(edge: &Edge, path: &str) -> Answer {
    edge.send(edge.client.get(edge.at(path)), "").await
}

/// A feed with its folded lines put together.
async fn events(edge: &Edge, path: &str) -> String {
    let answer = read(edge, path).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/calendar; charset=utf-8"));
    answer.text.replace("\r\n ", "")
}

on_both! {
    async fn a_technicians_day_is_a_calendar_without_anybodys_name_or_number(world) {
        offer(&world).await;
        let edge = Edge::of(&world, Config::default()).await;
        let phone = world.viewer("owner").await.phone;
        visit(&world, 3, 9, &format!("更换阀芯,联系 owner {phone} 或 138-1234-5678")).await;
        visit(&world, 9, 11, "七天之后").await;
        visit(&world, 10, 9, "第八天").await;
        let feed = events(&edge, &link(&world).await).await;
        assert_eq!(feed.matches("BEGIN:VEVENT").count(), 2, "today and the next seven days: {feed}");
        assert!(feed.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && feed.contains("DTSTART:20260303T010000Z") && feed.contains("DTEND:20260303T030000Z"), "{feed}");
        assert!(feed.contains("SUMMARY:LY-W2026-000001 更换阀芯\\,联系 o** **** 或 ****"), "{feed}");
        assert!(feed.contains("LOCATION:1203栋 1203") || feed.contains("LOCATION:1203"), "{feed}");
        assert!(!feed.contains(&phone) && !feed.contains("owner") && !feed.contains("13812345678"), "{feed}");
        assert!(!feed.contains("第八天"), "{feed}");
        let other = world.act("second technician", "createDayFeed", json!({})).await["path"].clone();
        assert_eq!(events(&edge, other.as_str().unwrap()).await.matches("BEGIN:VEVENT").count(), 0, "only their own");
    }

    async fn a_link_is_told_once_and_ends_with_another_one_with_the_role_or_by_its_owner(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let mine = "{ dayFeed { createdAt } }";
        assert_eq!(world.ask("technician", mine, json!({})).await["dayFeed"], Value::Null);
        let once = json!({ "idempotencyKey": "calendar" });
        let first = world.act("technician", "createDayFeed", once.clone()).await["path"].clone();
        assert_eq!(world.act("technician", "createDayFeed", once).await["path"], first, "a repeated call is told the same");
        assert_eq!(world.ask("technician", mine, json!({})).await["dayFeed"]["createdAt"], "2026-03-02T01:00:00+00:00");
        let first = first.as_str().unwrap();
        assert_eq!(read(&edge, first).await.status, 200);
        let kept = day_feed::Entity::find().all(&world.app.db).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert!(!first.contains(&kept[0].secret_hash), "the secret itself is not kept");
        let second = link(&world).await;
        assert_eq!((read(&edge, first).await.status, read(&edge, &second).await.status), (404, 200), "a new link ends the old");
        assert_eq!(world.act("technician", "revokeDayFeed", json!({})).await["revoked"], true);
        assert_eq!(world.act("technician", "revokeDayFeed", json!({})).await["revoked"], false);
        assert_eq!(read(&edge, &second).await.status, 404);
        let third = link(&world).await;
        assert_eq!(world.error("agent", "mutation { createDayFeed(input: {}) { path } }", json!({})).await, "FORBIDDEN");
        let role = world.role_of("technician").await;
        world.act("administrator", "endRole", role).await;
        assert_eq!(read(&edge, &third).await.status, 404, "no technician any more");
        let trail = world.ask("administrator", "{ auditTrail { nodes { kind } } }", json!({})).await;
        let trail = trail["auditTrail"]["nodes"].to_string();
        assert!(trail.contains("DAY_FEED_MADE") && trail.contains("DAY_FEED_REVOKED"), "{trail}");
    }

    async fn whoever_guesses_at_links_is_slowed_and_whoever_has_one_is_not(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let mine = link(&world).await;
        let mut statuses = Vec::new();
        for _ in 0..31 {
            statuses.push(read(&edge, "/feeds/abcdefghijklmnopqrstuvwxyz.ics").await.status);
        }
        assert_eq!((statuses[0], statuses[29], statuses[30]), (404, 404, 429));
        let slowed = read(&edge, "/feeds/x").await;
        assert_eq!((slowed.code().as_str(), slowed.header("retry-after")), ("RATE_LIMITED", "60"));
        assert_eq!(read(&edge, &mine).await.status, 200);
    }
}
