//! What the checkout form sends: flat text fields, so that a browser without JavaScript sends the same.

use crate::address_fields::address_errors;
use crate::t;
use domain::address::{Address, AddressDraft, FieldError};
use domain::checkout::PlaceOrder;
use domain::email::Email;
use domain::id::ShippingRateId;
use domain::money::{Currency, Money};
use js_sys::Array;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;
use web_sys::{FormData, HtmlFormElement};

/// Name of the radio buttons of one seller, as a form names an entry of a map.
pub(super) fn shipping_field(seller: &str) -> String {
    format!("shipping[{seller}]")
}

/// A cart has at most this many sellers; what a form sends beyond is not from our page.
const SHIPPING_CHOICES_MAX: usize = domain::cart::CART_LINES_MAX;

/// The checkout's form in its page, for fields and buttons that stand outside of it.
pub(crate) const FORM_ID: &str = "checkout-form";

/// What a button of the checkout's form is pressed for. Our script asks for coupons by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Press {
    #[default]
    Order,
    EnterCoupon,
    RemoveCoupon,
}

/// The fields as typed. Whatever is missing is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckoutForm {
    /// Drawn when the form is rendered: the same key is the same order, however often the button is pressed.
    pub form_key: String,
    pub email: String,
    pub name: String,
    pub country: String,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub region: String,
    pub postal_code: String,
    /// The total that stood beside the button, in minor units, and its currency; empty before there was one.
    pub shown_amount: String,
    pub shown_currency: String,
    /// A code that was typed and is not in the cart yet.
    pub coupon: String,
    pub press: Press,
    /// Seller's slug → the chosen rate.
    pub shipping: BTreeMap<String, String>,
}

impl CheckoutForm {
    /// What stands in the form now. By hand: through serde the page would load a reader of forms for this alone.
    pub(super) fn read(form: &HtmlFormElement) -> Option<Self> {
        let data = FormData::new_with_form(form).ok()?;
        let text = |name: &str| data.get(name).as_string().unwrap_or_default();
        let seller = |name: String| name.strip_prefix("shipping[")?.strip_suffix(']').map(str::to_owned);
        let chosen = |entry: Result<JsValue, JsValue>| {
            let entry = Array::from(&entry.ok()?);
            Some((seller(entry.get(0).as_string()?)?, entry.get(1).as_string()?))
        };
        Some(Self {
            form_key: text("form_key"),
            email: text("email"),
            name: text("name"),
            country: text("country"),
            line1: text("line1"),
            line2: text("line2"),
            city: text("city"),
            region: text("region"),
            postal_code: text("postal_code"),
            shown_amount: text("shown_amount"),
            shown_currency: text("shown_currency"),
            coupon: text("coupon"),
            press: Press::Order,
            shipping: data.entries().into_iter().filter_map(chosen).collect(),
        })
    }

    pub fn address(&self) -> AddressDraft {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        AddressDraft {
            name: self.name.clone(),
            line1: self.line1.clone(),
            line2: filled(&self.line2),
            city: self.city.clone(),
            region: filled(&self.region),
            postal_code: filled(&self.postal_code),
            country: self.country.clone(),
        }
    }

    /// Puts an address into the fields.
    pub fn fill(&mut self, address: AddressDraft) {
        let AddressDraft { name, line1, line2, city, region, postal_code, country } = address;
        (self.name, self.line1, self.line2) = (name, line1, line2.unwrap_or_default());
        (self.city, self.region) = (city, region.unwrap_or_default());
        (self.postal_code, self.country) = (postal_code.unwrap_or_default(), country);
    }

    /// Whether the address can be shipped to, so that asking for a quote makes sense.
    pub fn address_is_complete(&self) -> bool {
        Address::try_from(self.address()).is_ok()
    }

