//! One request and its answer, read so closely that an answer which breaks off anywhere is told from a whole one.

use anyhow::{Context, Result};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// An answer that is not whole by then is counted as missing.
const LIMIT: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Status line and headers.
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The cookie of this name that the answer sets, as a browser sends it back.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let set = values(&self.head, "set-cookie").filter_map(|value| value.split(';').next());
        set.filter(|pair| pair.split_once('=').is_some_and(|(key, value)| key == name && !value.is_empty())).last()
    }
}

/// A page.
///
/// # Errors
/// When no whole answer comes.
pub(super) fn get(address: &str, path: &str, cookies: &str) -> Result<Answer> {
    let cookie = [("Cookie", cookies)];
    send(address, "GET", path, if cookies.is_empty() { &[] } else { &cookie }, "")
}

/// One request on a connection of its own.
///
/// # Errors
/// When no whole answer comes.
pub(super) fn send(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(LIMIT))?;
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/html,application/json\r\nConnection: close\r\n\
         {more}Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).with_context(|| format!("{path}: after {} bytes", bytes.len()))?;
    parse(&bytes).with_context(|| path.to_owned())
}

fn parse(bytes: &[u8]) -> Result<Answer> {
    let end = position(bytes, b"\r\n\r\n").context("no end of the headers")?;
    let head = std::str::from_utf8(&bytes[..end])?.to_owned();
    let status = head.get(9..12).context("no status")?.parse()?;
    let body = &bytes[end + 4..];
    let body = if values(&head, "transfer-encoding").any(|value| value == "chunked") {
        unchunk(body)?
    } else if let Some(length) = values(&head, "content-length").next() {
        body.get(..length.parse()?).context("shorter than announced")?.to_vec()
    } else {
        body.to_vec()
    };
    Ok(Answer { status, head, body })
}

/// The values of a header, however its name is written.
fn values<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
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

pub(super) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    position(bytes, part).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_in_pieces_or_by_its_length() {
        for (answer, status, body) in [
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\na\r\ndefghijklm\r\n0\r\n\r\n", 200, "abcdefghijklm"),
            ("HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\nabc", 404, "abc"),
            ("HTTP/1.1 303 See Other\r\nContent-Length: 0\r\n\r\n", 303, ""),
        ] {
            let answer = parse(answer.as_bytes()).expect("whole");
            assert_eq!((answer.status, answer.body.as_slice()), (status, body.as_bytes()));
        }
    }

    #[test]
    fn an_answer_cut_off_anywhere_is_a_fault() {
        for broken in [
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Le",
            "",
        ] {
            assert!(parse(broken.as_bytes()).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_cookie_is_what_stands_before_its_attributes() {
        let head =
            "HTTP/1.1 303 See Other\r\nSet-Cookie: gone=; Max-Age=0\r\nset-cookie: session=Ab1=; Path=/; HttpOnly\r\nContent-Length: 0";
        let answer = parse(format!("{head}\r\n\r\n").as_bytes()).expect("whole");
        assert_eq!(answer.cookie("session"), Some("session=Ab1="));
        assert_eq!(answer.cookie("gone"), None);
        assert_eq!(answer.cookie("sess"), None);
    }
}
