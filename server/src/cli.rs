//! One executable, its roles as subcommands.

use crate::config::{Config, Database, Seed};
use crate::serve::{self, Shutdown};
use crate::state::{AppState, connect};
use crate::{http, pages, router, telemetry, workers};
use anyhow::Context as _;
use backend::{check, demo, payments};
use clap::{Parser, Subcommand};
use secrecy::ExposeSecret as _;
use std::io::Write as _;
use std::process::ExitCode;
use tokio::net::TcpListener;

#[derive(Debug, Parser)]
#[command(name = "souk", version, about = "The marketplace: pages, API and background work in one program")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and API, and do the background work
    Serve,
    /// Serve pages and API only
    Web,
    /// Do the background work only
    Worker,
    /// Bring the database up to date
    Migrate,
    /// Fill an empty marketplace with the demonstration catalogue
    Seed,
    /// Check that nothing is lost and nothing made up; names what is, and fails then
    Check {
        /// The sandbox's journal, to compare with what the bank knows
        #[arg(long, value_name = "URL")]
        sandbox_journal: Option<String>,
    },
}

/// What the environment says.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Cli {
    /// Does what was asked for.
    ///
    /// # Errors
    /// A configuration that cannot be used, or whatever kept the command from its end.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Serve => serve_all(true, true).await?,
            Command::Web => serve_all(true, false).await?,
            Command::Worker => serve_all(false, true).await?,
            Command::Migrate => migrate().await?,
            Command::Seed => seed().await?,
            Command::Check { sandbox_journal } => return check_all(sandbox_journal.as_deref()).await,
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn serve_all(web: bool, worker: bool) -> anyhow::Result<()> {
    let config = Config::read(&variable)?;
    let metrics = telemetry::metrics_handle()?;
    let handles = connect(&config).await?;
    payments::refuse_mixed_money(&handles).await.context("SOUK_PAYMENTS and its keys do not fit DATABASE_URL")?;
    backend::db::warm(&handles.db).await.context("DATABASE_URL does not take SOUK_DATABASE_CONNECTIONS")?;
    let state = AppState::new(&config, handles.clone());
    let shutdown = serve::shutdown_on_signal()?;
    // Both before anything runs: what is joined below ends only when asked to, so a taken port would not end it.
    let admin = listen(config.listen.admin_address, "SOUK_ADMIN_ADDR").await?;
    let listener = if web { Some(listen(config.listen.address, "SOUK_ADDR").await?) } else { None };
    tokio::join!(
        serve::serve(admin, http::admin::router(state.clone(), metrics), shutdown.clone()),
        async {
            if worker {
                workers::run(handles, shutdown.clone()).await;
            }
        },
        async {
            if let Some(listener) = listener {
                serve_web(&config, listener, state, shutdown.clone()).await;
            }
        },
    );
    Ok(())
}

async fn serve_web(config: &Config, listener: TcpListener, state: AppState, shutdown: Shutdown) {
    // Before the first request: see there.
    pages::routes();
    tracing::info!(address = %config.listen.address, url = config.listen.public_url, "serving");
    serve::serve(listener, router(state), shutdown).await;
}

async fn listen(address: std::net::SocketAddr, name: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen at {address} ({name})"))
}

async fn migrate() -> anyhow::Result<()> {
    let database = Database::alone(&variable)?;
    backend::db::migrate(database.url.expose_secret()).await?;
    say("The database is up to date.")
}

async fn seed() -> anyhow::Result<()> {
    let (config, seed) = (Config::read(&variable), Seed::read(&variable));
    let (config, seed) = (config?, seed?);
    let handles = connect(&config).await?;
    let seeded = demo::seed(&handles, &seed.demo_dir, &seed.accounts).await?;
    say(match seeded {
        demo::Seeded::Everything => "The demonstration marketplace is there.",
        demo::Seeded::Pictures => "There are sellers already: only pictures that were missing were drawn.",
        demo::Seeded::Nothing => "There are sellers already: nothing was changed.",
    })
}

async fn check_all(journal: Option<&str>) -> anyhow::Result<ExitCode> {
    let config = Config::read(&variable)?;
    let handles = connect(&config).await?;
    let violations = check::run(&handles, journal).await?;
    for violation in &violations {
        say(&format!("{}: {}", violation.invariant, violation.ids.join(", ")))?;
    }
    if violations.is_empty() {
        say("Every invariant holds.")?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}