    /// What is wrong with the fields, by their names in this form.
    pub fn errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.email.parse::<Email>().is_err() {
            let code = if self.email.trim().is_empty() { "required" } else { "invalid" };
            errors.push(FieldError::new("email", code, t::checkout::error_email()));
        }
        errors.extend(address_errors(&self.address()));
        errors
    }

    /// The chosen shipping rates; none when nothing was chosen yet.
    pub fn shipping_options(&self) -> Option<Vec<ShippingRateId>> {
        let chosen: Vec<ShippingRateId> = self.shipping.values().filter_map(|rate| rate.parse().ok()).take(SHIPPING_CHOICES_MAX).collect();
        Some(chosen).filter(|chosen| !chosen.is_empty())
    }

    pub fn shown_total(&self) -> Option<Money> {
        let currency: Currency = self.shown_currency.parse().ok()?;
        Some(Money::new(self.shown_amount.parse().ok()?, currency))
    }

    /// Whether a code is to be entered or taken out, which nothing is ordered before.
    pub fn changes_coupon(&self) -> bool {
        self.press != Press::Order || !self.coupon.trim().is_empty()
    }

    pub fn order(&self) -> PlaceOrder {
        PlaceOrder {
            email: self.email.trim().to_owned(),
            shipping_address: self.address(),
            shipping_options: self.shipping_options(),
            expected_total: self.shown_total(),
        }
    }

    /// The form as it is kept for the next page: only what somebody typed or chose.
    pub fn kept(self) -> Self {
        let shipping = self.shipping.into_iter().take(SHIPPING_CHOICES_MAX).collect();
        let (form_key, shown_amount, shown_currency, coupon) = Default::default();
        CheckoutForm { form_key, shown_amount, shown_currency, coupon, press: Press::Order, shipping, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> CheckoutForm {
        CheckoutForm {
            email: "ada@example.org".into(),
            name: "Ada Lovelace".into(),
            country: "US".into(),
            line1: "12 Analytical Way".into(),
            city: "Portland".into(),
            region: "OR".into(),
            postal_code: "97201".into(),
            ..CheckoutForm::default()
        }
    }

    #[test]
    fn a_complete_form_has_no_errors() {
        assert_eq!(form().errors(), []);
        assert!(form().address_is_complete());
    }

    #[test]
    fn each_field_is_named_once() {
        let fields: Vec<String> =
            CheckoutForm { country: "US".into(), ..CheckoutForm::default() }.errors().into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["email", "name", "line1", "city", "region", "postal_code"]);
    }

    /// The browser has no texts here.
    #[cfg(feature = "ssr")]
    #[test]
    fn errors_of_the_address_read_in_english_as_the_api_tells_them() {
        let forms = ["US", "CA", "GB", "XX"].map(|country| CheckoutForm { country: country.into(), ..CheckoutForm::default() });
        let odd = CheckoutForm { line1: "x".repeat(101), city: "a\u{0}b".into(), region: "ZZ".into(), postal_code: "1".into(), ..form() };
        for form in forms.into_iter().chain([odd]) {
            let told = Address::try_from(form.address()).unwrap_err().0;
            assert_eq!(CheckoutForm { email: "ada@example.org".into(), ..form }.errors(), told);
        }
    }

    #[test]
    fn only_shipping_choices_that_are_ids_count() {
        let rate = "018f3a5e-7c4b-7d2a-9f00-3b1c2d4e5f60";
        let mut form = form();
        assert_eq!(form.shipping_options(), None);
        form.shipping.insert("clay".into(), rate.into());
        form.shipping.insert("loom".into(), "nonsense".into());
        assert_eq!(form.shipping_options(), Some(vec![rate.parse().unwrap()]));
        assert_eq!(form.kept().shipping.len(), 2);
    }

    #[test]
    fn a_code_that_is_typed_comes_before_the_order_and_is_not_kept() {
        let typed = CheckoutForm { coupon: " WELCOME10".into(), ..form() };
        assert!(typed.changes_coupon() && CheckoutForm { press: Press::RemoveCoupon, ..form() }.changes_coupon());
        assert!(!form().changes_coupon() && !CheckoutForm { coupon: "  ".into(), ..form() }.changes_coupon());
        assert_eq!(typed.kept(), form());
    }

    #[test]
    fn the_shown_total_travels_whole() {
        let shown = CheckoutForm { shown_amount: "1999".into(), shown_currency: "USD".into(), ..form() };
        assert_eq!(shown.shown_total(), Some(Money::new(1999, Currency::Usd)));
        assert_eq!(form().shown_total(), None);
    }
}
