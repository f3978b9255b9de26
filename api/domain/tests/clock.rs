//! Promises and clocks by example and at random: what is promised, and at which moments somebody hears of it.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use domain::category::Emergency;
use domain::clock::policy::{choose, conflict};
use domain::clock::promise::{
    About, Climb, Condition, Hours, Limit, Line, Matter, Promise, Reminders, Source, defaults,
};
use domain::clock::reaction::reactions;
use domain::clock::{Kind, Moment, Timing};
use domain::complaint::{self, Channel, ReplyForm, Severity};
use domain::event;
use domain::reply::{default_forms, is_by_word};
use domain::working_time::{Calendar, Week, holidays};
use proptest::prelude::*;
use uuid::Uuid;

fn office() -> Calendar {
    let week = Week::office();
    let days: Vec<_> = holidays::days().iter().map(|day| day.in_week(&week)).collect();
    Calendar::new(Shanghai, week, days).unwrap()
}

fn tap() -> Matter {
    Matter {
        kind: complaint::Kind::Repair,
        channel: Channel::App,
        severity: Severity::Normal,
        emergency: Emergency::None,
        water_or_electricity: true,
        branch: vec![Uuid::from_u128(2), Uuid::from_u128(1)],
        department: None,
        anonymous: false,
        booked: false,
    }
}

/// What is promised at a site that has published nothing.
fn promised(kind: Kind, matter: &Matter) -> Option<Promise> {
    chosen(kind, matter, &[])
}

fn chosen(kind: Kind, matter: &Matter, own: &[Line]) -> Option<Promise> {
    let (office, always) = (office(), Calendar::always(Shanghai));
    let by = |hours| if hours == Hours::Office { &office } else { &always };
    choose(kind, matter, own, moment("2026-03-02T01:00:00Z"), by).map(|choice| choice.line.promise.clone())
}

