//! Migrations are forward only, keep the running code working, and bring rows that the later ones must cope with.

use backend::db::MIGRATIONS;
use sqlx::{AssertSqlSafe, PgPool};
use std::path::Path;

fn file_of(folder: &str, version: i64) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = files.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{version}_"))))?;
    Some(file.file_name()?.to_string_lossy().into_owned())
}

#[test]
fn every_migration_has_sample_rows_under_the_same_name() {
    for migration in MIGRATIONS.iter() {
        let version = migration.version;
        assert_eq!(file_of("tests/data/migrations", version), file_of("migrations", version), "migration {version}");
    }
}

#[test]
fn no_migration_adds_a_column_that_old_rows_and_old_code_cannot_fill() {
    for migration in MIGRATIONS.iter() {
        for statement in migration.sql.as_str().split(';') {
            let statement = statement.to_lowercase();
            let adds = statement.contains("alter table") && statement.contains(" add ") && !statement.contains("add constraint");
            let strict = adds && statement.contains("not null") && !statement.contains("default");
            assert!(!strict, "{}: {statement}", migration.description);
        }
    }
}

#[sqlx::test(migrations = false)]
async fn each_migration_runs_over_the_rows_of_those_before(db: PgPool) {
    let mut connection = db.acquire().await.unwrap();
    for migration in MIGRATIONS.iter() {
        sqlx::raw_sql(migration.sql.clone())
            .execute(&mut *connection)
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", migration.description));
        let name = file_of("tests/data/migrations", migration.version).unwrap();
        let rows = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/migrations").join(&name)).unwrap();
        // One transaction, as the shop writes: what is checked at the commit is checked here too.
        let rows = format!("begin; {rows}; commit;");
        sqlx::raw_sql(AssertSqlSafe(rows)).execute(&mut *connection).await.unwrap_or_else(|error| panic!("rows of {name}: {error}"));
    }
}
