//! The double-entry book, as sums. A transfer moves money between accounts; its entries (debit positive, credit negative)
//! sum to zero per currency. Nothing is edited: what was wrong is put right by another transfer.

use crate::id::{PaymentId, SellerId, SellerOrderId};
use crate::money::{Currency, Money, MoneyError};

/// Whose money it is, or where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// What the gateway holds for the marketplace.
    GatewayClearing,
    /// What a seller is owed.
    SellerPayable(SellerId),
    /// What the marketplace has earned.
    PlatformRevenue,
    /// What is owed to tax offices.
    TaxPayable,
    /// Shipping that shoppers have paid, until it goes to those who ship.
    Shipping,
}

impl Account {
    /// The name under which the account is stored.
    pub fn kind(self) -> &'static str {
        match self {
            Account::GatewayClearing => "gateway_clearing",
            Account::SellerPayable(_) => "seller_payable",
            Account::PlatformRevenue => "platform_revenue",
            Account::TaxPayable => "tax_payable",
            Account::Shipping => "shipping",
        }
    }

    pub fn seller(self) -> Option<SellerId> {
        match self {
            Account::SellerPayable(seller) => Some(seller),
            Account::GatewayClearing | Account::PlatformRevenue | Account::TaxPayable | Account::Shipping => None,
        }
    }
}

/// What a transfer is for. The same fact is posted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fact {
    /// The shopper's money has come.
    Capture(PaymentId),
    /// A seller ships, so the shipping fee is theirs.
    Shipping(SellerOrderId),
    /// What the marketplace keeps of a seller's goods.
    Commission(SellerOrderId),
}

impl Fact {
    pub fn kind(self) -> &'static str {
        match self {
            Fact::Capture(_) => "capture",
            Fact::Shipping(_) => "shipping",
            Fact::Commission(_) => "commission",
        }
    }

    /// With [`Fact::kind`] the fact's name in the book.
    pub fn reference(self) -> uuid::Uuid {
        match self {
            Fact::Capture(payment) => payment.0,
            Fact::Shipping(part) | Fact::Commission(part) => part.0,
        }
    }
}

/// Debit positive, credit negative; never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub account: Account,
    pub amount: Money,
}

/// Balanced by construction: see [`Transfer::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    pub fact: Fact,
    pub entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    #[error("the entries of a transfer sum to {0}, not to zero")]
    Unbalanced(i64),
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Transfer {
    /// Joins entries of one account, leaves out zeros, and refuses what does not balance. None when nothing moves.
    fn new(fact: Fact, currency: Currency, entries: &[(Account, i64)]) -> Result<Option<Self>, LedgerError> {
        let mut joined: Vec<Entry> = Vec::new();
        for (account, amount) in entries {
            let amount = Money::new(*amount, currency);
            match joined.iter_mut().find(|entry| entry.account == *account) {
                Some(entry) => entry.amount = entry.amount.checked_add(amount)?,
                None => joined.push(Entry { account: *account, amount }),
            }
        }
        joined.retain(|entry| entry.amount.amount != 0);
        let sum = Money::sum(currency, joined.iter().map(|entry| entry.amount))?;
        match sum.amount {
            0 if joined.is_empty() => Ok(None),
            0 => Ok(Some(Self { fact, entries: joined })),
            other => Err(LedgerError::Unbalanced(other)),
        }
    }
}

/// One seller's part of a sale, as it was frozen when the order was placed. Amounts in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SellerPart {
    pub id: SellerOrderId,
    pub seller: SellerId,
    pub net_goods: i64,
    pub net_shipping: i64,
    pub tax: i64,
    pub commission: i64,
    /// What the marketplace adds to what the shopper pays, for a discount that it bears.
    pub contribution: i64,
}

