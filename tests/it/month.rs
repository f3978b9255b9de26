//! A month of a community of 2,000 units, with a moved clock and seeded dice: staff miss, refuse, fall ill and hand on;
//! customers reopen, are away and stay unknown. At its end every case has an owner, an outcome, an answer in the form of its
//! channel, and a follow-up or a written result; and the queries name what was planted to go wrong, and nothing else.

mod community;
mod plots;

use std::collections::{BTreeMap, BTreeSet};

use api::clock::sweep;
use chrono::{DateTime, Utc};
use domain::complaint::{Channel, ReplyForm};
use entity::{account, complaint, event, follow_up, reply};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::World;

use plots::{Play, Stage};

/// What went wrong: which case, and which promise.
type Failures = BTreeSet<(String, String)>;

/// Every moment until an end at which somebody has to hear of something, each at its time.
async fn tell_until(world: &World, end: DateTime<Utc>) {
    loop {
        let clock = sweep::next(&world.app).await.unwrap();
        let opinion = api::opinion::sweep::next(&world.app).await.unwrap();
        let Some(next) = [clock, opinion].into_iter().flatten().min().filter(|next| *next <= end) else { break };
        world.app.clock.set(next);
        sweep::tell_due(&world.app).await.unwrap();
        api::opinion::sweep::tell_due(&world.app).await.unwrap();
    }
    world.app.clock.set(end);
}

/// Plays all moves of all cases in one order of time.
async fn play(stage: &mut Stage, plays: &[Play]) {
    let mut order: Vec<(DateTime<Utc>, usize, usize)> = Vec::new();
    for (play, script) in plays.iter().enumerate() {
        order.extend(script.moves.iter().enumerate().map(|(step, (at, _))| (*at, play, step)));
    }
    order.sort_unstable();
    for (at, play, step) in order {
        tell_until(&stage.world, at).await;
        Box::pin(stage.play(&plays[play], play, &plays[play].moves[step].1)).await;
    }
}

