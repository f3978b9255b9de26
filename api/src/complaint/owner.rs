//! Finds the person who holds a post now and names them responsible (A0), passing by the subject of a complaint (C11).

use chrono::{DateTime, Utc};
use domain::organization::{AccountState, DepartmentKind, Role};
use domain::ownership::{Holder, Post, name_owner};
use domain::post::{Held, may_own};
use domain::refusal::Code;
use entity::{account, department, role_grant, site};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef,
};
use uuid::Uuid;

use crate::access::viewer::{Grant, Viewer, holds, parse_zone};
use crate::app::error::{Error, Result};

/// Roles that are posts of a whole site, or of the company.
const OF_THE_SITE: [Role; 5] = [
    Role::CustomerServiceSupervisor,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::Archivist,
    Role::CompanyLeader,
];

/// Where to look for the holder of a post.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The site.
    pub site: &'a site::Model,
    /// The responsible department, for its head.
    pub department_id: Option<Uuid>,
    /// The team, for its leader.
    pub team_id: Option<Uuid>,
    /// Who acts.
    pub actor: Option<Uuid>,
    /// Who is named in the act.
    pub named: Option<Uuid>,
    /// Whom the complaint is about.
    pub subject: Option<Uuid>,
}

/// Names the responsible person.
///
/// # Errors
/// Refused with `NO_OWNER` when neither the post nor any above it is filled.
pub async fn find(
    db: &impl ConnectionTrait,
    post: Post,
    place: &Place<'_>,
    now: DateTime<Utc>,
) -> Result<account::Model> {
    let (holders, accounts) = holders(db, place, now).await?;
    let holder = name_owner(post, &holders, place.subject).ok_or_else(|| Error::refused(Code::NoOwner, ""))?;
    if let Some(account) = accounts.into_iter().find(|account| account.id == holder.account) {
        return Ok(account);
    }
    account::Entity::find_by_id(holder.account)
        .one(db)
        .await?
        .ok_or_else(|| Error::from("the named owner has no account".to_owned()))
}

