//! The refusals of the domain in words for the shopper. Their own `Display` stays English: the API and the log use it.

use crate::t;
use domain::accounts::{AccountRefusal, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, PasswordWeakness};
use domain::cart::CartRefusal;
use domain::checkout::CheckoutRefusal;
use domain::payments::{NotChargeable, PaymentRefusal};
use domain::pricing::CouponRefusal;
use domain::refusal::NoRefusal;

pub trait Refusal {
    /// What the shopper reads, in the language of the page.
    fn text(&self) -> String;
}

impl Refusal for NoRefusal {
    fn text(&self) -> String {
        match *self {}
    }
}

impl Refusal for AccountRefusal {
    fn text(&self) -> String {
        match self {
            AccountRefusal::EmailTaken => t::refusals::email_taken().to_owned(),
            AccountRefusal::InvalidEmail => t::refusals::invalid_email().to_owned(),
            AccountRefusal::InvalidName => t::refusals::invalid_name().to_owned(),
            AccountRefusal::WeakPassword { weakness } => weakness.text(),
            AccountRefusal::InvalidCredentials => t::refusals::invalid_credentials().to_owned(),
            AccountRefusal::TooManyTries { .. } => t::refusals::too_many_tries().to_owned(),
            AccountRefusal::LinkInvalid => t::refusals::link_invalid().to_owned(),
        }
    }
}

impl Refusal for PasswordWeakness {
    fn text(&self) -> String {
        match self {
            PasswordWeakness::TooShort => t::refusals::password_too_short(&PASSWORD_LENGTH_MIN.to_string()),
            PasswordWeakness::TooLong => t::refusals::password_too_long(&PASSWORD_LENGTH_MAX.to_string()),
            PasswordWeakness::Guessable => t::refusals::password_guessable().to_owned(),
        }
    }
}

impl Refusal for CartRefusal {
    fn text(&self) -> String {
        match self {
            CartRefusal::CartNotFound => t::refusals::cart_not_found().to_owned(),
            CartRefusal::OutOfStock { available: 0 } => t::refusals::sold_out().to_owned(),
            CartRefusal::OutOfStock { available } => t::refusals::only_left(&available.to_string()),
            CartRefusal::QuantityLimit { max } => t::refusals::quantity_limit(&max.to_string()),
            CartRefusal::LineLimit { max } => t::refusals::line_limit(&max.to_string()),
            CartRefusal::VariantNotFound => t::refusals::variant_not_found().to_owned(),
            CartRefusal::Coupon(refusal) => refusal.text(),
            CartRefusal::Unavailable => t::refusals::cart_unavailable().to_owned(),
        }
    }
}

impl Refusal for CouponRefusal {
    fn text(&self) -> String {
        match self {
            CouponRefusal::CouponInvalid => t::refusals::coupon_invalid().to_owned(),
            CouponRefusal::CouponExpired => t::refusals::coupon_expired().to_owned(),
            CouponRefusal::CouponNotApplicable { min_goods: Some(min_goods) } => t::refusals::coupon_min_goods(&t::money(*min_goods)),
            CouponRefusal::CouponNotApplicable { min_goods: None } => t::refusals::coupon_not_applicable().to_owned(),
            CouponRefusal::CouponUsedUp => t::refusals::coupon_used_up().to_owned(),
        }
    }
}

impl Refusal for CheckoutRefusal {
    fn text(&self) -> String {
        match self {
            CheckoutRefusal::CartEmpty => t::refusals::cart_empty().to_owned(),
            CheckoutRefusal::CartNotFound => t::refusals::cart_not_found().to_owned(),
            CheckoutRefusal::Invalid { .. } => t::common::fields_to_mend().to_owned(),
            CheckoutRefusal::OutOfStock { .. } => t::refusals::out_of_stock().to_owned(),
            CheckoutRefusal::TotalChanged { .. } => t::refusals::total_changed().to_owned(),
            CheckoutRefusal::OrderPending { .. } => t::refusals::order_pending().to_owned(),
            CheckoutRefusal::PaymentInProgress => t::refusals::cart_payment_in_progress().to_owned(),
            CheckoutRefusal::ShippingOptionUnknown => t::refusals::shipping_option_unknown().to_owned(),
            CheckoutRefusal::NotShipped { sellers } => t::refusals::not_shipped(&sellers.join(", ")),
            CheckoutRefusal::LineWithdrawn => t::refusals::line_withdrawn().to_owned(),
            CheckoutRefusal::TotalNotPayable { reason } => match reason {
                NotChargeable::TooSmall(least) => t::refusals::total_too_small(&t::money(*least)),
                NotChargeable::TooLarge(most) => t::refusals::total_too_large(&t::money(*most)),
                NotChargeable::NotAStep(currency) => t::refusals::total_not_a_step(currency.code()),
            },
            CheckoutRefusal::Coupon(refusal) => refusal.text(),
        }
    }
}

