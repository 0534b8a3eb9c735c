//! Measurements of the shop, each beside a reference taken in the same run: absolute times say more about the machine
//! than about the shop, ratios do not. Run by `cargo xtask bench`.

mod client;
mod load;
mod pages;
mod reference;
#[cfg(feature = "stock")]
mod stock;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(about = "Measures Souk beside references of the same run")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Home, listing, product and cart page beside an empty handler and the same HTML as fixed bytes.
    Pages(pages::Options),
    /// Holds of stock, beside three other ways to hold it.
    #[cfg(feature = "stock")]
    Stock(stock::Options),
    /// The reference server; started by `pages` as a process of its own, as the shop is one.
    #[command(hide = true)]
    Reference(reference::Options),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Pages(options) => pages::run(options).await,
        #[cfg(feature = "stock")]
        Command::Stock(options) => stock::run(options).await,
        Command::Reference(options) => reference::run(options).await,
    }
}
