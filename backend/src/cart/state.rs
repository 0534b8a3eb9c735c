//! A cart as it is kept, and what a change makes of it. Nothing here touches a store: both the way over PostgreSQL and
//! the one for when it is away decide by the same functions.

use crate::catalog::Picture;
use domain::cart::{CART_LINES_MAX, CartItem, CartLineView, CartRefusal, CartView, LineProblem};
use domain::id::{CartId, SellerId, StockItemId, UserId, VariantId};
use domain::money::{BasisPoints, Currency, Money, MoneyError};
use domain::pricing::{Coupon, PricedLine, SellerName, goods_discount};
use domain::quantity::QUANTITY_MAX;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the shop says of a variant at this moment, in the cart's currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Offer {
    pub(super) variant: VariantId,
    pub(super) stock_item: StockItemId,
    pub(super) product_slug: String,
    pub(super) title: String,
    pub(super) sku: String,
    pub(super) options: BTreeMap<String, String>,
    pub(super) weight_grams: u32,
    pub(super) seller: SellerId,
    pub(super) seller_slug: String,
    pub(super) seller_name: String,
    pub(super) commission: BasisPoints,
    /// None: not sold in this currency.
    pub(super) price: Option<i64>,
    pub(super) image: Option<Picture>,
    /// Free units, and those that this cart's own open order holds.
    pub(super) available: i64,
    /// The variant, its product or its seller is no longer there for shoppers.
    pub(super) withdrawn: bool,
}

impl Offer {
    /// None: cannot be bought.
    pub(super) fn price_in(&self, currency: Currency) -> Option<Money> {
        self.price.filter(|_| !self.withdrawn).map(|amount| Money::new(amount, currency))
    }

    fn available(&self) -> u32 {
        u32::try_from(self.available.max(0)).unwrap_or(u32::MAX)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) variant: VariantId,
    pub(super) quantity: u32,
    /// The price when the shopper last chose this line.
    pub(super) seen: Money,
    pub(super) position: i64,
    /// As last seen: what the line shows while PostgreSQL is away.
    pub(super) offer: Option<Offer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct CartState {
    pub(super) id: CartId,
    pub(super) version: i64,
    pub(super) user: Option<UserId>,
    /// Of the guest's token, as hex.
    pub(super) token_hash: Option<String>,
    pub(super) currency: Currency,
    /// Seconds since 1970.
    pub(super) expires_at: i64,
    pub(super) lines: Vec<Line>,
    /// As last seen.
    #[serde(default)]
    pub(super) coupon: Option<Coupon>,
}

/// What a shopper asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Set { variant: VariantId, quantity: u32 },
    Add { variant: VariantId, quantity: u32 },
    Clear,
}

impl Wish {
    pub(super) fn variant(self) -> Option<VariantId> {
        match self {
            Wish::Set { variant, .. } | Wish::Add { variant, .. } => Some(variant),
            Wish::Clear => None,
        }
    }
}

/// What a wish comes to. Absolute, so that doing it twice is doing it once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Step {
    Put { variant: VariantId, quantity: u32, seen: Money },
    Remove { variant: VariantId },
    Clear,
}

impl CartState {
    pub(super) fn line(&self, variant: VariantId) -> Option<&Line> {
        self.lines.iter().find(|line| line.variant == variant)
    }

    pub(super) fn variants(&self) -> Vec<VariantId> {
        self.lines.iter().map(|line| line.variant).collect()
    }

    pub(super) fn items(&self) -> Vec<CartItem> {
        self.lines.iter().map(|line| CartItem { variant: line.variant, quantity: line.quantity }).collect()
    }

    /// What is to be done, or nothing when it is so already. `offer` is the wish's variant, if there is one.
    pub(super) fn decide(&self, wish: Wish, offer: Option<&Offer>) -> Result<Option<Step>, CartRefusal> {
        let (variant, quantity) = match wish {
            Wish::Clear => return Ok((!self.lines.is_empty()).then_some(Step::Clear)),
            Wish::Set { variant, quantity } => (variant, quantity),
            Wish::Add { variant, quantity } => (variant, self.line(variant).map_or(0, |line| line.quantity).saturating_add(quantity)),
        };
        if quantity == 0 {
            return Ok(self.line(variant).map(|_| Step::Remove { variant }));
        }
        if quantity > QUANTITY_MAX {
            return Err(CartRefusal::QuantityLimit { max: QUANTITY_MAX });
        }
        let offer = offer.ok_or(CartRefusal::VariantNotFound)?;
        let seen = offer.price_in(self.currency).ok_or(CartRefusal::VariantNotFound)?;
        if self.line(variant).is_none() && self.lines.len() >= CART_LINES_MAX {
            return Err(CartRefusal::LineLimit { max: CART_LINES_MAX as u32 });
        }
        if offer.available() < quantity {
            return Err(CartRefusal::OutOfStock { available: offer.available() });
        }
        Ok(Some(Step::Put { variant, quantity, seen }))
    }

