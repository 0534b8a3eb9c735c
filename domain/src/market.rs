//! The language and the currency in which somebody looks at the shop. Both stand at the front of every address
//! (`/de/p/mug`, `/en-eur/p/mug`), so that a page can be shared, found and kept by caches as it was seen; English with
//! US dollars stands in front of none.

use crate::language::Language;
use crate::money::Currency;
use serde::{Deserialize, Serialize};

/// One of the ways to look at the shop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Market {
    pub language: Language,
    pub currency: Currency,
}

impl Market {
    /// Where an address names a language alone: in the currency that is usual with it.
    pub fn of(language: Language) -> Market {
        let currency = match language {
            Language::English | Language::Mirrored => Currency::Usd,
            Language::German => Currency::Eur,
        };
        Market { language, currency }
    }

    pub fn all() -> impl Iterator<Item = Market> {
        let markets = |language| Currency::OFFERED.into_iter().map(move |currency| Market { language, currency });
        Language::ALL.into_iter().flat_map(markets)
    }

    /// What its addresses begin with: `""`, `/de`, `/en-eur`. Each market has one way to write it.
    pub fn prefix(self) -> &'static str {
        match (self.language, self.currency) {
            (Language::English, Currency::Eur) => "/en-eur",
            (Language::English, _) => "",
            (Language::German, Currency::Usd) => "/de-usd",
            (Language::German, _) => "/de",
            (Language::Mirrored, Currency::Eur) => "/xb-eur",
            (Language::Mirrored, _) => "/xb",
        }
    }

    /// The market of an address, and the path within it: `/de/p/mug` is `/p/mug` in German.
    pub fn split(path: &str) -> (Market, &str) {
        let within = |market: Market| {
            let prefix = Some(market.prefix()).filter(|prefix| !prefix.is_empty())?;
            let rest = path.strip_prefix(prefix)?;
            match rest.as_bytes().first() {
                None => Some((market, "/")),
                Some(b'/' | b'?' | b'#') => Some((market, rest)),
                Some(_) => None,
            }
        };
        Market::all().find_map(within).unwrap_or((Market::default(), path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_market_has_its_own_addresses() {
        for market in Market::all() {
            let address = format!("{}/p/mug?variant=1", market.prefix());
            assert_eq!(Market::split(&address), (market, "/p/mug?variant=1"));
            assert_eq!(Market::split(&format!("{}/", market.prefix())), (market, "/"));
        }
        assert_eq!(Market::split("/de"), (Market::of(Language::German), "/"));
    }

    #[test]
    fn what_only_begins_like_a_market_is_none() {
        for path in ["/", "/decor", "/de-eur/cart", "/en/cart", "/dex", "/p/de", ""] {
            assert_eq!(Market::split(path), (Market::default(), path));
        }
    }
}
