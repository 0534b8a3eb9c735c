//! The shop as its visitors meet it: in a browser, over the API, and many at once.

use crate::{
    command::{CommandFailed, Runner},
    hammer,
    instance::Instance,
    steps::Steps,
    tools::{chromium, install_schemathesis, npm_ci},
    workspace::Workspace,
};
use anyhow::{Context, Result};
use std::{process::Command, thread, time::Duration};

/// The server must not hang with few threads, nor need many.
const HAMMER_THREADS: [u32; 2] = [2, 4];
/// How often the bank's book is looked at before a difference counts, and how long apart: background work runs each second.
const CHECKS: usize = 5;
const BETWEEN_CHECKS: Duration = Duration::from_secs(3);

/// The journeys in Chromium, then the invariants.
///
/// # Errors
/// When a journey fails, or an invariant does not hold afterwards.
pub(crate) fn playwright(workspace: &Workspace, instance: &Instance, runner: &mut Runner) -> Result<()> {
    let folder = workspace.root.join("end2end");
    npm_ci(workspace, runner, &folder)?;
    let mut command = visitor(workspace, instance, "npx");
    command.current_dir(folder).args(["playwright", "test"]).env("CHROMIUM", chromium(workspace).context("chromium")?);
    runner.run(&mut command)?;
    invariants(instance, runner)
}

/// The REST API against its own description, then the invariants.
///
/// # Errors
/// When an answer is not as described, or an invariant does not hold afterwards.
pub(crate) fn schemathesis(workspace: &Workspace, instance: &Instance, runner: &mut Runner) -> Result<()> {
    let program = install_schemathesis(workspace, runner)?;
    let mut command = visitor(workspace, instance, "bash");
    command.current_dir(workspace.root.join("end2end/api")).arg("run.sh").env("SOUK_SCHEMATHESIS", program);
    runner.run(&mut command)?;
    invariants(instance, runner)
}

/// A thousand requests of each kind of page, twenty at a time: every answer complete, with few and with more threads.
///
/// # Errors
/// When an answer is missing or incomplete.
pub(crate) fn hammer_pages(instance: &mut Instance, steps: &mut Steps) -> Result<()> {
    for threads in HAMMER_THREADS {
        instance.stop_server()?;
        instance.start_server(steps, Some(threads))?;
        println!("{threads} worker threads:");
        hammer::run(instance.value("SOUK_ADDR"))?;
    }
    invariants(instance, &mut steps.runner)
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
        .env("SOUK_BIN", workspace.souk());
    command
}
