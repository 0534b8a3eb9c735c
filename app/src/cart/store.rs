use super::api;
use super::overlay::{Overlay, Wanted, lay_over};
use crate::error::AppError;
use crate::ui::{announce, Flash};
use domain::cart::{CartLineView, CartRefusal, CartView};
use domain::id::VariantId;
use domain::money::Currency;
use domain::quantity::{QUANTITY_MAX, Quantity};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;

/// The visitor's cart in this browser: what the shop last told, and over it what was asked since. One change per line is
/// under way at a time; what is asked meanwhile follows as one more.
#[derive(Clone, Copy, Debug)]
pub struct CartStore {
    told: RwSignal<Option<CartView>>,
    wanted: RwSignal<Overlay>,
    /// Lines with a change under way, each with the quantity to ask for next, if that has changed meanwhile.
    under_way: StoredValue<BTreeMap<VariantId, Option<u32>>>,
    /// Whether the drawer is open.
    pub(super) drawer: RwSignal<bool>,
    /// The latest refusal, until the next change.
    pub(super) message: RwSignal<Option<Flash>>,
    /// What was removed last, while that can be undone.
    pub(super) removed: RwSignal<Option<CartLineView>>,
}

/// One request to the shop about one line.
#[derive(Clone, Copy, Debug)]
enum Change {
    Add(Quantity),
    Set(u32),
}

impl CartStore {
    pub(crate) fn provide() {
        provide_context(Self {
            told: RwSignal::new(None),
            wanted: RwSignal::new(Overlay::new()),
            under_way: StoredValue::new(BTreeMap::new()),
            drawer: RwSignal::new(false),
            message: RwSignal::new(None),
            removed: RwSignal::new(None),
        });
    }

    /// The cart as the shop tells it; an older telling than the one known is passed over.
    pub fn accept(self, cart: CartView) {
        let is_older = self.told.with_untracked(|told| told.as_ref().is_some_and(|told| told.id == cart.id && told.version > cart.version));
        if !is_older {
            self.told.set(Some(cart));
        }
    }

    /// The cart as the shopper should see it; none until the shop has told it once.
    pub fn shown(self) -> Option<CartView> {
        self.told.with(|told| self.wanted.with(|wanted| told.as_ref().map(|told| lay_over(told, wanted))))
    }

    /// Units in the cart, for the badge.
    pub fn count(self) -> u32 {
        self.shown().map_or(0, |cart| cart.count())
    }

    /// Whether a change of any line is under way.
    pub(super) fn is_busy(self) -> bool {
        !self.wanted.with(BTreeMap::is_empty)
    }

    /// Adds units of what `line` shows, and opens the drawer.
    pub(crate) fn add(self, line: CartLineView, quantity: Quantity) {
        let variant = line.variant_id;
        let before = self.quantity_of(variant);
        announce(format!("{} added to the cart.", line.title));
        self.change(variant, (before + quantity.get()).min(QUANTITY_MAX), Some(line), Change::Add(quantity));
        self.drawer.set(true);
    }

    /// Sets a line's quantity; 0 removes it and lets that be undone.
    pub(super) fn set(self, line: &CartLineView, quantity: u32) {
        if quantity == 0 {
            announce(format!("{} removed from the cart.", line.title));
            self.removed.set(Some(line.clone()));
        } else {
            announce(format!("{}: quantity {quantity}.", line.title));
        }
        self.change(line.variant_id, quantity.min(QUANTITY_MAX), Some(line.clone()), Change::Set(quantity));
    }

    /// Puts back what was removed last.
    pub(super) fn undo_removal(self) {
        if let Some(line) = self.removed.get_untracked() {
            self.removed.set(None);
            announce(format!("{} is back in the cart.", line.title));
            self.change(line.variant_id, line.quantity, Some(line.clone()), Change::Set(line.quantity));
        }
    }

    /// Gives the cart its content before signing in.
    pub(super) fn undo_merge(self) {
        spawn_local(async move {
            match api::undo_merge().await {
                Ok(cart) => {
                    announce("Your cart is as it was before you signed in.");
                    self.told.try_set(Some(cart));
                }
                Err(error) => self.refuse(&error),
            }
        });
    }

    fn quantity_of(self, variant: VariantId) -> u32 {
        let shown = untrack(move || self.shown());
        shown.and_then(|cart| cart.lines.into_iter().find(|line| line.variant_id == variant)).map_or(0, |line| line.quantity)
    }

    /// Shows the wish at once and sends it, or leaves it for the change that is under way.
    fn change(self, variant: VariantId, quantity: u32, line: Option<CartLineView>, change: Change) {
        self.message.set(None);
        if self.told.with_untracked(Option::is_none) {
            let currency = line.as_ref().map_or(Currency::Usd, |line| line.unit_price.currency);
            self.told.set(Some(CartView::empty(currency)));
        }
        self.wanted.update(|wanted| {
            wanted.insert(variant, Wanted { quantity, line });
        });
        let waits = self.under_way.try_update_value(|under_way| match under_way.get_mut(&variant) {
            Some(next) => {
                *next = Some(quantity);
                true
            }
            None => {
                under_way.insert(variant, None);
                false
            }
        });
        if waits == Some(false) {
            spawn_local(self.send(variant, change));
        }
    }

    /// Sends changes of one line until nothing more is wanted of it.
    async fn send(self, variant: VariantId, mut change: Change) {
        loop {
            let answer = match change {
                Change::Add(quantity) => api::add_item(variant, quantity).await,
                Change::Set(quantity) => api::set_item(variant, quantity).await,
            };
            let next = self.under_way.try_update_value(|under_way| under_way.get_mut(&variant).and_then(Option::take)).flatten();
            match answer {
                Ok(cart) => {
                    self.accept(cart);
                    if let Some(quantity) = next {
                        change = Change::Set(quantity);
                        continue;
                    }
                    self.settle(variant);
                }
                Err(error) => {
                    self.settle(variant);
                    self.refuse(&error);
                }
            }
            return;
        }
    }

    /// The shop has answered: its word stands alone again.
    fn settle(self, variant: VariantId) {
        self.under_way.try_update_value(|under_way| under_way.remove(&variant));
        self.wanted.try_update(|wanted| wanted.remove(&variant));
    }

    fn refuse(self, error: &AppError<CartRefusal>) {
        let text = error.to_string();
        self.removed.try_set(None);
        self.message.try_set(Some(Flash::bad(text)));
    }
}

/// The cart of this page.
pub(super) fn use_cart() -> CartStore {
    expect_context()
}
