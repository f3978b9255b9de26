//! The ordinary scenes of the month, and those in which something goes wrong.

use chrono::{TimeDelta, TimeZone};
use rand::RngExt;
use serde_json::json;
use tests::world::with;

use super::{Author, Draft, ILL, Move, call};
use crate::month::community::Home;

/// Some of those who spoke to us are answered by word: on the telephone, or in the app (C8).
fn spoken_answer(number: usize, home: &Home, draft: &Draft<'_>) -> Option<Move> {
    let answer = match number % 10 {
        4 => {
            let call =
                json!({ "phone": home.phone, "startedAt": draft.at, "durationSeconds": 60, "summary": "告知安排" });
            json!({ "form": "PHONE", "text": "今天下午到现场。", "call": call })
        }
        5 => json!({ "form": "APP", "text": "今天下午到现场。" }),
        _ => return None,
    };
    Some(Move::Head("replyToCustomer", answer))
}

impl Author<'_> {
    /// A complaint that takes one of the ordinary turns: refused first, handed on, answered by letter, registered on the spot,
    /// not to the customer's content at first.
    pub(super) fn matter(&mut self, day: u32, home: &Home, number: usize) {
        let category = ["NOISE", "CLEANING", "SERVICE_QUALITY"][self.dice.random_range(0..3)];
        let head = Self::head_of(category);
        let mut draft = self.draft(day);
        let written = number % 10 == 6;
        let spot = number % 10 == 7;
        let filed = if written {
            self.by_letter(home, category)
        } else if spot {
            self.on_the_spot(home, category)
        } else {
            self.filed(home, category, "COMPLAINT", "反映多次没有改善")
        };
        draft.then(0, filed);
        if spot {
            let clear = json!({ "heard": true, "asked": true, "repeated": true, "recorded": true });
            draft.then(3, Move::Case("desk", "takeOverComplaint", json!({ "confirmations": clear })));
        }
        Self::taken_on(&mut draft, head, number % 20 == 5);
        if number % 20 == 14 && head != "supervisor" {
            let other = if head == "security head" {
                ("environment", "environment head")
            } else {
                ("security", "security head")
            };
            let over = json!({ "departmentId": self.world.id("Department", other.0), "reason": "经查属你部门职责" });
            draft.then(20, Move::Case("desk", "handOverComplaint", over));
            draft.head(other.1);
            draft.then(5, Move::Head("acceptAssignment", json!({})));
            draft.then(5, Move::Head("acceptComplaint", json!({ "reason": "由本部门处理" })));
        }
        if written {
            draft.then(60, Move::Head("replyToCustomer", json!({ "form": "LETTER", "text": "来信收悉,已安排处理。" })));
        }
        if let Some(answer) = spoken_answer(number, home, &draft) {
            draft.then(60, answer);
        }
        draft.then(8 * 60, Move::Head("reportProgress", json!({ "text": "已到现场核实,正在处理。" })));
        draft.then(6 * 60, Move::Head("resolveComplaint", json!({ "result": "已处理完毕" })));
        if number % 20 == 8 {
            draft.then(60, Move::FollowUp("supervisor", "finishFollowUp", call(&home.phone, "DISSATISFIED", draft.at)));
            draft.then(7 * 60, Move::Head("resolveComplaint", json!({ "result": "重新处理,客户在场确认" })));
            self.planted.reopened += 1;
        }
        draft.followed_up(4 * 60, &home.phone);
        self.add(draft);
    }

    fn by_letter(&self, home: &Home, category: &str) -> Move {
        let who = json!({ "contactName": "来信业主", "contactPhone": home.phone });
        let report = with(self.world.report(category, "COMPLAINT", "来信反映"), who);
        Move::File(
            "registerComplaint",
            json!({ "who": "desk", "siteId": self.world.id("Site", "site"), "channel": "LETTER",
            "unitId": self.world.id("Unit", home.unit), "report": report,
            "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true } }),
        )
    }

    fn on_the_spot(&self, home: &Home, category: &str) -> Move {
        Move::File(
            "reportForCustomer",
            json!({ "who": "technician", "siteId": self.world.id("Site", "site"),
            "unitId": self.world.id("Unit", home.unit), "categoryId": self.world.id("Category", category),
            "description": "上门时业主反映", "contactPhone": home.phone, "contactName": "业主" }),
        )
    }

    /// Somebody stays unknown, is asked, answers, and reads the result.
    pub(super) fn unknown(&mut self, day: u32, number: usize) {
        let mut draft = self.draft(day);
        let report =
            with(self.world.report("NOISE", "COMPLAINT", "夜间施工"), json!({ "place": format!("{number}号楼旁") }));
        let input = json!({ "who": "", "siteId": self.world.id("Site", "site"), "report": report });
        draft.then(0, Move::File("fileAnonymousComplaint", input));
        Self::taken_on(&mut draft, "security head", false);
        draft.then(30, Move::Head("askReporter", json!({ "question": "几点开始?" })));
        draft.then(120, Move::Answer);
        draft.then(8 * 60, Move::Head("resolveComplaint", json!({ "result": "已制止" })));
        draft.then(60, Move::Case("supervisor", "recordResult", json!({ "result": "已制止夜间施工并公示" })));
        draft.then(30, Move::Case("archivist", "archiveComplaint", json!({})));
        self.add(draft);
    }

    /// What goes wrong.
    pub(super) fn planted(&mut self, homes: &[Home]) {
        let late = self.repair(3, &homes[0], 25, false, 8 * 60);
        self.planted.broken.push((late, "ARRIVAL"));
        // The follow-up is owed by the end of the third working day.
        let unasked = self.repair(4, &homes[1], 8, false, 5 * 8 * 60);
        self.planted.broken.push((unasked, "FOLLOW_UP"));
        self.unanswered_letter(&homes[2]);
        self.not_taken_over(&homes[3]);
        self.broken_commitment(&homes[4]);
        self.forgotten(&homes[5]);
    }

    /// A letter is answered on the sixth working day, not by the end of the third (C8).
    fn unanswered_letter(&mut self, home: &Home) {
        let mut draft = self.draft(5);
        let filed = self.by_letter(home, "CLEANING");
        draft.then(0, filed);
        Self::taken_on(&mut draft, "environment head", false);
        draft.then(4 * 8 * 60, Move::Head("replyToCustomer", json!({ "form": "LETTER", "text": "抱歉久等。" })));
        draft.then(30, Move::Head("resolveComplaint", json!({ "result": "已清理" })));
        draft.followed_up(4 * 60, &home.phone);
        let play = self.add(draft);
        self.planted.broken.push((play, "FIRST_REPLY"));
    }

    /// Customer service leaves for fifty minutes what a technician registered (E3.5).
    fn not_taken_over(&mut self, home: &Home) {
        let mut draft = self.draft(10);
        let Move::File(field, input) = self.on_the_spot(home, "CLEANING") else { unreachable!("it is filed") };
        draft.then(0, Move::File(field, with(json!({ "kind": "REPAIR" }), input)));
        draft.then(50, Move::Case("desk", "dispatchComplaint", json!({})));
        draft.head("environment head");
        draft.then(4, Move::Head("acceptAssignment", json!({})));
        draft.then(4, Move::Head("acceptComplaint", json!({ "reason": "属实" })));
        draft.then(60, Move::Head("resolveComplaint", json!({ "result": "已清理" })));
        draft.followed_up(4 * 60, &home.phone);
        let play = self.add(draft);
        self.planted.broken.extend([(play, "TAKE_OVER"), (play, "HAND_OVER")]);
    }

    /// What was promised for the next day comes two days late (C6).
    fn broken_commitment(&mut self, home: &Home) {
        let mut draft = self.draft(11);
        let filed = self.filed(home, "CLEANING", "COMPLAINT", "楼道长期有异味");
        draft.then(0, filed);
        Self::taken_on(&mut draft, "environment head", false);
        let due = draft.at + TimeDelta::days(1);
        draft.then(10, Move::Promise(json!({ "text": "明日除味并消毒", "dueAt": due })));
        draft.then(2 * 8 * 60, Move::Keep);
        draft.then(30, Move::Head("resolveComplaint", json!({ "result": "已除味消毒" })));
        draft.followed_up(4 * 60, &home.phone);
        let play = self.add(draft);
        self.planted.broken.push((play, "COMMITMENT"));
        self.planted.promises.push((play, "COMMITMENT"));
    }

    /// A department takes a matter on, and then nobody does anything.
    fn forgotten(&mut self, home: &Home) {
        let mut draft = self.draft(12);
        let filed = self.filed(home, "NOISE", "COMPLAINT", "楼上跳绳");
        draft.then(0, filed);
        Self::taken_on(&mut draft, "security head", false);
        let play = self.add(draft);
        self.planted.forgotten.push(play);
        self.planted.broken.push((play, "RESOLUTION"));
        self.planted.overdue.push((play, "RESOLUTION"));
    }

    /// Opinions: most are answered in time, one becomes a complaint, one is answered late, one never.
    pub(super) fn opinions(&mut self, homes: &[Home]) {
        for (number, day) in [2_u32, 4, 13, 11, 13].into_iter().enumerate() {
            let mut draft = self.draft(day);
            draft.play.is_case = false;
            let home = &homes[number + 20];
            let unit = self.world.id("Unit", home.unit);
            if number == 2 {
                // Recorded by the agent who falls ill before it is answered.
                let said =
                    json!({ "siteId": self.world.id("Site", "site"), "channel": "PHONE", "text": "希望周末有讲座" });
                draft.then(0, Move::Opinion("desk", "recordOpinion", said));
            } else {
                let given = json!({ "unitId": unit, "text": "建议加装长椅" });
                draft.then(0, Move::Opinion(home.owner, "giveOpinion", given));
            }
            let wait = if number == 3 { 5 * 8 * 60 } else { 10 * 60 };
            if number < 4 {
                draft
                    .then(wait, Move::Opinion("desk", "answerOpinion", json!({ "form": "APP", "answer": "下月安装" })));
            }
            let play = self.add(draft);
            if number >= 3 {
                self.planted.opinions.push(play);
            }
        }
    }

    /// What comes after a matter was resolved: one customer does not answer at first, one opens the case again, one is never
    /// asked.
    pub(super) fn after_the_end(&mut self, homes: &[Home]) {
        let mut draft = self.draft(6);
        let filed = self.filed(&homes[0], "NOISE", "COMPLAINT", "楼上装修扰民");
        draft.then(0, filed);
        Self::taken_on(&mut draft, "security head", false);
        draft.then(60, Move::Head("resolveComplaint", json!({ "result": "已劝阻" })));
        let again = draft.at + TimeDelta::days(3);
        let tried = json!({ "outcome": "NO_ANSWER", "method": "PHONE", "note": "无人接听", "nextAttemptAt": again });
        draft.then(60, Move::FollowUp("supervisor", "recordFollowUpAttempt", tried));
        draft.followed_up(8 * 60, &homes[0].phone);
        self.add(draft);
        let mut draft = self.draft(9);
        let filed = self.filed(&homes[1], "CLEANING", "COMPLAINT", "垃圾房有异味");
        draft.then(0, filed);
        Self::taken_on(&mut draft, "environment head", false);
        draft.then(60, Move::Head("resolveComplaint", json!({ "result": "已冲洗" })));
        draft.then(30, Move::Case(homes[1].owner, "reopenComplaint", json!({ "reason": "下午又有异味" })));
        draft.then(4 * 60, Move::Head("resolveComplaint", json!({ "result": "已消毒并加盖" })));
        draft.followed_up(4 * 60, &homes[1].phone);
        self.add(draft);
        self.planted.reopened += 1;
        let mut draft = self.draft(10);
        let filed = self.filed(&homes[2], "CLEANING", "COMPLAINT", "大堂地面湿滑");
        draft.then(0, filed);
        Self::taken_on(&mut draft, "environment head", false);
        draft.then(60, Move::Head("resolveComplaint", json!({ "result": "已铺防滑垫" })));
        let play = self.add(draft);
        self.planted.unasked.push(play);
        self.planted.forgotten.push(play);
        self.planted.broken.push((play, "FOLLOW_UP"));
        self.planted.overdue.push((play, "FOLLOW_UP"));
    }

    /// An agent falls ill before the office opens; another one follows.
    pub(super) fn falls_ill(&mut self) {
        let at = chrono_tz::Asia::Shanghai.with_ymd_and_hms(2026, 3, ILL, 8, 0, 0).unwrap().to_utc();
        let mut draft = self.draft(ILL);
        draft.play.is_case = false;
        draft.play.moves.push((at, Move::FallIll));
        self.add(draft);
    }
}
