//! Listens, and stops without cutting anybody off in mid-sentence.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use super::listening::Reception;
use super::{Config, Edge, Stopping, pulse, router, sharing};
use crate::app::App;
use crate::event::watching::watch_other_processes;

/// How long to wait when the system has no connection to give, before asking again.
const BREATH: Duration = Duration::from_millis(100);
/// How often what is only kept for a while is looked through.
const TIDY: Duration = Duration::from_mins(1);

/// Serves until `shutdown` is over. Then it accepts nobody more, lets requests finish and ends sockets (1012, come
/// again), for at most `limit`.
///
/// # Errors
/// When the schema cannot be priced.
pub async fn serve(
    app: App,
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
    limit: Duration,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let waking = tokio::spawn(watch_other_processes(app.clone()));
    let address = match &config.address {
        Some(address) => address.clone(),
        None => format!("{}://{}", if config.tls.is_some() { "https" } else { "http" }, listener.local_addr()?),
    };
    let edge = Edge::new(app, &config, address, stopping.clone()).map_err(io::Error::other)?;
    let tidying = tokio::spawn(tidy(edge.clone()));
    let sharing = tokio::spawn(sharing::share(edge.clone()));
    // It ends by itself, when it has told everybody that the server stops.
    tokio::spawn(pulse::beat(edge.clone()));
    let reception =
        Reception { limits: Arc::new(config.limits.clone()), tls: config.tls, routes: router(edge, &config.origins) };
    let graceful = GracefulShutdown::new();
    tokio::select! {
        () = accept(&listener, &reception, &graceful, config.limits.connections) => {}
        () = shutdown => {}
    }
    // Nobody may come in any more.
    drop((listener, reception));
    stop.send_replace(true);
    tidying.abort();
    sharing.abort();
    finish(graceful, stop, stopping, limit).await;
    waking.abort();
    Ok(())
}

async fn accept(listener: &TcpListener, reception: &Reception, graceful: &GracefulShutdown, most: usize) {
    let seats = Arc::new(Semaphore::new(most));
    loop {
        // Never closed, so it can only be waited for.
        let Ok(seat) = seats.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(reception.clone().serve(stream, peer, graceful.watcher(), seat));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot take a connection");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

async fn finish(graceful: GracefulShutdown, stop: watch::Sender<bool>, stopping: Stopping, limit: Duration) {
    tracing::info!("stopping: letting requests finish");
    let finished = tokio::time::timeout(limit, async {
        graceful.shutdown().await;
        // Sockets and mutations that are under way hold a receiver; the last to end closes the channel.
        drop(stopping);
        stop.closed().await;
    });
    if finished.await.is_err() {
        tracing::warn!(seconds = limit.as_secs(), "stopped without waiting any longer");
    }
}

async fn tidy(edge: Edge) {
    let mut turns = tokio::time::interval(TIDY);
    loop {
        turns.tick().await;
        edge.allowances.forget_whole();
    }
}

/// Waits until the server is to stop.
pub async fn stopped(mut stopping: Stopping) {
    // An error means that the server is gone, which is a reason to stop as well.
    drop(stopping.wait_for(|stopping| *stopping).await);
}
