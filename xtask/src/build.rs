//! Building the shop, and knowing when there is nothing to build.

use crate::{command::Runner, steps::Steps, workspace::Workspace};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
    time::UNIX_EPOCH,
};

/// What the release is made of. `demo/`, `docs/`, `end2end/`, `bench/` and `xtask/` are not in it.
const SOURCES: [&str; 15] = [
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "package-lock.json",
    ".cargo",
    ".sqlx",
    "app",
    "backend",
    "bench/Cargo.toml",
    "domain",
    "frontend",
    "public",
    "sandbox",
    "server",
    "style",
];

/// What was built from what; kept beside the build outputs.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Built {
    /// Hash over names and contents of the sources.
    sources: u64,
    /// Size and time of change of each output: another build may have replaced one.
    outputs: Vec<(PathBuf, u64, u128)>,
}

/// Builds browser and server parts with cargo-leptos, and the payment sandbox, unless nothing changed.
///
/// # Errors
/// When a build fails.
pub(crate) fn release(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    steps.step("Build", "Read the compiler's message above; CONTRIBUTING.md says how to build by hand.", |runner| {
        let record = workspace.target.join("souk-built.json");
        let sources = fingerprint(&workspace.root)?;
        if is_current(workspace, &record, sources) {
            return Ok(((), "nothing changed".to_owned()));
        }
        runner.run(leptos(workspace).args(["build", "--release", "--split", "--precompress"]))?;
        runner.run(workspace.cargo().args(["build", "--release", "--package", "sandbox"]))?;
        let built = Built { sources, outputs: outputs(workspace)? };
        fs::write(&record, serde_json::to_vec_pretty(&built)?)?;
        Ok(((), format!("in {}", workspace.target.display())))
    })
}

/// Builds the development form of the server and the browser part, and the sandbox.
///
/// # Errors
/// When a build fails.
pub(crate) fn development(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    steps.step("Build", "Read the compiler's message above.", |runner| {
        runner.run(leptos_development(workspace).args(["build", "--split"]))?;
        sandbox(workspace, runner)?;
        Ok(((), String::new()))
    })
}

/// Builds the load generator.
///
/// # Errors
/// When the build fails.
pub(crate) fn bench(workspace: &Workspace, steps: &mut Steps, features: &[&str]) -> Result<()> {
    steps.step("Load generator", "Read the compiler's message above.", |runner| {
        runner.run(workspace.cargo().args(["build", "--release", "--package", "bench", "--features", &features.join(",")]))?;
        Ok(((), String::new()))
    })
}

/// The load generator at the pages of a running shop.
pub(crate) fn bench_command(workspace: &Workspace, url: &str) -> Command {
    let mut command = workspace.cargo();
    command.args(["run", "--quiet", "--release", "--package", "bench", "--", "pages", "--url", url]);
    command
}

/// The bench program at the services alone; it finds them in its environment.
pub(crate) fn bench_services_command(workspace: &Workspace, what: &str) -> Command {
    let mut command = workspace.cargo();
    command.args(["run", "--quiet", "--release", "--package", "bench", "--features", what, "--", what]);
    command
}

fn sandbox(workspace: &Workspace, runner: &mut Runner) -> Result<()> {
    runner.run(workspace.cargo().args(["build", "--release", "--package", "sandbox"]))
}

/// Rebuilds and restarts `souk serve` at each change. Queries are checked against the running database.
pub(crate) fn watch_command(workspace: &Workspace, reload_port: u16) -> Command {
    let mut command = leptos_development(workspace);
    command.args(["watch", "--split", "--", "serve"]).env("SQLX_OFFLINE", "false").env("LEPTOS_RELOAD_PORT", reload_port.to_string());
    command
}

/// cargo-leptos with the site beside the other outputs, wherever those are.
fn leptos(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo();
    command
        .arg("leptos")
        .env("LEPTOS_SITE_ROOT", workspace.site_root())
        // What failed stands in the last lines: not the tool's own way there.
        .env("RUST_BACKTRACE", "0")
        // Decides only which Tailwind the tool expects on the path.
        .env("LEPTOS_TAILWIND_VERSION", "v4.3.3");
    command
}

/// Without hashes in the names of files, as [`crate::instance::Instance::use_development_build`] serves them.
fn leptos_development(workspace: &Workspace) -> Command {
    let mut command = leptos(workspace);
    command.env("LEPTOS_HASH_FILES", "false");
    command
}

fn is_current(workspace: &Workspace, record: &Path, sources: u64) -> bool {
    let Ok(text) = fs::read(record) else {
        return false;
    };
    let Ok(built) = serde_json::from_slice::<Built>(&text) else {
        return false;
    };
    built.sources == sources && outputs(workspace).is_ok_and(|now| now == built.outputs)
}

fn outputs(workspace: &Workspace) -> Result<Vec<(PathBuf, u64, u128)>> {
    let mut files = vec![workspace.souk(), workspace.sandbox(), workspace.hash_file()];
    collect(&workspace.site_root(), &mut files)?;
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let metadata = path.metadata().with_context(|| format!("the build left no {}", path.display()))?;
            let changed = metadata.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
            Ok((path, metadata.len(), changed))
        })
        .collect()
}

/// A number that changes with any source file's name or content; a mere touch does not change it.
fn fingerprint(root: &Path) -> Result<u64> {
    let mut files = Vec::new();
    for source in SOURCES {
        let path = root.join(source);
        if path.is_dir() {
            collect(&path, &mut files)?;
        } else if path.exists() {
            files.push(path);
        }
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for path in files {
        path.strip_prefix(root)?.hash(&mut hasher);
        fs::read(&path)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(directory).with_context(|| directory.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryDirectory;

    #[test]
    fn the_fingerprint_follows_content_and_names_but_not_times() {
        let directory = TemporaryDirectory::new("fingerprint").expect("a temporary directory");
        let root = directory.path();
        let file = root.join("app/src/lib.rs");
        fs::create_dir_all(root.join("app/src")).expect("made");
        fs::create_dir_all(root.join("docs")).expect("made");
        fs::write(&file, "one").expect("written");
        let first = fingerprint(root).expect("readable");
        fs::write(&file, "one").expect("written");
        fs::write(root.join("docs/page.md"), "no source").expect("written");
        assert_eq!(fingerprint(root).expect("readable"), first);
        fs::write(&file, "two").expect("written");
        let second = fingerprint(root).expect("readable");
        assert_ne!(second, first);
        fs::rename(&file, root.join("app/src/other.rs")).expect("renamed");
        assert_ne!(fingerprint(root).expect("readable"), second);
    }
}
