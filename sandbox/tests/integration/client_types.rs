//! The sandbox through async-stripe: every object must parse with the types that the shop uses against Stripe itself.

use std::collections::HashMap;

use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData, CreateCheckoutSessionPaymentIntentData,
    CreateCheckoutSessionPaymentIntentDataCaptureMethod, ExpireCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_checkout::{CheckoutSessionMode, CheckoutSessionStatus};
use stripe_core::charge::{ListCharge, RetrieveCharge};
use stripe_core::event::ListEvent;
use stripe_core::payment_intent::{
    CancelPaymentIntent, CapturePaymentIntent, ConfirmPaymentIntent, CreatePaymentIntent, ListPaymentIntent, RetrievePaymentIntent,
    UpdatePaymentIntent,
};
use stripe_core::refund::{CreateRefund, ListRefund, RetrieveRefund};
use stripe_core::{PaymentIntent, PaymentIntentAllowedPaymentMethodTypes, PaymentIntentCaptureMethod, PaymentIntentStatus};

use crate::harness::{SECRET_KEY, Sandbox};

fn client(sandbox: &Sandbox) -> Client {
    ClientBuilder::new(SECRET_KEY).url(format!("{}/", sandbox.api)).build().unwrap()
}

async fn create(client: &Client) -> PaymentIntent {
    CreatePaymentIntent::new(5_000, stripe_types::Currency::EUR)
        .capture_method(PaymentIntentCaptureMethod::Manual)
        .allowed_payment_method_types(vec![PaymentIntentAllowedPaymentMethodTypes::Card])
        .metadata(HashMap::from([("order_id".to_owned(), "7".to_owned())]))
        .receipt_email("ada@example.org")
        .description("Order 7")
        .transfer_group("order_7")
        .send(client)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_payment_is_made_captured_and_refunded() {
    let sandbox = Sandbox::start().await;
    let client = client(&sandbox);
    let intent = create(&client).await;
    assert_eq!(intent.status, PaymentIntentStatus::RequiresPaymentMethod);
    assert_eq!(intent.metadata["order_id"], "7");
    let intent = UpdatePaymentIntent::new(intent.id).amount(6_000).send(&client).await.unwrap();
    let held = ConfirmPaymentIntent::new(intent.id.clone())
        .payment_method("pm_card_visa")
        .expand(vec!["latest_charge".to_owned(), "payment_method".to_owned()])
        .send(&client)
        .await
        .unwrap();
    assert_eq!((held.status, held.amount_capturable), (PaymentIntentStatus::RequiresCapture, 6_000));
    let charge = held.latest_charge.unwrap().into_object().unwrap();
    assert_eq!(charge.payment_method_details.unwrap().card.unwrap().last4.as_deref(), Some("4242"));
    assert!(held.payment_method.unwrap().into_object().unwrap().card.unwrap().fingerprint.is_some());

    let paid = CapturePaymentIntent::new(intent.id.clone()).amount_to_capture(4_000).send(&client).await.unwrap();
    assert_eq!((paid.status, paid.amount_received), (PaymentIntentStatus::Succeeded, 4_000));
    let refund = CreateRefund::new().payment_intent(intent.id.as_str()).amount(500).send(&client).await.unwrap();
    assert_eq!((refund.amount, refund.status.as_deref()), (500, Some("succeeded")));
    assert_eq!(RetrieveRefund::new(refund.id).send(&client).await.unwrap().amount, 500);
    let charge = RetrieveCharge::new(charge.id).expand(vec!["refunds".to_owned()]).send(&client).await.unwrap();
    assert_eq!((charge.amount_captured, charge.amount_refunded, charge.refunds.unwrap().data.len()), (4_000, 500, 1));

    assert_eq!(ListPaymentIntent::new().send(&client).await.unwrap().data.len(), 1);
    assert_eq!(ListCharge::new().payment_intent(intent.id.as_str()).send(&client).await.unwrap().data.len(), 1);
    assert_eq!(ListRefund::new().payment_intent(intent.id.as_str()).send(&client).await.unwrap().data.len(), 1);
    let events = ListEvent::new().send(&client).await.unwrap().data;
    assert_eq!(events[0].type_.as_str(), "charge.refunded");
}

#[tokio::test]
async fn an_intent_is_canceled_and_read_back() {
    let sandbox = Sandbox::start().await;
    let client = client(&sandbox);
    let intent = create(&client).await;
    CancelPaymentIntent::new(intent.id.clone()).send(&client).await.unwrap();
    let canceled = RetrievePaymentIntent::new(intent.id).send(&client).await.unwrap();
    assert_eq!(canceled.status, PaymentIntentStatus::Canceled);
    assert!(canceled.canceled_at.is_some());
}

#[tokio::test]
async fn a_decline_arrives_as_a_card_error_with_its_intent() {
    let sandbox = Sandbox::start().await;
    let client = client(&sandbox);
    let intent = create(&client).await;
    let error = ConfirmPaymentIntent::new(intent.id.clone())
        .payment_method("pm_card_chargeDeclinedInsufficientFunds")
        .send(&client)
        .await
        .unwrap_err();
    let StripeError::Stripe(error, 402) = error else { panic!("{error}") };
    assert_eq!(error.decline_code.as_deref(), Some("insufficient_funds"));
    assert_eq!(error.payment_intent.unwrap().id, intent.id);
    let after = RetrievePaymentIntent::new(intent.id).send(&client).await.unwrap();
    assert!(after.last_payment_error.unwrap().payment_method.is_some());
}

#[tokio::test]
async fn the_issuers_check_arrives_as_a_next_action() {
    let sandbox = Sandbox::start().await;
    let client = client(&sandbox);
    let intent = create(&client).await;
    let confirm =
        ConfirmPaymentIntent::new(intent.id).payment_method("pm_card_authenticationRequired").return_url("http://127.0.0.1:3000/");
    let asked = confirm.send(&client).await.unwrap();
    assert_eq!(asked.status, PaymentIntentStatus::RequiresAction);
    let address = asked.next_action.unwrap().redirect_to_url.unwrap().url.unwrap();
    assert!(sandbox.visit(&address).await.text.contains("Authorise payment"));
}

#[tokio::test]
async fn a_key_makes_a_repeated_request_one_payment() {
    let sandbox = Sandbox::start().await;
    let client = client(&sandbox);
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = CreatePaymentIntent::new(5_000, stripe_types::Currency::EUR);
        let strategy = RequestStrategy::Idempotent(IdempotencyKey::new("order-7").unwrap());
        ids.push(request.customize().request_strategy(strategy).send(&client).await.unwrap().id);
    }
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_session_is_opened_read_and_expired() {
    let sandbox = Sandbox::start().await;
    let client = client(&sandbox);
    let product = ProductData::new("Bowl");
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(stripe_types::Currency::EUR);
    price.unit_amount = Some(1_200);
    price.product_data = Some(product);
    let mut line = CreateCheckoutSessionLineItems::new();
    line.quantity = Some(2);
    line.price_data = Some(price);
    let mut intent_data = CreateCheckoutSessionPaymentIntentData::new();
    intent_data.capture_method = Some(CreateCheckoutSessionPaymentIntentDataCaptureMethod::Manual);
    intent_data.metadata = Some(HashMap::from([("order_id".to_owned(), "7".to_owned())]));
    let session = CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .line_items(vec![line])
        .payment_intent_data(intent_data)
        .success_url("http://127.0.0.1:3000/paid?session={CHECKOUT_SESSION_ID}")
        .cancel_url("http://127.0.0.1:3000/checkout")
        .client_reference_id("SK-1")
        .send(&client)
        .await
        .unwrap();
    assert_eq!((session.amount_total, session.status), (Some(2_400), Some(CheckoutSessionStatus::Open)));
    let form = [("number", "4000000000000002"), ("expiry", "12/45"), ("cvc", "123"), ("name", "Ada"), ("email", "ada@example.org")];
    sandbox.submit(&session.url.unwrap(), &form).await;
    let expand = ["line_items", "payment_intent"].map(str::to_owned).to_vec();
    let read = RetrieveCheckoutSession::new(session.id.clone()).expand(expand).send(&client).await.unwrap();
    assert_eq!(read.line_items.unwrap().data[0].amount_total, 2_400);
    assert_eq!(read.payment_intent.unwrap().into_object().unwrap().metadata["order_id"], "7");
    let expired = ExpireCheckoutSession::new(session.id).send(&client).await.unwrap();
    assert_eq!(expired.status, Some(CheckoutSessionStatus::Expired));
}
