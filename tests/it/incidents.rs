//! Incidents and open letters (D4): suggested, confirmed, split, merged, followed; one letter answers them all.

use chrono::TimeDelta;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::World;
use tests::ask::{needed, refusal, told};
use tests::world::with;

async fn file(world: &World, who: &str, home: &str, text: &str) -> String {
    let input = json!({ "unitId": world.id("Unit", home), "report": world.report("WATER", "COMPLAINT", text) });
    world.act(who, "fileComplaint", input).await["complaint"]["id"].as_str().expect("an id").to_owned()
}

/// Two homes without water, confirmed as one incident; the cases and the incident.
async fn dry_town(world: &World, announced: bool) -> (Vec<String>, Value) {
    let cases = vec![
        file(world, "owner", "home", "家里停水了,一点水都没有").await,
        file(world, "neighbour", "other home", "今天早上起来又断水了,水龙头不出水").await,
    ];
    let input = json!({ "siteId": world.id("Site", "site"), "title": "全小区停水", "announced": announced, "complaintIds": cases });
    let payload = world.act("agent", "confirmIncident", input).await;
    (cases, payload["incident"].clone())
}

fn at(incident: &Value, more: Value) -> Value {
    with(more, json!({ "incidentId": incident["id"], "expectedVersion": incident["version"] }))
}

/// A letter drafted by the agent.
async fn drafted(world: &World, incident: &Value, audience: Value) -> Value {
    let letter = with(audience, json!({ "title": "停水说明", "text": "因市政水管抢修,今晚十点恢复供水。" }));
    world.act("agent", "draftOpenLetter", at(incident, json!({ "letter": letter }))).await["openLetter"].clone()
}

fn letter_at(letter: &Value) -> Value {
    json!({ "openLetterId": letter["id"], "expectedVersion": letter["version"] })
}

/// The building in which a home is.
async fn building(world: &World, home: &str) -> String {
    let unit = entity::unit::Entity::find_by_id(world.town.id(home)).one(&world.app.db).await.unwrap();
    format!("Building_{}", unit.expect("a home").building_id.simple())
}

async fn letters(world: &World, who: &str) -> usize {
    let found = world.ask(who, "{ openLetters { nodes { id title } } }", json!({})).await;
    found["openLetters"]["nodes"].as_array().expect("a list").len()
}

async fn reply_clock(world: &World, case: &str) -> Value {
    let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state } openLetters { title text } incident { title } } }";
    let seen = world.ask("supervisor", document, json!({ "id": case })).await["complaint"].clone();
    let clocks = seen["clocks"].as_array().expect("clocks").clone();
    let first = clocks.into_iter().find(|clock| clock["kind"] == "FIRST_REPLY").expect("a reply clock");
    with(json!({ "letters": seen["openLetters"], "incident": seen["incident"] }), first)
}

