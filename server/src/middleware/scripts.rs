//! The inline scripts of a page, by their hashes: what a content security policy of a page that is the same for everyone
//! names instead of a nonce.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// `'sha256-…'` of every inline script in `html` that a browser would run, each once, in order.
pub fn inline_script_hashes(html: &str) -> Vec<String> {
    let mut hashes = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let Some((tag, after)) = open_tag(rest) else {
            rest = &rest[1..];
            continue;
        };
        rest = after;
        // Text inside these is no markup; only a script's is run.
        let Some(name) = ["script", "style", "textarea", "title"].into_iter().find(|name| tag.name.eq_ignore_ascii_case(name)) else {
            continue;
        };
        let (text, after) = raw_text(rest, name);
        rest = after;
        if name == "script" && tag.is_run_inline() {
            let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())));
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
    }
    hashes
}

struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
}

impl Tag<'_> {
    /// Scripts with a source are named by it; data blocks are never run.
    fn is_run_inline(&self) -> bool {
        let attributes = attributes(self.attributes);
        let value = |name: &str| attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
        let is_data = value("type").is_some_and(|kind| matches!(kind, "application/json" | "application/ld+json"));
        value("src").is_none() && !is_data
    }
}

/// The tag that `text` begins with, and what follows it.
fn open_tag(text: &str) -> Option<(Tag<'_>, &str)> {
    let inside = text.strip_prefix('<')?;
    if !inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut quote = None;
    let end = inside.find(|c| match (quote, c) {
        (Some(open), c) if c == open => {
            quote = None;
            false
        }
        (None, '"' | '\'') => {
            quote = Some(c);
            false
        }
        (None, '>') => true,
        _ => false,
    })?;
    let tag = &inside[..end];
    let name_end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(tag.len());
    Some((Tag { name: &tag[..name_end], attributes: &tag[name_end..] }, &inside[end + 1..]))
}

fn attributes(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
    while !rest.is_empty() {
        let name_end = rest.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(rest.len());
        let name = &rest[..name_end];
        rest = &rest[name_end..];
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                _ => after.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((after, "")),
            };
        }
        found.push((name, value));
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/' || c == '=');
    }
    found
}

/// The text up to the closing tag of `name`, and what follows that tag's beginning.
fn raw_text<'a>(text: &'a str, name: &str) -> (&'a str, &'a str) {
    let closes = |at: usize| text.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
    match text.match_indices("</").map(|(at, _)| at).find(|at| closes(*at)) {
        Some(at) => (&text[..at], &text[at + 2 + name.len()..]),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str) -> String {
        format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
    }

    #[test]
    fn every_script_a_browser_would_run_is_hashed() {
        let html = "<html><script>one()</script><p>1 < 2</p><script type=\"module\" nonce=\"\">two('<b>')</script>\
                    <SCRIPT\n>three()</SCRIPT><script>one()</script>";
        assert_eq!(inline_script_hashes(html), [hash("one()"), hash("two('<b>')"), hash("three()")]);
    }

    #[test]
    fn what_is_not_run_is_not_allowed() {
        let html = "<script src=\"/pkg/souk.js\"></script><script type=\"application/ld+json\">{}</script><!-- <script>a()</script> -->\
                    <p title=\"<script>b()</script>\"></p><textarea><script>c()</script></textarea><style>.a{content:'<script>d()'}</style>";
        assert_eq!(inline_script_hashes(html), Vec::<String>::new());
    }

    #[test]
    fn broken_markup_ends_somewhere() {
        for html in ["<script>open", "<", "<!-- <script>a()</script>", "<p class=\"<script>a()</script>", "< script>", "</script>", "<é>"]
        {
            let hashes = inline_script_hashes(html);
            assert!(hashes.len() <= 1, "{html}: {hashes:?}");
        }
    }
}
