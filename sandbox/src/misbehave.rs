//! Faults on demand: requests whose reply is lost, late, wrong or refused, as tests ask for them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Longer delays would outlive every client.
const DELAY_LIMIT_MS: u64 = 120_000;
/// More rules than any test needs; a forgotten loop should be noticed.
const RULES_LIMIT: usize = 1_000;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// The connection breaks before anything is done.
    RequestLost,
    /// The request is carried out; then, after `delay_ms`, the connection breaks without a byte of an answer.
    ReplyLost,
    /// The request waits `delay_ms`, is carried out and answered.
    Slow,
    /// The answer is a 500 that is kept under the idempotency key; `effect` says whether the request is carried out first.
    #[serde(rename = "stored_500")]
    Stored500,
    /// The answer is a 429; nothing is done and nothing is kept.
    RateLimited,
}

/// Which requests are meant.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Match {
    /// `GET` or `POST`; either when absent.
    method: Option<String>,
    /// A whole path in which `*` stands for one segment, such as `/v1/payment_intents/*/capture`; any when absent.
    path: Option<String>,
}

/// One fault, for the next `times` matching requests.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    #[serde(default, rename = "match")]
    matches: Match,
    pub(crate) mode: Mode,
    #[serde(default = "once")]
    times: u32,
    #[serde(default)]
    delay_ms: u64,
    /// For `stored_500`: carry the request out before failing.
    #[serde(default)]
    pub(crate) effect: bool,
}

fn once() -> u32 {
    1
}

impl Rule {
    pub(crate) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        let method_fits = self.matches.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
        method_fits && self.matches.path.as_ref().is_none_or(|pattern| path_fits(pattern, path))
    }
}

fn path_fits(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == "*" || wanted == given => {}
            _ => return false,
        }
    }
}

/// The faults that are still to happen, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Misbehaviour {
    rules: Mutex<Vec<Rule>>,
}

impl Misbehaviour {
    /// Queues a fault.
    ///
    /// # Errors
    /// A text for the tester when the rule makes no sense.
    pub(crate) fn add(&self, rule: Rule) -> Result<(), String> {
        if rule.times == 0 || rule.delay_ms > DELAY_LIMIT_MS {
            return Err(format!("times must be at least 1 and delay_ms at most {DELAY_LIMIT_MS}"));
        }
        let mut rules = self.rules();
        if rules.len() >= RULES_LIMIT {
            return Err(format!("there are {RULES_LIMIT} rules already"));
        }
        rules.push(rule);
        Ok(())
    }

    pub(crate) fn clear(&self) {
        self.rules().clear();
    }

    pub(crate) fn left(&self) -> Vec<Rule> {
        self.rules().clone()
    }

    /// Takes the fault that this request is to suffer, if any.
    pub(crate) fn take(&self, method: &str, path: &str) -> Option<Rule> {
        let mut rules = self.rules();
        let at = rules.iter().position(|rule| rule.fits(method, path))?;
        let rule = rules[at].clone();
        if rule.times == 1 {
            rules.remove(at);
        } else {
            rules[at].times -= 1;
        }
        Some(rule)
    }

    fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> Rule {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_rule_hits_the_next_matching_requests_and_is_gone() {
        let misbehaviour = Misbehaviour::default();
        misbehaviour.add(rule(r#"{"match":{"method":"post","path":"/v1/payment_intents/*/capture"},"mode":"slow","times":2}"#)).unwrap();
        assert!(misbehaviour.take("GET", "/v1/payment_intents/pi_1/capture").is_none());
        assert!(misbehaviour.take("POST", "/v1/payment_intents/pi_1").is_none());
        assert!(misbehaviour.take("POST", "/v1/payment_intents/pi_1/capture").is_some());
        assert!(misbehaviour.take("POST", "/v1/payment_intents/pi_2/capture").is_some());
        assert!(misbehaviour.take("POST", "/v1/payment_intents/pi_3/capture").is_none());
    }

    #[test]
    fn a_rule_without_conditions_hits_anything_once() {
        let misbehaviour = Misbehaviour::default();
        misbehaviour.add(rule(r#"{"mode":"reply_lost"}"#)).unwrap();
        assert_eq!(misbehaviour.take("GET", "/v1/refunds").unwrap().mode, Mode::ReplyLost);
        assert!(misbehaviour.left().is_empty());
        assert!(misbehaviour.add(rule(r#"{"mode":"slow","times":0}"#)).is_err());
        assert!(serde_json::from_str::<Rule>(r#"{"mode":"slow","tmies":2}"#).is_err());
    }
}
