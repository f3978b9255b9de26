//! Working time against a clock that ticks minute by minute, over twenty years and over weeks made up at random.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeDelta, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use domain::working_time::{Calendar, CalendarError, Span, SpanFault, SpecialDay, Week, check_spans, holidays};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const MINUTE: i64 = 60;

/// How many minutes of work have passed before each minute, counted one by one.
struct Oracle {
    from: i64,
    before: Vec<u32>,
    /// For each local day with work, in order, when the last minute before the end of its last span is over.
    ends: BTreeMap<NaiveDate, i64>,
    zone: Tz,
}

impl Oracle {
    fn tick(zone: Tz, week: &Week, special: &[SpecialDay], from: DateTime<Utc>, minutes: usize) -> Self {
        let special: BTreeMap<NaiveDate, &[Span]> =
            special.iter().map(|day| (day.date, day.spans.as_slice())).collect();
        let from = from.timestamp();
        let (mut before, mut ends, mut sum) = (Vec::with_capacity(minutes + 1), BTreeMap::new(), 0);
        let mut today: Option<(i64, NaiveDate, &[Span])> = None;
        for minute in 0..i64::try_from(minutes).unwrap() {
            before.push(sum);
            let moment = DateTime::from_timestamp(from + minute * MINUTE, 0).unwrap().naive_utc();
            let offset = zone.offset_from_utc_datetime(&moment).fix().local_minus_utc();
            let local = from / MINUTE + minute + i64::from(offset) / MINUTE;
            let (day, time) = (local.div_euclid(1_440), local.rem_euclid(1_440));
            if today.is_none_or(|(known, ..)| known != day) {
                let date = NaiveDate::from_num_days_from_ce_opt(i32::try_from(day).unwrap() + 719_163).unwrap();
                today = Some((day, date, special.get(&date).copied().unwrap_or_else(|| week.spans(date.weekday()))));
            }
            let (_, date, spans) = today.unwrap();
            if spans.iter().any(|span| i64::from(span.from) <= time && time < i64::from(span.to)) {
                sum += 1;
            }
            if spans.last().is_some_and(|span| time < i64::from(span.to)) {
                ends.insert(date, from + (minute + 1) * MINUTE);
            }
        }
        // The last day is cut off.
        ends.pop_last();
        before.push(sum);
        Self { from, before, ends, zone }
    }

    fn at(&self, minute: usize) -> DateTime<Utc> {
        DateTime::from_timestamp(self.from + i64::try_from(minute).unwrap() * MINUTE, 0).unwrap()
    }

    /// The first minute at which so many minutes of work have passed.
    fn add(&self, start: usize, work: u32) -> Option<DateTime<Utc>> {
        let wanted = self.before[start] + work;
        let reached = self.before.partition_point(|sum| *sum < wanted);
        (reached < self.before.len()).then(|| self.at(reached.max(start)))
    }

    fn end_of_working_day(&self, start: DateTime<Utc>, n: usize) -> Option<DateTime<Utc>> {
        let today = self.zone.from_utc_datetime(&start.naive_utc()).date_naive();
        let end = match n {
            0 => self.ends.range(today..).map(|(_, end)| *end).find(|end| *end > start.timestamp()),
            _ => self.ends.range(today.succ_opt().unwrap()..).map(|(_, end)| *end).nth(n - 1),
        };
        end.map(|end| DateTime::from_timestamp(end, 0).unwrap())
    }
}

