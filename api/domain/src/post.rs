//! Which place a role is held at, and who may rightly own what (A0): the rules of giving a role and of leaving one.

use crate::organization::{DepartmentKind, Reach, Role};
use crate::ownership::Post;

/// What a role that is given names as its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Named {
    /// Whether a site is named.
    pub site: bool,
    /// The kind of the department that is named.
    pub department: Option<DepartmentKind>,
    /// Whether a team of that department is named.
    pub team: bool,
}

/// Why a role cannot be held at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misplaced {
    /// It is not given to anybody: residents are customers by living in a unit, machines have keys.
    NotGiven,
    /// A site must be named.
    SiteNeeded,
    /// A site must not be named: the role reaches everywhere.
    SiteNotMeant,
    /// A department must be named.
    DepartmentNeeded,
    /// A department must not be named.
    DepartmentNotMeant,
    /// The department is of another kind than those in which the role is held.
    OtherDepartment(&'static [DepartmentKind]),
    /// A team must be named.
    TeamNeeded,
    /// A team must not be named.
    TeamNotMeant,
}

/// Checks that a role is held where it belongs.
///
/// # Errors
/// [`Misplaced`], the widest part of the place first.
pub fn check_place(role: Role, named: Named) -> Result<(), Misplaced> {
    if matches!(role, Role::Customer | Role::Integration) {
        return Err(Misplaced::NotGiven);
    }
    let (site, department) = match role.reach() {
        Reach::Organization => (false, false),
        Reach::Site => (true, false),
        Reach::Department => (true, true),
    };
    let kinds = departments(role);
    match named {
        Named { site: false, .. } if site => Err(Misplaced::SiteNeeded),
        Named { site: true, .. } if !site => Err(Misplaced::SiteNotMeant),
        Named { department: None, .. } if department => Err(Misplaced::DepartmentNeeded),
        Named { department: Some(_), .. } if !department => Err(Misplaced::DepartmentNotMeant),
        Named { department: Some(kind), .. } if !kinds.contains(&kind) => Err(Misplaced::OtherDepartment(kinds)),
        Named { team: false, .. } if works_in_team(role) => Err(Misplaced::TeamNeeded),
        Named { team: true, .. } if !works_in_team(role) => Err(Misplaced::TeamNotMeant),
        _ => Ok(()),
    }
}

/// Whether the role is held in a team.
#[must_use]
pub const fn works_in_team(role: Role) -> bool {
    matches!(role, Role::Technician | Role::TeamLeader)
}

/// The kinds of department in which a role is held.
#[must_use]
pub const fn departments(role: Role) -> &'static [DepartmentKind] {
    match role {
        Role::Technician | Role::TeamLeader => DepartmentKind::ALL,
        Role::DepartmentHead => &[
            DepartmentKind::Engineering,
            DepartmentKind::Security,
            DepartmentKind::Environment,
            DepartmentKind::MallManagement,
        ],
        Role::CustomerServiceAgent | Role::CustomerServiceSupervisor => &[DepartmentKind::CustomerService],
        Role::Inspector | Role::ContractOfficer | Role::MarketHead => &[DepartmentKind::DecorationMarket],
        _ => &[],
    }
}

/// Whether the role is a post that must not stand empty: its last holder leaves it to a successor only.
#[must_use]
pub fn must_be_filled(role: Role) -> bool {
    matches!(role, Role::OfficeHead | Role::Administrator) || DepartmentKind::ALL.iter().any(|kind| kind.head() == role)
}

/// How a role that somebody holds lies to the thing that they own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The role.
    pub role: Role,
    /// Whether it is held in the department that is responsible.
    pub of_department: bool,
    /// Whether it is held in the team that has the work.
    pub of_team: bool,
}

