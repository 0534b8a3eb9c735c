//! What the shopper has asked for and the shop has not answered yet, laid over the cart as the shop last told it.

use domain::cart::{CartLineView, CartView};
use domain::id::VariantId;
use domain::money::Money;
use std::collections::BTreeMap;

/// Quantities wanted, by variant; each with the line to show where the cart has none.
pub(super) type Overlay = BTreeMap<VariantId, Wanted>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) quantity: u32,
    pub(super) line: Option<CartLineView>,
}

/// The cart as it will be if the shop agrees. Sums that only the shop can make (shipping, tax) are left out meanwhile.
pub(super) fn lay_over(cart: &CartView, overlay: &Overlay) -> CartView {
    if overlay.is_empty() {
        return cart.clone();
    }
    let mut shown = cart.clone();
    for (variant, wanted) in overlay {
        match shown.lines.iter_mut().find(|line| line.variant_id == *variant) {
            Some(line) => set_quantity(line, wanted.quantity),
            None => shown.lines.extend(wanted.line.clone().map(|mut line| {
                set_quantity(&mut line, wanted.quantity);
                line
            })),
        }
    }
    shown.lines.retain(|line| line.quantity > 0);
    let currency = shown.lines.first().map_or(cart.subtotal.currency, |line| line.line_total.currency);
    let subtotal = Money::sum(currency, shown.lines.iter().map(|line| line.line_total));
    // Only a sum too large for the books fails; the shop's own last sum stays then.
    shown.subtotal = subtotal.unwrap_or(cart.subtotal);
    // What a coupon takes off now, only the shop can say; it is never more than there is.
    shown.discount.amount = shown.discount.amount.min(shown.subtotal.amount);
    shown.total = shown.subtotal.checked_sub(shown.discount).unwrap_or(shown.subtotal);
    (shown.shipping, shown.tax) = (None, None);
    shown
}

fn set_quantity(line: &mut CartLineView, quantity: u32) {
    line.quantity = quantity;
    line.line_total = line.unit_price.checked_mul(quantity).unwrap_or(line.line_total);
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Currency;
    use domain::pricing::SellerName;

    fn variant(number: u8) -> VariantId {
        format!("018f3a5e-7c4b-7d2a-9f00-0000000000{number:02}").parse().unwrap()
    }

    fn line(number: u8, quantity: u32) -> CartLineView {
        let price = Money::new(1_000, Currency::Usd);
        CartLineView {
            id: variant(number),
            variant_id: variant(number),
            product_slug: "mug".to_owned(),
            title: "Mug".to_owned(),
            options: BTreeMap::new(),
            seller: SellerName { slug: "kiln".to_owned(), name: "Kiln".to_owned() },
            quantity,
            unit_price: price,
            line_total: price.checked_mul(quantity).unwrap(),
            image: None,
            problems: Vec::new(),
        }
    }

    fn cart(lines: Vec<CartLineView>) -> CartView {
        let subtotal = Money::sum(Currency::Usd, lines.iter().map(|line| line.line_total)).unwrap();
        CartView { lines, subtotal, total: subtotal, ..CartView::empty(Currency::Usd) }
    }

    fn wanted(quantity: u32, line: Option<CartLineView>) -> Wanted {
        Wanted { quantity, line }
    }

    #[test]
    fn a_changed_quantity_changes_line_and_total() {
        let shown = lay_over(&cart(vec![line(1, 1), line(2, 1)]), &Overlay::from([(variant(1), wanted(3, None))]));
        assert_eq!((shown.lines[0].quantity, shown.lines[0].line_total.amount, shown.total.amount), (3, 3_000, 4_000));
        assert_eq!(shown.count(), 4);
    }

    #[test]
    fn nothing_wanted_of_a_line_removes_it() {
        let shown = lay_over(&cart(vec![line(1, 2)]), &Overlay::from([(variant(1), wanted(0, None))]));
        assert!(shown.lines.is_empty());
        assert_eq!(shown.total.amount, 0);
    }

    #[test]
    fn something_new_shows_before_the_shop_has_agreed() {
        let shown = lay_over(&cart(vec![]), &Overlay::from([(variant(7), wanted(2, Some(line(7, 1))))]));
        assert_eq!((shown.count(), shown.total.amount), (2, 2_000));
    }

    #[test]
    fn without_wishes_the_cart_is_as_the_shop_told_it() {
        let told = cart(vec![line(1, 2)]);
        assert_eq!(lay_over(&told, &Overlay::new()), told);
    }
}
