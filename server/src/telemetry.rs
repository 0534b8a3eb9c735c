//! What the process tells: log lines with the id of their request, metrics, panics.

use crate::config::{LogFormat, Telemetry};
use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The gateway's client warns of every refused card, which is nothing to look after. A filter of one's own comes after it.
const QUIET: &str = "stripe=error";

/// Upper bounds in seconds: from a cached answer to one that a shopper gives up on.
const DURATION_BUCKETS_S: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Starts logging, for the life of the process.
///
/// # Errors
/// When the filter is not one, or logging was started before.
pub fn start(telemetry: &Telemetry) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", telemetry.filter))
        .context("SOUK_LOG must be a tracing filter, such as info,backend=debug")?;
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    match telemetry.format {
        LogFormat::Text => registry.with(layer).try_init()?,
        LogFormat::Json => registry.with(layer.json()).try_init()?,
    }
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// A panic is a fault of ours like any other: one line, in the log, with its place.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("no message");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    metrics::counter!("panics_total").increment(1);
    tracing::error!(place, request_id = crate::middleware::request_id::current(), "panic: {message}");
}

/// The process's metrics. One recorder serves all of a process, however many routers it has.
///
/// # Errors
/// When another recorder was installed before.
pub fn metrics_handle() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATION_BUCKETS_S)?;
    let recorder = builder.build_recorder();
    let handle = HANDLE.get_or_init(|| recorder.handle()).clone();
    // Losing a race for the one place means that the other's recorder is there, whose handle was taken.
    if metrics::set_global_recorder(recorder).is_ok() {
        describe();
    }
    Ok(handle)
}

fn describe() {
    metrics::describe_counter!("http_requests_total", "Requests answered, by class, method and status");
    metrics::describe_histogram!("http_request_duration_seconds", "Time until the answer's head was ready, by class");
    metrics::describe_counter!("worker_runs_total", "Runs of a background loop, by worker and outcome");
    metrics::describe_counter!("worker_items_total", "Things a background loop dealt with, by worker");
    metrics::describe_counter!("panics_total", "Panics caught");
}
