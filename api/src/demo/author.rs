//! Decides which cases there are: many ordinary ones, each twist, and some that stand at every step today.

use chrono::{DateTime, TimeDelta, Utc};
use domain::complaint::{Channel, Kind};
use domain::organization::DepartmentKind;
use rand::RngExt;
use rand::rngs::StdRng;

use super::cast::Cast;
use super::casting::{Author, Idea, idea};
use super::days::{Hours, last_waking_moment, moment};
use super::matters::{MALL, MATTERS};
use super::names::pick;
use super::open_ends::{OPEN_ENDS, OpenEnd, Until};
use super::repairs::REPAIRS;
use super::script::{CaseMove, Move, Opening, Plot, Script};
use super::twists::{EVERY_TWIST, Twist};

/// Cases of more than a week ago, and of the last days.
const OLD: usize = 12;
const RECENT: usize = 10;
/// The day before which a case has had the time to be archived.
const WEEK: i64 = 9;
const HISTORY: i64 = 89;
/// What is said of the head of security.
const ABOUT_THE_HEAD: &str = "多次向护管部主管反映推销人员进楼,主管态度敷衍,还说不归他管,要求上级处理。";
/// The same matter, merged.
const PAIRS: usize = 2;

impl<'a> Author<'a> {
    /// Begins.
    pub fn new(rng: &'a mut StdRng, casts: &'a [Cast], end: DateTime<Utc>) -> Self {
        Self { rng, casts, end, plots: Vec::new() }
    }

    /// All plots of all sites.
    #[must_use]
    pub fn all(mut self) -> Vec<Plot> {
        let site = |code: &str| self.casts.iter().position(|cast| cast.code == code).unwrap_or_default();
        let (community, mall, other) = (site("LY"), site("HZ"), site("QT"));
        self.each_topic(community);
        self.ordinary(community, OLD, WEEK..HISTORY);
        self.ordinary(community, RECENT, 0..WEEK);
        self.twisted(community);
        self.anonymous(community);
        self.merged(community);
        self.about_somebody(community);
        self.listed(community);
        for end in OPEN_ENDS {
            self.open_end(community, end);
        }
        self.of_the_mall(mall);
        self.of_the_other(other);
        self.plots
    }

    /// Each topic of the community once, so that no category is empty.
    fn each_topic(&mut self, cast: usize) {
        for topic in REPAIRS.iter().chain(MATTERS) {
            let opening = self.opening(topic);
            let days_ago = self.rng.random_range(WEEK..HISTORY);
            self.add(Idea { days_ago, ..idea(cast, topic, opening) });
        }
    }

    fn of_the_mall(&mut self, cast: usize) {
        for topic in MALL {
            for days_ago in [self.rng.random_range(20..80), self.rng.random_range(3..20)] {
                let channel = pick(self.rng, &[Channel::Visit, Channel::Phone, Channel::Visit, Channel::Email]);
                self.add(Idea { days_ago, ..idea(cast, topic, Opening::Desk(channel)) });
            }
        }
    }

    /// The second organization has no crews: its work order waits.
    fn of_the_other(&mut self, cast: usize) {
        for (category, days_ago) in [("SERVICE_QUALITY", 30), ("FEES", 12), ("DRIP", 1)] {
            let topic = self.topic(|topic| topic.category == category);
            let who = Some("13900000027");
            self.add(Idea { who, days_ago, ..idea(cast, topic, Opening::App { shared: true }) });
            if let Some(plot) = self.plots.last_mut() {
                plot.script.stop_at(|act| matches!(act, Move::Case(CaseMove::Issue(_))));
            }
        }
    }

    fn ordinary(&mut self, cast: usize, count: usize, days: std::ops::Range<i64>) {
        for _ in 0..count {
            let topic = self.topic(|_| true);
            let opening = self.opening(topic);
            let days_ago = self.rng.random_range(days.clone());
            self.add(Idea { days_ago, ..idea(cast, topic, opening) });
        }
    }

    /// Each twist at least twice.
    fn twisted(&mut self, cast: usize) {
        for &twist in EVERY_TWIST {
            for _ in 0..2 {
                let opening = if twist == Twist::Shared { Opening::App { shared: false } } else { self.usual() };
                let topic = self.topic(|topic| twist.fits(topic, opening));
                let days_ago = self.rng.random_range(2 * WEEK..HISTORY - 5);
                self.add(Idea { twist, days_ago, ..idea(cast, topic, opening) });
            }
        }
    }

