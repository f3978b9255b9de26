//! What people say: the shape of a matter, and the sentences that fit any of them.

use domain::complaint::{Kind, Severity};
use domain::organization::DepartmentKind;
use domain::work_order::HoldReason;
use rand::RngExt;
use rand::rngs::StdRng;

/// A matter that people bring, with what is said and done about it.
pub struct Topic {
    /// The category's code.
    pub category: &'static str,
    /// The department that its category makes responsible.
    pub department: DepartmentKind,
    /// What the customer wants.
    pub kind: Kind,
    /// How serious it is.
    pub severity: Severity,
    /// Whether nobody waits for the morning.
    pub urgent: bool,
    /// How often it comes, next to others.
    pub weight: u32,
    /// The team that is sent, where somebody is.
    pub team: Option<&'static str>,
    /// Places in public areas; empty when it is at home. The nth place, saying and work belong together.
    pub places: &'static [&'static str],
    /// What the customer says.
    pub says: &'static [&'static str],
    /// What else the customer may bring up.
    pub also: &'static str,
    /// What is to be done.
    pub task: &'static str,
    /// What was done, why it was so, and what it took.
    pub work: &'static [(&'static str, &'static str, &'static str)],
    /// What the customer is told meanwhile.
    pub progress: &'static [&'static str],
    /// How it ended.
    pub results: &'static [&'static str],
}

/// One that belongs to a topic's nth saying, or any where the list is shorter than the sayings.
pub fn fitting<T: Copy>(rng: &mut StdRng, topic: &Topic, nth: usize, from: &[T]) -> T {
    let sayings = topic.says.len();
    if from.len() < sayings {
        return from[rng.random_range(0..from.len())];
    }
    let rounds = (from.len() - nth).div_ceil(sayings);
    from[nth + sayings * rng.random_range(0..rounds)]
}

/// What somebody may add to a description.
pub const TAILS: &[&str] = &[
    "",
    "",
    "麻烦尽快处理,谢谢。",
    "之前口头反映过一次,没有下文。",
    "希望能给个明确的处理时间。",
    "已经不是第一次了。",
];

/// What somebody may add who waits at home.
pub const TAILS_AT_HOME: &[&str] = &[
    "",
    "麻烦尽快安排,谢谢。",
    "家里有老人和小孩,请尽快安排。",
    "白天家里有人,来之前请先打电话。",
    "下班后六点以后在家。",
];

/// Why a case is handled (C5).
pub const ACCEPT: &[&str] = &[
    "情况属实,由本部门负责处理。",
    "已电话核实,属于物业服务范围,今天安排处理。",
    "现场看过,确需处理,已列入今日工作。",
    "属于本部门职责,按服务承诺时限办理。",
];

/// Why a case is not handled (C5).
pub const DECLINE: &[&str] = &[
    "经现场核查,该设施属业主自用部分且不在有偿服务目录内,建议联系原安装厂家,我们可提供厂家电话。",
    "反映的事项由供电部门负责,已告知报修电话并说明原因,物业无权操作。",
    "多次现场查看未发现所述情况,监控亦无记录,暂不处理;如再次出现请随时来电。",
];

/// Why a department sends a case back.
pub const REFUSE: &[&str] =
    &["该事项不属于本部门职责,请客服部核对类别后重新派单。", "现场确认与本部门设备无关,退回客服部。"];

/// Why the desk sends a case to another department than usual.
pub const OVERRIDE: &[&str] = &["根据客户描述先由该部门到场判断。", "现场人员已在附近,先请该部门处理。"];

/// Why a case is passed on.
pub const HAND_OVER: &[&str] =
    &["现场检查后确认根因属于对口部门,移交并说明已做的检查。", "已做临时处置,后续工作需由对口部门完成,现移交。"];

/// Why a customer takes a case back.
pub const WITHDRAW: &[&str] =
    &["问题已经自己解决了,不用来了,谢谢。", "和邻居沟通好了,撤回。", "重复提交了,撤回这一条。"];

/// Why a customer is not content with the work.
pub const UNSIGNED: &[&str] =
    &["刚修好又开始渗水,先不签。", "现场没有清理干净,请收拾好再签。", "只修了一处,另一处没有修。"];

/// Why a case is opened again.
pub const REOPEN: &[&str] =
    &["过了两天又出现同样的问题,没有彻底解决。", "处理后效果不明显,请再来看看。", "只处理了一部分,剩下的没有处理。"];

/// Why an order waits.
pub const HOLD: &[(HoldReason, &str)] = &[
    (HoldReason::Parts, "配件需要订货,预计后天到。"),
    (HoldReason::Customer, "业主今天不方便,改约时间。"),
    (HoldReason::ThirdParty, "需要等厂家人员一起到场。"),
    (HoldReason::Safety, "现场不具备安全作业条件,做好防护后再施工。"),
];

/// Why an order is not carried out.
pub const CANCEL: &[&str] =
    &["业主改为自行联系厂家售后,取消派工。", "与另一张维修单重复,取消本单。", "到场前已恢复正常,业主同意取消。"];

/// What customers answer on the telephone when they are content.
pub const CONTENT: &[&str] = &[
    "客户表示问题已解决,对处理速度满意。",
    "客户说师傅上门准时,态度好,现场收拾得干净。",
    "客户确认处理结果,没有其他意见。",
    "客户表示基本满意,希望以后能提前通知。",
    "客户对结果认可,建议加强日常巡查。",
];

/// What customers answer when they are not.
pub const DISCONTENT: &[&str] = &[
    "客户反映问题仍然存在,要求重新处理。",
    "客户对处理结果不满意,认为只是临时应付。",
    "客户表示处理后第二天又出现,希望彻底解决。",
];

/// What is said while the work goes on.
pub const TALKS: &[&str] =
    &["已向客户说明目前进度和下一步安排,客户表示理解。", "与客户沟通了预计完成时间,客户同意等待。"];

/// What the director remarks.
pub const INSPECTIONS: &[&str] = &[
    "回访记录完整,符合要求。",
    "已抽听回访录音,与记录一致。",
    "记录清楚,处理过程可追溯。",
    "请注意回访时主动询问其他意见,本次记录合格。",
];

/// What the office head writes.
pub const OPINIONS: &[&str] =
    &["同意归档。", "处理及时,同意归档。", "同意归档,请相关部门总结经验。", "同意归档;类似问题请列入月度分析。"];

/// What customers write beside their rating.
pub const PRAISE: &[&str] = &["师傅很专业,点赞。", "处理得快,谢谢。", "服务态度好。", "", "", ""];
/// What customers write beside a low rating.
pub const BLAME: &[&str] = &["等的时间太长了。", "沟通不够及时。", "结果一般,希望改进。"];

/// What an archived case may be given later.
pub const ADDENDA: &[&str] = &["归档后客户来电致谢,一并记录。", "补充:同楼栋其他住户未再反映同类问题。"];