fn agree(calendar: &Calendar, oracle: &Oracle, a: usize, b: usize, work: u32, n: usize) -> Result<(), TestCaseError> {
    let (first, second) = (oracle.at(a), oracle.at(b));
    let minutes = |count: u32| TimeDelta::minutes(i64::from(count));
    let passed = i64::from(oracle.before[b]) - i64::from(oracle.before[a]);
    prop_assert_eq!(calendar.between(first, second), TimeDelta::minutes(passed), "from {} to {}", first, second);
    if a + 1 < oracle.before.len() {
        prop_assert_eq!(calendar.is_open(first), oracle.before[a] < oracle.before[a + 1], "open at {}", first);
    }
    if let Some(due) = oracle.add(a, work) {
        prop_assert_eq!(calendar.add(first, minutes(work)), Some(due), "{} minutes from {}", work, first);
        prop_assert_eq!(calendar.between(first, due), minutes(work));
    }
    if let Some(next) = oracle.add(a, 1) {
        let next = next.max(first + TimeDelta::minutes(1)) - TimeDelta::minutes(1);
        prop_assert_eq!(calendar.next_open(first), Some(next), "opens after {}", first);
    }
    if let Some(end) = oracle.end_of_working_day(first, n) {
        prop_assert_eq!(
            calendar.end_of_working_day(first, u32::try_from(n).unwrap()),
            Some(end),
            "day {} of {}",
            n,
            first
        );
    }
    let (early, late) = (first.min(second), first.max(second));
    let odd = minutes(work) + TimeDelta::microseconds(i64::from(work) * 7_919);
    if let (Some(sooner), Some(later)) = (calendar.add(early, odd), calendar.add(late, odd)) {
        prop_assert!(sooner <= later, "later work is done later");
        prop_assert_eq!(calendar.between(early, sooner), odd, "what was added has passed");
    }
    Ok(())
}

fn twenty_years(zone: Tz, week: &Week) {
    let special: Vec<SpecialDay> = holidays::days().iter().map(|day| day.in_week(week)).collect();
    let from = Utc.with_ymd_and_hms(2007, 1, 1, 0, 0, 0).unwrap();
    let until = Utc.with_ymd_and_hms(2027, 1, 1, 0, 0, 0).unwrap();
    let minutes = usize::try_from((until - from).num_minutes()).unwrap();
    let calendar = Calendar::new(zone, week.clone(), special.clone()).unwrap();
    let oracle = Oracle::tick(zone, week, &special, from, minutes);
    let short = prop_oneof![0..2_000_u32, 0..200_000_u32];
    let moments = (0..minutes, 0..minutes, short, 0..300_usize);
    let mut runner = TestRunner::new(Config { cases: 4_000, failure_persistence: None, ..Config::default() });
    runner.run(&moments, |(a, b, work, n)| agree(&calendar, &oracle, a, b, work, n)).unwrap();
    // Around every turn of a year and every change of the clock, hour by hour.
    let every_third_hour = (0..minutes).step_by(180);
    for a in every_third_hour {
        let at = oracle.at(a);
        let clock_changes = zone.from_utc_datetime(&at.naive_utc()).time().hour()
            != zone.from_utc_datetime(&(at - TimeDelta::days(1)).naive_utc()).time().hour();
        if at.ordinal() <= 2 || at.ordinal() >= 365 || clock_changes {
            agree(&calendar, &oracle, a, (a + 1_500).min(minutes), 137, 1).unwrap();
        }
    }
}

/// A day's work that goes on past midnight, with a break, on some days only.
fn night_shift() -> Week {
    let night = || vec![Span { from: 0, to: 375 }, Span { from: 1_310, to: 1_440 }];
    Week::new([night(), vec![], night(), vec![Span::WHOLE_DAY], night(), vec![Span { from: 90, to: 151 }], night()])
}

#[test]
fn twenty_years_of_an_office_in_shanghai_minute_by_minute() {
    twenty_years(chrono_tz::Asia::Shanghai, &Week::office());
}

#[test]
fn twenty_years_of_nights_in_new_york_minute_by_minute() {
    twenty_years(chrono_tz::America::New_York, &night_shift());
}

#[test]
fn twenty_years_of_long_days_in_sydney_minute_by_minute() {
    twenty_years(
        chrono_tz::Australia::Sydney,
        &Week::new(std::array::from_fn(|_| vec![Span { from: 100, to: 1_439 }])),
    );
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    proptest::collection::btree_set(0..=1_440_u16, 0..7).prop_map(|minutes| {
        let minutes: Vec<u16> = minutes.into_iter().collect();
        minutes.chunks_exact(2).map(|pair| Span { from: pair[0], to: pair[1] }).collect()
    })
}

