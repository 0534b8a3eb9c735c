//! The one place that knows Stripe.js: the gateway's script, its payment form and what it answers. Runs in the browser only.

use super::declines;
use crate::market;
use crate::t;
use domain::language::Language;
use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::{document, window};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, MediaQueryList};

#[wasm_bindgen]
extern "C" {
    /// The gateway's client, as its script makes it.
    #[derive(Clone, Debug)]
    type Client;
    #[wasm_bindgen(js_name = Stripe, catch)]
    fn client(publishable_key: &str) -> Result<Client, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn elements(this: &Client, options: &JsValue) -> Result<Elements, JsValue>;
    #[wasm_bindgen(method, js_name = confirmPayment, catch)]
    fn confirm_payment(this: &Client, options: &JsValue) -> Result<Promise, JsValue>;

    #[derive(Clone, Debug)]
    type Elements;
    #[wasm_bindgen(method, catch)]
    fn create(this: &Elements, kind: &str, options: &JsValue) -> Result<Element, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn update(this: &Elements, options: &JsValue) -> Result<(), JsValue>;

    /// A form of the gateway, in a frame of its own: card data never reaches this page.
    #[derive(Clone, Debug)]
    type Element;
    #[wasm_bindgen(method, catch)]
    fn mount(this: &Element, place: &HtmlElement) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn on(this: &Element, event: &str, listener: &Function) -> Result<JsValue, JsValue>;
}

/// The payment form on the page.
#[derive(Clone, Debug)]
pub(super) struct CardForm {
    client: Client,
    elements: Elements,
    place: HtmlElement,
    _system_shade: Rc<SystemShade>,
}

/// How an attempt to pay ended, as far as the browser can know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Confirmation {
    /// The gateway took it: the server asks what became of it.
    Taken,
    /// Refused for sure, and nothing was charged: what to tell the shopper.
    Refused(String),
    /// No answer came, or one we cannot read: it may have been charged.
    Unknown,
}

/// The payment form could not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FormUnavailable;

impl From<JsValue> for FormUnavailable {
    fn from(_: JsValue) -> Self {
        FormUnavailable
    }
}

impl CardForm {
    /// Loads the gateway's script and puts its form for the payment of `client_secret` into `place`.
    pub(super) async fn mount(
        script_url: &str,
        publishable_key: &str,
        client_secret: &str,
        place: &HtmlElement,
    ) -> Result<Self, FormUnavailable> {
        load(script_url).await?;
        let client = client(publishable_key)?;
        let options =
            object(&[("clientSecret", client_secret.into()), ("appearance", appearance(place).into()), ("locale", locale().into())]);
        let elements = client.elements(&options)?;
        let element = elements.create("payment", &Object::new())?;
        element.mount(place)?;
        ready(&element).await?;
        // The page may have turned while the form was on its way.
        colour(&elements, place);
        let (form, ground) = (elements.clone(), place.clone());
        let system_shade = SystemShade::follow(move || colour(&form, &ground));
        Ok(Self { client, elements, place: place.clone(), _system_shade: Rc::new(system_shade) })
    }

    /// Takes on the page's colours, where those have changed.
    pub(super) fn recolour(&self) {
        colour(&self.elements, &self.place);
    }

    /// Pays with what was typed. Comes back after 3-D Secure too, unless the bank needs the whole window: then the browser
    /// leaves for `return_url` in the end.
    pub(super) async fn confirm(&self, return_url: &str) -> Confirmation {
        let parameters = object(&[("return_url", return_url.into())]);
        let options =
            object(&[("elements", self.elements.clone().into()), ("confirmParams", parameters.into()), ("redirect", "if_required".into())]);
        let answer = match self.client.confirm_payment(&options) {
            Ok(promise) => JsFuture::from(promise).await,
            Err(error) => Err(error),
        };
        answer.map_or(Confirmation::Unknown, |answer| read(&answer))
    }
}

