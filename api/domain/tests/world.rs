//! A small pure world: one case with its orders and follow-ups, in which the rules' changes and effects happen.

use domain::complaint::{self, Effect, Outcome};
use domain::follow_up::attempt::Tries;
use domain::follow_up::{self, Satisfaction};
use domain::ownership::{Holder, Post, name_owner};
use domain::price::Pricing;
use domain::refusal::Refusal;
use domain::standing::{Standing, Who};
use domain::undertaking::Summary;
use domain::work_order::{self, Acceptance, SignOffReason};

use crate::people::{EVERYBODY, Person};

/// Orders that one case of this world has at most; a bound of the model, not a rule.
pub const MOST_ORDERS: usize = 3;

/// Work that is free of charge, for which nothing is quoted.
pub const FREE: work_order::Price =
    work_order::Price { pricing: Pricing::Free, billable: true, accepted_quotes: 0, open_quotes: 0 };

/// An act on the case, on one of its orders or on one of its follow-ups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Case(complaint::Action),
    Order(usize, work_order::Action),
    FollowUp(usize, follow_up::Action, Satisfaction),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub state: work_order::State,
    pub owner: Option<Person>,
    held_from: Option<work_order::State>,
    accepted: bool,
    public_area: bool,
    pub open_copies: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    pub state: follow_up::State,
    pub owner: Option<Person>,
    /// Whether it was opened by a resolution, and so can satisfy C10.
    pub closing: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    pub anonymous: bool,
    /// The person whom the complaint is about: a stranger to it (C11).
    pub subject: Option<Person>,
    pub state: complaint::State,
    pub owner: Option<Person>,
    pub outcome: Option<Outcome>,
    pub result_written: bool,
    pub reopenings: u32,
    rated: bool,
    items: u32,
    pub orders: Vec<Order>,
    pub follow_ups: Vec<FollowUp>,
    /// The follow-up that the rules are told of: the one that the last resolution opened.
    pub current: Option<usize>,
}

impl World {
    pub fn new(anonymous: bool, subject: Option<Person>) -> Self {
        let mut world = Self {
            anonymous,
            subject,
            state: complaint::State::Received,
            owner: None,
            outcome: None,
            result_written: false,
            reopenings: 0,
            rated: false,
            items: 1,
            orders: Vec::new(),
            follow_ups: Vec::new(),
            current: None,
        };
        world.owner = world.named(Post::CustomerServiceSupervisor, Person::Filer);
        world
    }

    pub fn facts(&self) -> complaint::Facts {
        let count = |test: fn(&Order) -> bool| self.orders.iter().map(|order| u32::from(test(order))).sum();
        complaint::Facts {
            state: self.state,
            anonymous: self.anonymous,
            unfinished_orders: count(|order| !order.state.is_finished()),
            orders_with_open_copies: count(|order| order.state == work_order::State::Signed),
            follow_up: self.current.map(|index| self.follow_ups[index].state),
            result_written: self.result_written,
            rated: self.rated,
            items: self.items,
            price: complaint::Price { billable: true, open_quotes: 0 },
            undertakings: Summary { remedy_offered: true, ..Summary::default() },
        }
    }

    pub fn order_facts(&self, order: &Order) -> work_order::Facts {
        work_order::Facts {
            state: order.state,
            held_from: order.held_from,
            accepted: order.accepted,
            anonymous: self.anonymous,
            public_area: order.public_area,
            open_copies: order.open_copies,
            price: FREE,
        }
    }

    /// What a person is to a thing with that owner.
    pub fn standing(&self, person: Person, owner: Option<Person>) -> Standing {
        if self.subject == Some(person) {
            return Standing::default();
        }
        let ownership = (owner == Some(person)).then_some(Who::Owner);
        Standing(person.who().into_iter().chain(ownership).collect())
    }

    /// Whether the act would lead on to a later state; `None` if nobody could do it now.
    pub fn leads_on(&self, act: Act) -> Option<bool> {
        match act {
            Act::Case(action) => {
                let change = complaint::decide(&self.facts(), action, &EVERYBODY).ok()?;
                Some(change.state > self.state)
            }
            Act::Order(index, action) => {
                let order = &self.orders[index];
                let change = work_order::decide(&self.order_facts(order), action, &EVERYBODY).ok()?;
                Some(change.state > order.state || action == work_order::Action::AcknowledgeCopy)
            }
            Act::FollowUp(index, action, _) => {
                let held = &self.follow_ups[index];
                let change = follow_up::decide(follow_up_facts(held), action, &EVERYBODY).ok()?;
                Some(change.state > held.state)
            }
        }
    }

