//! `up`, `down`, `reset`, `dev` and `bench`: the marketplace on this machine.

use crate::{
    build,
    command::Runner,
    http,
    instance::{Instance, SERVICE_STEPS, SHOP_STEPS},
    interrupt::{Interrupt, Interrupted},
    processes::{self, Processes, Stop, end_leftovers},
    services::postgres,
    settings::Settings,
    state::State,
    steps::{Steps, human},
    tools::{self, TOOL_STEPS},
    workspace::Workspace,
};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

/// Where the shop is served unless someone says otherwise.
pub(crate) const DEFAULT_PORT: u16 = 3_000;
/// How often the children are looked at while the shop runs.
const WATCH: Duration = Duration::from_millis(200);
/// Where cargo-leptos tells the browser that a page changed.
const WISHED_RELOAD_PORT: u16 = 3_300;

/// Installs, builds, starts, and serves until asked to stop.
///
/// # Errors
/// Those of the step that failed, or of a child that ended by itself.
pub(crate) fn up(workspace: &Workspace, port: u16, directory: &Path) -> Result<()> {
    let started = Instant::now();
    let settings = Settings::from_environment()?;
    let state = State::open(workspace.root.join(directory))?;
    let Some(lock) = state.lock()? else {
        return already_running(&state);
    };
    let runner = Runner::logged(&state.log("up"), Interrupt::listen()?)?;
    let processes = Processes::take_charge(&state.processes())?;
    state.forget_run()?;
    let interrupt = runner.interrupt.clone();
    let mut steps = Steps::new(TOOL_STEPS + 1 + SERVICE_STEPS + SHOP_STEPS, runner);
    tools::install(workspace, &mut steps, tools::Purpose::Run)?;
    build::release(workspace, &mut steps)?;
    let mut instance = Instance::open(workspace, state, settings, processes, lock)?;
    let served = (|| {
        instance.start_services(&mut steps)?;
        instance.choose_addresses(port)?;
        instance.start_shop(&mut steps)?;
        print_addresses(&instance.describe());
        println!("\nReady after {}. Ctrl-C stops everything.", human(started.elapsed()));
        watch(&mut instance, &interrupt)
    })();
    stop(&mut instance, served)
}

/// Stops a running `up`, or what a killed one left.
///
/// # Errors
/// When something does not end.
pub(crate) fn down(workspace: &Workspace) -> Result<()> {
    let state = State::open(workspace.root.join(".souk"))?;
    let stopped = processes::ask_supervisor_to_stop(&state.processes())?;
    let leftovers = end_leftovers(&state.processes())?;
    state.forget_run()?;
    match (stopped, leftovers.is_empty()) {
        (true, _) => println!("Stopped."),
        (false, false) => println!("Ended what a killed run had left: {}.", leftovers.join(", ")),
        (false, true) => println!("Nothing runs here."),
    }
    Ok(())
}

/// Stops, then removes the private data. Servers of the person's own are not touched, nor what a database of their own needs.
///
/// # Errors
/// When something does not end or cannot be removed.
pub(crate) fn reset(workspace: &Workspace) -> Result<()> {
    let settings = Settings::from_environment()?;
    down(workspace)?;
    let state = State::open(workspace.root.join(".souk"))?;
    let Some(_lock) = state.lock()? else {
        bail!("another task works in {}", state.directory.display());
    };
    postgres::remove(&state)?;
    if settings.database_url.is_some() {
        state.remove_data(&state.belonging_to_the_database())?;
        println!("DATABASE_URL is set: that database is untouched, and its passwords, keys, pictures and test bank stay with it.");
        println!("All other private data is gone. To seed anew, empty the database and run `cargo xtask reset` without DATABASE_URL.");
    } else {
        state.remove_data(&[])?;
        println!("All private data is gone, but for that of tests and measurements; `cargo xtask up` seeds anew.");
    }
    Ok(())
}

/// Removes what an instance holds, wherever its cluster lies.
///
/// # Errors
/// When something cannot be removed.
pub(crate) fn remove_data(state: &State) -> Result<()> {
    postgres::remove(state)?;
    state.remove_data(&[])
}

/// Serves the development build and rebuilds at each change.
///
/// # Errors
/// As `up`.
pub(crate) fn dev(workspace: &Workspace, port: u16) -> Result<()> {
    let settings = Settings::from_environment()?;
    let state = State::open(workspace.root.join(".souk"))?;
    let Some(lock) = state.lock()? else {
        return already_running(&state);
    };
    let runner = Runner::logged(&state.log("up"), Interrupt::listen()?)?;
    let processes = Processes::take_charge(&state.processes())?;
    state.forget_run()?;
    let interrupt = runner.interrupt.clone();
    let mut steps = Steps::new(TOOL_STEPS + 1 + SERVICE_STEPS + SHOP_STEPS - 1, runner);
    tools::install(workspace, &mut steps, tools::Purpose::Run)?;
    build::development(workspace, &mut steps)?;
    let mut instance = Instance::open(workspace, state, settings, processes, lock)?;
    instance.use_development_build();
    let served = (|| {
        instance.start_services(&mut steps)?;
        instance.choose_addresses(port)?;
        instance.migrate_and_seed(&mut steps)?;
        instance.start_sandbox(&mut steps)?;
        instance.tell_addresses()?;
        print_addresses(&instance.describe());
        println!("\nWatching. Ctrl-C stops everything.\n");
        let mut command = build::watch_command(workspace, http::free_port(WISHED_RELOAD_PORT)?);
        command.envs(instance.environment());
        instance.processes.start_in_the_open("cargo-leptos", &mut command, Stop::Interrupt)?;
        watch(&mut instance, &interrupt)
    })();
    stop(&mut instance, served)
}

