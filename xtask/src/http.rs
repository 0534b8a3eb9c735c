//! The little HTTP and the ports that starting servers on this machine needs.

use anyhow::{Context, Result};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

/// How many ports after the wished one are tried.
const PORTS_TRIED: u16 = 200;
/// A server on this machine answers a health question within this time, or is not well.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// The wished port on 127.0.0.1, or the next free one.
///
/// # Errors
/// When none of the ports tried is free.
pub(crate) fn free_port(wished: u16) -> Result<u16> {
    free_port_but(wished, &[])
}

/// The same, but none of `taken`: those are promised to others who do not listen there yet.
///
/// # Errors
/// When none of the ports tried is free.
pub(crate) fn free_port_but(wished: u16, taken: &[u16]) -> Result<u16> {
    (wished..=wished.saturating_add(PORTS_TRIED))
        .find(|port| !taken.contains(port) && TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .with_context(|| format!("no free port from {wished} on"))
}

/// The status with which a server on this machine answers a GET; none when it does not answer.
pub(crate) fn status(port: u16, path: &str) -> Option<u16> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_LIMIT).ok()?;
    stream.set_read_timeout(Some(ANSWER_LIMIT)).ok()?;
    // In one piece: a server may answer the first packet it sees.
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    // "HTTP/1.1 200": nothing after it matters here.
    let mut head = [0; 12];
    stream.read_exact(&mut head).ok()?;
    std::str::from_utf8(&head[9..]).ok()?.parse().ok()
}

/// Whether something accepts connections there.
pub(crate) fn listens(port: u16) -> bool {
    TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), ANSWER_LIMIT).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_gives_the_next_free_one() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = taken.local_addr().expect("an address").port();
        let next = free_port(port.min(60_000)).expect("one is free");
        assert_ne!(next, port);
    }

    #[test]
    fn a_promised_port_is_passed_over_and_the_last_port_is_one() {
        let wished = free_port(40_000).expect("one is free");
        assert!(free_port_but(wished, &[wished]).expect("one is free") > wished);
        assert!(free_port_but(u16::MAX, &[u16::MAX]).is_err());
        if let Ok(port) = free_port(u16::MAX) {
            assert_eq!(port, u16::MAX);
        }
    }

    #[test]
    fn the_status_of_an_answer_is_read() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut request = [0; 512];
            let read = stream.read(&mut request).expect("a request");
            assert!(request[..read].starts_with(b"GET /readyz HTTP/1.1\r\n"));
            stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").expect("an answer");
        });
        assert_eq!(status(port, "/readyz"), Some(503));
        server.join().expect("served");
        assert!(!listens(port));
    }
}
