//! Visitors who have something: a filled cart, an order to pay, a sign-in. They come by it as any program or browser does,
//! over the REST API and the sign-in form, so that nothing here knows how the shop keeps it.

use super::exchange::{Answer, get, send};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// Cookies in which the pages look for what the REST API hands out as tokens.
const CART_COOKIE: &str = "__Host-souk_cart";
const ORDERS_COOKIE: &str = "__Host-souk_orders";
const SESSION_COOKIE: &str = "__Host-souk_session";
/// One unit is ordered and one waits in a cart.
const UNITS_NEEDED: u64 = 2;

/// Cookies of each visitor, and what the pages they ask for are about.
#[derive(Debug)]
pub(super) struct Visitors {
    /// Slugs of a product in stock, its category and its seller.
    pub(super) product: String,
    pub(super) category: String,
    pub(super) maker: String,
    /// The number of the guest's order, which waits for its payment.
    pub(super) order: String,
    pub(super) guest: String,
    pub(super) shopper: String,
    pub(super) seller: String,
    pub(super) admin: String,
}

impl Visitors {
    /// Fills a guest's cart, places an order, signs three people in.
    ///
    /// # Errors
    /// When the shop refuses one of these, or nothing is in stock.
    pub(super) fn prepare(address: &str, run: &Value) -> Result<Self> {
        let (product, variant) = product_in_stock(address)?;
        let bought = fill_cart(address, &variant)?;
        let order = place_order(address, &bought)?;
        // Placing an order leaves its cart as it was, with units that are held already: a second one is an ordinary cart.
        let cart = fill_cart(address, &variant)?;
        Ok(Self {
            category: text(&product, "/category/slug")?,
            maker: text(&product, "/seller/slug")?,
            product: text(&product, "/slug")?,
            order: text(&order, "/number")?,
            guest: format!("{CART_COOKIE}={}; {ORDERS_COOKIE}={}", text(&cart, "/token")?, text(&order, "/access_token")?),
            shopper: sign_in(address, run, "/sign_ins/shopper")?,
            seller: sign_in(address, run, "/sign_ins/sellers/0")?,
            admin: sign_in(address, run, "/sign_ins/admin")?,
        })
    }
}

/// The newest product with enough units of one variant, and that variant.
fn product_in_stock(address: &str) -> Result<(Value, String)> {
    let listing = json(&get(address, "/api/v1/products?in_stock=true&limit=50", "")?)?;
    for card in items(&listing, "/items") {
        let product = json(&get(address, &format!("/api/v1/products/{}", text(card, "/slug")?), "")?)?;
        let variant = items(&product, "/variants").iter().find(|variant| variant["available"].as_u64() >= Some(UNITS_NEEDED));
        if let Some(variant) = variant {
            let variant = text(variant, "/id")?;
            return Ok((product, variant));
        }
    }
    bail!("no product of the shop has {UNITS_NEEDED} units in stock");
}

fn fill_cart(address: &str, variant: &str) -> Result<Value> {
    let item = json!({ "variant_id": variant, "quantity": 1 });
    json(&send(address, "PUT", "/api/v1/cart/items", &[("Content-Type", "application/json")], &item.to_string())?)
}

fn place_order(address: &str, cart: &Value) -> Result<Value> {
    let order = json!({
        "email": "many@example.org",
        "shipping_address": {
            "name": "Ada Lovelace", "line1": "12 Mercer Street", "city": "New York", "region": "NY", "postal_code": "10013", "country": "US",
        },
    });
    // A cart is bought once, so its id is a key that nothing else uses.
    let (token, key) = (text(cart, "/token")?, text(cart, "/id")?);
    let headers = [("Content-Type", "application/json"), ("Cart-Token", token.as_str()), ("Idempotency-Key", key.as_str())];
    json(&send(address, "POST", "/api/v1/orders", &headers, &order.to_string())?)
}

/// The cookie of somebody who has signed in through the page's form.
fn sign_in(address: &str, run: &Value, who: &str) -> Result<String> {
    let field = |name: &str| text(run, &format!("{who}/{name}")).map(|value| form_encoded(&value));
    let form = format!("email={}&password={}&next=", field("email")?, field("password")?);
    let answer = send(address, "POST", "/sf/accounts/sign_in", &[("Content-Type", "application/x-www-form-urlencoded")], &form)?;
    answer.cookie(SESSION_COOKIE).map(str::to_owned).with_context(|| format!("{who} was not signed in: status {}", answer.status))
}

/// A form's value with everything escaped that is not plain.
fn form_encoded(value: &str) -> String {
    let escaped = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    value.bytes().map(escaped).collect()
}

/// What the REST API answered, unless it refused.
fn json(answer: &Answer) -> Result<Value> {
    let value: Value = serde_json::from_slice(&answer.body).with_context(|| format!("status {}, and no JSON", answer.status))?;
    if !matches!(answer.status, 200 | 201) {
        bail!("status {}: {}", answer.status, value["detail"]);
    }
    Ok(value)
}

fn items<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, pointer: &str) -> Result<String> {
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned).with_context(|| format!("an answer has no {pointer}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_with_signs_in_it_reaches_the_form_as_it_is() {
        assert_eq!(form_encoded("a-1&b=ü "), "a%2D1%26b%3D%C3%BC%20");
    }

    #[test]
    fn a_refusal_is_told_by_its_reason() {
        let body = json!({ "detail": "Sold out." }).to_string().into_bytes();
        let refused = Answer { status: 409, head: String::new(), body };
        let fault = super::json(&refused).expect_err("a refusal");
        assert!(fault.to_string().contains("Sold out."), "{fault}");
    }
}
