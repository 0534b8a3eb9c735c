//! `souk-sandbox`: a Stripe-compatible payment server with its own book, for tests and demonstrations on one machine.

// `json!` takes one step per token, and Stripe's objects are wide.
#![recursion_limit = "256"]

mod api;
mod bank;
mod book;
mod cards;
mod charges;
mod clock;
mod control;
mod currencies;
mod element;
mod errors;
mod events;
mod expand;
mod form;
mod idempotency;
mod ids;
mod intents;
mod journal;
mod listing;
mod misbehave;
mod pages;
mod payment_methods;
mod refunds;
mod report;
mod serve;
mod sessions;
mod settings;
mod webhooks;

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::routing::any;
use clap::Parser;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use crate::bank::Bank;
use crate::settings::Settings;

/// How often sessions and authorisations are looked at for their end.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_env("SANDBOX_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let settings = Settings::parse();
    settings.check()?;
    run(settings).await
}

async fn run(settings: Settings) -> anyhow::Result<()> {
    let api = TcpListener::bind(settings.addr).await.with_context(|| format!("cannot listen on {}", settings.addr))?;
    let control = TcpListener::bind(settings.control_addr).await.with_context(|| format!("cannot listen on {}", settings.control_addr))?;
    let (api_address, control_address) = (api.local_addr()?, control.local_addr()?);
    let origin = format!("http://{api_address}");
    let bank = Arc::new(Bank::open(&settings, origin)?);

    if let Some(url) = settings.webhook_url.clone() {
        tokio::spawn(webhooks::deliver(Arc::clone(&bank), url, settings.webhook_secret.clone()));
    }
    tokio::spawn(sweep(Arc::clone(&bank)));
    announce(api_address, control_address, settings.ports_file.as_deref())?;

    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        wait_for_signal().await;
        tracing::info!("stopping");
        stop.send_replace(true);
    });
    let public = public_router(Arc::clone(&bank));
    tokio::try_join!(serve::serve(api, public, stopped.clone()), serve::serve(control, control::router(bank), stopped),)?;
    Ok(())
}

/// The API, the hosted pages and the browser script.
fn public_router(bank: Arc<Bank>) -> Router {
    Router::new()
        .route("/v1/{*path}", any(api::handle))
        .route("/element/v1/{*path}", any(api::handle_from_frame))
        .merge(pages::routes())
        .merge(element::routes())
        .fallback(pages::not_found)
        .with_state(bank)
}

async fn sweep(bank: Arc<Bank>) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    loop {
        ticks.tick().await;
        bank.sweep().await;
    }
}

/// Tells where the sandbox listens: one line of JSON on standard output, and the same in the ports file.
fn announce(api: SocketAddr, control: SocketAddr, ports_file: Option<&Path>) -> anyhow::Result<()> {
    let ports = json!({ "api": format!("http://{api}"), "control": format!("http://{control}"), "pid": std::process::id() });
    let mut output = std::io::stdout().lock();
    writeln!(output, "{ports}")?;
    output.flush()?;
    if let Some(path) = ports_file {
        // Renamed into place, so that a reader never sees half of it.
        let unfinished = path.with_extension("part");
        std::fs::write(&unfinished, format!("{ports}\n")).with_context(|| format!("cannot write {}", unfinished.display()))?;
        std::fs::rename(&unfinished, path).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

async fn wait_for_signal() {
    let mut terminate = signal(SignalKind::terminate()).expect("SIGTERM can be listened for");
    tokio::select! {
        _ = terminate.recv() => {}
        outcome = tokio::signal::ctrl_c() => outcome.expect("SIGINT can be listened for"),
    }
}
