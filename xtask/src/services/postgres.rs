//! The private PostgreSQL: a cluster of its own, fsync on, reached by a password on a loopback port.
//!
//! PostgreSQL refuses to run as root. A root user's cluster therefore belongs to the system's `postgres` user, who must be
//! able to reach it: under `.souk/` where every directory above lets others pass, under `/var/lib/souk/` otherwise.
//! The cluster that Debian's package makes by itself is never looked at.

use crate::{
    command::Runner,
    http,
    processes::{Processes, Stop},
    secrets::Secrets,
    state::{State, write_private},
    steps::Steps,
};
use anyhow::{Context, Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::{Gid, Pid, Uid, User},
};
use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

/// Replaying the log after a hard stop may take a while.
const READY_LIMIT: Duration = Duration::from_secs(120);
/// Beside the usual 5432, so that neither is taken for the other.
const WISHED_PORT: u16 = 15_432;
/// The superuser of the cluster: tests make databases of their own.
const USER: &str = "souk";
/// The oldest version whose features the migrations use.
const OLDEST_VERSION: u32 = 15;

/// A running private cluster.
#[derive(Debug, Clone)]
pub(crate) struct Postgres {
    programs: PathBuf,
    port: u16,
    password: String,
}

/// Starts the cluster, making it where there is none.
///
/// # Errors
/// When it cannot be made or does not become ready.
pub(crate) fn start(state: &State, secrets: &Secrets, processes: &mut Processes, steps: &mut Steps) -> Result<Postgres> {
    steps.step("PostgreSQL", "Read its log; `cargo xtask reset` starts with an empty cluster.", |runner| {
        let programs = programs().context("PostgreSQL 15 or newer")?;
        let home = Home::of(state)?;
        let data = home.prepare(&programs, secrets, runner)?;
        let port = http::free_port(WISHED_PORT)?;
        let postgres = Postgres { programs, port, password: secrets.postgres_password.clone() };
        let mut command = home.command(postgres.programs.join("postgres"));
        command.arg("-D").arg(&data).args(arguments(port));
        processes.start("postgres", &mut command, &state.log("postgres"), Stop::Interrupt)?;
        let interrupt = runner.interrupt.clone();
        processes.wait_until("PostgreSQL", READY_LIMIT, &interrupt, || postgres.query("postgres", "select 1").is_ok())?;
        postgres.create_database("souk")?;
        Ok((postgres, format!("port {port}, data in {}", data.display())))
    })
}

fn arguments(port: u16) -> Vec<String> {
    let settings = [
        "listen_addresses=127.0.0.1",
        // A socket path is limited to 107 bytes, which a deep clone exceeds.
        "unix_socket_directories=",
        "fsync=on",
        "synchronous_commit=on",
        "full_page_writes=on",
        // Tests make a pool each.
        "max_connections=300",
        "log_line_prefix=%m [%p] %d ",
    ];
    let mut arguments = vec!["-p".to_owned(), port.to_string()];
    for setting in settings {
        arguments.extend(["-c".to_owned(), setting.to_owned()]);
    }
    arguments
}

impl Postgres {
    /// How programs reach one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Makes a database; one that exists is kept as it is.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) fn create_database(&self, name: &str) -> Result<()> {
        let exists = format!("select 1 from pg_database where datname = '{name}'");
        if self.query("postgres", &exists)?.is_empty() {
            self.query("postgres", &format!("create database {name}"))?;
        }
        Ok(())
    }

    /// Removes a database with whoever is connected to it.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) fn drop_database(&self, name: &str) -> Result<()> {
        self.query("postgres", &format!("drop database if exists {name} with (force)"))?;
        Ok(())
    }

    /// `psql` on one of its databases, without the person's own settings.
    pub(crate) fn psql(&self, database: &str) -> Command {
        let mut command = Command::new(self.programs.join("psql"));
        command
            .env("PGPASSWORD", &self.password)
            .args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"])
            .args(["--host", "127.0.0.1", "--username", USER])
            .args(["--port", &self.port.to_string(), "--dbname", database]);
        command
    }

    fn query(&self, database: &str, sql: &str) -> Result<String> {
        let output = self.psql(database).args(["--tuples-only", "--no-align", "--command", sql]).output()?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// The directory with `initdb`, `postgres` and `psql` of the newest version that is new enough.
pub(crate) fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(version, directory)| *version >= OLDEST_VERSION && complete(directory))
        .collect();
    versions.sort();
    let debian = versions.pop().map(|(_, directory)| directory);
    debian.or_else(|| std::env::split_paths(&std::env::var_os("PATH")?).find(|directory| complete(directory)))
}

