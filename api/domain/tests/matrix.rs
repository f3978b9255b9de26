//! Every machine as one reviewed text: who may do what and when, and what comes of it.

use std::fmt::Write;

use domain::follow_up::attempt::Tries;
use domain::price::Pricing;
use domain::quote;
use domain::refusal::Refusal;
use domain::standing::{Permission, Standing};
use domain::undertaking::Summary;
use domain::work_order::Price;
use domain::{complaint, follow_up, work_order};

use crate::people::EVERYBODY;
use crate::world::FREE;

/// What a machine needs to show of itself.
struct Machine<'a, State: 'static, Action: 'static> {
    states: &'static [State],
    actions: &'static [Action],
    permission: fn(Action) -> Permission<State>,
    /// Decides the act in each situation; a later situation is shown where it differs from the first.
    situations: &'a [(&'a str, Decide<'a, State, Action>)],
}

type Decide<'a, State, Action> = &'a dyn Fn(State, Action, &Standing) -> Result<String, Refusal>;

impl<State: Copy + std::fmt::Debug, Action: Copy + std::fmt::Debug> Machine<'_, State, Action> {
    fn table(&self) -> String {
        let mut text = String::new();
        let width = self.actions.iter().map(|action| format!("{action:?}").len()).max().unwrap_or(0);
        writeln!(text, "WHO MAY DO WHAT, AND WHEN").unwrap();
        for action in self.actions {
            let row = (self.permission)(*action);
            writeln!(text, "{:width$}  who  {}", format!("{action:?}"), list(row.who.iter().map(|who| who.name())))
                .unwrap();
            writeln!(text, "{:width$}  when {}", "", list(row.states.iter().map(|state| format!("{state:?}"))))
                .unwrap();
        }
        let mut shown = Vec::new();
        for (situation, decide) in self.situations {
            writeln!(text, "\nWHAT COMES OF IT: {situation}").unwrap();
            let mut lines = Vec::new();
            for state in self.states {
                let mut refused = Vec::new();
                for action in self.actions {
                    match decide(*state, *action, &EVERYBODY) {
                        Err(Refusal::WrongState { .. }) => refused.push(format!("{action:?}")),
                        Err(refusal) => lines.push(format!("{state:?} + {action:?} -> refused: {refusal:?}")),
                        Ok(change) => lines.push(format!("{state:?} + {action:?} -> {change}")),
                    }
                }
                lines.push(format!("{state:?} + not possible: {}", list(refused)));
            }
            for line in lines.iter().filter(|line| !shown.contains(*line)) {
                let (state, rest) = line.split_once(" + ").unwrap();
                let (action, result) = rest.split_once(" -> ").unwrap_or((rest, ""));
                writeln!(text, "{}", format!("{state:18}  {action:width$}  {result}").trim_end()).unwrap();
            }
            if shown.is_empty() {
                shown = lines;
            }
        }
        text
    }
}

fn list<T: Into<String>>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(Into::into).collect::<Vec<String>>().join(", ")
}

fn owner(post: Option<domain::ownership::Post>) -> String {
    post.map_or_else(|| "owner stays".to_owned(), |post| format!("owner {post:?}"))
}

fn after_complaint(change: &complaint::Change) -> String {
    let outcome = change.outcome.map(|outcome| format!("outcome {outcome:?}"));
    let effects = change.effects.iter().map(|effect| format!("{effect:?}"));
    list([format!("{:?}", change.state), owner(change.owner)].into_iter().chain(outcome).chain(effects))
}

/// A quote waits for its answer.
const ASKED: complaint::Price = complaint::Price { billable: true, open_quotes: 1 };

/// A known customer's case of two items, about which nothing is outstanding.
const PLAIN: complaint::Facts = complaint::Facts {
    state: complaint::State::Received,
    anonymous: false,
    unfinished_orders: 0,
    orders_with_open_copies: 0,
    follow_up: None,
    result_written: false,
    rated: false,
    items: 2,
    price: complaint::Price { billable: true, open_quotes: 0 },
    undertakings: Summary { remedy_offered: false, unanswered: 0, promised: 0 },
};

/// The customer was offered a remedy.
const OFFERED: Summary = Summary { remedy_offered: true, unanswered: 0, promised: 0 };

/// Another department has a task, the customer a promise, and a remedy was offered.
const OWED: Summary = Summary { remedy_offered: true, unanswered: 1, promised: 1 };

