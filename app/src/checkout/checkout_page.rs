use super::api::{self, CheckoutView, NextStep};
use super::form::FORM_ID;
use super::order_summary::OrderSummary;
use super::shipping_choice::ShippingChoice;
use super::step::Step;
use super::{CheckoutForm, SummaryLine, Totals, open_page, trouble_of};
use crate::address_fields::{AddressFields, country_default};
use crate::cart::{COUPON_FIELD, CartStore, CouponForm, MergeTold, use_cart};
use crate::countries::label_lines;
use crate::error::AppError;
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{
    Button, ButtonKind, EmptyState, Field, FlashNotice, Head, Notice, PageHeading, Tone, Trouble, TroubleNotice, announce, button_class,
};
use domain::accounts::KeptAddress;
use domain::address::{Address, AddressDraft, FieldError};
use domain::cart::CartView;
use domain::checkout::CheckoutRefusal;
use domain::email::EMAIL_LENGTH_MAX;
use domain::pricing::QuoteView;
use leptos::ev::{Event, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use std::collections::BTreeMap;
use wasm_bindgen::JsCast;

/// Contact, delivery and shipping in one column, the order beside it. Guests first: nobody needs an account to buy.
pub(crate) fn checkout_page() -> AnyView {
    let cart = use_cart();
    let query = use_query_map();
    let chosen = move || query.read().get("address").unwrap_or_default();
    let load = move |chosen: String| async move {
        cart.settled().await;
        api::checkout_page(chosen.parse().ok()).await
    };
    page_data(chosen, load).show(
        || ().at_once(),
        |view| {
            if view.cart.lines.is_empty() { view! { <NothingToBuy/> }.at_once() } else { view! { <Checkout view/> }.at_once() }
        },
    )
}

#[component]
fn NothingToBuy() -> impl IntoView {
    view! {
        <Head title=t::checkout::title()/>
        <div class="page-narrow py-12">
            <PageHeading text=t::checkout::title()/>
            <EmptyState title=t::cart::empty_title() text=t::checkout::empty_text() icon="bag">
                <a href=routes::to(routes::SEARCH) class=button_class(ButtonKind::Primary)>{t::cart::browse_everything()}</a>
            </EmptyState>
        </div>
    }
}

/// What the form's parts share in the browser.
#[derive(Clone, Copy)]
struct FormState {
    store: CartStore,
    cart: RwSignal<CartView>,
    form: NodeRef<html::Form>,
    country: RwSignal<String>,
    quote: RwSignal<Option<QuoteView>>,
    /// The chosen ways of shipping, by the slug of the seller.
    shipping: RwSignal<BTreeMap<String, String>>,
    /// Why the last press did not lead on.
    trouble: RwSignal<Option<Trouble>>,
    field_errors: RwSignal<Vec<FieldError>>,
    is_quoting: RwSignal<bool>,
    is_placing: RwSignal<bool>,
    /// Counts the questions for a quote: only the answer to the newest is shown.
    asked: StoredValue<u32>,
    /// What the newest question was about: the same is not asked again.
    asked_for: StoredValue<CheckoutForm>,
}

#[component]
fn Checkout(view: CheckoutView) -> impl IntoView {
    let CheckoutView { cart, form, quote, trouble, is_signed_in, addresses, merge_notice, flash } = view;
    let country = if form.country.is_empty() { country_default().to_owned() } else { form.country.clone() };
    // As the server has it: kept, and asked for.
    let known = CheckoutForm { country: country.clone(), ..form.clone().kept() };
    let checkout = FormState {
        store: use_cart(),
        cart: RwSignal::new(cart),
        form: NodeRef::new(),
        country: RwSignal::new(country),
        field_errors: RwSignal::new(trouble.as_ref().map(|trouble| trouble.fields.clone()).unwrap_or_default()),
        quote: RwSignal::new(quote),
        shipping: RwSignal::new(form.shipping.clone()),
        trouble: RwSignal::new(trouble),
        is_quoting: RwSignal::new(false),
        is_placing: RwSignal::new(false),
        asked: StoredValue::new(0),
        asked_for: StoredValue::new(known),
    };
    let lines = Signal::derive(move || checkout.cart.with(|cart| cart.lines.iter().map(SummaryLine::from).collect()));
    let totals = Signal::derive(move || {
        let cart_totals = checkout.cart.with(|cart| Totals::from(cart));
        checkout.quote.with(|quote| quote.as_ref().map_or(cart_totals, Totals::from))
    });
    Effect::new(move |before: Option<Option<QuoteView>>| {
        let quote = checkout.quote.get();
        if let (Some(before), Some(now)) = (before, &quote)
            && before.as_ref() != Some(now)
        {
            announce(t::checkout::said_totals(&t::money(now.shipping), &t::money(now.tax), &t::money(now.total)));
        }
        quote
    });
    // Something may have been filled in before the script ran: by hand, or by the browser.
    Effect::new(move |_| checkout.take_over());
    view! {
        <Head title=t::checkout::title()/>
        <div class="page-wide checkout">
            <div class="checkout-main">
                <PageHeading text=t::checkout::title()/>
                <SignInHint is_signed_in/>
                <OtherAddresses addresses typed=form.address()/>
                // The first button of a form is what Enter in any of its fields presses: without this it were the coupon's.
                <button type="submit" form=FORM_ID class="sr-only" tabindex="-1" aria-hidden="true"></button>
                <div class="mt-4">
                    <CouponForm cart=checkout.cart_as_quoted() within=FORM_ID refused=checkout.coupon_refused() typed=form.coupon.clone() changed=Callback::new(move |cart| checkout.cart_changed(cart))/>
                </div>
                <div class="mt-6 space-y-3">
                    <FlashNotice flash/>
                    {merge_notice.map(|notice| view! { <MergeTold notice/> })}
                    {move || checkout.cart.with(CartView::is_blocked).then(|| view! { <BlockedNotice/> })}
                    <TroubleNotice trouble=checkout.trouble/>
                </div>
                <form
                    id=FORM_ID
                    node_ref=checkout.form
                    method="post"
                    action=routes::to(api::PlaceOrder::PATH)
                    novalidate=true
                    class="mt-6"
                    on:change=move |event| checkout.changed(&event)
                    on:submit=move |event| checkout.submitted(&event)
                >
                    <CheckoutFields checkout form/>
                </form>
            </div>
            <OrderSummary lines totals busy=checkout.is_quoting/>
        </div>
    }
}

/// The account's addresses that are not in the form already: each a link that fills it.
#[component]
fn OtherAddresses(addresses: Vec<KeptAddress>, typed: AddressDraft) -> impl IntoView {
    let others = addresses.into_iter().filter(|kept| AddressDraft::from(kept.address.clone()) != typed).map(|kept| {
        let path = routes::to(&format!("{}?address={}", routes::CHECKOUT, kept.id));
        view! { <li class="py-1.5"><a href=path class="link" data-testid="checkout-address">{address_text(&kept.address)}</a></li> }
    });
    let others = others.collect_view();
    (!others.is_empty()).then(|| {
        view! {
            <details class="mt-3">
                <summary class="link">{t::checkout::other_addresses()}</summary>
                <ul class="mt-2">{others}</ul>
            </details>
        }
    })
}

/// An address on one line, its country in the language of the page.
fn address_text(address: &Address) -> String {
    label_lines(address.lines(), address.country().as_str()).join(", ")
}

/// Said before anything is pressed: the order would be refused. The lines of the summary say why.
#[component]
fn BlockedNotice() -> impl IntoView {
    view! {
        <Notice tone=Tone::Warning test_id="checkout-blocked">
            <p>{t::cart::blocked()} " " <a href=routes::to(routes::CART) class="link">{t::pay::to_cart()}</a></p>
        </Notice>
    }
}

#[component]
fn SignInHint(is_signed_in: bool) -> impl IntoView {
    (!is_signed_in).then(|| {
        view! {
            <p class="mt-2 text-soft">
                {t::checkout::sign_in_before()}
                <a href=routes::sign_in_then(&routes::to(routes::CHECKOUT)) class="link">{t::checkout::sign_in()}</a>
                {t::checkout::sign_in_after()}
            </p>
        }
    })
}

#[component]
fn CheckoutFields(checkout: FormState, form: CheckoutForm) -> impl IntoView {
    let error_of = Callback::new(move |name: &'static str| {
        checkout.field_errors.with(|errors| errors.iter().find(|error| error.field == name).map(|error| error.message.clone()))
    });
    let email_error = Signal::derive(move || error_of.run("email"));
    let shown = move |part: fn(&QuoteView) -> String| move || checkout.quote.with(|quote| quote.as_ref().map(part).unwrap_or_default());
    // Choosing changes the totals but not what there is to choose: the buttons stay, and with them the focus. Another offer
    // has buttons of its own: one that was pressed keeps its mark, whatever it would stand for now.
    let options = Memo::new(move |_| checkout.quote.with(|quote| quote.as_ref().map(|quote| quote.shipping_options.clone())));
    let is_unknown = move || options.with(Option::is_none);
    let label = move || match checkout.quote.with(|quote| quote.as_ref().map(|quote| quote.total)) {
        Some(total) => t::checkout::continue_to_payment(&t::money(total)),
        None => t::checkout::continue_to_shipping().to_owned(),
    };
    let (form_key, email) = (form.form_key.clone(), form.email.clone());
    view! {
        <input type="hidden" name="form_key" value=form_key/>
        <input type="hidden" name="shown_amount" value=shown(|quote| quote.total.amount.to_string())/>
        <input type="hidden" name="shown_currency" value=shown(|quote| quote.total.currency.code().to_owned())/>
        <Step number=1 title=t::checkout::step_contact()>
            <Field
                label=t::checkout::email()
                name="email"
                r#type="email"
                value=email
                autocomplete="email"
                inputmode="email"
                required=true
                maxlength=EMAIL_LENGTH_MAX as u32
                hint=t::checkout::email_hint()
                error=email_error
            />
        </Step>
        <Step number=2 title=t::checkout::step_delivery()>
            <AddressFields address=form.address() chosen=checkout.country error_of/>
        </Step>
        <Step number=3 title=t::checkout::step_shipping() id="shipping">
            <For each=move || options.get() key=Vec::clone let:options>
                <ShippingChoice options chosen=checkout.shipping.get_untracked()/>
            </For>
            {move || is_unknown().then(|| view! { <p class="text-soft">{t::checkout::shipping_later()}</p> })}
        </Step>
        <div class="border-t border-line pt-6">
            // The focus stays where it is until the press counts: leaving a field may show what is wrong with it, which would
            // move the button away from under the pointer.
            <div on:mousedown=move |event| event.prevent_default()>
                <Button kind=ButtonKind::Primary wide=true busy=Signal::derive(move || checkout.is_placing.get() || checkout.is_quoting.get())>
                    {label}
                </Button>
            </div>
            <p class="mt-3 text-sm text-soft">{t::checkout::nothing_charged()}</p>
        </div>
    }
}