fn complete(directory: &Path) -> bool {
    ["initdb", "postgres", "psql"].iter().all(|program| directory.join(program).is_file())
}

/// Removes the cluster of an instance, wherever it lies.
///
/// # Errors
/// When it cannot be removed.
pub(crate) fn remove(state: &State) -> Result<()> {
    for directory in [inside(state), outside(state)] {
        if directory.exists() {
            fs::remove_dir_all(&directory).with_context(|| format!("removing {}", directory.display()))?;
        }
    }
    Ok(())
}

fn inside(state: &State) -> PathBuf {
    state.directory.join("postgres")
}

/// One directory per instance, named after where the instance is.
fn outside(state: &State) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    state.directory.hash(&mut hasher);
    PathBuf::from(format!("/var/lib/souk/{:016x}", hasher.finish()))
}

/// Where the cluster lies and who runs it.
#[derive(Debug)]
struct Home {
    directory: PathBuf,
    /// The user to become; none when we are a plain user ourselves.
    user: Option<(Uid, Gid)>,
}

impl Home {
    fn of(state: &State) -> Result<Self> {
        if !Uid::effective().is_root() {
            refuse_foreign(&inside(state), Uid::effective())?;
            return Ok(Self { directory: inside(state), user: None });
        }
        let user = User::from_name("postgres")?.context("the system has no user `postgres`: install Debian's package postgresql")?;
        // A plain user may have made the cluster before root came: it stays theirs.
        let existing = inside(state).metadata().ok().filter(|owner| owner.uid() != 0);
        if let Some(owner) = existing {
            return Ok(Self { directory: inside(state), user: Some((Uid::from_raw(owner.uid()), Gid::from_raw(owner.gid()))) });
        }
        let directory = if reachable(&state.directory, user.uid, user.gid)? { inside(state) } else { outside(state) };
        Ok(Self { directory, user: Some((user.uid, user.gid)) })
    }

    /// Makes the cluster where there is none; half a cluster is never taken for a whole one.
    fn prepare(&self, programs: &Path, secrets: &Secrets, runner: &mut Runner) -> Result<PathBuf> {
        let data = self.directory.join("data");
        if data.join("PG_VERSION").exists() {
            end_orphan(&data)?;
            return Ok(data);
        }
        fs::create_dir_all(&self.directory).with_context(|| format!("making {}", self.directory.display()))?;
        fs::set_permissions(&self.directory, fs::Permissions::from_mode(0o700))?;
        self.give(&self.directory)?;
        let unfinished = self.directory.join("data.unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)?;
        }
        let password_file = self.directory.join("password");
        write_private(&password_file, secrets.postgres_password.as_bytes())?;
        self.give(&password_file)?;
        let mut command = self.command(programs.join("initdb"));
        command
            .arg("--pgdata")
            .arg(&unfinished)
            .args(["--username", USER, "--auth", "scram-sha-256"])
            .arg("--pwfile")
            .arg(&password_file)
            // The same order of text on every machine.
            .args(["--encoding", "UTF8", "--locale", "C.UTF-8"]);
        runner.run(&mut command)?;
        fs::remove_file(&password_file)?;
        fs::rename(&unfinished, &data)?;
        Ok(data)
    }

    fn give(&self, path: &Path) -> Result<()> {
        if let Some((uid, gid)) = self.user {
            chown(path, Some(uid.as_raw()), Some(gid.as_raw()))?;
        }
        Ok(())
    }

    /// A command as the cluster's user, in a directory that user may be in.
    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir("/");
        if let Some((uid, gid)) = self.user {
            command.uid(uid.as_raw()).gid(gid.as_raw());
        }
        command
    }
}

