//! Long-living children: started in order, stopped in the opposite order, and never confused with a stranger.
//!
//! Each is written down with its start time before the next begins. A process id alone proves nothing, since the
//! system hands ids out again; id, start time and boot together do. So what a killed `up` left behind can be ended by
//! the next one, and nothing else ever is.

use crate::{
    command::{describe, last_lines_of},
    interrupt::{Interrupt, Interrupted},
};
use anyhow::{Context, Result, bail};
use nix::{
    sys::signal::{Signal, kill, killpg},
    unistd::Pid,
};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How often a process that should end, or become ready, is looked at.
const POLL: Duration = Duration::from_millis(50);
/// The name under which `up` itself is written down.
const SUPERVISOR: &str = "xtask";

/// How a process is asked to end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stop {
    /// SIGTERM: the usual request.
    Terminate,
    /// SIGINT, which PostgreSQL understands as its fast, clean shutdown.
    Interrupt,
}

impl Stop {
    fn signal(self) -> Signal {
        match self {
            Self::Terminate => Signal::SIGTERM,
            Self::Interrupt => Signal::SIGINT,
        }
    }

    /// How long a clean end may take before the process is killed.
    fn grace(self) -> Duration {
        match self {
            Self::Terminate => Duration::from_secs(20),
            Self::Interrupt => Duration::from_secs(60),
        }
    }
}

/// One process as it is written down.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
struct Record {
    name: String,
    pid: i32,
    /// Clock ticks between boot and its start.
    started: u64,
    boot: String,
    interrupt: bool,
}

impl Record {
    fn of(name: &str, pid: u32, stop: Stop) -> Result<Self> {
        let pid = i32::try_from(pid)?;
        Ok(Self {
            name: name.to_owned(),
            pid,
            started: start_time(pid).with_context(|| format!("{name} ended at once"))?,
            boot: boot_id(),
            interrupt: matches!(stop, Stop::Interrupt),
        })
    }

    fn stop(&self) -> Stop {
        if self.interrupt { Stop::Interrupt } else { Stop::Terminate }
    }

    /// Whether this very process still runs, not another one with its number.
    fn alive(&self) -> bool {
        self.boot == boot_id() && start_time(self.pid) == Some(self.started)
    }
}

/// Owns the children of one instance.
#[derive(Debug)]
pub(crate) struct Processes {
    record_path: PathBuf,
    records: Vec<Record>,
    children: Vec<Running>,
}

#[derive(Debug)]
struct Running {
    name: String,
    child: Child,
    /// None: it writes to the terminal.
    log: Option<PathBuf>,
    stop: Stop,
    command: String,
}

/// A child that ended although nobody asked it to.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) name: String,
    pub(crate) command: String,
    pub(crate) status: String,
    pub(crate) log: Option<PathBuf>,
    pub(crate) last_lines: Vec<String>,
}

impl std::fmt::Display for Ended {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ended by itself ({})", self.name, self.status)?;
        self.log.iter().try_for_each(|log| write!(formatter, "; its log: {}", log.display()))
    }
}

impl std::error::Error for Ended {}

