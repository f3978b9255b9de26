//! A small town: one organization with a residential site, everybody in every role, two households; and a second
//! organization that must never see anything of it.

use chrono::NaiveDate;
use domain::category::Emergency;
use domain::organization::{AccountState, DepartmentKind, Language, ResidencyKind, Role, SiteKind};
use entity::{
    account, building, category, department, event_stream, organization, residency, role_grant, site, team, unit,
};
use sea_orm::{ActiveModelTrait, DatabaseConnection, IntoActiveModel};
use std::collections::HashMap;
use uuid::Uuid;

use api::App;

/// The ids of whatever the tests speak of, by name.
#[derive(Debug, Default, Clone)]
pub struct Town(pub HashMap<&'static str, Uuid>);

impl Town {
    /// The id of somebody or something.
    ///
    /// # Panics
    /// When the town has no such thing.
    #[must_use]
    pub fn id(&self, name: &str) -> Uuid {
        *self.0.get(name).unwrap_or_else(|| panic!("the town has no {name}"))
    }
}

struct Builder<'a> {
    app: &'a App,
    db: &'a DatabaseConnection,
    town: Town,
    organization: Uuid,
    site: Uuid,
    phones: u32,
}

/// Builds the town.
///
/// # Panics
/// When the database refuses a row.
pub async fn build(app: &App) -> Town {
    use DepartmentKind::{CustomerService, Engineering, Environment, Security};

    let mut b =
        Builder { app, db: &app.db, town: Town::default(), organization: Uuid::nil(), site: Uuid::nil(), phones: 0 };
    b.organization("company", "town").await;
    b.site("site", "LY").await;
    for (name, kind) in [
        ("customer service", CustomerService),
        ("engineering", Engineering),
        ("security", Security),
        ("environment", Environment),
    ] {
        b.department(name, kind).await;
    }
    b.team("plumbers", "engineering").await;
    b.team("electricians", "engineering").await;
    b.categories().await;
    b.staff("agent", Role::CustomerServiceAgent, Some("customer service"), None).await;
    b.staff("second agent", Role::CustomerServiceAgent, Some("customer service"), None).await;
    b.staff("supervisor", Role::CustomerServiceSupervisor, Some("customer service"), None).await;
    b.staff("head", Role::DepartmentHead, Some("engineering"), None).await;
    b.staff("security head", Role::DepartmentHead, Some("security"), None).await;
    b.staff("environment head", Role::DepartmentHead, Some("environment"), None).await;
    b.staff("leader", Role::TeamLeader, Some("engineering"), Some("plumbers")).await;
    b.staff("technician", Role::Technician, Some("engineering"), Some("plumbers")).await;
    b.staff("second technician", Role::Technician, Some("engineering"), Some("plumbers")).await;
    b.staff("electrician", Role::Technician, Some("engineering"), Some("electricians")).await;
    b.staff("director", Role::CustomerServiceDirector, None, None).await;
    b.staff("office head", Role::OfficeHead, None, None).await;
    b.staff("archivist", Role::Archivist, None, None).await;
    b.grant_everywhere("company leader", Role::CompanyLeader).await;
    b.grant_everywhere("administrator", Role::Administrator).await;
    b.home("home", "1203").await;
    b.home("other home", "0501").await;
    b.resident("owner", "home", ResidencyKind::Owner, None).await;
    b.resident("wife", "home", ResidencyKind::Occupant, None).await;
    b.resident("tenant", "home", ResidencyKind::Tenant, NaiveDate::from_ymd_opt(2026, 3, 31)).await;
    b.resident("neighbour", "other home", ResidencyKind::Owner, None).await;
    b.organization("other company", "elsewhere").await;
    b.site("other site", "QT").await;
    b.department("other customer service", CustomerService).await;
    b.staff("stranger agent", Role::CustomerServiceAgent, Some("other customer service"), None).await;
    b.staff("stranger office head", Role::OfficeHead, None, None).await;
    b.grant_everywhere("stranger leader", Role::CompanyLeader).await;
    b.town
}

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 1, 1).expect("a day")
}

