//! A refused checkout in words for the page.

use crate::cart::{COUPON_FIELD, full_title};
use crate::refusals::Refusal as _;
use crate::routes;
use crate::t;
use crate::ui::Trouble;
use domain::address::FieldError;
use domain::cart::CartView;
use domain::checkout::CheckoutRefusal;
use domain::inventory::Shortage;
use domain::money::Money;

/// More names than this make a list nobody reads; the cart shows them all.
const LINES_NAMED_MAX: usize = 6;

/// `cart` names the lines that run short; `shown` is the total the shopper saw.
pub fn trouble_of(refusal: &CheckoutRefusal, cart: Option<&CartView>, shown: Option<Money>) -> Trouble {
    let plain = Trouble::plain(refusal.text());
    let way_out = Some((routes::to(routes::CART), t::pay::mend_in_cart().to_owned()));
    match refusal {
        CheckoutRefusal::Invalid { errors } => Trouble::of_fields(errors.iter().map(own_field).collect()),
        CheckoutRefusal::OutOfStock { lines } => Trouble { details: shortages(lines, cart), way_out, ..plain },
        CheckoutRefusal::TotalChanged { quote } => {
            let now = t::money(quote.total);
            let sentence = shown.map_or_else(|| t::pay::total_now(&now), |shown| t::pay::total_changed(&t::money(shown), &now));
            let coupon = quote.coupon_problem.map(|problem| problem.text());
            Trouble { details: coupon.into_iter().chain([sentence]).collect(), ..plain }
        }
        CheckoutRefusal::LineWithdrawn
        | CheckoutRefusal::NotShipped { .. }
        | CheckoutRefusal::TotalNotPayable { .. }
        | CheckoutRefusal::CartEmpty
        | CheckoutRefusal::CartNotFound => Trouble { way_out, ..plain },
        CheckoutRefusal::OrderPending { number, .. } => {
            Trouble { way_out: Some((routes::pay(number), t::pay::pay_order(number.as_str()))), ..plain }
        }
        // Told until the code is mended, whatever else is asked meanwhile.
        CheckoutRefusal::Coupon(_) => Trouble::of_fields(vec![FieldError::new(COUPON_FIELD, "refused", refusal.text())]),
        CheckoutRefusal::PaymentInProgress | CheckoutRefusal::ShippingOptionUnknown => plain,
    }
}

fn shortages(lines: &[Shortage], cart: Option<&CartView>) -> Vec<String> {
    let sentence = |short: &Shortage| {
        let line = cart.and_then(|cart| cart.lines.iter().find(|line| line.variant_id == short.variant_id));
        let name = line.map_or_else(|| t::pay::unnamed_thing().to_owned(), full_title);
        match short.available {
            0 => t::pay::sold_out(&name),
            available => t::pay::only_left(&available.to_string(), &name),
        }
    };
    let more = lines.len().checked_sub(LINES_NAMED_MAX).filter(|more| *more > 0).map(|more| t::pay::more_short(&more.to_string()));
    lines.iter().take(LINES_NAMED_MAX).map(sentence).chain(more).collect()
}

/// The use case names fields as the API does (`shipping_address.city`); the form has them flat.
fn own_field(error: &FieldError) -> FieldError {
    let field = error.field.strip_prefix("shipping_address.").unwrap_or(&error.field);
    FieldError::new(field, error.code.clone(), error.message.clone())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use domain::id::VariantId;

    #[test]
    fn fields_are_known_by_the_names_of_the_form() {
        let refusal = CheckoutRefusal::Invalid { errors: vec![FieldError::new("shipping_address.city", "required", "Enter the town.")] };
        assert_eq!(trouble_of(&refusal, None, None).field("city").as_deref(), Some("Enter the town."));
    }

    #[test]
    fn a_refused_code_is_told_at_its_field() {
        let refusal = CheckoutRefusal::Coupon(domain::pricing::CouponRefusal::CouponInvalid);
        assert_eq!(trouble_of(&refusal, None, None).field("coupon").as_deref(), Some("There is no such coupon."));
    }

    #[test]
    fn a_long_list_of_shortages_is_cut() {
        let short = |line| Shortage { line, variant_id: VariantId(Default::default()), available: line };
        let trouble = trouble_of(&CheckoutRefusal::OutOfStock { lines: (0..9).map(short).collect() }, None, None);
        assert_eq!(trouble.details.len(), LINES_NAMED_MAX + 1);
        assert_eq!(trouble.details[0], "One of your things: sold out.");
        assert_eq!(trouble.details[LINES_NAMED_MAX], "… and 3 more.");
        assert!(trouble.way_out.is_some());
    }
}
