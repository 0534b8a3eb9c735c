//! One running marketplace: PostgreSQL, Redis, payment sandbox and server, started in this order, stopped in the opposite.

use crate::{
    http,
    processes::{Processes, Stop},
    secrets::Secrets,
    services::{
        postgres::{self, Postgres},
        redis,
    },
    settings::{Payments, Settings},
    state::{State, write_private},
    steps::Steps,
    workspace::Workspace,
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    fs::File,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// A shop that is not ready after this long will not become so.
const READY_LIMIT: Duration = Duration::from_secs(90);
/// Wished ports; the next free one is taken where one is in use.
const WISHED_ADMIN_PORT: u16 = 3_090;
const WISHED_SANDBOX_PORT: u16 = 3_080;
const WISHED_SANDBOX_CONTROL_PORT: u16 = 3_180;
/// Sign-ins per quarter of an hour: a person who tries things out, or a test, is no attacker.
const SIGN_IN_LIMIT: &str = "100000";
/// The seeded administrator.
const ADMIN_EMAIL: &str = "admin@souk.example";
/// The demonstration shopper that `souk seed` makes; the sellers sign in as well, each with its own address.
const SHOPPER_EMAIL: &str = "shopper@souk.example";
/// Who writes mails; they stay in a directory of this machine.
const MAIL_FROM: &str = "Souk <souk@souk.example>";

/// The steps `start_services` and `start_shop` take, for numbering them.
pub(crate) const SERVICE_STEPS: usize = 2;
pub(crate) const SHOP_STEPS: usize = 4;

/// Names the server is told about, and what runs for it.
#[derive(Debug)]
pub(crate) struct Instance<'workspace> {
    workspace: &'workspace Workspace,
    pub(crate) state: State,
    settings: Settings,
    secrets: Secrets,
    pub(crate) processes: Processes,
    /// None with a `DATABASE_URL` of the person's own.
    postgres: Option<Postgres>,
    /// What the server, and whoever speaks with it, reads from the environment.
    environment: BTreeMap<String, String>,
    /// The server's executable: the release, unless `dev` says otherwise.
    executable: PathBuf,
    /// Held while this instance lives: one program per directory.
    _lock: File,
}

impl<'workspace> Instance<'workspace> {
    /// An instance of which nothing runs yet.
    ///
    /// # Errors
    /// When its secrets cannot be used.
    pub(crate) fn open(
        workspace: &'workspace Workspace,
        state: State,
        settings: Settings,
        processes: Processes,
        lock: File,
    ) -> Result<Self> {
        Ok(Self {
            workspace,
            secrets: Secrets::load_or_generate(&state)?,
            processes,
            state,
            settings,
            postgres: None,
            environment: BTreeMap::new(),
            executable: workspace.souk(),
            _lock: lock,
        })
    }

    /// Works with the development build instead of the release.
    pub(crate) fn use_development_build(&mut self) {
        self.executable = self.workspace.target.join("debug/souk");
    }

    /// The release's browser files carry hashes in their names; a server of the development build would learn of a changed one
    /// only at its next start.
    fn has_hashed_names(&self) -> bool {
        self.executable == self.workspace.souk()
    }

    /// Starts the private PostgreSQL and Redis, unless the person has their own.
    ///
    /// # Errors
    /// When one of them does not become ready.
    pub(crate) fn start_services(&mut self, steps: &mut Steps) -> Result<()> {
        let database_url = if let Some(url) = self.settings.database_url.clone() {
            steps.step("PostgreSQL", "", |_| Ok(((), "yours, by DATABASE_URL".to_owned())))?;
            url
        } else {
            let postgres = postgres::start(&self.state, &self.secrets, &mut self.processes, steps)?;
            let url = postgres.url("souk");
            self.postgres = Some(postgres);
            url
        };
        let redis_url = if let Some(url) = self.settings.redis_url.clone() {
            steps.step("Redis", "", |_| Ok(((), "yours, by REDIS_URL".to_owned())))?;
            url
        } else {
            let processes = &mut self.processes;
            redis::start(self.workspace, &self.state, &self.secrets, processes, steps)?
        };
        self.set("DATABASE_URL", database_url);
        self.set("REDIS_URL", redis_url);
        Ok(())
    }

