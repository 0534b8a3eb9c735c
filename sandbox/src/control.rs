//! The control port, for tests and for `souk check`: the bank's report, faults on demand, the way webhooks are sent.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::bank::Bank;
use crate::book::Cause;
use crate::misbehave::Rule;
use crate::report;
use crate::webhooks::Manner;

pub(crate) fn router(bank: Arc<Bank>) -> Router {
    Router::new()
        .route("/health", get(|| async { Json(json!({ "status": "ok" })) }))
        .route("/journal", get(journal))
        .route("/misbehave", get(faults_left).post(misbehave).delete(behave))
        .route("/webhooks", get(webhooks).post(set_webhooks))
        .with_state(bank)
}

async fn journal(State(bank): State<Arc<Bank>>) -> Json<Value> {
    let payments = bank.transact(Cause::default(), |book| report::payments(book)).await;
    Json(json!({ "position": bank.position(), "payment_intents": payments }))
}

async fn misbehave(State(bank): State<Arc<Bank>>, rule: Result<Json<Rule>, JsonRejection>) -> Response {
    accepted(rule.map_err(|rejection| rejection.body_text()).and_then(|Json(rule)| bank.misbehaviour.add(rule)))
}

async fn faults_left(State(bank): State<Arc<Bank>>) -> Json<Value> {
    Json(json!({ "rules": bank.misbehaviour.left() }))
}

async fn behave(State(bank): State<Arc<Bank>>) -> StatusCode {
    bank.misbehaviour.clear();
    StatusCode::NO_CONTENT
}

async fn webhooks(State(bank): State<Arc<Bank>>) -> Json<Value> {
    let pending = bank.peek(|book| book.undelivered().count());
    Json(bank.webhooks.report(pending))
}

async fn set_webhooks(State(bank): State<Arc<Bank>>, manner: Result<Json<Manner>, JsonRejection>) -> Response {
    let outcome = manner.map_err(|rejection| rejection.body_text()).and_then(|Json(manner)| bank.webhooks.set(manner));
    bank.outbox.notify_one();
    accepted(outcome)
}

fn accepted(outcome: Result<(), String>) -> Response {
    match outcome {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(message) => (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": message }))).into_response(),
    }
}
