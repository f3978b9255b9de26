//! The edge of a world, served on loopback by this very process, so that a test moves its clock and shortens its times.

use api::edge::{self, Config};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::World;

/// A served world.
pub struct Edge {
    /// `127.0.0.1` with its port.
    pub address: String,
    /// A client of it.
    pub client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<()>>,
}

/// An answer over HTTP.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The code of the first error.
    #[must_use]
    pub fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// A header as text; empty where it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Reads an answer to its end.
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }
}

impl Edge {
    /// Serves a world.
    pub async fn of(world: &World, config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        let app = world.app.clone();
        let served = tokio::spawn(async move {
            let stopped = async {
                stopped.await.ok();
            };
            edge::serve(app, config, listener, stopped, Duration::from_secs(20)).await.unwrap();
        });
        Self { address, client: reqwest::Client::new(), stop: Some(stop), served: Some(served) }
    }

    /// The address of the API.
    #[must_use]
    pub fn url(&self) -> String {
        self.at("/graphql")
    }

    /// The URL of another path.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends an operation by POST; as a stranger where the token is empty.
    pub async fn post(&self, token: &str, body: &Value) -> Answer {
        self.send(self.client.post(self.url()).json(body), token).await
    }

    /// Sends a query's text by POST.
    pub async fn query(&self, token: &str, query: &str) -> Answer {
        self.post(token, &json!({ "query": query })).await
    }

    /// Sends a request.
    pub async fn send(&self, request: reqwest::RequestBuilder, token: &str) -> Answer {
        let request = if token.is_empty() { request } else { request.header(AUTHORIZATION, format!("Bearer {token}")) };
        Answer::of(request.send().await.unwrap()).await
    }

    /// Asks the server to stop, without waiting for it.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).ok();
        }
    }

    /// Waits until it has stopped.
    pub async fn stopped(&mut self) {
        self.served.take().unwrap().await.unwrap();
    }
}
