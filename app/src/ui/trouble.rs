use crate::t;
use domain::address::FieldError;
use leptos::html::Div;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Why a form was not taken: one sentence, the fields to look at, more sentences. Small enough to travel in a cookie, so
/// that a page without JavaScript can say it after the redirect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub title: String,
    /// `field` is the name and id of an input of the form.
    pub fields: Vec<FieldError>,
    pub details: Vec<String>,
    /// Where the way out leads, and its label.
    pub way_out: Option<(String, String)>,
}

impl Trouble {
    pub fn plain(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    pub fn of_fields(fields: Vec<FieldError>) -> Self {
        Self { title: t::common::fields_to_mend().into(), fields, ..Self::default() }
    }

    /// What is wrong with the field of this name.
    pub fn field(&self, name: &str) -> Option<String> {
        self.fields.iter().find(|error| error.field == name).map(|error| error.message.clone())
    }
}

/// The trouble above a form. Each time one appears it takes the focus, so that it is read out; its links lead to the fields.
#[component]
pub fn TroubleNotice(#[prop(into)] trouble: Signal<Option<Trouble>>) -> impl IntoView {
    let summary = NodeRef::<Div>::new();
    Effect::new(move || {
        if trouble.with(Option::is_some)
            && let Some(summary) = summary.get()
        {
            // An element that has just left the page cannot take the focus; there is nothing to mend then.
            _ = summary.focus();
        }
    });
    move || {
        trouble.get().map(|trouble| {
            let links = trouble.fields.iter().map(|error| {
                view! {
                    <li>
                        <a href=format!("#{}", error.field) rel="external">{error.message.clone()}</a>
                    </li>
                }
            });
            let details = trouble.details.iter().map(|detail| view! { <li>{detail.clone()}</li> });
            let has_list = !trouble.fields.is_empty() || !trouble.details.is_empty();
            let list = has_list.then(|| view! { <ul class="mt-1 list-disc ps-5">{links.collect_view()} {details.collect_view()}</ul> });
            let way_out =
                trouble.way_out.clone().map(|(href, label)| view! { <p class="mt-2"><a href=href rel="external">{label}</a></p> });
            view! {
                <div node_ref=summary role="alert" tabindex="-1" class="error-summary" data-testid="form-errors">
                    <p class="font-semibold">{trouble.title.clone()}</p>
                    {list}
                    {way_out}
                </div>
            }
        })
    }
}
