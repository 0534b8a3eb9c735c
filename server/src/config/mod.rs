//! What the process is configured with: a struct per concern, read from the environment once, at the start. Nothing has
//! a secret as its default, and everything that is missing or unusable is named at once.

mod accounts;
mod environment;
mod listen;
mod mail;
mod payments;
mod seed;
mod site;
mod stores;
mod telemetry;

pub use accounts::Accounts;
pub use environment::{Environment, InvalidConfig};
pub use listen::{Listen, Network};
pub use mail::Mail;
pub use payments::{Keys, Payments};
pub use seed::Seed;
pub use site::Site;
pub use stores::{Database, Stores};
pub use telemetry::{LogFormat, Telemetry, worker_threads};

use backend::Settings;

/// Everything that serving and working needs.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: Listen,
    pub stores: Stores,
    pub payments: Payments,
    pub accounts: Accounts,
    pub mail: Mail,
    pub site: Site,
}

impl Config {
    /// # Errors
    /// Every variable that is missing or unusable.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, InvalidConfig> {
        let mut environment = Environment::new(variable);
        // All are read before any is missed, so that all problems are found.
        let listen = Listen::read(&mut environment);
        let stores = Stores::read(&mut environment);
        let payments = Payments::read(&mut environment);
        let accounts = Accounts::read(&mut environment);
        let mail = Mail::read(&mut environment);
        let site = Site::read(&mut environment);
        if let (Some(listen), Some(Payments::Sandbox { .. })) = (&listen, &payments) {
            listen.require_loopback(&mut environment);
        }
        let config =
            (|| Some(Self { listen: listen?, stores: stores?, payments: payments?, accounts: accounts?, mail: mail?, site: site? }))();
        environment.finish(config)
    }

    /// What the use cases are told.
    pub fn settings(&self) -> Settings {
        Settings {
            public_url: self.listen.public_url.clone(),
            secret_key: self.accounts.secret_key.clone(),
            gateway: self.payments.gateway(),
            publishable_key: self.payments.keys().publishable.clone(),
            payment_script_url: self.payments.script_url(),
            webhook_secret: self.payments.keys().webhook_secret.clone(),
            media_dir: self.site.media_dir.clone(),
            mail: self.mail.settings.clone(),
            sign_in_limit_account: self.accounts.sign_in_limit_account,
            sign_in_limit_client: self.accounts.sign_in_limit_client,
        }
    }
}
