//! What the compiler and its companions can prove: form, lints on both targets, walls between crates, tests.

use crate::{command::Runner, instance::Instance, tidy, workspace::Workspace};
use anyhow::{Result, bail};
use std::process::Command;

/// The features that open the test doors, and those that only measurements need; the same for lints and tests, so that they
/// share what is compiled.
const TEST_FEATURES: [&str; 2] = ["--features", "backend/testing,server/testing,bench/stock"];
/// Packages that must never reach the browser.
const SERVER_ONLY: [&str; 7] = ["backend", "server", "sqlx", "axum", "tokio", "redis", "async-stripe"];

/// Formatting, tidy, clippy for the server and for the browser, and what the browser part depends on.
///
/// # Errors
/// At the first that finds something.
pub(crate) fn lints(workspace: &Workspace, runner: &mut Runner) -> Result<String> {
    runner.run(workspace.cargo().args(["fmt", "--all", "--check"]))?;
    tidy::run(workspace)?;
    // Unified with `leptos/ssr`, the browser's `leptos/hydrate` would build nothing that ships: each target on its own.
    let mut host = workspace.cargo();
    host.args(["clippy", "--all-targets"]).args(TEST_FEATURES).args(["--", "--deny", "warnings"]);
    runner.run(&mut host)?;
    let mut browser = workspace.cargo();
    browser.args(["clippy", "--package", "frontend", "--target", "wasm32-unknown-unknown"]).args(["--", "--deny", "warnings"]);
    runner.run(&mut browser)?;
    browser_dependencies(workspace, runner)
}

/// Proves with cargo's own tree that no server package reaches the browser.
fn browser_dependencies(workspace: &Workspace, runner: &mut Runner) -> Result<String> {
    let tree = runner.read(
        workspace
            .cargo()
            .args(["tree", "--package", "frontend", "--target", "wasm32-unknown-unknown"])
            .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"]),
    )?;
    let found = server_only(&tree);
    if !found.is_empty() {
        bail!("reaches the browser: {}", found.join(", "));
    }
    Ok("no server package reaches the browser".to_owned())
}

fn server_only(tree: &str) -> Vec<&str> {
    let mut found: Vec<&str> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).filter(|package| SERVER_ONLY.contains(package)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The one build that serves all Rust tests.
///
/// # Errors
/// When it fails.
pub(crate) fn build_tests(workspace: &Workspace, runner: &mut Runner) -> Result<()> {
    runner.run(test_command(workspace, has_nextest(workspace)).arg("--no-run"))
}

/// All Rust tests, against the instance's PostgreSQL and Redis.
///
/// # Errors
/// When one fails.
pub(crate) fn tests(workspace: &Workspace, instance: &Instance, runner: &mut Runner) -> Result<()> {
    let postgres = instance.postgres()?;
    postgres.create_database("souk_tests")?;
    // Tests keep to a Redis database of their own: the end-to-end shop uses the first.
    let redis_url = instance.value("REDIS_URL").replace("/0", "/1");
    let mut command = test_command(workspace, has_nextest(workspace));
    command
        .env("DATABASE_URL", postgres.url("souk_tests"))
        .env("REDIS_URL", redis_url)
        .env("SOUK_SANDBOX_BIN", workspace.target.join("debug/souk-sandbox"));
    runner.run(&mut command)
}

fn has_nextest(workspace: &Workspace) -> bool {
    workspace.which("cargo-nextest").is_some()
}

fn test_command(workspace: &Workspace, nextest: bool) -> Command {
    let mut command = workspace.cargo();
    if nextest {
        command.args(["nextest", "run"]);
    } else {
        command.args(["test", "--lib", "--bins", "--tests"]);
    }
    command.args(TEST_FEATURES);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_package_in_the_browser_is_named() {
        let tree = "frontend v0.1.0 (/souk/frontend)\nleptos v0.8.23\nsqlx v0.9.0\nsqlx v0.9.0 (*)\naxum-core v0.5.0\n";
        assert_eq!(server_only(tree), ["sqlx"]);
        assert!(server_only("frontend v0.1.0\nleptos v0.8.23\n").is_empty());
    }
}
