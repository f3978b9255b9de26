//! Imports of tables: what one can hold, and what can become of a line.

use crate::closed_set::closed_set;

closed_set! {
    /// What a table holds, and which columns it has.
    pub enum Kind as "ImportKind" {
        /// Sites, known by `code`. Columns: `code` 项目编号, `name` 名称, `kind` 类型 (`RESIDENTIAL` 小区,
        /// `DECORATION_MALL` 装饰城), `timeZone` 时区 (Asia/Shanghai when empty), `hotline` 热线, `email` 邮箱,
        /// `address` 地址, `responsiblePerson` 负责人.
        Sites,
        /// Buildings, known by site and `name`. Columns: `siteCode` 项目编号, `name` 楼栋, `walkOrder` 步行次序 (its place on
        /// the way through the site, from 1; may be empty, and then stays as it is).
        Buildings,
        /// Units, known by building and `name`. Columns: `siteCode` 项目编号, `building` 楼栋, `name` 房号.
        Units,
        /// Departments, known by site and `kind`. Columns: `siteCode` 项目编号, `kind` 部门类型 (as `ENGINEERING`
        /// 工程部), `name` 名称, `phone` 电话.
        Departments,
        /// Teams, known by department and `name`. Columns: `siteCode` 项目编号, `department` 部门类型, `name` 班组.
        Teams,
        /// Categories, known by site and `code`; those above stand before those below. Columns: `siteCode` 项目编号,
        /// `code` 编号, `parentCode` 上级编号 (may be empty), `nameZh` 中文名, `nameEn` 英文名, `department`
        /// 部门类型, `emergency` 紧急 (may be empty; `NONE` 否, `FIRE` 火警, `GAS` 燃气, `OTHER` 其他).
        Categories,
        /// Staff, known by `phone`, one line for each of their roles. Columns: `phone` 手机号, `name` 姓名,
        /// `workPhone` 办公电话 (may be empty), `language` 语言 (`ZH_CN` 中文 when empty, `EN` 英文), `role` 角色,
        /// `siteCode` 项目编号, `department` 部门类型, `team` 班组 (each as the role's reach demands), `from`
        /// 开始日期 (today when empty), `to` 结束日期 (may be empty). Days as 2026-03-01. A role that is held in that
        /// time stays as it is; `endRole` ends it.
        Staff,
        /// Residents, known by unit and `phone`. Columns: `siteCode` 项目编号, `building` 楼栋, `unit` 房号, `phone`
        /// 手机号, `name` 姓名, `kind` 居住身份 (`OWNER` 业主, `OCCUPANT` 住户, `TENANT` 租户), `from` 开始日期
        /// (today when empty), `to` 结束日期 (may be empty). Days as 2026-03-01.
        Residents,
    }
}

closed_set! {
    /// What became of a line of a table.
    pub enum Action as "ImportAction" {
        /// It is made.
        Made,
        /// It was there, and is changed.
        Changed,
        /// It was there as it is given.
        Unchanged,
        /// It is refused; `code`, `field` and `message` say why.
        Refused,
    }
}
