//! What was found on site and in the end (A4, A5, C3, C4): a finding for every matter, a cause, who is liable.

use crate::closed_set::closed_set;

closed_set! {
    /// What a cause belongs to: the upper level of the tree of causes *(ours)*.
    pub enum CauseGroup as "CauseGroup" {
        /// 设备设施.
        Equipment,
        /// 施工维修.
        Workmanship,
        /// 服务.
        Service,
        /// 管理.
        Management,
        /// 使用.
        Use,
        /// 外部.
        Outside,
        /// 尚未查明.
        Unknown,
    }
}

closed_set! {
    /// What led to a complaint: the lower level of the tree *(ours)*.
    pub enum Cause as "Cause" {
        /// 老化磨损.
        Wear,
        /// 质量缺陷.
        Defect,
        /// 保养不足.
        PoorMaintenance,
        /// 施工质量.
        PoorWork,
        /// 用料不当.
        WrongMaterial,
        /// 服务态度.
        Attitude,
        /// 响应迟缓.
        SlowResponse,
        /// 沟通不足.
        PoorCommunication,
        /// 制度缺失.
        MissingProcedure,
        /// 人手不足.
        TooFewPeople,
        /// 客户使用不当.
        CustomerUse,
        /// 邻里.
        Neighbour,
        /// 装修施工.
        Decoration,
        /// 承包商.
        Contractor,
        /// 开发商遗留.
        Developer,
        /// 市政公用.
        Utility,
        /// 天气灾害.
        Weather,
        /// 原因尚未查明: what follows from it cannot be promised (C6).
        NotEstablished,
    }
}

impl Cause {
    /// What it belongs to.
    #[must_use]
    pub const fn group(self) -> CauseGroup {
        match self {
            Self::Wear | Self::Defect | Self::PoorMaintenance => CauseGroup::Equipment,
            Self::PoorWork | Self::WrongMaterial => CauseGroup::Workmanship,
            Self::Attitude | Self::SlowResponse | Self::PoorCommunication => CauseGroup::Service,
            Self::MissingProcedure | Self::TooFewPeople => CauseGroup::Management,
            Self::CustomerUse | Self::Neighbour | Self::Decoration => CauseGroup::Use,
            Self::Contractor | Self::Developer | Self::Utility | Self::Weather => CauseGroup::Outside,
            Self::NotEstablished => CauseGroup::Unknown,
        }
    }
}

closed_set! {
    /// Who can be liable (A4).
    pub enum Liable as "Liable" {
        /// One of our departments.
        Department,
        /// Somebody outside; see `outsideParties`.
        OutsideParty,
        /// The customer.
        Customer,
        /// Nobody: 不可抗力.
        Nobody,
    }
}

/// Whether shares of liability are right: each above 0, together 100 % (A4).
#[must_use]
pub fn shares_are_whole(percents: &[i32]) -> bool {
    percents.iter().all(|percent| (1..=100).contains(percent))
        && percents.iter().map(|percent| i64::from(*percent)).sum::<i64>() == 100
}

/// Which of the matters have no finding; a visit that left one out cannot be written down (A5).
#[must_use]
pub fn without_finding<'a, Id: PartialEq>(matters: &'a [Id], found: &[Id]) -> Vec<&'a Id> {
    matters.iter().filter(|matter| !found.contains(matter)).collect()
}