on_both! {
    async fn d4_like_reports_of_several_units_are_suggested_as_one_incident(world) {
        let ask = "query($s: ID!) { incidentSuggestions(siteId: $s) { complaints { id } } }";
        let site = json!({ "s": world.id("Site", "site") });
        file(&world, "owner", "home", "家里停水了,一点水都没有").await;
        file(&world, "owner", "home", "厨房水龙头滴水").await;
        assert_eq!(world.ask("agent", ask, site.clone()).await["incidentSuggestions"], json!([]), "of one unit only");
        file(&world, "neighbour", "other home", "停水了,水龙头不出水").await;
        let found = world.ask("agent", ask, site.clone()).await["incidentSuggestions"].clone();
        assert_eq!(found[0]["complaints"].as_array().unwrap().len(), 2, "{found}");
        assert_eq!(found.as_array().unwrap().len(), 1, "the dripping tap is another matter");
        assert_eq!(world.error("technician", ask, site.clone()).await, "FORBIDDEN");
        assert_eq!(world.ask("stranger agent", ask, site).await["incidentSuggestions"], json!([]));
    }

    async fn d4_staff_confirm_split_and_merge_and_each_customer_sees_it(world) {
        let (cases, incident) = dry_town(&world, false).await;
        assert_eq!(incident["complaints"].as_array().unwrap().len(), 2);
        let seen = world.case("owner", &cases[0]).await;
        let kinds: Vec<&str> = seen["timeline"].as_array().unwrap().iter().filter_map(|e| e["kind"].as_str()).collect();
        assert!(kinds.contains(&"INCIDENT_JOINED"), "{kinds:?}");
        let again = json!({ "siteId": world.id("Site", "site"), "title": "停水", "complaintIds": [cases[0]] });
        assert_eq!(told(&world.try_to("agent", "confirmIncident", again).await), ("INVALID", "complaintIds"));
        let split = at(&incident, json!({ "title": "5栋单独停水", "complaintIds": [cases[1]] }));
        let other = world.act("agent", "splitIncident", split).await["incident"].clone();
        assert_eq!(other["complaints"].as_array().unwrap().len(), 1);
        let merge = |version: i64| json!({ "incidentId": other["id"], "expectedVersion": other["version"],
            "intoIncidentId": incident["id"], "intoExpectedVersion": version });
        assert_eq!(refusal(&world.try_to("agent", "mergeIncident", merge(1)).await), "STALE");
        let main = world.act("agent", "mergeIncident", merge(2)).await["incident"].clone();
        assert_eq!((main["id"].clone(), main["complaints"].as_array().unwrap().len()), (incident["id"].clone(), 2));
        let ended = world.act("agent", "endIncident", at(&main, json!({}))).await["incident"].clone();
        assert_eq!((ended["state"].clone(), ended["allowedActions"].clone()), (json!("ENDED"), json!(["DRAFT_LETTER"])));
        assert_eq!(refusal(&world.try_to("agent", "endIncident", at(&ended, json!({}))).await), "WRONG_STATE");
    }

    async fn d4_residents_follow_what_is_known_instead_of_filing_again(world) {
        let known = "query($u: ID!) { knownIncidents(unitId: $u) { id title following followers complaints { id } } }";
        let home = json!({ "u": world.id("Unit", "home") });
        let (_, incident) = dry_town(&world, false).await;
        assert_eq!(world.ask("tenant", known, home.clone()).await["knownIncidents"], json!([]), "not made known yet");
        world.act("agent", "announceIncident", at(&incident, json!({ "announced": true }))).await;
        let found = world.ask("tenant", known, home.clone()).await["knownIncidents"].clone();
        assert_eq!(found[0]["title"], "全小区停水");
        assert_eq!(found[0]["complaints"], json!([]), "nobody sees the others' cases by it");
        assert_eq!(world.ask("tenant", known, json!({ "u": world.id("Unit", "other home") })).await["knownIncidents"], json!([]));
        let follow = json!({ "incidentId": incident["id"], "unitId": world.id("Unit", "home") });
        world.act("tenant", "followIncident", follow.clone()).await;
        world.act("tenant", "followIncident", follow.clone()).await;
        let found = world.ask("tenant", known, home).await["knownIncidents"].clone();
        assert_eq!((found[0]["following"].clone(), found[0]["followers"].clone()), (json!(true), json!(null)));
        let read = "query($s: ID!) { incidents(siteId: $s) { nodes { followers } } }";
        let site = json!({ "s": world.id("Site", "site") });
        assert_eq!(world.ask("agent", read, site.clone()).await["incidents"]["nodes"][0]["followers"], 1);
        assert_eq!(told(&world.try_to("neighbour", "followIncident", follow).await), ("NOT_FOUND", "unitId"));
        assert_eq!(world.ask("stranger agent", read, site.clone()).await["incidents"]["nodes"], json!([]));
        world.act("tenant", "unfollowIncident", json!({ "incidentId": incident["id"] })).await;
        assert_eq!(world.ask("agent", read, site).await["incidents"]["nodes"][0]["followers"], 0);
    }

    async fn d4_an_open_letter_by_two_people_answers_every_case_at_once(world) {
        let (cases, incident) = dry_town(&world, true).await;
        let letter = drafted(&world, &incident, json!({ "audience": "ALL" })).await;
        assert_eq!(letters(&world, "tenant").await, 0, "a draft is the office's");
        assert_eq!(world.error("agent", &tests::ask::mutation("publishOpenLetter"), tests::ask::variables(&letter_at(&letter))).await, "FORBIDDEN");
        let revised = json!({ "letter": { "title": "停水说明", "text": "今晚十点恢复供水。", "audience": "ALL" } });
        let letter = world.act("office head", "reviseOpenLetter", with(revised.clone(), letter_at(&letter))).await["openLetter"].clone();
        let own = world.try_to("office head", "publishOpenLetter", letter_at(&letter)).await;
        assert_eq!((refusal(&own), needed(&own)), ("MISSING", vec!["SOMEBODY_ELSE"]), "whoever changed it has written it");
        let letter = world.act("agent", "reviseOpenLetter", with(revised, letter_at(&letter))).await["openLetter"].clone();
        let published = world.act("office head", "publishOpenLetter", letter_at(&letter)).await["openLetter"].clone();
        assert_eq!((published["state"].clone(), published["approvedBy"].clone()), (json!("PUBLISHED"), json!("office head")));
        for case in &cases {
            let answered = reply_clock(&world, case).await;
            assert_eq!(answered["state"], "MET", "C8: it counts as the reply: {answered}");
            assert_eq!(answered["letters"][0]["title"], "停水说明");
        }
        assert_eq!(letters(&world, "tenant").await, 1, "it is for all units");
        assert_eq!(letters(&world, "stranger agent").await, 0);
        let again = world.try_to("office head", "publishOpenLetter", letter_at(&published)).await;
        assert_eq!(refusal(&again), "WRONG_STATE");
    }

    async fn d4_a_letter_reaches_whom_it_is_for_and_who_has_read_it_is_on_record(world) {
        let (_, incident) = dry_town(&world, true).await;
        let nowhere = json!({ "letter": { "title": "说明", "text": "说明", "audience": "UNITS", "placeIds": [] } });
        assert_eq!(told(&world.try_to("agent", "draftOpenLetter", at(&incident, nowhere)).await), ("REQUIRED", "placeIds"));
        let units = json!({ "audience": "UNITS", "placeIds": [world.id("Unit", "home")] });
        let letter = drafted(&world, &incident, units).await;
        world.act("office head", "publishOpenLetter", letter_at(&letter)).await;
        assert_eq!(letters(&world, "wife").await, 1, "of the unit");
        assert_eq!(letters(&world, "neighbour").await, 1, "their case was answered by it");
        let read = json!({ "openLetterId": letter["id"] });
        world.act("wife", "readOpenLetter", read.clone()).await;
        world.pass(TimeDelta::hours(1));
        world.act("wife", "readOpenLetter", read.clone()).await;
        assert_eq!(told(&world.try_to("stranger agent", "readOpenLetter", read).await), ("NOT_FOUND", "openLetterId"));
        let who = "query($l: ID!) { openLetterReadings(openLetterId: $l) { nodes { name readAt } } openLetters { nodes { readCount } } }";
        let seen = world.ask("agent", who, json!({ "l": letter["id"] })).await;
        assert_eq!(seen["openLetterReadings"]["nodes"].as_array().unwrap().len(), 1, "the first time counts: {seen}");
        assert_eq!(seen["openLetterReadings"]["nodes"][0]["name"], "wife");
        assert_eq!(seen["openLetters"]["nodes"][0]["readCount"], 1);
        let theirs = world.ask("wife", "{ openLetters { nodes { readCount draftedBy } } }", json!({})).await;
        assert_eq!(theirs["openLetters"]["nodes"][0], json!({ "readCount": null, "draftedBy": null }));
    }

    async fn d4_a_letter_is_for_some_buildings_and_a_draft_can_be_thrown_away(world) {
        let (_, incident) = dry_town(&world, true).await;
        let theirs = drafted(&world, &incident, json!({ "audience": "BUILDINGS", "placeIds": [building(&world, "other home").await] })).await;
        world.act("office head", "publishOpenLetter", letter_at(&theirs)).await;
        assert_eq!(letters(&world, "tenant").await, 0, "it is for another building");
        let ours = drafted(&world, &incident, json!({ "audience": "BUILDINGS", "placeIds": [building(&world, "home").await] })).await;
        world.act("office head", "publishOpenLetter", letter_at(&ours)).await;
        assert_eq!(letters(&world, "tenant").await, 1, "of the building, without a case");
        let draft = drafted(&world, &incident, json!({ "audience": "ALL" })).await;
        let thrown = world.act("agent", "discardOpenLetter", letter_at(&draft)).await["openLetter"].clone();
        assert_eq!((&thrown["state"], &thrown["allowedActions"]), (&json!("DISCARDED"), &json!([])));
        assert_eq!(refusal(&world.try_to("office head", "publishOpenLetter", letter_at(&thrown)).await), "WRONG_STATE");
        assert_eq!(letters(&world, "tenant").await, 1, "it is never published");
    }

    async fn d4_who_joins_or_follows_after_a_letter_was_published_has_it_as_well(world) {
        let (cases, incident) = dry_town(&world, true).await;
        let split = at(&incident, json!({ "title": "5栋停水", "complaintIds": [cases[1]] }));
        let other = world.act("agent", "splitIncident", split).await["incident"].clone();
        drafted(&world, &other, json!({ "audience": "MEMBERS" })).await;
        let incident = with(json!({ "version": 2 }), json!({ "id": incident["id"] }));
        let letter = drafted(&world, &incident, json!({ "audience": "MEMBERS" })).await;
        world.act("office head", "publishOpenLetter", letter_at(&letter)).await;
        assert_eq!(letters(&world, "neighbour").await, 0, "their case is of another incident");
        let merge = json!({ "incidentId": other["id"], "expectedVersion": other["version"],
            "intoIncidentId": incident["id"], "intoExpectedVersion": 2 });
        world.act("agent", "mergeIncident", merge).await;
        let answered = reply_clock(&world, &cases[1]).await;
        assert_eq!((answered["letters"].as_array().unwrap().len(), answered["state"].clone()), (1, json!("MET")));
        assert_eq!(letters(&world, "neighbour").await, 1);
        let late = file(&world, "owner", "home", "我家也停水了,水龙头不出水").await;
        let add = with(json!({ "complaintIds": [late] }), json!({ "incidentId": incident["id"], "expectedVersion": 3 }));
        world.act("agent", "addToIncident", add).await;
        assert_eq!(reply_clock(&world, &late).await["letters"][0]["title"], "停水说明");
        assert_eq!(letters(&world, "tenant").await, 0);
        let follow = json!({ "incidentId": incident["id"], "unitId": world.id("Unit", "home") });
        world.act("tenant", "followIncident", follow).await;
        assert_eq!(letters(&world, "tenant").await, 1, "they followed it instead of filing");
        let drafts = "{ openLetters { nodes { state version incident { id } } } }";
        let drafts = world.ask("agent", drafts, json!({})).await["openLetters"]["nodes"].clone();
        let carried = json!({ "state": "DRAFT", "version": 2, "incident": { "id": incident["id"] } });
        assert!(drafts.as_array().unwrap().contains(&carried), "the draft went along: {drafts}");
    }

    async fn d4_a_letter_stands_in_the_archive_of_each_follow_up(world) {
        let case = world.resolved().await;
        let input = json!({ "siteId": world.id("Site", "site"), "title": "停水", "complaintIds": [case] });
        let incident = world.act("agent", "confirmIncident", input).await["incident"].clone();
        let letter = drafted(&world, &incident, json!({ "audience": "MEMBERS" })).await;
        world.act("company leader", "publishOpenLetter", letter_at(&letter)).await;
        let archive = "query($id: ID!) { complaint(id: $id) { followUps { openLetters { title } } } }";
        let seen = world.ask("supervisor", archive, json!({ "id": case })).await;
        assert_eq!(seen["complaint"]["followUps"][0]["openLetters"], json!([{ "title": "停水说明" }]));
        assert_eq!(letters(&world, "tenant").await, 1, "a repair is the household's");
        assert_eq!(letters(&world, "neighbour").await, 0, "it is for the members alone");
    }

    async fn c11_a_case_about_an_employee_joins_no_incident(world) {
        let report = with(world.report("SERVICE_QUALITY", "COMPLAINT", "前台骂人"), json!({ "aboutAccountId": world.id("Account", "agent") }));
        let about = world.act("owner", "fileComplaint", json!({ "unitId": world.id("Unit", "home"), "report": report })).await;
        let input = json!({ "siteId": world.id("Site", "site"), "title": "前台", "complaintIds": [about["complaint"]["id"]] });
        assert_eq!(told(&world.try_to("supervisor", "confirmIncident", input.clone()).await), ("INVALID", "complaintIds"));
        assert_eq!(told(&world.try_to("agent", "confirmIncident", input).await), ("NOT_FOUND", "complaintIds"));
    }
}
