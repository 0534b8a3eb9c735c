//! What must be on the machine: checked quickly, installed where it is missing, named exactly where it cannot be.

use crate::{command::Runner, services::postgres, steps::Steps, workspace::Workspace};
use anyhow::{Context, Result, bail};
use nix::unistd::Uid;
use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

/// The newest cargo-leptos that the pinned compiler can build.
const CARGO_LEPTOS_VERSION: &str = "0.3.10";
/// Tailwind and Playwright need Node 20; Debian 12 has 18.
const OLDEST_NODE: u32 = 20;
/// A Node for machines with an older one, as the npm registry carries it.
const NODE_VERSION: &str = "22.23.3";
/// Judges the REST API by its own description.
const SCHEMATHESIS_VERSION: &str = "4.32.5";

/// What the tools are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Run,
    /// Also a browser, the linters, and what judges the API.
    Test,
}

/// How many steps `install` takes.
pub(crate) const TOOL_STEPS: usize = 3;

/// Installs what is missing; takes well under a second when nothing is.
///
/// # Errors
/// When something is missing that cannot be installed; the message says how to install it.
pub(crate) fn install(workspace: &Workspace, steps: &mut Steps, purpose: Purpose) -> Result<()> {
    steps.step("Debian packages", "Install the packages named above by hand, then run this again.", |runner| {
        debian_packages(workspace, runner, purpose)
    })?;
    steps.step("Rust tools", "Check the connection to crates.io and the free disk space, then run this again.", |runner| {
        rust_tools(workspace, runner, purpose)
    })?;
    steps.step("Node packages", "Check the connection to the npm registry; remove node_modules, then run this again.", |runner| {
        node_packages(workspace, runner)
    })
}

/// Something the system must have: how to see it, and how it is called where it can be installed.
struct Need {
    package: &'static str,
    /// For systems without apt.
    description: &'static str,
    present: bool,
}

fn needs(workspace: &Workspace, purpose: Purpose) -> Vec<Need> {
    let has = |program: &str| workspace.which(program).is_some();
    let mut needs = vec![
        Need {
            package: "postgresql",
            description: "PostgreSQL 15 or newer (initdb, postgres, psql)",
            present: postgres::programs().is_some(),
        },
        Need { package: "redis-server", description: "Redis 7 or newer (redis-server)", present: has("redis-server") },
        Need { package: "nodejs", description: "Node 18 or newer (node)", present: has("node") },
        Need { package: "npm", description: "npm", present: has("npm") },
        // The C and assembler parts of the cryptography that cargo-leptos and the server are built with.
        Need { package: "gcc", description: "a C compiler (cc)", present: has("cc") },
        Need {
            package: "libc6-dev",
            description: "the C library's headers",
            present: Path::new("/usr/include/stdlib.h").exists() || !has("apt-get"),
        },
        Need { package: "make", description: "make", present: has("make") },
        Need { package: "perl", description: "perl", present: has("perl") },
        Need { package: "pkg-config", description: "pkg-config", present: has("pkg-config") },
    ];
    if purpose == Purpose::Test {
        needs.push(Need { package: "chromium", description: "Chromium (chromium)", present: chromium(workspace).is_some() });
        needs.push(Need {
            package: "python3-venv",
            description: "Python 3.10 or newer with venv",
            present: schemathesis(workspace).is_some() || python_with_venv().is_some(),
        });
    }
    needs
}

