//! The weeks around National Day 2026 with a moved clock, against a table that was worked out by hand.
//!
//! The office works Monday to Friday 09:00–12:00 and 13:30–18:00. From Thursday 1 October to Wednesday the 7th it rests;
//! Sunday 20 September and Saturday 10 October are worked to make up for it; 25 to 27 September are the Mid-Autumn holiday. Times in the tables are of Shanghai.

use api::clock::sweep;
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use serde_json::{Value, json};
use tests::World;
use tests::world::with;

fn local(text: &str) -> DateTime<Utc> {
    let time = NaiveDateTime::parse_from_str(&format!("2026-{text}"), "%Y-%m-%d %H:%M").unwrap();
    chrono_tz::Asia::Shanghai.from_local_datetime(&time).unwrap().to_utc()
}

/// A case that is received in the fortnight: when, its category and kind, how it comes in.
struct Filed {
    at: &'static str,
    category: &'static str,
    kind: &'static str,
    channel: &'static str,
    /// Its clocks with their ends, as worked out by hand.
    due: &'static [(&'static str, &'static str)],
}

/// By the end of the first working day after receipt for speech, of the third for writing (C8); thirty minutes of the
/// office for the hand-over; three working days for an ordinary repair, five for a complaint, 24 hours for an emergency;
/// 15 minutes around the clock for water, three for an emergency (B6).
const CASES: &[Filed] = &[
    // A Friday afternoon, an hour before the office closes.
    Filed {
        at: "09-18 17:00",
        category: "NOISE",
        kind: "COMPLAINT",
        channel: "VISIT",
        // The next working day is Sunday the 20th, which makes up; the fifth is Thursday the 24th.
        due: &[
            ("HAND_OVER", "09-18 17:30"),
            ("FIRST_PROPOSAL", "09-18 17:30"),
            ("FIRST_REPLY", "09-20 18:00"),
            ("RESOLUTION", "09-24 18:00"),
        ],
    },
    // Friday the 25th is the Mid-Autumn holiday: nobody is there until Monday.
    Filed {
        at: "09-25 17:50",
        category: "NOISE",
        kind: "COMPLAINT",
        channel: "VISIT",
        due: &[("HAND_OVER", "09-28 09:30"), ("FIRST_REPLY", "09-28 18:00"), ("RESOLUTION", "10-09 18:00")],
    },
    // In the lunch break: the thirty minutes begin when it ends.
    Filed {
        at: "09-29 12:10",
        category: "WATER",
        kind: "REPAIR",
        channel: "VISIT",
        due: &[
            ("HAND_OVER", "09-29 14:00"),
            ("ARRIVAL", "09-29 12:25"),
            ("FIRST_REPLY", "09-30 18:00"),
            ("RESOLUTION", "10-09 18:00"),
        ],
    },
    // The last minutes before the holidays: twelve of thirty minutes are left for the 8th.
    Filed {
        at: "09-30 17:42",
        category: "NOISE",
        kind: "COMPLAINT",
        channel: "LETTER",
        due: &[("HAND_OVER", "10-08 09:12"), ("FIRST_REPLY", "10-10 18:00"), ("RESOLUTION", "10-13 18:00")],
    },
    // In the night of the holiday: water is looked at all the same, the office's clocks begin on the 8th.
    Filed {
        at: "10-03 02:00",
        category: "WATER",
        kind: "REPAIR",
        channel: "VISIT",
        due: &[
            ("ARRIVAL", "10-03 02:15"),
            ("HAND_OVER", "10-08 09:30"),
            ("FIRST_REPLY", "10-08 18:00"),
            ("RESOLUTION", "10-10 18:00"),
        ],
    },
    // A burst pipe on the holiday waits for no office.
    Filed {
        at: "10-05 23:59",
        category: "BURST_PIPE",
        kind: "REPAIR",
        channel: "VISIT",
        due: &[
            ("ARRIVAL", "10-06 00:02"),
            ("HAND_OVER", "10-06 00:01"),
            ("RESOLUTION", "10-06 23:59"),
            ("FIRST_REPLY", "10-08 18:00"),
        ],
    },
    // Friday the 9th: the next day is a Saturday that is worked.
    Filed {
        at: "10-09 10:00",
        category: "NOISE",
        kind: "COMPLAINT",
        channel: "VISIT",
        due: &[("HAND_OVER", "10-09 10:30"), ("FIRST_REPLY", "10-10 18:00"), ("RESOLUTION", "10-15 18:00")],
    },
];

/// Each by another customer: what one of them reports again would be more serious, and promised sooner (D6).
async fn register(world: &World, number: usize, filed: &Filed) -> String {
    let report = world.report(filed.category, filed.kind, "节前节后的报事");
    let phone = format!("139{number:08}");
    let who = json!({ "contactName": "业主", "contactPhone": phone, "place": format!("{number}栋") });
    let input = json!({
        "siteId": world.id("Site", "site"),
        "channel": filed.channel,
        "report": with(report, who),
        "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
    });
    let payload = world.act("agent", "registerComplaint", input).await;
    payload["complaint"]["id"].as_str().expect("an id").to_owned()
}

/// Every moment of the fortnight at which somebody has to hear of something, in order, each at its time.
async fn play_until(world: &World, end: DateTime<Utc>) {
    while let Some(next) = sweep::next(&world.app).await.unwrap().filter(|next| *next <= end) {
        world.app.clock.set(next);
        sweep::tell_due(&world.app).await.unwrap();
    }
    world.app.clock.set(end);
}

on_both! {
    async fn e4_5_1_a_fortnight_through_national_day_ends_as_worked_out_by_hand(world) {
        let mut ids = Vec::new();
        for (number, filed) in (1..).zip(CASES) {
            play_until(&world, local(filed.at)).await;
            ids.push(register(&world, number, filed).await);
        }
        let document = "query($id: ID!) { complaint(id: $id) { clocks { kind dueAt state missedAt }
            timeline(first: 100) { kind occurredAt } } }";
        for (filed, id) in CASES.iter().zip(&ids) {
            let case = world.ask("office head", document, json!({ "id": id })).await;
            let clocks = case["complaint"]["clocks"].as_array().unwrap();
            for (kind, due) in filed.due {
                let clock = clocks.iter().find(|clock| clock["kind"] == *kind).unwrap_or_else(|| panic!("{} has no {kind}", filed.at));
                let found: DateTime<Utc> = clock["dueAt"].as_str().unwrap().parse().unwrap();
                assert_eq!(found, local(due), "{kind} of the case of {}", filed.at);
            }
        }
        // Nobody does anything: two weeks later every promise of the table is broken, each told once, at its very end.
        play_until(&world, local("10-23 18:00")).await;
        for (filed, id) in CASES.iter().zip(&ids) {
            let case = world.ask("office head", document, json!({ "id": id })).await;
            let clocks = case["complaint"]["clocks"].as_array().unwrap();
            let events = case["complaint"]["timeline"].as_array().unwrap();
            for (kind, due) in filed.due {
                let clock = clocks.iter().find(|clock| clock["kind"] == *kind).unwrap();
                let broken: DateTime<Utc> = clock["missedAt"].as_str().unwrap().parse().unwrap();
                assert_eq!(broken, local(due), "{kind} of the case of {}", filed.at);
            }
            let missed: Vec<&Value> = events.iter().filter(|event| event["kind"] == "CLOCK_MISSED").collect();
            assert_eq!(missed.len(), clocks.len(), "each broken promise is told once: {}", filed.at);
        }
    }
}
