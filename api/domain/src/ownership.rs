//! Who is named responsible (A0), and to whom a case passes when that cannot be somebody (C11).

use uuid::Uuid;

/// A post that can be named responsible for a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Post {
    /// Whoever does the act.
    Actor,
    /// The person named in the act.
    Named,
    /// The leader of the team that holds the work order.
    TeamLeader,
    /// The head of the responsible department.
    DepartmentHead,
    /// The head of customer service (D1).
    CustomerServiceSupervisor,
    /// The director who inspects follow-ups (D2).
    CustomerServiceDirector,
    /// The head of the site's office (D2).
    OfficeHead,
    /// The keeper of the archive (A8).
    Archivist,
    /// A leader of the company (C7).
    CompanyLeader,
}

impl Post {
    /// The post and those above it, nearest first: where a case goes when nobody else can hold it.
    #[must_use]
    pub const fn ladder(self) -> &'static [Self] {
        match self {
            Self::Actor => &[Self::Actor, Self::OfficeHead, Self::CompanyLeader],
            Self::Named => &[Self::Named, Self::DepartmentHead, Self::OfficeHead, Self::CompanyLeader],
            Self::TeamLeader => &[Self::TeamLeader, Self::DepartmentHead, Self::OfficeHead, Self::CompanyLeader],
            Self::DepartmentHead => &[Self::DepartmentHead, Self::OfficeHead, Self::CompanyLeader],
            Self::CustomerServiceSupervisor => {
                &[Self::CustomerServiceSupervisor, Self::CustomerServiceDirector, Self::OfficeHead, Self::CompanyLeader]
            }
            Self::CustomerServiceDirector => &[Self::CustomerServiceDirector, Self::OfficeHead, Self::CompanyLeader],
            Self::OfficeHead => &[Self::OfficeHead, Self::CompanyLeader],
            Self::Archivist => &[Self::Archivist, Self::OfficeHead, Self::CompanyLeader],
            Self::CompanyLeader => &[Self::CompanyLeader],
        }
    }
}

/// Somebody who holds a post now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The post held.
    pub post: Post,
    /// The account that holds it.
    pub account: Uuid,
}

/// Names the responsible person: the first holder up the ladder who is not the subject of the complaint (C11).
///
/// `holders` may come in any order; where several hold one post the first listed is named. `None` means that no post
/// of the ladder is filled, which an administrator must mend before the act is possible (A0).
#[must_use]
pub fn name_owner(post: Post, holders: &[Holder], subject: Option<Uuid>) -> Option<Holder> {
    post.ladder()
        .iter()
        .find_map(|step| holders.iter().copied().find(|holder| holder.post == *step && Some(holder.account) != subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c11_a_case_about_the_head_passes_to_the_next_level() {
        let (head, office) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let holders =
            [Holder { post: Post::OfficeHead, account: office }, Holder { post: Post::DepartmentHead, account: head }];
        assert_eq!(name_owner(Post::DepartmentHead, &holders, None), Some(holders[1]));
        assert_eq!(name_owner(Post::DepartmentHead, &holders, Some(head)), Some(holders[0]));
    }

    #[test]
    fn a0_an_empty_ladder_names_nobody() {
        assert_eq!(name_owner(Post::Archivist, &[], None), None);
    }
}
