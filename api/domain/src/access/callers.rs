//! The groups of roles that the table names.

use super::Callers::{self, Roles};
use crate::organization::Role;

pub(super) const DESK: Callers = Roles(&[
    Role::CustomerServiceAgent,
    Role::CustomerServiceSupervisor,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::CompanyLeader,
]);
pub(super) const OFFICE: Callers = Roles(&[
    Role::DepartmentHead,
    Role::MarketHead,
    Role::CustomerServiceAgent,
    Role::CustomerServiceSupervisor,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::Archivist,
    Role::CompanyLeader,
]);
pub(super) const HEADS: Callers = Roles(&[
    Role::DepartmentHead,
    Role::MarketHead,
    Role::CustomerServiceSupervisor,
    Role::OfficeHead,
    Role::CompanyLeader,
]);
/// Whoever works in a department may come to own a case as its named handler.
pub(super) const DEPARTMENT: Callers = Roles(&[
    Role::Technician,
    Role::TeamLeader,
    Role::Inspector,
    Role::ContractOfficer,
    Role::DepartmentHead,
    Role::MarketHead,
    Role::CustomerServiceAgent,
    Role::CustomerServiceSupervisor,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::CompanyLeader,
]);
pub(super) const CREW: Callers =
    Roles(&[Role::Technician, Role::TeamLeader, Role::DepartmentHead, Role::MarketHead, Role::OfficeHead]);
pub(super) const TECHNICIAN: Callers = Roles(&[Role::Technician]);
/// A customer signs on their own phone or on the technician's handheld.
pub(super) const SIGNERS: Callers = Roles(&[Role::Customer, Role::Technician]);
pub(super) const EMPLOYEES: Callers = Roles(&[
    Role::Technician,
    Role::TeamLeader,
    Role::DepartmentHead,
    Role::CustomerServiceAgent,
    Role::CustomerServiceSupervisor,
    Role::Inspector,
    Role::ContractOfficer,
    Role::MarketHead,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::Archivist,
    Role::MallCommitteeMember,
    Role::CompanyLeader,
    Role::Administrator,
]);
pub(super) const FOLLOW_UP: Callers =
    Roles(&[Role::CustomerServiceSupervisor, Role::CustomerServiceDirector, Role::OfficeHead, Role::CompanyLeader]);
/// Whoever holds follow-ups: the supervisor who is responsible (D1), and agents who were asked to.
pub(super) const TALKERS: Callers = Roles(&[
    Role::CustomerServiceAgent,
    Role::CustomerServiceSupervisor,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::CompanyLeader,
]);
pub(super) const ARCHIVE: Callers =
    Roles(&[Role::Archivist, Role::CustomerServiceDirector, Role::OfficeHead, Role::CompanyLeader]);
/// Customer service, which takes over what other employees have registered (E3.5).
pub(super) const TAKERS: Callers = Roles(&[Role::CustomerServiceAgent, Role::CustomerServiceSupervisor]);
/// Whoever keeps the register of opinions (B1).
pub(super) const ARCHIVE_OPINIONS: Callers = Roles(&[
    Role::Archivist,
    Role::CustomerServiceSupervisor,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::CompanyLeader,
]);
pub(super) const CUSTOMER: Callers = Roles(&[Role::Customer]);
pub(super) const ADMINISTRATOR: Callers = Roles(&[Role::Administrator]);
/// Whoever sets the prices of a site, what it promises, and how it calls for attention (E4.2.1, E4.5.1, C7).
pub(super) const PRICES: Callers = Roles(&[Role::OfficeHead, Role::CompanyLeader, Role::Administrator]);
/// Whoever approves what is answered in public (D4).
pub(super) const LETTERS: Callers = Roles(&[Role::OfficeHead, Role::CompanyLeader]);
/// Whoever writes down what leaders and heads have decided together (E4.3).
pub(super) const JOINT: Callers = Roles(&[
    Role::DepartmentHead,
    Role::MarketHead,
    Role::CustomerServiceSupervisor,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::CompanyLeader,
]);
/// Whoever says who is on duty.
pub(super) const ROSTERS: Callers = Roles(&[
    Role::DepartmentHead,
    Role::MarketHead,
    Role::CustomerServiceSupervisor,
    Role::OfficeHead,
    Role::CompanyLeader,
    Role::Administrator,
]);
/// Whoever issues the statements of a site and keeps them right.
pub(super) const FEES: Callers =
    Roles(&[Role::CustomerServiceSupervisor, Role::CustomerServiceDirector, Role::OfficeHead, Role::CompanyLeader]);
/// Customer service, or the technician on site.
pub(super) const QUOTERS: Callers = Roles(&[
    Role::Technician,
    Role::CustomerServiceAgent,
    Role::CustomerServiceSupervisor,
    Role::DepartmentHead,
    Role::MarketHead,
    Role::OfficeHead,
    Role::CompanyLeader,
]);
/// The customer, or who has their word.
pub(super) const ANSWERERS: Callers =
    Roles(&[Role::Customer, Role::Technician, Role::CustomerServiceAgent, Role::CustomerServiceSupervisor]);
/// Whoever keeps the residents of a site, and whoever sets it up.
pub(super) const RESIDENTS: Callers = Roles(&[
    Role::CustomerServiceAgent,
    Role::CustomerServiceSupervisor,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::CompanyLeader,
    Role::Administrator,
]);
/// Whoever gives orders to technicians (E4.2.1A).
pub(super) const DISPATCHERS: Callers =
    Roles(&[Role::TeamLeader, Role::DepartmentHead, Role::MarketHead, Role::OfficeHead, Role::CompanyLeader]);
/// Whoever uses a team's stock, and whoever sees to it.
pub(super) const KEEPERS: Callers = Roles(&[
    Role::Technician,
    Role::TeamLeader,
    Role::DepartmentHead,
    Role::MarketHead,
    Role::OfficeHead,
    Role::CompanyLeader,
]);
/// A remedy is the customer's to take; customer service answers for whom it has called.
pub(super) const REMEDY: Callers =
    Roles(&[Role::Customer, Role::CustomerServiceAgent, Role::CustomerServiceSupervisor]);
/// Whoever checks that an action against a cause had its effect.
pub(super) const CHECKERS: Callers = Roles(&[
    Role::DepartmentHead,
    Role::MarketHead,
    Role::CustomerServiceSupervisor,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::CompanyLeader,
]);
pub(super) const CONFIRMERS: Callers = Roles(&[
    Role::Customer,
    Role::CustomerServiceAgent,
    Role::DepartmentHead,
    Role::MarketHead,
    Role::CustomerServiceSupervisor,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::CompanyLeader,
]);
