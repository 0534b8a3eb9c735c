use super::Icon;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// Where nothing is: what that means, and as children the ways on.
#[component]
pub fn EmptyState(#[prop(into)] title: String, #[prop(into)] text: String, icon: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="empty-state">
            <Icon name=icon class="size-10 text-soft"/>
            <p class="font-serif text-2xl">{title}</p>
            <p class="max-w-prose text-soft">{text}</p>
            <div class="mt-2 flex flex-wrap justify-center gap-3">{children()}</div>
        </div>
    }
    .at_once()
}
