use super::OrderStatus;
use crate::payments::PaymentStatus;

/// Every change of an order's state that may happen. The database holds the same rows in `allowed_transition`.
pub const TRANSITIONS: &[(OrderStatus, OrderStatus)] = {
    use OrderStatus::{Canceled, Expired, Fulfilled, Paid, PartiallyFulfilled, PartiallyRefunded, PendingPayment, Refunded};
    &[
        (PendingPayment, Paid),
        (PendingPayment, Canceled),
        (PendingPayment, Expired),
        (Paid, PartiallyFulfilled),
        (Paid, Fulfilled),
        (Paid, Canceled),
        (Paid, PartiallyRefunded),
        (Paid, Refunded),
        (PartiallyFulfilled, Fulfilled),
        (PartiallyFulfilled, PartiallyRefunded),
        (PartiallyFulfilled, Refunded),
        (Fulfilled, PartiallyRefunded),
        (Fulfilled, Refunded),
        (PartiallyRefunded, Refunded),
    ]
};

impl OrderStatus {
    pub const ALL: [OrderStatus; 8] = [
        OrderStatus::PendingPayment,
        OrderStatus::Paid,
        OrderStatus::PartiallyFulfilled,
        OrderStatus::Fulfilled,
        OrderStatus::Canceled,
        OrderStatus::Refunded,
        OrderStatus::PartiallyRefunded,
        OrderStatus::Expired,
    ];

    /// The name under which the state is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            OrderStatus::PendingPayment => "pending_payment",
            OrderStatus::Paid => "paid",
            OrderStatus::PartiallyFulfilled => "partially_fulfilled",
            OrderStatus::Fulfilled => "fulfilled",
            OrderStatus::Canceled => "canceled",
            OrderStatus::Refunded => "refunded",
            OrderStatus::PartiallyRefunded => "partially_refunded",
            OrderStatus::Expired => "expired",
        }
    }

    /// Whether `self → next` may happen.
    pub fn may_become(self, next: OrderStatus) -> bool {
        TRANSITIONS.contains(&(self, next))
    }

    /// Whether the order was paid, whatever became of it later.
    pub fn was_paid(self) -> bool {
        match self {
            OrderStatus::PendingPayment | OrderStatus::Canceled | OrderStatus::Expired => false,
            OrderStatus::Paid
            | OrderStatus::PartiallyFulfilled
            | OrderStatus::Fulfilled
            | OrderStatus::Refunded
            | OrderStatus::PartiallyRefunded => true,
        }
    }

    /// What the order's timeline calls the arrival in this state.
    pub fn timeline_event(self) -> &'static str {
        match self {
            OrderStatus::PendingPayment => "order_placed",
            OrderStatus::Paid => "order_paid",
            OrderStatus::PartiallyFulfilled => "order_partially_shipped",
            OrderStatus::Fulfilled => "order_shipped",
            OrderStatus::Canceled => "order_canceled",
            OrderStatus::Refunded => "order_refunded",
            OrderStatus::PartiallyRefunded => "order_partially_refunded",
            OrderStatus::Expired => "order_expired",
        }
    }
}

/// What the order's timeline says about a payment that arrives in this state; none for what only the machinery notices.
pub fn timeline_event(payment: PaymentStatus) -> Option<&'static str> {
    match payment {
        PaymentStatus::Created | PaymentStatus::Processing | PaymentStatus::Settled => None,
        PaymentStatus::RequiresAction => Some("payment_requires_action"),
        PaymentStatus::Authorized => Some("payment_authorized"),
        PaymentStatus::Captured => Some("payment_captured"),
        PaymentStatus::Canceled => Some("payment_canceled"),
        PaymentStatus::PartiallyRefunded => Some("payment_partially_refunded"),
        PaymentStatus::Refunded => Some("payment_refunded"),
        PaymentStatus::Disputed => Some("payment_disputed"),
        PaymentStatus::DisputeWon => Some("dispute_won"),
        PaymentStatus::DisputeLost => Some("dispute_lost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is asked of an order in whatever sequence: paid once at most, never unpaid again, and its end is the end.
        #[test]
        fn an_order_is_paid_once_at_most_and_ends_once(asked in prop::collection::vec(prop::sample::select(OrderStatus::ALL.to_vec()), 0..40)) {
            let mut walk = vec![OrderStatus::PendingPayment];
            for next in asked {
                if walk[walk.len() - 1].may_become(next) {
                    walk.push(next);
                }
            }
            for status in OrderStatus::ALL {
                prop_assert!(walk.iter().filter(|seen| **seen == status).count() <= 1, "{status:?} twice in {walk:?}");
            }
            let paid = walk.iter().position(|status| status.was_paid());
            prop_assert_eq!(paid, walk.iter().position(|status| *status == OrderStatus::Paid));
            for status in &walk[paid.unwrap_or(walk.len())..] {
                prop_assert!(status.was_paid() || *status == OrderStatus::Canceled, "{walk:?}");
            }
        }
    }

    #[test]
    fn an_order_that_ended_unpaid_stays_so() {
        for ended in [OrderStatus::Canceled, OrderStatus::Expired] {
            assert!(OrderStatus::ALL.into_iter().all(|next| !ended.may_become(next)), "{ended:?}");
        }
    }

    #[test]
    fn no_order_goes_back_to_unpaid() {
        assert!(TRANSITIONS.iter().all(|(_, next)| *next != OrderStatus::PendingPayment));
        assert!(TRANSITIONS.iter().all(|(from, next)| from.was_paid() <= (next.was_paid() || *next == OrderStatus::Canceled)));
    }

    #[test]
    fn the_stored_name_is_the_name_on_the_wire() {
        for status in OrderStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }
}
