//! Many employees of the town at once, each with an account, a role at the site and a session of their own.

use chrono::{DateTime, NaiveDate, Utc};
use domain::organization::{AccountState, Language, Role};
use entity::{account, role_grant, session};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use crate::World;

/// One of a crowd.
pub struct Member {
    /// The account.
    pub account: Uuid,
    /// An access token.
    pub token: String,
}

/// How many rows are written at once: a statement has so many places for values.
const AT_ONCE: usize = 200;

macro_rules! write {
    ($world:ident, $entity:ident, $rows:ident) => {
        for some in $rows.chunks(AT_ONCE) {
            let some = some.iter().map(|row| row.clone().into_active_model().reset_all());
            $entity::Entity::insert_many(some).exec_without_returning(&$world.app.db).await.unwrap();
        }
    };
}

impl World {
    /// As many agents of customer service, each of whom sees every case of the site; their tokens hold at a moment.
    pub async fn crowd(&self, size: usize, now: DateTime<Utc>) -> Vec<Member> {
        let organization_id = self.town.id("company");
        let (mut accounts, mut grants, mut sessions) = (Vec::new(), Vec::new(), Vec::new());
        let mut members = Vec::new();
        for n in 0..size {
            let [id, grant, session] = [(); 3].map(|()| self.app.dice.id(self.now()));
            accounts.push(account::Model {
                id,
                organization_id,
                phone: format!("137{n:08}"),
                name: format!("agent {n}"),
                work_phone: None,
                password_hash: None,
                language: Language::ZhCn,
                state: AccountState::Active,
                session_epoch: 0,
                created_at: self.now(),
                version: 1,
            });
            grants.push(role_grant::Model {
                id: grant,
                organization_id,
                account_id: id,
                role: Role::CustomerServiceAgent,
                site_id: Some(self.town.id("site")),
                department_id: Some(self.town.id("customer service")),
                team_id: None,
                from_date: NaiveDate::from_ymd_opt(2020, 1, 1).unwrap(),
                to_date: None,
                version: 1,
                successor_id: None,
                carried_out_at: None,
            });
            sessions.push(session::Model {
                id: session,
                organization_id,
                account_id: id,
                device_name: None,
                epoch: 0,
                second_factor_passed: false,
                began_at: now,
                last_used_at: now,
                ends_at: now + api::access::session::LONGEST,
                ended_at: None,
                end_reason: None,
            });
            members.push(Member { account: id, token: self.app.tokens.sign(id, session, now).unwrap().0 });
        }
        write!(self, account, accounts);
        write!(self, role_grant, grants);
        write!(self, session, sessions);
        members
    }
}
