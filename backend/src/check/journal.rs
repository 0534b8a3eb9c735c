//! Our book beside the bank's. The sandbox's report stands for the settlement file of a bank: every payment it knows, what
//! it took and what it gave back.

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::net::TcpStream;

/// A report of a few hundred thousand payments; more is not a development sandbox.
const REPORT_BYTES_MAX: usize = 256 * 1024 * 1024;
const REPORT_TIMEOUT: Duration = Duration::from_secs(30);

/// What [`compare`] may find.
pub const JOURNAL_INVARIANTS: [&str; 2] = ["bank_agrees", "bank_charged_once"];

#[derive(Debug, Deserialize)]
pub(super) struct Report {
    payment_intents: Vec<BankPayment>,
}

/// One payment as the bank has it; amounts in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct BankPayment {
    payment_intent: String,
    order_id: Option<String>,
    captured: i64,
    refunded: i64,
}

/// One payment as we have it, with every intent that was ever opened for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OurPayment {
    payment: String,
    payment_intents: Vec<String>,
    captured: i64,
    refunded: i64,
}

pub(super) async fn our_payments(snapshot: &mut PgConnection) -> anyhow::Result<Vec<OurPayment>> {
    let payments = sqlx::query_as!(
        OurPayment,
        r#"select p.payment_id::text as "payment!", p.captured, p.refunded,
                  coalesce(array_agg(a.payment_intent_id) filter (where a.payment_intent_id is not null), '{}') as "payment_intents!"
           from payment p left join payable a using (buyer_id, order_id, payment_id)
           group by p.payment_id, p.captured, p.refunded"#
    );
    Ok(payments.fetch_all(snapshot).await?)
}

/// Compares to the cent: a payment's intents together took and gave back at the bank what we say of the payment. Money of an
/// intent that we do not know is named by the intent, any other difference by our payment, an order charged twice by its id.
pub(super) fn compare(ours: &[OurPayment], theirs: &[BankPayment]) -> Vec<(&'static str, Vec<String>)> {
    let banked: BTreeMap<&str, &BankPayment> = theirs.iter().map(|bank| (bank.payment_intent.as_str(), bank)).collect();
    let known: BTreeSet<&str> = ours.iter().flat_map(|own| own.payment_intents.iter().map(String::as_str)).collect();
    let mut differing: Vec<String> = Vec::new();
    for own in ours {
        let intents = || own.payment_intents.iter().filter_map(|intent| banked.get(intent.as_str()));
        let bank: (i64, i64) = (intents().map(|bank| bank.captured).sum(), intents().map(|bank| bank.refunded).sum());
        if bank != (own.captured, own.refunded) {
            differing.push(format!("{}: ours {}/{}, the bank's {}/{}", own.payment, own.captured, own.refunded, bank.0, bank.1));
        }
    }
    for bank in theirs.iter().filter(|bank| bank.captured > 0 && !known.contains(bank.payment_intent.as_str())) {
        differing.push(format!("{}: the bank took {}, unknown to us", bank.payment_intent, bank.captured));
    }
    let mut charges: BTreeMap<&str, u32> = BTreeMap::new();
    for order in theirs.iter().filter(|bank| bank.captured > 0).filter_map(|bank| bank.order_id.as_deref()) {
        *charges.entry(order).or_default() += 1;
    }
    let twice = charges.into_iter().filter(|(_, count)| *count > 1).map(|(order, _)| order.to_owned()).collect();
    vec![("bank_agrees", differing), ("bank_charged_once", twice)]
}

/// Reads the report over plain HTTP: it comes from a loopback address.
pub(super) async fn fetch(url: &str) -> anyhow::Result<Vec<BankPayment>> {
    tokio::time::timeout(REPORT_TIMEOUT, async {
        let uri: hyper::Uri = url.parse()?;
        let authority = uri.authority().ok_or_else(|| anyhow::anyhow!("an address with a host is needed"))?.to_string();
        let stream = TcpStream::connect(&authority).await?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let request = hyper::Request::get(path).header("host", &authority).body(Empty::<Bytes>::new())?;
        let response = sender.send_request(request).await?;
        anyhow::ensure!(response.status().is_success(), "it answered {}", response.status());
        let body = Limited::new(response.into_body(), REPORT_BYTES_MAX).collect().await.map_err(|error| anyhow::anyhow!(error))?.to_bytes();
        Ok(serde_json::from_slice::<Report>(&body)?.payment_intents)
    })
    .await?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank(intent: &str, order: &str, captured: i64, refunded: i64) -> BankPayment {
        BankPayment { payment_intent: intent.into(), order_id: Some(order.into()), captured, refunded }
    }

    fn own(payment: &str, intents: &[&str], captured: i64, refunded: i64) -> OurPayment {
        OurPayment {
            payment: payment.into(),
            payment_intents: intents.iter().map(|intent| (*intent).to_owned()).collect(),
            captured,
            refunded,
        }
    }

    #[test]
    fn equal_books_differ_in_nothing() {
        let ours = [own("a", &["pi_1", "pi_4"], 500, 0), own("b", &["pi_2"], 0, 0), own("c", &[], 0, 0)];
        let theirs = [bank("pi_1", "a", 500, 0), bank("pi_4", "a", 0, 0), bank("pi_2", "b", 0, 0), bank("pi_3", "c", 0, 0)];
        let found = compare(&ours, &theirs);
        assert!(found.iter().all(|(_, ids)| ids.is_empty()), "{found:?}");
    }

    #[test]
    fn every_difference_is_named() {
        let ours = [own("a", &["pi_1"], 500, 0), own("b", &["pi_2"], 500, 500), own("d", &["pi_4"], 1, 0)];
        let theirs = [bank("pi_1", "a", 499, 0), bank("pi_2", "b", 500, 400), bank("pi_3", "a", 7, 0)];
        let found = compare(&ours, &theirs);
        let named: Vec<&str> = found[0].1.iter().filter_map(|line| line.split(':').next()).collect();
        assert_eq!(named, ["a", "b", "d", "pi_3"]);
        assert_eq!(found[1].1, ["a"]);
    }
}
