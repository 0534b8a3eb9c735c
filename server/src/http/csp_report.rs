//! `/csp-reports`: what a browser kept from running. Anybody can send one, so it is counted and a little of it is logged;
//! nothing of it is believed.

use axum::body::Bytes;
use http::StatusCode;
use serde::Deserialize;

pub const PATH: &str = "/csp-reports";

/// The body of `report-uri` (CSP level 2).
#[derive(Debug, Deserialize)]
struct Envelope {
    #[serde(rename = "csp-report")]
    report: Report,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Report {
    violated_directive: String,
    #[serde(default)]
    blocked_uri: String,
}

pub async fn receive(body: Bytes) -> StatusCode {
    let Ok(Envelope { report }) = serde_json::from_slice::<Envelope>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    metrics::counter!("csp_violations_total").increment(1);
    // Addresses can hold tokens: where it came from is enough to find it.
    let origin = report.blocked_uri.split(['?', '#']).next().unwrap_or_default().split('/').take(3).collect::<Vec<_>>().join("/");
    tracing::warn!(directive = shortened(&report.violated_directive), origin = shortened(&origin), "a browser refused something");
    StatusCode::NO_CONTENT
}

fn shortened(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(100).collect()
}
