//! What a user or a rule would notice, tried through the schema on real databases.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where by panicking")]

/// Declares tests that run on both databases, each in a world of its own.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident) $body:block)+) => {$(
        $(#[$meta])*
        async fn $name($world: tests::World) $body

        // A function and a module may bear one name.
        mod $name {
            use tests::World;
            use tests::database::Engine;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                Box::pin(super::$name(World::new(Engine::Sqlite).await)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                Box::pin(super::$name(World::new(Engine::Postgres).await)).await;
            }
        }
    )+};
}

mod access;
mod alarms;
mod anonymous;
mod architecture;
mod attachments;
mod attention;
mod bookings;
mod calendars;
mod clocks;
mod codes;
mod company;
mod conformance;
mod contract;
mod crash;
mod day_feeds;
mod demo;
mod dispatching;
mod explorer;
mod fanout;
mod fees;
mod figures;
mod follow_ups;
mod force;
mod forms;
mod fortnight;
mod growth;
mod guessing;
mod handhelds;
mod hotline;
mod http;
mod imports;
mod incidents;
mod intake;
mod language;
mod leases;
mod leaving;
mod limits;
mod machines;
mod main_job;
mod month;
mod opinions;
mod outages;
mod papers;
mod passwords;
mod phones;
mod promises;
mod quotes;
mod ratings;
mod repeats;
mod replicas;
mod replies;
mod residents;
mod searching;
mod second_factor;
mod seed;
mod sessions;
mod setup;
mod sharing;
mod sign_in;
mod signatures;
mod socket;
mod sse;
mod staff;
mod stock;
mod storage;
mod stream;
mod telling;
mod together;
mod tokens;
mod undertakings;
