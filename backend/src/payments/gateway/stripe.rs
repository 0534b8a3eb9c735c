use super::stripe_mapping::{failure, intent, locale, session, session_line};
use super::{GatewayError, Intent, NewIntent, NewSession, Session};
use domain::money::Money;
use domain::payments::chargeable;
use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;
use stripe::{IdempotencyKey, RequestStrategy, StripeError, StripeRequest as _};
use stripe_checkout::CheckoutSessionMode;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionPaymentIntentData, CreateCheckoutSessionPaymentIntentDataCaptureMethod,
    ExpireCheckoutSession, RetrieveCheckoutSession,
};
use stripe_core::PaymentIntentCaptureMethod;
use stripe_core::payment_intent::{
    CancelPaymentIntent, CapturePaymentIntent, ConfirmPaymentIntent, CreatePaymentIntent, CreatePaymentIntentAutomaticPaymentMethods,
    RetrievePaymentIntent,
};
use tokio::time::Instant;

/// Requests of one call, the first included.
const TRIES_MAX: u32 = 3;
/// A shopper waits no longer for the gateway; a worker goes on from there.
const BUDGET: Duration = Duration::from_secs(5);
/// Before the second try; doubled before the third, each with jitter.
const PAUSE_MS: u64 = 80;

/// A client of the gateway. Cheap to clone; connects when it is used.
#[derive(Clone, Debug)]
pub struct Gateway {
    client: stripe::Client,
}

impl Gateway {
    /// `base_url`: another address than Stripe's own, such as the sandbox's.
    ///
    /// # Errors
    /// The key or the address cannot be sent in a request.
    pub fn connect(secret_key: &str, base_url: Option<&str>) -> anyhow::Result<Self> {
        let mut builder = stripe::ClientBuilder::new(secret_key);
        if let Some(url) = base_url {
            builder = builder.url(url);
        }
        Ok(Self { client: builder.build()? })
    }

    /// Makes an intent whose money is captured by us, after the stock is ours to give.
    ///
    /// # Errors
    /// See [`GatewayError`]; so for all that follow.
    pub async fn create_intent(&self, new: &NewIntent, key: &str) -> Result<Intent, GatewayError> {
        let request = CreatePaymentIntent::new(amount(new.amount)?, currency(new.amount))
            .capture_method(PaymentIntentCaptureMethod::Manual)
            // Only methods that can be captured later are offered: the gateway leaves the others out.
            .automatic_payment_methods(CreatePaymentIntentAutomaticPaymentMethods::new(true))
            .metadata(metadata(&new.order_id, &new.order_number))
            .description(format!("Order {}", new.order_number))
            .receipt_email(&new.email)
            .transfer_group(&new.order_id);
        self.send("create_intent", Some(key), |strategy, timeout| {
            request.customize().request_strategy(strategy).timeout(timeout).send(&self.client)
        })
        .await
        .and_then(|answer| intent(&answer))
    }

    pub async fn retrieve_intent(&self, id: &str) -> Result<Intent, GatewayError> {
        let request = RetrievePaymentIntent::new(id).expand(expand(&["latest_charge"]));
        self.send("retrieve_intent", None, |strategy, timeout| {
            request.customize().request_strategy(strategy).timeout(timeout).send(&self.client)
        })
        .await
        .and_then(|answer| intent(&answer))
    }

    /// Pays an intent with a method the gateway knows. `return_url`: where the shopper comes back from their bank.
    pub async fn confirm_intent(&self, id: &str, payment_method: &str, return_url: &str, key: &str) -> Result<Intent, GatewayError> {
        let request =
            ConfirmPaymentIntent::new(id).payment_method(payment_method).return_url(return_url).expand(expand(&["latest_charge"]));
        self.send("confirm_intent", Some(key), |strategy, timeout| {
            request.customize().request_strategy(strategy).timeout(timeout).send(&self.client)
        })
        .await
        .and_then(|answer| intent(&answer))
    }

    /// Takes what the bank has set aside, all of it.
    pub async fn capture(&self, id: &str, key: &str) -> Result<Intent, GatewayError> {
        let request = CapturePaymentIntent::new(id).expand(expand(&["latest_charge"]));
        self.send("capture", Some(key), |strategy, timeout| {
            request.customize().request_strategy(strategy).timeout(timeout).send(&self.client)
        })
        .await
        .and_then(|answer| intent(&answer))
    }

    /// Ends an intent that has taken no money; what the bank had set aside is free again.
    pub async fn cancel(&self, id: &str, key: &str) -> Result<Intent, GatewayError> {
        let request = CancelPaymentIntent::new(id);
        self.send("cancel", Some(key), |strategy, timeout| {
            request.customize().request_strategy(strategy).timeout(timeout).send(&self.client)
        })
        .await
        .and_then(|answer| intent(&answer))
    }

