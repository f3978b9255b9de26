//! Takes connections, finds out which protocol they speak, and hands their requests to the routes.
//!
//! A connection that says nothing, or its headers too slowly, is cut; one whose peer does not take what we send as well.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tower::ServiceExt;

use super::limits::Limits;
use super::tls::Tls;

/// How a client of HTTP/2 that speaks it from the start begins.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long a peer may leave unacknowledged what we sent.
const UNACKNOWLEDGED: Duration = Duration::from_mins(1);
/// How often a client of HTTP/2 is asked whether it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How many requests one connection of HTTP/2 may have under way.
const STREAMS: u32 = 100;
/// How often a connection is looked at that has said the beginning of a preface.
const LOOK: Duration = Duration::from_millis(20);

/// What a connection needs.
#[derive(Clone)]
pub struct Reception {
    /// The routes.
    pub routes: Router,
    /// What is allowed.
    pub limits: Arc<Limits>,
    /// The certificate, where we speak TLS.
    pub tls: Option<Tls>,
}

impl Reception {
    /// Serves one connection to its end.
    pub async fn serve(self, stream: TcpStream, peer: SocketAddr, watcher: Watcher, _seat: OwnedSemaphorePermit) {
        let socket = SockRef::from(&stream);
        // Small answers leave at once instead of waiting for more to send.
        let ready = stream.set_nodelay(true).and_then(|()| socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED)));
        if let Err(error) = ready {
            tracing::debug!(%error, "cannot set up a connection");
        }
        let heading = self.limits.heading;
        match self.tls.clone() {
            None => {
                let second = tokio::time::timeout(heading, speaks_second(&stream)).await;
                if let Ok(Ok(second)) = second {
                    self.converse(stream, second, peer, watcher).await;
                }
            }
            Some(tls) => match tokio::time::timeout(heading, tls.0.accept(stream)).await {
                Ok(Ok(stream)) => {
                    let second = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                    self.converse(stream, second, peer, watcher).await;
                }
                Ok(Err(error)) => tracing::debug!(%error, "no TLS came about"),
                Err(_) => {}
            },
        }
    }

    async fn converse<S>(self, stream: S, second: bool, peer: SocketAddr, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let routes = self.routes;
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            routes.clone().oneshot(request.map(axum::body::Body::new))
        });
        let builder = builder(&self.limits, second);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "a connection broke off");
        }
    }
}

fn builder(limits: &Limits, second: bool) -> Builder<TokioExecutor> {
    let builder = Builder::new(TokioExecutor::new());
    let mut builder = if second { builder.http2_only() } else { builder.http1_only() };
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.heading).max_buf_size(limits.headers);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(limits.heading)
        .max_header_list_size(u32::try_from(limits.headers).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS);
    builder
}

/// Whether the client begins with HTTP/2, without taking anything from the connection.
async fn speaks_second(stream: &TcpStream) -> std::io::Result<bool> {
    let mut begun = [0; PREFACE.len()];
    loop {
        let seen = stream.peek(&mut begun).await?;
        if seen == 0 || begun[..seen] != PREFACE[..seen] {
            return Ok(false);
        }
        if seen == PREFACE.len() {
            return Ok(true);
        }
        tokio::time::sleep(LOOK).await;
    }
}
