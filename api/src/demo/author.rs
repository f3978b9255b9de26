//! Decides which cases there are: many ordinary ones, each twist, and some that stand at every step today.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Timelike, Utc};
use domain::complaint::Channel;
use domain::organization::{DepartmentKind, Role};
use rand::RngExt;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::cast::Cast;
use super::matters::{MALL, MATTERS};
use super::names::pick;
use super::open_ends::{OPEN_ENDS, OpenEnd, Until};
use super::plots::{Twist, Writer};
use super::repairs::REPAIRS;
use super::script::{CaseMove, Hours, Move, Opening, Plot, Script};
use super::texts::{TAILS, Topic};
use crate::access::viewer::HOME_ZONE;

/// Cases of more than a week ago, and of the last days.
const OLD: usize = 58;
const RECENT: usize = 14;
/// The day before which a case has had the time to be archived.
const WEEK: i64 = 9;
const HISTORY: i64 = 89;
/// The same matter, merged.
const PAIRS: usize = 2;

const SOMEWHERE: &[&str] = &["2栋附近", "5栋一单元", "7栋楼下", "小区中心花园旁"];
const IN_THE_MALL: &[&str] = &["A馆二层", "A馆一层瓷砖区", "B馆三层家具区", "B馆家装公司展厅"];

const EVERY_TWIST: &[Twist] = &[
    Twist::Held,
    Twist::Unsigned,
    Twist::Absent,
    Twist::Cancelled,
    Twist::Corrected,
    Twist::Discontent,
    Twist::Reopened,
    Twist::Mistaken,
    Twist::Refused,
    Twist::HandedOver,
    Twist::Declined,
    Twist::Withdrawn,
    Twist::WithdrawnLate,
    Twist::Added,
    Twist::Talked,
    Twist::Graver,
    Twist::Shared,
    Twist::Addendum,
];

/// How a case is to be.
#[derive(Clone, Copy)]
pub struct Idea {
    /// Which of the casts.
    pub cast: usize,
    /// What it is about.
    pub topic: &'static Topic,
    /// How it comes in.
    pub opening: Opening,
    /// What makes it unlike the others.
    pub twist: Twist,
    /// Who brings it, if it must be somebody.
    pub who: Option<&'static str>,
    /// How many days ago.
    pub days_ago: i64,
}