    /// Does the act, or refuses it.
    pub fn step(&mut self, actor: Person, act: Act) -> Result<(), Refusal> {
        match act {
            Act::Case(action) => {
                let change = complaint::decide(&self.facts(), action, &self.standing(actor, self.owner))?;
                self.change_case(&change, actor);
                self.note(action, actor);
            }
            Act::Order(index, action) => {
                let (order, facts) = (&self.orders[index], self.order_facts(&self.orders[index]));
                let change = work_order::decide(&facts, action, &self.standing(actor, order.owner))?;
                if action == work_order::Action::SignOff {
                    let public = order.public_area;
                    let reason = if public { SignOffReason::PublicArea } else { SignOffReason::Anonymous };
                    work_order::check_sign_off(&facts, reason, 0)?;
                }
                self.change_order(index, action, &change, actor);
            }
            Act::FollowUp(index, action, satisfaction) => {
                let held = &self.follow_ups[index];
                let change = follow_up::decide(follow_up_facts(held), action, &self.standing(actor, held.owner))?;
                let owner = change.owner.map_or(held.owner, |post| self.named(post, actor));
                self.follow_ups[index] = FollowUp { state: change.state, owner, ..held.clone() };
                let unreached = action == follow_up::Action::CloseUnreached;
                if (unreached || action == follow_up::Action::Finish) && self.current == Some(index) {
                    let end = complaint::after_follow_up(unreached || satisfaction == Satisfaction::Satisfied);
                    self.change_case(&end, actor);
                }
            }
        }
        Ok(())
    }

    fn change_case(&mut self, change: &complaint::Change, actor: Person) {
        self.state = change.state;
        self.owner = change.owner.map_or(self.owner, |post| self.named(post, actor));
        self.outcome = change.outcome.or(self.outcome);
        for effect in &change.effects {
            match effect {
                Effect::OpenFollowUp => {
                    self.open_follow_up(true, actor);
                    self.current = Some(self.follow_ups.len() - 1);
                }
                Effect::CancelFollowUp => {
                    let current = self.current.take().map(|index| &mut self.follow_ups[index]);
                    if let Some(open) = current.filter(|held| held.state == follow_up::State::Open) {
                        open.state = follow_up::State::Cancelled;
                    }
                }
                Effect::CancelWorkOrders => {
                    let owner = self.named(Post::DepartmentHead, actor);
                    for order in self.orders.iter_mut().filter(|order| !order.state.is_finished()) {
                        order.state = work_order::State::Cancelled;
                        order.owner = owner;
                    }
                }
                Effect::CancelUndertakings => {}
                Effect::CountReopening => self.reopenings += 1,
            }
        }
    }

    /// What an act writes down besides its change.
    fn note(&mut self, action: complaint::Action, actor: Person) {
        match action {
            complaint::Action::IssueWorkOrder => {
                let owner = self.named(Post::DepartmentHead, actor);
                let public_area = self.orders.len() % 2 == 1;
                let state = work_order::State::Issued;
                self.orders.push(Order { state, owner, held_from: None, accepted: false, public_area, open_copies: 2 });
            }
            complaint::Action::OpenFollowUp => self.open_follow_up(false, actor),
            complaint::Action::RecordResult => self.result_written = true,
            complaint::Action::Rate => self.rated = true,
            complaint::Action::Add => self.items += 1,
            complaint::Action::Split => self.items -= 1,
            _ => {}
        }
    }

    fn change_order(&mut self, index: usize, action: work_order::Action, change: &work_order::Change, actor: Person) {
        let owner = change.owner.map_or(self.orders[index].owner, |post| self.named(post, actor));
        let order = &mut self.orders[index];
        order.held_from = (action == work_order::Action::Hold).then_some(order.state);
        order.open_copies -= u32::from(action == work_order::Action::AcknowledgeCopy);
        order.accepted = match change.acceptance {
            Acceptance::Kept => order.accepted,
            Acceptance::Given => true,
            Acceptance::Gone => false,
        };
        order.state = change.state;
        order.owner = owner;
    }

    fn open_follow_up(&mut self, closing: bool, actor: Person) {
        let owner = self.named(Post::CustomerServiceSupervisor, actor);
        self.follow_ups.push(FollowUp { state: follow_up::State::Open, owner, closing });
    }

    /// The person who holds the post, or the next one up the ladder; the technician is who an act names.
    fn named(&self, post: Post, actor: Person) -> Option<Person> {
        let holders = [
            (Post::Actor, actor),
            (Post::Named, Person::Technician),
            (Post::TeamLeader, Person::Leader),
            (Post::DepartmentHead, Person::Head),
            (Post::CustomerServiceSupervisor, Person::Supervisor),
            (Post::CustomerServiceDirector, Person::Director),
            (Post::OfficeHead, Person::OfficeHead),
            (Post::Archivist, Person::Archivist),
            (Post::CompanyLeader, Person::CompanyLeader),
        ]
        .map(|(post, person)| Holder { post, account: person.account() });
        let holder = name_owner(post, &holders, self.subject.map(Person::account))?;
        Person::ALL.into_iter().find(|person| person.account() == holder.account)
    }
}

/// A follow-up whose customer has moved away: whatever could be refused for too few tries is possible.
pub fn follow_up_facts(held: &FollowUp) -> follow_up::Facts {
    follow_up::Facts { state: held.state, tries: Tries { moved_away: true, ..Tries::default() } }
}
