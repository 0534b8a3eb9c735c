//! What it costs to have a cart's goods sent to an address: the tax of the destination, each seller's ways of shipping,
//! and the sum.

mod store;

use domain::address::Address;
use domain::id::{SellerId, ShippingRateId};
use domain::money::{Currency, Money, MoneyError};
use domain::pricing::{PricedLine, Quote, QuoteView, SellerName, ShippingOption, TaxRule};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

/// A way of shipping that was chosen, or taken by default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenShipping {
    pub seller: SellerId,
    pub rate: ShippingRateId,
    pub label: String,
    /// ISO dates.
    pub delivery_from: String,
    pub delivery_to: String,
}

/// A priced cart: what is shown, and what an order is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Priced {
    pub quote: Quote,
    /// One per seller of the quote, in its order.
    pub shipping: Vec<ChosenShipping>,
    pub view: QuoteView,
}

/// Why a cart cannot be priced at an address.
#[derive(Debug, thiserror::Error)]
pub enum Unpriced {
    #[error("a chosen way of shipping is not offered")]
    OptionUnknown,
    /// Names of the sellers who do not ship there.
    #[error("{0:?} do not ship there")]
    NotShipped(Vec<String>),
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Prices `lines` at `address`. `sellers`: names of all sellers of the lines; `chosen`: one rate per seller, defaults where
/// left out.
///
/// # Errors
/// See [`Unpriced`].
pub async fn price(
    db: &mut PgConnection,
    currency: Currency,
    lines: &[PricedLine],
    sellers: &[(SellerId, SellerName)],
    address: &Address,
    chosen: Option<&[ShippingRateId]>,
) -> Result<Priced, Unpriced> {
    let tax_rule = store::tax_rule(db, address.country().as_str(), address.region()).await?.unwrap_or(TaxRule::NONE);
    let ids: Vec<SellerId> = sellers.iter().map(|(seller, _)| *seller).collect();
    let rates = store::shipping_rates(db, &ids, address.country().as_str(), currency).await?;
    let chosen = chosen.unwrap_or_default();
    if chosen.iter().any(|id| rates.iter().all(|rate| rate.id != *id)) {
        return Err(Unpriced::OptionUnknown);
    }
    let goods = |seller: SellerId| {
        let totals = lines.iter().filter(|line| line.seller == seller).map(|line| line.unit_price.checked_mul(line.quantity));
        totals.collect::<Result<Vec<_>, _>>().and_then(|totals| Money::sum(currency, totals))
    };
    let (mut options, mut fees, mut shipping, mut unshipped) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (seller, name) in sellers {
        let goods = goods(*seller)?;
        let own: Vec<&store::Rate> = rates.iter().filter(|rate| rate.seller == *seller).collect();
        let picked: Vec<&&store::Rate> = own.iter().filter(|rate| chosen.contains(&rate.id)).collect();
        if picked.len() > 1 {
            return Err(Unpriced::OptionUnknown);
        }
        // Rates come with the default first.
        let Some(default) = own.first() else {
            unshipped.push(name.name.clone());
            continue;
        };
        let rate = picked.first().map_or(default, |rate| *rate);
        fees.push((*seller, rate.fee(goods)));
        shipping.push(rate.chosen());
        options.extend(own.iter().map(|rate| rate.option(name.clone(), goods, rate.id == default.id)));
    }
    if !unshipped.is_empty() {
        return Err(Unpriced::NotShipped(unshipped));
    }
    let quote = Quote::new(currency, lines, &fees, tax_rule)?;
    let view = QuoteView {
        shipping_options: options,
        subtotal: quote.subtotal,
        discount: quote.discount,
        shipping: quote.shipping,
        tax: quote.tax,
        tax_included: tax_rule.included,
        total: quote.total,
    };
    Ok(Priced { quote, shipping, view })
}

impl store::Rate {
    /// Free from a value of the seller's goods on, where the seller says so.
    fn fee(&self, goods: Money) -> Money {
        match self.free_from {
            Some(free_from) if goods.amount >= free_from => Money::zero(goods.currency),
            _ => Money::new(self.amount, goods.currency),
        }
    }

    fn chosen(&self) -> ChosenShipping {
        ChosenShipping {
            seller: self.seller,
            rate: self.id,
            label: self.label.clone(),
            delivery_from: self.delivery_from.clone(),
            delivery_to: self.delivery_to.clone(),
        }
    }

    fn option(&self, seller: SellerName, goods: Money, default: bool) -> ShippingOption {
        ShippingOption {
            id: self.id,
            seller,
            label: self.label.clone(),
            price: self.fee(goods),
            delivery_from: self.delivery_from.clone(),
            delivery_to: self.delivery_to.clone(),
            default,
        }
    }
}
