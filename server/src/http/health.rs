//! Whether the process lives, and whether it can serve.

use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use std::time::Duration;
use tokio::time::timeout;

/// A store that takes longer is as good as down.
const ANSWER_MAX: Duration = Duration::from_secs(1);

/// What is known about the things the process needs.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Readiness {
    /// PostgreSQL answers and has the schema that this program expects. Without it nothing can be sold.
    pub database: bool,
    /// Redis answers. Without it everything is slower, and nothing is missing.
    pub redis: bool,
}

impl Readiness {
    pub async fn of(state: &AppState) -> Self {
        let handles = &state.handles;
        let (database, redis) =
            tokio::join!(timeout(ANSWER_MAX, backend::db::is_ready(&handles.db)), timeout(ANSWER_MAX, handles.redis.ping()));
        Self { database: database.unwrap_or(false), redis: matches!(redis, Ok(Ok(()))) }
    }

    pub fn status(self) -> StatusCode {
        if self.database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
    }
}

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The process can serve. Why not is told on the administrators' listener only.
pub async fn readyz(State(state): State<AppState>) -> (StatusCode, &'static str) {
    let status = Readiness::of(&state).await.status();
    (status, if status.is_success() { "ready\n" } else { "not ready\n" })
}

/// The same with its reasons, for the administrators' listener.
pub async fn details(State(state): State<AppState>) -> (StatusCode, Json<Readiness>) {
    let readiness = Readiness::of(&state).await;
    (readiness.status(), Json(readiness))
}
