//! Who works where, and who can sign in to look around.

use domain::organization::{DepartmentKind, Role};

use super::{PASSWORD, SignIn};

use DepartmentKind::{CustomerService, DecorationMarket, Engineering, Environment, MallManagement, Security};

/// Somebody's desk.
pub struct Employee {
    /// The number they sign in with.
    pub phone: &'static str,
    /// Their name.
    pub name: &'static str,
    /// The site's code; none for the whole organization.
    pub site: Option<&'static str>,
    /// Their role.
    pub role: Role,
    /// Their department.
    pub department: Option<DepartmentKind>,
    /// Their team.
    pub team: Option<&'static str>,
    /// What they are called, for those who sign in.
    pub title: Option<&'static str>,
}

/// A resident who can sign in.
pub struct Neighbour {
    /// The number they sign in with.
    pub phone: &'static str,
    /// Their name.
    pub name: &'static str,
    /// The site's code.
    pub site: &'static str,
    /// Building and unit.
    pub home: (&'static str, &'static str),
    /// What they are called.
    pub title: &'static str,
}

/// Each team with its site and department.
pub const TEAMS: &[(&str, DepartmentKind, &str)] = &[
    ("LY", Engineering, "水电班"),
    ("LY", Engineering, "综合维修班"),
    ("LY", Engineering, "电梯班"),
    ("LY", Security, "巡逻班"),
    ("LY", Environment, "保洁班"),
    ("LY", Environment, "绿化班"),
];

/// The residents who can sign in: two of one household, a tenant, and one of the other organization.
pub const NEIGHBOURS: &[Neighbour] = &[
    neighbour("13900000001", "林秀兰", "LY", ("3栋", "1203"), "业主 owner"),
    neighbour("13900000002", "陈国栋", "LY", ("3栋", "1203"), "同住家人 occupant"),
    neighbour("13900000003", "何雨桐", "LY", ("5栋", "804"), "租户 tenant"),
    neighbour("13900000027", "罗静怡", "QT", ("1栋", "101"), "业主 owner"),
];

const fn neighbour(
    phone: &'static str,
    name: &'static str,
    site: &'static str,
    home: (&'static str, &'static str),
    title: &'static str,
) -> Neighbour {
    Neighbour { phone, name, site, home, title }
}

