//! Automation of the project in Rust: one command that brings the marketplace up, one that proves it.
#![expect(clippy::print_stdout, reason = "a command-line tool talks to the person in front of it")]

mod build;
mod bundle;
mod command;
mod doors;
mod hammer;
mod http;
mod instance;
mod interrupt;
mod journeys;
mod leaks;
mod prepare;
mod processes;
mod rehearsal;
mod rust_checks;
mod secrets;
mod services;
mod settings;
mod stages;
mod state;
mod steps;
#[cfg(test)]
mod temporary;

mod tidy;
mod tools;
mod up;
mod workspace;

use clap::{Parser, Subcommand};
use std::{ffi::OsString, path::PathBuf, process::ExitCode};
use workspace::Workspace;

/// Everything the project does with itself.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build, start everything, and serve until Ctrl-C
    Up {
        /// Port of the shop on 127.0.0.1; the next free one is taken when it is in use
        #[arg(long, default_value_t = up::DEFAULT_PORT, value_parser = clap::value_parser!(u16).range(1..))]
        port: u16,
        /// Where its data and logs are kept
        #[arg(long, default_value = ".souk", hide = true)]
        directory: PathBuf,
    },
    /// Stop what `up` started, from any terminal
    Down,
    /// Stop, and remove all private data: the next `up` seeds anew
    Reset,
    /// Like `up`, but rebuilds and restarts at every change of the source
    Dev {
        /// Port of the shop on 127.0.0.1; the next free one is taken when it is in use
        #[arg(long, default_value_t = up::DEFAULT_PORT, value_parser = clap::value_parser!(u16).range(1..))]
        port: u16,
    },
    /// Run the shop's own program beside what `up` has started: `cargo xtask souk import shopify FILE --seller SLUG`
    Souk {
        /// Where `up` keeps its data
        #[arg(long, default_value = ".souk", hide = true)]
        directory: PathBuf,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        arguments: Vec<OsString>,
    },
    /// Prove everything: lints, both builds, all tests, end to end
    Test,
    /// The same as `test`, as continuous integration calls it
    Ci,
    /// Check the walls between crates and features, and the house rules no lint knows
    Tidy,
    /// Measure the running shop
    Bench {
        #[command(subcommand)]
        what: BenchTarget,
    },
    /// Write the checked query metadata of `backend` to `.sqlx/`
    Prepare {
        /// Only compare, and fail when `.sqlx/` is out of date
        #[arg(long)]
        check: bool,
    },
}

#[derive(Subcommand)]
enum BenchTarget {
    /// Home, listing, product and cart beside an empty handler and fixed bytes
    Pages,
    /// Holds of stock beside one transaction each, one row each, and Redis
    Stock,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            steps::report(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Up { port, directory } => up::up(&workspace, port, &directory),
        Task::Down => up::down(&workspace),
        Task::Reset => up::reset(&workspace),
        Task::Dev { port } => up::dev(&workspace, port),
        Task::Souk { directory, arguments } => up::souk(&workspace, &directory, &arguments),
        Task::Test | Task::Ci => stages::run(&workspace),
        Task::Tidy => tidy::run(&workspace),
        Task::Bench { what: BenchTarget::Pages } => up::bench_pages(&workspace),
        Task::Bench { what: BenchTarget::Stock } => up::bench_services(&workspace, "stock"),
        Task::Prepare { check } => prepare::run(&workspace, check),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_one_that_can_be_told_to_others() {
        let port = |text: &str| match Arguments::try_parse_from(["xtask", "up", "--port", text]).ok()?.task {
            Task::Up { port, .. } => Some(port),
            _ => None,
        };
        assert_eq!(["1", "65535", "0", "65536"].map(port), [Some(1), Some(65_535), None, None]);
    }
}
