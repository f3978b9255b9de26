//! What processes spend, for benchmarks: CPU time and memory as the kernel counts them.

use std::fs::read_to_string;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

/// Clock ticks in a second, as Linux gives them to programs on every architecture that runs this.
const TICKS: u64 = 100;

/// What a process and those of its children that have ended have spent.
///
/// # Panics
/// When there is no such process.
#[must_use]
pub fn cpu(process: u32) -> Duration {
    let fields = stat(process).unwrap_or_else(|| panic!("no process {process}"));
    ticks(&fields, &[13, 14, 15, 16])
}

/// What a process has spent together with its children: those that run, and those that have ended.
#[must_use]
pub fn cpu_with_children(process: u32) -> Duration {
    let running = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = running.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let children: Duration = numbers
        .filter_map(stat)
        .filter(|fields| fields.get(3).is_some_and(|parent| *parent == process.to_string()))
        .map(|fields| ticks(&fields, &[13, 14]))
        .sum();
    cpu(process) + children
}

/// Memory of a process that is not shared or swapped out, in KiB.
///
/// # Panics
/// When there is no such process.
#[must_use]
pub fn resident(process: u32) -> u64 {
    let status = read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The process that PostgreSQL's sessions are children of, for a server on this machine.
///
/// # Panics
/// When the server is elsewhere.
pub async fn postmaster(db: &DatabaseConnection) -> u32 {
    let asked = Statement::from_string(db.get_database_backend(), "SELECT pg_backend_pid() AS pid");
    let row = db.query_one_raw(asked).await.unwrap().unwrap();
    let session: i32 = row.try_get("", "pid").unwrap();
    let fields = stat(session.unsigned_abs()).expect("PostgreSQL runs on this machine");
    fields[3].parse().unwrap()
}

/// How busy the machine is: the load of the last minute.
#[must_use]
pub fn load() -> String {
    read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or_default().to_owned()
}

/// The fields of `/proc/PID/stat`; the name, which may hold anything, is one.
fn stat(process: u32) -> Option<Vec<String>> {
    let text = read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (head, tail) = text.rsplit_once(')')?;
    let mut fields = vec![process.to_string(), head.to_owned()];
    fields.extend(tail.split_whitespace().map(str::to_owned));
    Some(fields)
}

fn ticks(fields: &[String], which: &[usize]) -> Duration {
    let sum: u64 = which.iter().filter_map(|place| fields.get(*place)?.parse::<u64>().ok()).sum();
    Duration::from_millis(sum * 1000 / TICKS)
}