/// All pages of a list.
async fn all(world: &World, list: &str, filter: &str, fields: &str) -> Vec<Value> {
    let document = format!(
        "query($after: String) {{ {list}({filter}page: {{ first: 50, after: $after }}) {{
        nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let (mut after, mut found) = (json!(null), Vec::new());
    loop {
        let page = world.ask("company leader", &document, json!({ "after": after })).await[list].clone();
        found.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Which promises of which cases were broken, as the cases say.
async fn broken(world: &World) -> Failures {
    let cases = all(world, "complaints", "", "number clocks { kind state dueAt }").await;
    let now = world.now();
    let mut failures = Failures::new();
    for case in &cases {
        for clock in case["clocks"].as_array().unwrap() {
            let due: DateTime<Utc> = text(&clock["dueAt"]).parse().unwrap();
            if clock["state"] == "MISSED" || (clock["state"] == "RUNNING" && due < now) {
                failures.insert((text(&case["number"]), text(&clock["kind"])));
            }
        }
    }
    failures
}

/// What is owed in writing is answered in writing, and everybody else has an answer of some kind (C8).
fn is_answered(case: &complaint::Model, events: &[&event::Model]) -> bool {
    use domain::event::Kind as Event;
    if case.anonymous {
        return case.written_result.is_some();
    }
    let written = domain::clock::promise::is_written(case.channel);
    events.iter().any(|event| match event.kind {
        Event::CustomerReplied => !written || event.data["form"] == "LETTER",
        Event::ComplaintAccepted | Event::ComplaintResolved | Event::ProgressReported => !written,
        _ => false,
    })
}

/// Each answer is in a form that fits the channel, and those who spoke to us had some by telephone and some in the app (C8).
async fn check_answers(world: &World) {
    let cases = complaint::Entity::find().all(&world.app.db).await.unwrap();
    let mut spoken = Vec::new();
    for reply in reply::Entity::find().all(&world.app.db).await.unwrap() {
        let case = cases.iter().find(|case| case.id == reply.complaint_id).unwrap();
        let fits = domain::reply::default_forms(case.channel).contains(&reply.form);
        assert!(fits, "{} is answered by {:?}", case.number, reply.form);
        if case.channel == Channel::App {
            spoken.push(reply.form);
        }
    }
    assert!(spoken.contains(&ReplyForm::Phone) && spoken.contains(&ReplyForm::App), "{spoken:?}");
}

/// Which follow-ups are owed, held and missing (D5).
async fn coverage(world: &World, end: DateTime<Utc>) -> Value {
    let document =
        "query($s: ID!, $from: DateTime!, $to: DateTime!) { followUpCoverage(siteId: $s, from: $from, to: $to) {
        owed done missing { nodes { number } } } }";
    let span = json!({ "s": world.id("Site", "site"), "from": "2026-03-01T00:00:00Z", "to": end });
    world.ask("office head", document, span).await["followUpCoverage"].clone()
}

/// Every case but the forgotten has what it needs (A0, C8, C10, D5, D7).
async fn check_ends(world: &World, forgotten: &BTreeSet<String>) -> usize {
    use domain::complaint::State;
    let db = &world.app.db;
    let cases = complaint::Entity::find().all(db).await.unwrap();
    let events = event::Entity::find().all(db).await.unwrap();
    let follow_ups = follow_up::Entity::find().all(db).await.unwrap();
    let accounts: BTreeMap<_, _> =
        account::Entity::find().all(db).await.unwrap().into_iter().map(|account| (account.id, account)).collect();
    for case in &cases {
        assert!(accounts.contains_key(&case.owner_account_id), "{} has an owner (A0)", case.number);
        let of_case: Vec<&event::Model> = events.iter().filter(|event| event.complaint_id == case.id).collect();
        assert!(of_case.iter().all(|event| !event.owner_name.is_empty()), "{}: at every step (A0)", case.number);
        if forgotten.contains(&case.number) {
            assert_ne!(case.state, State::Archived, "{} was forgotten", case.number);
            continue;
        }
        assert_eq!(case.state, State::Archived, "{}", case.number);
        assert!(case.outcome.is_some() && case.result.is_some(), "{} has an outcome and its words", case.number);
        assert!(is_answered(case, &of_case), "{} has an answer in the form of {:?}", case.number, case.channel);
        let signed = follow_ups.iter().any(|follow_up| {
            follow_up.complaint_id == case.id
                && follow_up.closing
                && follow_up.state == domain::follow_up::State::Signed
        });
        assert_eq!(signed, !case.anonymous, "{}: a follow-up (C10), or the written result (D7)", case.number);
    }
    cases.len()
}

on_both! {
    async fn d5_a_month_of_two_thousand_units_ends_with_an_outcome_and_an_echo_for_each_and_names_what_went_wrong(world) {
        let mut world = world;
        let homes = community::settle(&mut world, 2000, 110).await;
        let (plays, planted) = plots::written(&world, &homes).await;
        let mut stage = Stage::new(world, plays.len());
        play(&mut stage, &plays).await;
        // The last evening of the month.
        let end = "2026-03-31T12:00:00Z".parse().unwrap();
        tell_until(&stage.world, end).await;
        let numbers = stage.numbers().await;
        let named = |wanted: &[(usize, &str)]| -> Failures {
            wanted.iter().map(|(play, kind)| (numbers[play].clone(), (*kind).to_owned())).collect()
        };
        let world = &stage.world;
        let forgotten: BTreeSet<String> = planted.forgotten.iter().map(|play| numbers[play].clone()).collect();
        assert_eq!(check_ends(world, &forgotten).await, plays.iter().filter(|play| play.is_case).count());
        assert_eq!(broken(world).await, named(&planted.broken), "the promises that were planted to break, and no other");
        let late = all(world, "dueWork", "filter: { overdueOnly: true }, ", "kind complaint { number }").await;
        let late: Failures = late.iter().map(|clock| (text(&clock["complaint"]["number"]), text(&clock["kind"]))).collect();
        assert_eq!(late, named(&planted.overdue), "what is late now is in one list");
        let promises = all(world, "undertakings", "filter: { brokenOnly: true }, ", "number kind").await;
        let promises: Failures = promises.iter().map(|one| (text(&one["number"]), text(&one["kind"]))).collect();
        assert_eq!(promises, named(&planted.promises), "the broken commitments (C6)");
        let opinions = all(world, "opinions", "filter: { brokenOnly: true }, ", "number").await;
        let opinions: BTreeSet<String> = opinions.iter().map(|one| text(&one["number"])).collect();
        let wanted: BTreeSet<String> = planted.opinions.iter().map(|play| stage.opinion(*play)).collect();
        assert_eq!(opinions, wanted, "the late opinions (B1)");
        let open = all(world, "complaints", "filter: { states: [RECEIVED, DISPATCHED, ASSIGNED, IN_PROGRESS, RESOLVED, FOLLOWED_UP] }, ", "number").await;
        assert_eq!(open.iter().map(|case| text(&case["number"])).collect::<BTreeSet<_>>(), forgotten, "what is not at its end");
        check_answers(world).await;
        let cases = complaint::Entity::find().all(&world.app.db).await.unwrap();
        // Of those who stay unknown none is owed (D7), nor of what nobody has resolved.
        let owed = cases.iter().filter(|case| !case.anonymous).count() - (planted.forgotten.len() - planted.unasked.len());
        let missing: Vec<Value> = planted.unasked.iter().map(|play| json!({ "number": numbers[play] })).collect();
        let wanted = json!({ "owed": owed, "done": owed - missing.len(), "missing": { "nodes": missing } });
        assert_eq!(coverage(world, end).await, wanted, "the follow-ups (D5)");
        assert_eq!(cases.iter().filter(|case| case.reopened_count > 0).count(), planted.reopened, "customers who were not content");
        let passed = world.ask("administrator", "{ auditTrail(filter: { kinds: [HANDED_OVER] }) { nodes { kind } } }", json!({})).await;
        assert_eq!(passed["auditTrail"]["nodes"].as_array().unwrap().len(), 1, "whoever fell ill handed on what they had");
        assert_eq!(world.recounted().await, cases.len() as u64, "figures, rows and log say the same");
    }
}
