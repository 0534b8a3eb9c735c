//! Where things lie: the sources, the build outputs, and what is kept between runs.

use anyhow::{Context, Result, bail};
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

/// The paths every task works with.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The clone.
    pub(crate) root: PathBuf,
    /// What is worth keeping between runs and clones: build tools, the Python environment, a newer Node.
    pub(crate) cache: PathBuf,
    /// Cargo's target directory: `CARGO_TARGET_DIR`, or outside the clone when `CI=true`, or `target/`.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Finds the clone this program was built from, and decides where outputs go.
    ///
    /// # Errors
    /// When no home directory is known and neither `XDG_CACHE_HOME` nor `SOUK_CACHE_DIR` says where to keep things.
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().context("xtask lies in a folder of the workspace")?.to_path_buf();
        let cache = cache_directory()?;
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(directory) => root.join(directory),
            None if in_ci() => cache.join("target"),
            None => root.join("target"),
        };
        Ok(Self { root, cache, target })
    }

    /// The server as `cargo xtask up` runs it.
    pub(crate) fn souk(&self) -> PathBuf {
        self.target.join("release/souk")
    }

    /// The payment sandbox.
    pub(crate) fn sandbox(&self) -> PathBuf {
        self.target.join("release/souk-sandbox")
    }

    /// What cargo-leptos writes for the browser.
    pub(crate) fn site_root(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The names of the hashed files; leptos looks for it beside the executable.
    pub(crate) fn hash_file(&self) -> PathBuf {
        self.target.join("release/hash.txt")
    }

    /// Programs that this project installed for itself, by `cargo install --root`.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// A Node from the npm registry, used where the system's is too old.
    pub(crate) fn node(&self) -> PathBuf {
        self.cache.join("node")
    }

    /// `PATH` with the project's own tools first, so that the pinned versions win.
    pub(crate) fn search_path(&self) -> OsString {
        let mut directories = vec![self.root.join("node_modules/.bin"), self.tools().join("bin")];
        let node = self.node().join("bin");
        if node.is_dir() {
            directories.push(node);
        }
        directories.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        env::join_paths(directories).unwrap_or_else(|_| env::var_os("PATH").unwrap_or_default())
    }

    /// A command that runs in the clone with the project's tools on its path.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.root).env("PATH", self.search_path());
        if in_ci() {
            command.env("npm_config_cache", self.cache.join("npm"));
        }
        command
    }

    /// Cargo, with one target directory and the committed query metadata: no build needs a database.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = self.command("cargo");
        // Build scripts see what cargo says about xtask here, and some are run again when it changes: without this, a build
        // from here and one by hand would each undo the other's, down to the TLS library.
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
                command.env_remove(name);
            }
        }
        command.env("CARGO_TARGET_DIR", &self.target).env("SQLX_OFFLINE", "true");
        command
    }

    /// The first executable of this name on the project's search path.
    pub(crate) fn which(&self, program: &str) -> Option<PathBuf> {
        env::split_paths(&self.search_path()).map(|directory| directory.join(program)).find(|candidate| is_executable(candidate))
    }

    /// The version of a package in `Cargo.lock`.
    ///
    /// # Errors
    /// When the lock file cannot be read or does not name the package.
    pub(crate) fn locked_version(&self, package: &str) -> Result<String> {
        let lock = std::fs::read_to_string(self.root.join("Cargo.lock")).context("Cargo.lock")?;
        match version_in_lock(&lock, package) {
            Some(version) => Ok(version.to_owned()),
            None => bail!("Cargo.lock does not name {package}"),
        }
    }
}

/// Whether a continuous-integration service runs this.
pub(crate) fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

fn cache_directory() -> Result<PathBuf> {
    if let Some(directory) = env::var_os("SOUK_CACHE_DIR") {
        return Ok(PathBuf::from(directory));
    }
    if let Some(directory) = env::var_os("XDG_CACHE_HOME") {
        return Ok(PathBuf::from(directory).join("souk"));
    }
    let home = env::home_dir().context("no home directory: set SOUK_CACHE_DIR")?;
    Ok(home.join(".cache/souk"))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

fn version_in_lock<'lock>(lock: &'lock str, package: &str) -> Option<&'lock str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_named_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n\n[[package]]\nname = \"wasm\"\nversion = \"1.0.0\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(version_in_lock(lock, "wasm"), Some("1.0.0"));
        assert_eq!(version_in_lock(lock, "bindgen"), None);
    }
}
