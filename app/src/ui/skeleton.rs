use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// The place of something that is on its way, in its final size (given by `class`).
#[component]
pub fn Skeleton(class: &'static str) -> impl IntoView {
    view! { <span class=format!("skeleton {class}") aria-hidden="true"></span> }.at_once()
}

/// The places of a grid of product cards.
#[component]
pub fn CardGridSkeleton(#[prop(default = 8)] cards: u32) -> impl IntoView {
    let card = |_| {
        view! {
            <li>
                <Skeleton class="block aspect-square w-full"/>
                <Skeleton class="mt-3 block h-5 w-4/5"/>
                <Skeleton class="mt-2 block h-4 w-1/2"/>
                <Skeleton class="mt-2 block h-5 w-1/4"/>
            </li>
        }
    };
    view! { <ul class="card-grid" aria-hidden="true">{(0..cards).map(card).collect_view()}</ul> }.at_once()
}