#[test]
fn a0_the_table_of_a_complaint() {
    let situation = |facts: complaint::Facts| {
        move |state, action, standing: &Standing| {
            let facts = complaint::Facts { state, ..facts.clone() };
            complaint::decide(&facts, action, standing).map(|change| after_complaint(&change))
        }
    };
    let signed = complaint::Facts { follow_up: Some(follow_up::State::Signed), ..PLAIN };
    let machine = Machine {
        states: complaint::State::ALL,
        actions: complaint::Action::ALL,
        permission: complaint::permission,
        situations: &[
            ("a known customer, two items, no work orders, no follow-up yet", &situation(PLAIN)),
            ("… with one item, already rated", &situation(complaint::Facts { items: 1, rated: true, ..PLAIN })),
            ("… with an unfinished work order", &situation(complaint::Facts { unfinished_orders: 1, ..PLAIN })),
            ("… with the follow-up signed", &situation(signed.clone())),
            (
                "… with the follow-up signed, a copy not acknowledged",
                &situation(complaint::Facts { orders_with_open_copies: 1, ..signed }),
            ),
            ("… with a quote not answered", &situation(complaint::Facts { price: ASKED, ..PLAIN })),
            ("… with a task and a promise open", &situation(complaint::Facts { undertakings: OWED, ..PLAIN })),
            ("… with a remedy offered", &situation(complaint::Facts { undertakings: OFFERED, ..PLAIN })),
            ("… anonymous", &situation(complaint::Facts { anonymous: true, ..PLAIN })),
            (
                "… anonymous, with the result written",
                &situation(complaint::Facts { anonymous: true, result_written: true, ..PLAIN }),
            ),
        ],
    };
    let end = |satisfied| after_complaint(&complaint::after_follow_up(satisfied));
    let text = format!(
        "{}\nAFTER ITS FOLLOW-UP\nsatisfied     {}\ndissatisfied  {}\n",
        machine.table(),
        end(true),
        end(false)
    );
    insta::assert_snapshot!("complaint", text);
}

#[test]
fn a0_the_table_of_a_work_order() {
    let situation = |open_copies, price, accepted| {
        move |state, action, standing: &Standing| {
            let held_from = Some(work_order::State::Arrived);
            let (anonymous, public_area) = (false, false);
            let facts = work_order::Facts { state, held_from, accepted, anonymous, public_area, open_copies, price };
            work_order::decide(&facts, action, standing).map(|change| {
                let reopened = change.reopened.then(|| "reopened".to_owned());
                let kept = change.acceptance == work_order::Acceptance::Kept;
                let acceptance = (!kept).then(|| format!("acceptance {:?}", change.acceptance));
                let all = [format!("{:?}", change.state), owner(change.owner)];
                list(all.into_iter().chain(reopened).chain(acceptance))
            })
        }
    };
    let machine = Machine {
        states: work_order::State::ALL,
        actions: work_order::Action::ALL,
        permission: work_order::permission,
        situations: &[
            ("held on site, both copies open", &situation(2, FREE, true)),
            ("… not accepted", &situation(2, FREE, false)),
            ("… with the last copy open", &situation(1, FREE, true)),
            ("… quoted, no quote accepted", &situation(2, Price { pricing: Pricing::Quoted, ..FREE }, true)),
            ("… to be quoted on site", &situation(2, Price { pricing: Pricing::QuoteOnSite, ..FREE }, true)),
            ("… free, extra work quoted and not answered", &situation(2, Price { open_quotes: 1, ..FREE }, true)),
            (
                "… quoted and accepted",
                &situation(2, Price { pricing: Pricing::Quoted, accepted_quotes: 1, ..FREE }, true),
            ),
        ],
    };
    insta::assert_snapshot!("work_order", machine.table());
}

#[test]
fn d2_the_table_of_a_follow_up() {
    let situation = |tries| {
        move |state, action, standing: &Standing| {
            follow_up::decide(follow_up::Facts { state, tries }, action, standing)
                .map(|change| list([format!("{:?}", change.state), owner(change.owner)]))
        }
    };
    let machine = Machine {
        states: follow_up::State::ALL,
        actions: follow_up::Action::ALL,
        permission: follow_up::permission,
        situations: &[
            ("never tried", &situation(Tries::default())),
            ("… the customer has moved away", &situation(Tries { moved_away: true, ..Tries::default() })),
        ],
    };
    insta::assert_snapshot!("follow_up", machine.table());
}

#[test]
fn c6_the_table_of_a_quote() {
    let situation = |work_open, other_open| {
        move |state, action, standing: &Standing| {
            quote::decide(quote::Facts { state, routed: true, work_open, other_open }, action, standing)
                .map(|state| format!("{state:?}"))
        }
    };
    let machine = Machine {
        states: quote::State::ALL,
        actions: quote::Action::ALL,
        permission: quote::permission,
        situations: &[
            ("a department is responsible, the work is open", &situation(true, false)),
            ("… the work is done or cancelled", &situation(false, false)),
            ("… another quote waits for its answer", &situation(true, true)),
        ],
    };
    insta::assert_snapshot!("quote", machine.table());
}
