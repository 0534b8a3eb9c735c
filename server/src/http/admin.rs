//! The listener for operators: what must not be seen from outside is not on the public one at all.

use super::health;
use crate::state::AppState;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::PrometheusHandle;

pub fn router(state: AppState, metrics: PrometheusHandle) -> Router {
    let health = Router::new().route("/healthz", get(health::healthz)).route("/readyz", get(health::details)).with_state(state);
    Router::new().route("/metrics", get(render)).with_state(metrics).merge(health)
}

async fn render(State(metrics): State<PrometheusHandle>) -> Response {
    metrics.run_upkeep();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
}
