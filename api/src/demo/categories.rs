//! The category trees (E3.1–E3.4, E4.2.1–E4.2.4, B6, and A for the mall).

use domain::category::Emergency;
use domain::organization::{DepartmentKind, SiteKind};

use DepartmentKind::{CustomerService, DecorationMarket, Engineering, Environment, MallManagement, Security};

/// A category as it is set up.
pub struct Branch {
    /// Its stable code.
    pub code: &'static str,
    /// The code of the category above.
    pub under: Option<&'static str>,
    /// Its Chinese name.
    pub zh: &'static str,
    /// Its English name.
    pub en: &'static str,
    /// The responsible department.
    pub department: DepartmentKind,
    /// Whether it is an emergency.
    pub emergency: Emergency,
}

const fn branch(code: &'static str, zh: &'static str, en: &'static str, department: DepartmentKind) -> Branch {
    Branch { code, under: None, zh, en, department, emergency: Emergency::None }
}

impl Branch {
    const fn under(mut self, code: &'static str) -> Self {
        self.under = Some(code);
        self
    }

    const fn urgent(mut self, emergency: Emergency) -> Self {
        self.emergency = emergency;
        self
    }
}

/// The tree of a residential community. A category stands after the one above it.
const RESIDENTIAL: &[Branch] = &[
    branch("WATER", "水", "Water", Engineering),
    branch("DRIP", "滴漏", "Dripping or leaking", Engineering).under("WATER"),
    branch("BURST_PIPE", "水管爆裂", "Burst pipe", Engineering).under("WATER").urgent(Emergency::Other),
    branch("DRAIN", "下水堵塞", "Blocked drain", Engineering).under("WATER"),
    branch("ELECTRIC", "电", "Electricity", Engineering),
    branch("OUTAGE", "停电跳闸", "Power cut", Engineering).under("ELECTRIC"),
    branch("SOCKET", "开关插座", "Switches and sockets", Engineering).under("ELECTRIC"),
    branch("LIGHTING", "公共照明", "Public lighting", Engineering).under("ELECTRIC"),
    branch("DAMAGED_FACILITY", "公共设施损坏", "Damaged public facility", Engineering),
    branch("GAS", "燃气", "Gas", Engineering).urgent(Emergency::Gas),
    branch("LIFT", "电梯困人", "People trapped in a lift", Engineering).urgent(Emergency::Other),
    branch("FLOOD", "淹水", "Flooding", Engineering).urgent(Emergency::Other),
    branch("FIRE", "消防", "Fire", Security).urgent(Emergency::Fire),
    branch("DECORATION_NOISE", "装修噪音/异味/粉尘", "Decoration noise, smell or dust", Security),
    branch("OUTSIDERS", "外来推销", "Salespeople from outside", Security),
    branch("MAIL", "邮件报纸", "Mail and newspapers", Security),
    branch("PARKING", "停车秩序", "Parking", Security),
    branch("NOISE", "生活噪音", "Noise of neighbours", Security),
    branch("CLEANING", "公共保洁", "Public cleaning", Environment),
    branch("GREENING", "绿化养护", "Greening", Environment),
    branch("INDOOR_CLEANING", "室内保洁(有偿)", "Indoor cleaning (paid)", Environment),
    branch("INDOOR_GREENING", "室内绿植(有偿)", "Indoor plants (paid)", Environment),
    branch("SERVICE_QUALITY", "服务质量", "Quality of service", CustomerService),
    branch("FEES", "收费咨询与异议", "Fees", CustomerService),
];

/// The tree of a decoration mall.
const MALL: &[Branch] = &[
    branch("GOODS", "商品", "Goods", MallManagement),
    branch("GOODS_QUALITY", "商品质量", "Quality of goods", MallManagement).under("GOODS"),
    branch("DELIVERY", "送货安装", "Delivery and fitting", MallManagement).under("GOODS"),
    branch("REFUND", "退换货", "Returns and refunds", MallManagement).under("GOODS"),
    branch("MERCHANT_SERVICE", "商户服务态度", "Service of a merchant", MallManagement),
    branch("DECORATION", "家装", "Home decoration", DecorationMarket),
    branch("CONTRACT", "家装合同", "Decoration contract", DecorationMarket).under("DECORATION"),
    branch("QUOTE", "工程报价", "Quote for works", DecorationMarket).under("DECORATION"),
    branch("WORKMANSHIP", "施工质量", "Quality of works", DecorationMarket).under("DECORATION"),
    branch("FIRE", "消防", "Fire", MallManagement).urgent(Emergency::Fire),
    branch("SERVICE_QUALITY", "服务质量", "Quality of service", CustomerService),
];

/// The tree of a kind of site.
#[must_use]
pub const fn tree(kind: SiteKind) -> &'static [Branch] {
    match kind {
        SiteKind::Residential => RESIDENTIAL,
        SiteKind::DecorationMall => MALL,
    }
}
