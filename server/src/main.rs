//! The executable `souk`.

use clap::Parser as _;
use server::cli::Cli;
use server::config::{Telemetry, worker_threads};
use server::telemetry;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let variable = |name: &str| std::env::var(name).ok();
    let telemetry = Telemetry::read(&variable);
    // Whatever is wrong must be told, even when it is the logging itself.
    telemetry::start(&telemetry.clone().unwrap_or_default())?;
    telemetry?;
    let threads = worker_threads(&variable)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(cli.run())
}
