//! Prices and quotes: totals are exact, whatever the lines are, and nobody but the customer accepts.

use chrono::DateTime;
use domain::money::{Money, Quantity};
use domain::organization::Role;
use domain::quote::{Action, Content, Facts, Fault, Grounds, Line, State, decide, method, state_at, total};
use domain::refusal::{Refusal, Requirement};
use domain::standing::{Standing, Who};
use proptest::prelude::*;

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line =
        (any::<bool>(), 0..5_000_000_i64, 1..200_000_i64, 0..=100_i64).prop_map(|(listed, price, quantity, off)| {
            let (unit_price, quantity) = (Money::from_fen(price), Quantity::from_thousandths(quantity));
            let full = unit_price.times(quantity).unwrap_or(Money::ZERO);
            let discount = Money::from_fen(full.fen() * off / 100);
            let discount_reason = (discount > Money::ZERO).then(|| "老客户".to_owned());
            let (name, unit) = ("疏通".to_owned(), "次".to_owned());
            Line { listed, name, unit, unit_price, quantity, discount, discount_reason }
        });
    prop::collection::vec(line, 1..20)
}

fn content(lines: &[Line], total: Money) -> Content<'_> {
    Content {
        number: "LY-Q2026-000001",
        revision: 1,
        complaint: "LY-2026-000001",
        work_order: None,
        lines,
        total,
        note: None,
        valid_until: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn e4_2_1_a_total_is_exactly_the_sum_of_what_is_written_above_it(lines in lines()) {
        let Ok(total) = total(&lines) else {
            prop_assert_eq!(total(&lines), Err(Fault::TooMuch));
            return Ok(());
        };
        let written = content(&lines, total).canonical().unwrap();
        let shown = written["lines"].as_array().unwrap().iter();
        let sum: Money = shown.map(|line| Money::parse(line["amount"].as_str().unwrap()).unwrap()).sum();
        prop_assert_eq!(sum, total);
        prop_assert_eq!(written["total"].as_str().unwrap(), total.to_string());
        for line in &lines {
            // Half up: what is shown is never more than half a fen from what was asked.
            let exact = i128::from(line.unit_price.fen()) * i128::from(line.quantity.thousandths());
            let shown = i128::from((line.amount().unwrap() + line.discount).fen()) * 1000;
            prop_assert!((shown - exact) * 2 <= 1000 && (exact - shown) * 2 < 1000);
        }
    }

    #[test]
    fn money_is_read_back_as_it_was_written(fen in -99_999_999_999_999..=99_999_999_999_999_i64) {
        prop_assert_eq!(Money::parse(&Money::from_fen(fen).to_string()), Some(Money::from_fen(fen)));
    }

    #[test]
    fn whatever_is_changed_in_a_quote_changes_its_content(lines in lines(), at in any::<prop::sample::Index>()) {
        let Ok(total) = total(&lines) else { return Ok(()) };
        let before = content(&lines, total).canonical().unwrap().to_string();
        let mut other = lines.clone();
        other[at.index(lines.len())].name.push('!');
        prop_assert_ne!(content(&other, total).canonical().unwrap().to_string(), before.clone());
        prop_assert_ne!(Content { note: Some("x"), ..content(&lines, total) }.canonical().unwrap().to_string(), before);
    }

    #[test]
    fn c6_what_is_off_the_list_or_above_the_limit_goes_to_the_head_first(lines in lines(), limit in 0..10_000_000_i64, before in 0..10_000_000_i64) {
        let Ok(total) = total(&lines) else { return Ok(()) };
        let (limit, before) = (Money::from_fen(limit), Money::from_fen(before));
        let asks = lines.iter().any(|line| !line.listed) || total + before > limit;
        let first = Grounds::of(&lines, total, before, limit).first_state();
        prop_assert_eq!(first, if asks { State::AwaitingApproval } else { State::Offered });
    }
}

#[test]
fn e4_2_1_a_discount_says_why_and_is_not_more_than_the_line() {
    let line = |discount: &str, why: Option<&str>| Line {
        listed: true,
        name: "疏通".to_owned(),
        unit: "次".to_owned(),
        unit_price: Money::parse("80.00").unwrap(),
        quantity: Quantity::parse("1").unwrap(),
        discount: Money::parse(discount).unwrap(),
        discount_reason: why.map(str::to_owned),
    };
    assert_eq!(line("10.00", None).amount(), Err(Fault::ReasonMissing));
    assert_eq!(line("80.01", Some("x")).amount(), Err(Fault::DiscountTooLarge));
    assert_eq!(line("-0.01", Some("x")).amount(), Err(Fault::DiscountTooLarge));
    assert_eq!(line("10.00", Some("老客户")).amount(), Ok(Money::parse("70.00").unwrap()));
}

#[test]
fn e4_2_1_an_offer_runs_out_and_nobody_accepts_in_the_customers_place() {
    let end = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let later = DateTime::from_timestamp(1_800_000_001, 0).unwrap();
    assert_eq!(state_at(State::Offered, end, end), State::Offered);
    assert_eq!(state_at(State::Offered, end, later), State::Expired);
    assert_eq!(state_at(State::Accepted, end, later), State::Accepted);
    let facts = |state| Facts { state, routed: true, work_open: true, other_open: false };
    let filer = Standing(vec![Who::Filer]);
    let expired = decide(facts(State::Expired), Action::Accept, &filer);
    assert!(matches!(expired, Err(Refusal::WrongState { .. })));
    let technician = Standing(vec![Who::Holder(Role::Technician)]);
    assert_eq!(method(&technician, false, false), Err(Refusal::Missing(Requirement::CustomersWord)));
    assert!(method(&technician, true, false).is_ok() && method(&filer, false, false).is_ok());
    let supervisor = Standing(vec![Who::Holder(Role::CustomerServiceSupervisor)]);
    let approve = |routed| {
        let facts = Facts { routed, ..facts(State::AwaitingApproval) };
        decide(facts, Action::Approve, &supervisor)
    };
    assert_eq!(approve(false), Ok(State::Offered), "C6: until it is dispatched the case is customer service's");
    assert!(matches!(approve(true), Err(Refusal::NotYours { .. })));
}
