use super::Icon;
use crate::t;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// A labelled text field: the label above, the hint below it, the error by the field and tied to it. Its element's id is
/// `id`, or else its name.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: Option<String>,
    /// `email`, `password`, `tel`, `search`, `number`; text otherwise.
    #[prop(default = "text")]
    r#type: &'static str,
    #[prop(optional, into)] value: Signal<String>,
    /// The token that lets browsers fill the field in (`email`, `shipping address-line1`).
    #[prop(optional, into)]
    autocomplete: Option<String>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional)] required: bool,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    /// The id of the form that it belongs to, where that is not around it.
    #[prop(optional)]
    form: Option<&'static str>,
    #[prop(optional)] test_id: Option<&'static str>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described_by = {
        let (hint_id, error_id) = (hint.is_some().then(|| hint_id.clone()), error_id.clone());
        move || match (error.with(Option::is_some), &hint_id) {
            (true, Some(hint_id)) => Some(format!("{hint_id} {error_id}")),
            (true, None) => Some(error_id.clone()),
            (false, hint_id) => hint_id.clone(),
        }
    };
    view! {
        <div class="field">
            <label for=id.clone() class="field-label">
                {label}
                {(!required).then(|| view! { <span class="field-optional">{t::common::optional()}</span> })}
            </label>
            {hint.map(|hint| view! { <p id=hint_id class="field-hint">{hint}</p> })}
            <input
                id=id
                name=name
                form=form
                type=r#type
                class="input"
                // The attribute alone: the property would undo what was typed before the script ran.
                value=move || value.get()
                autocomplete=autocomplete
                inputmode=inputmode
                maxlength=maxlength.map(|length| length.to_string())
                required=required
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by
                data-testid=test_id
            />
            <FieldError id=error_id error/>
        </div>
    }
    .at_once()
}

/// The line below a field that says what is wrong with it.
#[component]
pub(super) fn FieldError(id: String, error: Signal<Option<String>>) -> impl IntoView {
    move || {
        error.get().map(|text| {
            view! {
                <p id=id.clone() class="field-error">
                    <Icon name="alert" class="mt-0.5 size-4 shrink-0"/>
                    <span>{text}</span>
                </p>
            }
        })
    }
}
