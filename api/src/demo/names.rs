//! Names of invented people: common family names with ordinary given names, no two alike.

use std::collections::BTreeSet;

use rand::RngExt;
use rand::rngs::StdRng;

const FAMILY: [&str; 36] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "罗",
    "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "程", "曹", "袁", "邓", "许", "沈", "曾", "彭",
];
const GIVEN: [&str; 54] = [
    "桂芳", "玉梅", "秀珍", "淑华", "建平", "永福", "春梅", "文斌", "晓燕", "雅琴", "思远", "子涵", "欣怡", "雨桐",
    "浩然", "佳宁", "立新", "红梅", "丽娟", "美玲", "学文", "凤英", "长贵", "宝山", "金凤", "玉兰", "素云", "明辉",
    "振华", "卫东", "新民", "庆丰", "月娥", "翠萍", "耀宗", "启明", "书琴", "诗涵", "一鸣", "梓轩", "若彤", "景行",
    "晓峰", "海滨", "国栋", "秋菊", "传玉", "友良", "志成", "兰英", "静怡", "家豪", "可欣", "向阳",
];

/// One of some things. There must be one.
pub fn pick<T: Copy>(rng: &mut StdRng, from: &[T]) -> T {
    from[rng.random_range(0..from.len())]
}

/// Draws names, none twice.
#[derive(Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// Keeps a name from being drawn.
    pub fn reserve(&mut self, name: &str) {
        self.0.insert(name.to_owned());
    }

    /// Draws a name.
    pub fn draw(&mut self, rng: &mut StdRng) -> String {
        loop {
            let name = format!("{}{}", pick(rng, &FAMILY), pick(rng, &GIVEN));
            if self.0.insert(name.clone()) {
                return name;
            }
        }
    }
}
