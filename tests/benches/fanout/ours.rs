//! Our server, over a town with as many agents as there are clients.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::Instant;

use api::edge::Config;
use api::edge::limits::{Limits, SocketLimits};
use serde_json::json;
use tests::World;
use tests::database::Engine;
use tests::edge::Edge;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::stand;

/// Says something that is longer than a line usually is, at once.
fn say(what: &serde_json::Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what}").unwrap();
    out.flush().unwrap();
}

/// Serves, and does what it is told.
pub async fn serve(size: usize) {
    // Lines are made and thrown away: what they cost is counted, what a disk costs is not.
    tracing_subscriber::fmt().json().with_writer(std::io::sink).with_max_level(tracing::Level::INFO).init();
    let world = World::new(Engine::Sqlite).await;
    let (case, target, unheard) = (world.dripping_tap().await, world.dripping_tap().await, world.dripping_tap().await);
    let crowd = world.crowd(size + 1, world.now()).await;
    let socket = SocketLimits { open: size + 10, ..SocketLimits::default() };
    let limits = Limits { allowance: u32::MAX, connections: size + 100, socket, ..Limits::default() };
    let edge = Edge::of(&world, Config { limits, ..Config::default() }).await;
    let tokens: Vec<&str> = crowd.iter().map(|member| &*member.token).collect();
    say(&json!({ "address": edge.address, "tokens": tokens, "case": case, "target": target }));
    drop(crowd);
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        let on = match line.split(' ').next() {
            Some("emit") => &case,
            Some("target") => &target,
            Some("unheard") => &unheard,
            _ => {
                say(&stand());
                continue;
            }
        };
        let (began, before) = (Instant::now(), world.database.statements.load(Ordering::SeqCst));
        Box::pin(world.on_case("owner", "addToComplaint", on, json!({ "text": "还在漏" }))).await;
        let statements = world.database.statements.load(Ordering::SeqCst) - before;
        say(&json!({ "took": began.elapsed().as_secs_f64() * 1e3, "statements": statements }));
    }
}
