//! What happens in the month: which cases, and who does what when.

use std::collections::BTreeMap;

use api::calendar;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::clock::promise::Hours;
use domain::working_time::Calendar;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::World;
use tests::world::{row_id, with};

use super::community::Home;

/// The day on which an agent falls ill, before the office opens.
const ILL: u32 = 16;

/// One move of somebody.
pub enum Move {
    /// The case comes in.
    File(&'static str, Value),
    /// An act on the case.
    Case(&'static str, &'static str, Value),
    /// The same by the head of whichever department has it.
    Head(&'static str, Value),
    /// An act on its order.
    Order(&'static str, &'static str, Value),
    /// An act on its follow-up; one that is open when it is finished.
    FollowUp(&'static str, &'static str, Value),
    /// Something is promised, and carried out.
    Promise(Value),
    /// It is carried out.
    Keep,
    /// Whoever stays unknown answers what they were asked.
    Answer,
    /// An act on the opinion.
    Opinion(&'static str, &'static str, Value),
    /// An agent falls ill; another one follows.
    FallIll,
}

/// The moves of one case or opinion, in order of time.
pub struct Play {
    /// When who does what.
    pub moves: Vec<(DateTime<Utc>, Move)>,
    /// Who heads the departments that have it, in order.
    heads: Vec<(DateTime<Utc>, &'static str)>,
    /// Whether it is a case.
    pub is_case: bool,
}

/// What was planted to go wrong.
#[derive(Default)]
pub struct Planted {
    /// Promises that break, by the play.
    pub broken: Vec<(usize, &'static str)>,
    /// Those that are late at the end of the month.
    pub overdue: Vec<(usize, &'static str)>,
    /// Commitments that break.
    pub promises: Vec<(usize, &'static str)>,
    /// Opinions that are answered too late, or never.
    pub opinions: Vec<usize>,
    /// Cases that nobody ends.
    pub forgotten: Vec<usize>,
    /// Those of them that were resolved, and whose customer nobody asked (D5).
    pub unasked: Vec<usize>,
    /// How many cases are reopened.
    pub reopened: usize,
}

/// Where the moves are played, with what has come of them.
pub struct Stage {
    /// The world.
    pub world: World,
    made: Vec<Made>,
}

#[derive(Default, Clone)]
struct Made {
    case: String,
    order: String,
    opinion: String,
    opinion_number: String,
    undertaking: String,
    receipt: String,
}

impl Stage {
    pub fn new(world: World, plays: usize) -> Self {
        Self { world, made: vec![Made::default(); plays] }
    }

    /// The number of an opinion.
    pub fn opinion(&self, play: usize) -> String {
        self.made[play].opinion_number.clone()
    }

    /// The numbers of the cases, by their plays.
    pub async fn numbers(&self) -> BTreeMap<usize, String> {
        let mut numbers = BTreeMap::new();
        for (play, made) in self.made.iter().enumerate().filter(|(_, made)| !made.case.is_empty()) {
            let row = entity::complaint::Entity::find_by_id(row_id(&made.case)).one(&self.world.app.db).await.unwrap();
            numbers.insert(play, row.unwrap().number);
        }
        numbers
    }

    /// Who sits at the desk today.
    fn at_desk(&self) -> &'static str {
        let ill = chrono_tz::Asia::Shanghai.with_ymd_and_hms(2026, 3, ILL, 8, 0, 0).unwrap();
        if self.world.now() < ill { "agent" } else { "second agent" }
    }

    /// Plays a move at the time of the clock.
    pub async fn play(&mut self, script: &Play, play: usize, act: &Move) {
        let made = self.made[play].clone();
        let desk = self.at_desk();
        let by = |who: &&'static str| if *who == "desk" { desk } else { *who };
        let world = &self.world;
        match act {
            Move::File(field, input) => self.file(play, field, input.clone()).await,
            Move::Case(who, field, more) => drop(world.on_case(by(who), field, &made.case, more.clone()).await),
            Move::Head(field, more) => {
                let head = script.heads.iter().rev().find(|(since, _)| *since <= world.now()).unwrap().1;
                let payload = world.on_case(head, field, &made.case, more.clone()).await;
                if *field == "issueWorkOrder" {
                    payload["workOrder"]["id"].as_str().unwrap().clone_into(&mut self.made[play].order);
                }
            }
            Move::Order(who, field, more) => {
                if *field == "issueWorkOrder" {
                    let payload = world.on_case(by(who), field, &made.case, more.clone()).await;
                    payload["workOrder"]["id"].as_str().unwrap().clone_into(&mut self.made[play].order);
                } else {
                    drop(world.on_order(by(who), field, &made.order, more.clone()).await);
                }
            }
            Move::FollowUp(who, field, more) => {
                let id = self.follow_up(&made.case).await;
                drop(self.world.on_follow_up(who, field, &id, more.clone()).await);
            }
            Move::Promise(more) => {
                let head = script.heads.last().unwrap().1;
                let payload = world.on_case(head, "makeCommitment", &made.case, more.clone()).await;
                payload["undertaking"]["id"].as_str().unwrap().clone_into(&mut self.made[play].undertaking);
            }
            Move::Keep => {
                let head = script.heads.last().unwrap().1;
                let input = json!({ "undertakingId": made.undertaking, "expectedVersion": 1, "outcome": "已兑现" });
                drop(world.act(head, "finishUndertaking", input).await);
            }
            Move::Answer => self.answer(&made).await,
            Move::Opinion(who, field, more) => {
                let mut input = with(more.clone(), json!({ "opinionId": made.opinion }));
                if matches!(*field, "recordOpinion" | "giveOpinion") {
                    input.as_object_mut().unwrap().remove("opinionId");
                } else {
                    let row =
                        entity::opinion::Entity::find_by_id(row_id(&made.opinion)).one(&world.app.db).await.unwrap();
                    input["expectedVersion"] = json!(row.unwrap().version);
                }
                let payload = world.act(by(who), field, input).await;
                let made = &mut self.made[play];
                payload["opinion"]["id"].as_str().unwrap().clone_into(&mut made.opinion);
                payload["opinion"]["number"].as_str().unwrap().clone_into(&mut made.opinion_number);
            }
            Move::FallIll => {
                let role = world.role_of("agent").await;
                let ending = with(json!({ "successorId": world.id("Account", "second agent") }), role);
                drop(world.act("administrator", "endRole", ending).await);
            }
        }
    }

    async fn file(&mut self, play: usize, field: &str, mut input: Value) {
        let who = input.as_object_mut().unwrap().remove("who").unwrap();
        let who = match who.as_str().unwrap() {
            "desk" => self.at_desk().to_owned(),
            other => other.to_owned(),
        };
        if !input["call"].is_null() {
            input["call"]["startedAt"] = json!(self.world.now());
        }
        let payload = self.world.act(&who, field, input).await;
        let number = payload["number"].as_str().unwrap().to_owned();
        let found = entity::complaint::Entity::find().all(&self.world.app.db).await.unwrap();
        let row = found.iter().find(|row| row.number == number).unwrap();
        self.made[play].case = format!("Complaint_{}", row.id.simple());
        payload["receiptCode"].as_str().unwrap_or_default().clone_into(&mut self.made[play].receipt);
    }

    /// The newest follow-up of a case.
    async fn follow_up(&self, case: &str) -> String {
        let found = self.world.case("supervisor", case).await;
        let newest = found["followUps"].as_array().unwrap().iter().rfind(|follow_up| follow_up["state"] != "CANCELLED");
        newest.unwrap_or_else(|| panic!("no follow-up: {found}"))["id"].as_str().unwrap().to_owned()
    }

    async fn answer(&self, made: &Made) {
        let see = "query($code: String!) { anonymousComplaint(receiptCode: $code) { questions { id answer } } }";
        let seen = self.world.ask("", see, json!({ "code": made.receipt })).await;
        let question = seen["anonymousComplaint"]["questions"][0]["id"].clone();
        let input = json!({ "receiptCode": made.receipt, "questionId": question, "answer": "是夜里" });
        drop(self.world.act("", "answerQuestion", input).await);
    }
}

/// Writes one play after another.
struct Author<'a> {
    world: &'a World,
    office: &'a Calendar,
    dice: StdRng,
    plays: Vec<Play>,
    planted: Planted,
}

/// A play in the making.
struct Draft<'a> {
    office: &'a Calendar,
    at: DateTime<Utc>,
    play: Play,
}

impl Draft<'_> {
    /// The next move, so many minutes of the office later.
    fn then(&mut self, minutes: i64, act: Move) {
        self.at = self.office.add(self.at, TimeDelta::minutes(minutes)).unwrap();
        self.play.moves.push((self.at, act));
    }

    /// The same by the clock on the wall.
    fn soon(&mut self, minutes: i64, act: Move) {
        self.at += TimeDelta::minutes(minutes);
        self.play.moves.push((self.at, act));
    }

    fn head(&mut self, who: &'static str) {
        self.play.heads.push((self.at, who));
    }

    /// The follow-up with inspection, opinion and the archive; the customer is content.
    fn followed_up(&mut self, after: i64, phone: &str) {
        self.then(after, Move::FollowUp("supervisor", "finishFollowUp", call(phone, "SATISFIED", self.at)));
        self.then(30, Move::FollowUp("director", "inspectFollowUp", json!({ "remark": "属实" })));
        self.then(30, Move::FollowUp("office head", "signOpinion", json!({ "opinion": "同意归档" })));
        self.then(30, Move::Case("archivist", "archiveComplaint", json!({})));
    }
}

/// What a follow-up by phone brings.
fn call(phone: &str, satisfaction: &str, at: DateTime<Utc>) -> Value {
    let call = json!({ "phone": phone, "startedAt": at, "durationSeconds": 90, "summary": "回访" });
    json!({ "method": "PHONE", "satisfaction": satisfaction, "record": "询问处理结果", "call": call })
}

impl<'a> Author<'a> {
    fn draft(&mut self, day: u32) -> Draft<'a> {
        // Between nine and half past ten, so that what must be done within minutes is done before the break.
        let minutes = self.dice.random_range(0..90);
        let opens = chrono_tz::Asia::Shanghai.with_ymd_and_hms(2026, 3, day, 9, 0, 0).unwrap().to_utc();
        let at = self.office.add(opens, TimeDelta::minutes(minutes)).unwrap();
        Draft { office: self.office, at, play: Play { moves: Vec::new(), heads: Vec::new(), is_case: true } }
    }

    fn add(&mut self, draft: Draft<'_>) -> usize {
        self.plays.push(draft.play);
        self.plays.len() - 1
    }

    fn filed(&self, home: &Home, category: &str, kind: &str, words: &str) -> Move {
        let report = self.world.report(category, kind, words);
        Move::File(
            "fileComplaint",
            json!({ "who": home.owner, "unitId": self.world.id("Unit", home.unit), "report": report }),
        )
    }

    /// A tap that drips; the technician arrives after so many minutes, and may have to come again.
    fn repair(&mut self, day: u32, home: &Home, arrives: i64, away: bool, followed_up: i64) -> usize {
        let mut draft = self.draft(day);
        let filed = self.filed(home, "WATER", "REPAIR", "厨房水龙头滴水");
        draft.soon(0, filed);
        draft.head("head");
        draft.soon(1, Move::Order("desk", "issueWorkOrder", json!({ "task": "检查并更换阀芯" })));
        draft.soon(1, Move::Order("head", "acknowledgeWorkOrder", json!({})));
        draft.soon(1, Move::Order("head", "assignTeam", json!({ "teamId": self.world.id("Team", "plumbers") })));
        draft.soon(
            1,
            Move::Order(
                "leader",
                "assignTechnician",
                json!({ "technicianId": self.world.id("Account", "technician") }),
            ),
        );
        draft.soon(1, Move::Order("technician", "departForWorkOrder", json!({})));
        draft.soon(arrives - 5, Move::Order("technician", "recordArrival", json!({})));
        if away {
            let until = draft.at + TimeDelta::days(1);
            draft.soon(2, Move::Order("technician", "holdWorkOrder", json!({ "reason": "CUSTOMER", "until": until })));
            draft.then(8 * 60, Move::Order("technician", "resumeWorkOrder", json!({})));
        }
        draft.soon(
            15,
            Move::Order("technician", "completeWorkOrder", json!({ "workDone": "更换阀芯", "cause": "阀芯磨损" })),
        );
        draft.soon(3, Move::Order(home.owner, "signWorkOrder", self.world.signing()));
        draft.soon(2, Move::Order("head", "acknowledgeCopy", json!({ "holder": "DEPARTMENT" })));
        draft.soon(2, Move::Order("desk", "acknowledgeCopy", json!({ "holder": "CUSTOMER_SERVICE" })));
        draft.soon(3, Move::Head("resolveComplaint", json!({ "result": "已更换阀芯" })));
        draft.followed_up(followed_up, &home.phone);
        self.add(draft)
    }

    /// Who heads the department of a category.
    fn head_of(category: &str) -> &'static str {
        match category {
            "CLEANING" => "environment head",
            "NOISE" => "security head",
            _ => "supervisor",
        }
    }

