//! `cargo xtask test`: stages with a budget each. Continuous integration runs the same.

use crate::{
    build, bundle,
    command::Runner,
    doors,
    instance::{Instance, SERVICE_STEPS, SHOP_STEPS},
    interrupt::Interrupt,
    journeys, prepare,
    processes::{Processes, end_leftovers},
    rehearsal, rust_checks,
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
const BUDGET: [(&str, u64); 12] = [
    ("tools", 10),
    ("lints on both targets", 8),
    ("test build", 9),
    ("Rust tests", 7),
    ("query metadata", 3),
    ("release build", 29),
    ("bundle sizes and test doors", 1),
    ("end to end", 14),
    ("API by its description", 2),
    ("hammer", 3),
    ("page ratio", 2),
    ("up, killed and up again", 1),
];
/// A hosted run is cut off after this many minutes.
const WALL_MINUTES: u64 = 90;

/// The time each stage took.
#[derive(Debug)]
struct Stages {
    started: Instant,
    taken: Vec<Duration>,
}

impl Stages {
    fn begin() -> Self {
        let total: u64 = BUDGET.iter().map(|(_, minutes)| minutes).sum();
        println!("Budget with nothing cached, on 2 cores:");
        for (name, minutes) in BUDGET {
            println!("  {name:<30} {minutes:>3} min");
        }
        println!("  {:<30} {total:>3} min of {WALL_MINUTES}\n", "total");
        Self { started: Instant::now(), taken: Vec::new() }
    }

    /// Runs the next stage of the table.
    fn stage<T>(&mut self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let (name, minutes) = BUDGET[self.taken.len()];
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
        for ((name, minutes), taken) in BUDGET.iter().zip(&self.taken) {
            let over = taken.as_secs() > minutes * 60;
            println!("{name:<32} {minutes:>4} min {:>10}{}", human(*taken), if over { "  over budget" } else { "" });
        }
        println!("{:<32} {WALL_MINUTES:>4} min {:>10}", "all", human(self.started.elapsed()));
    }
}

/// All stages, against a fresh private instance in a directory of its own.
///
/// # Errors
/// Those of the first stage that fails.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let directory = if in_ci() { workspace.cache.join("test") } else { workspace.root.join(".souk/test") };
    let state = State::open(directory)?;
    let Some(lock) = state.lock()? else {
        bail!("another test run works in {}", state.directory.display());
    };
    end_leftovers(&state.processes())?;
    remove_data(&state)?;
    // What an earlier run has written is not this one's to be searched.
    state.remove_logs()?;
    let interrupt = Interrupt::listen()?;
    let processes = Processes::take_charge(&state.processes())?;
    let mut stages = Stages::begin();
    let outcome = prove(workspace, state.clone(), processes, lock, &interrupt, &mut stages)
        .and_then(|()| stages.stage(|| rehearsal::up_killed_and_up_again(workspace, &state, &interrupt)));
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
) -> Result<()> {
    let mut runner = Runner::streamed(interrupt.clone());
    let steps = |total| Steps::new(total, Runner::streamed(interrupt.clone()));
    stages.stage(|| tools::install(workspace, &mut steps(TOOL_STEPS), Purpose::Test))?;
    stages.stage(|| say(rust_checks::lints(workspace, &mut runner)))?;
    stages.stage(|| rust_checks::build_tests(workspace, &mut runner))?;
    let mut instance = Instance::open(workspace, state, Settings::private(), processes, lock)?;
    let outcome = prove_running(workspace, &mut instance, interrupt, stages);
    let stopped = instance.stop(|name| println!("Stopping {name}"));
    outcome.and(stopped)
}

/// The stages that need servers.
fn prove_running(workspace: &Workspace, instance: &mut Instance, interrupt: &Interrupt, stages: &mut Stages) -> Result<()> {
    let mut runner = Runner::streamed(interrupt.clone());
    let mut steps = Steps::new(SERVICE_STEPS + SHOP_STEPS + 3, Runner::streamed(interrupt.clone()));
    stages.stage(|| {
        instance.start_services(&mut steps)?;
        rust_checks::tests(workspace, instance, &mut runner)
    })?;
    stages.stage(|| say(prepare::against(workspace, instance.postgres()?, &mut runner, true)))?;
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