fn own(clock: Kind, condition: Condition, limit: Limit) -> Line {
    let promise = Promise {
        limit,
        target: None,
        hours: Hours::Office,
        source: Source::Site,
        reminders: Reminders::default(),
        waits_for: Vec::new(),
    };
    Line { clock, condition, promise, words: None }
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn b6_emergencies_are_promised_in_three_minutes_and_water_in_five_to_fifteen() {
    for emergency in [Emergency::Fire, Emergency::Gas, Emergency::Other] {
        let promise = promised(Kind::Arrival, &Matter { emergency, ..tap() }).unwrap();
        assert_eq!(promise.limit, Limit::Within(TimeDelta::minutes(3)));
        assert_eq!((promise.hours, promise.source), (Hours::Always, Source::Regulation));
    }
    let water = promised(Kind::Arrival, &tap()).unwrap();
    assert_eq!((water.limit, water.target), (Limit::Within(TimeDelta::minutes(15)), Some(TimeDelta::minutes(5))));
    assert_eq!(promised(Kind::Arrival, &Matter { booked: true, ..tap() }), None, "the customer has named a time");
    assert!(promised(Kind::Arrival, &Matter { booked: true, emergency: Emergency::Fire, ..tap() }).is_some());
    assert_eq!(promised(Kind::Arrival, &Matter { water_or_electricity: false, ..tap() }), None);
}

#[test]
fn c8_speech_is_answered_in_one_working_day_writing_in_three_and_in_writing() {
    for channel in Channel::ALL {
        let written = matches!(channel, Channel::Letter | Channel::Email);
        let promise = promised(Kind::FirstReply, &Matter { channel: *channel, ..tap() }).unwrap();
        assert_eq!(promise.limit, Limit::WorkingDays(if written { 3 } else { 1 }), "{channel:?}");
        assert_eq!(promise.source, Source::Regulation);
        let forms = default_forms(*channel);
        assert!(forms.contains(&ReplyForm::Letter));
        assert_eq!(is_by_word(forms), !written);
    }
    assert_eq!(promised(Kind::FirstReply, &Matter { anonymous: true, ..tap() }), None, "nobody to answer (D7)");
}

#[test]
fn e4_2_3_every_case_is_promised_an_end() {
    for kind in complaint::Kind::ALL {
        for severity in Severity::ALL {
            for emergency in Emergency::ALL {
                let matter = Matter { kind: *kind, severity: *severity, emergency: *emergency, ..tap() };
                assert!(promised(Kind::Resolution, &matter).is_some());
            }
        }
    }
}

#[test]
fn every_clock_that_an_event_begins_can_end_and_has_a_promise_or_a_named_time() {
    use domain::clock::reaction::Reaction;
    let all = || event::Kind::ALL.iter().flat_map(|kind| reactions(*kind));
    for reaction in all() {
        let (Reaction::Start(kind)
        | Reaction::StartFromReceipt(kind)
        | Reaction::StartWhereItApplies(kind)
        | Reaction::StartUntilNamed(kind)) = reaction
        else {
            continue;
        };
        let ends = |other: &&Reaction| match other {
            Reaction::Meet(met) | Reaction::MeetBySpeech(met) | Reaction::MeetWhenClosed(met) => met == kind,
            _ => false,
        };
        assert!(all().any(|other| ends(&other)), "nothing meets {kind:?}");
        let complaint = Matter { kind: complaint::Kind::Complaint, ..tap() };
        let serious = Matter { severity: complaint::Severity::Serious, ..tap() };
        let by_promise = [tap(), complaint, serious].iter().any(|matter| promised(*kind, matter).is_some());
        assert!(by_promise || matches!(reaction, Reaction::StartUntilNamed(_)), "nothing is promised for {kind:?}");
    }
}

#[test]
fn c7_the_later_it_gets_the_higher_up_it_is_heard() {
    let received = moment("2026-03-02T01:00:00Z");
    let always = Calendar::always(Shanghai);
    let water = promised(Kind::Arrival, &tap()).unwrap();
    let timing = Timing::of(water.limit, water.target, received, &always).unwrap();
    let minutes: Vec<_> = timing
        .moments(&Reminders::default(), &always)
        .into_iter()
        .map(|(at, moment)| ((at - received).num_minutes(), moment))
        .collect();
    let expected = [
        (5, Moment::Target),
        (12, Moment::Warning),
        (15, Moment::Limit),
        (20, Moment::OfficeHead),
        (25, Moment::CompanyLeader),
    ];
    assert_eq!(minutes, expected);
}

#[test]
fn e4_5_1_a_promise_of_working_days_passes_over_national_day_and_counts_the_make_up_day() {
    let office = office();
    let received = moment("2026-09-30T02:00:00Z");
    let timing = Timing::of(Limit::WorkingDays(3), None, received, &office).unwrap();
    assert_eq!(timing.due, moment("2026-10-10T10:00:00Z"), "the 8th, the 9th, and Saturday the 10th");
    let climbed: Vec<_> = timing.moments(&Reminders::default(), &office).into_iter().map(|(at, _)| at).collect();
    assert!(climbed.iter().all(|at| *at == timing.due || office.is_open(*at - TimeDelta::seconds(1))), "{climbed:?}");
}

#[test]
fn e4_5_1_the_most_specific_promise_holds_in_the_order_severity_category_channel_kind_department() {
    let days = |days, condition| own(Kind::Resolution, condition, Limit::WorkingDays(days));
    let category = |id| Condition { about: Some(About::Category(Uuid::from_u128(id))), ..Condition::default() };
    let severity = Condition { severity: Some(Severity::Normal), ..Condition::default() };
    let channel = Condition { channel: Some(Channel::App), ..Condition::default() };
    let kind = Condition { kind: Some(complaint::Kind::Repair), ..Condition::default() };
    let department = Condition { department: Some(Uuid::from_u128(9)), ..Condition::default() };
    // From the least to the most specific: each wins over all before it, in whatever order they stand.
    let rising = [Condition::default(), department, kind, channel, category(1), category(2), severity];
    let matter = Matter { department: Some(Uuid::from_u128(9)), ..tap() };
    for most in 0..rising.len() {
        let lines = || (11..18).zip(&rising[..=most]).map(|(limit, condition)| days(limit, *condition));
        let wanted = Some(Limit::WorkingDays(11 + u32::try_from(most).unwrap()));
        let backwards: Vec<Line> = lines().rev().collect();
        for lines in [lines().collect::<Vec<_>>(), backwards] {
            assert_eq!(chosen(Kind::Resolution, &matter, &lines).map(|promise| promise.limit), wanted, "{most}");
        }
    }
    let elsewhere = days(20, category(7));
    assert_eq!(chosen(Kind::Resolution, &tap(), &[elsewhere]).unwrap().source, Source::Ours, "of another category");
}

#[test]
fn e4_5_1_a_site_may_promise_less_time_than_a_regulation_gives_and_never_more() {
    let letter = Condition { channel: Some(Channel::Letter), ..Condition::default() };
    let matter = Matter { channel: Channel::Letter, ..tap() };
    let reply = |days| chosen(Kind::FirstReply, &matter, &[own(Kind::FirstReply, letter, Limit::WorkingDays(days))]);
    assert_eq!(reply(2).map(|promise| (promise.limit, promise.source)), Some((Limit::WorkingDays(2), Source::Site)));
    assert_eq!(
        reply(5).map(|promise| (promise.limit, promise.source)),
        Some((Limit::WorkingDays(3), Source::Regulation))
    );
    let serious = Condition { severity: Some(Severity::Serious), ..Condition::default() };
    let fire = Matter { emergency: Emergency::Fire, severity: Severity::Serious, water_or_electricity: false, ..tap() };
    let late = own(Kind::Arrival, serious, Limit::Within(TimeDelta::hours(1)));
    assert_eq!(
        chosen(Kind::Arrival, &fire, &[late]).map(|promise| promise.limit),
        Some(Limit::Within(TimeDelta::minutes(3)))
    );
}

#[test]
fn e4_5_1_only_promises_of_equal_rank_are_at_odds_and_the_defaults_are_not() {
    assert_eq!(conflict(defaults()), None);
    let letter = Condition { channel: Some(Channel::Letter), ..Condition::default() };
    let of = |condition, days| own(Kind::FirstReply, condition, Limit::WorkingDays(days));
    assert_eq!(conflict(&[of(letter, 1), of(Condition::default(), 1)]), None);
    assert_eq!(conflict(&[of(letter, 1), of(Condition::default(), 1), of(letter, 2)]), Some((0, 2)));
}

#[test]
fn c7_a_promise_says_when_its_owner_is_reminded_and_when_leaders_hear_of_it() {
    let climb = Climb { office_head: TimeDelta::minutes(1), company_leader: TimeDelta::minutes(2) };
    let reminders = Reminders { warn_at: vec![50, 90], climb: Some(climb) };
    let begun = moment("2026-03-02T01:00:00Z");
    let always = Calendar::always(Shanghai);
    let timing = Timing::of(Limit::Within(TimeDelta::minutes(10)), None, begun, &always).unwrap();
    let minutes: Vec<_> =
        timing.moments(&reminders, &always).iter().map(|(at, _)| (*at - begun).num_minutes()).collect();
    assert_eq!(minutes, [5, 9, 10, 11, 12]);
}

proptest! {
    #[test]
    fn a_pause_gives_back_exactly_the_working_time_it_took(
        start in 1_767_225_600_i64..1_798_761_600,
        limit in 1_i64..20_000,
        wait in 0_i64..30_000,
        pause in 0_i64..60_000,
    ) {
        let office = office();
        let start = DateTime::from_timestamp(start, 0).unwrap();
        let timing = Timing::of(Limit::Within(TimeDelta::minutes(limit)), None, start, &office).unwrap();
        let from = start + TimeDelta::minutes(wait);
        let to = from + TimeDelta::minutes(pause);
        let after = timing.after_pause(from, to, &office).unwrap();
        if timing.due <= from {
            prop_assert_eq!(after.due, timing.due, "what had passed is not given back");
        } else {
            let left = office.between(from, timing.due);
            prop_assert_eq!(office.between(to, after.due), left);
        }
        let moments = after.moments(&Reminders::default(), &office);
        prop_assert!(moments.is_sorted());
        prop_assert_eq!(moments.iter().filter(|(_, moment)| *moment == Moment::Limit).count(), 1);
    }
}
