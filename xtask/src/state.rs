//! The private directory of one running marketplace: `.souk/` for the developer's, another for each test run.

use anyhow::{Context, Result};
use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// The directory and the names in it.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) directory: PathBuf,
}

impl State {
    /// Makes the directory where it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn open(directory: PathBuf) -> Result<Self> {
        let state = Self { directory };
        // Others may pass through, since PostgreSQL may run as another user; what is secret has its own mode.
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(state.logs())
            .with_context(|| format!("making {}", state.directory.display()))?;
        Ok(state)
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.directory.join("logs")
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.logs().join(format!("{name}.log"))
    }

    /// Who runs; see `processes`.
    pub(crate) fn processes(&self) -> PathBuf {
        self.directory.join("processes.json")
    }

    /// Addresses and sign-ins of what runs, for people and tests.
    pub(crate) fn run_file(&self) -> PathBuf {
        self.directory.join("run.json")
    }

    /// Says nothing about what runs any more: a killed run leaves addresses at which nobody serves.
    ///
    /// # Errors
    /// When the file is there and cannot be removed.
    pub(crate) fn forget_run(&self) -> Result<()> {
        match fs::remove_file(self.run_file()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    pub(crate) fn secrets(&self) -> PathBuf {
        self.directory.join("secrets.json")
    }

    /// Rendered pictures.
    pub(crate) fn media(&self) -> PathBuf {
        self.directory.join("media")
    }

    /// The Maildir of what the shop mails.
    pub(crate) fn mail(&self) -> PathBuf {
        self.directory.join("mail")
    }

    /// The directory of the bank's own book.
    pub(crate) fn sandbox_journal(&self) -> PathBuf {
        self.directory.join("sandbox")
    }

    /// What a database cannot do without: the key its answers are sealed with and the passwords its people sign in with, the
    /// pictures of its products, the bank's side of its payments.
    pub(crate) fn belonging_to_the_database(&self) -> [PathBuf; 3] {
        [self.secrets(), self.media(), self.sandbox_journal()]
    }

    /// Only one program at a time works with the directory; the lock ends with it, however it ends.
    ///
    /// # Errors
    /// When the lock file cannot be opened.
    pub(crate) fn lock(&self) -> Result<Option<File>> {
        let path = self.directory.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).with_context(|| {
            let directory = self.directory.display();
            format!("{} cannot be opened; if root has run `cargo xtask` here, `sudo chown -R $USER {directory}`", path.display())
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Begins with no log of an earlier run.
    ///
    /// # Errors
    /// When one cannot be removed.
    pub(crate) fn remove_logs(&self) -> Result<()> {
        for entry in fs::read_dir(self.directory.join("logs"))? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    /// Removes everything but the logs, the lock, `kept`, and what has a lock of its own: a test or a measurement lies inside, and
    /// may be running.
    ///
    /// # Errors
    /// When something cannot be removed, for example since another user made it.
    pub(crate) fn remove_data(&self, kept: &[PathBuf]) -> Result<()> {
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let path = entry.path();
            let is_anothers = path.join("lock").exists();
            if entry.file_name() == "logs" || entry.file_name() == "lock" || is_anothers || kept.contains(&path) {
                continue;
            }
            let removed = if entry.file_type()?.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.with_context(|| format!("removing {}", path.display()))?;
        }
        Ok(())
    }
}

/// Writes a file that only its owner may read, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let next = path.with_extension("next");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&next)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&next, path).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryDirectory;

    #[test]
    fn only_one_program_at_a_time_holds_the_lock() {
        let directory = TemporaryDirectory::new("lock").expect("a temporary directory");
        let state = State::open(directory.path().join(".souk")).expect("a state");
        let held = state.lock().expect("lockable").expect("free");
        assert!(state.lock().expect("lockable").is_none());
        drop(held);
        assert!(state.lock().expect("lockable").is_some());
    }

    #[test]
    fn a_reset_leaves_only_logs_and_lock() {
        let directory = TemporaryDirectory::new("reset").expect("a temporary directory");
        let state = State::open(directory.path().join(".souk")).expect("a state");
        let _lock = state.lock().expect("lockable");
        fs::create_dir(state.media()).expect("made");
        write_private(&state.secrets(), b"{}").expect("written");
        let mode = state.secrets().metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(state.run_file(), "{}").expect("written");
        let tests = State::open(state.directory.join("test")).expect("a state");
        let _others_lock = tests.lock().expect("lockable");
        fs::create_dir(tests.media()).expect("made");
        let left = || {
            let entries = fs::read_dir(&state.directory).expect("readable");
            let mut names: Vec<_> = entries.map(|entry| entry.expect("readable").file_name()).collect();
            names.sort();
            names
        };
        state.remove_data(&state.belonging_to_the_database()).expect("removed");
        assert_eq!(left(), ["lock", "logs", "media", "secrets.json", "test"], "a database of one's own goes on with these");
        state.remove_data(&[]).expect("removed");
        assert_eq!(left(), ["lock", "logs", "test"], "a test that runs beside is not disturbed");
        assert!(tests.media().exists());
    }

    #[test]
    fn what_a_killed_run_has_said_of_itself_is_forgotten() {
        let directory = TemporaryDirectory::new("run").expect("a temporary directory");
        let state = State::open(directory.path().join(".souk")).expect("a state");
        state.forget_run().expect("nothing to forget is fine");
        fs::write(state.log("souk"), "said before").expect("written");
        state.remove_logs().expect("removed");
        assert!(!state.log("souk").exists());
        fs::write(state.run_file(), "{}").expect("written");
        state.forget_run().expect("forgotten");
        assert!(!state.run_file().exists());
    }
}
