//! `cargo xtask test`: stages with a budget each. Continuous integration runs the first of them, up to the Rust tests and the
//! query metadata; the stages that need the release build follow in `test`.

use crate::{
    build, bundle,
    command::Runner,
    doors,
    instance::{Instance, SERVICE_STEPS, SHOP_STEPS},
    interrupt::Interrupt,
    journeys, prepare,
    processes::{Processes, end_leftovers},
    rust_checks,
    settings::Settings,
    state::State,
    steps::{Steps, human},
    tools::{self, Purpose, TOOL_STEPS},
    up::{DEFAULT_PORT, remove_data},
    workspace::{Workspace, in_ci},
};
use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// Stages in order, with the minutes each may take on two cores with nothing cached.
const BUDGET: [(&str, u64); 11] = [
    ("tools", 15),
    ("lints on both targets", 6),
    ("test build", 12),
    ("Rust tests", 5),
    ("query metadata", 1),
    ("release build", 20),
    ("bundle sizes and test doors", 1),
    ("end to end", 6),
    ("API by its description", 3),
    ("hammer", 3),
    ("page ratio", 3),
];
/// How many of them continuous integration runs.
const CI_STAGES: usize = 5;
/// A hosted run is cut off after this many minutes.
const WALL_MINUTES: u64 = 90;

/// How much is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What needs no release build.
    Ci,
    Whole,
}

/// The time each stage took.
#[derive(Debug)]
struct Stages {
    planned: &'static [(&'static str, u64)],
    started: Instant,
    taken: Vec<Duration>,
}

impl Stages {
    fn begin(extent: Extent) -> Self {
        let planned = match extent {
            Extent::Ci => &BUDGET[..CI_STAGES],
            Extent::Whole => &BUDGET[..],
        };
        let total: u64 = planned.iter().map(|(_, minutes)| minutes).sum();
        println!("Budget with nothing cached, on 2 cores:");
        for (name, minutes) in planned {
            println!("  {name:<30} {minutes:>3} min");
        }
        println!("  {:<30} {total:>3} min of {WALL_MINUTES}\n", "total");
        Self { planned, started: Instant::now(), taken: Vec::new() }
    }

    /// Runs the next stage of the table.
    fn stage<T>(&mut self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let (name, minutes) = self.planned[self.taken.len()];
        println!("\n===== {name} (budget {minutes} min)");
        let started = Instant::now();
        let result = work();
        self.taken.push(started.elapsed());
        let verdict = if result.is_ok() { "done" } else { "FAILED" };
        println!("===== {name}: {verdict} after {}", human(started.elapsed()));
        result
    }

    /// The table again, with what was needed. An overrun is told, not punished: machines differ.
    fn print(&self) {
        println!("\n{:<32} {:>8} {:>10}", "stage", "budget", "taken");
        for ((name, minutes), taken) in self.planned.iter().zip(&self.taken) {
            let over = taken.as_secs() > minutes * 60;
            println!("{name:<32} {minutes:>4} min {:>10}{}", human(*taken), if over { "  over budget" } else { "" });
        }
        println!("{:<32} {WALL_MINUTES:>4} min {:>10}", "all", human(self.started.elapsed()));
    }
}

/// The stages of `extent`, against a fresh private instance in a directory of its own.
///
/// # Errors
/// Those of the first stage that fails.
pub(crate) fn run(workspace: &Workspace, extent: Extent) -> Result<()> {
    let directory = if in_ci() { workspace.cache.join("test") } else { workspace.root.join(".souk/test") };
    let state = State::open(directory)?;
    let Some(lock) = state.lock()? else {
        bail!("another test run works in {}", state.directory.display());
    };
    end_leftovers(&state.processes())?;
    remove_data(&state)?;
    let interrupt = Interrupt::listen()?;
    let processes = Processes::take_charge(&state.processes())?;
    let mut stages = Stages::begin(extent);
    let outcome = prove(workspace, state, processes, lock, &interrupt, &mut stages, extent);
    stages.print();
    outcome
}

fn prove(
    workspace: &Workspace,
    state: State,
    processes: Processes,
    lock: std::fs::File,
    interrupt: &Interrupt,
    stages: &mut Stages,
    extent: Extent,
) -> Result<()> {
    let mut runner = Runner::streamed(interrupt.clone());
    let steps = |total| Steps::new(total, Runner::streamed(interrupt.clone()));
    stages.stage(|| tools::install(workspace, &mut steps(TOOL_STEPS), Purpose::Test))?;
    stages.stage(|| say(rust_checks::lints(workspace, &mut runner)))?;
    stages.stage(|| rust_checks::build_tests(workspace, &mut runner))?;
    let mut instance = Instance::open(workspace, state, Settings::private(), processes, lock)?;
    let outcome = prove_running(workspace, &mut instance, interrupt, stages, extent);
    let stopped = instance.stop(|name| println!("Stopping {name}"));
    outcome.and(stopped)
}

/// The stages that need servers.
fn prove_running(workspace: &Workspace, instance: &mut Instance, interrupt: &Interrupt, stages: &mut Stages, extent: Extent) -> Result<()> {
    let mut runner = Runner::streamed(interrupt.clone());
    let mut steps = Steps::new(SERVICE_STEPS + SHOP_STEPS + 3, Runner::streamed(interrupt.clone()));
    stages.stage(|| {
        instance.start_services(&mut steps)?;
        rust_checks::tests(workspace, instance, &mut runner)
    })?;
    stages.stage(|| say(prepare::against(workspace, instance.postgres()?, &mut runner, true)))?;
    if extent == Extent::Ci {
        return Ok(());
    }
    stages.stage(|| build::release(workspace, &mut Steps::new(1, Runner::streamed(interrupt.clone()))))?;
    stages.stage(|| {
        bundle::check(workspace)?;
        say(doors::check(workspace, &mut runner))
    })?;
    stages.stage(|| {
        instance.choose_addresses(DEFAULT_PORT)?;
        instance.start_shop(&mut steps)?;
        journeys::playwright(workspace, instance, &mut runner)
    })?;
    stages.stage(|| journeys::schemathesis(workspace, instance, &mut runner))?;
    stages.stage(|| journeys::hammer_pages(instance, &mut steps))?;
    stages.stage(|| journeys::page_ratio(workspace, instance, &mut steps))
}

/// Prints what a check found out.
fn say(outcome: Result<String>) -> Result<()> {
    println!("{}", outcome?);
    Ok(())
}
