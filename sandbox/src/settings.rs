//! What the sandbox is told at its start: addresses, keys, where the journal lies.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use axum::http::Uri;
use clap::Parser;

/// A Stripe-compatible payment server for this machine only. No real money moves here.
#[derive(Parser)]
#[command(name = "souk-sandbox", version)]
pub(crate) struct Settings {
    /// Where the API, the hosted pages and the browser script are served; loopback only, port 0 takes a free one.
    #[arg(long, env = "SANDBOX_ADDR", default_value = "127.0.0.1:0")]
    pub(crate) addr: SocketAddr,
    /// Where the control port listens; loopback only.
    #[arg(long, env = "SANDBOX_CONTROL_ADDR", default_value = "127.0.0.1:0")]
    pub(crate) control_addr: SocketAddr,
    /// The directory of the journal; made when missing.
    #[arg(long, env = "SANDBOX_JOURNAL")]
    pub(crate) journal: PathBuf,
    /// Key of the shop's server (`sk_test_…`).
    #[arg(long, env = "SANDBOX_SECRET_KEY", hide_env_values = true)]
    pub(crate) secret_key: String,
    /// Key of the shop's pages (`pk_test_…`).
    #[arg(long, env = "SANDBOX_PUBLISHABLE_KEY", hide_env_values = true)]
    pub(crate) publishable_key: String,
    /// What webhooks are signed with (`whsec_…`).
    #[arg(long, env = "SANDBOX_WEBHOOK_SECRET", hide_env_values = true)]
    pub(crate) webhook_secret: String,
    /// Where webhooks are sent; without it events are kept and can only be read.
    #[arg(long, env = "SANDBOX_WEBHOOK_URL")]
    pub(crate) webhook_url: Option<Uri>,
    /// A file that receives the bound addresses as JSON once both listeners are open.
    #[arg(long, env = "SANDBOX_PORTS_FILE")]
    pub(crate) ports_file: Option<PathBuf>,
}

impl Settings {
    /// Refuses anything that could be reached from, or reach, another machine, and keys that are not test keys.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        for (name, address) in [("--addr", self.addr), ("--control-addr", self.control_addr)] {
            ensure!(address.ip().is_loopback(), "{name} {address} is not a loopback address: the sandbox serves this machine only");
        }
        for (name, key, prefix) in [
            ("--secret-key", &self.secret_key, "sk_test_"),
            ("--publishable-key", &self.publishable_key, "pk_test_"),
            ("--webhook-secret", &self.webhook_secret, "whsec_"),
        ] {
            ensure!(key.len() > prefix.len() && key.starts_with(prefix), "{name} must start with {prefix}");
        }
        if let Some(url) = &self.webhook_url {
            ensure!(url.scheme_str() == Some("http"), "--webhook-url must be a plain http address");
            let host = url.host().context("--webhook-url names no host")?;
            ensure!(is_loopback_host(host), "--webhook-url {url} does not lead to this machine");
        }
        Ok(())
    }
}

/// Whether a host name or address, as written in a URL, always means this machine.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback_host;

    #[test]
    fn only_this_machine_counts_as_loopback() {
        for host in ["127.0.0.1", "127.8.9.1", "localhost", "shop.localhost", "[::1]", "::1"] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in ["0.0.0.0", "10.0.0.1", "localhost.example.org", "example.org", "[::]"] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
