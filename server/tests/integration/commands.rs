//! The program itself, as an operator starts it.

use crate::support::VARIABLES;
use backend::testing::Shop;
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

#[sqlx::test(migrations = false)]
async fn an_import_tells_what_it_did_and_its_status_whether_all_was_taken(db: PgPool) {
    let database = db.connect_options().to_url_lossy();
    backend::db::migrate(database.as_str()).await.unwrap();
    Shop::new(backend::db::connect(database.as_str(), 2).await.unwrap()).simple_product("vase", 4_200, 5).await;
    let path = std::env::temp_dir().join(format!("souk-import-{}.csv", backend::db::new_id()));
    let import = async |text: &str, more: &[&str]| {
        std::fs::write(&path, text).unwrap();
        let mut souk = Command::new(env!("CARGO_BIN_EXE_souk"));
        souk.args(["import", "shopify"]).arg(&path).args(["--seller", "vase-seller"]).args(more);
        souk.envs(VARIABLES).env("DATABASE_URL", database.as_str());
        souk.env("REDIS_URL", std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:56379".to_owned()));
        let output = tokio::time::timeout(PATIENCE, souk.output()).await.expect("it does not hang").unwrap();
        std::fs::remove_file(&path).unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let good = "Handle,Title,Variant Price\nbowl,Bowl,20.00\n";
    let (status, told, wrong) = import(good, &["--dry-run"]).await;
    assert!(status == Some(0) && told.starts_with("Dry run: ") && told.contains("Products: 1 created"), "{told}{wrong}");
    let (status, told, _) = import(&format!("{good}mug,Mug,abc\n"), &[]).await;
    assert!(told.starts_with("line 3: Variant Price: \"abc\" is not an amount\nProducts: 1 created, 0 updated, 0 unchanged\n"), "{told}");
    assert_eq!((status, told.lines().last()), (Some(1), Some("Rows: 2 read, 1 with errors")));
    let (status, told, _) = import(good, &[]).await;
    assert!(status == Some(0) && told.starts_with("Products: 0 created, 0 updated, 1 unchanged\n"), "{told}");
    let (status, told, wrong) = import("SKU;Price\nB-1;20\n", &[]).await;
    assert!(status == Some(1) && told.is_empty() && wrong.contains("this is not Shopify's product file"), "{wrong}");
}
