//! How long it takes to say when something is due. `cargo bench -p domain` runs it.

use std::hint::black_box;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::Criterion;
use domain::working_time::{Calendar, Week, holidays};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let start = DateTime::<Utc>::from_timestamp(1_774_000_000, 0).unwrap_or_default();
    let week = Week::office();
    let days = || holidays::days().iter().map(|day| day.in_week(&week));
    for zone in [chrono_tz::Asia::Shanghai, chrono_tz::America::New_York] {
        let Ok(calendar) = Calendar::new(zone, week.clone(), days()) else { return };
        let mut group = criterion.benchmark_group(format!("an office in {zone} with 23 years of holidays"));
        let end = start + TimeDelta::days(150);
        group.bench_function("when a day of work is over", |bench| {
            bench.iter(|| calendar.add(black_box(start), TimeDelta::minutes(450)));
        });
        group.bench_function("when a year of work is over", |bench| {
            bench.iter(|| calendar.add(black_box(start), TimeDelta::hours(1_875)));
        });
        group.bench_function("work between two moments", |bench| {
            bench.iter(|| calendar.between(black_box(start), black_box(end)));
        });
        group.bench_function("the end of the third working day", |bench| {
            bench.iter(|| calendar.end_of_working_day(black_box(start), 3));
        });
        group.bench_function("making the calendar", |bench| {
            bench.iter(|| Calendar::new(zone, week.clone(), days()));
        });
        group.finish();
    }
    criterion.final_summary();
}
