//! What people complain of: in a residential community, and in a decoration mall.

use domain::complaint::{Kind, Severity};
use domain::organization::DepartmentKind::{CustomerService, DecorationMarket, Environment, MallManagement, Security};

use super::texts::Topic;

/// A complaint about order in the community; the other topics are given as differences from it.
const MATTER: Topic = Topic {
    category: "DECORATION_NOISE",
    department: Security,
    kind: Kind::Complaint,
    severity: Severity::Normal,
    urgent: false,
    weight: 9,
    team: None,
    places: &[],
    says: &[
        "楼上装修中午十二点半还在打电钻,孩子没法午睡。",
        "隔壁装修油漆味非常大,从门缝飘进来,头晕。",
        "装修垃圾堆在电梯厅,粉尘到处都是。",
        "周日早上七点多就开始敲墙,违反装修时间规定。",
    ],
    also: "装修工人还把水泥袋放在消防通道里。",
    task: "现场查看并劝止",
    work: &[],
    progress: &["护管员已到现场,要求施工单位立即停止违规作业。", "已约谈装修负责人,正在核对装修许可时间。"],
    results: &[
        "已要求施工单位遵守装修时间并签整改承诺书,加强巡查。",
        "现场粉尘和垃圾已清理,装修单位按规定封闭门窗施工。",
        "已对施工单位书面警告,后续每日巡查两次。",
    ],
};

/// The topics of a residential community.
pub const MATTERS: &[Topic] = &[
    MATTER,
    Topic {
        category: "NOISE",
        weight: 5,
        says: &[
            "楼上半夜拖动家具,连续一周睡不好。",
            "楼下广场舞音响太大,晚上九点半还没有停。",
            "邻居家的狗整夜叫,沟通过没有用。",
        ],
        also: "周末早上也是这样。",
        progress: &["已与当事住户沟通,对方表示会注意。"],
        results: &["已上门沟通,住户承诺夜间不再制造噪音。", "已与活动组织者约定时间和音量,护管员到点提醒。"],
        ..MATTER
    },
    Topic {
        category: "OUTSIDERS",
        weight: 4,
        says: &[
            "有推销人员挨家敲门发传单,门禁形同虚设。",
            "单元门口经常有陌生人跟进来推销净水器。",
            "门把手上每天被插小广告。",
        ],
        also: "电梯里也被贴了广告。",
        progress: &["已调取监控,查找进入时间和路线。"],
        results: &["已清退推销人员,门岗加强登记核验。", "已清理小广告,并对门岗人员重新培训。"],
        ..MATTER
    },
    Topic {
        category: "MAIL",
        weight: 3,
        says: &[
            "订的报纸这周少了三份,请查一下登记。",
            "挂号信显示已签收,但是我没有收到。",
            "报纸每天下午才送到,以前都是早上。",
        ],
        also: "上个月的杂志也没有收到。",
        progress: &["已核对邮件登记簿,正在与投递员确认。"],
        results: &["查登记簿,邮件误投至相邻单元,已取回送达并致歉。", "已与投递站约定上午十点前送达,登记簿逐日核对。"],
        ..MATTER
    },
    Topic {
        category: "PARKING",
        weight: 6,
        says: &[
            "外来车辆占了我的固定车位,电话也打不通。",
            "消防通道每天晚上都停满车。",
            "出口道闸识别不了我的车牌,每次都要等。",
            "电动车乱停在单元门口,轮椅出不来。",
        ],
        also: "车位地锁也被撞坏了。",
        progress: &["护管员已联系车主移车。"],
        results: &[
            "车辆已移走,并在车位加装提示牌。",
            "已清理消防通道并张贴告示,夜间加派巡查。",
            "车牌信息已更正,识别正常。",
        ],
        ..MATTER
    },
    Topic {
        category: "CLEANING",
        department: Environment,
        weight: 8,
        team: Some("保洁班"),
        places: &["5栋垃圾投放点", "4栋楼梯间", "2栋1号电梯", "南门垃圾房"],
        says: &[
            "垃圾桶满了两天没有清,招苍蝇。",
            "楼梯间有宠物粪便,好几天没有打扫。",
            "电梯轿厢地面很脏,有饮料洒了没有擦。",
            "垃圾点污水流到路上,气味很大。",
        ],
        also: "旁边的绿化带里也有垃圾。",
        task: "清扫并冲洗现场",
        work: &[
            ("清运垃圾,冲洗并消毒投放点。", "清运车次不足", "消毒液 2 升"),
            ("清扫楼梯间并拖洗,喷洒除味剂。", "宠物主人未清理", "除味剂 1 瓶"),
            ("拖洗轿厢地面并擦拭内壁。", "饮料洒漏", "清洁剂"),
            ("疏通垃圾房排水沟,冲洗路面并除味。", "排水沟堵塞", "除味剂 2 瓶"),
        ],
        progress: &["保洁员正在前往现场。"],
        results: &["现场已清理干净并消毒,增加每日一次巡查。", "已清扫,调整了该点位的清运时间。"],
        ..MATTER
    },
    Topic {
        category: "GREENING",
        department: Environment,
        weight: 5,
        team: Some("绿化班"),
        places: &["1栋北侧", "中心花园草坪", "儿童游乐场周边"],
        says: &["树枝长到二楼窗户了,挡光还招虫。", "草坪枯了一大片,一直没有浇水。", "树上毛毛虫很多,掉到小朋友身上。"],
        also: "自动喷灌有一个喷头坏了,一直漏水。",
        task: "修剪养护并防治病虫",
        work: &[
            ("修剪超高枝条并清运,检查周边树木。", "枝条生长过快", "油锯(工具)"),
            ("补植草皮三十平方米并调整浇灌。", "喷灌覆盖不足", "草皮 30 平方米"),
            ("夜间喷药并张贴告示,三天后复查。", "虫害季节高发", "低毒药剂 1 升"),
        ],
        progress: &["已安排绿化班,施药前会张贴告示。"],
        results: &["枝条已修剪,采光恢复。", "草坪已补植,专人养护一个月。", "虫害已防治,复查正常。"],
        ..MATTER
    },
    Topic {
        category: "SERVICE_QUALITY",
        department: CustomerService,
        severity: Severity::High,
        weight: 5,
        says: &[
            "前台接电话态度生硬,问了两句就挂了。",
            "报修后三天没有人回电话,每次打都说在催。",
            "门岗对老人说话很不客气。",
            "上次说好上门又没有来,白请了半天假。",
        ],
        also: "希望能有主管直接回复我。",
        progress: &["主管已与您联系并致歉,正在核实录音和记录。"],
        results: &["经核实情况属实,已当面致歉,当事人接受培训和考核。", "已向客户致歉,改为专人跟进并每日反馈。"],
        ..MATTER
    },
    Topic {
        category: "FEES",
        department: CustomerService,
        weight: 3,
        says: &["这个月物业费账单多了一笔公摊水费,看不明白。", "停车费扣了两次,请核对退款。"],
        also: "请把明细发给我。",
        progress: &["已调取账单明细,财务核对中。"],
        results: &["已逐项说明公摊计算方法,客户认可。", "核实为重复扣款,已退回原账户。"],
        ..MATTER
    },
];

