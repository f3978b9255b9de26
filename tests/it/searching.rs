//! Searching the register (A2): by number, people, places and words, ranked, within what may be seen.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::World;
use tests::world::with;

/// What somebody finds: by what, and the number of the case.
async fn found(world: &World, who: &str, text: &str) -> Vec<(String, String)> {
    page(world, who, text, json!({ "first": 100 })).await.0
}

async fn page(world: &World, who: &str, text: &str, page: Value) -> (Vec<(String, String)>, Value) {
    let document = "query($text: String!, $page: PageInput) { search(text: $text, page: $page) {
        nodes { foundBy complaint { number } } pageInfo { hasNextPage endCursor } } }";
    let answer = world.ask(who, document, json!({ "text": text, "page": page })).await["search"].clone();
    let at = |node: &Value, path: &str| node.pointer(path).and_then(Value::as_str).expect("a word").to_owned();
    let nodes = answer["nodes"].as_array().expect("a list");
    let found = nodes.iter().map(|node| (at(node, "/foundBy"), at(node, "/complaint/number"))).collect();
    (found, answer["pageInfo"].clone())
}

/// The front desk registers for somebody; the number.
async fn register(world: &World, name: &str, phone: &str, place: &str, text: &str) -> String {
    let input = json!({
        "siteId": world.id("Site", "site"), "channel": "VISIT",
        "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
        "report": with(world.report("CLEANING", "COMPLAINT", text), json!({
            "place": place, "contactName": name, "contactPhone": phone })),
    });
    let payload = world.act("agent", "registerComplaint", input).await;
    world.pass(TimeDelta::minutes(1));
    payload["number"].as_str().expect("a number").to_owned()
}

fn hits(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(by, number)| ((*by).to_owned(), (*number).to_owned())).collect()
}

on_both! {
    async fn a2_what_is_found_stands_by_number_person_place_words_and_then_the_newest_first(world) {
        let first = register(&world, "王小明", "13800001111", "3栋电梯厅", "地面有积水").await;
        let second = register(&world, "李电梯", "13800002222", "南门", "垃圾桶满了").await;
        let third = register(&world, "张三", "13800003333", "5栋大堂", "电梯里有异味").await;
        let fourth = register(&world, "赵六", "13800004444", "5栋大堂", "电梯又停了").await;
        assert_eq!(found(&world, "agent", "电梯").await,
            hits(&[("PERSON", &second), ("PLACE", &first), ("WORDS", &fourth), ("WORDS", &third)]));
        assert_eq!(found(&world, "agent", &first).await[0], ("NUMBER".to_owned(), first.clone()));
        assert_eq!(found(&world, "agent", "3").await[0], ("NUMBER".to_owned(), third.clone()), "the end of a number");
        assert_eq!(found(&world, "agent", "13800002222").await, hits(&[("PERSON", &second)]));
        assert_eq!(found(&world, "agent", "4444").await, hits(&[("PERSON", &fourth)]), "the last four digits");
        assert_eq!(found(&world, "agent", "电梯异味").await, hits(&[("MOST_WORDS", &third)]), "all pairs but one");
        assert_eq!(found(&world, "agent", "水表").await, hits(&[]));
        assert_eq!(found(&world, "agent", "。！").await, hits(&[]));
    }

    async fn a2_pages_go_on_where_the_last_one_ended_and_show_each_case_once(world) {
        let mut numbers = Vec::new();
        for (place, text) in [("电梯口", "灯坏了"), ("大堂", "电梯坏了"), ("电梯旁", "地滑"), ("南门", "电梯停了"), ("北门", "电梯脏")] {
            numbers.push(register(&world, "王小明", "13800001111", place, text).await);
            // One falls into each look: the last month, the last year, before.
            world.pass(TimeDelta::days(170));
        }
        let whole = found(&world, "agent", "电梯").await;
        let expected: Vec<String> = [2, 0, 4, 3, 1].iter().map(|index| numbers[*index].clone()).collect();
        assert_eq!(whole.iter().map(|(_, number)| number.clone()).collect::<Vec<_>>(), expected);
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        loop {
            let (some, info) = page(&world, "agent", "电梯", json!({ "first": 2, "after": after })).await;
            seen.extend(some);
            if info["hasNextPage"] == json!(false) {
                break;
            }
            after = info["endCursor"].clone();
        }
        assert_eq!(seen, whole);
        let bad = "{ search(text: \"电梯\", page: { after: \"nonsense\" }) { nodes { foundBy } } }";
        assert_eq!(world.error("agent", bad, json!({})).await, "BAD_CURSOR");
    }

    async fn a2_people_are_found_by_those_only_who_may_see_who_they_are(world) {
        let number = register(&world, "欧阳修文", "13800005555", "南门", "垃圾桶满了").await;
        assert_eq!(found(&world, "supervisor", "欧阳").await, hits(&[("PERSON", &number)]));
        assert_eq!(found(&world, "office head", "欧阳").await, hits(&[]), "the name is masked for them");
        assert_eq!(found(&world, "office head", "13800005555").await, hits(&[]));
        assert_eq!(found(&world, "office head", "垃圾").await, hits(&[("WORDS", &number)]), "the case is not");
        let named = register(&world, "欧阳修文", "13800005555", "北门", "欧阳先生说门坏了").await;
        assert_eq!(found(&world, "office head", "欧阳").await, hits(&[("WORDS", &named)]));
        assert_eq!(found(&world, "supervisor", "欧阳").await, hits(&[("PERSON", &named), ("PERSON", &number)]), "each once");
    }

    async fn a2_nothing_is_found_outside_what_may_be_seen(world) {
        let number = register(&world, "王小明", "13800001111", "3栋电梯厅", "电梯有异味").await;
        world.dripping_tap().await;
        assert_eq!(found(&world, "stranger leader", "电梯").await, hits(&[]));
        assert_eq!(found(&world, "stranger agent", &number).await, hits(&[]));
        assert_eq!(found(&world, "head", "电梯").await, hits(&[]), "another department's, not dispatched");
        assert_eq!(found(&world, "neighbour", "滴水").await, hits(&[]));
        assert_eq!(found(&world, "owner", "滴水").await.len(), 1, "a customer finds their own");
        assert_eq!(found(&world, "company leader", "电梯").await.len(), 1);
        assert_eq!(found(&world, "administrator", "电梯").await, hits(&[]));
    }

    async fn a2_what_is_added_later_is_found_as_well(world) {
        let case = world.dripping_tap().await;
        assert_eq!(found(&world, "agent", "橱柜").await, hits(&[]));
        world.on_case("owner", "addToComplaint", &case, json!({ "text": "橱柜也泡坏了" })).await;
        assert_eq!(found(&world, "agent", "橱柜").await.len(), 1);
        assert_eq!(found(&world, "agent", "滴水").await.len(), 1, "and what it was found by before");
    }
}
