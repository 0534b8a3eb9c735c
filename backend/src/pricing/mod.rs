//! What it costs to have a cart's goods sent to an address: the tax of the destination, each seller's ways of shipping,
//! what a coupon takes off, and the sum.

pub mod coupons;
mod store;

use domain::address::Address;
use domain::id::{SellerId, ShippingRateId};
use domain::money::{Currency, Money, MoneyError};
use domain::pricing::{Coupon, PricedLine, Quote, QuoteView, SellerName, ShippingFee, ShippingOption, TaxRule, calendar_days};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::Duration;

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
    /// Names of the sellers who do not ship there, or nothing as heavy.
    #[error("{0:?} do not ship there")]
    NotShipped(Vec<String>),
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// One seller's goods on their way.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub seller: SellerId,
    pub name: SellerName,
    pub grams: u64,
}

/// Prices `lines` at `address`. `parcels`: one for each seller of the lines; `chosen`: one rate per seller, defaults where
/// left out; `coupon`: one that is good for these lines.
///
/// # Errors
/// See [`Unpriced`].
pub async fn price(
    db: &mut PgConnection,
    currency: Currency,
    lines: &[PricedLine],
    parcels: &[Parcel],
    address: &Address,
    chosen: Option<&[ShippingRateId]>,
    coupon: Option<&Coupon>,
) -> Result<Priced, Unpriced> {
    let tax_rule = store::tax_rule(db, address.country().as_str(), address.region()).await?.unwrap_or(TaxRule::NONE);
    let ids: Vec<SellerId> = parcels.iter().map(|parcel| parcel.seller).collect();
    let rates = store::shipping_rates(db, &ids, address.country().as_str(), currency).await?;
    let chosen = chosen.unwrap_or_default();
    let goods = |seller: SellerId| {
        let totals = lines.iter().filter(|line| line.seller == seller).map(|line| line.unit_price.checked_mul(line.quantity));
        totals.collect::<Result<Vec<_>, _>>().and_then(|totals| Money::sum(currency, totals))
    };
    let (mut options, mut fees, mut shipping, mut unshipped) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for parcel in parcels {
        let goods = goods(parcel.seller)?;
        let own: Vec<&store::Rate> =
            rates.iter().filter(|rate| rate.seller == parcel.seller && rate.fee(currency).takes(parcel.grams)).collect();
        let picked: Vec<&&store::Rate> = own.iter().filter(|rate| chosen.contains(&rate.id)).collect();
        if picked.len() > 1 {
            return Err(Unpriced::OptionUnknown);
        }
        // Rates come with the default first.
        let Some(default) = own.first() else {
            unshipped.push(parcel.name.name.clone());
            continue;
        };
        let rate = picked.first().map_or(default, |rate| *rate);
        fees.push((parcel.seller, rate.fee(currency).of(goods, parcel.grams)?));
        shipping.push(rate.chosen());
        for rate in &own {
            options.push(rate.option(parcel, rate.fee(currency).of(goods, parcel.grams)?, rate.id == default.id));
        }
    }
    if !unshipped.is_empty() {
        return Err(Unpriced::NotShipped(unshipped));
    }
    if chosen.iter().any(|id| shipping.iter().all(|way: &ChosenShipping| way.rate != *id)) {
        return Err(Unpriced::OptionUnknown);
    }
    let quote = Quote::new(currency, lines, &fees, tax_rule, coupon.map(|coupon| &coupon.discount))?;
    let view = QuoteView {
        shipping_options: options,
        coupon: coupon.map(|coupon| coupon.code.clone()),
        coupon_problem: None,
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
    fn fee(&self, currency: Currency) -> ShippingFee {
        ShippingFee {
            amount: Money::new(self.amount, currency),
            per_kg: Money::new(self.amount_per_kg, currency),
            free_from: self.free_from,
            grams_max: self.grams_max.map(i32::unsigned_abs),
        }
    }

    /// The ISO date so many working days from now.
    fn arrives_after(&self, working_days: i32) -> String {
        let days = calendar_days(self.today.weekday().number_from_monday(), working_days.unsigned_abs());
        self.today.saturating_add(Duration::days(days.into())).to_string()
    }

    fn chosen(&self) -> ChosenShipping {
        ChosenShipping {
            seller: self.seller,
            rate: self.id,
            label: self.label.clone(),
            delivery_from: self.arrives_after(self.days_from),
            delivery_to: self.arrives_after(self.days_to),
        }
    }

    fn option(&self, parcel: &Parcel, price: Money, default: bool) -> ShippingOption {
        ShippingOption {
            id: self.id,
            seller: parcel.name.clone(),
            label: self.label.clone(),
            price,
            delivery_from: self.arrives_after(self.days_from),
            delivery_to: self.arrives_after(self.days_to),
            default,
        }
    }
}
