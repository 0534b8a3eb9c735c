use super::api::{RemoveCoupon, SetCoupon, remove_coupon, set_coupon};
use crate::error::AppError;
use crate::market::content_language;
use crate::refusals::Refusal as _;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Button, ButtonKind, Field, announce, refocus};
use domain::cart::{CartRefusal, CartView};
use domain::pricing::CODE_LENGTH_MAX;
use leptos::ev::Event;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;

/// Name and id of the code's field.
pub(crate) const COUPON_FIELD: &str = "coupon";
/// The form of a page that has no other.
const OWN_FORM_ID: &str = "coupon-form";

/// Enters a code, behind a link until it is wanted, or shows the one that is entered. `changed` gets the cart that follows.
/// `within` is the id of the page's own form, if it has one: without script that one sends the code as `coupon` and the
/// button as `press`, so that nothing else that was typed is lost. `refused`: why that form did not take the code.
#[component]
pub(crate) fn CouponForm(
    #[prop(into)] cart: Signal<CartView>,
    #[prop(optional)] within: Option<&'static str>,
    #[prop(optional, into)] refused: Signal<Option<String>>,
    /// The code that was refused.
    #[prop(optional)]
    typed: String,
    changed: Callback<CartView>,
) -> impl IntoView {
    let error = RwSignal::new(None);
    let is_busy = RwSignal::new(false);
    // The answer may come when the page is left already: then there is nobody to tell.
    let take = move |outcome: Result<CartView, AppError<CartRefusal>>, done: &str| {
        is_busy.try_set(false);
        match outcome {
            Ok(cart) => {
                if changed.try_run(cart).is_some() {
                    announce(done);
                }
            }
            Err(refused) => {
                let why = refused.to_string();
                // Its field may have the focus already: then going there says nothing.
                if error.try_set(Some(why.clone())).is_none() {
                    announce(why);
                }
            }
        }
    };
    let begin = move || {
        error.set(None);
        is_busy.set(true);
    };
    let enter = move |code: String| {
        begin();
        spawn_local(async move { take(set_coupon(code).await, t::cart::coupon_entered()) });
    };
    let remove = move || {
        begin();
        spawn_local(async move { take(remove_coupon().await, t::cart::coupon_removed()) });
    };
    let entered = Memo::new(move |_| cart.with(Entered::of));
    // What was said of a code is not said of the one that took its place.
    Effect::new(move |before: Option<bool>| {
        let now = entered.with(Option::is_some);
        if before.is_some_and(|before| before != now) {
            error.set(None);
        }
        now
    });
    // Whoever has just entered a coupon or taken one out goes on with what stands there now.
    let was_entered = StoredValue::new(None::<bool>);
    let typed = StoredValue::new(typed);
    move || {
        let entered = entered.get();
        let takes_focus = was_entered.get_value().is_some_and(|was_entered| was_entered != entered.is_some());
        was_entered.set_value(Some(entered.is_some()));
        match entered {
            Some(entered) => {
                // What was refused is not typed again once another code holds.
                typed.set_value(String::new());
                let remove = Callback::new(move |()| remove());
                view! { <EnteredCoupon entered within takes_focus error is_busy remove/> }.at_once()
            }
            None => {
                view! { <CodeEntry within takes_focus error refused typed=typed.get_value() is_busy enter=Callback::new(enter)/> }.at_once()
            }
        }
    }
}

/// A coupon in the cart, in words.
#[derive(Clone, Debug, PartialEq)]
struct Entered {
    code: String,
    label: String,
    /// Why it takes nothing off.
    problem: Option<String>,
}

impl Entered {
    fn of(cart: &CartView) -> Option<Self> {
        let code = cart.coupon.clone()?;
        let problem = cart.problems.first().map(|problem| problem.text());
        Some(Self { code, label: cart.coupon_label.clone().unwrap_or_default(), problem })
    }
}

