use super::api::{self, PayView};
use super::declines;
use super::stripe_js::{CardForm, Confirmation};
use super::{Outcome, outcome};
use crate::market;
use crate::routes;
use crate::t;
use crate::theme::Theme;
use crate::ui::{Button, ButtonKind, Notice, Skeleton, Tone, announce, pause};
use domain::language::Language;
use domain::orders::{OrderNumber, OrderView};
use domain::payments::AttemptError;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use send_wrapper::SendWrapper;

/// Between two questions how the payment stands: quick at first, then patient. The last one repeats.
const CHECK_PAUSES_MS: [i32; 6] = [0, 1_000, 1_500, 2_000, 3_000, 5_000];
/// So many questions make ten minutes; after that only a reload asks again.
const CHECKS_MAX: usize = 120;
/// "Not paid" is believed only when it was said this often: an answer may be older than the attempt it is about.
const UNPAID_ANSWERS_NEEDED: usize = 3;
/// And after silence only when the bank has had longer than any takes: by the pauses, three quarters of a minute.
const UNPAID_ANSWERS_AFTER_SILENCE: usize = 13;
/// How often the page asks for the payment while the gateway has not made it yet.
const SECRET_TRIES_MAX: usize = 30;

/// Where the payment stands, as the page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The form is on its way.
    Loading,
    Ready,
    /// The bank is being asked.
    Paying,
    /// Nobody knows yet whether it was paid.
    Checking,
    /// The form could not be shown; the gateway's own page still works.
    Unavailable,
}

impl Stage {
    /// Whether an answer of the bank is awaited: the page stays as it is until it has come, the hold's end or not.
    fn is_undecided(self) -> bool {
        matches!(self, Self::Paying | Self::Checking)
    }
}

/// What the parts of the payment share.
#[derive(Clone, Copy)]
struct Payment {
    number: StoredValue<OrderNumber>,
    stage: RwSignal<Stage>,
    /// Why the last try failed.
    refusal: RwSignal<Option<String>>,
    /// None on the server, which may drop it on another thread than it was made on.
    card_form: StoredValue<Option<SendWrapper<CardForm>>>,
    /// Shows the order as the server now sees it.
    reload: Callback<()>,
}