impl FormState {
    fn read(self) -> Option<CheckoutForm> {
        CheckoutForm::read(&self.form.get_untracked()?)
    }

    /// The cart, with what the newest quote says of its coupon.
    fn cart_as_quoted(self) -> Signal<CartView> {
        Signal::derive(move || {
            let problem = self.quote.with(|quote| quote.as_ref().and_then(|quote| quote.coupon_problem));
            let mut cart = self.cart.get();
            cart.problems = problem.map_or(cart.problems, |problem| vec![problem]);
            cart
        })
    }

    /// Why the order was not placed with the code that was typed.
    fn coupon_refused(self) -> Signal<Option<String>> {
        let of_coupon =
            |errors: &Vec<FieldError>| errors.iter().find(|error| error.field == COUPON_FIELD).map(|error| error.message.clone());
        Signal::derive(move || self.field_errors.with(of_coupon))
    }

    /// A coupon came or went: the quote follows.
    fn cart_changed(self, cart: CartView) {
        self.mend(COUPON_FIELD, None);
        self.cart.set(cart.clone());
        self.store.accept(cart);
        self.ask_again();
    }

    /// Which ways of shipping the page has chosen by itself is known to the server: to send them is nothing new.
    fn note_shipping(self) {
        request_animation_frame(move || {
            let chosen = self.form.try_get_untracked().flatten().and_then(|form| CheckoutForm::read(&form));
            let Some(CheckoutForm { shipping, .. }) = chosen else { return };
            self.asked_for.try_update_value(|asked_for| {
                if asked_for.shipping.is_empty() && asked_for.address_is_complete() {
                    asked_for.shipping = shipping;
                }
            });
        });
    }

