use super::api::load_cart_page;
use super::cart_lines::full_title;
use super::exchange::exchange;
use super::overlay::{Overlay, Wanted, lay_over};
use crate::error::AppError;
use crate::t;
use crate::ui::{Flash, announce, pause};
use domain::cart::{CartLineView, CartRefusal, CartView};
use domain::id::VariantId;
use domain::quantity::{QUANTITY_MAX, Quantity};
use leptos::prelude::*;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use std::collections::BTreeMap;

/// How long a page waits for changes under way, and how often it looks; after ten seconds it asks for what there is.
const SETTLED_CHECK_EVERY_MS: i32 = 50;
const SETTLED_CHECKS_MAX: u32 = 200;

/// The visitor's cart in this browser: what the shop last told, and over it what was asked since. One change per line is
/// under way at a time; what is asked meanwhile follows as one more.
#[derive(Clone, Copy, Debug)]
pub struct CartStore {
    told: RwSignal<Option<CartView>>,
    /// Units in the cart as the header was told, until the cart itself has been.
    count_told: RwSignal<u32>,
    wanted: RwSignal<Overlay>,
    /// Lines with a change under way, each with what was asked for meanwhile.
    under_way: StoredValue<BTreeMap<VariantId, Option<Change>>>,
    /// Changes that wait for the one which begins the cart: two at once would begin two carts. None while nobody begins one.
    beginning: StoredValue<Option<Vec<(VariantId, Change)>>>,
    /// Rises with every change and every answer to one.
    stamp: StoredValue<u32>,
    /// Whether the drawer is open.
    pub(super) drawer: RwSignal<bool>,
    /// The latest refusal, until the next change.
    pub(super) message: RwSignal<Option<Flash>>,
    /// What was removed last, while that can be undone.
    pub(super) removed: RwSignal<Option<CartLineView>>,
}

/// One request to the shop about one line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    Add(Quantity),
    Set(u32),
}

impl Change {
    /// One change that does what the two do one after the other.
    fn then(self, later: Change) -> Change {
        match (self, later) {
            (_, Change::Set(quantity)) => Change::Set(quantity),
            (Change::Set(quantity), Change::Add(more)) => Change::Set((quantity + more.get()).min(QUANTITY_MAX)),
            (Change::Add(some), Change::Add(more)) => {
                Change::Add(Quantity::try_from((some.get() + more.get()).min(QUANTITY_MAX)).unwrap_or(more))
            }
        }
    }
}

impl CartStore {
    pub(crate) fn provide() {
        provide_context(Self {
            told: RwSignal::new(None),
            count_told: RwSignal::new(0),
            wanted: RwSignal::new(Overlay::new()),
            under_way: StoredValue::new(BTreeMap::new()),
            beginning: StoredValue::new(None),
            stamp: StoredValue::new(0),
            drawer: RwSignal::new(false),
            message: RwSignal::new(None),
            removed: RwSignal::new(None),
        });
    }

    /// The cart as the shop tells it; an older telling than the one known is passed over.
    pub fn accept(self, cart: CartView) {
        let is_older = self.told.with_untracked(|told| told.as_ref().is_some_and(|told| told.id == cart.id && told.version > cart.version));
        if !is_older {
            self.touch();
            self.told.try_set(Some(cart));
        }
    }

    /// Asks the shop for the cart again; none where it cannot be told now.
    pub(crate) async fn reload(self) -> Option<CartView> {
        let cart = load_cart_page().await.ok()?.cart;
        self.accept(cart.clone());
        Some(cart)
    }

    /// A mark of this moment for [`Self::accept_count_since`].
    pub(crate) fn stamp(self) -> u32 {
        self.stamp.try_get_value().unwrap_or_default()
    }

    /// The number of units as it was told to a question asked at `stamp`: of no use if the shopper has changed it since.
    pub(crate) fn accept_count_since(self, stamp: u32, count: u32) {
        if self.stamp() != stamp {
            return;
        }
        self.count_told.try_set(count);
        // Another count, another cart: somebody has signed in or out, or the cart has become an order.
        if self.told.with_untracked(|told| told.as_ref().is_some_and(|told| told.count() != count)) {
            self.told.try_set(None);
        }
    }

    /// The cart as the shopper should see it; none until the shop has told it or something was added.
    pub fn shown(self) -> Option<CartView> {
        self.wanted.with(|wanted| {
            self.told.with(|told| match (told, wanted.values().find_map(|wanted| wanted.line.as_ref())) {
                (Some(told), _) => Some(lay_over(told, wanted)),
                (None, Some(line)) => Some(lay_over(&CartView::empty(line.unit_price.currency), wanted)),
                (None, None) => None,
            })
        })
    }

    /// Units in the cart, for the badge.
    pub fn count(self) -> u32 {
        let known = if self.told.with(Option::is_some) { 0 } else { self.count_told.get() };
        known + self.shown().map_or(0, |cart| cart.count())
    }

    /// Whether a change of any line is under way.
    pub(super) fn is_busy(self) -> bool {
        !self.wanted.with(BTreeMap::is_empty)
    }

    /// Waits until the shop has answered every change: what is asked before would be told of the cart as it was.
    pub(crate) async fn settled(self) {
        for _ in 0..SETTLED_CHECKS_MAX {
            if self.wanted.try_with_untracked(BTreeMap::is_empty) != Some(false) {
                return;
            }
            // Only a browser has changes under way, and it has one thread.
            SendWrapper::new(pause(SETTLED_CHECK_EVERY_MS)).await;
        }
    }