/// The topics of a decoration mall.
pub const MALL: &[Topic] = &[
    Topic {
        category: "GOODS_QUALITY",
        department: MallManagement,
        says: &[
            "在二楼买的实木床安装半个月就开裂。",
            "瓷砖色差很大,和样板完全不一样。",
            "新买的沙发坐垫塌陷,商户说不在保修范围。",
        ],
        also: "发票到现在也没有开。",
        progress: &["已通知商户带销售单到场,约定共同查看。"],
        results: &["按三包约定由商户更换,已送达验收。", "双方协商一致,商户退还差价。"],
        ..MATTER
    },
    Topic {
        category: "DELIVERY",
        department: MallManagement,
        weight: 6,
        says: &["定好的送货日期拖了三次,装修停工等材料。", "送来的马桶有裂纹,安装师傅说不能换。"],
        also: "送货时把电梯厅墙面刮花了。",
        progress: &["已联系商户和物流,确认新的送货时间。"],
        results: &["商户已送货到户并赔付误工费。", "破损商品已更换,安装完成。"],
        ..MATTER
    },
    Topic {
        category: "QUOTE",
        department: DecorationMarket,
        weight: 5,
        says: &["装修报价单里水电改造只有一个总价,没有明细。", "开工后一直增项,已经超出合同两成。"],
        also: "想看一下市场的参考价目表。",
        progress: &["已要求家装公司三天内提交明细报价。"],
        results: &["家装公司已补充明细并取消不合理项目。", "增项逐条核对,客户书面确认后继续施工。"],
        ..MATTER
    },
    Topic {
        category: "WORKMANSHIP",
        department: DecorationMarket,
        weight: 5,
        says: &["卫生间防水做完闭水试验漏到楼下。", "墙面乳胶漆大面积开裂,家装公司推说是墙体问题。"],
        also: "地砖空鼓也有好几块。",
        progress: &["质检员已到现场实测,要求限期整改。"],
        results: &["防水已返工,四十八小时闭水合格。", "已铲除重做,质检复验合格。"],
        ..MATTER
    },
];