    fn take_over(self) {
        if let Some(form) = self.read().filter(|form| form.country != self.country.get_untracked()) {
            self.country.set(form.country);
        }
        if self.quote.with_untracked(Option::is_none) {
            self.refresh_quote();
        }
    }

    /// A field was left changed: its error comes or goes, and the quote follows.
    fn changed(self, event: &Event) {
        let Some(form) = self.read() else { return };
        self.shipping.set(form.shipping.clone());
        let name = event.target().and_then(|field| field.dyn_into::<web_sys::Element>().ok()).and_then(|field| field.get_attribute("name"));
        if form.country != self.country.get_untracked() {
            self.country.set(form.country.clone());
            // Another country has other fields: what is missing there was not even shown yet.
            self.field_errors.update(|errors| errors.retain(|error| error.field == COUPON_FIELD));
            self.mend("country", None);
        } else if let Some(name) = name {
            let error = form.errors().into_iter().find(|error| error.field == name);
            self.mend(&name, error);
        }
        self.refresh_quote();
    }

    /// What is wrong with a field now: nothing, or this.
    fn mend(self, name: &str, error: Option<FieldError>) {
        self.field_errors.update(|errors| {
            errors.retain(|error| error.field != name);
            errors.extend(error);
        });
        if self.field_errors.with_untracked(Vec::is_empty) {
            self.forget_trouble(|trouble| !trouble.fields.is_empty());
        }
    }

