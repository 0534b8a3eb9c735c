//! Running a command that ends: with its output in the log, or streamed to whoever watches.

use crate::interrupt::{Interrupt, Interrupted};
use anyhow::{Context, Result};
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use std::{
    collections::VecDeque,
    fs::File,
    io::{BufRead, BufReader, IsTerminal, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

/// How many of a failing command's last lines are shown: enough for a compiler error with its notes.
const LINES_SHOWN: usize = 30;
/// How often a running command is looked at.
const POLL: Duration = Duration::from_millis(100);
/// A build stopped by Ctrl-C gets this long before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// A command that did not succeed, with what a person needs to understand it.
#[derive(Debug)]
pub(crate) struct CommandFailed {
    pub(crate) command: String,
    pub(crate) reason: String,
    pub(crate) last_lines: Vec<String>,
}

impl std::fmt::Display for CommandFailed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "`{}`: {}", self.command, self.reason)
    }
}

impl std::error::Error for CommandFailed {}

/// Where the output of commands goes.
#[derive(Debug)]
enum Output {
    /// Into the log file; a terminal also sees the newest line.
    Logged { file: File, path: PathBuf },
    /// To our own output, untouched: test runners close with lines that others read.
    Streamed,
}

/// Runs commands one after another; stops the running one when asked to.
#[derive(Debug)]
pub(crate) struct Runner {
    output: Output,
    pub(crate) interrupt: Interrupt,
    /// What a terminal shows before the newest line: the step that runs.
    heading: String,
    terminal: bool,
}

impl Runner {
    /// Output goes to `path`; what an earlier run wrote there is kept as `<path>.previous`.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub(crate) fn logged(path: &Path, interrupt: Interrupt) -> Result<Self> {
        if path.exists() {
            std::fs::rename(path, path.with_extension("previous.log"))?;
        }
        let file = File::create(path).with_context(|| path.display().to_string())?;
        Ok(Self {
            output: Output::Logged { file, path: path.to_path_buf() },
            interrupt,
            heading: String::new(),
            terminal: std::io::stdout().is_terminal(),
        })
    }

    pub(crate) fn streamed(interrupt: Interrupt) -> Self {
        Self { output: Output::Streamed, interrupt, heading: String::new(), terminal: false }
    }

    pub(crate) fn set_heading(&mut self, heading: &str) {
        heading.clone_into(&mut self.heading);
        self.write_log(&format!("\n=== {heading}"));
    }

    /// The full log, where there is one.
    pub(crate) fn log_path(&self) -> Option<&Path> {
        match &self.output {
            Output::Logged { path, .. } => Some(path),
            Output::Streamed => None,
        }
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// `CommandFailed` when it cannot start or does not succeed, `Interrupted` when asked to stop meanwhile.
    pub(crate) fn run(&mut self, command: &mut Command) -> Result<()> {
        // A group of its own: Ctrl-C reaches only us, and we stop the whole group, grandchildren included.
        command.process_group(0).stdin(Stdio::null());
        let text = describe(command);
        self.write_log(&format!("$ {text}"));
        match &self.output {
            Output::Streamed => self.run_streamed(command, &text),
            Output::Logged { .. } => self.run_logged(command, &text),
        }
    }

    /// Runs in our own process group with our terminal, so that it may ask for a password.
    ///
    /// # Errors
    /// As `run`.
    pub(crate) fn run_in_terminal(&mut self, command: &mut Command) -> Result<()> {
        let text = describe(command);
        self.write_log(&format!("$ {text}"));
        let status = command.status().map_err(|error| not_started(&text, &error))?;
        check(status, text, Vec::new())
    }

    /// Runs quietly and returns what it printed; for questions that take a moment.
    ///
    /// # Errors
    /// `CommandFailed` when it cannot start or does not succeed.
    pub(crate) fn read(&mut self, command: &mut Command) -> Result<String> {
        let text = describe(command);
        self.write_log(&format!("$ {text}"));
        let output = command.stdin(Stdio::null()).output().map_err(|error| not_started(&text, &error))?;
        let errors = String::from_utf8_lossy(&output.stderr);
        check(output.status, text, errors.lines().map(str::to_owned).collect())?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn run_streamed(&mut self, command: &mut Command, text: &str) -> Result<()> {
        let mut child = command.spawn().map_err(|error| not_started(text, &error))?;
        loop {
            if let Some(status) = child.try_wait()? {
                return check(status, text.to_owned(), Vec::new());
            }
            if self.interrupt.requested() {
                stop_group(&mut child)?;
                return Err(Interrupted.into());
            }
            thread::sleep(POLL);
        }
    }

    fn run_logged(&mut self, command: &mut Command, text: &str) -> Result<()> {
        let (reader, writer) = std::io::pipe()?;
        command.stdout(writer.try_clone()?).stderr(writer);
        let spawned = command.spawn();
        // The command holds the writing end; the pipe ends only when nobody else does.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = spawned.map_err(|error| not_started(text, &error))?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(reader).split(b'\n') {
                let Ok(line) = line else { break };
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    break;
                }
            }
        });
        let started = Instant::now();
        let mut last_lines = VecDeque::with_capacity(LINES_SHOWN);
        loop {
            match lines.recv_timeout(POLL) {
                Ok(line) => {
                    self.write_log(&line);
                    self.show(started, &line);
                    if last_lines.len() == LINES_SHOWN {
                        last_lines.pop_front();
                    }
                    last_lines.push_back(line);
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.show(started, last_lines.back().map_or("", String::as_str));
                    // A daemon may keep the pipe open after the command itself has ended.
                    if let Some(status) = child.try_wait()? {
                        return check(status, text.to_owned(), last_lines.into());
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return check(child.wait()?, text.to_owned(), last_lines.into());
                }
            }
            if self.interrupt.requested() {
                stop_group(&mut child)?;
                return Err(Interrupted.into());
            }
        }
    }

    /// A terminal sees that something happens: the step, its time, the newest line.
    fn show(&self, started: Instant, line: &str) {
        if !self.terminal {
            return;
        }
        let seconds = started.elapsed().as_secs();
        let line: String = line.chars().filter(|character| !character.is_control()).take(60).collect();
        let mut stdout = std::io::stdout();
        // Nothing depends on this line: a terminal that went away is noticed elsewhere.
        let _ = write!(stdout, "\r\x1b[2K{} {seconds} s  {line}", self.heading);
        let _ = stdout.flush();
    }

    /// Takes the line of `show` away again.
    pub(crate) fn clear_line(&self) {
        if self.terminal {
            print!("\r\x1b[2K");
        }
    }

    fn write_log(&mut self, line: &str) {
        if let Output::Logged { file, .. } = &mut self.output {
            // A full disk fails the command itself soon enough, with a better message.
            let _ = writeln!(file, "{line}");
        }
    }
}

