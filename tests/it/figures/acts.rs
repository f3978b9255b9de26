//! Random acts on random cases. Most fit the case as it stands; some do not and are refused. What is done changes what the case
//! counts as.

use std::collections::BTreeMap;

use api::clock::{moving, sweep};
use api::{alarm, booking};
use chrono::TimeDelta;
use domain::complaint::State;
use domain::follow_up::State as FollowUpState;
use domain::work_order::State as OrderState;
use entity::{complaint, follow_up, work_order};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use tests::World;
use tests::drawing::signature;
use tests::world::{row_id, with};

/// What was done, and how often.
pub type Done = BTreeMap<String, usize>;

/// Somebody who does things by chance.
pub struct Play<'a> {
    world: &'a World,
    dice: StdRng,
    /// The cases there are.
    pub cases: Vec<String>,
    /// What was done.
    pub done: Done,
}

impl<'a> Play<'a> {
    /// Begins with a seed.
    pub fn new(world: &'a World, seed: u64) -> Self {
        Self { world, dice: StdRng::seed_from_u64(seed), cases: Vec::new(), done: Done::new() }
    }

    /// One act, some time after the last.
    pub async fn act(&mut self) {
        self.world.pass(TimeDelta::seconds(self.dice.random_range(1..1200)));
        match self.dice.random_range(0..100) {
            _ if self.cases.len() < 4 => self.report().await,
            0..7 => self.report().await,
            7..15 => self.pass().await,
            15..17 => self.rest_day().await,
            _ => {
                let case = self.cases.choose(&mut self.dice).unwrap().clone();
                self.act_on(&case).await;
            }
        }
    }

    /// Time passes, and the server does what is due.
    async fn pass(&mut self) {
        self.world.pass(TimeDelta::hours(self.dice.random_range(1..30)));
        let app = &self.world.app;
        booking::sweep::tell_due(app).await.unwrap();
        alarm::sweep::call_again(app).await.unwrap();
        while sweep::tell_due(app).await.unwrap() > 0 {}
    }

    /// The office is closed on a day to come: clocks move.
    async fn rest_day(&mut self) {
        let site = json!({ "id": self.world.id("Site", "site") });
        let document = "query($id: ID!) { calendar(siteId: $id) { version } }";
        let version = self.world.ask("administrator", document, site).await["calendar"]["version"].clone();
        let date = self.world.now().date_naive() + TimeDelta::days(self.dice.random_range(1..4));
        let day = json!({ "siteId": self.world.id("Site", "site"), "expectedVersion": version, "date": date, "name": "停电", "spans": [] });
        let payload = self.world.try_to("administrator", "setCalendarDay", day).await;
        self.count("setCalendarDay", &payload);
        moving::follow_calendars(&self.world.app).await.unwrap();
    }

    async fn report(&mut self) {
        let world = self.world;
        let case = match self.dice.random_range(0..7) {
            0 | 1 => super::anonymous(world).await,
            2 => world.resolved().await,
            3 | 4 => {
                let items = json!({ "items": ["水龙头滴水", "地漏堵塞"] });
                let report = with(items, world.report("WATER", "REPAIR", "厨房两处漏水"));
                let input = json!({ "unitId": world.id("Unit", "home"), "report": report });
                let payload = world.act("owner", "fileComplaint", input).await;
                payload["complaint"]["id"].as_str().unwrap().to_owned()
            }
            _ => world.dripping_tap().await,
        };
        self.cases.push(case);
    }

    async fn act_on(&mut self, case: &str) {
        let db = &self.world.app.db;
        let row = complaint::Entity::find_by_id(row_id(case)).one(db).await.unwrap().unwrap();
        let orders = work_order::Entity::find().filter(work_order::Column::ComplaintId.eq(row.id));
        let orders = orders.order_by_asc(work_order::Column::Id).all(db).await.unwrap();
        let goes_on = |order: &&work_order::Model| !matches!(order.state, OrderState::Closed | OrderState::Cancelled);
        let open: Vec<_> = orders.iter().filter(goes_on).collect();
        if !open.is_empty() && self.dice.random_bool(0.65) {
            let order = (*open.choose(&mut self.dice).unwrap()).clone();
            return self.act_on_order(&row, &order).await;
        }
        let follow_ups =
            follow_up::Entity::find().filter(follow_up::Column::ComplaintId.eq(row.id)).all(db).await.unwrap();
        let ended = [FollowUpState::Signed, FollowUpState::Cancelled];
        let owed: Vec<_> = follow_ups.iter().filter(|one| !ended.contains(&one.state)).collect();
        if !owed.is_empty() && self.dice.random_bool(0.45) {
            let follow_up = (*owed.choose(&mut self.dice).unwrap()).clone();
            return self.act_on_follow_up(&follow_up).await;
        }
        self.act_on_case(case, &row).await;
    }

