//! Many requests at once for each kind of page. What is asked is not how fast they are but that every answer is whole:
//! a streamed page whose last piece never comes looks like a shop that hangs.

mod exchange;
mod visitors;

use anyhow::{Result, bail};
use exchange::{Answer, contains, get};
use serde_json::Value;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};
use visitors::Visitors;

/// Requests for each kind of page.
const REQUESTS: usize = 1_000;
/// As many at the same time.
const IN_PARALLEL: usize = 20;
/// Leptos sends this last, when every part of a page has been sent.
const LAST_SCRIPT: &[u8] = b"__INCOMPLETE_CHUNKS";
/// And this ends the document itself.
const LAST_TAG: &[u8] = b"</html>";

/// A page, who asks for it, and what the answer must be. Pages that lead elsewhere are not among them: a redirect is short,
/// and would hide that nobody sees the page itself.
struct Page<'a> {
    path: String,
    cookies: &'a str,
    status: u16,
}

/// Asks for every kind of page; `address` is `host:port`, `run` the description with the sign-ins.
///
/// # Errors
/// When a visitor cannot be prepared, or an answer is missing, incomplete, or not the page that was asked for.
pub(crate) fn run(address: &str, run: &Value) -> Result<()> {
    let visitors = Visitors::prepare(address, run)?;
    let mut broken = 0;
    for page in pages(&visitors) {
        let started = Instant::now();
        let faults = hammer(address, &page);
        let elapsed_ms = usize::try_from(started.elapsed().as_millis())?.max(1);
        println!("  {:<44} {REQUESTS} answers, {} broken, {} per second", page.path, faults.len(), REQUESTS * 1_000 / elapsed_ms);
        if let Some(fault) = faults.first() {
            println!("    the first: {fault}");
        }
        broken += faults.len();
    }
    if broken > 0 {
        bail!("{broken} answers are missing, incomplete or not the page");
    }
    Ok(())
}

/// One page of each kind, asked for by whoever sees all of it.
fn pages(visitors: &Visitors) -> Vec<Page<'_>> {
    let Visitors { product, category, maker, order, guest, shopper, seller, admin } = visitors;
    let page = |path: &str, cookies| Page { path: path.to_owned(), cookies, status: 200 };
    vec![
        page("/", ""),
        page(&format!("/c/{category}"), ""),
        page(&format!("/p/{product}"), ""),
        page(&format!("/s/{maker}"), ""),
        page("/search?q=bowl", ""),
        page("/account/sign-in", ""),
        page("/account/register", ""),
        page("/cart", guest),
        page("/checkout", guest),
        page(&format!("/checkout/pay/{order}"), guest),
        page(&format!("/orders/{order}"), guest),
        page("/account", shopper),
        page("/account/address", shopper),
        page("/account/verify?token=none", shopper),
        page("/sell", seller),
        page("/admin", admin),
        Page { status: 404, ..page("/nowhere", "") },
    ]
}

/// What was wrong with each answer that was not whole.
fn hammer(address: &str, page: &Page<'_>) -> Vec<String> {
    let begun = AtomicUsize::new(0);
    let work = || {
        let mut faults = Vec::new();
        while begun.fetch_add(1, Ordering::Relaxed) < REQUESTS {
            if let Err(fault) = get(address, &page.path, page.cookies).and_then(|answer| whole(&answer, page.status)) {
                faults.push(format!("{fault:#}"));
            }
        }
        faults
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..IN_PARALLEL).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|_| vec!["a worker failed".to_owned()])).collect()
    })
}

/// The page that was asked for, sent to its end.
fn whole(answer: &Answer, status: u16) -> Result<()> {
    match answer {
        _ if answer.status != status => bail!("status {} instead of {status}", answer.status),
        _ if !contains(&answer.body, LAST_TAG) => bail!("the page has no end"),
        _ if !contains(&answer.body, LAST_SCRIPT) => bail!("the page's last script did not come"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str) -> Result<()> {
        whole(&Answer { status, head: String::new(), body: body.as_bytes().to_vec() }, 200)
    }

    #[test]
    fn a_page_sent_to_its_end_is_whole() {
        check(200, "<p></p>__INCOMPLETE_CHUNKS</html>").expect("whole");
    }

    #[test]
    fn a_page_without_its_end_is_not() {
        for broken in ["", "</html>", "__INCOMPLETE_CHUNKS"] {
            assert!(check(200, broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn another_answer_than_the_page_is_a_fault_even_when_it_is_whole() {
        for status in [204, 303, 404, 500] {
            assert!(check(status, "__INCOMPLETE_CHUNKS</html>").is_err(), "{status}");
        }
    }
}