/// Whether somebody with this role may own what is the duty of a post: the post itself, one who works under it as the
/// named handler, or one above it on the ladder. `held` is a role at the site, or of the whole organization.
#[must_use]
pub fn may_own(post: Post, held: Held) -> bool {
    let above = |roles: &[Role]| roles.contains(&held.role);
    match post {
        Post::Actor | Post::Named | Post::DepartmentHead => {
            held.of_department || above(&[Role::OfficeHead, Role::CompanyLeader])
        }
        Post::TeamLeader => {
            let heads = held.of_department && must_be_filled(held.role);
            heads || held.of_team || above(&[Role::OfficeHead, Role::CompanyLeader])
        }
        Post::CustomerServiceSupervisor => above(&[
            Role::CustomerServiceAgent,
            Role::CustomerServiceSupervisor,
            Role::CustomerServiceDirector,
            Role::OfficeHead,
            Role::CompanyLeader,
        ]),
        Post::CustomerServiceDirector => above(&[Role::CustomerServiceDirector, Role::OfficeHead, Role::CompanyLeader]),
        Post::OfficeHead => above(&[Role::OfficeHead, Role::CompanyLeader]),
        Post::Archivist => above(&[Role::Archivist, Role::OfficeHead, Role::CompanyLeader]),
        Post::CompanyLeader => above(&[Role::CompanyLeader]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOWHERE: Named = Named { site: false, department: None, team: false };

    /// Every place that can be named.
    fn places() -> Vec<Named> {
        let kinds = DepartmentKind::ALL.iter().copied().map(Some).chain([None]);
        let places = kinds.flat_map(|department| {
            [(false, false), (false, true), (true, false), (true, true)].map(|(site, team)| Named {
                site,
                department,
                team,
            })
        });
        places.collect()
    }

    #[test]
    fn a_role_is_given_where_its_reach_says_and_nowhere_else() {
        for role in Role::ALL.iter().copied() {
            let right: Vec<Named> = places().into_iter().filter(|place| check_place(role, *place).is_ok()).collect();
            for place in &right {
                assert_eq!(place.site, role.reach() != Reach::Organization, "{role:?} {place:?}");
                assert_eq!(place.department.is_some(), role.reach() == Reach::Department, "{role:?} {place:?}");
                assert_eq!(place.team, works_in_team(role), "{role:?} {place:?}");
            }
            let nobody = matches!(role, Role::Customer | Role::Integration);
            assert_eq!(right.is_empty(), nobody, "{role:?} is held somewhere");
        }
        assert_eq!(check_place(Role::DepartmentHead, NOWHERE), Err(Misplaced::SiteNeeded));
    }

    #[test]
    fn a_head_is_given_to_a_department_of_the_kind_that_they_head() {
        for kind in DepartmentKind::ALL.iter().copied() {
            for role in Role::ALL.iter().copied().filter(|role| DepartmentKind::ALL.iter().any(|k| k.head() == *role)) {
                let place = Named { site: true, department: Some(kind), team: false };
                assert_eq!(check_place(role, place).is_ok(), kind.head() == role, "{role:?} of {kind:?}");
            }
        }
    }

    #[test]
    fn a0_whoever_is_named_by_the_ladder_may_own_what_they_are_named_for() {
        let alone = |role| Held { role, of_department: false, of_team: false };
        for (post, role) in [
            (Post::CustomerServiceSupervisor, Role::CustomerServiceSupervisor),
            (Post::CustomerServiceDirector, Role::CustomerServiceDirector),
            (Post::OfficeHead, Role::OfficeHead),
            (Post::Archivist, Role::Archivist),
            (Post::CompanyLeader, Role::CompanyLeader),
        ] {
            for under in [
                Post::TeamLeader,
                Post::DepartmentHead,
                Post::CustomerServiceSupervisor,
                Post::CustomerServiceDirector,
                Post::OfficeHead,
                Post::Archivist,
                Post::CompanyLeader,
            ] {
                assert!(!under.ladder().contains(&post) || may_own(under, alone(role)), "{role:?} for {under:?}");
            }
        }
        assert!(!may_own(Post::DepartmentHead, alone(Role::DepartmentHead)), "the head of another department");
        assert!(!may_own(Post::Archivist, alone(Role::Administrator)), "an administrator owns no case");
    }
}
