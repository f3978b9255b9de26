//! A panic ends where it happens: counted, and answered with an id.

use chrono::TimeDelta;
use domain::session::SecondFactorPolicy;
use sea_orm::Database;

use super::*;
use crate::access::password::Passwords;
use crate::access::token::TokenKeys;
use crate::app::Parts;
use crate::app::clock::Clock;
use crate::app::dice::Dice;
use crate::app::metrics::Metrics;
use crate::app::sms::{Gateway, Sms};
use crate::app::vault::Vault;
use crate::app::wire::Wire;
use crate::event::bus::Bus;

async fn app() -> App {
    let dice = Dice::seeded(1);
    let db = Database::connect("sqlite::memory:").await.unwrap();
    App::new(Parts {
        leases: crate::app::lease::Leases::new(&db, uuid::Uuid::nil()),
        db,
        writer: None,
        passwords: Passwords::new(&dice).unwrap(),
        dice,
        bus: Bus::default(),
        wire: Wire::default(),
        tokens: TokenKeys::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", TimeDelta::minutes(1)).unwrap(),
        metrics: Metrics::default(),
        vault: Vault::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap(),
        sms: Sms::new(Gateway::None, &Clock::System),
        files: crate::app::files::Files::in_memory(),
        second_factor: SecondFactorPolicy::Offered,
        clock: Clock::System,
    })
}

fn id_only(answer: &Answer) -> bool {
    let [error] = answer.errors.as_slice() else { return false };
    operation::code(error) == Some("INTERNAL")
        && error.message.contains("Reference: ")
        && !error.message.contains("secret")
}

#[tokio::test]
async fn a_panic_of_an_operation_is_answered_with_an_id_and_counted() {
    let app = app().await;
    let mut watched = Watched::begin(&app, "http", None);
    let answer: Result<Answer, Error> = watched.guard(async { panic!("a secret") }).await;
    assert!(id_only(&operation::refused(answer.err().unwrap())));
    let mut items = stream::once(async { panic!("a secret") }).boxed();
    assert!(id_only(&watched.next(&mut items).await.unwrap()));
    assert!(watched.next(&mut items).await.is_none());
    drop(watched);
    let text = app.metrics.text(&app.db).unwrap();
    assert!(text.contains("huiyin_panics_total 2\n") && text.contains(r#"code="INTERNAL""#), "{text}");
}

#[tokio::test]
async fn a_panic_of_a_handler_is_answered_with_an_id() {
    use axum::body::Body;
    use tower::ServiceExt;
    let app = app().await;
    let catch = tower_http::catch_panic::CatchPanicLayer::custom(crate::edge::answer::panicked(app.clone()));
    let panics = || async { panic!("a secret") as &'static str };
    let routes = axum::Router::new().route("/", axum::routing::get(panics)).layer(catch);
    let answer = routes.oneshot(Request::new(Body::empty())).await.unwrap();
    assert_eq!(answer.status(), 500);
    let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!(text.contains("Reference: ") && !text.contains("secret"), "{text}");
}
