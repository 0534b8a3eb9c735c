use crate::ui::AtOnce as _;
use crate::ui::{Icon, Picture};
use domain::catalog::ImageView;
use leptos::html;
use leptos::prelude::*;

/// The pictures of a product: a strip to swipe, or to move through with thumbnails and the arrow keys. Without script the
/// thumbnails are links into the strip.
#[component]
pub(super) fn Gallery(images: Vec<ImageView>) -> impl IntoView {
    let strip = NodeRef::<html::Ul>::new();
    let shown = RwSignal::new(0_usize);
    let count = images.len();
    let show = move |place: usize| {
        if let Some(strip) = strip.get_untracked() {
            let width = strip.client_width();
            strip.set_scroll_left(width * i32::try_from(place).unwrap_or(0));
        }
        shown.set(place);
    };
    let step = move |key: &str| match key {
        "ArrowRight" => Some((shown.get_untracked() + 1).min(count.saturating_sub(1))),
        "ArrowLeft" => Some(shown.get_untracked().saturating_sub(1)),
        _ => None,
    };
    let place_in_strip = move || {
        let strip = strip.get()?;
        let width = strip.client_width().max(1);
        usize::try_from((strip.scroll_left() + width / 2) / width).ok()
    };
    // The strip may have been moved before our script ran, or for the variant before.
    Effect::new(move |_| shown.set(place_in_strip().unwrap_or(0)));
    let pictures = images.iter().cloned().enumerate().map(|(place, image)| {
        view! {
            <li id=format!("picture-{place}") class="gallery-slide">
                <Picture image sizes="(min-width: 64rem) 55vw, 100vw" first=place == 0/>
            </li>
        }
    });
    let thumbnails = images.iter().cloned().enumerate().map(|(place, image)| {
        let label = format!("Picture {} of {count}", place + 1);
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
    let arrow = move |by: &'static str, icon, label, class| {
        view! {
            <button
                type="button"
                class=class
                aria-label=label
                on:click=move |_| if let Some(place) = step(by) { show(place) }
                disabled=move || step_from(shown.get(), by, count).is_none()
            >
                <Icon name=icon/>
            </button>
        }
    };
    let has_several = count > 1;
    view! {
        <div
            class="gallery"
            role="group"
            aria-label="Pictures"
            on:keydown=move |event| {
                if let Some(place) = step(&event.key()) {
                    event.prevent_default();
                    show(place);
                }
            }
        >
            <div class="relative">
                <ul
                    node_ref=strip
                    class="gallery-strip"
                    tabindex=if has_several { "0" } else { "-1" }
                    aria-label="Pictures, to be moved with the arrow keys"
                    on:scroll=move |_| shown.set(untrack(place_in_strip).unwrap_or(0))
                >
                    {pictures.collect_view()}
                </ul>
                {has_several.then(|| view! {
                    {arrow("ArrowLeft", "chevron-left", "Picture before", "gallery-arrow gallery-arrow-before with-script")}
                    {arrow("ArrowRight", "chevron-right", "Next picture", "gallery-arrow gallery-arrow-next with-script")}
                })}
            </div>
            {has_several.then(|| view! { <ul class="thumbnails">{thumbnails.collect_view()}</ul> })}
        </div>
    }
    .at_once()
}

/// Where an arrow leads from the picture shown; none at either end.
fn step_from(shown: usize, by: &str, count: usize) -> Option<usize> {
    match by {
        "ArrowLeft" => shown.checked_sub(1),
        _ => Some(shown + 1).filter(|place| *place < count),
    }
}
