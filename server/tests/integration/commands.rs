//! The program itself, as an operator starts it.

use crate::support::VARIABLES;
use sqlx::{ConnectOptions as _, PgPool};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::process::Command;

/// A start that failed ends in a fraction of this.
const PATIENCE: Duration = Duration::from_secs(30);

#[sqlx::test(migrations = false)]
async fn a_taken_port_ends_the_start_with_its_name(db: PgPool) {
    let database = db.connect_options().to_url_lossy();
    backend::db::migrate(database.as_str()).await.unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (name, other) in [("SOUK_ADDR", "SOUK_ADMIN_ADDR"), ("SOUK_ADMIN_ADDR", "SOUK_ADDR")] {
        let mut souk = Command::new(env!("CARGO_BIN_EXE_souk"));
        souk.arg("serve").envs(VARIABLES).env("DATABASE_URL", database.as_str());
        souk.env("REDIS_URL", std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:56379".to_owned()));
        souk.env(name, &address).env(other, "127.0.0.1:0").kill_on_drop(true);
        let output = tokio::time::timeout(PATIENCE, souk.output()).await.expect("it does not hang").unwrap();
        let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains(&format!("cannot listen at {address} ({name})")), "{told}");
    }
}