/// Everything that is posted when an order's payment is captured: the money's arrival, divided; then each seller's
/// shipping fee to the seller, and the commission to the marketplace.
///
/// # Errors
/// The parts do not add up to `total`: then nothing may be posted.
pub fn sale(payment: PaymentId, total: Money, parts: &[SellerPart]) -> Result<Vec<Transfer>, LedgerError> {
    let currency = total.currency;
    let mut arrival = vec![(Account::GatewayClearing, total.amount)];
    for part in parts {
        arrival.push((Account::SellerPayable(part.seller), -part.net_goods));
        arrival.push((Account::Shipping, -part.net_shipping));
        arrival.push((Account::TaxPayable, -part.tax));
        arrival.push((Account::PlatformRevenue, part.contribution));
    }
    let mut transfers = vec![Transfer::new(Fact::Capture(payment), currency, &arrival)?];
    for part in parts {
        let seller = Account::SellerPayable(part.seller);
        let shipping = [(Account::Shipping, part.net_shipping), (seller, -part.net_shipping)];
        transfers.push(Transfer::new(Fact::Shipping(part.id), currency, &shipping)?);
        let commission = [(seller, part.commission), (Account::PlatformRevenue, -part.commission)];
        transfers.push(Transfer::new(Fact::Commission(part.id), currency, &commission)?);
    }
    Ok(transfers.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn part(number: u128, seller: u128, amounts: (i64, i64, i64, i64)) -> SellerPart {
        let (net_goods, net_shipping, tax, commission) = amounts;
        SellerPart {
            id: SellerOrderId(Uuid::from_u128(number)),
            seller: SellerId(Uuid::from_u128(seller)),
            net_goods,
            net_shipping,
            tax,
            commission,
            contribution: 0,
        }
    }

    fn balance(transfers: &[Transfer], account: Account) -> i64 {
        transfers
            .iter()
            .flat_map(|transfer| &transfer.entries)
            .filter(|entry| entry.account == account)
            .map(|entry| entry.amount.amount)
            .sum()
    }

    fn usd(amount: i64) -> Money {
        Money::new(amount, Currency::Usd)
    }

    const PAYMENT: PaymentId = PaymentId(Uuid::from_u128(9));

    #[test]
    fn a_sale_leaves_each_with_their_share() {
        let parts = [part(1, 1, (10_000, 500, 840, 1_250)), part(2, 2, (2_000, 0, 160, 200))];
        let transfers = sale(PAYMENT, usd(13_500), &parts).unwrap();
        assert_eq!(balance(&transfers, Account::GatewayClearing), 13_500);
        assert_eq!(balance(&transfers, Account::SellerPayable(parts[0].seller)), -(10_000 + 500 - 1_250));
        assert_eq!(balance(&transfers, Account::SellerPayable(parts[1].seller)), -1_800);
        assert_eq!(balance(&transfers, Account::PlatformRevenue), -1_450);
        assert_eq!(balance(&transfers, Account::TaxPayable), -1_000);
        assert_eq!(balance(&transfers, Account::Shipping), 0);
        // The second seller ships free of charge: there is nothing to move.
        assert_eq!(transfers.len(), 1 + 2 + 1);
    }

    #[test]
    fn a_discount_that_the_marketplace_bears_is_its_own_loss() {
        let part = SellerPart { contribution: 2_000, ..part(1, 1, (10_000, 500, 640, 1_250)) };
        let transfers = sale(PAYMENT, usd(9_140), &[part]).unwrap();
        assert_eq!(balance(&transfers, Account::GatewayClearing), 9_140);
        assert_eq!(balance(&transfers, Account::SellerPayable(part.seller)), -(10_000 + 500 - 1_250));
        assert_eq!(balance(&transfers, Account::PlatformRevenue), 2_000 - 1_250);
    }

    #[test]
    fn parts_that_do_not_add_up_are_not_posted() {
        let parts = [part(1, 1, (10_000, 500, 840, 1_250))];
        assert_eq!(sale(PAYMENT, usd(11_341), &parts), Err(LedgerError::Unbalanced(1)));
    }

    proptest! {
        #[test]
        fn every_sale_sums_to_zero_and_is_divided_without_rest(
            shares in prop::collection::vec((0_i64..1_000_000, 0_i64..10_000, 0_i64..100_000, 0_i64..10_000), 1..8),
        ) {
            let parts: Vec<SellerPart> = shares
                .into_iter()
                .enumerate()
                .map(|(n, (goods, shipping, tax, rate))| part(n as u128, n as u128 % 3, (goods, shipping, tax, goods * rate / 10_000)))
                .collect();
            let total: i64 = parts.iter().map(|part| part.net_goods + part.net_shipping + part.tax).sum();
            prop_assume!(total > 0);
            let transfers = sale(PAYMENT, usd(total), &parts).unwrap();
            for transfer in &transfers {
                prop_assert_eq!(transfer.entries.iter().map(|entry| entry.amount.amount).sum::<i64>(), 0);
                prop_assert!(transfer.entries.len() >= 2);
                prop_assert!(transfer.entries.iter().all(|entry| entry.amount.amount != 0));
            }
            let sellers: i64 = (0..3).map(|seller| -balance(&transfers, Account::SellerPayable(SellerId(Uuid::from_u128(seller))))).sum();
            let commission = -balance(&transfers, Account::PlatformRevenue);
            let tax = -balance(&transfers, Account::TaxPayable);
            prop_assert_eq!(total, sellers + commission + tax);
            prop_assert_eq!(balance(&transfers, Account::Shipping), 0);
        }
    }
}