/// The command as one could type it, without its environment: secrets travel there.
pub(crate) fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| {
        let argument = argument.to_string_lossy();
        if argument.is_empty() || argument.contains(char::is_whitespace) { format!("'{argument}'") } else { argument.into_owned() }
    }));
    words.join(" ")
}

/// The last lines of a file, for showing why something ended.
pub(crate) fn last_lines_of(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.len().saturating_sub(LINES_SHOWN);
    lines[first..].iter().map(ToString::to_string).collect()
}

fn not_started(command: &str, error: &std::io::Error) -> CommandFailed {
    CommandFailed { command: command.to_owned(), reason: format!("cannot be started: {error}"), last_lines: Vec::new() }
}

fn check(status: ExitStatus, command: String, last_lines: Vec<String>) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    Err(CommandFailed { command, reason: status.to_string(), last_lines }.into())
}

fn stop_group(child: &mut Child) -> Result<()> {
    let group = Pid::from_raw(i32::try_from(child.id())?);
    // An error means that the group has just ended by itself.
    let _ = killpg(group, Signal::SIGTERM);
    let deadline = Instant::now() + GRACE;
    while child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            let _ = killpg(group, Signal::SIGKILL);
            child.wait()?;
            break;
        }
        thread::sleep(POLL);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryDirectory;

    fn runner(directory: &TemporaryDirectory) -> Runner {
        Runner::logged(&directory.path().join("log.log"), Interrupt::default()).expect("a log in a fresh directory")
    }

    #[test]
    fn a_failing_command_shows_itself_and_its_last_lines() {
        let directory = TemporaryDirectory::new("command").expect("a temporary directory");
        let mut command = Command::new("sh");
        command.args(["-c", "for n in $(seq 100); do echo line $n; done; exit 3"]);
        let error = runner(&directory).run(&mut command).expect_err("exit 3");
        let failed = error.downcast_ref::<CommandFailed>().expect("its own type");
        assert_eq!(failed.reason, "exit status: 3");
        assert_eq!(failed.last_lines.len(), LINES_SHOWN);
        assert_eq!(failed.last_lines.last().map(String::as_str), Some("line 100"));
        let log = std::fs::read_to_string(directory.path().join("log.log")).expect("the log");
        assert!(log.contains("line 1\n"), "the log holds all lines: {log}");
    }

    #[test]
    fn a_command_that_leaves_a_daemon_behind_still_ends() {
        let directory = TemporaryDirectory::new("daemon").expect("a temporary directory");
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 20 & echo started"]);
        let started = Instant::now();
        runner(&directory).run(&mut command).expect("it succeeds");
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_missing_program_is_named() {
        let directory = TemporaryDirectory::new("missing").expect("a temporary directory");
        let error = runner(&directory).run(&mut Command::new("no-such-program")).expect_err("it is not there");
        assert!(error.to_string().contains("no-such-program"));
    }

    #[test]
    fn a_request_to_stop_ends_the_running_command() {
        let directory = TemporaryDirectory::new("stop").expect("a temporary directory");
        let mut runner = runner(&directory);
        runner.interrupt.request();
        let started = Instant::now();
        let mut command = Command::new("sleep");
        let error = runner.run(command.arg("20")).expect_err("it is stopped");
        assert!(error.is::<Interrupted>());
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}