impl Refusal for PaymentRefusal {
    fn text(&self) -> String {
        let text = match self {
            PaymentRefusal::AlreadyPaid => t::refusals::already_paid(),
            PaymentRefusal::PaymentInProgress => t::refusals::payment_in_progress(),
            PaymentRefusal::OrderExpired => t::refusals::order_expired(),
            PaymentRefusal::OrderCanceled => t::refusals::order_canceled(),
            PaymentRefusal::PaymentMethodInvalid => t::refusals::payment_method_invalid(),
            PaymentRefusal::GatewayUnavailable => t::refusals::gateway_unavailable(),
        };
        text.to_owned()
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use domain::id::OrderId;
    use domain::money::{Currency, Money};
    use domain::orders::OrderNumber;
    use domain::pricing::QuoteView;
    use std::fmt::Display;

    fn assert_english<R: Refusal + Display>(refusals: impl IntoIterator<Item = R>) {
        for refusal in refusals {
            assert_eq!(refusal.text(), refusal.to_string());
        }
    }

    fn quote() -> QuoteView {
        let zero = Money::zero(Currency::Usd);
        QuoteView {
            shipping_options: Vec::new(),
            coupon: None,
            coupon_problem: None,
            subtotal: zero,
            discount: zero,
            shipping: zero,
            tax: zero,
            tax_included: false,
            total: zero,
        }
    }

    #[test]
    fn english_is_what_the_domain_says() {
        let weak = |weakness| AccountRefusal::WeakPassword { weakness };
        assert_english([
            AccountRefusal::EmailTaken,
            AccountRefusal::InvalidEmail,
            AccountRefusal::InvalidName,
            weak(PasswordWeakness::TooShort),
            weak(PasswordWeakness::TooLong),
            weak(PasswordWeakness::Guessable),
            AccountRefusal::InvalidCredentials,
            AccountRefusal::TooManyTries { retry_after_s: 60 },
            AccountRefusal::LinkInvalid,
        ]);
        assert_english([
            CartRefusal::CartNotFound,
            CartRefusal::OutOfStock { available: 0 },
            CartRefusal::OutOfStock { available: 2 },
            CartRefusal::QuantityLimit { max: 10 },
            CartRefusal::LineLimit { max: 50 },
            CartRefusal::VariantNotFound,
            CartRefusal::Coupon(CouponRefusal::CouponInvalid),
            CartRefusal::Coupon(CouponRefusal::CouponExpired),
            CartRefusal::Coupon(CouponRefusal::CouponNotApplicable { min_goods: Some(Money::new(129_900, Currency::Eur)) }),
            CartRefusal::Coupon(CouponRefusal::CouponNotApplicable { min_goods: None }),
            CartRefusal::Coupon(CouponRefusal::CouponUsedUp),
            CartRefusal::Unavailable,
        ]);
        let number = OrderNumber::from_random(7);
        let unpayable = |reason| CheckoutRefusal::TotalNotPayable { reason };
        assert_english([
            CheckoutRefusal::CartEmpty,
            CheckoutRefusal::CartNotFound,
            CheckoutRefusal::Invalid { errors: Vec::new() },
            CheckoutRefusal::OutOfStock { lines: Vec::new() },
            CheckoutRefusal::TotalChanged { quote: Box::new(quote()) },
            CheckoutRefusal::OrderPending { order_id: OrderId(Default::default()), number, access_token: String::new() },
            CheckoutRefusal::PaymentInProgress,
            CheckoutRefusal::ShippingOptionUnknown,
            CheckoutRefusal::NotShipped { sellers: vec!["Kiln & Co".to_owned(), "Loom".to_owned()] },
            CheckoutRefusal::LineWithdrawn,
            unpayable(NotChargeable::TooSmall(Money::new(50, Currency::Eur))),
            unpayable(NotChargeable::TooLarge(Money::new(99_999_999, Currency::Usd))),
            unpayable(NotChargeable::NotAStep(Currency::Kwd)),
            CheckoutRefusal::Coupon(CouponRefusal::CouponUsedUp),
        ]);
        assert_english([
            PaymentRefusal::AlreadyPaid,
            PaymentRefusal::PaymentInProgress,
            PaymentRefusal::OrderExpired,
            PaymentRefusal::OrderCanceled,
            PaymentRefusal::PaymentMethodInvalid,
            PaymentRefusal::GatewayUnavailable,
        ]);
    }
}
