use super::api::{CartPageData, UndoMerge, load_cart_page, undo_merge};
use super::cart_lines::{CartLines, full_title};
use super::coupon_form::CouponForm;
use super::store::{CartStore, use_cart};
use super::totals::Totals;
use crate::page_data;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, EmptyState, FlashNotice, Head, Notice, PageHeading, Skeleton, Tone};
use crate::ui::{announce, button_class, focus_heading, quoting, refocus, refocus_on};
use domain::cart::{CART_LINES_MAX, CartView, MergeNotice};
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;

/// Everything in the cart, with what it comes to.
pub(crate) fn cart_page() -> AnyView {
    view! { <WholeCart/> }.at_once()
}

#[component]
fn WholeCart() -> impl IntoView {
    let page = page_data(String::new, |_| load_cart_page());
    let content = page.show(|| view! { <CartSkeleton/> }.at_once(), |data| view! { <CartContent data/> }.at_once());
    view! {
        <Head title=t::cart::title()/>
        <div class="page-wide py-8 sm:py-12">{content}</div>
    }
    .at_once()
}

#[component]
fn CartContent(data: CartPageData) -> impl IntoView {
    let cart = use_cart();
    let CartPageData { cart: first, merge_notice, flash } = data;
    // The page's own answer fills badge and drawer too; until then both sides show the page's answer.
    let told = first.clone();
    Effect::new(move |_| cart.accept(told.clone()));
    let shown = Memo::new(move |_| cart.shown().unwrap_or_else(|| first.clone()));
    let is_empty = Memo::new(move |_| shown.with(|shown| shown.lines.is_empty()));
    view! {
        <PageHeading text=t::cart::title()/>
        <div class="mt-6 space-y-3 empty:hidden">
            <FlashNotice flash/>
            {merge_notice.map(|notice| view! { <MergeNote notice/> })}
            <CartMessage/>
            <UndoRemoval/>
        </div>
        {move || {
            if is_empty.get() {
                view! {
                    <EmptyState icon="bag" title=t::cart::empty_title() text=t::cart::empty_text()>
                        <a href=routes::to(routes::HOME) class=button_class(ButtonKind::Primary)>{t::cart::see_new()}</a>
                        <a href=routes::to(routes::SEARCH) class=button_class(ButtonKind::Secondary)>{t::cart::browse_everything()}</a>
                    </EmptyState>
                }.at_once()
            } else {
                view! { <FilledCart shown/> }.at_once()
            }
        }}
    }
    .at_once()
}

#[component]
fn FilledCart(shown: Memo<CartView>) -> impl IntoView {
    let cart = use_cart();
    view! {
        <div class="cart-columns">
            <div>
                <h2 class="sr-only">{t::cart::contents()}</h2>
                {move || view! { <CartLines cart=shown.get()/> }.at_once()}
            </div>
            <aside aria-labelledby="cart-summary">
                <div class="summary-card">
                    <h2 id="cart-summary" class="font-serif text-2xl">{t::cart::summary()}</h2>
                    {move || view! { <Totals cart=shown.get() busy=Signal::derive(move || cart.is_busy())/> }.at_once()}
                    <div class="mt-5 border-t border-line pt-4">
                        <CouponForm cart=shown changed=Callback::new(move |told| cart.accept(told))/>
                    </div>
                </div>
            </aside>
        </div>
    }
    .at_once()
}

/// What the shop refused, at the place where the shopper looks.
#[component]
pub(super) fn CartMessage() -> impl IntoView {
    let cart = use_cart();
    move || cart.message.get().map(|message| view! { <Notice tone=message.tone test_id="cart-message">{message.text}</Notice> })
}

#[component]
pub(super) fn UndoRemoval() -> impl IntoView {
    let cart = use_cart();
    let button = NodeRef::<html::Button>::new();
    // The last line takes the pressed button with it: who has lost the focus goes on here.
    Effect::new(move |_| {
        if cart.removed.with(Option::is_some) {
            refocus(button.get().map(Into::into));
        }
    });
    move || {
        cart.removed.get().map(|line| {
            let named = full_title(&line);
            let title = format!(".cart-line .plain-link[href='{}']", routes::variant(&line.product_slug, line.variant_id));
            view! {
                <Notice test_id="cart-removed">
                    <span class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
                        <span>{quoting(&t::cart::removed(&named), &named)}</span>
                        <button
                            node_ref=button
                            type="button"
                            class="text-button"
                            on:click=move |_| {
                                cart.undo_removal();
                                // The button goes: its line is back, and is where the shopper goes on.
                                refocus_on(title.clone());
                            }
                            data-testid="cart-undo-remove"
                        >
                            {t::cart::undo()}
                        </button>
                    </span>
                </Notice>
            }
        })
    }
}

/// What signing in brought into the cart, told where the cart itself is not shown: there it can be taken back.
#[component]
pub(crate) fn MergeTold(notice: MergeNotice) -> impl IntoView {
    view! {
        <Notice tone=merge_tone(&notice) test_id="cart-merged">
            <span class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
                <span>{merged_text(&notice)}</span>
                <a href=routes::to(routes::CART) class="link">{t::cart::view()}</a>
            </span>
        </Notice>
    }
    .at_once()
}

/// Good news only where something came along.
fn merge_tone(notice: &MergeNotice) -> Tone {
    if notice.added.is_empty() { Tone::Plain } else { Tone::Good }
}

/// What came along, and what found no room.
fn merged_text(notice: &MergeNotice) -> AnyView {
    let (added, left_out) = (notice.added.join(", "), notice.left_out.join(", "));
    let max = CART_LINES_MAX.to_string();
    view! {
        {(!added.is_empty()).then(|| view! { <span class="block">{quoting(&t::cart::merged(&added), &added)}</span> })}
        {(!left_out.is_empty()).then(|| view! { <span class="block">{quoting(&t::cart::merge_left_out(&max, &left_out), &left_out)}</span> })}
    }
    .at_once()
}

/// What signing in brought into the cart.
#[component]
fn MergeNote(notice: MergeNotice) -> impl IntoView {
    let cart = use_cart();
    let is_done = RwSignal::new(false);
    let (text, tone) = (merged_text(&notice), merge_tone(&notice));
    let undo = (!notice.added.is_empty()).then(|| {
        view! { <button type="submit" class="text-button" data-testid="cart-undo-merge">{t::cart::undo()}</button> }
    });
    view! {
        <div class:hidden=move || is_done.get()>
            <Notice tone test_id="cart-merged">
                <form
                    method="post"
                    action=routes::to(UndoMerge::PATH)
                    class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1"
                    on:submit=move |event| {
                        event.prevent_default();
                        spawn_local(async move {
                            if take_back(cart).await {
                                focus_heading();
                                is_done.try_set(true);
                            }
                        });
                    }
                >
                    <span>{text}</span>
                    {undo}
                </form>
            </Notice>
        </div>
    }
    .at_once()
}

/// Gives the cart its content before signing in; says whether it has it.
async fn take_back(cart: CartStore) -> bool {
    match undo_merge().await {
        Ok(told) => {
            announce(t::cart::merge_undone());
            cart.accept(told);
            true
        }
        Err(error) => {
            cart.refuse(&error, None);
            false
        }
    }
}

#[component]
fn CartSkeleton() -> impl IntoView {
    view! {
        <Skeleton class="block h-11 w-56"/>
        <div class="cart-columns">
            <div class="space-y-6">
                <Skeleton class="block h-28 w-full"/>
                <Skeleton class="block h-28 w-full"/>
            </div>
            <Skeleton class="block h-72 w-full"/>
        </div>
    }
    .at_once()
}