fn debian_packages(workspace: &Workspace, runner: &mut Runner, purpose: Purpose) -> Result<((), String)> {
    let missing: Vec<Need> = needs(workspace, purpose).into_iter().filter(|need| !need.present).collect();
    if missing.is_empty() {
        return Ok(((), "all there".to_owned()));
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    if workspace.which("apt-get").is_none() {
        let descriptions: Vec<&str> = missing.iter().map(|need| need.description).collect();
        bail!("this system has no apt-get. Install with its own package manager, so that they are on PATH: {}", descriptions.join("; "));
    }
    apt_get(workspace, runner, &["update"], &packages)?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(&packages);
    apt_get(workspace, runner, &arguments, &packages)?;
    for need in needs(workspace, purpose) {
        if !need.present {
            bail!("{} is installed, but {} is still not found on PATH", need.package, need.description);
        }
    }
    Ok(((), format!("installed {}", packages.join(", "))))
}

fn apt_get(workspace: &Workspace, runner: &mut Runner, arguments: &[&str], packages: &[&str]) -> Result<()> {
    if Uid::effective().is_root() {
        let mut command = workspace.command("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        return runner.run(&mut command);
    }
    if workspace.which("sudo").is_none() {
        bail!("neither root nor sudo. Ask an administrator to run: apt-get install {}", packages.join(" "));
    }
    let mut command = workspace.command("sudo");
    command.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]).args(arguments);
    runner.run_in_terminal(&mut command)
}

fn rust_tools(workspace: &Workspace, runner: &mut Runner, purpose: Purpose) -> Result<((), String)> {
    let sysroot = runner.read(workspace.command("rustc").args(["--print", "sysroot"]))?;
    if !Path::new(&sysroot).join("lib/rustlib/wasm32-unknown-unknown/lib").exists() {
        runner.run(workspace.command("rustup").args(["target", "add", "wasm32-unknown-unknown"]))?;
    }
    if purpose == Purpose::Test {
        for (program, component) in [("cargo-clippy", "clippy"), ("rustfmt", "rustfmt")] {
            if !Path::new(&sysroot).join("bin").join(program).exists() {
                runner.run(workspace.command("rustup").args(["component", "add", component]))?;
            }
        }
    }
    let wasm_bindgen = workspace.locked_version("wasm-bindgen")?;
    // Its lock file pins a version that exists and builds; wasm-bindgen-cli's does not.
    let leptos = format!("cargo-leptos@{CARGO_LEPTOS_VERSION}");
    let leptos_arguments = [leptos.as_str(), "--locked", "--features", "no_downloads"];
    cargo_install(workspace, runner, "cargo-leptos", CARGO_LEPTOS_VERSION, &leptos_arguments)?;
    let bindgen = format!("wasm-bindgen-cli@{wasm_bindgen}");
    cargo_install(workspace, runner, "wasm-bindgen", &wasm_bindgen, &[&bindgen])?;
    let build_outputs = workspace.tools().join("build");
    if build_outputs.exists() {
        fs::remove_dir_all(build_outputs)?;
    }
    let note = format!("cargo-leptos {CARGO_LEPTOS_VERSION}, wasm-bindgen {wasm_bindgen}");
    Ok(((), note))
}

/// Installs a build tool into the cache, unless the version wanted is on the path already.
fn cargo_install(workspace: &Workspace, runner: &mut Runner, program: &str, version: &str, arguments: &[&str]) -> Result<()> {
    if let Some(found) = workspace.which(program)
        && runner.read(Command::new(found).arg("--version")).is_ok_and(|text| text.split_whitespace().any(|word| word == version))
    {
        return Ok(());
    }
    let mut command = workspace.command("cargo");
    command
        .args(["install", "--force", "--root"])
        .arg(workspace.tools())
        .args(arguments)
        .env("CARGO_TARGET_DIR", workspace.tools().join("build"))
        // Tools that run for seconds need no whole-program optimisation that takes minutes.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    runner.run(&mut command)
}

fn node_packages(workspace: &Workspace, runner: &mut Runner) -> Result<((), String)> {
    let node = newer_node(workspace, runner)?;
    let note = format!("node {node}");
    if npm_ci(workspace, runner, &workspace.root)? {
        return Ok(((), note));
    }
    Ok(((), format!("{note}, nothing changed")))
}

/// Installs what a folder's lock file names. False when that has been done already.
///
/// # Errors
/// When npm fails.
pub(crate) fn npm_ci(workspace: &Workspace, runner: &mut Runner, folder: &Path) -> Result<bool> {
    let lock = fs::read(folder.join("package-lock.json")).with_context(|| format!("{} has no package-lock.json", folder.display()))?;
    let mut hasher = DefaultHasher::new();
    lock.hash(&mut hasher);
    let wanted = format!("{:016x}", hasher.finish());
    let stamp = folder.join("node_modules/.installed-from");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(false);
    }
    let mut command = workspace.command("npm");
    command
        .current_dir(folder)
        .args(["ci", "--no-audit", "--no-fund", "--prefer-offline"])
        // The browser comes from the system.
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    runner.run(&mut command)?;
    fs::write(stamp, wanted)?;
    Ok(true)
}

