use super::Icon;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// How much a button asks for attention. One primary button per view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// What the page is for: buy, pay, sign in.
    Primary,
    #[default]
    Secondary,
    /// Text alone, for what should not get in the way.
    Quiet,
    Danger,
}

/// The classes of a button, for links that look like one.
pub fn button_class(kind: ButtonKind) -> &'static str {
    match kind {
        ButtonKind::Primary => "button button-primary",
        ButtonKind::Secondary => "button button-secondary",
        ButtonKind::Quiet => "button button-quiet",
        ButtonKind::Danger => "button button-danger",
    }
}

/// A button; submits its form unless told otherwise. While `busy` it shows so, keeps its width and its focus, and takes
/// no second press.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    /// `button` for what submits nothing.
    #[prop(default = "submit")]
    r#type: &'static str,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    /// The id of the form that it submits, where that is not around it.
    #[prop(optional, into)]
    form: Option<&'static str>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] busy: Signal<bool>,
    /// Takes the whole width of its place.
    #[prop(optional)]
    wide: bool,
    #[prop(optional, into)] test_id: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type=r#type
            name=name
            value=value
            form=form
            class=button_class(kind)
            class:w-full=wide
            disabled=move || disabled.get()
            aria-disabled=move || busy.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            data-testid=test_id
            on:click=move |event| {
                if busy.get_untracked() {
                    event.prevent_default();
                    event.stop_immediate_propagation();
                }
            }
        >
            <span class="button-label">{children()}</span>
            <span class="button-spinner" aria-hidden="true">
                <Icon name="loader" class="size-5 animate-spin"/>
            </span>
        </button>
    }
    .at_once()
}
