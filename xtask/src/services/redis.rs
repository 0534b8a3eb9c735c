//! The private Redis. It keeps every write before it answers: carts wait here when PostgreSQL is away.

use crate::{
    http,
    processes::{Processes, Stop},
    secrets::Secrets,
    state::{State, write_private},
    steps::Steps,
    workspace::Workspace,
};
use anyhow::{Context, Result};
use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

/// Loading the append-only file of a development shop takes a moment at most.
const READY_LIMIT: Duration = Duration::from_secs(30);
/// Beside the usual 6379, so that neither is taken for the other.
const WISHED_PORT: u16 = 16_379;

/// Starts it and returns its URL.
///
/// # Errors
/// When it does not become ready.
pub(crate) fn start(
    workspace: &Workspace,
    state: &State,
    secrets: &Secrets,
    processes: &mut Processes,
    steps: &mut Steps,
) -> Result<String> {
    steps.step("Redis", "Read its log; `cargo xtask reset` starts with empty data.", |runner| {
        let directory = state.directory.join("redis");
        fs::create_dir_all(&directory)?;
        // Sessions are in there.
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o700))?;
        let program = workspace.which("redis-server").context("redis-server")?;
        let port = http::free_port(WISHED_PORT)?;
        // A file, since a password among the arguments would show in the list of processes.
        let configuration = directory.join("redis.conf");
        write_private(&configuration, configuration_text(state, secrets, port).as_bytes())?;
        processes.start("redis", workspace.command(program).arg(&configuration), &state.log("redis"), Stop::Terminate)?;
        let interrupt = runner.interrupt.clone();
        processes.wait_until("Redis", READY_LIMIT, &interrupt, || http::listens(port))?;
        let url = format!("redis://:{}@127.0.0.1:{port}/0", secrets.redis_password);
        Ok((url, format!("port {port}")))
    })
}

fn configuration_text(state: &State, secrets: &Secrets, port: u16) -> String {
    let directory = state.directory.join("redis");
    let lines = [
        "bind 127.0.0.1".to_owned(),
        format!("port {port}"),
        format!("requirepass {}", secrets.redis_password),
        format!("dir \"{}\"", directory.display()),
        "daemonize no".to_owned(),
        // The append-only file holds everything; snapshots beside it would only cost.
        "save \"\"".to_owned(),
        "appendonly yes".to_owned(),
        "appendfsync always".to_owned(),
        // A cart or a session is never thrown away to make room: a full Redis says so.
        "maxmemory-policy noeviction".to_owned(),
    ];
    lines.join("\n") + "\n"
}
