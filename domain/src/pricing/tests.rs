//! A thousand random carts: in every currency, under every tax, with every coupon, all sums are right to the cent.

use super::*;
use crate::id::{SellerId, VariantId};
use crate::money::{BasisPoints, Currency, Money, prorate};
use proptest::prelude::*;
use uuid::Uuid;

const SELLERS: u128 = 4;
const TAX_RATE_MAX: u32 = 3_000;

type Checked = Result<(), TestCaseError>;

/// What a shopper might buy, and on what terms.
#[derive(Clone, Debug)]
struct Purchase {
    currency: Currency,
    lines: Vec<PricedLine>,
    fees: Vec<(SellerId, Money)>,
    tax: TaxRule,
    discount: Option<Discount>,
}

impl Purchase {
    fn quote(&self) -> Quote {
        self.quote_with(self.discount.as_ref())
    }

    fn quote_with(&self, discount: Option<&Discount>) -> Quote {
        Quote::new(self.currency, &self.lines, &self.fees, self.tax, discount).expect("the amounts are small")
    }

    fn tax_of(&self, amount: i64) -> i64 {
        if self.tax.included { self.tax.rate.included_in(amount) } else { self.tax.rate.of(amount) }
    }
}

fn seller(number: u128) -> SellerId {
    SellerId(Uuid::from_u128(number))
}

fn currencies() -> impl Strategy<Value = Currency> {
    prop::sample::select(Currency::ALL.to_vec())
}

fn lines(currency: Currency) -> impl Strategy<Value = Vec<PricedLine>> {
    let line = (1..=SELLERS, 1_u32..=99, 0_i64..1_000_000).prop_map(move |(of, quantity, price)| PricedLine {
        variant: VariantId(Uuid::from_u128(7)),
        seller: seller(of),
        quantity,
        unit_price: Money::new(price, currency),
    });
    prop::collection::vec(line, 1..20)
}

/// A way of shipping and how much is sent by it; a seller without one ships free.
fn parcels(currency: Currency) -> impl Strategy<Value = Vec<Option<(ShippingFee, u64)>>> {
    let money = move |amount| Money::new(amount, currency);
    let parcel = (0_i64..10_000, 0_i64..500, prop::option::of(0_i64..5_000_000), 0_u64..60_000).prop_map(
        move |(amount, per_kg, free_from, grams)| {
            (ShippingFee { amount: money(amount), per_kg: money(per_kg), free_from, grams_max: None }, grams)
        },
    );
    prop::collection::vec(prop::option::of(parcel), SELLERS as usize)
}

fn fees(currency: Currency, lines: &[PricedLine], parcels: &[Option<(ShippingFee, u64)>]) -> Vec<(SellerId, Money)> {
    let fee = |(number, parcel): (u128, &Option<(ShippingFee, u64)>)| {
        let (fee, grams) = parcel.as_ref()?;
        let own = lines.iter().filter(|line| line.seller == seller(number));
        let goods = own.map(|line| line.unit_price.amount * i64::from(line.quantity)).sum();
        Some((seller(number), fee.of(Money::new(goods, currency), *grams).expect("the parcel is light")))
    };
    (1..).zip(parcels).filter_map(fee).collect()
}

/// Of one seller or of all, paid by either side, in all lanes; an amount is now and then in another currency.
fn discounts(currency: Currency) -> impl Strategy<Value = Discount> {
    let amount = (0_i64..5_000_000, prop_oneof![4 => Just(currency), 1 => currencies()]);
    let order = prop_oneof![
        Just(None),
        (0_u32..=BasisPoints::WHOLE).prop_map(|rate| Some(OrderCut::Percent(BasisPoints(rate)))),
        amount.prop_map(|(amount, currency)| Some(OrderCut::Amount(Money::new(amount, currency)))),
    ];
    let funder = prop_oneof![Just(Funder::Marketplace), Just(Funder::Seller)];
    let item = prop_oneof![Just(0_u32), 0_u32..=BasisPoints::WHOLE];
    let only = prop::option::of((1..=SELLERS).prop_map(seller));
    (only, funder, item, order, any::<bool>()).prop_map(|(seller, funder, item, order, free_shipping)| Discount {
        seller,
        funder,
        item: BasisPoints(item),
        order,
        free_shipping,
    })
}