    /// Adds units of what `line` shows, and opens the drawer.
    pub(crate) fn add(self, line: CartLineView, quantity: Quantity) {
        let variant = line.variant_id;
        let before = self.quantity_of(variant);
        announce(t::cart::said_added(&full_title(&line)));
        self.change(variant, (before + quantity.get()).min(QUANTITY_MAX), Some(line), Change::Add(quantity));
        self.drawer.set(true);
    }

    /// Sets a line's quantity; 0 removes it and lets that be undone.
    pub(super) fn set(self, line: &CartLineView, quantity: u32) {
        if quantity == 0 {
            announce(t::cart::said_removed(&full_title(line)));
            self.removed.set(Some(line.clone()));
        } else {
            announce(t::cart::said_quantity(&quantity.to_string(), &full_title(line)));
        }
        self.change(line.variant_id, quantity.min(QUANTITY_MAX), Some(line.clone()), Change::Set(quantity));
    }

    /// Puts back what was removed last.
    pub(super) fn undo_removal(self) {
        if let Some(line) = self.removed.get_untracked() {
            self.removed.set(None);
            announce(t::cart::said_back(&full_title(&line)));
            let quantity = line.obtainable(line.quantity);
            self.change(line.variant_id, quantity, Some(line), Change::Set(quantity));
        }
    }

    fn quantity_of(self, variant: VariantId) -> u32 {
        let shown = untrack(move || self.shown());
        shown.and_then(|cart| cart.lines.into_iter().find(|line| line.variant_id == variant)).map_or(0, |line| line.quantity)
    }

    /// Shows the wish at once and sends it, or leaves it for the change that is under way.
    fn change(self, variant: VariantId, quantity: u32, line: Option<CartLineView>, change: Change) {
        self.message.set(None);
        // What is in the cart again is not put back a second time.
        if quantity > 0 && self.removed.with_untracked(|removed| removed.as_ref().is_some_and(|line| line.variant_id == variant)) {
            self.removed.set(None);
        }
        self.wanted.update(|wanted| {
            wanted.insert(variant, Wanted { quantity, line });
        });
        let waits = self.under_way.try_update_value(|under_way| match under_way.get_mut(&variant) {
            Some(next) => {
                *next = Some(next.map_or(change, |earlier| earlier.then(change)));
                true
            }
            None => {
                under_way.insert(variant, None);
                false
            }
        });
        self.touch();
        if waits == Some(false) {
            self.begin(variant, change);
        }
    }

    fn touch(self) {
        self.stamp.try_update_value(|stamp| *stamp = stamp.wrapping_add(1));
    }

    /// Sends a change at once, unless it has to wait until there is a cart.
    fn begin(self, variant: VariantId, change: Change) {
        let has_cart =
            self.count_told.get_untracked() > 0 || self.told.with_untracked(|told| told.as_ref().is_some_and(|told| told.id.is_some()));
        let waits = !has_cart
            && self.beginning.try_update_value(|beginning| match beginning {
                Some(waiting) => {
                    waiting.push((variant, change));
                    true
                }
                None => {
                    *beginning = Some(Vec::new());
                    false
                }
            }) == Some(true);
        if !waits {
            spawn_local(self.send(variant, change));
        }
    }

    /// Lets go on what has waited for the cart to begin.
    fn release(self) {
        let waiting = self.beginning.try_update_value(Option::take).flatten().unwrap_or_default();
        for (variant, change) in waiting {
            self.begin(variant, change);
        }
    }

    /// Sends changes of one line until nothing more is wanted of it.
    async fn send(self, variant: VariantId, mut change: Change) {
        loop {
            let answer = exchange(variant, change).await;
            self.touch();
            let next = self.under_way.try_update_value(|under_way| under_way.get_mut(&variant).and_then(Option::take)).flatten();
            match answer {
                Ok(cart) => {
                    self.accept(cart);
                    self.release();
                    if let Some(next) = next {
                        change = next;
                        continue;
                    }
                    self.settle(variant);
                }
                Err(error) => {
                    // A quantity asked for meanwhile holds, whatever became of the change before it.
                    if let Some(later @ Change::Set(_)) = next {
                        change = later;
                        continue;
                    }
                    let line = self.settle(variant);
                    self.refuse(&error, line.as_ref());
                    self.release();
                }
            }
            return;
        }
    }

    /// The shop has answered: its word stands alone again. Gives the line that was shown meanwhile.
    fn settle(self, variant: VariantId) -> Option<CartLineView> {
        self.under_way.try_update_value(|under_way| under_way.remove(&variant));
        self.wanted.try_update(|wanted| wanted.remove(&variant)).flatten()?.line
    }

    /// Tells why the shop does not do what was asked, and of which thing where it is about one.
    pub(super) fn refuse(self, error: &AppError<CartRefusal>, line: Option<&CartLineView>) {
        let line = line.filter(|_| matches!(error, AppError::Refused(refusal) if refusal.is_of_line()));
        let text = line.map_or_else(|| error.to_string(), |line| format!("{}: {error}", full_title(line)));
        self.removed.try_set(None);
        self.message.try_set(Some(Flash::bad(text)));
    }
}

/// The cart of this page.
pub(crate) fn use_cart() -> CartStore {
    expect_context()
}
