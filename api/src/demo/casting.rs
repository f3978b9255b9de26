//! Casts a case: who says what, when and where, and who does the work.

use chrono::{DateTime, Utc};
use domain::complaint::Channel;
use domain::organization::Role;
use rand::RngExt;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::cast::Cast;
use super::days::moment;
use super::matters::MATTERS;
use super::names::pick;
use super::plots::Writer;
use super::repairs::REPAIRS;
use super::script::{Opening, Plot, Script};
use super::texts::{TAILS, TAILS_AT_HOME, Topic, fitting};
use super::twists::Twist;

/// A case of so many days ago is told to have taken long only when it has had the time.
const LONG_AGO: i64 = 18;

const SOMEWHERE: &[&str] = &["2栋附近", "5栋一单元", "7栋楼下", "小区中心花园旁"];
const IN_THE_MALL: &[&str] = &["A馆二层", "A馆一层瓷砖区", "B馆三层家具区", "B馆家装公司展厅"];

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

/// A case about which nothing is special.
#[must_use]
pub const fn idea(cast: usize, topic: &'static Topic, opening: Opening) -> Idea {
    Idea { cast, topic, opening, twist: Twist::Plain, who: None, days_ago: 0 }
}

/// Writes the plots.
pub struct Author<'a> {
    /// Chooses.
    pub rng: &'a mut StdRng,
    /// The sites.
    pub casts: &'a [Cast],
    /// The end of the history.
    pub end: DateTime<Utc>,
    /// What is written so far.
    pub plots: Vec<Plot>,
}

impl Author<'_> {
    /// Adds a case that runs its course.
    pub fn add(&mut self, told: Idea) {
        let minutes = if told.topic.urgent { 0..24 * 60 } else { 8 * 60..21 * 60 };
        let begin = moment(self.rng, self.end, told.days_ago, minutes);
        let mut plot = self.plot(told);
        plot.script = self.write(told, plot.matter, begin, told.topic.urgent, |writer| {
            writer.opened();
            writer.lived();
        });
        self.plots.push(plot);
    }

    /// Begins a plot: who says what where.
    pub fn plot(&mut self, told: Idea) -> Plot {
        let cast = &self.casts[told.cast];
        let listed = told.who.and_then(|phone| cast.customers.iter().position(|one| one.phone == phone));
        let customer = listed.unwrap_or_else(|| self.rng.random_range(0..cast.customers.len()));
        let matter = self.rng.random_range(0..told.topic.says.len());
        let says = format!("{}{}", told.topic.says[matter], self.tail(told));
        let two = told.twist == Twist::Split;
        let items = if two { vec![says.clone(), told.topic.also.to_owned()] } else { Vec::new() };
        let in_public = !told.topic.places.is_empty();
        let place = match cast.code {
            _ if in_public => Some(fitting(self.rng, told.topic, matter, told.topic.places)),
            "HZ" => Some(pick(self.rng, IN_THE_MALL)),
            _ if told.opening.is_anonymous() => Some(pick(self.rng, SOMEWHERE)),
            _ => None,
        };
        let hands = self.hands(told.cast, told.topic);
        let hand = if hands.is_empty() { None } else { Some(pick(self.rng, &hands)) };
        let script = Script::new(self.end, 1, true);
        let (cast, topic, opening) = (told.cast, told.topic, told.opening);
        Plot { cast, topic, opening, customer, matter, says, items, place, about: None, hand, script }
    }

    fn tail(&mut self, told: Idea) -> &'static str {
        let known = !told.opening.is_anonymous();
        let at_home = known && told.topic.places.is_empty() && told.topic.team.is_some();
        match told.topic.urgent {
            true => "",
            false if at_home => pick(self.rng, TAILS_AT_HOME),
            false => pick(self.rng, TAILS),
        }
    }

    /// Writes the script of a plot.
    pub fn write(
        &mut self,
        told: Idea,
        matter: usize,
        begin: DateTime<Utc>,
        always: bool,
        tell: impl FnOnce(&mut Writer<'_>),
    ) -> Script {
        let slow = !always && told.days_ago > LONG_AGO && self.rng.random_range(0..100) < 14;
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
        let mut writer = Writer { rng: self.rng, topic, matter, opening, twist, mood, script };
        tell(&mut writer);
        writer.script
    }

    /// Who can do the work or handle the case.
    pub fn hands(&self, cast: usize, topic: &Topic) -> Vec<Uuid> {
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
    pub fn topic(&mut self, suits: impl Fn(&Topic) -> bool) -> &'static Topic {
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

    /// How cases usually come in.
    pub fn usual(&mut self) -> Opening {
        match self.rng.random_range(0..100) {
            0..28 => Opening::App { shared: true },
            28..58 => Opening::App { shared: false },
            58..84 => Opening::Desk(Channel::Phone),
            84..94 => Opening::Desk(Channel::Visit),
            94..97 => Opening::Desk(Channel::Email),
            _ => Opening::Desk(Channel::Letter),
        }
    }

    /// How a case about a topic comes in.
    pub fn opening(&mut self, topic: &Topic) -> Opening {
        if topic.urgent { Opening::Desk(Channel::Phone) } else { self.usual() }
    }
}
