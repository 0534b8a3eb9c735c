//! `cargo xtask up` as a whole, on what the stages before have built and seeded: it is ready soon when nothing has changed,
//! clears up after one that was killed, and stops everything in order when it is asked to.

use crate::{
    command::last_lines_of,
    http,
    interrupt::{Interrupt, Interrupted},
    processes::end_leftovers,
    settings::Settings,
    state::State,
    steps::human,
    workspace::Workspace,
};
use anyhow::{Context, Result, bail, ensure};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

/// When nothing has changed since the last start.
const READY_TARGET: Duration = Duration::from_secs(15);
/// Machines differ: only what takes this long has failed.
const READY_MAX: Duration = Duration::from_secs(180);
/// Longer than all children together are given.
const STOP_MAX: Duration = Duration::from_secs(150);
const POLL: Duration = Duration::from_millis(50);

/// Starts, kills, starts again, stops, and starts where the port is taken.
///
/// # Errors
/// When a start does not become ready, or something outlives the stop.
pub(crate) fn up_killed_and_up_again(workspace: &Workspace, state: &State, interrupt: &Interrupt) -> Result<()> {
    let first = Up::start(workspace, state, interrupt)?;
    println!("Nothing has changed since the last start: {}.", first.verdict);
    let port = first.port;
    first.kill()?;
    ensure!(http::listens(port), "the shop ended with the killed `up`: there is nothing left to clear up, and nothing is proved");
    let second = Up::start(workspace, state, interrupt)?;
    println!("After a `kill -9`, clearing up included: {}.", second.verdict);
    second.check(workspace, state)?;
    let port = second.port;
    second.stop(Signal::SIGTERM, state)?;
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).context("the port of a shop that has ended")?;
    let third = Up::start(workspace, state, interrupt)?;
    ensure!(third.port != port, "the shop says that it has the port {port}, which is taken");
    println!("Beside a program that has its port: {}, on the port {}.", third.verdict, third.port);
    drop(taken);
    third.stop(Signal::SIGINT, state)
}

/// A running `up`; whatever happens, it does not outlive this program.
struct Up {
    child: Child,
    port: u16,
    /// How long it took.
    verdict: String,
}

impl Up {
    fn start(workspace: &Workspace, state: &State, interrupt: &Interrupt) -> Result<Self> {
        let log = state.log("rehearsal");
        let file = File::create(&log)?;
        let mut command = workspace.command(std::env::current_exe()?);
        for name in Settings::names() {
            command.env_remove(name);
        }
        command.arg("up").arg("--directory").arg(&state.directory).process_group(0);
        let child = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).spawn().context("starting `cargo xtask up`")?;
        let mut up = Self { child, port: 0, verdict: String::new() };
        let started = Instant::now();
        up.wait_until_ready(state, &log, interrupt)?;
        let verdict = if started.elapsed() <= READY_TARGET { "hit" } else { "miss" };
        up.verdict = format!("ready after {} (target {}: {verdict})", human(started.elapsed()), human(READY_TARGET));
        Ok(up)
    }

    fn wait_until_ready(&mut self, state: &State, log: &Path, interrupt: &Interrupt) -> Result<()> {
        let deadline = Instant::now() + READY_MAX;
        loop {
            if interrupt.requested() {
                return Err(Interrupted.into());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("`cargo xtask up` ended by itself ({status}):\n{}", last_lines_of(log).join("\n"));
            }
            if fs::read_to_string(log)?.contains("Ready after") {
                break;
            }
            ensure!(Instant::now() < deadline, "`cargo xtask up` is not ready:\n{}", last_lines_of(log).join("\n"));
            thread::sleep(POLL);
        }
        let run: Value = serde_json::from_slice(&fs::read(state.run_file())?)?;
        let url = run["url"].as_str().unwrap_or_default();
        self.port = url.rsplit(':').next().and_then(|port| port.parse().ok()).with_context(|| format!("no port in `{url}`"))?;
        ensure!(http::status(self.port, "/readyz") == Some(200), "{url} says that it is ready, /readyz does not");
        Ok(())
    }

    /// The shop's program beside it has its settings, and finds nothing lost.
    fn check(&self, workspace: &Workspace, state: &State) -> Result<()> {
        let mut command = workspace.command(std::env::current_exe()?);
        command.arg("souk").arg("--directory").arg(&state.directory).arg("check");
        let output = command.stdin(Stdio::null()).output().context("starting `cargo xtask souk`")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`cargo xtask souk check` has failed beside the shop at port {}:\n{said}", self.port);
        Ok(())
    }

    /// Alone: what it has started goes on.
    fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// As by `kill`, or by Ctrl-C; nothing may run any more after it.
    fn stop(mut self, signal: Signal, state: &State) -> Result<()> {
        self.ask_to_stop(signal);
        let deadline = Instant::now() + STOP_MAX;
        loop {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "`cargo xtask up` did not end well after {signal}: {status}");
                break;
            }
            ensure!(Instant::now() < deadline, "`cargo xtask up` does not end after {signal}");
            thread::sleep(POLL);
        }
        ensure!(!http::listens(self.port), "the shop still listens after {signal}");
        let leftovers = end_leftovers(&state.processes())?;
        ensure!(leftovers.is_empty(), "{signal} has left {} running", leftovers.join(", "));
        println!("After {signal} nothing runs any more.");
        Ok(())
    }

    /// An error means that it has ended already.
    fn ask_to_stop(&self, signal: Signal) {
        if let Ok(pid) = i32::try_from(self.child.id()) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.ask_to_stop(Signal::SIGTERM);
            let _ = self.child.wait();
        }
    }
}
