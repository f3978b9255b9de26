//! A day's work is small, also where no two orders are alike.

use api::edge::Config;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tests::World;
use tests::edge::Edge;

use super::queue::{photographed, picture};
use super::{agreed, given_as, sync_document};

const PLACES: &[&str] = &[
    "厨房",
    "主卧卫生间",
    "客厅阳台",
    "次卧窗边",
    "入户门",
    "走廊尽头",
    "地下车库",
    "儿童房",
    "洗衣房",
    "设备间",
    "书房吊顶",
    "北阳台",
];
const THINGS: &[&str] = &[
    "水龙头",
    "角阀",
    "地漏",
    "坐便器水箱",
    "热水器进水管",
    "开关面板",
    "吸顶灯",
    "空气开关",
    "门禁对讲",
    "推拉门滑轮",
    "排风扇",
    "管道井检修口",
    "墙面瓷砖",
    "暖气片",
    "智能电表",
    "晾衣架",
];
const FAULTS: &[&str] = &[
    "一直滴水",
    "关不严",
    "堵塞返味",
    "漏电跳闸",
    "不亮且有异响",
    "松动脱落",
    "渗水到楼下",
    "开裂",
    "时好时坏",
    "按下没有反应",
    "结露发霉",
    "压力不足",
];
const WORDS: &[&str] = &[
    "昨晚开始",
    "孩子在家请轻声",
    "已自行关闭总阀",
    "之前修过一次",
    "请带梯子",
    "物业前台已登记",
    "下午三点后有人",
    "门口有监控",
    "请先电话联系",
    "邻居也反映",
    "保修期内",
    "装修时改过管线",
    "停水后更严重",
    "老人独居",
    "请勿踩踏木地板",
    "需要开发票",
    "备用钥匙在前台",
    "宠物已关好",
];

fn sentence(dice: &mut StdRng, words: usize) -> String {
    let about =
        format!("{}{}{}", PLACES.choose(dice).unwrap(), THINGS.choose(dice).unwrap(), FAULTS.choose(dice).unwrap());
    let more = (0..words).map(|_| format!("{}{}", WORDS.choose(dice).unwrap(), dice.random_range(1..90)));
    std::iter::once(about).chain(more).collect::<Vec<_>>().join("，")
}

/// The plumbers have so many materials in stock.
async fn stocked(world: &World, dice: &mut StdRng, many: usize) {
    for number in 0..many {
        let name = format!("{}配件 DN{}", THINGS.choose(dice).unwrap(), dice.random_range(10..110));
        let item = json!({ "teamId": world.id("Team", "plumbers"), "code": format!("M{number}-{}", dice.random_range(100..999)),
            "name": name, "unit": "个", "minimum": dice.random_range(1..9).to_string() });
        let id = world.act("leader", "createStockItem", item).await["stockItem"]["id"].clone();
        let came = json!({ "stockItemId": id, "quantity": dice.random_range(1..400).to_string() });
        world.act("leader", "receiveStock", came).await;
    }
}

/// Thirty orders of a day, each with words of its own: some priced, photographed, visited by appointment, worked on, waiting.
async fn busy(world: &World, dice: &mut StdRng) {
    let edge = Edge::of(world, Config::default()).await;
    let item = json!({ "code": "W01", "kind": "MATERIAL", "name": "阀芯", "unit": "个", "unitPrice": "35.50" });
    let list = json!({ "siteId": world.id("Site", "site"), "from": "2026-03-02", "items": [item] });
    let item = world.act("office head", "publishPriceList", list).await["priceList"]["items"][0]["id"].clone();
    let mut photo = 0;
    for number in 0..30_usize {
        let who = ["owner", "wife", "tenant", "neighbour"][number % 4];
        let paid = who == "owner";
        let (about, task) = (sentence(dice, 5), sentence(dice, 2));
        let (case, order) = given_as(world, who, &about, &task, paid).await;
        if number % 2 == 0 {
            world.on_case("agent", "reportProgress", &case, json!({ "text": sentence(dice, 2) })).await;
        }
        if number % 5 == 0 {
            continue;
        }
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        if paid {
            agreed(world, "technician", &case, &order, &item).await;
        }
        for _ in 0..dice.random_range(0..3) {
            photo += 1;
            photographed(world, &edge, &case, &order, &picture(photo)).await;
        }
        if number % 7 == 1 {
            let waits = json!({ "reason": "PARTS", "until": "2026-03-04T02:00:00Z", "note": sentence(dice, 1) });
            world.on_order("technician", "holdWorkOrder", &order, waits).await;
        } else if !paid {
            let report =
                json!({ "workDone": sentence(dice, 3), "cause": sentence(dice, 1), "materials": sentence(dice, 0) });
            world.on_order("technician", "completeWorkOrder", &order, report).await;
        }
    }
}

on_both! {
    async fn a_days_work_fits_a_weak_network(world) {
        // The day is the same each time: what is weighed is not chance.
        let mut dice = StdRng::seed_from_u64(20_260_302);
        busy(&world, &mut dice).await;
        stocked(&world, &mut dice, 200).await;
        let edge = Edge::of(&world, Config::default()).await;
        let token = world.token("technician").await;
        let (mut cursor, mut size, mut orders, mut materials) = (Value::Null, 0, 0, 0);
        loop {
            let body = json!({ "query": sync_document(), "variables": { "after": cursor, "first": 20, "now": world.now() } });
            let request = edge.client.post(edge.url()).bearer_auth(&token).header("accept-encoding", "gzip").json(&body);
            let packed = request.send().await.unwrap();
            assert_eq!((packed.status().as_u16(), &packed.headers()["content-encoding"]), (200, &"gzip".parse().unwrap()));
            size += packed.bytes().await.unwrap().len();
            let page = edge.post(&token, &body).await.json()["data"]["sync"].clone();
            orders += page["orders"].as_array().unwrap().len();
            materials += page["stock"]["items"].as_array().map_or(0, Vec::len);
            cursor = page["cursor"].clone();
            if page["hasMore"] == false {
                break;
            }
        }
        println!("a day's work: {orders} orders and {materials} materials in {size} bytes");
        assert_eq!((orders, materials), (30, 200));
        assert!(size < 64 * 1024, "thirty orders are {size} bytes compressed");
    }
}
