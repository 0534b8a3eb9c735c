use domain::orders::{OrderStatus, OrderView};
use domain::payments::PaymentStatus;

/// What an order's payment means for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is paid or under way: the shopper may pay.
    Payable,
    /// Nobody knows yet; paying again could be paying twice.
    Open,
    Paid,
    /// Canceled or expired: there is nothing to pay any more.
    Ended,
}

pub fn outcome(order: &OrderView) -> Outcome {
    match order.status {
        OrderStatus::PendingPayment => match order.payment.status {
            PaymentStatus::Created | PaymentStatus::RequiresAction | PaymentStatus::Canceled => Outcome::Payable,
            PaymentStatus::Processing
            | PaymentStatus::Authorized
            | PaymentStatus::Captured
            | PaymentStatus::Settled
            | PaymentStatus::PartiallyRefunded
            | PaymentStatus::Refunded
            | PaymentStatus::Disputed
            | PaymentStatus::DisputeWon
            | PaymentStatus::DisputeLost => Outcome::Open,
        },
        OrderStatus::Canceled | OrderStatus::Expired => Outcome::Ended,
        OrderStatus::Paid
        | OrderStatus::PartiallyFulfilled
        | OrderStatus::Fulfilled
        | OrderStatus::Refunded
        | OrderStatus::PartiallyRefunded => Outcome::Paid,
    }
}
