//! Random walks through the small world, whoever tries whatever.

use std::fmt::Write;

use domain::refusal::Refusal;
use domain::{complaint, follow_up, work_order};
use proptest::bool::weighted;
use proptest::prelude::*;

use crate::people::Person;
use crate::world::{Act, MOST_ORDERS, World};

/// What a throw of the dice leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bent {
    /// Something that leads on to a later state, but neither breaks off nor waits.
    Onward,
    /// Something possible.
    Possible,
    /// Anything by anybody, possible or not.
    Anything,
}

/// A throw of the dice, of which a step is made that suits the world as it then is.
#[derive(Debug, Clone)]
struct Throw {
    bent: Bent,
    thing: usize,
    action: usize,
    pub actor: usize,
    satisfied: bool,
}

/// A case, and what is tried on it.
#[derive(Debug, Clone)]
pub struct Walk {
    anonymous: bool,
    /// The person whom the case is about.
    subject: Option<Person>,
    /// A failing walk is shortened by leaving throws out.
    throws: Vec<Option<Throw>>,
}

pub fn walks() -> impl Strategy<Value = Walk> {
    let bent = prop_oneof![5 => Just(Bent::Onward), 2 => Just(Bent::Possible), 2 => Just(Bent::Anything)];
    let throw = (bent, any::<[u8; 3]>(), weighted(0.7)).prop_map(|(bent, dice, satisfied)| {
        let [thing, action, actor] = dice.map(usize::from);
        Throw { bent, thing, action, actor, satisfied }
    });
    let throws = prop::collection::vec(prop::option::weighted(0.98, throw), 60);
    let subject = prop::option::weighted(0.3, prop::sample::select(Person::ALL.to_vec()));
    (weighted(0.3), subject, throws).prop_map(|(anonymous, subject, throws)| Walk { anonymous, subject, throws })
}

/// Every act there is on a thing: the case, then its orders, then its follow-ups.
fn acts(world: &World, thing: usize, satisfied: bool) -> Vec<Act> {
    use follow_up::Satisfaction::{Dissatisfied, Satisfied};
    let (orders, satisfaction) = (world.orders.len(), if satisfied { Satisfied } else { Dissatisfied });
    if thing == 0 {
        let full = |act: &Act| orders == MOST_ORDERS && *act == Act::Case(complaint::Action::IssueWorkOrder);
        let every = complaint::Action::ALL.iter().map(|action| Act::Case(*action));
        return every.filter(|act| !full(act)).collect();
    }
    if thing <= orders {
        let every = work_order::Action::ALL.iter();
        return every.map(|action| Act::Order(thing - 1, *action)).collect();
    }
    let every = follow_up::Action::ALL.iter();
    let held = thing - 1 - orders;
    every.map(|action| Act::FollowUp(held, *action, satisfaction)).collect()
}

/// Who tries what: anybody anything, or somebody who can something possible, if there is any.
fn next(world: &World, throw: &Throw) -> Option<(Person, Act)> {
    use complaint::Action::{Merge, Withdraw};
    use work_order::Action::{Cancel, Hold};
    let breaks = |act| matches!(act, Act::Case(Merge | Withdraw) | Act::Order(_, Cancel | Hold));
    let suits = |act: &Act| match throw.bent {
        Bent::Onward => !breaks(*act) && world.leads_on(*act) == Some(true),
        Bent::Possible => world.leads_on(*act).is_some(),
        Bent::Anything => true,
    };
    let things = 1 + world.orders.len() + world.follow_ups.len();
    let acts = (0..things).find_map(|turn| {
        let mut acts = acts(world, (throw.thing + turn) % things, throw.satisfied);
        acts.retain(suits);
        (!acts.is_empty()).then_some(acts)
    })?;
    let act = acts[throw.action % acts.len()];
    let mut people = Person::ALL;
    people.rotate_left(throw.actor % Person::ALL.len());
    let can = |person: &Person| throw.bent != Bent::Anything && world.clone().step(*person, act).is_ok();
    Some((people.into_iter().find(can).unwrap_or(people[0]), act))
}

/// One step as it went.
pub struct Step<'a> {
    pub before: &'a World,
    pub actor: Person,
    pub result: Result<(), Refusal>,
    pub after: &'a World,
}

/// Walks, and gives every step to the check; what it finds broken is told with the way there.
pub fn after_every_step(walk: &Walk, check: impl Fn(&Step) -> bool) -> Result<(), TestCaseError> {
    let (mut world, mut way) = (World::new(walk.anonymous, walk.subject), String::new());
    for throw in walk.throws.iter().flatten() {
        let Some((actor, act)) = next(&world, throw) else {
            continue;
        };
        let before = world.clone();
        let result = world.step(actor, act);
        if result.is_ok() {
            writeln!(way, "  {actor:?}: {act:?}").unwrap();
        }
        let step = Step { before: &before, actor, result, after: &world };
        prop_assert!(check(&step), "does not hold after {actor:?} tried {act:?}; the way there:\n{way}{world:#?}");
    }
    Ok(())
}
