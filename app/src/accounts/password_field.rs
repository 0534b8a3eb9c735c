use crate::refusals::Refusal as _;
use crate::t;
use crate::ui::Icon;
use domain::accounts::{PASSWORD_LENGTH_MAX, password_weakness};
use leptos::prelude::*;

/// A password: may be pasted, filled in by a password manager, and looked at. With `is_new` its weakness is told as soon as
/// the field is left.
#[component]
pub(super) fn PasswordField(
    #[prop(optional)] is_new: bool,
    #[prop(optional, into)] hint: Option<String>,
    /// What the server said.
    #[prop(optional_no_strip)]
    error: Option<String>,
) -> impl IntoView {
    let is_shown = RwSignal::new(false);
    let error = RwSignal::new(error);
    let runs = RwSignal::new(false);
    Effect::new(move |_| runs.set(true));
    let has_hint = hint.is_some();
    let described_by = move || match (error.with(Option::is_some), has_hint) {
        (true, true) => Some("password-hint password-error"),
        (true, false) => Some("password-error"),
        (false, true) => Some("password-hint"),
        (false, false) => None,
    };
    let left = move |event: leptos::ev::Event| {
        if is_new {
            // The account's own words are checked again by the server, which knows them all.
            error.set(password_weakness(&event_target_value(&event), "", "").map(|weakness| weakness.text()));
        }
    };
    view! {
        <div class="field">
            <label for="password" class="field-label">{t::accounts::password()}</label>
            {hint.map(|hint| view! { <p id="password-hint" class="field-hint">{hint}</p> })}
            <div class="relative">
                <input
                    id="password"
                    name="password"
                    type=move || if is_shown.get() { "text" } else { "password" }
                    class="input pe-28"
                    autocomplete=if is_new { "new-password" } else { "current-password" }
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength=PASSWORD_LENGTH_MAX.to_string()
                    required=true
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described_by
                    on:change=left
                />
                <Show when=move || runs.get()>
                    <button
                        type="button"
                        class="absolute inset-y-0 end-1 my-auto h-9 rounded-md px-3 text-sm font-semibold text-soft hover:text-ink"
                        aria-label=move || if is_shown.get() { t::accounts::hide_password() } else { t::accounts::show_password() }
                        on:click=move |_| is_shown.update(|is_shown| *is_shown = !*is_shown)
                    >
                        {move || if is_shown.get() { t::accounts::hide() } else { t::accounts::show() }}
                    </button>
                </Show>
            </div>
            {move || error.get().map(|text| view! {
                <p id="password-error" class="field-error">
                    <Icon name="alert" class="mt-0.5 size-4 shrink-0"/>
                    <span>{text}</span>
                </p>
            })}
        </div>
    }
}
