//! `huiyin serve`.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};

use super::{Config, Failure, log, migrate, open};
use crate::access::password::Passwords;
use crate::access::token::TokenKeys;
use crate::app::clock::Clock;
use crate::app::database::writer_queue;
use crate::app::dice::Dice;
use crate::app::files::Files;
use crate::app::lease::{self, Leases};
use crate::app::metrics::Metrics;
use crate::app::sms::{Gateway, Sms};
use crate::app::vault::Vault;
use crate::app::wire::{self, Wire};
use crate::app::{App, Parts};
use crate::event::bus::Bus;
use crate::settings::telemetry::Telemetry;
use crate::settings::{self, Messages, Settings};

/// Serves until Ctrl-C or SIGTERM.
pub async fn run(config: Config) -> Result<(), Failure> {
    let file = settings::file(config.config).map_err(|problems| settings::tell(&problems))?;
    let read = Settings::from_sources(settings::process, file.as_deref());
    let settings = read.map_err(|problems| settings::tell(&problems))?;
    let edge = settings.edge.config().map_err(|problems| settings::tell(&problems))?;
    let _telling = log::start(&settings.storage.log, &settings.telemetry)?;
    let listener = listen(settings.listen, "HUIYIN_LISTEN=").await?;
    let app = app(&settings).await?;
    let figures = figures(app.clone(), &settings.telemetry).await?;
    tracing::info!(address = %settings.listen, "serving");
    let background = background(&app);
    let served = crate::edge::serve(app.clone(), edge, listener, told_to_stop(), settings.shutdown_limit).await;
    background.abort();
    figures.abort();
    // Another takes the jobs over at once, and not only when the leases run out.
    if let Err(error) = app.leases.give_back(&app.db).await {
        tracing::warn!(?error, "leases could not be given back; they run out");
    }
    served?;
    tracing::info!("stopped");
    Ok(())
}

/// Serves the figures at their own address, where the settings name one.
pub async fn figures(app: App, telemetry: &Telemetry) -> Result<AbortHandle, Failure> {
    let Some(address) = telemetry.metrics else { return Ok(tokio::spawn(async {}).abort_handle()) };
    let listener = listen(address, "HUIYIN_METRICS_LISTEN=").await?;
    let serving = tokio::spawn(async {
        if let Err(error) = crate::edge::metrics::serve(app, listener).await {
            tracing::error!(%error, "/metrics is no longer served");
        }
    });
    Ok(serving.abort_handle())
}

pub async fn app(settings: &Settings) -> Result<App, Failure> {
    let db = open(&settings.storage).await?;
    let files = Files::named(&settings.storage.files)?;
    migrate::require_current(&db).await?;
    let dice = Dice::system();
    let wire = settings.nats_url.as_deref().map(Wire::through).unwrap_or_default();
    let clock = Clock::System;
    Ok(App::new(Parts {
        writer: writer_queue(&db),
        leases: Leases::new(&db, dice.id(clock.now())),
        db,
        passwords: Passwords::new(&dice)?,
        dice,
        bus: Bus::over(wire.clone()),
        wire,
        tokens: token_keys(settings)?,
        metrics: Metrics::default(),
        vault: Vault::new(&settings.secret_key)?,
        sms: Sms::new(gateway(settings), &clock),
        files,
        second_factor: settings.second_factor,
        clock,
    }))
}

/// Starts what the server does by itself beside serving. It is stopped at any moment: an act that is under way then has
/// not happened.
pub fn background(app: &App) -> AbortHandle {
    let mut jobs = JoinSet::new();
    jobs.spawn(lease::renew(app.clone()));
    jobs.spawn(wire::keep(app.clone()));
    jobs.spawn(crate::clock::sweep::keep(app.clone()));
    jobs.spawn(crate::clock::moving::keep(app.clone()));
    jobs.spawn(crate::alarm::keep(app.clone()));
    jobs.spawn(crate::booking::keep(app.clone()));
    jobs.spawn(crate::handheld::keep(app.clone()));
    jobs.spawn(crate::attachment::sweep::keep(app.clone()));
    jobs.spawn(crate::organization::staff::sweep::keep(app.clone()));
    jobs.spawn(crate::quote::expiry::keep(app.clone()));
    jobs.spawn(crate::opinion::keep(app.clone()));
    jobs.spawn(crate::figure::relay::keep(app.clone()));
    jobs.spawn(crate::access::guesses::keep(app.clone()));
    tokio::spawn(async move { while jobs.join_next().await.is_some() {} }).abort_handle()
}

fn token_keys(settings: &Settings) -> Result<TokenKeys, String> {
    let keys = TokenKeys::new(&settings.token_key, settings.token_lifetime)?;
    settings.token_keys_before.iter().try_fold(keys, |keys, before| keys.accepting(before))
}

fn gateway(settings: &Settings) -> Gateway {
    match &settings.sms {
        Messages::Nowhere => Gateway::None,
        Messages::Gateway(url, secret) => Gateway::http(url, secret),
    }
}

/// Takes the address before anything else is done, so that a taken port is told at once.
pub async fn listen(address: SocketAddr, setting: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::AddrInUse => "another program listens there".to_owned(),
            _ => error.to_string(),
        };
        let other = SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(8080));
        format!("cannot listen at {address}: {why}. Choose another address, as {setting}{other}").into()
    })
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