/// Zones whose clock changes in unusual ways, each with a day near such a change.
fn zones() -> impl Strategy<Value = (Tz, NaiveDate)> {
    let near = |zone: Tz, year, month, day| (zone, NaiveDate::from_ymd_opt(year, month, day).unwrap());
    prop::sample::select(vec![
        near(chrono_tz::Asia::Shanghai, 2025, 12, 25),
        near(chrono_tz::Europe::Berlin, 2026, 3, 29),
        near(chrono_tz::America::Santiago, 2026, 4, 4),
        // The clock goes back at a minute past midnight, into the day before.
        near(chrono_tz::America::St_Johns, 2009, 11, 1),
        // A day that never was.
        near(chrono_tz::Pacific::Apia, 2011, 12, 30),
        // The clock moves half an hour.
        near(chrono_tz::Australia::Lord_Howe, 2026, 4, 5),
        near(chrono_tz::Africa::Casablanca, 2026, 2, 15),
        // Half a century after the last rule that is written out.
        near(chrono_tz::America::New_York, 2099, 11, 1),
    ])
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_week_with_any_special_days_agrees_with_the_minutes(
        (zone, near) in zones(),
        week in proptest::collection::vec(spans(), 7),
        special in proptest::collection::btree_map(0..60_u64, spans(), 0..12),
        asked in proptest::collection::vec((0..80_000_usize, 0..80_000_usize, 0..9_000_u32, 0..20_usize), 60),
    ) {
        let first = near - chrono::Days::new(28);
        let week = Week::new(<[Vec<Span>; 7]>::try_from(week).unwrap());
        let special: Vec<SpecialDay> = special.into_iter()
            .map(|(day, spans)| SpecialDay { date: first + chrono::Days::new(day), spans, name: "another".to_owned() })
            .collect();
        let calendar = Calendar::new(zone, week.clone(), special.clone()).unwrap();
        let oracle = Oracle::tick(zone, &week, &special, first.and_hms_opt(0, 0, 0).unwrap().and_utc(), 80_000);
        for (a, b, work, n) in asked {
            // No minute tells when a day ended that never was; the test below does.
            let n = if zone == chrono_tz::Pacific::Apia { 1_000 } else { n };
            agree(&calendar, &oracle, a, b, work, n)?;
        }
    }
}

fn shanghai(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    chrono_tz::Asia::Shanghai.with_ymd_and_hms(year, month, day, hour, minute, 0).unwrap().to_utc()
}

fn office() -> Calendar {
    let week = Week::office();
    let days: Vec<SpecialDay> = holidays::days().iter().map(|day| day.in_week(&week)).collect();
    Calendar::new(chrono_tz::Asia::Shanghai, week, days).unwrap()
}

#[test]
fn c8_three_working_days_pass_over_national_day_and_count_its_make_up_day() {
    let office = office();
    let filed = shanghai(2026, 9, 30, 17, 0);
    // 8 and 9 October, then the make-up Saturday.
    assert_eq!(office.end_of_working_day(filed, 3), Some(shanghai(2026, 10, 10, 18, 0)));
    assert_eq!(office.add(filed, TimeDelta::hours(2)), Some(shanghai(2026, 10, 8, 10, 0)));
    assert_eq!(office.end_of_working_day(filed, 0), Some(shanghai(2026, 9, 30, 18, 0)));
    assert_eq!(office.end_of_working_day(shanghai(2026, 9, 30, 18, 0), 0), Some(shanghai(2026, 10, 8, 18, 0)));
    assert_eq!(office.next_open(shanghai(2026, 9, 30, 12, 0)), Some(shanghai(2026, 9, 30, 13, 30)));
    let skipped = office.skipped(filed, shanghai(2026, 10, 12, 9, 0));
    let names: Vec<Option<&str>> = skipped.iter().map(|day| day.name.as_deref()).collect();
    assert_eq!((names.len(), &names[..7], names[7]), (8, &[Some("国庆节"); 7][..], None));
    assert_eq!(skipped[7].date, NaiveDate::from_ymd_opt(2026, 10, 11).unwrap());
}

