use super::environment::{Environment, InvalidConfig, any};
use backend::demo::DemoAccounts;
use std::path::PathBuf;

/// What `souk seed` makes of an empty marketplace.
#[derive(Clone, Debug)]
pub struct Seed {
    /// `SOUK_DEMO_DIR` (default `demo`): catalogue and sources of pictures.
    pub demo_dir: PathBuf,
    /// `SOUK_ADMIN_EMAIL`, `SOUK_ADMIN_PASSWORD`, `SOUK_DEMO_PASSWORD` (all required).
    pub accounts: DemoAccounts,
}

impl Seed {
    /// # Errors
    /// Every variable that is missing or unusable.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, InvalidConfig> {
        let mut environment = Environment::new(variable);
        let demo_dir = environment.optional("SOUK_DEMO_DIR", PathBuf::from("demo"), |text| Ok(PathBuf::from(text)));
        let admin_email = environment.required("SOUK_ADMIN_EMAIL", any);
        let admin_password = environment.required("SOUK_ADMIN_PASSWORD", any);
        let demo_password = environment.required("SOUK_DEMO_PASSWORD", any);
        let seed = (|| {
            let accounts = DemoAccounts { admin_email: admin_email?, admin_password: admin_password?, demo_password: demo_password? };
            Some(Self { demo_dir: demo_dir?, accounts })
        })();
        environment.finish(seed)
    }
}
