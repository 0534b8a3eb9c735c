//! Secrets that have got into the logs. Whoever reads a log need not be whom a card, a sign-in or a key was told to.

use crate::instance::Instance;
use anyhow::{Context, Result, bail};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
};

/// What begins a secret wherever it stands, and what is said when it is found.
const BEGINNINGS: [(&str, &str); 7] = [
    // `pi_…_secret_…`: with it and the public key a payment can be confirmed.
    ("_secret_", "a payment's client secret"),
    ("sk_test_", "a key of the gateway"),
    ("sk_live_", "a key of the gateway"),
    ("whsec_", "the secret that webhooks are signed with"),
    ("__Host-souk_", "a cookie"),
    ("Bearer ", "an access token"),
    ("-----BEGIN", "a private key"),
];
/// A JSON object in base64: how every signed token begins.
const TOKEN_BEGINNING: &str = "eyJ";
/// What the journeys and the API's proof sign up with.
const PASSWORDS_OF_TESTS: [&str; 2] = ["copper kettle moss 7", "seven teal lanterns hum"];
/// What the instance itself was told to keep.
const SECRET_SETTINGS: [&str; 5] =
    ["SOUK_SECRET_KEY", "SOUK_ADMIN_PASSWORD", "SOUK_DEMO_PASSWORD", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"];
/// A password of one's own that is shorter would be found in any log.
const KNOWN_LENGTH_MIN: usize = 8;
/// How the numbers of the test cards begin.
const CARD_BEGINNINGS: [&str; 2] = ["4242", "4000"];
const CARD_DIGITS: usize = 16;
/// Tokens of sessions, carts and orders are 256 random bits in hex.
const TOKEN_DIGITS: usize = 64;
/// Further findings say no more.
const FINDINGS_SHOWN: usize = 20;

/// Searches every log of the instance.
///
/// # Errors
/// When a line holds a secret: where it stands is said, not the secret.
pub(crate) fn check(instance: &Instance) -> Result<()> {
    let known = SECRET_SETTINGS.map(|name| instance.value(name)).into_iter().chain(PASSWORDS_OF_TESTS).chain(instance.server_passwords());
    let known: Vec<&str> = known.filter(|secret| secret.len() >= KNOWN_LENGTH_MIN).collect();
    search(&instance.state.logs(), &known)
}

fn search(logs: &Path, known: &[&str]) -> Result<()> {
    let mut findings = Vec::new();
    for entry in fs::read_dir(logs).with_context(|| logs.display().to_string())? {
        findings.extend(search_file(&entry?.path(), known)?);
    }
    findings.sort();
    if findings.is_empty() {
        println!("No secret stands in {}.", logs.display());
        return Ok(());
    }
    let count = findings.len();
    findings.truncate(FINDINGS_SHOWN);
    bail!("{count} lines of the logs hold secrets:\n  {}", findings.join("\n  "));
}

fn search_file(path: &Path, known: &[&str]) -> Result<Vec<String>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut findings = Vec::new();
    for (line, number) in BufReader::new(file).split(b'\n').zip(1..) {
        if let Some(what) = secret_in(&String::from_utf8_lossy(&line?), known) {
            findings.push(format!("{}:{number}: {what}", path.display()));
        }
    }
    Ok(findings)
}

/// What kind of secret a line holds.
fn secret_in(line: &str, known: &[&str]) -> Option<&'static str> {
    if known.iter().any(|secret| line.contains(secret)) {
        return Some("a password or key of this instance");
    }
    if holds_card(line) {
        return Some("a card number");
    }
    if holds_token(line) {
        return Some("a token");
    }
    if holds_signed_token(line) {
        return Some("a signed token");
    }
    BEGINNINGS.iter().find(|(beginning, _)| line.contains(beginning)).map(|(_, what)| *what)
}

/// A test card's number, in one piece or with a sign between its digits, as people type it and forms send it.
fn holds_card(line: &str) -> bool {
    let line = line.replace("%20", " ");
    let begins_number = |at: usize| !line[..at].ends_with(|sign: char| sign.is_ascii_digit());
    let starts = line.char_indices().filter(|(at, sign)| sign.is_ascii_digit() && begins_number(*at));
    starts.into_iter().any(|(at, _)| begins_with_card(&line[at..]))
}