/// Only an error that names the card or the input is a sure refusal; everything else may have been charged.
fn read(answer: &JsValue) -> Confirmation {
    let error = get(answer, "error");
    if error.is_undefined() || error.is_null() {
        return Confirmation::Taken;
    }
    let text = |name| get(&error, name).as_string();
    let is_sure = matches!(text("type").as_deref(), Some("card_error" | "validation_error"))
        || text("code").as_deref() == Some("payment_intent_authentication_failure");
    if !is_sure {
        return Confirmation::Unknown;
    }
    let reason = text("decline_code").or_else(|| text("code")).unwrap_or_default();
    let known = declines::text_of(&reason).map(str::to_owned);
    Confirmation::Refused(known.or_else(|| text("message")).unwrap_or_else(|| t::pay::refused().to_owned()))
}

/// The form's language, of those that the gateway has.
fn locale() -> &'static str {
    match market::current().language {
        Language::German => "de",
        Language::English | Language::Mirrored => "en",
    }
}

/// The form in the page's colours.
fn appearance(place: &HtmlElement) -> Object {
    let theme = if is_dark() { "night" } else { "stripe" };
    let mut variables = vec![("borderRadius", JsValue::from("8px")), ("fontSizeBase", "16px".into())];
    let names = [
        ("colorPrimary", "--accent"),
        ("colorBackground", "--surface"),
        ("colorText", "--ink"),
        ("colorTextSecondary", "--soft"),
        ("colorTextPlaceholder", "--soft"),
        ("colorDanger", "--bad"),
    ];
    if let Ok(Some(style)) = window().get_computed_style(place) {
        for (name, token) in names {
            // A token that is missing leaves the gateway's own colour.
            let value = style.get_property_value(token).unwrap_or_default();
            if value.trim().starts_with('#') {
                variables.push((name, value.trim().into()));
            }
        }
    }
    object(&[("theme", theme.into()), ("variables", object(&variables).into())])
}

fn colour(elements: &Elements, place: &HtmlElement) {
    // A form that is not there any more needs no colours.
    _ = elements.update(&object(&[("appearance", appearance(place).into())]));
}

/// Listens for the system's turn to light or dark until it is dropped.
#[derive(Debug)]
struct SystemShade {
    query: Option<MediaQueryList>,
    listener: Closure<dyn Fn()>,
}

impl SystemShade {
    fn follow(turned: impl Fn() + 'static) -> Self {
        let listener = Closure::<dyn Fn()>::new(turned);
        let query = system_is_dark();
        if let Some(query) = &query {
            // Listening on a query we have just made cannot fail.
            _ = query.add_event_listener_with_callback("change", listener.as_ref().unchecked_ref());
        }
        Self { query, listener }
    }
}

impl Drop for SystemShade {
    fn drop(&mut self) {
        if let Some(query) = &self.query {
            _ = query.remove_event_listener_with_callback("change", self.listener.as_ref().unchecked_ref());
        }
    }
}

fn system_is_dark() -> Option<MediaQueryList> {
    window().match_media("(prefers-color-scheme: dark)").ok().flatten()
}

/// The page's shade: the shopper's choice, else the system's.
fn is_dark() -> bool {
    let chosen = document().document_element().and_then(|root| root.get_attribute("data-theme"));
    let system = || system_is_dark().is_some_and(|query| query.matches());
    chosen.map_or_else(system, |shade| shade == "dark")
}

/// Loads the script once; a script that failed is tried again the next time.
async fn load(url: &str) -> Result<(), FormUnavailable> {
    if get(&window(), "Stripe").is_function() {
        return Ok(());
    }
    let script = document().create_element("script")?;
    script.set_attribute("src", url)?;
    let loading = Promise::new(&mut |resolve, reject| {
        for (event, listener) in [("load", resolve), ("error", reject)] {
            // Listening on an element we have just made cannot fail.
            _ = script.add_event_listener_with_callback(event, &listener);
        }
    });
    document().head().ok_or(FormUnavailable)?.append_child(&script)?;
    let loaded = JsFuture::from(loading).await;
    if loaded.is_err() {
        script.remove();
    }
    loaded?;
    Ok(())
}

async fn ready(element: &Element) -> Result<(), FormUnavailable> {
    let mut listening = Ok(JsValue::UNDEFINED);
    let becoming_ready = Promise::new(&mut |resolve, reject| {
        listening = element.on("ready", &resolve).and_then(|_| element.on("loaderror", &reject));
    });
    listening?;
    JsFuture::from(becoming_ready).await?;
    Ok(())
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        // Setting a property of a plain object cannot fail.
        _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}
