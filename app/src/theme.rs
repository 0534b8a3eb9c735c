//! Light or dark: what the shopper chose, kept in a cookie, or else what their system prefers. The server writes the
//! choice into the page, so nothing flashes; switching needs no reload, and without script a plain form does it.

use crate::error::AppError;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::Icon;
use domain::refusal::NoRefusal;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shade {
    Light,
    Dark,
}

impl Shade {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Shade::Light => "light",
            Shade::Dark => "dark",
        }
    }

    pub(crate) fn of(name: &str) -> Option<Self> {
        [Shade::Light, Shade::Dark].into_iter().find(|shade| shade.name() == name)
    }
}

/// The shopper's choice; none: the system's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Theme(RwSignal<Option<Shade>>);

impl Theme {
    pub(crate) fn provide() {
        provide_context(Theme(RwSignal::new(chosen())));
    }

    pub(crate) fn shade(self) -> Option<Shade> {
        self.0.get()
    }

    /// Switches this page and remembers it for the next.
    fn choose(self, shade: Shade) {
        self.0.set(Some(shade));
        let document = document();
        if let Some(root) = document.document_element() {
            // Setting an attribute of this name cannot fail.
            let _ = root.set_attribute("data-theme", shade.name());
        }
        let cookie = format!("souk_theme={}; Path=/; Max-Age=31536000; Secure; SameSite=Lax", shade.name());
        // Reflect: the typed setter would need the whole HtmlDocument interface.
        let _ = js_sys::Reflect::set(document.unchecked_ref(), &"cookie".into(), &cookie.into());
    }
}

/// The same answer on both sides: the server reads the cookie, the browser what the server wrote.
#[cfg(feature = "ssr")]
pub(crate) fn chosen() -> Option<Shade> {
    crate::context::cookie(crate::context::THEME_COOKIE).and_then(|name| Shade::of(&name))
}

#[cfg(not(feature = "ssr"))]
fn chosen() -> Option<Shade> {
    document().document_element().and_then(|root| root.get_attribute("data-theme")).and_then(|name| Shade::of(&name))
}

/// Keeps the choice where no script runs.
#[server(prefix = "/sf", endpoint = "theme/choose")]
pub(crate) async fn choose_theme(shade: Shade) -> Result<(), AppError<NoRefusal>> {
    crate::context::set_theme_cookie(Some(shade.name()));
    crate::context::finish_form(&crate::context::referring_path(&routes::to(routes::HOME)), None);
    Ok(())
}

/// Two buttons of which the style sheet shows the one that changes something.
#[component]
pub(crate) fn ThemeToggle() -> impl IntoView {
    let theme = use_context::<Theme>();
    let button = move |shade: Shade, icon, label| {
        view! {
            <button
                type="submit"
                name="shade"
                value=shade.name()
                class=format!("icon-button theme-to-{}", shade.name())
                aria-label=label
                title=label
                on:click=move |event| {
                    if let Some(theme) = theme {
                        event.prevent_default();
                        theme.choose(shade);
                    }
                }
            >
                <Icon name=icon/>
            </button>
        }
    };
    view! {
        <form method="post" action=routes::to(ChooseTheme::PATH) class="contents" data-testid="theme-toggle">
            {button(Shade::Dark, "moon", t::frame::to_dark())}
            {button(Shade::Light, "sun", t::frame::to_light())}
        </form>
    }
    .at_once()
}