#[test]
fn work_that_never_comes_is_never_due() {
    let day = NaiveDate::from_ymd_opt(2026, 5, 9).unwrap();
    let once = SpecialDay { date: day, spans: vec![Span::clock((9, 0), (10, 0))], name: "once".to_owned() };
    let never = Week::monday_to_friday(&[]);
    let calendar = Calendar::new(chrono_tz::Asia::Shanghai, never, [once]).unwrap();
    let start = shanghai(2026, 5, 1, 0, 0);
    assert_eq!(calendar.add(start, TimeDelta::hours(1)), Some(shanghai(2026, 5, 9, 10, 0)));
    assert_eq!(calendar.add(start, TimeDelta::minutes(61)), None);
    assert_eq!(calendar.end_of_working_day(start, 1), Some(shanghai(2026, 5, 9, 10, 0)));
    assert_eq!((calendar.end_of_working_day(start, 2), calendar.next_open(shanghai(2026, 5, 9, 10, 0))), (None, None));
    assert_eq!(calendar.add(start, TimeDelta::MAX), None);
    assert_eq!(office().add(start, TimeDelta::MAX), None);
    assert_eq!(office().add(start, TimeDelta::zero()), Some(start));
    assert_eq!(office().add(start, TimeDelta::hours(-1)), Some(start));
}

#[test]
fn a_day_that_never_was_ends_when_the_clock_jumps_over_it() {
    let apia = Calendar::new(chrono_tz::Pacific::Apia, Week::office(), []).unwrap();
    let start = chrono_tz::Pacific::Apia.with_ymd_and_hms(2011, 12, 29, 10, 0, 0).unwrap().to_utc();
    let jump = chrono_tz::Pacific::Apia.with_ymd_and_hms(2011, 12, 31, 0, 0, 0).unwrap().to_utc();
    assert_eq!(apia.end_of_working_day(start, 1), Some(jump));
}

#[test]
fn spans_out_of_order_are_refused_with_their_place() {
    let span = |from, to| Span { from, to };
    assert_eq!(check_spans(&[span(0, 60), span(60, 1_440)]), Ok(()));
    assert_eq!(check_spans(&[span(0, 60), span(59, 70)]), Err((1, SpanFault::OutOfOrder)));
    assert_eq!(check_spans(&[span(60, 60)]), Err((0, SpanFault::Empty)));
    assert_eq!(check_spans(&[span(60, 1_441)]), Err((0, SpanFault::PastMidnight)));
    let day = NaiveDate::from_ymd_opt(2026, 5, 9).unwrap();
    let special = |spans: Vec<Span>| SpecialDay { date: day, spans, name: String::new() };
    let zone = chrono_tz::Asia::Shanghai;
    let made = |days: Vec<SpecialDay>| Calendar::new(zone, Week::office(), days).map(|_| ());
    assert_eq!(made(vec![special(vec![]), special(vec![])]), Err(CalendarError::Twice(day)));
    let fault = CalendarError::Day { date: day, place: 0, fault: SpanFault::Empty };
    assert_eq!(made(vec![special(vec![span(5, 5)])]), Err(fault));
    let week = Week::monday_to_friday(&[span(5, 9), span(7, 10)]);
    let fault = CalendarError::Weekday { weekday: Weekday::Mon, place: 1, fault: SpanFault::OutOfOrder };
    assert_eq!(Calendar::new(zone, week, []).map(|_| ()), Err(fault));
}

#[test]
fn official_days_are_read_whole_and_a_year_that_is_not_published_says_so() {
    assert!(holidays::unread_lines().is_empty(), "{:?}", holidays::unread_lines());
    let years: Vec<i32> = holidays::years().iter().map(|published| published.year).collect();
    assert_eq!(years, (2004..=2026).collect::<Vec<i32>>());
    assert!(holidays::years().iter().all(|year| year.sources.starts_with("https://")));
    assert!(holidays::published(2026) && !holidays::published(2027) && !holidays::published(2003));
    assert!(holidays::days_of(2027).is_empty());
    assert!(holidays::days().is_sorted_by(|a, b| a.date < b.date), "one entry for a day");
    let of = |kind| holidays::days_of(2026).iter().filter(|day| day.kind == kind).count();
    assert_eq!((of(holidays::OfficialDayKind::Rest), of(holidays::OfficialDayKind::MakeUp)), (33, 6));
}