fn begins_with_card(text: &str) -> bool {
    let mut digits = String::new();
    let mut is_between = true;
    for sign in text.chars() {
        match sign {
            '0'..='9' if digits.len() == CARD_DIGITS => return is_between && is_card(&digits),
            '0'..='9' => {
                digits.push(sign);
                is_between = false;
            }
            ' ' | '-' | '+' | '.' if !is_between => is_between = true,
            _ => break,
        }
    }
    digits.len() == CARD_DIGITS && is_card(&digits)
}

/// Any other number of sixteen digits fails the check digit nine times out of ten, and the beginning nearly always.
fn is_card(digits: &str) -> bool {
    let doubled = |digit: u32| if digit < 5 { 2 * digit } else { 2 * digit - 9 };
    let values = digits.chars().filter_map(|digit| digit.to_digit(10)).enumerate();
    let sum: u32 = values.map(|(place, digit)| if place % 2 == 0 { doubled(digit) } else { digit }).sum();
    sum.is_multiple_of(10) && CARD_BEGINNINGS.iter().any(|beginning| digits.starts_with(beginning))
}

/// A run of hex digits that is as long as a token, no longer.
fn holds_token(line: &str) -> bool {
    line.split(|sign: char| !sign.is_ascii_alphanumeric())
        .any(|word| word.len() == TOKEN_DIGITS && word.bytes().all(|sign| sign.is_ascii_hexdigit()))
}

/// Only at the beginning of a word: the gateway's random identifiers (`req_…`) may hold the same three letters.
fn holds_signed_token(line: &str) -> bool {
    let goes_on = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | '.');
    line.match_indices(TOKEN_BEGINNING).any(|(at, _)| !line[..at].ends_with(goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryDirectory;

    #[test]
    fn a_secret_is_found_however_it_is_written() {
        for line in [
            "number=4242424242424242",
            "card 4242 4242 4242 4242 12/40",
            "4000-0027-6000-3184",
            "card[number]=4000+0000+0000+0002&cvc=123",
            "number=4242%204242%204242%204242",
            "12 4242424242424242",
            r#"{"client_secret":"pi_1_secret_2"}"#,
            "key sk_test_0123",
            "whsec_0123",
            "cookie: __Host-souk_session=0",
            "Authorization: Bearer 0",
            "token=eyJhbGciOiJIUzI1NiJ9",
            "eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
            "path=/track?token=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
            "signed in with tin-kettle-moss",
        ] {
            assert!(secret_in(line, &["tin-kettle-moss"]).is_some(), "{line}");
        }
    }

    #[test]
    fn ordinary_lines_are_left_alone() {
        for line in [
            "2026-11-22T08:01:51.043985Z  INFO server::cli: serving address=127.0.0.1:3100",
            // No check digit; another beginning; too long; a UUID; the last four digits.
            "amount=4242424242424241",
            "at 1795000000000000",
            "42424242424242424242",
            "order 01999999-4000-7000-8000-424242424242",
            "card ending in 4242",
            "pk_test_0123 POST /v1/payment_intents 200",
            "request=req_b99RHRAaO1V5lN4beyJ3Hu4q",
            "request=req_eyJRHRAaO1V5lN4b993Hu4q0",
            "digest 00112233445566778899aabbccddeeff",
        ] {
            assert_eq!(secret_in(line, &["tin-kettle-moss"]), None, "{line}");
        }
    }

    #[test]
    fn a_finding_names_the_place_and_not_the_secret() {
        let directory = TemporaryDirectory::new("leaks").expect("a temporary directory");
        let log = directory.path().join("souk.log");
        fs::write(&log, b"fine\n\xff not text\npaid with 4242 4242 4242 4242\n").expect("written");
        fs::write(directory.path().join("sandbox.log"), "fine\n").expect("written");
        let fault = search(directory.path(), &[]).expect_err("a finding").to_string();
        assert!(fault.contains(&format!("{}:3: a card number", log.display())), "{fault}");
        assert!(!fault.contains("4242"), "{fault}");
        fs::write(&log, "fine\n").expect("written");
        search(directory.path(), &[]).expect("nothing is left");
    }
}
