use super::api::{CartPageData, UndoMerge, load_cart_page, undo_merge};
use super::cart_lines::CartLines;
use super::store::{CartStore, use_cart};
use super::totals::Totals;
use crate::page_data;
use crate::routes;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, EmptyState, FlashNotice, Head, Notice, PageHeading, Skeleton, Tone, announce, button_class};
use domain::cart::{CartView, MergeNotice};
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
        <Head title="Your cart"/>
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
    view! {
        <PageHeading text="Your cart"/>
        <div class="mt-6 space-y-3 empty:hidden">
            <FlashNotice flash/>
            {merge_notice.map(|notice| view! { <MergeNote notice/> })}
            <CartMessage/>
            <UndoRemoval/>
        </div>
        {move || {
            let shown = shown.get();
            if shown.lines.is_empty() {
                view! {
                    <EmptyState icon="bag" title="Your cart is empty" text="What you add waits here for you, for weeks.">
                        <a href=routes::HOME class=button_class(ButtonKind::Primary)>"See what is new"</a>
                        <a href=routes::SEARCH class=button_class(ButtonKind::Secondary)>"Browse everything"</a>
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
fn FilledCart(shown: CartView) -> impl IntoView {
    let cart = use_cart();
    view! {
        <div class="cart-columns">
            <div>
                <h2 class="sr-only">"What is in it"</h2>
                <CartLines cart=shown.clone()/>
            </div>
            <aside aria-labelledby="cart-summary">
                <div class="summary-card">
                    <h2 id="cart-summary" class="font-serif text-2xl">"Summary"</h2>
                    <Totals cart=shown busy=Signal::derive(move || cart.is_busy())/>
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
    move || {
        cart.removed.get().map(|line| {
            view! {
                <Notice test_id="cart-removed">
                    <span class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
                        <span>{format!("{} was removed.", line.title)}</span>
                        <button type="button" class="text-button" on:click=move |_| cart.undo_removal() data-testid="cart-undo-remove">"Undo"</button>
                    </span>
                </Notice>
            }
        })
    }
}

/// What signing in brought into the cart.
#[component]
fn MergeNote(notice: MergeNotice) -> impl IntoView {
    let cart = use_cart();
    let is_done = RwSignal::new(false);
    let text = format!("From before you signed in: {}.", notice.added.join(", "));
    view! {
        <div class:hidden=move || is_done.get()>
            <Notice tone=Tone::Good test_id="cart-merged">
                <form
                    method="post"
                    action=UndoMerge::PATH
                    class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1"
                    on:submit=move |event| {
                        event.prevent_default();
                        is_done.set(true);
                        spawn_local(take_back(cart));
                    }
                >
                    <span>{text}</span>
                    <button type="submit" class="text-button" data-testid="cart-undo-merge">"Undo"</button>
                </form>
            </Notice>
        </div>
    }
    .at_once()
}

/// Gives the cart its content before signing in.
async fn take_back(cart: CartStore) {
    match undo_merge().await {
        Ok(told) => {
            announce("Your cart is as it was before you signed in.");
            cart.accept(told);
        }
        Err(error) => cart.refuse(&error),
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
