//! The part of a plot before the work: how the case finds its department, and what is said meanwhile.

use domain::complaint::Severity;
use domain::follow_up::{Method, Satisfaction};
use domain::organization::DepartmentKind;

use super::days::Hours;
use super::plots::Writer;
use super::script::{CaseMove, FollowUpMove};
use super::texts;
use super::twists::Twist;

impl Writer<'_> {
    /// The desk dispatches and the department takes the case, perhaps by a detour.
    pub(super) fn taken_on(&mut self) {
        let usual = self.topic.department;
        let other = match usual {
            DepartmentKind::Engineering => DepartmentKind::Security,
            DepartmentKind::MallManagement => DepartmentKind::DecorationMarket,
            DepartmentKind::DecorationMarket => DepartmentKind::MallManagement,
            _ => DepartmentKind::Engineering,
        };
        let detour = (other, self.word(texts::OVERRIDE));
        match self.twist {
            Twist::Refused => {
                self.case(3..25, Hours::Office, CaseMove::Dispatch(Some(detour)));
                let words = self.word(texts::REFUSE);
                self.case(10..60, Hours::Office, CaseMove::Refuse(words));
                self.case(3..20, Hours::Office, CaseMove::Dispatch(None));
            }
            Twist::HandedOver => {
                self.case(3..25, Hours::Office, CaseMove::Dispatch(Some(detour)));
                self.case(5..40, Hours::Office, CaseMove::TakeOn);
                let words = self.word(texts::HAND_OVER);
                self.case(60..300, Hours::Office, CaseMove::HandOver(usual, words));
            }
            _ => self.case(2..25, Hours::Office, CaseMove::Dispatch(None)),
        }
        self.case(4..40, Hours::Office, CaseMove::TakeOn);
    }

    /// What is said between the customer and the office before the work.
    pub(super) fn spoken(&mut self) {
        let told = self.topic.urgent || self.chance(45);
        match self.twist {
            Twist::Added => {
                let also = self.topic.also.to_owned();
                self.case(5..50, Hours::Awake, CaseMove::Add(Some("补充一点情况。".to_owned()), vec![also]));
            }
            Twist::Shared => self.case(2..20, Hours::Awake, CaseMove::Share),
            Twist::Graver => {
                let words = "现场情况比描述的严重,调整级别。".to_owned();
                self.case(5..30, Hours::Office, CaseMove::Reclassify(Severity::High, words));
            }
            Twist::Talked => {
                self.case(20..120, Hours::Office, CaseMove::OpenTalk);
                let words = self.word(texts::TALKS);
                self.follow_up(2..30, FollowUpMove::Finish(Method::Phone, Satisfaction::Satisfied, words));
            }
            _ if told => {
                let words = self.word(self.topic.progress);
                let wait = if self.topic.urgent { 0..1 } else { 2..30 };
                self.case(wait, Hours::Crew, CaseMove::Progress(words));
            }
            _ => {}
        }
    }
}