    fn anonymous(&mut self, cast: usize) {
        for number in 0..7 {
            let topic = self.topic(|topic| !topic.urgent && topic.kind == Kind::Complaint);
            let opening = if number % 3 == 2 { Opening::AnonymousBook } else { Opening::Anonymous };
            let days_ago = self.rng.random_range(3..HISTORY);
            self.add(Idea { days_ago, ..idea(cast, topic, opening) });
        }
    }

    /// Somebody says the same twice on one morning; the second is carried on under the first.
    fn merged(&mut self, cast: usize) {
        for number in 0..PAIRS {
            let topic = self.topic(|topic| topic.category == ["PARKING", "NOISE"][number % 2]);
            let days_ago = self.rng.random_range(4..60);
            let first = Idea { days_ago, ..idea(cast, topic, Opening::App { shared: false }) };
            let morning = moment(self.rng, self.end, days_ago, 10 * 60..11 * 60);
            let mut plot = self.plot(first);
            plot.script = self.write(first, plot.matter, morning, false, |writer| {
                writer.opened();
                writer.script.pause(180);
                writer.lived();
            });
            let mut again = self.plot(first);
            again.customer = plot.customer;
            again.says = format!("{}早上已经反映过,现在还是一样。", plot.says);
            let mut script = Script::new(morning + TimeDelta::minutes(40), 1, false);
            script.then(self.rng, 0..2, Hours::Awake, Move::Open);
            let merge = CaseMove::MergeInto(self.plots.len(), "与同一客户的前一件为同一事项,合并处理。".to_owned());
            script.then(self.rng, 10..40, Hours::Office, Move::Case(merge));
            again.script = script;
            self.plots.extend([plot, again]);
        }
    }

    /// A complaint about the head of a department passes to the next level (C11).
    fn about_somebody(&mut self, cast: usize) {
        for days_ago in [41, 5] {
            let topic = self.topic(|topic| topic.category == "OUTSIDERS");
            let security = self.casts[cast].department(DepartmentKind::Security);
            let head = security.and_then(|department| self.casts[cast].head(department));
            self.add(Idea { days_ago, ..idea(cast, topic, Opening::App { shared: false }) });
            if let Some(plot) = self.plots.last_mut() {
                plot.about = head;
                ABOUT_THE_HEAD.clone_into(&mut plot.says);
            }
        }
    }

    /// Those who can sign in have a history of their own.
    fn listed(&mut self, cast: usize) {
        let open = Opening::App { shared: true };
        let own = Opening::App { shared: false };
        for (who, category, days_ago, opening) in [
            ("13900000001", "DRAIN", 62, open),
            ("13900000001", "DECORATION_NOISE", 33, own),
            ("13900000001", "INDOOR_CLEANING", 17, open),
            ("13900000002", "OUTAGE", 48, open),
            ("13900000002", "PARKING", 21, own),
            ("13900000003", "DRIP", 26, open),
            ("13900000003", "NOISE", 13, own),
        ] {
            let topic = self.topic(|topic| topic.category == category);
            self.add(Idea { who: Some(who), days_ago, ..idea(cast, topic, opening) });
        }
    }

    /// A case that stands at some step today.
    fn open_end(&mut self, cast: usize, end: &OpenEnd) {
        let topic = self.topic(|topic| topic.category == end.category);
        let (days_ago, ago) = match end.until {
            Until::Minutes(ago) => (0, Some(ago)),
            Until::Days(days) => (days, None),
        };
        let told = Idea { who: end.who, days_ago, twist: end.twist, ..idea(cast, topic, end.opening) };
        let begin = moment(self.rng, self.end, days_ago, 9 * 60..11 * 60);
        let mut plot = self.plot(told);
        plot.hand = self.hands(cast, topic).first().copied();
        plot.script = self.write(told, plot.matter, begin, ago.is_some(), |writer| {
            writer.opened();
            writer.lived();
        });
        plot.script.stop_at(end.last);
        if let Some(minutes) = ago {
            let last = last_waking_moment(self.end) - TimeDelta::minutes(minutes);
            plot.script.end_at(last);
        }
        self.plots.push(plot);
    }
}