fn purchases() -> impl Strategy<Value = Purchase> {
    currencies().prop_flat_map(|currency| {
        let tax = (0..TAX_RATE_MAX, any::<bool>()).prop_map(|(rate, included)| TaxRule { rate: BasisPoints(rate), included });
        let terms = (tax, prop::option::weighted(0.8, discounts(currency)));
        (lines(currency), parcels(currency), terms).prop_map(move |(lines, parcels, (tax, discount))| Purchase {
            fees: fees(currency, &lines, &parcels),
            currency,
            lines,
            tax,
            discount,
        })
    })
}

/// The order is the sum of its sellers' parts, and those can be told from it again.
fn check_order(purchase: &Purchase, quote: &Quote) -> Checked {
    let sum = |part: fn(&SellerQuote) -> Money| quote.sellers.iter().map(|seller| part(seller).amount).sum::<i64>();
    prop_assert_eq!(quote.subtotal.amount, sum(|part| part.goods));
    prop_assert_eq!(quote.discount.amount, sum(|part| part.discount));
    prop_assert_eq!(quote.shipping.amount, sum(|part| part.shipping));
    prop_assert_eq!(quote.tax.amount, sum(|part| part.tax));
    prop_assert_eq!(quote.total.amount, sum(|part| part.total));
    let currencies = [quote.subtotal, quote.discount, quote.shipping, quote.tax, quote.total].map(|money| money.currency);
    prop_assert_eq!(currencies, [purchase.currency; 5]);
    prop_assert_eq!(quote.sellers.iter().map(|part| part.lines.len()).sum::<usize>(), purchase.lines.len());
    let totals: Vec<i64> = quote.sellers.iter().map(|part| part.total.amount).collect();
    let weights: Vec<u64> = totals.iter().map(|total| total.unsigned_abs()).collect();
    prop_assert_eq!(prorate(quote.total.amount, &weights), totals);
    Ok(())
}

/// A part is its goods, less the discount, with shipping and tax; it is never negative, and neither is anything in it.
fn check_part(purchase: &Purchase, part: &SellerQuote, commission_rate: BasisPoints) -> Checked {
    let money = [part.goods, part.shipping, part.discount, part.tax, part.net_goods, part.net_shipping, part.contribution, part.total];
    prop_assert!(money.iter().all(|money| money.amount >= 0 && money.currency == purchase.currency), "{part:?}");
    let on_top = if purchase.tax.included { 0 } else { part.tax.amount };
    prop_assert_eq!(part.total.amount, part.goods.amount - part.discount.amount + part.shipping.amount + on_top);
    let net = part.net_goods.amount + part.net_shipping.amount;
    prop_assert_eq!(part.total.amount, net + part.tax.amount - part.contribution.amount);
    let fee = purchase.fees.iter().find(|(of, _)| *of == part.seller).map_or(0, |(_, fee)| fee.amount);
    prop_assert_eq!(part.shipping.amount, fee);
    let is_freed = purchase.discount.is_some_and(|discount| discount.free_shipping && discount.is_for(part.seller));
    let off_parcel = if is_freed { fee } else { 0 };
    let (mut goods, mut off, mut tax) = (0, off_parcel, purchase.tax_of(fee - off_parcel));
    for LineQuote { line, charge } in &part.lines {
        prop_assert_eq!(charge.price.amount, line.unit_price.amount * i64::from(line.quantity));
        prop_assert!((0..=charge.price.amount).contains(&charge.discount.amount), "{charge:?}");
        prop_assert_eq!(charge.tax.amount, purchase.tax_of(charge.price.amount - charge.discount.amount));
        goods += charge.price.amount;
        off += charge.discount.amount;
        tax += charge.tax.amount;
    }
    prop_assert_eq!((part.goods.amount, part.discount.amount, part.tax.amount), (goods, off, tax));
    let commission = commission(part.net_goods, commission_rate).amount;
    prop_assert!((0..=part.net_goods.amount).contains(&commission), "{commission}");
    Ok(())
}