    /// Decides the addresses, so that everybody can be told before anybody starts.
    ///
    /// # Errors
    /// When no port is free.
    pub(crate) fn choose_addresses(&mut self, wished_port: u16) -> Result<()> {
        let port = http::free_port(wished_port)?;
        let admin_port = http::free_port_but(WISHED_ADMIN_PORT, &[port])?;
        self.set("SOUK_ADDR", format!("127.0.0.1:{port}"));
        self.set("SOUK_ADMIN_ADDR", format!("127.0.0.1:{admin_port}"));
        self.set_default("SOUK_PUBLIC_URL", format!("http://127.0.0.1:{port}"));
        self.set("SOUK_SECRET_KEY", self.secrets.souk_secret_key.clone());
        self.set("SOUK_MEDIA_DIR", self.state.media().display().to_string());
        self.set("SOUK_MAIL_DIRECTORY", self.state.mail().display().to_string());
        self.set("SOUK_MAIL_FROM", MAIL_FROM.to_owned());
        let demo = self.workspace.root.join("demo").display().to_string();
        self.set("SOUK_DEMO_DIR", demo);
        self.set_default("SOUK_ADMIN_EMAIL", ADMIN_EMAIL.to_owned());
        self.set_default("SOUK_ADMIN_PASSWORD", self.secrets.admin_password.clone());
        self.set_default("SOUK_DEMO_PASSWORD", self.secrets.demo_password.clone());
        self.set_default("SOUK_SIGN_IN_LIMIT", SIGN_IN_LIMIT.to_owned());
        let site_root = self.workspace.site_root().display().to_string();
        self.set("LEPTOS_SITE_ROOT", site_root);
        self.set("LEPTOS_SITE_PKG_DIR", "pkg".to_owned());
        self.set("LEPTOS_OUTPUT_NAME", "souk".to_owned());
        self.set("LEPTOS_HASH_FILES", self.has_hashed_names().to_string());
        match self.settings.payments {
            Payments::Stripe => self.set("SOUK_PAYMENTS", "stripe".to_owned()),
            Payments::Sandbox => self.choose_sandbox([port, admin_port])?,
        }
        Ok(())
    }

    fn choose_sandbox(&mut self, [shop, admin]: [u16; 2]) -> Result<()> {
        let port = http::free_port_but(WISHED_SANDBOX_PORT, &[shop, admin])?;
        let control_port = http::free_port_but(WISHED_SANDBOX_CONTROL_PORT, &[shop, admin, port])?;
        self.set("SOUK_PAYMENTS", "sandbox".to_owned());
        self.set("SOUK_SANDBOX_URL", format!("http://127.0.0.1:{port}"));
        let control_url = format!("http://127.0.0.1:{control_port}");
        self.set("SOUK_SANDBOX_CONTROL_URL", control_url);
        self.set("STRIPE_SECRET_KEY", self.secrets.stripe_secret_key.clone());
        let publishable = self.secrets.stripe_publishable_key.clone();
        self.set("STRIPE_PUBLISHABLE_KEY", publishable);
        let webhook_secret = self.secrets.stripe_webhook_secret.clone();
        self.set("STRIPE_WEBHOOK_SECRET", webhook_secret);
        Ok(())
    }

    /// Migrates, seeds when empty, starts the sandbox and the server, and waits until it is ready.
    ///
    /// # Errors
    /// When one of these fails.
    pub(crate) fn start_shop(&mut self, steps: &mut Steps) -> Result<()> {
        self.migrate_and_seed(steps)?;
        self.start_sandbox(steps)?;
        self.start_server(steps, None)
    }

    /// Brings the schema up to date and fills an empty shop.
    ///
    /// # Errors
    /// When the server's executable says no.
    pub(crate) fn migrate_and_seed(&mut self, steps: &mut Steps) -> Result<()> {
        fs::create_dir_all(self.state.media())?;
        steps.step("Migrations", "Read the message above; `cargo xtask reset` starts with an empty database.", |runner| {
            runner.run(self.souk().arg("migrate"))?;
            Ok(((), String::new()))
        })?;
        steps.step("Demonstration marketplace", "Read the message above; `cargo xtask reset` starts with an empty database.", |runner| {
            runner.run(self.souk().arg("seed"))?;
            Ok(((), String::new()))
        })
    }

    /// Starts the bank of the tests, unless payments go to Stripe.
    ///
    /// # Errors
    /// When it does not become ready.
    pub(crate) fn start_sandbox(&mut self, steps: &mut Steps) -> Result<()> {
        if self.settings.payments == Payments::Stripe {
            let note = "none: SOUK_PAYMENTS=stripe".to_owned();
            return steps.step("Payment sandbox", "", |_| Ok(((), note)));
        }
        steps.step("Payment sandbox", "Read its log.", |runner| {
            let (address, control) = (self.host("SOUK_SANDBOX_URL"), self.host("SOUK_SANDBOX_CONTROL_URL"));
            let webhooks = format!("http://{}/api/v1/webhooks/stripe", self.value("SOUK_ADDR"));
            let mut command = self.workspace.command(self.workspace.sandbox());
            command
                .args(["--addr", &address, "--control-addr", &control])
                .args(["--webhook-url", &webhooks])
                .arg("--journal")
                .arg(self.state.sandbox_journal())
                // By environment: arguments show in the list of processes.
                .env("SANDBOX_SECRET_KEY", self.value("STRIPE_SECRET_KEY"))
                .env("SANDBOX_PUBLISHABLE_KEY", self.value("STRIPE_PUBLISHABLE_KEY"))
                .env("SANDBOX_WEBHOOK_SECRET", self.value("STRIPE_WEBHOOK_SECRET"));
            let log = self.state.log("sandbox");
            self.processes.start("sandbox", &mut command, &log, Stop::Terminate)?;
            let port = port_of(&address)?;
            let interrupt = runner.interrupt.clone();
            self.processes.wait_until("the payment sandbox", READY_LIMIT, &interrupt, || http::listens(port))?;
            Ok(((), format!("http://{address}")))
        })
    }