impl Builder<'_> {
    fn id(&self) -> Uuid {
        self.app.dice.id(self.app.clock.now())
    }

    async fn organization(&mut self, name: &'static str, code: &str) {
        let id = self.id();
        let row = organization::Model { id, code: code.into(), name: name.into(), created_at: self.app.clock.now() };
        row.into_active_model().insert(self.db).await.unwrap();
        event_stream::Model { organization_id: id, position: 0 }.into_active_model().insert(self.db).await.unwrap();
        self.organization = id;
        self.town.0.insert(name, id);
    }

    async fn site(&mut self, name: &'static str, code: &str) {
        let id = self.id();
        let row = site::Model {
            id,
            organization_id: self.organization,
            code: code.into(),
            name: name.into(),
            kind: SiteKind::Residential,
            time_zone: "Asia/Shanghai".into(),
            hotline: "400-000-0000".into(),
            email: "office@example.com".into(),
            address: "1 Test Road".into(),
            responsible_person: "office head".into(),
            version: 1,
            retired_at: None,
        };
        row.into_active_model().insert(self.db).await.unwrap();
        self.site = id;
        self.town.0.insert(name, id);
    }

    async fn department(&mut self, name: &'static str, kind: DepartmentKind) {
        let id = self.id();
        let row = department::Model {
            id,
            organization_id: self.organization,
            site_id: self.site,
            kind,
            name: name.into(),
            phone: "010-8888".into(),
            version: 1,
            retired_at: None,
        };
        row.into_active_model().insert(self.db).await.unwrap();
        self.town.0.insert(name, id);
    }

    async fn team(&mut self, name: &'static str, department: &str) {
        let id = self.id();
        let row = team::Model {
            id,
            organization_id: self.organization,
            site_id: self.site,
            department_id: self.town.id(department),
            name: name.into(),
            version: 1,
            retired_at: None,
        };
        row.into_active_model().insert(self.db).await.unwrap();
        self.town.0.insert(name, id);
    }

    async fn categories(&mut self) {
        use DepartmentKind::{CustomerService, Engineering, Environment, Security};
        for (code, department, emergency) in [
            ("WATER", Engineering, Emergency::None),
            ("BURST_PIPE", Engineering, Emergency::Other),
            ("FIRE", Security, Emergency::Fire),
            ("GAS", Engineering, Emergency::Gas),
            ("NOISE", Security, Emergency::None),
            ("CLEANING", Environment, Emergency::None),
            ("MAIL", Security, Emergency::None),
            ("SERVICE_QUALITY", CustomerService, Emergency::None),
        ] {
            let id = self.id();
            let row = category::Model {
                id,
                organization_id: self.organization,
                site_id: self.site,
                parent_id: None,
                code: code.into(),
                name_zh: code.into(),
                name_en: code.into(),
                department,
                emergency,
                version: 1,
                retired_at: None,
            };
            row.into_active_model().insert(self.db).await.unwrap();
            self.town.0.insert(code, id);
        }
    }

    async fn account(&mut self, name: &'static str) -> Uuid {
        self.phones += 1;
        let id = self.id();
        let row = account::Model {
            id,
            organization_id: self.organization,
            phone: format!("1380000{:04}", self.phones),
            name: name.into(),
            work_phone: None,
            password_hash: None,
            language: Language::ZhCn,
            state: AccountState::Active,
            session_epoch: 0,
            created_at: self.app.clock.now(),
            version: 1,
        };
        row.into_active_model().insert(self.db).await.unwrap();
        self.town.0.insert(name, id);
        id
    }

    async fn staff(&mut self, name: &'static str, role: Role, department: Option<&str>, team: Option<&str>) {
        let account_id = self.account(name).await;
        let row = role_grant::Model {
            id: self.id(),
            organization_id: self.organization,
            account_id,
            role,
            site_id: Some(self.site),
            department_id: department.map(|name| self.town.id(name)),
            team_id: team.map(|name| self.town.id(name)),
            from_date: first_day(),
            to_date: None,
            version: 1,
            successor_id: None,
            carried_out_at: None,
        };
        row.into_active_model().insert(self.db).await.unwrap();
    }

    async fn grant_everywhere(&mut self, name: &'static str, role: Role) {
        let account_id = self.account(name).await;
        let row = role_grant::Model {
            id: self.id(),
            organization_id: self.organization,
            account_id,
            role,
            site_id: None,
            department_id: None,
            team_id: None,
            from_date: first_day(),
            to_date: None,
            version: 1,
            successor_id: None,
            carried_out_at: None,
        };
        row.into_active_model().insert(self.db).await.unwrap();
    }

    async fn home(&mut self, name: &'static str, number: &str) {
        let building_id = self.id();
        let (organization_id, site_id) = (self.organization, self.site);
        let name_of_it = format!("{number}栋");
        let row = building::Model {
            id: building_id,
            organization_id,
            site_id,
            name: name_of_it,
            walk_order: None,
            version: 1,
            retired_at: None,
        };
        row.into_active_model().insert(self.db).await.unwrap();
        let id = self.id();
        let (version, retired_at) = (1, None);
        let row = unit::Model { id, organization_id, site_id, building_id, name: number.into(), version, retired_at };
        row.into_active_model().insert(self.db).await.unwrap();
        self.town.0.insert(name, id);
    }

    async fn resident(&mut self, name: &'static str, home: &str, kind: ResidencyKind, to_date: Option<NaiveDate>) {
        let account_id = self.account(name).await;
        let row = residency::Model {
            id: self.id(),
            organization_id: self.organization,
            site_id: self.site,
            unit_id: self.town.id(home),
            account_id,
            kind,
            from_date: first_day(),
            to_date,
            version: 1,
        };
        row.into_active_model().insert(self.db).await.unwrap();
    }
}
