//! What operators see, and nobody else.

use crate::support::{Answer, Server, configured, request};
use http::StatusCode;
use server::{AppState, http::admin, telemetry};
use sqlx::PgPool;

#[sqlx::test(migrator = "backend::db::MIGRATIONS")]
async fn metrics_and_the_reasons_of_readiness_are_on_the_other_listener_only(db: PgPool) {
    let metrics = telemetry::metrics_handle().unwrap();
    let public = Server::new(db);
    let state = |shop: &backend::testing::Shop| AppState::new(&configured(&[]).unwrap(), shop.handles.clone());
    let operators = Server { router: admin::router(state(&public.shop), metrics.clone()), shop: public.shop.clone() };
    let ask = async |server: &Server, path: &str| -> Answer { server.send(request("GET", path, &[], "")).await };

    assert_eq!(ask(&public, "/metrics").await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask(&public, "/readyz").await.body, "ready\n");
    let figures = ask(&operators, "/metrics").await;
    assert_eq!(figures.status, StatusCode::OK);
    assert!(figures.body.contains("http_requests_total{"), "{}", figures.body);
    assert_eq!(ask(&operators, "/readyz").await.json(), serde_json::json!({ "database": true, "redis": true }));

    let shop = public.shop.without_database();
    let broken = Server { router: admin::router(state(&shop), metrics), shop };
    let answer = ask(&broken, "/readyz").await;
    assert_eq!((answer.status, answer.json()["database"].as_bool()), (StatusCode::SERVICE_UNAVAILABLE, Some(false)));
}