    fn forget_trouble(self, which: fn(&Trouble) -> bool) {
        if self.trouble.with_untracked(|trouble| trouble.as_ref().is_some_and(which)) {
            self.trouble.set(None);
        }
    }

    fn ask_again(self) {
        self.asked_for.set_value(CheckoutForm::default());
        self.refresh_quote();
    }

    /// Has the form kept as it stands, and asks what the cart costs at its address, unless the same was asked before.
    fn refresh_quote(self) {
        let Some(form) = self.read() else { return };
        let (subject, asked_for) = (form.clone().kept(), self.asked_for.get_value());
        if asked_for == subject {
            return;
        }
        // Nobody waits for an answer that changes nothing: the e-mail address is in no total.
        let may_change = form.address_is_complete() && asked_for != CheckoutForm { email: asked_for.email.clone(), ..subject.clone() };
        self.asked_for.set_value(subject);
        let question = self.asked.get_value() + 1;
        self.asked.set_value(question);
        self.is_quoting.update(|is_quoting| *is_quoting |= may_change);
        spawn_local(async move {
            let answer = api::quote(form).await;
            if self.asked.try_get_value() != Some(question) {
                return;
            }
            // What was only kept is nothing to tell of, and takes away no message that stands there for another reason.
            if self.is_quoting.get_untracked() {
                self.is_quoting.set(false);
                self.show_quote(answer);
            }
        });
    }

