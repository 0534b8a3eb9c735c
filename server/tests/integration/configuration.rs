//! What a process refuses to start with.

use crate::support::configured;

#[track_caller]
fn problems(changes: &[(&str, &str)]) -> Vec<String> {
    configured(changes).map(|_| Vec::new()).unwrap_or_else(|error| error.0)
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let names = [
        "SOUK_PUBLIC_URL",
        "DATABASE_URL",
        "REDIS_URL",
        "SOUK_PAYMENTS",
        "SOUK_SECRET_KEY",
        "SOUK_MEDIA_DIR",
        "SOUK_MAIL_DIRECTORY",
        "SOUK_MAIL_FROM",
    ];
    let nothing: Vec<(&str, &str)> = names.iter().map(|name| (*name, "")).collect();
    let problems = problems(&nothing);
    for name in names {
        assert!(problems.iter().any(|problem| problem.starts_with(name)), "{name}: {problems:?}");
    }
}

#[test]
fn nothing_starts_without_a_decision_where_money_goes() {
    assert_eq!(problems(&[("SOUK_PAYMENTS", "")]), ["SOUK_PAYMENTS is not set"]);
    assert_eq!(problems(&[("SOUK_PAYMENTS", "paypal")]), ["SOUK_PAYMENTS must be stripe or sandbox"]);
}

#[test]
fn stripe_needs_all_three_keys_of_one_mode() {
    let stripe = |changes: &[(&'static str, &'static str)]| {
        let mut all = vec![("SOUK_PAYMENTS", "stripe")];
        all.extend_from_slice(changes);
        problems(&all)
    };
    assert_eq!(stripe(&[]), Vec::<String>::new());
    for key in ["STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"] {
        assert_eq!(stripe(&[(key, "")]), [format!("{key} is not set")]);
    }
    let mixed = stripe(&[("STRIPE_SECRET_KEY", "sk_live_1")]);
    assert!(mixed.len() == 1 && mixed[0].contains("different modes"), "{mixed:?}");
    assert_eq!(stripe(&[("STRIPE_SECRET_KEY", "sk_live_1"), ("STRIPE_PUBLISHABLE_KEY", "pk_live_1")]), Vec::<String>::new());
}

#[test]
fn mails_come_from_an_address() {
    assert_eq!(problems(&[("SOUK_MAIL_FROM", "souk@example.org")]), Vec::<String>::new());
    let problems = problems(&[("SOUK_MAIL_FROM", "the shop")]);
    assert!(problems.len() == 1 && problems[0].starts_with("SOUK_MAIL_FROM must be an e-mail address"), "{problems:?}");
}

#[test]
fn test_payments_stay_on_this_machine() {
    for (name, value) in
        [("SOUK_ADDR", "0.0.0.0:3000"), ("SOUK_PUBLIC_URL", "http://souk.example"), ("SOUK_SANDBOX_URL", "http://10.0.0.7:4242")]
    {
        let problems = problems(&[(name, value)]);
        assert!(problems.len() == 1 && problems[0].contains(name) && problems[0].contains("loopback"), "{problems:?}");
    }
    let live = problems(&[("STRIPE_SECRET_KEY", "sk_live_1"), ("STRIPE_PUBLISHABLE_KEY", "pk_live_1")]);
    assert_eq!(live, ["SOUK_PAYMENTS=sandbox needs test keys"]);
}

#[test]
fn a_secret_is_never_repeated_in_a_message_or_a_log() {
    let told = problems(&[("SOUK_SECRET_KEY", "hunter2"), ("STRIPE_SECRET_KEY", "hunter3"), ("DATABASE_URL", "hunter4")]).join("\n");
    assert!(!told.is_empty() && !told.contains("hunter"), "{told}");
    let config = format!("{:?}", configured(&[("DATABASE_URL", "postgres://souk:hunter5@127.0.0.1/souk")]).unwrap());
    assert!(
        !config.contains("hunter5") && !config.contains("sk_test_shop") && !config.contains("whsec_shop") && !config.contains("a15e5e"),
        "{config}"
    );
}

#[tokio::test]
async fn a_redis_behind_tls_can_be_named() {
    let url = "rediss://127.0.0.1:1";
    assert_eq!(problems(&[("REDIS_URL", url)]), Vec::<String>::new());
    backend::redis::Redis::connect(url).expect("this program speaks TLS to Redis");
}

#[test]
fn a_placeholder_is_no_secret() {
    assert_eq!(problems(&[("SOUK_SECRET_KEY", &"0".repeat(64))]), ["SOUK_SECRET_KEY must be 64 random hex digits"]);
}