    async fn act_on_case(&mut self, case: &str, row: &complaint::Model) {
        let of_any = ["reclassifyComplaint", "linkRepeat", "unlinkRepeat", "openFollowUp"];
        let mut fitting: Vec<&str> = match row.state {
            State::Received => vec![
                "dispatchComplaint",
                "issueWorkOrder",
                "issueWorkOrder",
                "mergeComplaint",
                "splitComplaint",
                "bookVisit",
            ],
            State::Dispatched => vec!["acceptAssignment", "acceptAssignment", "refuseAssignment", "splitComplaint"],
            State::Assigned => vec!["acceptComplaint", "acceptComplaint", "declineComplaint", "handOverComplaint"],
            State::InProgress => vec![
                "resolveComplaint",
                "resolveComplaint",
                "concludeUnresolvable",
                "handOverComplaint",
                "issueWorkOrder",
                "bookVisit",
                "cancelVisit",
                "recordNoShow",
                "splitComplaint",
            ],
            State::Resolved => vec!["correctResolution", "reopenComplaint", "rateComplaint", "recordResult"],
            State::FollowedUp => vec!["archiveComplaint", "reopenComplaint", "rateComplaint"],
            State::Archived | State::Merged => return,
        };
        fitting.push(of_any.choose(&mut self.dice).unwrap());
        if self.dice.random_bool(0.3) {
            fitting.push("withdrawComplaint");
        }
        let act = *fitting.choose(&mut self.dice).unwrap();
        let filer = if row.anonymous { "agent" } else { "owner" };
        let who = match act {
            "dispatchComplaint" | "issueWorkOrder" | "mergeComplaint" | "splitComplaint" | "bookVisit"
            | "cancelVisit" => "agent",
            "reclassifyComplaint" | "linkRepeat" | "unlinkRepeat" | "openFollowUp" | "recordResult" => "supervisor",
            "reopenComplaint" | "rateComplaint" | "withdrawComplaint" => filer,
            "archiveComplaint" => "archivist",
            "recordNoShow" => {
                if self.dice.random_bool(0.5) {
                    "owner"
                } else {
                    "technician"
                }
            }
            _ => self.head(row.department_id),
        };
        if act == "concludeUnresolvable" && !row.anonymous {
            let due = self.world.now() + TimeDelta::days(9);
            let remedy =
                json!({ "kind": "FEE_REDUCTION", "text": "减免一个月管理费", "amount": "80.00", "dueAt": due });
            self.world.try_on_case(who, "offerRemedy", case, remedy).await;
        }
        let Some(more) = self.more(act, case, who).await else { return };
        let payload = self.world.try_on_case(who, act, case, more).await;
        if act == "splitComplaint" && self.count(act, &payload) {
            self.cases.push(payload["otherComplaint"]["id"].as_str().unwrap().to_owned());
        } else if act != "splitComplaint" {
            self.count(act, &payload);
        }
    }