/// The payment of an order: the gateway's form once the browser's script runs, a way to its hosted page before and without.
#[component]
pub(super) fn PaymentForm(view: PayView, is_hold_over: RwSignal<bool>, reload: Callback<()>) -> impl IntoView {
    let order = &view.order;
    let is_open = outcome(order) == Outcome::Open;
    let is_hosted = view.is_hosted;
    let payment = Payment {
        number: StoredValue::new(order.number.clone()),
        stage: RwSignal::new(match (is_open, is_hosted) {
            (true, _) => Stage::Checking,
            (false, true) => Stage::Unavailable,
            (false, false) => Stage::Loading,
        }),
        refusal: RwSignal::new(order.last_error.as_ref().filter(|_| !is_open).map(decline_text)),
        card_form: StoredValue::new(None),
        reload,
    };
    let total = order.total;
    let runs = RwSignal::new(false);
    let place = NodeRef::<html::Div>::new();
    let follow = use_follow(payment);
    Effect::new(move |_| runs.set(true));
    let settings = StoredValue::new(view.clone());
    Effect::new(move |started: Option<bool>| {
        let Some(place) = place.get().filter(|_| started != Some(true)) else { return started == Some(true) };
        spawn_local(show_card_form(payment, settings.get_value(), place));
        true
    });
    let theme = use_context::<Theme>();
    Effect::new(move |_| {
        // The page turns by its attribute; the form stands in a frame and is told by us.
        let _shade = theme.and_then(Theme::shade);
        payment.card_form.with_value(|form| form.iter().for_each(|form| form.recolour()));
    });
    if is_open {
        Effect::new(move |_| follow.run(UNPAID_ANSWERS_NEEDED));
    }
    Effect::new(move |was_shown: Option<bool>| {
        let shows_end = is_hold_over.get() && !payment.stage.get().is_undecided();
        if shows_end && was_shown != Some(true) {
            reload.run(());
        }
        shows_end || was_shown == Some(true)
    });
    let return_url = StoredValue::new(view.return_url.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(form) = payment.card_form.get_value().filter(|_| payment.stage.get_untracked() == Stage::Ready) else { return };
        payment.stage.set(Stage::Paying);
        payment.refusal.set(None);
        spawn_local(async move {
            match form.confirm(&return_url.get_value()).await {
                Confirmation::Refused(why) => payment.refuse(why),
                Confirmation::Taken => follow.run(UNPAID_ANSWERS_NEEDED),
                Confirmation::Unknown => follow.run(UNPAID_ANSWERS_AFTER_SILENCE),
            }
        });
    };
    let is_card_form = move || runs.get() && payment.stage.get() != Stage::Unavailable;
    let number = order.number.to_string();
    view! {
        <RefusalNotice refusal=payment.refusal/>
        <Show
            when=is_card_form
            fallback=move || view! { <HostedPageForm number=number.clone() waits=!runs.get_untracked() is_chosen=is_hosted/> }
        >
            <form method="post" on:submit=submit class="space-y-5">
                <div class="card-form">
                    <div node_ref=place class:invisible=move || payment.stage.get() == Stage::Loading></div>
                    <Show when=move || payment.stage.get() == Stage::Loading>
                        <div class="card-form-loading"><Skeleton class="block h-full w-full rounded-md"/></div>
                    </Show>
                </div>
                <StageNotice stage=payment.stage/>
                <Button
                    kind=ButtonKind::Primary
                    wide=true
                    disabled=Signal::derive(move || payment.stage.get() == Stage::Loading)
                    busy=Signal::derive(move || payment.stage.get().is_undecided())
                >
                    {t::pay::pay_total(&t::money(total))}
                </Button>
            </form>
        </Show>
    }
}

/// Why the last try failed, in the language of the page.
fn decline_text(error: &AttemptError) -> String {
    match market::current().language {
        Language::English => error.message.clone(),
        Language::German | Language::Mirrored => declines::text_of(&error.code).unwrap_or(t::pay::refused()).to_owned(),
    }
}

impl Payment {
    /// The attempt failed for sure: the form stays, the reason takes the focus.
    fn refuse(self, why: String) {
        self.refusal.try_set(Some(why));
        self.stage.try_set(Stage::Ready);
    }
}

/// Puts the gateway's form into its place, waiting for the gateway to make the payment first.
async fn show_card_form(payment: Payment, view: PayView, place: web_sys::HtmlDivElement) {
    let settings = view.payment;
    let Some(secret) = client_secret(view.order).await else {
        payment.stage.try_set(Stage::Unavailable);
        return;
    };
    let shown = CardForm::mount(&settings.script_url, &settings.publishable_key, &secret, &place).await;
    match shown {
        Ok(form) => {
            payment.card_form.try_set_value(Some(SendWrapper::new(form)));
            payment.stage.try_update(|stage| {
                if *stage == Stage::Loading {
                    *stage = Stage::Ready;
                }
            });
        }
        Err(_) => {
            payment.stage.try_set(Stage::Unavailable);
        }
    }
}

async fn client_secret(order: OrderView) -> Option<String> {
    let number = order.number.to_string();
    let mut secret = order.payment.client_secret;
    for _ in 0..SECRET_TRIES_MAX {
        if secret.is_some() {
            break;
        }
        pause(CHECK_PAUSES_MS[2]).await;
        secret = api::pay_page(number.clone()).await.ok().and_then(|view| view.order.payment.client_secret);
    }
    secret
}

/// Asks how the payment stands until that is known, and goes where it leads. Called with how often "not paid" must be said.
fn use_follow(payment: Payment) -> Callback<usize> {
    let navigate = use_navigate();
    let arrive = Callback::new(move |number: OrderNumber| {
        navigate(&routes::order_placed(number), NavigateOptions { replace: true, resolve: false, ..NavigateOptions::default() });
    });
    Callback::new(move |unpaid_answers_needed| {
        payment.stage.set(Stage::Checking);
        spawn_local(follow(payment, unpaid_answers_needed, arrive));
    })
}