/// Everybody who works for one of the two organizations.
pub const STAFF: &[Employee] = &[
    at("LY", "13900000004", "周晓燕", Role::CustomerServiceAgent).of(CustomerService).titled("客服前台 front desk"),
    at("LY", "13900000005", "许丽娟", Role::CustomerServiceSupervisor)
        .of(CustomerService)
        .titled("客户服务部主管 supervisor"),
    at("LY", "13900000006", "沈雅琴", Role::CustomerServiceDirector).titled("客服主任 director"),
    at("LY", "13900000007", "郑立新", Role::OfficeHead).titled("管理处负责人 office head"),
    at("LY", "13900000008", "彭书琴", Role::Archivist).titled("档案专员 archivist"),
    everywhere("13900000009", "唐振华", Role::CompanyLeader).titled("公司领导 company leader"),
    everywhere("13900000010", "邓启明", Role::Administrator).titled("管理员 administrator"),
    at("LY", "13900000011", "梁卫东", Role::DepartmentHead).of(Engineering).titled("工程部主管 engineering head"),
    at("LY", "13900000012", "曾宝山", Role::TeamLeader)
        .of(Engineering)
        .in_team("水电班")
        .titled("水电班班组长 team leader"),
    at("LY", "13900000013", "程志成", Role::Technician)
        .of(Engineering)
        .in_team("水电班")
        .titled("水电班维修工 technician"),
    at("LY", "13900000014", "韩海滨", Role::DepartmentHead).of(Security).titled("护管部主管 security head"),
    at("LY", "13900000015", "冯向阳", Role::Technician)
        .of(Security)
        .in_team("巡逻班")
        .titled("巡逻班队员 security technician"),
    at("LY", "13900000016", "宋美玲", Role::DepartmentHead).of(Environment).titled("环境部主管 environment head"),
    at("HZ", "13900000017", "谢文斌", Role::DepartmentHead).of(MallManagement).titled("商场管理部主管 mall head"),
    at("HZ", "13900000018", "袁明辉", Role::MarketHead).of(DecorationMarket).titled("家装市场负责人 market head"),
    at("HZ", "13900000019", "董佳宁", Role::ContractOfficer).of(DecorationMarket).titled("签章专员 contract officer"),
    at("HZ", "13900000020", "曹新民", Role::Inspector).of(DecorationMarket).titled("质检员 inspector"),
    at("HZ", "13900000021", "于庆丰", Role::MallCommitteeMember).titled("商场管理委员会 committee member"),
    at("HZ", "13900000022", "萧玉兰", Role::CustomerServiceSupervisor)
        .of(CustomerService)
        .titled("客户服务部主管 supervisor"),
    at("HZ", "13900000023", "傅若彤", Role::CustomerServiceAgent).of(CustomerService).titled("客服前台 front desk"),
    at("HZ", "13900000024", "吕淑华", Role::CustomerServiceDirector).titled("客服主任 director"),
    at("HZ", "13900000025", "苏建平", Role::OfficeHead).titled("管理处负责人 office head"),
    at("HZ", "13900000026", "卢凤英", Role::Archivist).titled("档案专员 archivist"),
    at("QT", "13900000028", "蒋春梅", Role::CustomerServiceSupervisor)
        .of(CustomerService)
        .titled("客户服务部主管 supervisor"),
    at("QT", "13900000029", "蔡永福", Role::DepartmentHead).of(Engineering).titled("工程部主管 engineering head"),
    at("QT", "13900000030", "贾学文", Role::OfficeHead).titled("管理处负责人 office head"),
    at("LY", "13900000101", "丁可欣", Role::CustomerServiceAgent).of(CustomerService),
    at("LY", "13900000102", "魏友良", Role::Technician).of(Engineering).in_team("水电班"),
    at("LY", "13900000103", "薛家豪", Role::Technician).of(Engineering).in_team("水电班"),
    at("LY", "13900000104", "叶长贵", Role::TeamLeader).of(Engineering).in_team("综合维修班"),
    at("LY", "13900000105", "阎传玉", Role::Technician).of(Engineering).in_team("综合维修班"),
    at("LY", "13900000106", "余景行", Role::Technician).of(Engineering).in_team("综合维修班"),
    at("LY", "13900000107", "潘耀宗", Role::TeamLeader).of(Engineering).in_team("电梯班"),
    at("LY", "13900000108", "杜一鸣", Role::Technician).of(Engineering).in_team("电梯班"),
    at("LY", "13900000109", "戴浩然", Role::Technician).of(Engineering).in_team("电梯班"),
    at("LY", "13900000110", "夏晓峰", Role::TeamLeader).of(Security).in_team("巡逻班"),
    at("LY", "13900000111", "钟国梁", Role::Technician).of(Security).in_team("巡逻班"),
    at("LY", "13900000112", "汪梓轩", Role::Technician).of(Security).in_team("巡逻班"),
    at("LY", "13900000113", "田桂芳", Role::TeamLeader).of(Environment).in_team("保洁班"),
    at("LY", "13900000114", "任秋菊", Role::Technician).of(Environment).in_team("保洁班"),
    at("LY", "13900000115", "姜月娥", Role::Technician).of(Environment).in_team("保洁班"),
    at("LY", "13900000116", "范翠萍", Role::Technician).of(Environment).in_team("保洁班"),
    at("LY", "13900000117", "方素云", Role::TeamLeader).of(Environment).in_team("绿化班"),
    at("LY", "13900000118", "石金凤", Role::Technician).of(Environment).in_team("绿化班"),
    at("LY", "13900000119", "姚兰英", Role::Technician).of(Environment).in_team("绿化班"),
];

const fn everywhere(phone: &'static str, name: &'static str, role: Role) -> Employee {
    Employee { phone, name, site: None, role, department: None, team: None, title: None }
}

const fn at(site: &'static str, phone: &'static str, name: &'static str, role: Role) -> Employee {
    Employee { site: Some(site), ..everywhere(phone, name, role) }
}

impl Employee {
    const fn of(mut self, department: DepartmentKind) -> Self {
        self.department = Some(department);
        self
    }

    const fn in_team(mut self, team: &'static str) -> Self {
        self.team = Some(team);
        self
    }

    const fn titled(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }
}

/// The code of the organization that runs a site.
#[must_use]
pub const fn organization_of(site: Option<&str>) -> &'static str {
    match site {
        Some(code) if matches!(code.as_bytes(), b"QT") => "other-demo",
        _ => "huiyin-demo",
    }
}

/// Who can sign in, in the order of their numbers.
#[must_use]
pub fn sign_ins() -> Vec<SignIn> {
    let entry = |title: &str, name: &str, phone: &str, note: String| SignIn {
        role: title.to_owned(),
        name: name.to_owned(),
        phone: phone.to_owned(),
        password: PASSWORD.to_owned(),
        note,
    };
    let residents = NEIGHBOURS.iter().map(|one| {
        let note = format!("{} · {} {}{}", organization_of(Some(one.site)), one.site, one.home.0, one.home.1);
        entry(one.title, one.name, one.phone, note)
    });
    let staff = STAFF.iter().filter_map(|one| {
        let note = one.site.map_or_else(
            || organization_of(None).to_owned(),
            |site| format!("{} · {site}", organization_of(Some(site))),
        );
        Some(entry(one.title?, one.name, one.phone, note))
    });
    let mut all: Vec<SignIn> = residents.chain(staff).collect();
    all.sort_by(|a, b| a.phone.cmp(&b.phone));
    all
}
