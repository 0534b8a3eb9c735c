//! What the program refuses to start with.

use std::process::Command;

fn refusal(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_souk-sandbox"));
    command.args(["--journal", env!("CARGO_TARGET_TMPDIR"), "--webhook-secret", "whsec_secret"]).args(arguments);
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains("whsec_secret"), "{text}");
    text
}

#[test]
fn other_machines_and_live_keys_are_refused() {
    let keys = ["--secret-key", "sk_test_a", "--publishable-key", "pk_test_a"];
    let with = |more: &[&'static str]| refusal(&[&keys[..], more].concat());
    assert!(with(&["--addr", "0.0.0.0:0"]).contains("--addr 0.0.0.0:0 is not a loopback address"));
    assert!(with(&["--control-addr", "[::]:0"]).contains("is not a loopback address"));
    assert!(with(&["--webhook-url", "http://example.org/"]).contains("does not lead to this machine"));
    assert!(with(&["--webhook-url", "https://127.0.0.1/"]).contains("plain http"));
    let live = refusal(&["--secret-key", "sk_live_hidden", "--publishable-key", "pk_test_a"]);
    assert!(live.contains("--secret-key must start with sk_test_") && !live.contains("sk_live_hidden"), "{live}");
}
