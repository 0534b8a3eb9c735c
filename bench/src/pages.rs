//! `bench pages`: how fast the shop makes its pages, uncached, beside what the machine could send at best.

use crate::client::{Connection, Target};
use crate::load;
use anyhow::Context as _;
use clap::Args;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, header};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// A page made by hand from four queries should cost no more than this many pages sent as they are.
const RATIO_TARGET: f64 = 1.0 / 15.0;
/// Far below any honest result: what CI refuses. Beside a busy compiler a product page was seen at 1/125, because it waits
/// for two more processes than the fixed bytes do.
const RATIO_FLOOR: f64 = 1.0 / 500.0;
const OPEN_LOOP_RATE: u32 = 100;
const OPEN_LOOP_P99_TARGET: Duration = Duration::from_millis(50);
const CONNECTIONS: usize = 16;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where the shop runs.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    url: String,
    /// Seconds per measurement.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Fail when a ratio is absurd (for CI; never an absolute time).
    #[arg(long)]
    assert: bool,
}

struct Page {
    name: &'static str,
    target: Target,
}

pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let authority = options.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let time = Duration::from_secs(options.seconds);
    let pages = pages(&authority).await?;
    let directory = std::env::temp_dir().join(format!("souk-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let outcome = measure(&pages, &directory, time).await;
    std::fs::remove_dir_all(&directory)?;
    let product_ratio = outcome?;
    if options.assert {
        anyhow::ensure!(product_ratio >= RATIO_FLOOR, "the product page runs at {product_ratio:.4} of fixed bytes, below {RATIO_FLOOR:.4}");
    }
    Ok(())
}

/// Measures all pages, prints the table, returns the product page's share of fixed bytes.
async fn measure(pages: &[Page], directory: &Path, time: Duration) -> anyhow::Result<f64> {
    let html = directory.join("html");
    std::fs::create_dir_all(&html)?;
    for page in pages {
        let body = Connection::open(&page.target.authority).await?.get(&page.target).await?;
        std::fs::write(html.join(page.name), body)?;
    }
    let reference = Reference::start(&html, &directory.join("address")).await?;
    let empty = reference.measure("/empty", time).await?;
    say(&format!("{CONNECTIONS} connections, {} s each, generator on the same machine; no page is cached", time.as_secs()));
    say(&format!(
        "{:<10} {:>8} {:>9} {:>10} {:>10} {:>11} {:>11} {:>9}",
        "page", "bytes", "req/s", "p50", "p99", "of fixed", "of empty", "fixed/s"
    ));
    say(&format!("{:<10} {:>8} {:>9.0} {:>10.1?} {:>10.1?}", "(empty)", 0, empty.per_second, empty.p50, empty.p99));
    let mut product_ratio = 0.0;
    for page in pages {
        load::closed(&page.target, CONNECTIONS, time / 5).await?;
        let own = load::closed(&page.target, CONNECTIONS, time).await?;
        let fixed = reference.measure(&format!("/fixed/{}", page.name), time).await?;
        let ratio = own.per_second / fixed.per_second;
        let bytes = std::fs::metadata(html.join(page.name))?.len();
        say(&format!(
            "{:<10} {:>8} {:>9.0} {:>10.1?} {:>10.1?} {:>11} {:>11} {:>9.0}",
            page.name,
            bytes,
            own.per_second,
            own.p50,
            own.p99,
            format!("1/{:.1}", 1.0 / ratio),
            format!("1/{:.1}", empty.per_second / own.per_second),
            fixed.per_second,
        ));
        if page.name == "product" {
            product_ratio = ratio;
        }
    }
    say(&format!("target: product page >= 1/15 of fixed bytes: {}", hit(product_ratio >= RATIO_TARGET)));
    for page in pages {
        let steady = load::open(&page.target, OPEN_LOOP_RATE, time * 2).await?;
        let verdict = if page.name == "product" {
            format!(" target p99 <= 50 ms: {}", hit(steady.p99 <= OPEN_LOOP_P99_TARGET))
        } else {
            String::new()
        };
        say(&format!("open loop {OPEN_LOOP_RATE}/s {:<8} p50 {:>8.1?} p99 {:>8.1?}{verdict}", page.name, steady.p50, steady.p99));
    }
    Ok(product_ratio)
}

fn hit(met: bool) -> &'static str {
    if met { "hit" } else { "miss" }
}

#[expect(clippy::print_stdout, reason = "printing figures is what this program is for")]
fn say(line: &str) {
    println!("{line}");
}

/// One of each kind of page: the newest product, its category, a cart with that product in it.
async fn pages(authority: &str) -> anyhow::Result<Vec<Page>> {
    let mut connection = Connection::open(authority).await?;
    let at = |path: String| Target { authority: authority.to_owned(), path, cookie: None };
    let listing: serde_json::Value = serde_json::from_slice(&connection.get(&at("/api/v1/products?in_stock=true&limit=1".into())).await?)?;
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned).context("the catalogue is empty: run `souk seed` first");
    let slug = text(&listing["items"][0]["slug"])?;
    let category = text(&listing["items"][0]["category"]["slug"])?;
    let product: serde_json::Value = serde_json::from_slice(&connection.get(&at(format!("/api/v1/products/{slug}"))).await?)?;
    let variants = product["variants"].as_array().context("a product has variants")?;
    let variant = variants.iter().find(|variant| variant["available"].as_u64() > Some(0)).context("nothing is in stock")?;
    let token = fill_cart(&mut connection, authority, &text(&variant["id"])?).await?;
    let cart = Target { cookie: Some(format!("__Host-souk_cart={token}")), ..at("/cart".into()) };
    Ok(vec![
        Page { name: "home", target: at("/".into()) },
        Page { name: "listing", target: at(format!("/c/{category}")) },
        Page { name: "product", target: at(format!("/p/{slug}")) },
        Page { name: "cart", target: cart },
    ])
}

async fn fill_cart(connection: &mut Connection, authority: &str, variant: &str) -> anyhow::Result<String> {
    let body = serde_json::json!({ "variant_id": variant, "quantity": 1 }).to_string();
    let request = Request::put("/api/v1/cart/items")
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body)))?;
    let cart: serde_json::Value = serde_json::from_slice(&connection.send(request).await?)?;
    cart["token"].as_str().map(str::to_owned).context("a guest's first write answers with a token")
}

struct Reference {
    process: tokio::process::Child,
    authority: String,
}

impl Reference {
    async fn start(pages: &Path, address_file: &Path) -> anyhow::Result<Self> {
        let process = tokio::process::Command::new(std::env::current_exe()?)
            .arg("reference")
            .arg("--pages")
            .arg(pages)
            .arg("--address-file")
            .arg(address_file)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        for _ in 0..100 {
            match std::fs::read_to_string(address_file) {
                Ok(authority) if !authority.is_empty() => return Ok(Self { process, authority }),
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        anyhow::bail!("the reference server did not start (process {:?})", process.id())
    }

    async fn measure(&self, path: &str, time: Duration) -> anyhow::Result<load::Figures> {
        let target = Target { authority: self.authority.clone(), path: path.to_owned(), cookie: None };
        load::closed(&target, CONNECTIONS, time / 5).await?;
        load::closed(&target, CONNECTIONS, time).await
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // Best effort: `kill_on_drop` does the same when the runtime is still there.
        drop(self.process.start_kill());
    }
}
