//! Who lives where: owners, their families, tenants, and tenants who have moved out.

use chrono::{NaiveDate, TimeDelta};
use domain::organization::ResidencyKind;
use entity::{building, residency, unit};
use rand::RngExt;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::cast::{Cast, Customer};
use super::directory::Desk;
use super::names::Names;
use super::people::NEIGHBOURS;

/// How many residents also bring cases to the mall.
const CONSUMERS: usize = 12;

/// A site's homes while people move in.
struct Homes<'a, 'b> {
    desk: &'a mut Desk<'b>,
    organization: Uuid,
    cast: &'a mut Cast,
    names: &'a mut Names,
}

/// Builds a site's homes and moves its people in.
pub fn move_in(desk: &mut Desk<'_>, rng: &mut StdRng, names: &mut Names, organization: Uuid, cast: &mut Cast) {
    let (buildings, floors, doors): (usize, &[u32], u32) = match cast.code {
        "LY" => (10, &[4, 6, 8, 10, 12], 4),
        "QT" => (1, &[1, 2], 2),
        _ => return,
    };
    let mut homes = Homes { desk, organization, cast, names };
    for number in 1..=buildings {
        let building = homes.building(&format!("{number}栋"));
        for floor in floors {
            for door in 1..=doors {
                homes.unit(rng, &building, &format!("{floor}{door:02}"));
            }
        }
    }
}

/// Lets some residents of the first site be consumers of its organization's mall, too.
pub fn visit_the_mall(casts: &mut [Cast]) {
    let consumers: Vec<Customer> = casts
        .iter()
        .find(|cast| cast.code == "LY")
        .map(|cast| cast.customers.iter().step_by(17).take(CONSUMERS).cloned().collect())
        .unwrap_or_default();
    for mall in casts.iter_mut().filter(|cast| cast.code == "HZ") {
        mall.customers = consumers.iter().cloned().map(|one| Customer { unit: None, ..one }).collect();
    }
}

impl Homes<'_, '_> {
    fn building(&mut self, name: &str) -> building::Model {
        let before = self.desk.rows.buildings.iter().filter(|row| row.site_id == self.cast.site_id).count();
        let row = building::Model {
            id: self.desk.id(),
            organization_id: self.organization,
            site_id: self.cast.site_id,
            name: name.to_owned(),
            walk_order: i32::try_from(before + 1).ok(),
            version: 1,
            retired_at: None,
        };
        self.desk.rows.buildings.push(row.clone());
        row
    }

    fn unit(&mut self, rng: &mut StdRng, building: &building::Model, name: &str) {
        let row = unit::Model {
            id: self.desk.id(),
            organization_id: self.organization,
            site_id: self.cast.site_id,
            building_id: building.id,
            name: name.to_owned(),
            version: 1,
            retired_at: None,
        };
        self.desk.rows.units.push(row.clone());
        match (self.cast.code, building.name.as_str(), name) {
            ("LY", "3栋", "1203") => self.listed_family(row.id),
            ("LY", "5栋", "804") => self.listed_tenant(rng, row.id),
            ("LY", ..) => self.household(rng, row.id),
            ("QT", _, "101") => self.listed(row.id, "13900000027", ResidencyKind::Owner, None),
            ("QT", _, "102") => self.stranger(rng, row.id, ResidencyKind::Owner, (900, None), true),
            _ => {}
        }
    }

    fn listed_family(&mut self, unit: Uuid) {
        self.listed(unit, "13900000001", ResidencyKind::Owner, None);
        self.listed(unit, "13900000002", ResidencyKind::Occupant, None);
    }

    fn listed_tenant(&mut self, rng: &mut StdRng, unit: Uuid) {
        self.stranger(rng, unit, ResidencyKind::Owner, (1800, None), false);
        self.listed(unit, "13900000003", ResidencyKind::Tenant, Some(self.desk.today + TimeDelta::days(200)));
    }

    /// Most units have an owner; many a family, some a tenant, some had one.
    fn household(&mut self, rng: &mut StdRng, unit: Uuid) {
        let dice = rng.random_range(0..100);
        if dice < 4 {
            return;
        }
        let since = rng.random_range(500..3000);
        let rented = dice < 26;
        self.stranger(rng, unit, ResidencyKind::Owner, (since, None), !rented);
        if rented {
            let lease_left = rng.random_range(30..400);
            let from = rng.random_range(120..450);
            self.stranger(rng, unit, ResidencyKind::Tenant, (from, Some(-lease_left)), true);
        } else if dice < 62 {
            self.stranger(rng, unit, ResidencyKind::Occupant, (since, None), true);
        } else if dice < 72 {
            let left = rng.random_range(10..200);
            self.stranger(rng, unit, ResidencyKind::Tenant, (left + 365, Some(left)), false);
        }
    }

    /// Moves in somebody who signs in to the demo.
    fn listed(&mut self, unit: Uuid, phone: &str, kind: ResidencyKind, to: Option<NaiveDate>) {
        let Some(one) = NEIGHBOURS.iter().find(|one| one.phone == phone) else {
            return;
        };
        let from = self.desk.today - TimeDelta::days(if kind == ResidencyKind::Tenant { 240 } else { 1500 });
        self.resident(unit, phone, one.name.to_owned(), kind, (from, to), true);
    }

    /// Moves in somebody else, from and to so many days before the last day.
    fn stranger(
        &mut self,
        rng: &mut StdRng,
        unit: Uuid,
        kind: ResidencyKind,
        (from, to): (i64, Option<i64>),
        brings_cases: bool,
    ) {
        let name = self.names.draw(rng);
        let phone = format!("1390001{:04}", self.desk.rows.accounts.len());
        let day = |ago: i64| self.desk.today - TimeDelta::days(ago);
        self.resident(unit, &phone, name, kind, (day(from), to.map(day)), brings_cases);
    }

    fn resident(
        &mut self,
        unit_id: Uuid,
        phone: &str,
        name: String,
        kind: ResidencyKind,
        (from_date, to_date): (NaiveDate, Option<NaiveDate>),
        brings_cases: bool,
    ) {
        let account = self.desk.account(self.organization, phone, &name, None);
        self.desk.rows.residencies.push(residency::Model {
            id: self.desk.id(),
            organization_id: self.organization,
            site_id: self.cast.site_id,
            unit_id,
            account_id: account,
            kind,
            from_date,
            to_date,
            version: 1,
        });
        if brings_cases {
            self.cast.customers.push(Customer { account, name, phone: phone.to_owned(), unit: Some(unit_id) });
        }
    }
}