    /// A case is sent to its department, which takes it on.
    fn taken_on(draft: &mut Draft<'_>, head: &'static str, refused_first: bool) {
        draft.then(4, Move::Case("desk", "dispatchComplaint", json!({})));
        draft.head(head);
        if refused_first {
            draft.then(4, Move::Head("refuseAssignment", json!({ "reason": "请先核实地点" })));
            draft.then(4, Move::Case("desk", "dispatchComplaint", json!({})));
        }
        draft.then(4, Move::Head("acceptAssignment", json!({})));
        draft.then(4, Move::Head("acceptComplaint", json!({ "reason": "属实,由本部门处理" })));
    }
}

/// All plays of the month, and what is planted in them.
pub async fn written(world: &World, homes: &[Home]) -> (Vec<Play>, Planted) {
    let site = entity::site::Entity::find_by_id(world.town.id("site")).one(&world.app.db).await.unwrap().unwrap();
    let calendars = calendar::of_site(&world.app.db, &site).await.unwrap();
    let office = calendars.of_hours(Hours::Office);
    let dice = StdRng::seed_from_u64(202_603);
    let mut author = Author { world, office, dice, plays: Vec::new(), planted: Planted::default() };
    let days = [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18];
    // Those of whom something goes wrong have no other case: it would be a repeat (D6).
    let (ordinary, others) = homes.split_at(homes.len() - 10);
    for (number, home) in ordinary.iter().enumerate() {
        let day = days[number % days.len()];
        match number % 10 {
            0..=3 => {
                author.repair(day, home, 8, number % 4 == 3, 8 * 60);
            }
            4..=8 => author.matter(day, home, number),
            _ => author.unknown(day, number),
        }
    }
    author.planted(others);
    author.opinions(ordinary);
    author.falls_ill();
    author.after_the_end(&others[6..]);
    let Author { plays, planted, .. } = author;
    (plays, planted)
}

#[path = "scenes.rs"]
mod scenes;