async fn follow(payment: Payment, unpaid_answers_needed: usize, arrive: Callback<OrderNumber>) {
    let Some(number) = payment.number.try_get_value() else { return };
    let mut unpaid_answers = 0;
    for check in 0..CHECKS_MAX {
        pause(CHECK_PAUSES_MS[check.min(CHECK_PAUSES_MS.len() - 1)]).await;
        let answer = api::settle(number.to_string()).await;
        // The page was left meanwhile: its successor asks for itself.
        if payment.stage.try_get_untracked() != Some(Stage::Checking) {
            return;
        }
        match answer.map(|order| (outcome(&order), order)) {
            Ok((Outcome::Paid, _)) => return arrive.run(number),
            Ok((Outcome::Ended, _)) => return payment.reload.run(()),
            Ok((Outcome::Payable, order)) => {
                unpaid_answers += 1;
                if unpaid_answers >= unpaid_answers_needed {
                    let why = order.last_error.as_ref().map(decline_text);
                    return payment.refuse(why.unwrap_or_else(|| t::pay::not_gone_through().to_owned()));
                }
            }
            // Refused: decided meanwhile, the page shows how. Anything else is no answer, so the question stays open.
            Err(error) if error.refusal().is_some_and(|refusal| *refusal != domain::payments::PaymentRefusal::GatewayUnavailable) => {
                return payment.reload.run(());
            }
            Ok((Outcome::Open, _)) | Err(_) => {}
        }
    }
}

/// Why the last try failed; takes the focus when it appears, so that it is read out and the way back to the form is short.
#[component]
fn RefusalNotice(refusal: RwSignal<Option<String>>) -> impl IntoView {
    let notice = NodeRef::<html::Div>::new();
    Effect::new(move |before: Option<Option<String>>| {
        let now = refusal.get();
        if let (Some(before), Some(notice), true) = (before, notice.get(), now.is_some())
            && before != now
        {
            // An element that has just left the page cannot take the focus; there is nothing to say then.
            _ = notice.focus();
        }
        now
    });
    view! {
        <div node_ref=notice tabindex="-1" class="empty:hidden" data-testid="payment-refusal">
            {move || refusal.get().map(|why| view! {
                <Notice tone=Tone::Bad>
                    <p class="font-semibold">{t::pay::refused_title()}</p>
                    <p>{why} " " {t::pay::still_held()}</p>
                </Notice>
            })}
        </div>
    }
}

/// What is happening, for the eyes as a line above the button and for the ears through the announcer.
#[component]
fn StageNotice(stage: RwSignal<Stage>) -> impl IntoView {
    let text = move || match stage.get() {
        Stage::Paying => Some(t::pay::asking_bank()),
        Stage::Checking => Some(t::pay::checking()),
        Stage::Loading | Stage::Ready | Stage::Unavailable => None,
    };
    Effect::new(move |_| {
        if let Some(text) = text() {
            announce(text);
        }
    });
    move || text().map(|text| view! { <p class="text-soft" data-testid="payment-stage">{text}</p> })
}

/// The way to the gateway's own page. Where the script is only on its way it stays out of sight for a moment (`waits`), so
/// that it does not flash before the form; where it `is_chosen` already, it is all there is.
#[component]
fn HostedPageForm(number: String, waits: bool, is_chosen: bool) -> impl IntoView {
    let explanation = if waits || is_chosen { t::pay::hosted_text() } else { t::pay::hosted_text_instead() };
    view! {
        <form
            method="post"
            action=routes::to(api::OpenHostedPage::PATH)
            class="card-form space-y-4"
            class:appears-late=waits && !is_chosen
        >
            <input type="hidden" name="number" value=number/>
            <p class="text-soft">{explanation}</p>
            <Button kind=ButtonKind::Primary wide=true>{t::pay::hosted_pay()}</Button>
        </form>
    }
}