#[component]
fn EnteredCoupon(
    entered: Entered,
    within: Option<&'static str>,
    /// The way to the button, for whoever has just lost the place.
    takes_focus: bool,
    #[prop(into)] error: Signal<Option<String>>,
    #[prop(into)] is_busy: Signal<bool>,
    remove: Callback<()>,
) -> impl IntoView {
    let Entered { code, label, problem } = entered;
    let remove_label = t::cart::remove_line(&code);
    let button: NodeRef<html::Button> = NodeRef::new();
    Effect::new(move |_| {
        if takes_focus {
            refocus(button.get().map(Into::into));
        }
    });
    view! {
        {own_form(within, RemoveCoupon::PATH)}
        <div class="coupon-entered" data-testid="coupon">
            <p class="min-w-0 flex-1">
                <span class="block font-semibold break-words">{code}</span>
                <span class="block text-sm text-soft break-words" lang=content_language()>{label}</span>
                {problem.map(|problem| view! { <span class="block text-sm text-bad" data-testid="coupon-problem">{problem}</span> })}
                {move || error.get().map(|error| view! { <span class="block text-sm text-bad" role="alert">{error}</span> })}
            </p>
            <button
                node_ref=button
                type="submit"
                form=within.unwrap_or(OWN_FORM_ID)
                name="press"
                value="remove_coupon"
                class="text-button"
                aria-label=remove_label
                aria-disabled=move || is_busy.get().then_some("true")
                data-testid="coupon-remove"
                on:click=move |event| {
                    event.prevent_default();
                    if !is_busy.get_untracked() {
                        remove.run(());
                    }
                }
            >
                {t::cart::remove()}
            </button>
        </div>
    }
    .at_once()
}

#[component]
fn CodeEntry(
    within: Option<&'static str>,
    /// The way to the field, for whoever has just lost the place.
    takes_focus: bool,
    #[prop(into)] error: Signal<Option<String>>,
    #[prop(into)] refused: Signal<Option<String>>,
    typed: String,
    #[prop(into)] is_busy: Signal<bool>,
    enter: Callback<String>,
) -> impl IntoView {
    let entry: NodeRef<html::Div> = NodeRef::new();
    let summary: NodeRef<html::Summary> = NodeRef::new();
    Effect::new(move |_| {
        if takes_focus {
            refocus(summary.get().map(Into::into));
        }
    });
    let field = move || entry.get_untracked()?.query_selector("input").ok()??.dyn_into::<HtmlInputElement>().ok();
    // What was refused is said at its field, and the field is where the shopper goes on.
    Effect::new(move |_| {
        if let Some(field) = field().filter(|_| error.with(Option::is_some)) {
            // Refused by no field that can be typed into.
            let _ = field.focus();
        }
    });
    // Refused with the page's form, which says so above itself: its link leads to a field that can be seen.
    let details: NodeRef<html::Details> = NodeRef::new();
    Effect::new(move |_| {
        if let Some(details) = details.get().filter(|_| refused.with(Option::is_some)) {
            details.set_open(true);
        }
    });
    let told = Signal::derive(move || error.get().or_else(|| refused.get()));
    let pressed = move |event: &Event| {
        event.prevent_default();
        if !is_busy.get_untracked() {
            enter.run(field().map(|field| field.value()).unwrap_or_default());
        }
    };
    let form = within.unwrap_or(OWN_FORM_ID);
    view! {
        <details node_ref=details class="coupon-entry" open=refused.with_untracked(Option::is_some)>
            <summary node_ref=summary class="link" data-testid="coupon-open">{t::cart::coupon_open()}</summary>
            {own_form(within, SetCoupon::PATH)}
            <div node_ref=entry class="mt-3 flex items-start gap-3">
                <div
                    class="min-w-0 flex-1"
                    on:keydown=move |event| {
                        if event.key() == "Enter" {
                            pressed(&event);
                        }
                    }
                >
                    <Field
                        label=t::cart::coupon_code()
                        name=COUPON_FIELD
                        form
                        value=Signal::stored(typed)
                        autocomplete="off"
                        required=true
                        maxlength=CODE_LENGTH_MAX as u32
                        error=told
                        test_id="coupon-code"
                    />
                </div>
                <div class="coupon-press">
                    <Button
                        kind=ButtonKind::Secondary
                        form
                        name="press"
                        value="enter_coupon"
                        busy=is_busy
                        test_id="coupon-enter"
                        on:click=move |event| pressed(&event)
                    >
                        {t::cart::coupon_apply()}
                    </Button>
                </div>
            </div>
        </details>
    }
    .at_once()
}

/// What is typed and pressed here belongs to a form beside it: the page's own, or else this one.
fn own_form(within: Option<&'static str>, path: &'static str) -> Option<impl IntoView> {
    within.is_none().then(|| view! { <form id=OWN_FORM_ID method="post" action=routes::to(path) novalidate=true></form> })
}
