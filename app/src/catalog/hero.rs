use crate::routes;
use crate::t;
use crate::theme::{Shade, Theme};
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, PageHeading, button_class};
use leptos::prelude::*;

/// The top of the front page: the market hall, by day or by night, and what the shop is.
#[component]
pub(super) fn Hero() -> impl IntoView {
    view! {
        <section class="hero" aria-labelledby="hero-title">
            <HeroPicture/>
            <div class="page-wide hero-text">
                <div id="hero-title"><PageHeading text=t::catalog::hero_title() class="hero-title"/></div>
                <p class="mt-4 max-w-[46ch] text-lg text-soft">{t::catalog::hero_text()}</p>
                <p class="mt-7 flex flex-wrap gap-3">
                    <a href=routes::to("/search?sort=newest") class=button_class(ButtonKind::Primary)>{t::catalog::hero_newest()}</a>
                    <a href="#makers" rel="external" class=button_class(ButtonKind::Secondary)>{t::catalog::hero_makers()}</a>
                </p>
            </div>
        </section>
    }
    .at_once()
}

/// Day or night by the shopper's choice, or else by what the system prefers.
#[component]
fn HeroPicture() -> impl IntoView {
    let theme = use_context::<Theme>();
    let chosen = move || theme.and_then(Theme::shade);
    let source = move || if chosen() == Some(Shade::Dark) { NIGHT } else { DAY };
    let night = move || if chosen() == Some(Shade::Light) { DAY } else { NIGHT };
    view! {
        <picture class="hero-picture">
            <source media="(prefers-color-scheme: dark)" srcset=move || if chosen().is_none() { night() } else { source() }/>
            <img
                src=source
                width="1920"
                height="800"
                fetchpriority="high"
                alt=t::catalog::hero_picture()
            />
        </picture>
    }
    .at_once()
}

const DAY: &str = "/pictures/hero-day.svg";
const NIGHT: &str = "/pictures/hero-night.svg";
