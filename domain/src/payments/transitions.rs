use super::PaymentStatus;

/// Every change of a payment's state that may happen. The database holds the same rows in `allowed_transition`.
///
/// A refused attempt leads back to `created`: the order can be paid again. Once money is captured nothing is canceled any
/// more, it is refunded.
pub const TRANSITIONS: &[(PaymentStatus, PaymentStatus)] = {
    use PaymentStatus::{
        Authorized, Canceled, Captured, Created, DisputeLost, DisputeWon, Disputed, PartiallyRefunded, Processing, Refunded,
        RequiresAction, Settled,
    };
    &[
        (Created, RequiresAction),
        (Created, Processing),
        (Created, Authorized),
        (Created, Canceled),
        (RequiresAction, Created),
        (RequiresAction, Processing),
        (RequiresAction, Authorized),
        (RequiresAction, Canceled),
        (Processing, Created),
        (Processing, RequiresAction),
        (Processing, Authorized),
        (Processing, Canceled),
        (Authorized, Captured),
        (Authorized, Canceled),
        (Captured, Settled),
        (Captured, PartiallyRefunded),
        (Captured, Refunded),
        (Captured, Disputed),
        (Settled, PartiallyRefunded),
        (Settled, Refunded),
        (Settled, Disputed),
        (PartiallyRefunded, Refunded),
        (PartiallyRefunded, Disputed),
        (Disputed, DisputeWon),
        (Disputed, DisputeLost),
    ]
};

impl PaymentStatus {
    pub const ALL: [PaymentStatus; 12] = [
        PaymentStatus::Created,
        PaymentStatus::RequiresAction,
        PaymentStatus::Processing,
        PaymentStatus::Authorized,
        PaymentStatus::Captured,
        PaymentStatus::Settled,
        PaymentStatus::Canceled,
        PaymentStatus::PartiallyRefunded,
        PaymentStatus::Refunded,
        PaymentStatus::Disputed,
        PaymentStatus::DisputeWon,
        PaymentStatus::DisputeLost,
    ];

    /// The name under which the state is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            PaymentStatus::Created => "created",
            PaymentStatus::RequiresAction => "requires_action",
            PaymentStatus::Processing => "processing",
            PaymentStatus::Authorized => "authorized",
            PaymentStatus::Captured => "captured",
            PaymentStatus::Settled => "settled",
            PaymentStatus::Canceled => "canceled",
            PaymentStatus::PartiallyRefunded => "partially_refunded",
            PaymentStatus::Refunded => "refunded",
            PaymentStatus::Disputed => "disputed",
            PaymentStatus::DisputeWon => "dispute_won",
            PaymentStatus::DisputeLost => "dispute_lost",
        }
    }

    /// Whether `self → next` may happen.
    pub fn may_become(self, next: PaymentStatus) -> bool {
        TRANSITIONS.contains(&(self, next))
    }

    /// Whether the shopper can still be asked to pay.
    pub fn is_open(self) -> bool {
        match self {
            PaymentStatus::Created | PaymentStatus::RequiresAction | PaymentStatus::Processing => true,
            PaymentStatus::Authorized
            | PaymentStatus::Captured
            | PaymentStatus::Settled
            | PaymentStatus::Canceled
            | PaymentStatus::PartiallyRefunded
            | PaymentStatus::Refunded
            | PaymentStatus::Disputed
            | PaymentStatus::DisputeWon
            | PaymentStatus::DisputeLost => false,
        }
    }

    /// Whether the shopper's money was taken, whatever became of it later.
    pub fn is_captured(self) -> bool {
        !self.is_open() && !matches!(self, PaymentStatus::Authorized | PaymentStatus::Canceled)
    }
}

impl std::str::FromStr for PaymentStatus {
    type Err = UnknownStatus;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        PaymentStatus::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a state")]
pub struct UnknownStatus;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever the gateway reports in whatever sequence: one capture at most, and then no way back to before it.
        #[test]
        fn money_is_taken_once_at_most(reported in prop::collection::vec(prop::sample::select(PaymentStatus::ALL.to_vec()), 0..60)) {
            let mut walk = vec![PaymentStatus::Created];
            for next in reported {
                if walk[walk.len() - 1].may_become(next) {
                    walk.push(next);
                }
            }
            let captures = walk.iter().filter(|status| **status == PaymentStatus::Captured).count();
            prop_assert!(captures <= 1, "{walk:?}");
            if let Some(capture) = walk.iter().position(|status| status.is_captured()) {
                prop_assert_eq!(&walk[capture - 1..=capture], [PaymentStatus::Authorized, PaymentStatus::Captured]);
                prop_assert!(walk[capture..].iter().all(|status| status.is_captured()), "{walk:?}");
            }
        }
    }

    #[test]
    fn a_canceled_payment_stays_canceled_and_a_captured_one_is_never_canceled() {
        for next in PaymentStatus::ALL {
            assert!(!PaymentStatus::Canceled.may_become(next));
        }
        for status in PaymentStatus::ALL.into_iter().filter(|status| status.is_captured()) {
            assert!(!status.may_become(PaymentStatus::Canceled), "{status:?}");
            assert!(!status.may_become(PaymentStatus::Created), "{status:?}");
        }
    }

    #[test]
    fn every_state_but_the_first_can_be_reached_and_no_state_follows_itself() {
        for status in PaymentStatus::ALL {
            assert!(!status.may_become(status), "{status:?}");
            let reached = TRANSITIONS.iter().any(|(_, next)| *next == status);
            assert!(reached, "{status:?}");
        }
    }

    #[test]
    fn a_refused_attempt_leaves_the_payment_open() {
        assert!(PaymentStatus::Processing.may_become(PaymentStatus::Created));
        assert!(PaymentStatus::RequiresAction.may_become(PaymentStatus::Created));
        assert!(!PaymentStatus::Authorized.may_become(PaymentStatus::Created));
    }

    #[test]
    fn the_stored_name_is_the_name_on_the_wire() {
        for status in PaymentStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(status.as_str().parse::<PaymentStatus>(), Ok(status));
        }
    }
}
