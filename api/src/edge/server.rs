//! Listens, and stops without cutting anybody off in mid-sentence.

use std::future::{Future, IntoFuture};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::router;
use crate::app::App;
use crate::event::stream::watch_other_processes;

/// Serves until `shutdown` is over. Then it accepts nobody more, lets requests finish and ends sockets (1012, come
/// again), for at most `limit`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    app: App,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
    limit: Duration,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let waking = tokio::spawn(watch_other_processes(app.clone()));
    let listener = listener.tap_io(|connection| {
        // Small answers leave at once instead of waiting for more to send.
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "cannot switch off the delay of small packets");
        }
    });
    let routes = router(app, stopping.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, routes).with_graceful_shutdown(stopped(stopping));
    let mut server = tokio::spawn(server.into_future());
    let outcome = tokio::select! {
        ended = &mut server => ended,
        () = shutdown => {
            stop.send_replace(true);
            finish(server, stop, limit).await
        }
    };
    waking.abort();
    outcome.map_err(io::Error::other)?
}

async fn finish(
    mut server: tokio::task::JoinHandle<io::Result<()>>,
    stop: watch::Sender<bool>,
    limit: Duration,
) -> Result<io::Result<()>, tokio::task::JoinError> {
    tracing::info!("stopping: letting requests finish");
    let finished = tokio::time::timeout(limit, async {
        let outcome = (&mut server).await;
        // Sockets and mutations that are under way hold a receiver; the last to end closes the channel.
        stop.closed().await;
        outcome
    });
    finished.await.unwrap_or_else(|_| {
        tracing::warn!(seconds = limit.as_secs(), "stopped without waiting any longer");
        server.abort();
        Ok(Ok(()))
    })
}

/// Waits until the server is to stop.
pub async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that the server is gone, which is a reason to stop as well.
    drop(stopping.wait_for(|stopping| *stopping).await);
}