    /// The cart after `step`, one version on.
    pub(super) fn apply(&mut self, step: Step, offer: Option<Offer>) {
        self.version += 1;
        match step {
            Step::Clear => self.lines.clear(),
            Step::Remove { variant } => self.lines.retain(|line| line.variant != variant),
            Step::Put { variant, quantity, seen } => match self.lines.iter_mut().find(|line| line.variant == variant) {
                Some(line) => *line = Line { quantity, seen, offer: offer.or_else(|| line.offer.take()), ..*line },
                None => self.lines.push(Line { variant, quantity, seen, position: self.version, offer }),
            },
        }
    }

    /// Puts fresh offers beside the lines; a variant without one is no longer there.
    pub(super) fn see(&mut self, offers: &[Offer]) {
        for line in &mut self.lines {
            line.offer = offers.iter().find(|offer| offer.variant == line.variant).cloned();
        }
    }

    /// The lines that can be bought, at today's prices.
    pub(super) fn priced_lines(&self) -> Vec<PricedLine> {
        let priced = |line: &Line| {
            let offer = line.offer.as_ref()?;
            let unit_price = offer.price_in(self.currency)?;
            Some(PricedLine { variant: line.variant, seller: offer.seller, quantity: line.quantity, unit_price })
        };
        self.lines.iter().filter_map(priced).collect()
    }

    /// The cart as shown. Reading never reprices silently: a line shows today's price, and says what it was.
    pub(super) fn view(&self, token: Option<String>) -> Result<CartView, MoneyError> {
        let lines = self.lines.iter().map(|line| line.view(self.currency)).collect::<Result<Vec<_>, _>>()?;
        let subtotal = Money::sum(self.currency, lines.iter().map(|line| line.line_total))?;
        let discount = match &self.coupon {
            Some(coupon) => goods_discount(coupon, self.currency, &self.priced_lines())?,
            None => Ok(Money::zero(self.currency)),
        };
        let (discount, problems) = match discount {
            Ok(discount) => (discount, Vec::new()),
            Err(refusal) => (Money::zero(self.currency), vec![refusal]),
        };
        Ok(CartView {
            id: Some(self.id),
            token,
            version: self.version,
            lines,
            coupon: self.coupon.as_ref().map(|coupon| coupon.code.clone()),
            coupon_label: self.coupon.as_ref().map(|coupon| coupon.label.clone()),
            subtotal,
            discount,
            total: subtotal.checked_sub(discount)?,
            problems,
            ..CartView::empty(self.currency)
        })
    }
}

impl Line {
    fn view(&self, currency: Currency) -> Result<CartLineView, MoneyError> {
        let price = self.offer.as_ref().and_then(|offer| offer.price_in(currency));
        let unit_price = price.unwrap_or(self.seen);
        // What cannot be bought costs nothing: it is shown, and not summed.
        let line_total = price.map_or(Ok(Money::zero(currency)), |price| price.checked_mul(self.quantity))?;
        let text = |read: fn(&Offer) -> &String| self.offer.as_ref().map(read).cloned().unwrap_or_default();
        Ok(CartLineView {
            id: self.variant,
            variant_id: self.variant,
            product_slug: text(|offer| &offer.product_slug),
            title: text(|offer| &offer.title),
            options: self.offer.as_ref().map(|offer| offer.options.clone()).unwrap_or_default(),
            seller: SellerName { slug: text(|offer| &offer.seller_slug), name: text(|offer| &offer.seller_name) },
            quantity: self.quantity,
            unit_price,
            line_total,
            image: self.offer.as_ref().and_then(|offer| offer.image.clone()).map(Picture::view),
            problems: self.problems(currency, price),
        })
    }

    fn problems(&self, currency: Currency, price: Option<Money>) -> Vec<LineProblem> {
        let Some(offer) = self.offer.as_ref().filter(|offer| !offer.withdrawn) else { return vec![LineProblem::Withdrawn] };
        let Some(now) = price else { return vec![LineProblem::NotInCurrency { currency }] };
        // A price in another currency says nothing about this one.
        let changed = (now.currency == self.seen.currency && now != self.seen).then_some(LineProblem::PriceChanged { was: self.seen, now });
        let short = match offer.available() {
            0 => Some(LineProblem::OutOfStock),
            available if available < self.quantity => Some(LineProblem::InsufficientStock { available }),
            _ => None,
        };
        changed.into_iter().chain(short).collect()
    }
}