/// What is taken off is borne by the seller or by the marketplace, whoever gave it, and by the state for its tax.
fn check_funding(purchase: &Purchase, part: &SellerQuote, whole: &SellerQuote) -> Checked {
    let net = |part: &SellerQuote| part.net_goods.amount + part.net_shipping.amount;
    let (by_seller, by_marketplace) = (net(whole) - net(part), part.contribution.amount);
    let by_state = if purchase.tax.included { whole.tax.amount - part.tax.amount } else { 0 };
    prop_assert_eq!(part.discount.amount, by_seller + by_marketplace + by_state);
    prop_assert!(by_seller >= 0 && by_marketplace >= 0 && by_state >= 0, "{by_seller} {by_marketplace} {by_state}");
    match purchase.discount.map(|discount| discount.funder) {
        Some(Funder::Marketplace) => prop_assert_eq!(by_seller, 0),
        Some(Funder::Seller) => prop_assert_eq!(by_marketplace, 0),
        None => prop_assert_eq!(part, whole),
    }
    if purchase.discount.is_some_and(|discount| !discount.is_for(part.seller)) {
        prop_assert_eq!(part, whole);
    }
    Ok(())
}

/// Each lane takes off what it promises: a share of each line, then of what is left, and never more than that.
fn check_lanes(purchase: &Purchase, discount: &Discount, quote: &Quote) -> Checked {
    let own = quote.sellers.iter().filter(|part| discount.is_for(part.seller)).flat_map(|part| &part.lines);
    let (mut items, mut left, mut off) = (0, 0, 0);
    for LineQuote { charge, .. } in own {
        let item = discount.item.of(charge.price.amount);
        items += item;
        left += charge.price.amount - item;
        off += charge.discount.amount;
        prop_assert!(charge.discount.amount >= item, "{charge:?}");
    }
    let cut = match discount.order {
        Some(OrderCut::Percent(rate)) => rate.of(left),
        Some(OrderCut::Amount(amount)) if amount.currency == purchase.currency => amount.amount.min(left),
        Some(OrderCut::Amount(_)) | None => 0,
    };
    prop_assert_eq!(off, items + cut);
    Ok(())
}

/// What a line gives back is its share of the part by value, off by less than a minor unit.
fn check_shares(part: &SellerQuote) -> Checked {
    let shares: Vec<i64> = part.line_shares().iter().map(|share| share.amount).collect();
    prop_assert_eq!(shares.iter().sum::<i64>(), part.total.amount);
    prop_assert!(shares.iter().all(|share| *share >= 0), "{shares:?}");
    let values: Vec<i128> = part.lines.iter().map(|line| i128::from(line.charge.price.amount - line.charge.discount.amount)).collect();
    let whole: i128 = values.iter().sum();
    if whole > 0 {
        let error = |(share, value): (&i64, &i128)| (i128::from(*share) * whole - i128::from(part.total.amount) * value).abs();
        prop_assert!(shares.iter().zip(&values).map(error).all(|error| error < whole), "{shares:?} of {values:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_quote_adds_up(purchase in purchases(), commission_rate in 0_u32..=BasisPoints::WHOLE) {
        let (quote, whole) = (purchase.quote(), purchase.quote_with(None));
        check_order(&purchase, &quote)?;
        for (part, whole) in quote.sellers.iter().zip(&whole.sellers) {
            check_part(&purchase, part, BasisPoints(commission_rate))?;
            check_funding(&purchase, part, whole)?;
            check_shares(part)?;
        }
        if let Some(discount) = &purchase.discount {
            check_lanes(&purchase, discount, &quote)?;
        }
    }
}