    /// Starts `souk serve`, with so many worker threads where a test asks for a number.
    ///
    /// # Errors
    /// When it does not become ready.
    pub(crate) fn start_server(&mut self, steps: &mut Steps, threads: Option<u32>) -> Result<()> {
        steps.step("Souk", "Read its log.", |runner| {
            let mut command = self.souk();
            command.arg("serve");
            if let Some(threads) = threads {
                command.env("SOUK_WORKER_THREADS", threads.to_string());
            }
            let log = self.state.log("souk");
            self.processes.start("souk", &mut command, &log, Stop::Terminate)?;
            let port = port_of(self.value("SOUK_ADDR"))?;
            let interrupt = runner.interrupt.clone();
            self.processes.wait_until("Souk", READY_LIMIT, &interrupt, || http::status(port, "/readyz") == Some(200))?;
            Ok(((), self.url().to_owned()))
        })?;
        self.tell_addresses()
    }

    /// For people and programs: where everything is, and how to sign in.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn tell_addresses(&self) -> Result<()> {
        write_private(&self.state.run_file(), self.describe().to_string().as_bytes())
    }

    /// Stops only the server; PostgreSQL, Redis and the sandbox go on.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub(crate) fn stop_server(&mut self) -> Result<()> {
        self.processes.stop("souk")
    }

    /// Stops everything in order.
    ///
    /// # Errors
    /// When something cannot be waited for.
    pub(crate) fn stop(&mut self, say: impl FnMut(&str)) -> Result<()> {
        let stopped = self.processes.stop_all(say);
        stopped.and(self.state.forget_run())
    }

    /// The server's executable with everything it reads from the environment.
    pub(crate) fn souk(&self) -> Command {
        self.command_of(&self.executable)
    }

    /// Any program, with what the server reads from the environment.
    pub(crate) fn command_of(&self, program: impl AsRef<Path>) -> Command {
        let mut command = self.workspace.command(program);
        command.envs(&self.environment);
        command
    }

    /// What the server reads from the environment.
    pub(crate) fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }

    pub(crate) fn postgres(&self) -> Result<&Postgres> {
        self.postgres.as_ref().context("this needs the private PostgreSQL: unset DATABASE_URL")
    }

    /// The shop's address.
    pub(crate) fn url(&self) -> &str {
        self.value("SOUK_PUBLIC_URL")
    }

    /// What the private servers were told to ask for.
    pub(crate) fn server_passwords(&self) -> [&str; 2] {
        [&self.secrets.postgres_password, &self.secrets.redis_password]
    }

    pub(crate) fn value(&self, name: &str) -> &str {
        self.environment.get(name).map_or("", String::as_str)
    }

    /// What people, tests and `cargo xtask souk` are told: addresses, sign-ins, and how the shop's program is run.
    pub(crate) fn describe(&self) -> Value {
        let demo_password = self.value("SOUK_DEMO_PASSWORD");
        let sellers: Vec<Value> =
            seller_emails(self.workspace).into_iter().map(|email| json!({ "email": email, "password": demo_password })).collect();
        let optional = |name: &str| match self.value(name) {
            "" => Value::Null,
            value => json!(value),
        };
        json!({
            "url": self.url(),
            "sandbox_url": optional("SOUK_SANDBOX_URL"),
            "admin_url": format!("http://{}", self.value("SOUK_ADMIN_ADDR")),
            "sandbox_control_url": optional("SOUK_SANDBOX_CONTROL_URL"),
            "database_url": self.value("DATABASE_URL"),
            "redis_url": self.value("REDIS_URL"),
            "mail_directory": self.value("SOUK_MAIL_DIRECTORY"),
            "sign_ins": {
                "admin": { "email": self.value("SOUK_ADMIN_EMAIL"), "password": self.value("SOUK_ADMIN_PASSWORD") },
                "shopper": { "email": SHOPPER_EMAIL, "password": demo_password },
                "sellers": sellers,
            },
            "program": self.executable,
            "environment": self.environment,
        })
    }

    fn set(&mut self, name: &str, value: String) {
        self.environment.insert(name.to_owned(), value);
    }

    /// Sets what the person has not set themselves.
    fn set_default(&mut self, name: &str, value: String) {
        let own = self.settings.own.get(name).cloned();
        self.set(name, own.unwrap_or(value));
    }

    /// `host:port` of an address that `choose_addresses` made.
    fn host(&self, name: &str) -> String {
        self.value(name).trim_start_matches("http://").to_owned()
    }
}

fn port_of(address: &str) -> Result<u16> {
    let (_, port) = address.rsplit_once(':').with_context(|| format!("{address} has no port"))?;
    Ok(port.parse()?)
}

/// A seller of the demonstration signs in as its slug, which is the name of its file.
fn seller_emails(workspace: &Workspace) -> Vec<String> {
    let directory = workspace.root.join("demo/catalogue/sellers");
    let mut emails: Vec<String> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some(format!("{}@souk.example", path.file_stem()?.to_str()?))
        })
        .collect();
    emails.sort();
    emails
}
