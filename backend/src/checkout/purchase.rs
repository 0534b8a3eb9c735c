//! What is being bought, as it was agreed: kept with the saga, so that every step can be run again from it.

use crate::cart::CheckoutCart;
use crate::db;
use crate::inventory::{Holder, ReserveLine};
use crate::orders::{NewLine, NewOrder, NewPart};
use crate::payments::{Bill, BillLine};
use crate::pricing::{ChosenShipping, Priced};
use domain::address::Address;
use domain::catalog::ImageView;
use domain::checkout::CheckoutRefusal;
use domain::checkout::saga::{SagaState, Step, UndoReason};
use domain::id::{BuyerId, CartId, CouponId, OrderId, OrderLineId, PaymentId, SellerId, SellerOrderId, StockItemId, VariantId};
use domain::inventory::{Destination, HolderKind};
use domain::market::Market;
use domain::money::{BasisPoints, Currency, Money, MoneyError};
use domain::orders::OrderNumber;
use domain::payments::ledger::SellerPart;
use domain::pricing::{Discount, PricedLine, Quote, TaxRule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// A purchase and how far it has come.
#[derive(Clone, Debug)]
pub(super) struct Saga {
    pub(super) id: Uuid,
    pub(super) buyer: BuyerId,
    pub(super) order: OrderId,
    pub(super) cart: CartId,
    pub(super) cart_version: i64,
    /// The step to run next, or to undo next.
    pub(super) step: Step,
    pub(super) state: SagaState,
    pub(super) purchase: Purchase,
    pub(super) outcome: Outcome,
    /// Failed runs of the present step.
    pub(super) attempts: i32,
    /// The end of the lease under which it was taken: its fence. Whoever has another one, or none, cannot store it.
    pub(super) lease: Option<OffsetDateTime>,
}

/// What the steps have left behind beside their own rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outcome {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<UndoReason>,
    /// What to tell whoever wanted to place the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refusal: Option<CheckoutRefusal>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Purchase {
    pub(super) payment: PaymentId,
    pub(super) email: String,
    pub(super) address: Address,
    pub(super) currency: Currency,
    pub(super) tax_rate: BasisPoints,
    pub(super) tax_included: bool,
    /// One per seller, in the order in which the sellers first appear.
    pub(super) parts: Vec<Part>,
    pub(super) lines: Vec<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) coupon: Option<UsedCoupon>,
    /// Where it was placed: the gateway's own page speaks the same language, and leads back there.
    #[serde(default)]
    pub(super) market: Market,
}

/// A coupon as it was when the order was placed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct UsedCoupon {
    pub(super) id: CouponId,
    pub(super) code: String,
    pub(super) discount: Discount,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) id: SellerOrderId,
    pub(super) seller: SellerId,
    pub(super) seller_slug: String,
    pub(super) seller_name: String,
    pub(super) commission_rate: BasisPoints,
    pub(super) shipping: ChosenShipping,
    pub(super) shipping_fee: Money,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) id: OrderLineId,
    pub(super) variant: VariantId,
    pub(super) stock_item: StockItemId,
    pub(super) seller: SellerId,
    pub(super) product_slug: String,
    pub(super) sku: String,
    pub(super) title: String,
    pub(super) options: BTreeMap<String, String>,
    pub(super) image: Option<ImageView>,
    pub(super) quantity: u32,
    pub(super) unit_price: Money,
}

impl Purchase {
    /// Freezes a priced cart. Lines without a price have been refused before.
    pub(super) fn new(email: String, address: Address, cart: &CheckoutCart, priced: &Priced, market: Market) -> Self {
        let part = |(quote, shipping): (&domain::pricing::SellerQuote, &ChosenShipping)| {
            let seller = cart.lines.iter().find(|line| line.seller == quote.seller)?;
            Some(Part {
                id: SellerOrderId(db::new_id()),
                seller: quote.seller,
                seller_slug: seller.seller_slug.clone(),
                seller_name: seller.seller_name.clone(),
                commission_rate: seller.commission,
                shipping: shipping.clone(),
                shipping_fee: quote.shipping,
            })
        };
        let line = |line: &crate::cart::CheckoutLine| {
            Some(Line {
                id: OrderLineId(db::new_id()),
                variant: line.variant,
                stock_item: line.stock_item,
                seller: line.seller,
                product_slug: line.product_slug.clone(),
                sku: line.sku.clone(),
                title: line.title.clone(),
                options: line.options.clone(),
                image: line.image.clone(),
                quantity: line.quantity,
                unit_price: line.unit_price?,
            })
        };
        let used = cart.coupon.as_ref().filter(|coupon| priced.view.coupon.as_ref() == Some(&coupon.code));
        Self {
            payment: PaymentId(db::new_id()),
            email,
            address,
            currency: cart.currency,
            tax_rate: priced.quote.tax_rule.rate,
            tax_included: priced.quote.tax_rule.included,
            parts: priced.quote.sellers.iter().zip(&priced.shipping).filter_map(part).collect(),
            lines: cart.lines.iter().filter_map(line).collect(),
            coupon: used.map(|coupon| UsedCoupon { id: coupon.id, code: coupon.code.clone(), discount: coupon.discount }),
            market,
        }
    }

