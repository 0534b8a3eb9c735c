//! The purchase as a sequence of steps, each stored before the next begins. Before money has moved everything can be
//! undone, in reverse; from then on the only way is forward.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// What it costs, as shown to the shopper.
    Quote,
    /// Every unit is held, or none.
    ReserveStock,
    /// The order stands, with its lines and seller orders.
    PlaceOrder,
    /// The gateway has an intent that the shopper can pay.
    OpenPayment,
    /// The bank has agreed, and the hold has become firm in the same transaction. Waits for the shopper.
    AuthorizePayment,
    /// The money is taken.
    CapturePayment,
    /// Order paid, ledger posted, cart emptied of what was bought: one transaction.
    ConfirmOrder,
}

/// How the saga as a whole stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum SagaState {
    Running,
    /// For the shopper, the bank, or a gateway that does not answer.
    Waiting,
    Undoing,
    Done,
    Undone,
}

impl SagaState {
    pub fn is_live(self) -> bool {
        match self {
            SagaState::Running | SagaState::Waiting | SagaState::Undoing => true,
            SagaState::Done | SagaState::Undone => false,
        }
    }
}

/// How one run of a step ended. Not knowing is no outcome: the step is run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    Done,
    Wait,
    Refused,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Run(Step),
    /// Run the same step again later.
    Wait(Step),
    /// Undo this step, then those before it.
    Undo(Step),
    Finished,
}

/// What undoing a step means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoStep {
    /// The step leaves nothing behind.
    Nothing,
    /// Held and firm units go back.
    ReleaseStock,
    /// The order ends as canceled or expired, its units go back with it.
    CloseOrder,
    /// The gateway agrees that nothing can be paid any more.
    CancelPayment,
    /// The bank lets go of what it had set aside; no money has moved.
    VoidAuthorization,
    /// Money has moved: the saga goes on until it is done.
    Impossible,
}

/// Why a purchase is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndoReason {
    /// A step before the order was refused; nobody has seen an order.
    Refused,
    /// The shopper has changed the cart and placed it again.
    CartChanged,
    /// Not paid in time.
    HoldEnded,
    /// The hold had lapsed when the bank agreed, and the units were sold to somebody else.
    StockGone,
    /// The bank has let the authorisation go before it was captured.
    AuthorizationLost,
}

impl UndoReason {
    /// The cause as it stands in the order's history.
    pub fn as_str(self) -> &'static str {
        match self {
            UndoReason::Refused => "refused",
            UndoReason::CartChanged => "cart_changed",
            UndoReason::HoldEnded => "hold_ended",
            UndoReason::StockGone => "stock_gone",
            UndoReason::AuthorizationLost => "authorization_lost",
        }
    }
}

impl Step {
    pub const ALL: [Step; 7] = [
        Step::Quote,
        Step::ReserveStock,
        Step::PlaceOrder,
        Step::OpenPayment,
        Step::AuthorizePayment,
        Step::CapturePayment,
        Step::ConfirmOrder,
    ];

    pub fn following(self) -> Option<Step> {
        let place = Step::ALL.iter().position(|step| *step == self)?;
        Step::ALL.get(place + 1).copied()
    }

    /// Undoing goes this way.
    pub fn preceding(self) -> Option<Step> {
        let place = Step::ALL.iter().position(|step| *step == self)?;
        place.checked_sub(1).map(|place| Step::ALL[place])
    }

    pub fn undo(self) -> UndoStep {
        match self {
            Step::Quote => UndoStep::Nothing,
            Step::ReserveStock => UndoStep::ReleaseStock,
            Step::PlaceOrder => UndoStep::CloseOrder,
            Step::OpenPayment => UndoStep::CancelPayment,
            Step::AuthorizePayment => UndoStep::VoidAuthorization,
            // Refused means that the gateway has taken nothing: there is nothing to give back.
            Step::CapturePayment => UndoStep::Nothing,
            Step::ConfirmOrder => UndoStep::Impossible,
        }
    }
}

/// What follows when `step` has ended with `outcome`.
pub fn next(step: Step, outcome: StepOutcome) -> Next {
    match outcome {
        StepOutcome::Done => step.following().map_or(Next::Finished, Next::Run),
        StepOutcome::Refused if step.undo() != UndoStep::Impossible => Next::Undo(step),
        StepOutcome::Wait | StepOutcome::Refused => Next::Wait(step),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outcome() -> impl Strategy<Value = StepOutcome> {
        prop_oneof![4 => Just(StepOutcome::Done), 2 => Just(StepOutcome::Wait), 1 => Just(StepOutcome::Refused)]
    }

    proptest! {
        /// However the steps end: each is done once and in order, and what is undone had not yet taken money.
        #[test]
        fn a_purchase_goes_through_or_back_and_never_back_once_money_has_moved(outcomes in prop::collection::vec(outcome(), 0..60)) {
            let mut step = Step::Quote;
            let mut done = Vec::new();
            for outcome in outcomes {
                match next(step, outcome) {
                    Next::Run(following) => {
                        done.push(step);
                        step = following;
                    }
                    Next::Wait(same) => prop_assert_eq!(same, step),
                    Next::Undo(from) => {
                        prop_assert_eq!(from, step);
                        prop_assert!(!done.contains(&Step::CapturePayment));
                        break;
                    }
                    Next::Finished => {
                        done.push(step);
                        prop_assert_eq!(&done[..], &Step::ALL[..]);
                        break;
                    }
                }
            }
            prop_assert_eq!(&done[..], &Step::ALL[..done.len()]);
        }
    }

    #[test]
    fn done_steps_lead_to_the_end_in_order() {
        let mut step = Step::Quote;
        let mut seen = vec![step];
        while let Next::Run(following) = next(step, StepOutcome::Done) {
            step = following;
            seen.push(step);
        }
        assert_eq!(seen, Step::ALL);
        assert_eq!(next(Step::ConfirmOrder, StepOutcome::Done), Next::Finished);
    }

    #[test]
    fn every_step_has_its_undo_decision() {
        let decisions: Vec<UndoStep> = Step::ALL.into_iter().map(Step::undo).collect();
        assert_eq!(
            decisions,
            [
                UndoStep::Nothing,
                UndoStep::ReleaseStock,
                UndoStep::CloseOrder,
                UndoStep::CancelPayment,
                UndoStep::VoidAuthorization,
                UndoStep::Nothing,
                UndoStep::Impossible,
            ]
        );
    }

    #[test]
    fn a_refusal_undoes_the_step_and_all_before_it_the_gateway_first_the_stock_last() {
        let Next::Undo(mut step) = next(Step::AuthorizePayment, StepOutcome::Refused) else { panic!("a refusal is undone") };
        let mut undone = vec![step];
        while let Some(preceding) = step.preceding() {
            step = preceding;
            undone.push(step);
        }
        assert_eq!(undone, [Step::AuthorizePayment, Step::OpenPayment, Step::PlaceOrder, Step::ReserveStock, Step::Quote]);
    }

    #[test]
    fn once_money_has_moved_nothing_is_undone() {
        assert_eq!(next(Step::ConfirmOrder, StepOutcome::Refused), Next::Wait(Step::ConfirmOrder));
        for step in Step::ALL {
            assert_eq!(next(step, StepOutcome::Wait), Next::Wait(step));
        }
    }
}
