//! `.sqlx/`: what the database says about each checked query, so that nobody needs one to build.
//!
//! sqlx's macros write this themselves while `backend` is compiled against a database with all migrations.

use crate::{
    command::Runner,
    interrupt::Interrupt,
    processes::{Processes, end_leftovers},
    secrets::Secrets,
    services::postgres::{self, Postgres},
    state::State,
    steps::Steps,
    up::remove_data,
    workspace::Workspace,
};
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// The database the queries are checked against.
const DATABASE: &str = "souk_prepare";

/// Writes `.sqlx/`, or compares it, against a private PostgreSQL of its own.
///
/// # Errors
/// When a query does not fit the schema, or `.sqlx/` is out of date.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<()> {
    let state = State::open(workspace.root.join(".souk/prepare"))?;
    let Some(_lock) = state.lock()? else {
        bail!("another `cargo xtask prepare` runs");
    };
    end_leftovers(&state.processes())?;
    remove_data(&state)?;
    let runner = Runner::logged(&state.log("prepare"), Interrupt::listen()?)?;
    let mut steps = Steps::new(2, runner);
    let secrets = Secrets::load_or_generate(&state)?;
    let mut processes = Processes::take_charge(&state.processes())?;
    let outcome = (|| {
        let postgres = postgres::start(&state, &secrets, &mut processes, &mut steps)?;
        steps.step("Queries", "Read the compiler's message above.", |runner| {
            let note = against(workspace, &postgres, runner, check)?;
            Ok(((), note))
        })
    })();
    processes.stop_all(|_| {})?;
    remove_data(&state)?;
    outcome
}

/// The same against a cluster that already runs.
///
/// # Errors
/// As `run`.
pub(crate) fn against(workspace: &Workspace, postgres: &Postgres, runner: &mut Runner, check: bool) -> Result<String> {
    postgres.drop_database(DATABASE)?;
    postgres.create_database(DATABASE)?;
    for migration in migrations(&workspace.root)? {
        let mut psql = postgres.psql(DATABASE);
        runner.run(psql.arg("--single-transaction").arg("--file").arg(migration))?;
    }
    let fresh = workspace.target.join("sqlx-fresh");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;
    // Macros run only when their crate is compiled, which cargo does only when a file is newer than its last result.
    let library = File::open(workspace.root.join("backend/src/lib.rs"))?;
    let modified = library.metadata()?.modified()?;
    library.set_modified(SystemTime::now())?;
    let mut command = workspace.cargo();
    command
        .args(["check", "--quiet", "--package", "backend", "--all-targets"])
        .args(["--features", "testing"])
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", &fresh)
        .env("DATABASE_URL", postgres.url(DATABASE));
    let compiled = runner.run(&mut command);
    // As it was, or the next build of everything above it would find it changed.
    library.set_modified(modified)?;
    compiled?;
    postgres.drop_database(DATABASE)?;
    let committed = workspace.root.join(".sqlx");
    if check { compare(&committed, &fresh) } else { replace(&committed, &fresh) }
}

/// The migrations in the order in which they are applied.
fn migrations(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = fs::read_dir(root.join("backend/migrations"))
        .context("backend/migrations")?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    Ok(files)
}

fn compare(committed: &Path, fresh: &Path) -> Result<String> {
    let (committed, fresh) = (queries(committed)?, queries(fresh)?);
    if fresh.is_empty() {
        bail!("compiling backend wrote no query: were the macros run against the database?");
    }
    let missing: Vec<&String> = fresh.iter().filter(|(name, query)| committed.get(*name) != Some(query)).map(|(name, _)| name).collect();
    let stale: Vec<&String> = committed.keys().filter(|name| !fresh.contains_key(*name)).collect();
    if missing.is_empty() && stale.is_empty() {
        return Ok(format!("{} queries, .sqlx/ is up to date", fresh.len()));
    }
    bail!(
        ".sqlx/ is out of date: {} queries missing or changed, {} no longer there. Run `cargo xtask prepare` and commit it. {}",
        missing.len(),
        stale.len(),
        missing.into_iter().chain(stale).map(String::as_str).collect::<Vec<_>>().join(" ")
    );
}

fn replace(committed: &Path, fresh: &Path) -> Result<String> {
    if committed.exists() {
        fs::remove_dir_all(committed)?;
    }
    fs::create_dir_all(committed)?;
    let queries = queries(fresh)?;
    for name in queries.keys() {
        fs::copy(fresh.join(name), committed.join(name))?;
    }
    Ok(format!("{} queries written to .sqlx/", queries.len()))
}

/// Each query's file by name, parsed: the order of keys is not what matters.
fn queries(directory: &Path) -> Result<BTreeMap<String, serde_json::Value>> {
    let mut queries = BTreeMap::new();
    if !directory.exists() {
        return Ok(queries);
    }
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("query-") && name.ends_with(".json") {
            queries.insert(name, serde_json::from_slice(&fs::read(entry.path())?)?);
        }
    }
    Ok(queries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryDirectory;

    #[test]
    fn a_missing_changed_or_stale_query_is_found() {
        let directory = TemporaryDirectory::new("sqlx").expect("a temporary directory");
        let (committed, fresh) = (directory.path().join("a"), directory.path().join("b"));
        fs::create_dir_all(&committed).expect("made");
        fs::create_dir_all(&fresh).expect("made");
        fs::write(fresh.join("query-1.json"), r#"{"a":1,"b":2}"#).expect("written");
        assert!(compare(&committed, &fresh).is_err());
        fs::write(committed.join("query-1.json"), r#"{"b":2,"a":1}"#).expect("written");
        assert!(compare(&committed, &fresh).is_ok());
        fs::write(committed.join("query-1.json"), r#"{"b":2,"a":3}"#).expect("written");
        assert!(compare(&committed, &fresh).is_err());
        replace(&committed, &fresh).expect("copied");
        assert!(compare(&committed, &fresh).is_ok());
        fs::write(committed.join("query-2.json"), "{}").expect("written");
        assert!(compare(&committed, &fresh).is_err());
    }
}