/// The roles that somebody holds now; none for whoever may not sign in.
///
/// # Errors
/// When the database does not answer.
pub async fn grants_now(db: &impl ConnectionTrait, account: Uuid, now: DateTime<Utc>) -> Result<Vec<Grant>> {
    match Viewer::load(db, account, now).await {
        Ok(person) => Ok(person.grants),
        Err(Error::Unauthenticated) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Somebody who works at a site, with their roles there; never the one whom a case is about (C11).
///
/// # Errors
/// `NOT_FOUND` with the path of the field.
pub async fn employee_at(
    db: &impl ConnectionTrait,
    site: &site::Model,
    id: Uuid,
    subject: Option<Uuid>,
    now: DateTime<Utc>,
    field: &str,
) -> Result<(account::Model, Vec<Role>)> {
    let not_found = || Error::refused(Code::NotFound, field);
    let account = account::Entity::find_by_id(id).one(db).await?;
    let account = account
        .filter(|account| account.organization_id == site.organization_id && subject != Some(account.id))
        .ok_or_else(not_found)?;
    let here = |held: &&Grant| held.role.is_staff() && held.site_id.is_none_or(|at| at == site.id);
    let roles: Vec<Role> = grants_now(db, id, now).await?.iter().filter(here).map(|grant| grant.role).collect();
    if roles.is_empty() { Err(not_found()) } else { Ok((account, roles)) }
}

/// What somebody leaves behind who has left a post, and who is meant to follow.
pub struct Leaving {
    /// The roles that they still hold.
    pub kept: Vec<Grant>,
    /// Who was named to follow, with the roles that they hold.
    pub successor: Option<(Uuid, Vec<Grant>)>,
}

impl Leaving {
    /// The named successor, where they may own it and it is not about them (C11).
    #[must_use]
    pub fn successor_for(&self, duty: Post, thing: &Thing) -> Option<Uuid> {
        let (account, grants) = self.successor.as_ref()?;
        (Some(*account) != thing.subject && thing.may_be_owned(duty, grants)).then_some(*account)
    }
}

/// Where a case, order or follow-up belongs.
#[derive(Debug, Clone, Copy)]
pub struct Thing {
    /// The site.
    pub site_id: Uuid,
    /// The responsible department.
    pub department_id: Option<Uuid>,
    /// The team that has the work.
    pub team_id: Option<Uuid>,
    /// Whom the complaint is about.
    pub subject: Option<Uuid>,
}

impl Thing {
    /// Whether one of these roles lets somebody own what is the duty of a post.
    #[must_use]
    pub fn may_be_owned(&self, duty: Post, grants: &[Grant]) -> bool {
        let here = grants.iter().filter(|grant| grant.site_id.is_none_or(|site| site == self.site_id));
        let held = here.map(|grant| Held {
            role: grant.role,
            of_department: grant.department_id.is_some() && grant.department_id == self.department_id,
            of_team: grant.team_id.is_some() && grant.team_id == self.team_id,
        });
        held.into_iter().any(|held| may_own(duty, held))
    }
}

/// Everybody who holds one of the posts at a place, with the accounts that were read.
async fn holders(
    db: &impl ConnectionTrait,
    place: &Place<'_>,
    now: DateTime<Utc>,
) -> Result<(Vec<Holder>, Vec<account::Model>)> {
    let mut holders: Vec<Holder> = [(Post::Actor, place.actor), (Post::Named, place.named)]
        .into_iter()
        .filter_map(|(post, account)| account.map(|account| Holder { post, account }))
        .collect();
    let department = match place.department_id {
        Some(id) => department::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    let zone = parse_zone(&place.site.time_zone);
    let at_the_site = Condition::any()
        .add(role_grant::Column::SiteId.eq(place.site.id))
        .add(role_grant::Column::Role.eq(Role::CompanyLeader));
    let of_a_post = Condition::any()
        .add(role_grant::Column::Role.is_in(OF_THE_SITE))
        .add_option(place.department_id.map(|id| role_grant::Column::DepartmentId.eq(id)))
        .add_option(place.team_id.map(|id| role_grant::Column::TeamId.eq(id)));
    let of_account: RelationDef = role_grant::Entity::belongs_to(account::Entity)
        .from(role_grant::Column::AccountId)
        .to(account::Column::Id)
        .into();
    let held: Vec<(role_grant::Model, Option<account::Model>)> = role_grant::Entity::find()
        .filter(role_grant::Column::OrganizationId.eq(place.site.organization_id))
        .filter(at_the_site)
        .filter(of_a_post)
        .join(JoinType::InnerJoin, of_account)
        .filter(account::Column::State.eq(AccountState::Active))
        .order_by_asc(role_grant::Column::Id)
        .select_also(account::Entity)
        .all(db)
        .await?;
    let mut accounts = Vec::new();
    for (grant, account) in held {
        if !holds(grant.from_date, grant.to_date, zone, now) {
            continue;
        }
        let posts = posts(&grant, place, department.as_ref().map(|department| department.kind));
        holders.extend(posts.into_iter().map(|post| Holder { post, account: grant.account_id }));
        accounts.extend(account);
    }
    Ok((holders, accounts))
}

fn posts(grant: &role_grant::Model, place: &Place<'_>, department: Option<DepartmentKind>) -> Vec<Post> {
    let mut posts = Vec::new();
    if grant.department_id.is_some()
        && grant.department_id == place.department_id
        && department.map(DepartmentKind::head) == Some(grant.role)
    {
        posts.push(Post::DepartmentHead);
    }
    match grant.role {
        Role::TeamLeader if grant.team_id.is_some() && grant.team_id == place.team_id => posts.push(Post::TeamLeader),
        Role::CustomerServiceSupervisor => posts.push(Post::CustomerServiceSupervisor),
        Role::CustomerServiceDirector => posts.push(Post::CustomerServiceDirector),
        Role::OfficeHead => posts.push(Post::OfficeHead),
        Role::Archivist => posts.push(Post::Archivist),
        Role::CompanyLeader => posts.push(Post::CompanyLeader),
        _ => {}
    }
    posts
}