/// Runs the shop's program with the settings of what `up` serves, in the folder of who asks.
///
/// # Errors
/// When nothing is served, or the program does not end well.
pub(crate) fn souk(workspace: &Workspace, directory: &Path, arguments: &[OsString]) -> Result<()> {
    let state = State::open(workspace.root.join(directory))?;
    let run = fs::read(state.run_file()).context("nothing runs here: `cargo xtask up` first")?;
    let run: Value = serde_json::from_slice(&run)?;
    let program = run["program"].as_str().context("what runs has been started by an older `up`: start it again")?;
    let environment: BTreeMap<String, String> = serde_json::from_value(run["environment"].clone())?;
    let status = Command::new(program).args(arguments).envs(environment).status().with_context(|| format!("starting {program}"))?;
    ensure!(status.success(), "`souk` has ended with an error ({status})");
    Ok(())
}

/// Measures a fresh instance with the bench program.
///
/// # Errors
/// As `up`, or those of the bench program.
pub(crate) fn bench_pages(workspace: &Workspace) -> Result<()> {
    bench(workspace, &[], SHOP_STEPS, |instance, steps, interrupt| {
        instance.choose_addresses(DEFAULT_PORT)?;
        instance.start_shop(steps)?;
        Runner::streamed(interrupt).run(&mut build::bench_command(workspace, instance.url()))
    })
}

/// Measures what the shop does with fresh services of its own.
///
/// # Errors
/// As `up`, or those of the bench program.
pub(crate) fn bench_services(workspace: &Workspace, what: &str) -> Result<()> {
    bench(workspace, &[what], 0, |instance, _, interrupt| {
        let mut command = build::bench_services_command(workspace, what);
        command.env("DATABASE_URL", instance.value("DATABASE_URL")).env("REDIS_URL", instance.value("REDIS_URL"));
        Runner::streamed(interrupt).run(&mut command)
    })
}

/// Starts the services in a place of their own, measures, and leaves nothing behind. Needs the release only where the shop runs.
fn bench(
    workspace: &Workspace,
    features: &[&str],
    shop_steps: usize,
    measure: impl FnOnce(&mut Instance, &mut Steps, Interrupt) -> Result<()>,
) -> Result<()> {
    let state = State::open(workspace.root.join(".souk/bench"))?;
    let Some(lock) = state.lock()? else {
        bail!("another measurement runs");
    };
    end_leftovers(&state.processes())?;
    remove_data(&state)?;
    let runner = Runner::logged(&state.log("bench"), Interrupt::listen()?)?;
    let processes = Processes::take_charge(&state.processes())?;
    let interrupt = runner.interrupt.clone();
    let builds = if shop_steps > 0 { 2 } else { 1 };
    let mut steps = Steps::new(TOOL_STEPS + builds + SERVICE_STEPS + shop_steps, runner);
    tools::install(workspace, &mut steps, tools::Purpose::Run)?;
    if shop_steps > 0 {
        build::release(workspace, &mut steps)?;
    }
    build::bench(workspace, &mut steps, features)?;
    let mut instance = Instance::open(workspace, state, Settings::private(), processes, lock)?;
    let measured = (|| {
        instance.start_services(&mut steps)?;
        measure(&mut instance, &mut steps, interrupt)
    })();
    let stopped = stop(&mut instance, measured);
    remove_data(&instance.state)?;
    stopped
}

/// A second `up` is no error: it tells where the first one serves.
fn already_running(state: &State) -> Result<()> {
    if !processes::supervised(&state.processes())? {
        bail!("another task works in {}: wait for it, or stop it", state.directory.display());
    }
    println!("Already running; `cargo xtask down` stops it.");
    match fs::read(state.run_file()) {
        Ok(text) => print_addresses(&serde_json::from_slice(&text)?),
        Err(_) => println!("It is not ready yet: its log is {}", state.log("up").display()),
    }
    Ok(())
}

fn watch(instance: &mut Instance, interrupt: &Interrupt) -> Result<()> {
    loop {
        if interrupt.requested() {
            return Err(Interrupted.into());
        }
        if let Some(ended) = instance.processes.ended()? {
            return Err(ended.into());
        }
        thread::sleep(WATCH);
    }
}

/// Stops the children whatever happened; a request to stop is how `up` ends well.
fn stop(instance: &mut Instance, outcome: Result<()>) -> Result<()> {
    println!();
    let stopped = instance.stop(|name| println!("Stopping {name}"));
    match outcome {
        Err(error) if error.is::<Interrupted>() => stopped,
        Err(error) => Err(error),
        Ok(()) => stopped,
    }
}

fn print_addresses(run: &Value) {
    let text = |pointer: &str| run.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    println!("\n  Shop             {}", text("/url"));
    println!("  Metrics, health  {}", text("/admin_url"));
    match text("/sandbox_url") {
        "" => println!("  Payments         Stripe"),
        sandbox => println!("  Test payments    {sandbox}  (card 4242 4242 4242 4242, any later date, any CVC)"),
    }
    println!("  Mail             {}/new", text("/mail_directory"));
    println!("\n  Sign in as       e-mail                            password");
    let mut sign_ins = vec![("shopper", "/sign_ins/shopper".to_owned())];
    let sellers = run.pointer("/sign_ins/sellers").and_then(Value::as_array);
    for number in 0..sellers.map_or(0, Vec::len) {
        sign_ins.push(("seller", format!("/sign_ins/sellers/{number}")));
    }
    sign_ins.push(("administrator", "/sign_ins/admin".to_owned()));
    for (role, pointer) in sign_ins {
        println!("  {role:<15}  {:<32}  {}", text(&format!("{pointer}/email")), text(&format!("{pointer}/password")));
    }
}
