use super::Icon;
use super::field::FieldError;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// A labelled choice from a closed list; `options` are values with their labels.
#[component]
pub fn Select(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] autocomplete: Option<String>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] error: Signal<Option<String>>,
    /// Keeps the label for those who hear the page only.
    #[prop(optional)]
    hide_label: bool,
    #[prop(optional)] test_id: Option<&'static str>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let error_id = format!("{id}-error");
    let described_by = error_id.clone();
    let entries = options.into_iter().map(|(entry, text)| {
        let own = entry.clone();
        view! { <option value=entry selected=move || value.with(|chosen| *chosen == own)>{text}</option> }
    });
    view! {
        <div class="field">
            <label for=id.clone() class=if hide_label { "sr-only" } else { "field-label" }>{label}</label>
            <div class="select">
                <select
                    id=id
                    name=name
                    class="input"
                    autocomplete=autocomplete
                    required=required
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=move || error.with(Option::is_some).then(|| described_by.clone())
                    data-testid=test_id
                >
                    {entries.collect_view()}
                </select>
                <Icon name="chevron-down" class="select-arrow size-4"/>
            </div>
            <FieldError id=error_id error/>
        </div>
    }
    .at_once()
}
