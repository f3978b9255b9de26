//! How long it takes to decide an act, to say what somebody may do, and to count what a case changes in the figures.
//! `cargo bench -p domain --bench decisions` runs it.

use std::hint::black_box;

use criterion::Criterion;
use domain::clock::State as Clock;
use domain::complaint::{self, Action, Outcome, Price, State};
use domain::figure::{Counts, Facts, Figure, Indicator, may_change};
use domain::follow_up;
use domain::organization::Role;
use domain::standing::{Standing, Who};
use domain::undertaking::Summary;

fn case(state: State) -> complaint::Facts {
    complaint::Facts {
        state,
        anonymous: false,
        unfinished_orders: 0,
        orders_with_open_copies: 0,
        follow_up: Some(follow_up::State::Signed),
        result_written: false,
        rated: false,
        items: 2,
        price: Price { billable: true, open_quotes: 0 },
        undertakings: Summary::default(),
    }
}

fn rules(criterion: &mut Criterion) {
    let head = Standing(vec![Who::Owner, Who::Holder(Role::DepartmentHead)]);
    let cases: Vec<complaint::Facts> = State::ALL.iter().copied().map(case).collect();
    let mut group = criterion.benchmark_group("the rules of a case");
    group.bench_function("an act decided", |bench| {
        let facts = case(State::InProgress);
        bench.iter(|| complaint::decide(black_box(&facts), Action::Resolve, &head));
    });
    group.bench_function("every act in every state", |bench| {
        let each = |facts: &complaint::Facts| {
            Action::ALL.iter().filter(|action| complaint::decide(facts, **action, &head).is_ok()).count()
        };
        bench.iter(|| black_box(&cases).iter().map(each).sum::<usize>());
    });
    group.bench_function("what somebody may do", |bench| {
        let facts = case(State::InProgress);
        bench.iter(|| complaint::allowed_actions(black_box(&facts), &head));
    });
    group.finish();
}

fn figures(criterion: &mut Criterion) {
    let open = Facts {
        state: State::InProgress,
        outcome: None,
        handled: false,
        anonymous: false,
        resolutions: vec![(Clock::Running, false)],
        signed: false,
        rating: None,
        follow_up: None,
        said: None,
        repeated: false,
        reopened: false,
    };
    let handled = Facts {
        state: State::Resolved,
        outcome: Some(Outcome::Handled),
        handled: true,
        resolutions: vec![(Clock::Met, false)],
        signed: true,
        rating: Some(5),
        follow_up: Some(follow_up::State::Open),
        ..open.clone()
    };
    let mut group = criterion.benchmark_group("monthly figures");
    group.bench_function("what a case counts as", |bench| bench.iter(|| Figure::of(black_box(&handled))));
    group.bench_function("the difference that an act makes", |bench| {
        let month = Counts::of(&Figure::of(&open));
        bench.iter(|| {
            let before = Counts::of(&Figure::of(black_box(&open)));
            let after = Counts::of(&Figure::of(black_box(&handled)));
            month.plus(before, -1).plus(after, 1)
        });
    });
    group.bench_function("all rates of a month", |bench| {
        let counts = Counts::of(&Figure::of(&handled));
        bench.iter(|| Indicator::ALL.iter().filter_map(|one| one.reached(black_box(&counts))).count());
    });
    group.bench_function("which events matter", |bench| {
        bench.iter(|| domain::event::Kind::ALL.iter().filter(|kind| may_change(**black_box(kind))).count());
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    rules(&mut criterion);
    figures(&mut criterion);
    criterion.final_summary();
}