/// Where the system's Node is too old, one from the npm registry is put first on the project's path.
fn newer_node(workspace: &Workspace, runner: &mut Runner) -> Result<String> {
    let version = node_version(workspace, runner)?;
    if major(&version)? >= OLDEST_NODE {
        return Ok(version);
    }
    let architecture = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => bail!("Node {version} is too old: install Node {OLDEST_NODE} or newer ({other})"),
    };
    let package = format!("node-linux-{architecture}");
    let directory = workspace.node();
    fs::create_dir_all(&directory)?;
    let mut command = workspace.command("npm");
    command.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(&directory).arg(format!("{package}@{NODE_VERSION}"));
    runner.run(&mut command)?;
    let link = directory.join("bin");
    if link.is_symlink() {
        fs::remove_file(&link)?;
    }
    std::os::unix::fs::symlink(Path::new("node_modules").join(package).join("bin"), &link)?;
    let version = node_version(workspace, runner)?;
    if major(&version)? < OLDEST_NODE {
        bail!("Node {version} is too old: install Node {OLDEST_NODE} or newer");
    }
    Ok(version)
}

fn node_version(workspace: &Workspace, runner: &mut Runner) -> Result<String> {
    let node = workspace.which("node").context("node is not on PATH")?;
    let version = runner.read(Command::new(node).arg("--version"))?;
    Ok(version.trim_start_matches('v').to_owned())
}

fn major(version: &str) -> Result<u32> {
    let (major, _) = version.split_once('.').unwrap_or((version, ""));
    major.parse().with_context(|| format!("Node says it is {version}"))
}

/// The browser that end-to-end tests drive.
pub(crate) fn chromium(workspace: &Workspace) -> Option<PathBuf> {
    workspace.which("chromium").or_else(|| workspace.which("chromium-browser")).or_else(|| workspace.which("google-chrome"))
}

/// `st` of the pinned version: on the path, or in the project's own Python environment.
fn schemathesis(workspace: &Workspace) -> Option<PathBuf> {
    [Some(virtual_environment(workspace).join("bin/st")), workspace.which("st")].into_iter().flatten().find(|program| {
        Command::new(program)
            .arg("--version")
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(SCHEMATHESIS_VERSION))
    })
}

fn virtual_environment(workspace: &Workspace) -> PathBuf {
    workspace.cache.join(format!("schemathesis-{SCHEMATHESIS_VERSION}"))
}

/// Installs schemathesis where it is missing.
///
/// # Errors
/// When Python or the package index fail.
pub(crate) fn install_schemathesis(workspace: &Workspace, runner: &mut Runner) -> Result<PathBuf> {
    if let Some(program) = schemathesis(workspace) {
        return Ok(program);
    }
    let environment = virtual_environment(workspace);
    let python = python_with_venv().context("a Python with venv: install python3-venv")?;
    let mut command = workspace.command(python);
    runner.run(command.args(["-m", "venv", "--clear"]).arg(&environment))?;
    let mut command = workspace.command(environment.join("bin/pip"));
    command.args(["install", "--quiet", "--disable-pip-version-check"]).arg(format!("schemathesis=={SCHEMATHESIS_VERSION}"));
    runner.run(&mut command)?;
    schemathesis(workspace).context("pip installed schemathesis, but its program `st` does not run")
}

/// A Python manager's `python3` may come first on the path and lack what Debian's has, or the other way round.
fn python_with_venv() -> Option<PathBuf> {
    ["python3", "/usr/bin/python3"].into_iter().map(PathBuf::from).find(|python| {
        Command::new(python)
            .args(["-c", "import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 10))"])
            .output()
            .is_ok_and(|output| output.status.success())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(major("18.20.4").expect("a version"), 18);
        assert!(major("none").is_err());
    }
}
