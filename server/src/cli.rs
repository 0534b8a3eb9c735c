//! One executable, its roles as subcommands.

use crate::config::{Config, Database, Seed};
use crate::serve::{self, Shutdown};
use crate::state::{AppState, connect};
use crate::{http, pages, router, telemetry, workers};
use anyhow::Context as _;
use backend::import::{self, ImportSettings, Notice, PictureHosts};
use backend::{check, demo, payments};
use clap::{Args, Parser, Subcommand};
use domain::money::Currency;
use secrecy::ExposeSecret as _;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
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
    /// Bring in a seller's products from another shop's file
    #[command(subcommand)]
    Import(Import),
    /// Check that nothing is lost and nothing made up; names what is, and fails then
    Check {
        /// The sandbox's journal, to compare with what the bank knows
        #[arg(long, value_name = "URL")]
        sandbox_journal: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Read Shopify's product file (CSV)
    ///
    /// Products are found again by their handle and variants by their SKU, so that reading a file twice changes nothing and
    /// reading a newer one changes what is different. The stock of a variant that is there already is left as it is.
    #[command(after_help = "Exit status: 0 when every row was taken; 1 when a row was refused (the others were taken), or when the \
        file could not be read to its end. A picture that cannot be had is reported and refuses nothing.")]
    Shopify(ShopifyFile),
}

#[derive(Debug, Args)]
struct ShopifyFile {
    /// The file that Shopify exported
    file: PathBuf,
    /// Slug of the seller whose products they become
    #[arg(long, value_name = "SLUG")]
    seller: String,
    /// Read, check and report, but write nothing and fetch no picture
    #[arg(long)]
    dry_run: bool,
    /// Currency of the prices in the file
    #[arg(long, default_value_t = Currency::Usd)]
    currency: Currency,
    /// Category of all new products; without it, the file's types and categories are looked up, and what none has becomes `other`
    #[arg(long, value_name = "SLUG")]
    category: Option<String>,
    /// Warehouse of the opening stock; without it, the first
    #[arg(long, value_name = "CODE")]
    warehouse: Option<String>,
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
            Command::Import(Import::Shopify(file)) => return import_shopify(file).await,
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

async fn import_shopify(asked: ShopifyFile) -> anyhow::Result<ExitCode> {
    let file = File::open(&asked.file).with_context(|| format!("cannot read {}", asked.file.display()))?;
    let handles = connect(&Config::read(&variable)?).await?;
    let settings = ImportSettings {
        seller: asked.seller,
        currency: asked.currency,
        category: asked.category,
        warehouse: asked.warehouse,
        is_dry_run: asked.dry_run,
        picture_hosts: PictureHosts::Public,
    };
    let report = import::shopify(&handles, file, &settings, &mut tell).await?;
    say(&report.to_string())?;
    Ok(if report.rows_refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is wrong goes where the report goes; how far it is, where it can be left aside.
fn tell(notice: Notice) {
    let told = match notice {
        Notice::Refused(error) => writeln!(std::io::stdout(), "{error}"),
        Notice::PictureMissing(error) => writeln!(std::io::stdout(), "{error}; the product is taken without it"),
        Notice::Progress { rows, rows_per_second } => writeln!(std::io::stderr(), "{rows} rows, {rows_per_second} rows/s"),
    };
    // Whoever stopped listening does not stop the import.
    drop(told);
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