    /// The same sum as was agreed: pricing is a function of what is kept here.
    pub(super) fn quote(&self) -> Result<Quote, MoneyError> {
        let lines: Vec<PricedLine> = self
            .lines
            .iter()
            .map(|line| PricedLine { variant: line.variant, seller: line.seller, quantity: line.quantity, unit_price: line.unit_price })
            .collect();
        let fees: Vec<(SellerId, Money)> = self.parts.iter().map(|part| (part.seller, part.shipping_fee)).collect();
        let discount = self.coupon.as_ref().map(|coupon| &coupon.discount);
        Quote::new(self.currency, &lines, &fees, TaxRule { rate: self.tax_rate, included: self.tax_included }, discount)
    }

    /// The purchase without its shopper: what was bought and paid stays.
    pub(super) fn forgotten(&self) -> Self {
        Self { email: String::new(), address: self.address.forgotten(), ..self.clone() }
    }

    pub(super) fn destination(&self) -> Destination {
        Destination { country: self.address.country(), region: self.address.region().map(str::to_owned) }
    }

    pub(super) fn reserve_lines(&self) -> Vec<ReserveLine> {
        let line =
            |line: &Line| ReserveLine { stock_item: line.stock_item, variant: line.variant, seller: line.seller, quantity: line.quantity };
        self.lines.iter().map(line).collect()
    }

    pub(super) fn quantities(&self) -> Vec<(VariantId, u32)> {
        self.lines.iter().map(|line| (line.variant, line.quantity)).collect()
    }
}

impl Saga {
    pub(super) fn holder(&self) -> Holder {
        Holder { kind: HolderKind::Order, id: self.order.0 }
    }

    pub(super) fn new_order(&self, expires_at: OffsetDateTime) -> Result<NewOrder, MoneyError> {
        let purchase = &self.purchase;
        let part = |part: &Part| NewPart {
            id: part.id,
            seller_slug: part.seller_slug.clone(),
            seller_name: part.seller_name.clone(),
            commission_rate: part.commission_rate,
            shipping_rate: part.shipping.rate,
            shipping_label: part.shipping.label.clone(),
            delivery_from: part.shipping.delivery_from.clone(),
            delivery_to: part.shipping.delivery_to.clone(),
            lines: purchase.lines.iter().filter(|line| line.seller == part.seller).map(new_line).collect(),
        };
        Ok(NewOrder {
            buyer: self.buyer,
            order: self.order,
            cart: self.cart,
            cart_version: self.cart_version,
            email: purchase.email.clone(),
            address: purchase.address.clone(),
            quote: purchase.quote()?,
            coupon_code: purchase.coupon.as_ref().map(|coupon| coupon.code.clone()),
            parts: purchase.parts.iter().map(part).collect(),
            expires_at,
        })
    }

    pub(super) fn bill(&self, number: OrderNumber) -> Result<Bill, MoneyError> {
        let quote = self.purchase.quote()?;
        let line = |line: &Line| BillLine { title: line.title.clone(), quantity: line.quantity, unit_price: line.unit_price };
        Ok(Bill {
            buyer: self.buyer,
            order: self.order,
            payment: self.purchase.payment,
            number,
            email: self.purchase.email.clone(),
            total: quote.total,
            lines: self.purchase.lines.iter().map(line).collect(),
            shipping: quote.shipping,
            market: self.purchase.market,
            tax_on_top: if quote.tax_rule.included { Money::zero(quote.total.currency) } else { quote.tax },
        })
    }

    /// What the ledger divides the money into.
    pub(super) fn seller_parts(&self) -> Result<Vec<SellerPart>, MoneyError> {
        let quote = self.purchase.quote()?;
        let part = |(part, seller): (&Part, &domain::pricing::SellerQuote)| SellerPart {
            id: part.id,
            seller: part.seller,
            net_goods: seller.net_goods.amount,
            net_shipping: seller.net_shipping.amount,
            tax: seller.tax.amount,
            commission: domain::pricing::commission(seller.net_goods, part.commission_rate).amount,
            contribution: seller.contribution.amount,
        };
        Ok(self.purchase.parts.iter().zip(&quote.sellers).map(part).collect())
    }
}

fn new_line(line: &Line) -> NewLine {
    NewLine {
        id: line.id,
        variant: line.variant,
        stock_item: line.stock_item,
        product_slug: line.product_slug.clone(),
        sku: line.sku.clone(),
        title: line.title.clone(),
        options: line.options.clone(),
        image: line.image.clone(),
    }
}