/// Ends a server that still runs on our own data although nothing is written down about it.
fn end_orphan(data: &Path) -> Result<()> {
    let Ok(text) = fs::read_to_string(data.join("postmaster.pid")) else {
        return Ok(());
    };
    let pid: i32 = text.lines().next().unwrap_or_default().trim().parse().context("postmaster.pid")?;
    let arguments = format!("/proc/{pid}/cmdline");
    let is_ours = || {
        let arguments = fs::read(&arguments).unwrap_or_default();
        let mut words = arguments.split(|byte| *byte == 0);
        words.any(|word| word == data.as_os_str().as_encoded_bytes())
    };
    if is_ours() {
        kill(Pid::from_raw(pid), Signal::SIGINT).context("ending a server left on the private data")?;
        let deadline = Instant::now() + READY_LIMIT;
        while is_ours() {
            if Instant::now() > deadline {
                bail!("process {pid} runs on {} and does not end", data.display());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
    Ok(())
}

/// A plain user can neither run nor see into a cluster that root's `up` made.
fn refuse_foreign(directory: &Path, user: Uid) -> Result<()> {
    let Some(owner) = directory.metadata().ok().map(|metadata| Uid::from_raw(metadata.uid())).filter(|owner| *owner != user) else {
        return Ok(());
    };
    let name = User::from_uid(owner).ok().flatten().map_or_else(|| owner.to_string(), |owner| owner.name);
    bail!(
        "{} belongs to the user {name}: root has run `cargo xtask` here. Go on as root, or stop it as root by `cargo xtask down` \
         and take it over by `sudo chown -R $USER {}`",
        directory.display(),
        directory.parent().unwrap_or(directory).display()
    )
}

/// Whether this user may pass through every directory down to `path`.
fn reachable(path: &Path, uid: Uid, gid: Gid) -> Result<bool> {
    for directory in path.canonicalize()?.ancestors() {
        let metadata = directory.metadata()?;
        let pass = if metadata.uid() == uid.as_raw() {
            0o100
        } else if metadata.gid() == gid.as_raw() {
            0o010
        } else {
            0o001
        };
        if metadata.mode() & pass == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{interrupt::Interrupt, temporary::TemporaryDirectory};
    use std::fs::Permissions;

    #[test]
    fn a_closed_directory_above_makes_a_path_unreachable_for_others() {
        let directory = TemporaryDirectory::new("reachable").expect("a temporary directory");
        let inner = directory.path().join("closed/inner");
        fs::create_dir_all(&inner).expect("made");
        let stranger = (Uid::from_raw(65_534), Gid::from_raw(65_534));
        assert!(reachable(&inner, stranger.0, stranger.1).expect("readable"));
        fs::set_permissions(directory.path().join("closed"), Permissions::from_mode(0o700)).expect("ours");
        assert!(!reachable(&inner, stranger.0, stranger.1).expect("readable"));
        let owner = inner.metadata().expect("there");
        let (uid, gid) = (Uid::from_raw(owner.uid()), Gid::from_raw(owner.gid()));
        assert!(reachable(&inner, uid, gid).expect("readable"));
    }

    #[test]
    fn a_cluster_of_another_user_is_refused_with_its_mend() {
        let directory = TemporaryDirectory::new("foreign").expect("a temporary directory");
        let owner = Uid::from_raw(directory.path().metadata().expect("there").uid());
        assert!(refuse_foreign(directory.path(), owner).is_ok());
        assert!(refuse_foreign(&directory.path().join("missing"), owner).is_ok());
        let stranger = Uid::from_raw(owner.as_raw() ^ 1);
        let error = refuse_foreign(directory.path(), stranger).expect_err("not theirs").to_string();
        assert!(error.contains("cargo xtask down") && error.contains("chown"), "{error}");
    }

    #[test]
    fn a_private_cluster_starts_keeps_its_data_and_stops_cleanly() {
        let directory = TemporaryDirectory::new("cluster").expect("a temporary directory");
        let state = State::open(directory.path().join(".souk")).expect("a state");
        let secrets = Secrets::load_or_generate(&state).expect("secrets");
        for expected in ["", "1"] {
            let runner = Runner::logged(&state.log("up"), Interrupt::default()).expect("a log");
            let mut steps = Steps::new(1, runner);
            let mut processes = Processes::take_charge(&state.processes()).expect("in charge");
            let postgres = start(&state, &secrets, &mut processes, &mut steps).expect("it starts");
            let fsync = postgres.query("souk", "show fsync").expect("answered");
            assert_eq!(fsync, "on");
            let kept = "select count(*) from pg_tables where tablename = 'kept' having count(*) > 0";
            assert_eq!(postgres.query("souk", kept).expect("answered"), expected);
            postgres.query("souk", "create table if not exists kept ()").expect("made");
            processes.stop_all(|_| {}).expect("stopped");
        }
        let log = fs::read_to_string(state.log("postgres")).expect("a log");
        assert!(log.contains("database system is shut down"), "{log}");
        remove(&state).expect("removed");
    }
}
