use crate::market;
use crate::t;
use domain::language::Language;

/// Why a bank refused, in the language of the page, for the reasons that Stripe names. None: the gateway's own words will do,
/// which are English where it has not been told otherwise.
pub(super) fn text_of(code: &str) -> Option<&'static str> {
    if market::current().language == Language::English {
        return None;
    }
    match code {
        "card_declined" | "generic_decline" | "do_not_honor" | "lost_card" | "stolen_card" | "card_velocity_exceeded" => {
            Some(t::pay::declined())
        }
        "insufficient_funds" => Some(t::pay::declined_funds()),
        "expired_card" => Some(t::pay::declined_expired()),
        "incorrect_cvc" => Some(t::pay::declined_security_code()),
        "processing_error" => Some(t::pay::declined_processing()),
        "payment_intent_authentication_failure" | "authentication_required" => Some(t::pay::declined_authentication()),
        _ => None,
    }
}
