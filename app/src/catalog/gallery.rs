use crate::market;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Dialog, Icon, Picture, announce};
use domain::catalog::ImageView;
use leptos::html;
use leptos::prelude::*;

/// The pictures of a product: a strip to swipe, or to move through with thumbnails and the arrow keys, each to be seen in
/// full size. Without script the thumbnails are links into the strip, and the pictures links to their largest files.
#[component]
pub(super) fn Gallery(images: Vec<ImageView>) -> impl IntoView {
    let strip = NodeRef::<html::Ul>::new();
    let shown = RwSignal::new(0_usize);
    let zoomed = RwSignal::new(false);
    let count = images.len();
    let largest = StoredValue::new(images.clone());
    // Where lines run from right to left the strip does too: it scrolls below zero, and the left arrow leads on.
    let is_mirrored = market::current().language.runs_right_to_left();
    let show = move |place: usize| {
        if let Some(strip) = strip.get_untracked() {
            let offset = strip.client_width() * i32::try_from(place).unwrap_or(0);
            strip.set_scroll_left(if is_mirrored { -offset } else { offset });
        }
        shown.set(place);
        announce(picture_of(place, count));
    };
    let step = move |way: Way| match way {
        Way::Back => shown.get_untracked().saturating_sub(1),
        Way::On => (shown.get_untracked() + 1).min(count.saturating_sub(1)),
    };
    let way_of = move |key: &str| match (key, is_mirrored) {
        ("ArrowRight", false) | ("ArrowLeft", true) => Some(Way::On),
        ("ArrowLeft", false) | ("ArrowRight", true) => Some(Way::Back),
        _ => None,
    };
    let place_in_strip = move || {
        let strip = strip.get()?;
        let width = strip.client_width().max(1);
        usize::try_from((strip.scroll_left().abs() + width / 2) / width).ok()
    };
    // The strip may have been moved before our script ran, or for the variant before.
    Effect::new(move |_| shown.set(place_in_strip().unwrap_or(0)));
    let pictures = images.iter().cloned().enumerate().map(|(place, image)| {
        let file = image.url.clone();
        view! {
            <li id=format!("picture-{place}") class="gallery-slide">
                <a
                    href=file
                    rel="external"
                    class="gallery-zoom"
                    on:click=move |event| {
                        event.prevent_default();
                        shown.set(place);
                        zoomed.set(true);
                    }
                >
                    <Picture image sizes="(min-width: 64rem) 55vw, 100vw" first=place == 0/>
                    <span class="gallery-zoom-mark"><Icon name="zoom"/><span class="sr-only">{t::catalog::picture_enlarge()}</span></span>
                </a>
            </li>
        }
    });
    let thumbnails = images.iter().cloned().enumerate().map(|(place, image)| {
        let label = picture_of(place, count);
        view! {
            <li>
                <a
                    href=format!("#picture-{place}")
                    rel="external"
                    class="thumbnail"
                    aria-label=label
                    aria-current=move || (shown.get() == place).then_some("true")
                    on:click=move |event| {
                        event.prevent_default();
                        show(place);
                    }
                >
                    <Picture image sizes="5rem" silent=true/>
                </a>
            </li>
        }
    });
    let arrow = move |way: Way, icon, label, class| {
        let is_at_end = move || match way {
            Way::Back => shown.get() == 0,
            Way::On => shown.get() + 1 >= count,
        };
        view! {
            <button
                type="button"
                class=class
                aria-label=label
                on:click=move |_| show(step(way))
                disabled=is_at_end
            >
                <Icon name=icon class="size-5 mirrors"/>
            </button>
        }
    };
    let has_several = count > 1;
    view! {
        <div
            class="gallery"
            role="group"
            aria-label=t::catalog::pictures()
            on:keydown=move |event| {
                if let Some(way) = way_of(&event.key()) {
                    event.prevent_default();
                    show(step(way));
                }
            }
        >
            <div class="relative">
                <ul
                    node_ref=strip
                    class="gallery-strip"
                    tabindex=if has_several { "0" } else { "-1" }
                    aria-label=t::catalog::pictures_strip()
                    on:scroll=move |_| shown.set(untrack(place_in_strip).unwrap_or(0))
                >
                    {pictures.collect_view()}
                </ul>
                {has_several.then(|| view! {
                    {arrow(Way::Back, "chevron-left", t::catalog::picture_before(), "gallery-arrow gallery-arrow-before with-script")}
                    {arrow(Way::On, "chevron-right", t::catalog::picture_next(), "gallery-arrow gallery-arrow-next with-script")}
                })}
            </div>
            {has_several.then(|| view! { <ul class="thumbnails">{thumbnails.collect_view()}</ul> })}
            <Dialog open=zoomed id="zoom" class="sheet zoom" title=move || picture_of(shown.get(), count)>
                {move || {
                    let image = largest.with_value(|images| images.get(shown.get()).cloned()).filter(|_| zoomed.get());
                    image.map(|image| view! { <img src=image.url alt=image.alt width=image.width height=image.height class="zoom-picture"/> })
                }}
            </Dialog>
        </div>
    }
    .at_once()
}

/// Where an arrow leads from the picture shown.
#[derive(Clone, Copy, Debug)]
enum Way {
    Back,
    On,
}

fn picture_of(place: usize, count: usize) -> String {
    t::catalog::picture_of(&count.to_string(), &(place + 1).to_string())
}
