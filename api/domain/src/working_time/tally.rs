//! A running sum over all days, without a loop over them.

/// Days from one Monday to the next.
const WEEK: i64 = 7;
/// 1970-01-01 was a Thursday: three days after a Monday.
const THURSDAY: i64 = 3;

/// What each day counts, summed up: a value for each weekday, and days that differ from their weekday.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    /// The sum from Monday up to each weekday; the last is the whole week's.
    within_week: [i64; 8],
    marks: Vec<Mark>,
}

/// A day that differs from its weekday.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Days since 1970-01-01.
    day: i64,
    /// The sum up to the end of the day.
    through: i64,
    /// How much the sum differs, from the end of the day on, from that of the weekdays alone.
    difference: i64,
}

impl Tally {
    /// Values are zero or more; the marks come in order of days, one for a day.
    pub(super) fn new(weekdays: [i64; 7], marks: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut within_week = [0; 8];
        let mut sum = 0;
        for (place, value) in within_week.iter_mut().skip(1).zip(weekdays) {
            sum += value;
            *place = sum;
        }
        let mut tally = Self { within_week, marks: Vec::new() };
        let mut difference = 0;
        for (day, value) in marks {
            difference += value - (tally.of_weeks(day + 1) - tally.of_weeks(day));
            let through = tally.of_weeks(day + 1) + difference;
            tally.marks.push(Mark { day, through, difference });
        }
        tally
    }

    /// The sum over all days before one, counted from a Monday that is the same for all.
    pub(super) fn before(&self, day: i64) -> i64 {
        self.of_weeks(day) + self.difference(self.marks.partition_point(|mark| mark.day < day))
    }

    /// The first day whose end the sum reaches `total` at; none where it never grows so far. Asks for more than the sum
    /// before all marks and weeks can only be answered forwards: `total` is one that some moment has passed already.
    pub(super) fn day_reaching(&self, total: i64) -> Option<i64> {
        let behind = self.marks.partition_point(|mark| mark.through < total);
        let by_weeks = self.week_reaching(total - self.difference(behind));
        match (by_weeks, self.marks.get(behind)) {
            (Some(day), Some(mark)) => Some(day.min(mark.day)),
            (None, Some(mark)) => Some(mark.day),
            (day, None) => day,
        }
    }

    /// The difference from the weekdays alone, behind so many marks.
    fn difference(&self, behind: usize) -> i64 {
        behind.checked_sub(1).and_then(|last| self.marks.get(last)).map_or(0, |mark| mark.difference)
    }

    /// The sum of the weekdays alone, over all days before one.
    fn of_weeks(&self, day: i64) -> i64 {
        let [.., week] = self.within_week;
        let since_monday = day + THURSDAY;
        week * since_monday.div_euclid(WEEK) + self.up_to(since_monday.rem_euclid(WEEK))
    }

    /// The sum from Monday up to a weekday.
    fn up_to(&self, weekday: i64) -> i64 {
        usize::try_from(weekday).ok().and_then(|place| self.within_week.get(place)).copied().unwrap_or_default()
    }

    /// The first day whose end the sum of the weekdays alone reaches `total` at.
    fn week_reaching(&self, total: i64) -> Option<i64> {
        let [.., week] = self.within_week;
        if week == 0 {
            return None;
        }
        let weeks = (total - 1).div_euclid(week);
        let rest = total - weeks * week;
        let weekday = (0..WEEK).find(|weekday| self.up_to(weekday + 1) >= rest)?;
        Some(weeks.checked_mul(WEEK)? + weekday - THURSDAY)
    }
}
