//! Many requests at once for each kind of page. What is asked is not how fast they are but that every answer is whole:
//! a streamed page whose last piece never comes looks like a shop that hangs.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Requests for each kind of page.
const REQUESTS: usize = 1_000;
/// As many at the same time.
const IN_PARALLEL: usize = 20;
/// An answer that is not whole by then is counted as missing.
const LIMIT: Duration = Duration::from_secs(20);
/// Leptos sends this last, when every part of a page has been sent.
const LAST_SCRIPT: &[u8] = b"__INCOMPLETE_CHUNKS";
/// And this ends the document itself.
const LAST_TAG: &[u8] = b"</html>";

/// Asks for every kind of page; `address` is `host:port`.
///
/// # Errors
/// When an answer is missing or incomplete.
pub(crate) fn run(address: &str) -> Result<()> {
    let mut broken = 0;
    for path in pages(address)? {
        let started = Instant::now();
        let faults = hammer(address, &path);
        let per_second = usize::try_from(started.elapsed().as_millis())?.max(1);
        println!("  {path:<44} {REQUESTS} answers, {} incomplete, {} per second", faults.len(), REQUESTS * 1_000 / per_second);
        if let Some(fault) = faults.first() {
            println!("    the first: {fault}");
        }
        broken += faults.len();
    }
    if broken > 0 {
        bail!("{broken} answers are missing or incomplete");
    }
    Ok(())
}

/// One page of each kind; the newest product in stock stands for all.
fn pages(address: &str) -> Result<Vec<String>> {
    let answer = get(address, "/api/v1/products?in_stock=true&limit=1")?;
    let listing: Value = serde_json::from_slice(&answer.body).context("the product list is no JSON")?;
    let text = |pointer: &str| {
        let value = listing.pointer(pointer).and_then(Value::as_str);
        value.map(str::to_owned).with_context(|| format!("the product list has no {pointer}"))
    };
    Ok(vec![
        "/".to_owned(),
        format!("/c/{}", text("/items/0/category/slug")?),
        format!("/p/{}", text("/items/0/slug")?),
        format!("/s/{}", text("/items/0/seller/slug")?),
        "/search?q=bowl".to_owned(),
        "/cart".to_owned(),
        "/checkout".to_owned(),
        "/account/sign-in".to_owned(),
    ])
}

/// What was wrong with each answer that was not whole.
fn hammer(address: &str, path: &str) -> Vec<String> {
    let begun = AtomicUsize::new(0);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..IN_PARALLEL)
            .map(|_| {
                scope.spawn(|| {
                    let mut faults = Vec::new();
                    while begun.fetch_add(1, Ordering::Relaxed) < REQUESTS {
                        if let Err(fault) = get(address, path).and_then(|answer| whole(&answer)) {
                            faults.push(format!("{fault:#}"));
                        }
                    }
                    faults
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|_| vec!["a worker failed".to_owned()])).collect()
    })
}

#[derive(Debug)]
struct Answer {
    status: u16,
    body: Vec<u8>,
}

/// A page that was sent to its end; a redirection has no page.
fn whole(answer: &Answer) -> Result<()> {
    match answer.status {
        300..400 => Ok(()),
        200 if !contains(&answer.body, LAST_TAG) => bail!("the page has no end"),
        200 if !contains(&answer.body, LAST_SCRIPT) => bail!("the page's last script did not come"),
        200 => Ok(()),
        status => bail!("status {status}"),
    }
}

/// One request on a connection of its own.
fn get(address: &str, path: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(LIMIT))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/html,application/json\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).with_context(|| format!("{path}: after {} bytes", bytes.len()))?;
    parse(&bytes).with_context(|| path.to_owned())
}

fn parse(bytes: &[u8]) -> Result<Answer> {
    let end = position(bytes, b"\r\n\r\n").context("no end of the headers")?;
    let head = std::str::from_utf8(&bytes[..end])?.to_lowercase();
    let status = head.get(9..12).context("no status")?.parse()?;
    let body = &bytes[end + 4..];
    let body = if head.contains("transfer-encoding: chunked") {
        unchunk(body)?
    } else if let Some(length) = head.lines().find_map(|line| line.strip_prefix("content-length: ")) {
        let length: usize = length.trim().parse()?;
        body.get(..length).context("shorter than announced")?.to_vec()
    } else {
        body.to_vec()
    };
    Ok(Answer { status, body })
}

/// Joins the pieces of a streamed body; without the last, empty one the body is not whole.
fn unchunk(mut rest: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = position(rest, b"\r\n").context("the last piece did not come")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line])?.trim(), 16)?;
        if size == 0 {
            return Ok(body);
        }
        rest = &rest[line + 2..];
        body.extend_from_slice(rest.get(..size).context("a piece is cut off")?);
        rest = rest.get(size + 2..).context("a piece has no end")?;
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    position(bytes, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: &str) -> Result<()> {
        whole(&parse(answer.as_bytes())?)
    }

    #[test]
    fn a_page_sent_to_its_end_is_whole() {
        check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n<p></p>\r\n\r\n1a\r\n__INCOMPLETE_CHUNKS</html>\r\n0\r\n\r\n")
            .expect("whole");
        check("HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n__INCOMPLETE_CHUNKS</html>").expect("whole");
        check("HTTP/1.1 303 See Other\r\nContent-Length: 0\r\n\r\n").expect("whole");
    }

    #[test]
    fn a_page_cut_off_anywhere_is_not() {
        for broken in [
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n__INCOMPLETE_CHUNKS</html>\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n__INCOMPL",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n</html>\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n</html>",
            "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Le",
        ] {
            assert!(check(broken).is_err(), "{broken}");
        }
    }
}
