use crate::id::VariantId;
use crate::quantity::QUANTITY_MAX;
use std::collections::BTreeMap;

use super::CART_LINES_MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CartItem {
    pub variant: VariantId,
    pub quantity: u32,
}

/// A line of the account's cart that came or grew from the guest's: units before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    pub variant: VariantId,
    pub before: u32,
    pub after: u32,
}

impl Growth {
    /// What is left of the line, which holds `now` units, when the merge is taken back: what was added since stays, what was taken
    /// out does not come again, and what was there before the merge is not taken with it.
    pub fn taken_back(self, now: u32) -> u32 {
        now.saturating_sub(self.after - self.before).max(now.min(self.before))
    }
}

/// The outcome of a merge: what the account's cart holds now, and what of it came from the guest's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    pub items: Vec<CartItem>,
    pub from_guest: Vec<Growth>,
    /// What found no room.
    pub left_out: Vec<VariantId>,
}

/// Joins a guest's cart into an account's at sign-in: the union of both; of the same variant the larger quantity, so that
/// doing it twice changes nothing; at most [`CART_LINES_MAX`] lines, the account's own first.
pub fn merge(account: &[CartItem], guest: &[CartItem]) -> Merged {
    let mut items: Vec<CartItem> = account.to_vec();
    let mut place: BTreeMap<VariantId, usize> = items.iter().enumerate().map(|(index, item)| (item.variant, index)).collect();
    let (mut from_guest, mut left_out) = (Vec::new(), Vec::new());
    for item in guest {
        let quantity = item.quantity.min(QUANTITY_MAX);
        match place.get(&item.variant) {
            Some(index) if items[*index].quantity >= quantity => {}
            Some(index) => {
                from_guest.push(Growth { variant: item.variant, before: items[*index].quantity, after: quantity });
                items[*index].quantity = quantity;
            }
            None if items.len() < CART_LINES_MAX => {
                place.insert(item.variant, items.len());
                items.push(CartItem { quantity, ..*item });
                from_guest.push(Growth { variant: item.variant, before: 0, after: quantity });
            }
            None => left_out.push(item.variant),
        }
    }
    Merged { items, from_guest, left_out }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn item(variant: u128, quantity: u32) -> CartItem {
        CartItem { variant: VariantId(Uuid::from_u128(variant)), quantity }
    }

    #[test]
    fn the_larger_quantity_stays_and_new_lines_follow() {
        let merged = merge(&[item(1, 2), item(2, 5)], &[item(2, 3), item(1, 4), item(3, 1)]);
        assert_eq!(merged.items, [item(1, 4), item(2, 5), item(3, 1)]);
        let growth = |variant, before, after| Growth { variant: item(variant, 0).variant, before, after };
        assert_eq!(merged.from_guest, [growth(1, 2, 4), growth(3, 0, 1)]);
    }

    #[test]
    fn taking_back_keeps_what_was_changed_since() {
        let grown = Growth { variant: item(1, 0).variant, before: 1, after: 3 };
        assert_eq!([0, 1, 2, 3, 5].map(|now| grown.taken_back(now)), [0, 1, 1, 1, 3]);
        let new = Growth { before: 0, ..grown };
        assert_eq!([0, 1, 3, 5].map(|now| new.taken_back(now)), [0, 0, 0, 2]);
    }

    #[test]
    fn a_full_cart_keeps_its_own_lines() {
        let full: Vec<CartItem> = (0..CART_LINES_MAX as u128).map(|n| item(n, 1)).collect();
        assert_eq!(merge(&full, &[item(1_000, 1)]).items, full);
    }

    fn cart() -> impl Strategy<Value = Vec<CartItem>> {
        prop::collection::btree_map(0_u128..30, 1_u32..=QUANTITY_MAX, 0..20)
            .prop_map(|lines| lines.into_iter().map(|(variant, quantity)| item(variant, quantity)).collect())
    }

    proptest! {
        #[test]
        fn merging_loses_nothing_and_twice_is_once(account in cart(), guest in cart()) {
            let once = merge(&account, &guest).items;
            for wanted in account.iter().chain(&guest) {
                prop_assert!(once.iter().any(|have| have.variant == wanted.variant && have.quantity >= wanted.quantity));
            }
            let again = merge(&once, &guest);
            prop_assert_eq!(&again.items, &once);
            prop_assert!(again.from_guest.is_empty());
        }

        #[test]
        fn taking_back_at_once_is_as_before(account in cart(), guest in cart()) {
            let Merged { mut items, from_guest, .. } = merge(&account, &guest);
            for growth in from_guest {
                let item = items.iter_mut().find(|item| item.variant == growth.variant).unwrap();
                item.quantity = growth.taken_back(item.quantity);
            }
            items.retain(|item| item.quantity > 0);
            prop_assert_eq!(items, account);
        }
    }
}