impl Processes {
    /// Takes charge: ends what an earlier run left, then writes this program down as the one in charge.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub(crate) fn take_charge(record_path: &Path) -> Result<Self> {
        end_leftovers(record_path)?;
        let processes = Self {
            record_path: record_path.to_path_buf(),
            records: vec![Record::of(SUPERVISOR, std::process::id(), Stop::Terminate)?],
            children: Vec::new(),
        };
        processes.write()?;
        Ok(processes)
    }

    /// Starts a child in a process group of its own, so that Ctrl-C does not reach it before its turn.
    ///
    /// # Errors
    /// When it cannot be started, or its log or the record cannot be written.
    pub(crate) fn start(&mut self, name: &str, command: &mut Command, log: &Path, stop: Stop) -> Result<()> {
        let file = File::create(log).with_context(|| log.display().to_string())?;
        command.stdout(file.try_clone()?).stderr(file);
        self.spawn(name, command, Some(log.to_path_buf()), stop)
    }

    /// As [`Self::start`], for a child whose output is for the person who looks on.
    ///
    /// # Errors
    /// When it cannot be started, or the record cannot be written.
    pub(crate) fn start_in_the_open(&mut self, name: &str, command: &mut Command, stop: Stop) -> Result<()> {
        self.spawn(name, command, None, stop)
    }

    fn spawn(&mut self, name: &str, command: &mut Command, log: Option<PathBuf>, stop: Stop) -> Result<()> {
        let text = describe(command);
        let child = command.process_group(0).stdin(Stdio::null()).spawn().with_context(|| format!("`{text}` cannot be started"))?;
        self.records.push(Record::of(name, child.id(), stop)?);
        self.children.push(Running { name: name.to_owned(), child, log, stop, command: text });
        self.write()
    }

    /// The first child that ended by itself, if any did.
    ///
    /// # Errors
    /// When the system cannot say.
    pub(crate) fn ended(&mut self) -> Result<Option<Ended>> {
        for running in &mut self.children {
            if let Some(status) = running.child.try_wait()? {
                return Ok(Some(Ended {
                    name: running.name.clone(),
                    command: running.command.clone(),
                    status: status.to_string(),
                    log: running.log.clone(),
                    last_lines: running.log.as_deref().map(last_lines_of).unwrap_or_default(),
                }));
            }
        }
        Ok(None)
    }

    /// Waits until `ready`, but not for a child that has ended, nor against a request to stop.
    ///
    /// # Errors
    /// `Ended`, `Interrupted`, or that the time is over.
    pub(crate) fn wait_until(&mut self, what: &str, limit: Duration, interrupt: &Interrupt, mut ready: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + limit;
        while !ready() {
            if let Some(ended) = self.ended()? {
                return Err(ended.into());
            }
            if interrupt.requested() {
                return Err(Interrupted.into());
            }
            if Instant::now() > deadline {
                let logs = self.children.last().and_then(|running| running.log.as_deref()).map(last_lines_of).unwrap_or_default();
                bail!("{what} is not ready after {} s. The end of its log:\n{}", limit.as_secs(), logs.join("\n"));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Stops one child and forgets it; a name that does not run is no error.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub(crate) fn stop(&mut self, name: &str) -> Result<()> {
        while let Some(at) = self.children.iter().position(|running| running.name == name) {
            let mut running = self.children.remove(at);
            stop_child(&mut running)?;
        }
        self.records.retain(|record| record.name != name);
        self.write()
    }

    /// Stops all, the youngest first, and says which.
    ///
    /// # Errors
    /// When one cannot be waited for; the others are stopped all the same.
    pub(crate) fn stop_all(&mut self, mut say: impl FnMut(&str)) -> Result<()> {
        let mut first_error = None;
        while let Some(mut running) = self.children.pop() {
            say(&running.name);
            if let Err(error) = stop_child(&mut running) {
                first_error.get_or_insert(error);
            }
        }
        if self.record_path.exists() {
            fs::remove_file(&self.record_path)?;
        }
        first_error.map_or(Ok(()), Err)
    }

    fn write(&self) -> Result<()> {
        let next = self.record_path.with_extension("next");
        fs::write(&next, serde_json::to_vec_pretty(&self.records)?)?;
        fs::rename(&next, &self.record_path)?;
        Ok(())
    }
}

impl Drop for Processes {
    /// An error on the way out must not leave servers behind.
    fn drop(&mut self) {
        if !self.children.is_empty() {
            let _ = self.stop_all(|_| {});
        }
    }
}

/// Asks the `up` that is in charge of this record to stop, and waits until it has. False when none is.
///
/// # Errors
/// When the record cannot be read, or the process does not end.
pub(crate) fn ask_supervisor_to_stop(record_path: &Path) -> Result<bool> {
    let Some(supervisor) = read(record_path)?.into_iter().find(|record| record.name == SUPERVISOR && record.alive()) else {
        return Ok(false);
    };
    kill(Pid::from_raw(supervisor.pid), Signal::SIGTERM).context("asking `up` to stop")?;
    let deadline = Instant::now() + Stop::Interrupt.grace() * 2;
    while supervisor.alive() {
        if Instant::now() > deadline {
            bail!("`up` (process {}) does not stop", supervisor.pid);
        }
        thread::sleep(POLL);
    }
    Ok(true)
}

/// Whether an `up` is in charge of this record.
///
/// # Errors
/// When the record cannot be read.
pub(crate) fn supervised(record_path: &Path) -> Result<bool> {
    Ok(read(record_path)?.iter().any(|record| record.name == SUPERVISOR && record.alive()))
}

/// Ends, in order, what a killed `up` left running. Returns their names.
///
/// # Errors
/// When the record cannot be read, or a process is in the way that cannot be ended.
pub(crate) fn end_leftovers(record_path: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for record in read(record_path)?.iter().rev() {
        if record.name == SUPERVISOR || !record.alive() {
            continue;
        }
        end(record)?;
        names.push(record.name.clone());
    }
    if record_path.exists() {
        fs::remove_file(record_path)?;
    }
    Ok(names)
}

fn read(record_path: &Path) -> Result<Vec<Record>> {
    match fs::read(record_path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).with_context(|| format!("{} is damaged: remove it", record_path.display()))?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

fn end(record: &Record) -> Result<()> {
    let pid = Pid::from_raw(record.pid);
    kill(pid, record.stop().signal()).with_context(|| format!("ending {} (process {})", record.name, record.pid))?;
    let deadline = Instant::now() + record.stop().grace();
    while record.alive() {
        if Instant::now() > deadline {
            killpg(pid, Signal::SIGKILL).with_context(|| format!("killing {} (process {})", record.name, record.pid))?;
        }
        thread::sleep(POLL);
    }
    Ok(())
}

fn stop_child(running: &mut Running) -> Result<()> {
    let pid = Pid::from_raw(i32::try_from(running.child.id())?);
    let deadline = Instant::now() + running.stop.grace();
    // Not yet waited for, so the number is still this child's; an error means that it has just ended.
    let _ = kill(pid, running.stop.signal());
    while running.child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            let _ = killpg(pid, Signal::SIGKILL);
            running.child.wait()?;
            break;
        }
        thread::sleep(POLL);
    }
    Ok(())
}

/// Field 22 of `/proc/<pid>/stat`; the name in field 2 may hold spaces and brackets. None for a zombie, which runs no more.
fn start_time(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    if fields.next()? == "Z" {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryDirectory;

    fn sleeper() -> Command {
        let mut command = Command::new("sleep");
        command.arg("60");
        command
    }

    #[test]
    fn what_a_killed_run_left_is_ended_by_the_next() {
        let directory = TemporaryDirectory::new("leftovers").expect("a temporary directory");
        let record_path = directory.path().join("processes.json");
        let mut child = sleeper().spawn().expect("sleep runs");
        let record = Record::of("sleeper", child.id(), Stop::Terminate).expect("it runs");
        fs::write(&record_path, serde_json::to_vec(&[&record]).expect("json")).expect("written");
        assert_eq!(end_leftovers(&record_path).expect("ended"), ["sleeper"]);
        assert!(!record.alive());
        assert!(!child.wait().expect("waited for").success());
        assert!(!record_path.exists());
    }

    #[test]
    fn a_stranger_with_the_same_number_is_left_alone() {
        let directory = TemporaryDirectory::new("stranger").expect("a temporary directory");
        let record_path = directory.path().join("processes.json");
        let mut stranger = sleeper().spawn().expect("sleep runs");
        let mut record = Record::of("sleeper", stranger.id(), Stop::Terminate).expect("it runs");
        record.started -= 1;
        fs::write(&record_path, serde_json::to_vec(&[record]).expect("json")).expect("written");
        assert!(end_leftovers(&record_path).expect("nothing to do").is_empty());
        assert!(stranger.try_wait().expect("asked").is_none(), "it still runs");
        stranger.kill().expect("ours to end");
        stranger.wait().expect("waited for");
    }

    #[test]
    fn children_are_stopped_youngest_first() {
        let directory = TemporaryDirectory::new("order").expect("a temporary directory");
        let record_path = directory.path().join("processes.json");
        let mut processes = Processes::take_charge(&record_path).expect("in charge");
        for name in ["first", "second", "third"] {
            let log = directory.path().join(format!("{name}.log"));
            processes.start(name, &mut sleeper(), &log, Stop::Terminate).expect("started");
        }
        assert!(supervised(&record_path).expect("readable"));
        let mut order = Vec::new();
        processes.stop_all(|name| order.push(name.to_owned())).expect("stopped");
        assert_eq!(order, ["third", "second", "first"]);
        assert!(!record_path.exists());
    }

    #[test]
    fn a_child_that_ends_by_itself_is_reported_with_its_log() {
        let directory = TemporaryDirectory::new("ended").expect("a temporary directory");
        let record_path = directory.path().join("processes.json");
        let mut processes = Processes::take_charge(&record_path).expect("in charge");
        let mut command = Command::new("sh");
        command.args(["-c", "echo cannot go on; sleep 0.2; exit 7"]);
        let log = directory.path().join("brief.log");
        processes.start("brief", &mut command, &log, Stop::Terminate).expect("started");
        let error = processes.wait_until("brief", Duration::from_secs(10), &Interrupt::default(), || false).expect_err("it ends");
        let ended = error.downcast_ref::<Ended>().expect("its own type");
        assert_eq!(ended.name, "brief");
        assert_eq!(ended.last_lines, ["cannot go on"]);
    }

    #[test]
    fn nobody_is_in_charge_without_a_record() {
        let path = Path::new("/nonexistent/processes.json");
        assert!(!supervised(path).expect("no record"));
        assert!(!ask_supervisor_to_stop(path).expect("no record"));
    }
}
