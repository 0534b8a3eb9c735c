//! Numbered steps with their time, and a failure that says what to do.

use crate::{
    command::{CommandFailed, Runner},
    interrupt::Interrupted,
    processes::Ended,
};
use anyhow::Result;
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// A step that failed: which, why, and the mend.
#[derive(Debug)]
struct StepFailed {
    heading: String,
    mend: String,
    log: Option<PathBuf>,
    cause: anyhow::Error,
}

impl std::fmt::Display for StepFailed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(formatter, "{} failed", self.heading)?;
        write_cause(formatter, &self.cause)?;
        writeln!(formatter, "  mend:    {}", self.mend)?;
        if let Some(log) = &self.log {
            writeln!(formatter, "  log:     {}", log.display())?;
        }
        Ok(())
    }
}

impl std::error::Error for StepFailed {}

fn write_cause(formatter: &mut std::fmt::Formatter<'_>, cause: &anyhow::Error) -> std::fmt::Result {
    let (command, reason, last_lines) = if let Some(failed) = cause.downcast_ref::<CommandFailed>() {
        (&failed.command, &failed.reason, &failed.last_lines)
    } else if let Some(ended) = cause.downcast_ref::<Ended>() {
        (&ended.command, &ended.status, &ended.last_lines)
    } else {
        return writeln!(formatter, "  reason:  {cause:#}");
    };
    writeln!(formatter, "  command: {command}")?;
    writeln!(formatter, "  reason:  {reason}")?;
    if !last_lines.is_empty() {
        writeln!(formatter, "  last lines:")?;
        for line in last_lines {
            writeln!(formatter, "    {line}")?;
        }
    }
    Ok(())
}

/// Runs steps one after another and says how long each took.
#[derive(Debug)]
pub(crate) struct Steps {
    total: usize,
    done: usize,
    pub(crate) runner: Runner,
}

impl Steps {
    pub(crate) fn new(total: usize, runner: Runner) -> Self {
        Self { total, done: 0, runner }
    }

    /// Runs one step. What it returns is shown after its time; `mend` is what a person can try when it fails.
    ///
    /// # Errors
    /// The step's own, with command, last lines and mend; `Interrupted` as it is.
    pub(crate) fn step<T>(&mut self, name: &str, mend: &str, work: impl FnOnce(&mut Runner) -> Result<(T, String)>) -> Result<T> {
        self.done += 1;
        let heading = format!("[{:>2}/{}] {name}", self.done, self.total);
        self.runner.set_heading(&heading);
        if self.runner.log_path().is_none() {
            println!("{heading}");
        }
        let started = Instant::now();
        let result = work(&mut self.runner);
        self.runner.clear_line();
        match result {
            Ok((value, note)) => {
                let time = human(started.elapsed());
                println!("{heading:<34} {time:>8}  {note}");
                Ok(value)
            }
            Err(cause) if cause.is::<Interrupted>() => Err(cause),
            Err(cause) => Err(StepFailed {
                heading: format!("{heading}, after {},", human(started.elapsed())),
                mend: mend.to_owned(),
                log: self.runner.log_path().map(Path::to_path_buf),
                cause,
            }
            .into()),
        }
    }
}

/// Tells why the task ended early.
pub(crate) fn report(error: &anyhow::Error) {
    if error.is::<Interrupted>() {
        println!("Stopped on request.");
    } else if error.is::<StepFailed>() {
        println!("\n{error}");
    } else if let Some(failed) = error.downcast_ref::<CommandFailed>() {
        println!("\n{failed}");
        for line in &failed.last_lines {
            println!("    {line}");
        }
    } else if let Some(ended) = error.downcast_ref::<Ended>() {
        println!("\n{ended}");
        for line in &ended.last_lines {
            println!("    {line}");
        }
    } else {
        println!("\nFailed: {error:#}");
    }
}

/// `0.3 s`, `42 s`, `12:05`.
pub(crate) fn human(duration: Duration) -> String {
    match duration.as_secs() {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        seconds @ 10..100 => format!("{seconds} s"),
        seconds => format!("{}:{:02} min", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{interrupt::Interrupt, temporary::TemporaryDirectory};
    use std::process::Command;

    #[test]
    fn a_failing_step_shows_command_last_lines_mend_and_log() {
        let directory = TemporaryDirectory::new("steps").expect("a temporary directory");
        let log = directory.path().join("up.log");
        let runner = Runner::logged(&log, Interrupt::default()).expect("a log");
        let error = Steps::new(3, runner)
            .step("Build", "Buy a faster machine.", |runner| {
                let mut command = Command::new("sh");
                runner.run(command.args(["-c", "echo no space left; exit 1"]))?;
                Ok(((), String::new()))
            })
            .expect_err("it fails");
        let text = error.to_string();
        for part in [
            "[ 1/3] Build",
            "command: sh -c 'echo no space left; exit 1'",
            "exit status: 1",
            "    no space left",
            "mend:    Buy a faster machine.",
            "up.log",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn times_are_short_to_read() {
        assert_eq!(human(Duration::from_millis(340)), "0.3 s");
        assert_eq!(human(Duration::from_secs(42)), "42 s");
        assert_eq!(human(Duration::from_secs(725)), "12:05 min");
    }
}