    pub async fn create_session(&self, new: &NewSession, key: &str) -> Result<Session, GatewayError> {
        let lines = new.lines.iter().map(|line| Ok(session_line(line, currency(line.unit_amount)))).collect::<Result<Vec<_>, _>>()?;
        let mut payment = CreateCheckoutSessionPaymentIntentData::new();
        payment.capture_method = Some(CreateCheckoutSessionPaymentIntentDataCaptureMethod::Manual);
        payment.metadata = Some(metadata(&new.order_id, &new.order_number));
        payment.description = Some(format!("Order {}", new.order_number));
        payment.transfer_group = Some(new.order_id.clone());
        let request = CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Payment)
            .line_items(lines)
            .payment_intent_data(payment)
            .metadata(metadata(&new.order_id, &new.order_number))
            .client_reference_id(&new.order_id)
            .customer_email(&new.email)
            .locale(locale(new.language))
            .success_url(&new.success_url)
            .cancel_url(&new.cancel_url);
        self.send("create_session", Some(key), |strategy, timeout| {
            request.customize().request_strategy(strategy).timeout(timeout).send(&self.client)
        })
        .await
        .and_then(|answer| session(&answer))
    }

    pub async fn retrieve_session(&self, id: &str) -> Result<Session, GatewayError> {
        let request = RetrieveCheckoutSession::new(id).expand(expand(&["payment_intent", "payment_intent.latest_charge"]));
        self.send("retrieve_session", None, |strategy, timeout| {
            request.customize().request_strategy(strategy).timeout(timeout).send(&self.client)
        })
        .await
        .and_then(|answer| session(&answer))
    }

    /// Ends a hosted page that nobody has paid on.
    pub async fn expire_session(&self, id: &str, key: &str) -> Result<Session, GatewayError> {
        let request = ExpireCheckoutSession::new(id).expand(expand(&["payment_intent", "payment_intent.latest_charge"]));
        self.send("expire_session", Some(key), |strategy, timeout| {
            request.customize().request_strategy(strategy).timeout(timeout).send(&self.client)
        })
        .await
        .and_then(|answer| session(&answer))
    }

    /// Sends a request until it is answered, three times at most, within [`BUDGET`]. The client's own retries would make a
    /// key of their own each time, so they are not used.
    async fn send<T, F: Future<Output = Result<T, StripeError>>>(
        &self,
        name: &'static str,
        key: Option<&str>,
        ask: impl Fn(RequestStrategy, Duration) -> F,
    ) -> Result<T, GatewayError> {
        let key = key
            .map(IdempotencyKey::new)
            .transpose()
            .map_err(|error| GatewayError::Refused { code: "invalid_key".to_owned(), message: error.to_string() })?;
        let strategy = key.map_or(RequestStrategy::Once, RequestStrategy::Idempotent);
        let begun = Instant::now();
        let mut tries = 1;
        loop {
            let left = BUDGET.saturating_sub(begun.elapsed());
            let error = match ask(strategy.clone(), left).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let pause = pause(tries);
            if !may_be_repeated(&error) || tries == TRIES_MAX || begun.elapsed() + pause >= BUDGET {
                metrics::counter!("gateway_failures_total", "request" => name).increment(1);
                return Err(failure(error));
            }
            tracing::warn!(request = name, tries, %error, "the gateway did not answer; asking again under the same key");
            tokio::time::sleep(pause).await;
            tries += 1;
        }
    }
}

fn pause(tries: u32) -> Duration {
    let whole = PAUSE_MS << (tries - 1);
    Duration::from_millis(whole / 2 + rand::random_range(0..=whole))
}

/// Whether the same request under the same key may be answered better the next time.
fn may_be_repeated(error: &StripeError) -> bool {
    match error {
        StripeError::Stripe(_, status) => matches!(status, 409 | 429 | 500..=599),
        StripeError::ClientError(_) | StripeError::Timeout => true,
        StripeError::JSONDeserialize(_) | StripeError::ConfigError(_) => false,
    }
}

fn amount(money: Money) -> Result<i64, GatewayError> {
    chargeable(money).map_err(|error| GatewayError::Refused { code: "amount_not_chargeable".to_owned(), message: error.to_string() })
}

fn currency(money: Money) -> stripe_types::Currency {
    match money.currency.code().to_ascii_lowercase().parse() {
        Ok(currency) => currency,
        Err(never) => match never {},
    }
}

fn metadata(order_id: &str, order_number: &str) -> HashMap<String, String> {
    HashMap::from([("order_id".to_owned(), order_id.to_owned()), ("order_number".to_owned(), order_number.to_owned())])
}

fn expand(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}