    /// The head of a department; of engineering where it is none.
    fn head(&self, department: Option<uuid::Uuid>) -> &'static str {
        let named = |name: &str| department == Some(self.world.town.id(name));
        if named("security") {
            "security head"
        } else if named("environment") {
            "environment head"
        } else {
            "head"
        }
    }

    /// What an act says besides the case; nothing where there is nothing to say.
    async fn more(&mut self, act: &str, case: &str, who: &str) -> Option<Value> {
        let world = self.world;
        let department = |name: &str| world.id("Department", name);
        let other = self.cases.choose(&mut self.dice).unwrap().clone();
        let overall = self.dice.random_range(1..=5);
        Some(match act {
            "dispatchComplaint" => json!({ "departmentId": department("engineering"), "reason": "归口工程部" }),
            "handOverComplaint" => {
                let to = *["engineering", "security", "environment"].choose(&mut self.dice).unwrap();
                json!({ "departmentId": department(to), "reason": "归口" })
            }
            "issueWorkOrder" => json!({ "task": "检查并更换阀芯" }),
            "acceptAssignment" | "openFollowUp" | "archiveComplaint" => json!({}),
            "resolveComplaint" | "recordResult" => json!({ "result": "已处理" }),
            "concludeUnresolvable" => json!({ "explanation": "原厂已停产", "apology": "非常抱歉", "recourse": [] }),
            "reclassifyComplaint" => {
                let (category, kind) = *[("CLEANING", "COMPLAINT"), ("WATER", "REPAIR"), ("NOISE", "COMPLAINT")]
                    .choose(&mut self.dice)
                    .unwrap();
                json!({ "categoryId": world.id("Category", category), "kind": kind, "reason": "改判" })
            }
            "rateComplaint" => {
                json!({ "ratings": { "quality": 4, "attitude": 4, "timeliness": 4, "overall": overall }, "comment": "一般" })
            }
            "mergeComplaint" => json!({ "intoComplaintId": other, "reason": "同一事项" }),
            "linkRepeat" => json!({ "earlierComplaintId": other, "reason": "同一处漏水" }),
            "splitComplaint" => {
                let items = world.case("agent", case).await["items"].clone();
                json!({ "itemIds": [items.as_array()?.last()?["id"]], "reason": "两处" })
            }
            "bookVisit" => {
                let document = "query($c: ID!) { bookingWindows(complaintId: $c, days: 5) { from to } }";
                let windows = world.ask(who, document, json!({ "c": case })).await["bookingWindows"].clone();
                windows.as_array()?.choose(&mut self.dice)?.clone()
            }
            "recordNoShow" => {
                let absent = if who == "owner" { "TECHNICIAN" } else { "CUSTOMER" };
                json!({ "absent": absent, "evidence": "电话两次未接" })
            }
            _ => json!({ "reason": "原因" }),
        })
    }

    async fn act_on_order(&mut self, case: &complaint::Model, order: &work_order::Model) {
        let world = self.world;
        let head = self.head(Some(order.department_id));
        let ratings = json!({ "quality": 4, "attitude": 5, "timeliness": 4, "overall": self.dice.random_range(3..=5) });
        let reason = json!({ "reason": "原因" });
        let sign_off = json!({ "why": if case.anonymous { "ANONYMOUS" } else { "ABSENT" }, "attempts": 2, "note": "两次上门无人" });
        let until = world.now() + TimeDelta::days(1);
        let roll = self.dice.random_range(0..10);
        let (who, act, more) = match order.state {
            state if !state.is_finished() && roll == 0 => (head, "cancelWorkOrder", reason),
            OrderState::Issued => (head, "acknowledgeWorkOrder", json!({})),
            OrderState::Acknowledged => (head, "assignTeam", json!({ "teamId": world.id("Team", "plumbers") })),
            OrderState::TeamAssigned => {
                ("leader", "assignTechnician", json!({ "technicianId": world.id("Account", "technician") }))
            }
            OrderState::TechnicianAssigned => ("technician", "departForWorkOrder", json!({})),
            OrderState::EnRoute => ("technician", "recordArrival", json!({})),
            OrderState::Arrived if roll < 4 => {
                ("technician", "holdWorkOrder", json!({ "reason": "PARTS", "until": until }))
            }
            OrderState::Arrived => {
                ("technician", "completeWorkOrder", json!({ "workDone": "更换阀芯", "cause": "阀芯磨损" }))
            }
            OrderState::OnHold => ("technician", "resumeWorkOrder", json!({})),
            OrderState::Done if case.anonymous || roll < 3 => ("head", "signOffWorkOrder", sign_off),
            OrderState::Done if roll == 3 => ("owner", "refuseSignature", reason),
            OrderState::Done => {
                let drawing = json!({ "signerName": "owner", "png": signature() });
                ("owner", "signWorkOrder", json!({ "signature": drawing, "ratings": ratings, "comment": "一般" }))
            }
            OrderState::Signed if roll < 5 => ("head", "acknowledgeCopy", json!({ "holder": "DEPARTMENT" })),
            OrderState::Signed => ("agent", "acknowledgeCopy", json!({ "holder": "CUSTOMER_SERVICE" })),
            OrderState::Closed | OrderState::Cancelled => return,
        };
        let order = format!("WorkOrder_{}", order.id.simple());
        let payload = world.try_on_order(who, act, &order, more).await;
        self.count(act, &payload);
    }

    async fn act_on_follow_up(&mut self, row: &follow_up::Model) {
        let world = self.world;
        let said = if self.dice.random_bool(0.6) { "SATISFIED" } else { "DISSATISFIED" };
        let roll = self.dice.random_range(0..10);
        let (who, act, more) = match row.state {
            // Who has moved away is not tried again: the director may close it.
            FollowUpState::Open if row.attempts > 0 => {
                ("director", "closeUnreachedFollowUp", json!({ "remark": "同意结束" }))
            }
            FollowUpState::Open if roll < 3 => {
                ("supervisor", "recordFollowUpAttempt", json!({ "outcome": "MOVED_AWAY", "method": "ON_SITE" }))
            }
            FollowUpState::Open => ("supervisor", "finishFollowUp", world.call(said)),
            FollowUpState::Finished => ("director", "inspectFollowUp", json!({ "remark": "属实" })),
            FollowUpState::Inspected => ("office head", "signOpinion", json!({ "opinion": "同意" })),
            FollowUpState::Signed | FollowUpState::Cancelled => return,
        };
        let follow_up = format!("FollowUp_{}", row.id.simple());
        let payload = world.try_on_follow_up(who, act, &follow_up, more).await;
        self.count(act, &payload);
    }

    /// Counts an act that was done; says whether it was.
    fn count(&mut self, act: &str, payload: &Value) -> bool {
        let done = payload["errors"] == json!([]);
        if done {
            *self.done.entry(act.to_owned()).or_default() += 1;
        }
        done
    }
}