    /// Where the goods cost something else than the lines beside the quote say, the lines are asked for again.
    fn take_quote(self, quote: QuoteView) {
        let is_outdated = self.cart.with_untracked(|cart| cart.subtotal != quote.subtotal);
        self.quote.set(Some(quote));
        self.note_shipping();
        if is_outdated {
            spawn_local(async move {
                let Some(cart) = self.store.reload().await else { return };
                // A coupon may have come or gone meanwhile.
                self.cart.try_update(|shown| {
                    if shown.id != cart.id || shown.version <= cart.version {
                        *shown = cart;
                    }
                });
            });
        }
    }

    fn show_quote(self, answer: Result<Option<QuoteView>, AppError<CheckoutRefusal>>) {
        match answer {
            Ok(Some(quote)) => {
                self.take_quote(quote);
                // What is wrong with fields stays told until they are mended.
                self.forget_trouble(|trouble| trouble.fields.is_empty());
            }
            Ok(None) => {}
            Err(error) => {
                self.quote.set(None);
                // Asked again at the next change, also of nothing but the mind.
                self.asked_for.set_value(CheckoutForm::default());
                self.show_trouble(&error, None);
            }
        }
    }

    fn submitted(self, event: &SubmitEvent) {
        event.prevent_default();
        // Nobody orders beside a question whose answer may change the total.
        let is_busy = self.is_placing.get_untracked() || self.is_quoting.get_untracked();
        let Some(form) = self.read().filter(|_| !is_busy) else { return };
        if !form.changes_coupon() {
            // A code that was refused and taken out again is refused no more.
            self.mend(COUPON_FIELD, None);
        }
        let errors = form.errors();
        if !errors.is_empty() {
            self.field_errors.set(errors.clone());
            self.trouble.set(Some(Trouble::of_fields(errors)));
            return;
        }
        if form.changes_coupon() {
            return self.enter_coupon(form);
        }
        if form.shown_total().is_none() {
            return self.ask_again();
        }
        self.is_placing.set(true);
        // Placing keeps the form as well: no question about it is open any more, and none follows when a field is left.
        self.asked_for.set_value(form.clone().kept());
        self.asked.update_value(|asked| *asked += 1);
        self.is_quoting.set(false);
        spawn_local(async move {
            let shown = form.shown_total();
            let outcome = api::place_order(form).await;
            if let Ok(NextStep::Pay { number }) = outcome {
                return open_page(&routes::pay(number));
            }
            if self.is_gone() {
                return;
            }
            match outcome {
                Ok(_) => self.ask_again(),
                Err(error) => {
                    if let Some(CheckoutRefusal::TotalChanged { quote }) = error.refusal() {
                        self.take_quote(*quote.clone());
                    }
                    self.show_trouble(&error, shown);
                }
            }
            self.is_placing.set(false);
        });
    }

    /// A code was typed and the order pressed: nobody orders without the coupon that stands there.
    fn enter_coupon(self, form: CheckoutForm) {
        self.is_placing.set(true);
        spawn_local(async move {
            let outcome = api::place_order(form).await;
            let cart = if outcome.is_ok() { self.store.reload().await } else { None };
            if self.is_gone() {
                return;
            }
            self.is_placing.set(false);
            match outcome {
                Ok(_) => {
                    self.cart_changed(cart.unwrap_or_else(|| self.cart.get_untracked()));
                    announce(t::cart::coupon_entered());
                }
                Err(error) => self.show_trouble(&error, None),
            }
        });
    }

    /// The page was left while an answer was on its way.
    fn is_gone(self) -> bool {
        self.is_placing.try_get_untracked().is_none()
    }

    fn show_trouble(self, error: &AppError<CheckoutRefusal>, shown: Option<domain::money::Money>) {
        let trouble = match error.refusal() {
            Some(refusal) => self.cart.with_untracked(|cart| trouble_of(refusal, Some(cart), shown)),
            None => Trouble::plain(error.to_string()),
        };
        self.field_errors.set(trouble.fields.clone());
        self.trouble.set(Some(trouble));
    }
}
