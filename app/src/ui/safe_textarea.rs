use super::field::FieldError;
use super::raw_html::text_for_server;
use crate::t;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// A labelled field of several lines, whatever stands in it.
#[component]
pub fn SafeTextarea(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] value: String,
    #[prop(default = 4)] rows: u32,
    #[prop(optional)] required: bool,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional, into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let (id, error_id) = (name.clone(), format!("{name}-error"));
    let described_by = error_id.clone();
    view! {
        <div class="field">
            <label for=id.clone() class="field-label">
                {label}
                {(!required).then(|| view! { <span class="field-optional">{t::common::optional()}</span> })}
            </label>
            <textarea
                id=id
                name=name
                rows=rows
                class="input"
                required=required
                maxlength=maxlength.map(|length| length.to_string())
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=move || error.with(Option::is_some).then(|| described_by.clone())
                prop:value=value.clone()
            >
                {text_for_server(&value)}
            </textarea>
            <FieldError id=error_id error/>
        </div>
    }
    .at_once()
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "ssr")]
    #[test]
    fn no_text_can_leave_its_textarea() {
        use leptos::prelude::*;
        let owner = Owner::new();
        let html = owner.with(|| {
            view! { <super::SafeTextarea label="Note" name="note" value="</textarea><script>alert(1)</script> & more"/> }.to_html()
        });
        assert!(!html.contains("<script>") && html.contains("&lt;/textarea>&lt;script>alert(1)&lt;/script> &amp; more"), "{html}");
    }
}
