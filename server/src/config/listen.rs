use super::environment::Environment;
use http::Uri;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// Where the process listens, and how it is reached.
#[derive(Clone, Debug)]
pub struct Listen {
    /// `SOUK_ADDR` (default `127.0.0.1:3000`): pages and API.
    pub address: SocketAddr,
    /// `SOUK_ADMIN_ADDR` (default `127.0.0.1:3090`): metrics and readiness details; never public.
    pub admin_address: SocketAddr,
    /// `SOUK_PUBLIC_URL` (required): scheme and host under which shoppers reach the shop, no slash at the end.
    pub public_url: String,
    /// `SOUK_TRUSTED_PROXIES` (default none): addresses or networks, by comma, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
}

impl Listen {
    pub(super) fn read(environment: &mut Environment<'_>) -> Option<Self> {
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let address = environment.optional("SOUK_ADDR", local(3000), socket_address);
        let admin_address = environment.optional("SOUK_ADMIN_ADDR", local(3090), socket_address);
        let public_url = environment.required("SOUK_PUBLIC_URL", origin);
        let trusted_proxies = environment.optional("SOUK_TRUSTED_PROXIES", Vec::new(), networks);
        Some(Self { address: address?, admin_address: admin_address?, public_url: public_url?, trusted_proxies: trusted_proxies? })
    }

    /// Test payments must not be reachable by anyone but this machine.
    pub(super) fn require_loopback(&self, environment: &mut Environment<'_>) {
        if !self.address.ip().is_loopback() {
            environment.problem("SOUK_PAYMENTS=sandbox needs a SOUK_ADDR on the loopback interface");
        }
        if !is_loopback_url(&self.public_url) {
            environment.problem("SOUK_PAYMENTS=sandbox needs a SOUK_PUBLIC_URL on the loopback interface");
        }
    }

    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

fn socket_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "an address and a port, such as 127.0.0.1:3000".to_owned())
}

/// Reads scheme, host and port; a path or anything else behind them is refused.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let expected = || "http:// or https:// with a host, such as https://souk.example".to_owned();
    let text = text.trim_end_matches('/');
    let uri = Uri::from_str(text).map_err(|_| expected())?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let is_bare = uri.path() == "/" && uri.query().is_none() && !text.contains(['@', '#']);
    if is_web && is_bare && uri.host().is_some_and(|host| !host.is_empty()) { Ok(text.to_owned()) } else { Err(expected()) }
}

pub(super) fn is_loopback_url(url: &str) -> bool {
    let host = Uri::from_str(url).ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A network in CIDR form; a single address is one of full length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        let differing = match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (own.to_bits() ^ other.to_bits()).leading_zeros(),
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits() ^ other.to_bits()).leading_zeros(),
            _ => return false,
        };
        differing >= u32::from(self.prefix)
    }
}

impl FromStr for Network {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), str::parse).map_err(|_| ())?;
        if prefix <= longest { Ok(Self { address, prefix }) } else { Err(()) }
    }
}

fn networks(text: &str) -> Result<Vec<Network>, String> {
    let networks: Result<Vec<Network>, ()> = text.split(',').map(|part| part.trim().parse()).collect();
    networks.map_err(|()| "addresses or networks by comma, such as 10.0.0.0/8,192.0.2.7".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_of_its_prefix_only() {
        let network: Network = "10.1.0.0/16".parse().unwrap();
        assert!(network.contains("10.1.255.3".parse().unwrap()));
        assert!(!network.contains("10.2.0.1".parse().unwrap()));
        assert!(!network.contains("::1".parse().unwrap()));
        let everything: Network = "0.0.0.0/0".parse().unwrap();
        assert!(everything.contains("203.0.113.9".parse().unwrap()));
        let one: Network = "192.0.2.7".parse().unwrap();
        assert!(one.contains("192.0.2.7".parse().unwrap()) && !one.contains("192.0.2.8".parse().unwrap()));
        assert!("10.0.0.0/33".parse::<Network>().is_err());
    }

    #[test]
    fn a_public_url_is_scheme_and_host() {
        assert_eq!(origin("https://souk.example/"), Ok("https://souk.example".to_owned()));
        for wrong in ["souk.example", "ftp://souk.example", "https://souk.example/shop", "https://a@souk.example", "https://souk.example?x"]
        {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn loopback_is_recognised_by_name_and_address() {
        assert!(["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"].iter().all(|url| is_loopback_url(url)));
        assert!(["http://localhost.example", "http://192.168.0.3", "https://souk.example"].iter().all(|url| !is_loopback_url(url)));
    }
}
