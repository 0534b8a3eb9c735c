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
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;

/// Enters a code, behind a link until it is wanted, or shows the one that is entered. `changed` gets the cart that follows;
/// without script the page of `at_checkout` does.
#[component]
pub(crate) fn CouponForm(#[prop(into)] cart: Signal<CartView>, at_checkout: bool, changed: Callback<CartView>) -> impl IntoView {
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
        spawn_local(async move { take(set_coupon(code, at_checkout).await, t::cart::coupon_entered()) });
    };
    let remove = move || {
        begin();
        spawn_local(async move { take(remove_coupon(at_checkout).await, t::cart::coupon_removed()) });
    };
    let entered = Memo::new(move |_| cart.with(Entered::of));
    // Whoever has just entered a coupon or taken one out goes on with what stands there now.
    let was_entered = StoredValue::new(None::<bool>);
    move || {
        let entered = entered.get();
        let takes_focus = was_entered.get_value().is_some_and(|was_entered| was_entered != entered.is_some());
        was_entered.set_value(Some(entered.is_some()));
        match entered {
            Some(entered) => {
                let remove = Callback::new(move |()| remove());
                view! { <EnteredCoupon entered at_checkout takes_focus error is_busy remove/> }.at_once()
            }
            None => view! { <CodeEntry at_checkout takes_focus error is_busy enter=Callback::new(enter)/> }.at_once(),
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
    at_checkout: bool,
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
        <form
            method="post"
            action=routes::to(RemoveCoupon::PATH)
            class="coupon-entered"
            data-testid="coupon"
            on:submit=move |event| {
                event.prevent_default();
                if !is_busy.get_untracked() {
                    remove.run(());
                }
            }
        >
            <input type="hidden" name="at_checkout" value=at_checkout.to_string()/>
            <p class="min-w-0 flex-1">
                <span class="block font-semibold break-words">{code}</span>
                <span class="block text-sm text-soft break-words" lang=content_language()>{label}</span>
                {problem.map(|problem| view! { <span class="block text-sm text-bad" data-testid="coupon-problem">{problem}</span> })}
                {move || error.get().map(|error| view! { <span class="block text-sm text-bad" role="alert">{error}</span> })}
            </p>
            <button
                node_ref=button
                type="submit"
                class="text-button"
                aria-label=remove_label
                aria-disabled=move || is_busy.get().then_some("true")
                data-testid="coupon-remove"
            >
                {t::cart::remove()}
            </button>
        </form>
    }
    .at_once()
}

#[component]
fn CodeEntry(
    at_checkout: bool,
    /// The way to the field, for whoever has just lost the place.
    takes_focus: bool,
    #[prop(into)] error: Signal<Option<String>>,
    #[prop(into)] is_busy: Signal<bool>,
    enter: Callback<String>,
) -> impl IntoView {
    let form: NodeRef<html::Form> = NodeRef::new();
    let summary: NodeRef<html::Summary> = NodeRef::new();
    Effect::new(move |_| {
        if takes_focus {
            refocus(summary.get().map(Into::into));
        }
    });
    let id = if at_checkout { "checkout-coupon" } else { "cart-coupon" };
    // What was refused is said at its field, and the field is where the shopper goes on.
    Effect::new(move |_| {
        if error.with(Option::is_some) {
            let field = form.get().and_then(|form| form.query_selector("input[name=code]").ok().flatten());
            focus(field);
        }
    });
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = form.get().and_then(|form| web_sys::FormData::new_with_form(&form).ok()).and_then(|data| data.get("code").as_string());
        enter.run(typed.unwrap_or_default());
    };
    view! {
        <details class="coupon-entry">
            <summary node_ref=summary class="link" data-testid="coupon-open">{t::cart::coupon_open()}</summary>
            <form
                node_ref=form
                method="post"
                action=routes::to(SetCoupon::PATH)
                novalidate=true
                class="mt-3 flex items-start gap-3"
                on:submit=on_submit
            >
                <input type="hidden" name="at_checkout" value=at_checkout.to_string()/>
                <div class="min-w-0 flex-1">
                    <Field
                        label=t::cart::coupon_code()
                        name="code"
                        id=id
                        autocomplete="off"
                        required=true
                        maxlength=CODE_LENGTH_MAX as u32
                        error
                        test_id="coupon-code"
                    />
                </div>
                <div class="pt-7">
                    <Button kind=ButtonKind::Secondary busy=is_busy test_id="coupon-enter">{t::cart::coupon_apply()}</Button>
                </div>
            </form>
        </details>
    }
    .at_once()
}

fn focus(field: Option<web_sys::Element>) {
    use wasm_bindgen::JsCast as _;
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Refused by no field that can be typed into.
        let _ = field.focus();
    }
}
