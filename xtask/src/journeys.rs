//! The shop as its visitors meet it: in a browser, over the API, and many at once.

use crate::{
    build,
    command::{CommandFailed, Runner},
    hammer,
    instance::Instance,
    leaks,
    steps::Steps,
    tools::{chromium, install_schemathesis, npm_ci},
    workspace::Workspace,
};
use anyhow::{Context, Result};
use std::{process::Command, thread, time::Duration};

/// The server must not hang with few threads, nor need many.
const HAMMER_THREADS: [u32; 2] = [2, 4];
/// Enough to tell a page that has become absurdly slow; what its figures are is for `cargo xtask bench pages` to find out.
const RATIO_SECONDS: &str = "2";
/// How often the bank's book is looked at before a difference counts, and how long apart: background work runs each second.
const CHECKS: usize = 5;
const BETWEEN_CHECKS: Duration = Duration::from_secs(3);

/// The journeys in Chromium, then the invariants and the logs.
///
/// # Errors
/// When a journey fails, or afterwards an invariant does not hold or a log holds a secret.
pub(crate) fn playwright(workspace: &Workspace, instance: &Instance, runner: &mut Runner) -> Result<()> {
    let folder = workspace.root.join("end2end");
    npm_ci(workspace, runner, &folder)?;
    let mut command = visitor(workspace, instance, "npx");
    command.current_dir(folder).args(["playwright", "test"]).env("CHROMIUM", chromium(workspace).context("chromium")?);
    runner.run(&mut command)?;
    invariants(instance, runner)?;
    leaks::check(instance)
}

/// The REST API against its own description, then the invariants and the logs.
///
/// # Errors
/// When an answer is not as described, or afterwards an invariant does not hold or a log holds a secret.
pub(crate) fn schemathesis(workspace: &Workspace, instance: &Instance, runner: &mut Runner) -> Result<()> {
    let program = install_schemathesis(workspace, runner)?;
    let mut command = visitor(workspace, instance, "bash");
    command.current_dir(workspace.root.join("end2end/api")).arg("run.sh").env("SOUK_SCHEMATHESIS", program);
    runner.run(&mut command)?;
    invariants(instance, runner)?;
    leaks::check(instance)
}

/// A thousand requests of each kind of page, twenty at a time: every answer complete, with few and with more threads.
///
/// # Errors
/// When an answer is missing, incomplete, or not the page that was asked for.
pub(crate) fn hammer_pages(instance: &mut Instance, steps: &mut Steps) -> Result<()> {
    for threads in HAMMER_THREADS {
        instance.stop_server()?;
        instance.start_server(steps, Some(threads))?;
        println!("{threads} worker threads:");
        hammer::run(instance.value("SOUK_ADDR"), &instance.describe())?;
        // The server's log begins anew with the server.
        leaks::check(instance)?;
    }
    invariants(instance, &mut steps.runner)
}

/// The product page beside the same bytes sent as they are: a ratio, since machines differ, and a wide one.
///
/// # Errors
/// When the load generator cannot be built, or the page costs far more than its bytes.
pub(crate) fn page_ratio(workspace: &Workspace, instance: &Instance, steps: &mut Steps) -> Result<()> {
    build::bench(workspace, steps, &[])?;
    steps.runner.run(build::bench_command(workspace, instance.url()).args(["--seconds", RATIO_SECONDS, "--assert"]))
}

/// `souk check`, the bank's own book included: nothing lost, nothing made up.
///
/// Our own book is read in one snapshot and must hold at once. The bank's is read at another moment: what visitors left half
/// done may still be on its way there, so a difference from it counts only when it stays.
///
/// # Errors
/// When an invariant does not hold.
pub(crate) fn invariants(instance: &Instance, runner: &mut Runner) -> Result<()> {
    runner.run(instance.souk().arg("check"))?;
    let journal = format!("{}/journal", instance.value("SOUK_SANDBOX_CONTROL_URL"));
    let mut check = instance.souk();
    check.args(["check", "--sandbox-journal", &journal]);
    for _ in 1..CHECKS {
        match runner.run(&mut check) {
            Err(error) if error.is::<CommandFailed>() => thread::sleep(BETWEEN_CHECKS),
            outcome => return outcome,
        }
    }
    runner.run(&mut check)
}

/// A program that is told where everything is and how to sign in.
fn visitor(workspace: &Workspace, instance: &Instance, program: &str) -> Command {
    let run = instance.describe();
    let text = |pointer: &str| run.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let mut command = instance.command_of(program);
    command
        .env("SOUK_URL", instance.url())
        .env("SOUK_ADMIN_URL", text("/admin_url"))
        .env("SOUK_SHOPPER_EMAIL", text("/sign_ins/shopper/email"))
        .env("SOUK_RUN_FILE", instance.state.run_file())
        .env("SOUK_SCREENSHOTS", workspace.target.join("screenshots"))
        .env("SOUK_BIN", workspace.souk());
    command
}
