//! What people read where no page can be rendered.

use crate::market;
use crate::t;
use domain::market::Market;

/// Title, explanation, the words before a reference to our log, and those of the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultTexts {
    pub title: &'static str,
    pub text: &'static str,
    pub reference: &'static str,
    pub way_back: &'static str,
}

/// The texts for an HTTP status, in the language of the market.
pub fn texts(market: Market, status: u16) -> FaultTexts {
    market::within(market, || {
        let (title, text) = match status {
            403 => (t::common::invalid_title(), t::common::fault_other_site()),
            404 => (t::common::not_found_title(), t::common::fault_not_found()),
            408 | 503 => (t::common::fault_late_title(), t::common::fault_late()),
            413 => (t::common::invalid_title(), t::common::fault_too_large()),
            500.. => (t::common::internal_title(), t::common::internal_text()),
            _ => (t::common::invalid_title(), t::common::fault_text()),
        };
        FaultTexts { title, text, reference: t::common::reference(), way_back: t::common::to_front_page() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::language::Language;

    #[test]
    fn a_fault_is_told_in_the_language_of_the_market() {
        assert_eq!(texts(Market::default(), 404).title, "Not here");
        assert_eq!(texts(Market::of(Language::German), 404).title, "Hier ist nichts");
        let told: Vec<&str> = [400, 403, 404, 408, 413, 500].map(|status| texts(Market::default(), status).text).into();
        assert!((1..told.len()).all(|at| !told[..at].contains(&told[at])), "each says what has happened: {told:?}");
    }
}
