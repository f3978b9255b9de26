//! Who there is: sites, departments and the people who live there.

use crate::closed_set::closed_set;

closed_set! {
    /// What kind of place a site is; it decides which regulations apply.
    pub enum SiteKind as "SiteKind" {
        /// A residential community 小区.
        Residential,
        /// A mall of merchants and decoration companies 装饰城 (rules A).
        DecorationMall,
    }
}

closed_set! {
    /// The departments of a site (E3.1–E3.4, A).
    pub enum DepartmentKind as "DepartmentKind" {
        /// 客服部: accepts, passes on, chases and feeds back (E3.1).
        CustomerService,
        /// 工程部: equipment and repairs (E3.2).
        Engineering,
        /// 护管部: safety, and the mail register (E3.3, E4.2.4).
        Security,
        /// 环境部: cleaning and greening (E3.4).
        Environment,
        /// 商场管理部: runs the mall and mediates (A1.3).
        MallManagement,
        /// 家装市场部: supervises decoration contracts, quotes and quality (A9–A13).
        DecorationMarket,
    }
}

closed_set! {
    /// In what right a person lives in a unit.
    pub enum ResidencyKind as "ResidencyKind" {
        /// 业主, the owner.
        Owner,
        /// 住户, lives there with the owner.
        Occupant,
        /// 租户, rents it.
        Tenant,
    }
}

closed_set! {
    /// Whether an account may sign in.
    pub enum AccountState as "AccountState" {
        /// May sign in.
        Active,
        /// May not; its history stays.
        Disabled,
    }
}

closed_set! {
    /// Where a resident's registration stands.
    pub enum RequestState as "ResidentRequestState" {
        /// Waits for the office's check.
        Waiting,
        /// The office has confirmed it: the residency holds.
        Confirmed,
        /// The office has refused it, with a reason.
        Refused,
    }
}

closed_set! {
    /// A language of messages, notices and documents.
    pub enum Language as "Language" {
        /// 简体中文, the default.
        ZhCn,
        /// English.
        En,
    }
}

closed_set! {
    /// A role, held from one day to another within an organization, a site or a department.
    pub enum Role as "Role" {
        /// 业主/客户: lives in a unit of the organization.
        Customer,
        /// 维修工: carries out work orders of a team.
        Technician,
        /// 班组长: assigns a team's orders to technicians.
        TeamLeader,
        /// 部门主管: answers for a department.
        DepartmentHead,
        /// 客服前台: receives customers and dispatches.
        CustomerServiceAgent,
        /// 客户服务部主管: heads customer service and owns follow-ups (D1).
        CustomerServiceSupervisor,
        /// 质检员: inspects decoration quality (A12).
        Inspector,
        /// 签章专员: stamps decoration contracts (A9).
        ContractOfficer,
        /// 家装市场负责人: heads the decoration market (A13).
        MarketHead,
        /// 客服主任: inspects follow-ups (D2).
        CustomerServiceDirector,
        /// 管理处负责人: heads the site's office and signs opinions (D2).
        OfficeHead,
        /// 档案专员: keeps the archive (A2, A8).
        Archivist,
        /// 商场管理委员会: accepts disputes (A1.1).
        MallCommitteeMember,
        /// 公司领导: last step of an escalation (C7).
        CompanyLeader,
        /// 管理员: runs accounts and set-up; sees no case.
        Administrator,
        /// 商户代表: answers for a merchant.
        MerchantRepresentative,
        /// 消协调解员: mediates on site (A1.2).
        ConsumerAssociationMediator,
        /// A third party's machine account: only what its scopes name.
        Integration,
    }
}

closed_set! {
    /// How far a role reaches.
    pub enum Reach as "Reach" {
        /// One department of one site.
        Department,
        /// One site.
        Site,
        /// The whole organization.
        Organization,
    }
}

impl Role {
    /// How far the role reaches.
    #[must_use]
    pub const fn reach(self) -> Reach {
        match self {
            Self::Technician
            | Self::TeamLeader
            | Self::DepartmentHead
            | Self::CustomerServiceAgent
            | Self::CustomerServiceSupervisor
            | Self::Inspector
            | Self::ContractOfficer
            | Self::MarketHead => Reach::Department,
            Self::CustomerServiceDirector
            | Self::OfficeHead
            | Self::Archivist
            | Self::MallCommitteeMember
            | Self::MerchantRepresentative
            | Self::ConsumerAssociationMediator => Reach::Site,
            Self::Customer | Self::CompanyLeader | Self::Administrator | Self::Integration => Reach::Organization,
        }
    }

    /// Whether the role is an employee's, who may register a complaint for a customer (E3.5).
    #[must_use]
    pub const fn is_staff(self) -> bool {
        !matches!(
            self,
            Self::Customer | Self::MerchantRepresentative | Self::ConsumerAssociationMediator | Self::Integration
        )
    }

    /// Whether the role sees every case of its site: customer service and the office (E3.1).
    #[must_use]
    pub const fn sees_site(self) -> bool {
        matches!(
            self,
            Self::CustomerServiceAgent
                | Self::CustomerServiceSupervisor
                | Self::CustomerServiceDirector
                | Self::OfficeHead
                | Self::Archivist
        )
    }

    /// Whether the role issues the statements of its site and keeps them right (E4.2.1).
    #[must_use]
    pub const fn keeps_fees(self) -> bool {
        matches!(self, Self::CustomerServiceSupervisor | Self::CustomerServiceDirector | Self::OfficeHead)
    }

    /// Whether the role sees every case of its department.
    #[must_use]
    pub const fn sees_department(self) -> bool {
        matches!(self, Self::DepartmentHead | Self::MarketHead)
    }
}

/// Whether letters may begin the case numbers of a site: two to eight capital letters or digits, a letter first.
#[must_use]
pub fn is_site_code(code: &str) -> bool {
    (2..=8).contains(&code.len())
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Whether a word may be the code of a category: two to forty capital letters, digits or underscores, a letter first.
#[must_use]
pub fn is_category_code(code: &str) -> bool {
    (2..=40).contains(&code.len())
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

impl DepartmentKind {
    /// The role that heads a department of this kind.
    #[must_use]
    pub const fn head(self) -> Role {
        match self {
            Self::CustomerService => Role::CustomerServiceSupervisor,
            Self::DecorationMarket => Role::MarketHead,
            Self::Engineering | Self::Security | Self::Environment | Self::MallManagement => Role::DepartmentHead,
        }
    }
}
