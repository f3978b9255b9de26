//! The explorer's tour, as it lies in `api/assets/explorer/tour.graphql`: played in order by the people it names.

use std::collections::HashMap;

use serde_json::{Value, json};
use tests::World;

const TOUR: &str = include_str!("../../api/assets/explorer/tour.graphql");
/// Who asks each step after the first, which is the sign-in, and before the last, which is the stream.
const CAST: [&str; 9] = ["owner", "owner", "agent", "head", "leader", "technician", "owner", "head", "owner"];

/// What the page of the explorer does: the variables of a step, with what was kept filled in.
fn fill(value: &Value, kept: &HashMap<String, Value>) -> Value {
    match value {
        Value::String(text) if text.starts_with('<') => {
            kept.get(text.trim_matches(['<', '>'])).unwrap_or_else(|| panic!("nothing gives {text}")).clone()
        }
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), fill(value, kept))).collect(),
        other => other.clone(),
    }
}

fn steps() -> Vec<&'static str> {
    let starts: Vec<usize> = TOUR
        .match_indices("\n# ")
        .filter(|(at, _)| TOUR[at + 3..].starts_with(|letter: char| letter.is_ascii_digit()))
        .map(|(at, _)| at + 1)
        .collect();
    let ends = starts.iter().skip(1).copied().chain([TOUR.len()]);
    starts.iter().zip(ends).map(|(from, to)| &TOUR[*from..to]).collect()
}

fn said<'a>(step: &'a str, what: &str) -> Vec<&'a str> {
    step.lines().filter_map(|line| line.strip_prefix("# ")?.strip_prefix(what)).collect()
}

fn variables(step: &str, kept: &HashMap<String, Value>) -> Value {
    let text = said(step, "variables: ").first().copied().unwrap_or("{}");
    fill(&serde_json::from_str(text).expect("variables in JSON"), kept)
}

fn found(data: &Value, path: &str) -> Value {
    path.split('.')
        .fold(data, |value, part| match (part.split_once('='), part.parse::<usize>()) {
            (Some((field, wanted)), _) => value.as_array().unwrap().iter().find(|item| item[field] == wanted).unwrap(),
            (None, Ok(position)) => &value[position],
            (None, Err(_)) => &value[part],
        })
        .clone()
}

async fn play(world: &World, who: &str, step: &str, kept: &mut HashMap<String, Value>) {
    let data = world.ask(who, step, variables(step, kept)).await;
    for payload in data.as_object().unwrap().values() {
        assert!(payload.get("errors").is_none_or(|errors| *errors == json!([])), "{step}\n{payload}");
    }
    for line in said(step, "keeps ") {
        let (name, path) = line.split_once(": ").unwrap();
        kept.insert(name.to_owned(), found(&data, path));
    }
}

on_both! {
    async fn the_tour_of_the_explorer_is_right_in_every_step(world) {
        let steps = steps();
        assert_eq!(steps.len(), CAST.len() + 2, "the tour has steps that nobody plays");
        let mut kept = HashMap::from([
            ("TECHNICIAN.id".to_owned(), json!(world.id("Account", "technician"))),
            ("TECHNICIAN.teamId".to_owned(), json!(world.id("Team", "plumbers"))),
        ]);
        let sign_in = world.response("", steps[0], variables(steps[0], &kept)).await;
        assert_eq!(sign_in["data"]["signIn"]["errors"][0]["code"], "INVALID_CREDENTIALS", "{sign_in}");
        let cursor = world.ask("owner", "{ viewer { cursor } }", json!({})).await["viewer"]["cursor"].clone();
        for (step, who) in steps[1..].iter().zip(CAST) {
            play(&world, who, step, &mut kept).await;
        }
        let mut following = variables(steps[10], &kept);
        following["after"] = cursor;
        let stream = world.request("owner", steps[10], following).await;
        let mut items = std::pin::pin!(world.schema.execute_stream(stream));
        let first = futures_util::StreamExt::next(&mut items).await.unwrap();
        assert!(first.errors.is_empty(), "{first:?}");
    }
}