/// Writes the plots.
pub struct Author<'a> {
    rng: &'a mut StdRng,
    casts: &'a [Cast],
    end: DateTime<Utc>,
    plots: Vec<Plot>,
}

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
        for topic in MALL {
            for days_ago in [self.rng.random_range(20..80), self.rng.random_range(3..20)] {
                let channel = pick(self.rng, &[Channel::Visit, Channel::Phone, Channel::Visit, Channel::Email]);
                self.add(Idea { days_ago, ..idea(mall, topic, Opening::Desk(channel)) });
            }
        }
        for (topic, days_ago) in [(&REPAIRS[0], 30), (&MATTERS[8], 12), (&MATTERS[4], 3)] {
            let who = Some("13900000027");
            self.add_without_work(Idea { who, days_ago, ..idea(other, topic, Opening::App { shared: true }) });
        }
        self.plots
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
            let topic = self.topic(|topic| !topic.urgent && topic.kind == domain::complaint::Kind::Complaint);
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
            let morning = self.moment(days_ago, 10 * 60..11 * 60);
            let mut plot = self.plot(first);
            plot.script = self.write(first, morning, false, |writer| {
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
                plot.says = "多次向护管部主管反映推销人员进楼,主管态度敷衍,还说不归他管,要求上级处理。".to_owned();
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
        let begin = self.moment(days_ago, 9 * 60..11 * 60);
        let mut plot = self.plot(told);
        plot.hand = self.hands(cast, topic).first().copied();
        plot.script = self.write(told, begin, ago.is_some(), |writer| {
            writer.opened();
            writer.lived();
        });
        plot.script.stop_at(end.last);
        if let Some(minutes) = ago {
            let last = self.lately() - TimeDelta::minutes(minutes);
            plot.script.end_at(last);
        }
        self.plots.push(plot);
    }

    fn add(&mut self, told: Idea) {
        let minutes = if told.topic.urgent { 0..24 * 60 } else { 8 * 60..21 * 60 };
        let begin = self.moment(told.days_ago, minutes);
        let mut plot = self.plot(told);
        plot.script = self.write(told, begin, told.topic.urgent, |writer| {
            writer.opened();
            writer.lived();
        });
        self.plots.push(plot);
    }

    /// The second organization is small: its office does all itself.
    fn add_without_work(&mut self, told: Idea) {
        self.add(told);
        if let Some(plot) = self.plots.last_mut() {
            plot.script.stop_at(|act| matches!(act, Move::Case(CaseMove::Dispatch(_) | CaseMove::Issue(_))));
        }
    }

    fn plot(&mut self, told: Idea) -> Plot {
        let cast = &self.casts[told.cast];
        let listed = told.who.and_then(|phone| cast.customers.iter().position(|one| one.phone == phone));
        let customer = listed.unwrap_or_else(|| self.rng.random_range(0..cast.customers.len()));
        let says = pick(self.rng, told.topic.says);
        let says = format!("{says}{}", pick(self.rng, TAILS));
        let two = told.twist == Twist::Split;
        let items = if two { vec![says.clone(), told.topic.also.to_owned()] } else { Vec::new() };
        let in_public = !told.topic.places.is_empty();
        let place = match cast.code {
            _ if in_public => Some(pick(self.rng, told.topic.places)),
            "HZ" => Some(pick(self.rng, IN_THE_MALL)),
            _ if told.opening.is_anonymous() => Some(pick(self.rng, SOMEWHERE)),
            _ => None,
        };
        let hands = self.hands(told.cast, told.topic);
        let hand = if hands.is_empty() { None } else { Some(pick(self.rng, &hands)) };
        let script = Script::new(self.end, 1, true);
        let (cast, topic, opening) = (told.cast, told.topic, told.opening);
        Plot { cast, topic, opening, customer, says, items, place, about: None, hand, script }
    }

    fn write(
        &mut self,
        told: Idea,
        begin: DateTime<Utc>,
        always: bool,
        tell: impl FnOnce(&mut Writer<'_>),
    ) -> Script {
        let slow = !always && told.days_ago > 2 * WEEK && self.rng.random_range(0..100) < 14;
        // Most are content; who waited is less so.
        let mood = match self.rng.random_range(0..100) + if slow { 30 } else { 0 } {
            0..48 => 5,
            48..82 => 4,
            82..94 => 3,
            94..110 => 2,
            _ => 1,
        };
        let script = Script::new(begin, if slow { 3 } else { 1 }, always);
        let (topic, opening, twist) = (told.topic, told.opening, told.twist);
        let mut writer = Writer { rng: self.rng, topic, opening, twist, mood, script };
        tell(&mut writer);
        writer.script
    }

    /// Who can do the work or handle the case.
    fn hands(&self, cast: usize, topic: &Topic) -> Vec<Uuid> {
        let cast = &self.casts[cast];
        if let Some(team) = topic.team.and_then(|name| cast.teams.get(name)) {
            return cast.all(Role::Technician, *team);
        }
        let department = cast.department(topic.department);
        let here = cast.staff.iter().filter(|player| player.department == department);
        let (heads, others): (Vec<_>, Vec<_>) = here.partition(|player| player.role == topic.department.head());
        let chosen = if others.is_empty() { heads } else { others };
        chosen.into_iter().map(|player| player.account).collect()
    }

    /// A topic of the community, as often as it comes.
    fn topic(&mut self, suits: impl Fn(&Topic) -> bool) -> &'static Topic {
        let suitable: Vec<&'static Topic> = REPAIRS.iter().chain(MATTERS).filter(|topic| suits(topic)).collect();
        let often: u32 = suitable.iter().map(|topic| topic.weight).sum();
        let mut left = self.rng.random_range(0..often.max(1));
        for topic in &suitable {
            if left < topic.weight {
                return topic;
            }
            left -= topic.weight;
        }
        &REPAIRS[0]
    }

    fn usual(&mut self) -> Opening {
        match self.rng.random_range(0..100) {
            0..28 => Opening::App { shared: true },
            28..58 => Opening::App { shared: false },
            58..84 => Opening::Desk(Channel::Phone),
            84..94 => Opening::Desk(Channel::Visit),
            94..97 => Opening::Desk(Channel::Email),
            _ => Opening::Desk(Channel::Letter),
        }
    }

    fn opening(&mut self, topic: &Topic) -> Opening {
        if topic.urgent { Opening::Desk(Channel::Phone) } else { self.usual() }
    }

    /// A moment so many days ago, within some minutes of the day.
    fn moment(&mut self, days_ago: i64, minutes: std::ops::Range<i64>) -> DateTime<Utc> {
        let seconds = self.rng.random_range(minutes) * 60 + self.rng.random_range(0..60);
        let day = (self.end - TimeDelta::days(days_ago)).with_timezone(&HOME_ZONE).date_naive();
        let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(HOME_ZONE).earliest();
        let at = midnight.map_or(self.end, |midnight| midnight.with_timezone(&Utc)) + TimeDelta::seconds(seconds);
        // What would come later today came yesterday.
        if at < self.end { at } else { at - TimeDelta::days(1) }
    }

    /// Now, or the evening before when it is night.
    fn lately(&self) -> DateTime<Utc> {
        let local = self.end.with_timezone(&HOME_ZONE);
        let minute = local.hour() * 60 + local.minute();
        if (9 * 60..21 * 60).contains(&minute) {
            return self.end;
        }
        let day = if minute < 9 * 60 { local.date_naive() - Days::new(1) } else { local.date_naive() };
        let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(HOME_ZONE).earliest();
        midnight.map_or(self.end, |midnight| midnight.with_timezone(&Utc) + TimeDelta::minutes(20 * 60 + 30))
    }
}

fn idea(cast: usize, topic: &'static Topic, opening: Opening) -> Idea {
    Idea { cast, topic, opening, twist: Twist::Plain, who: None, days_ago: 0 }
}
