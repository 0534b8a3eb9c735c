use crate::market;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{ButtonKind, Dialog, Icon, Picture, announce, button_class};
use domain::catalog::ImageView;
use leptos::html;
use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// The pictures of a product: a strip to swipe, or to move through with thumbnails and the arrow keys, each to be seen in
/// full size. Without script the thumbnails are links into the strip, and the pictures links to their largest files.
#[component]
pub(super) fn Gallery(images: Vec<ImageView>) -> impl IntoView {
    let strip = NodeRef::<html::Ul>::new();
    let shown = RwSignal::new(0_usize);
    let zoomed = RwSignal::new(false);
    let is_close = RwSignal::new(false);
    let count = images.len();
    let largest = images.clone();
    let enlarged = Memo::new(move |_| largest.get(shown.get()).cloned().filter(|_| zoomed.get()));
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
                aria-disabled=move || is_at_end().then_some("true")
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
                // With another key the arrows are the browser's: Alt goes back and forward.
                let is_plain = !(event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key());
                if let Some(way) = way_of(&event.key()).filter(|_| is_plain && has_several) {
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
                <Stage image=enlarged is_close/>
                <div class="zoom-bar">
                    {has_several.then(|| arrow(Way::Back, "chevron-left", t::catalog::picture_before(), "icon-button"))}
                    <button
                        type="button"
                        class=button_class(ButtonKind::Secondary)
                        aria-pressed=move || is_close.get().to_string()
                        on:click=move |_| is_close.update(|is_close| *is_close = !*is_close)
                        data-testid="product-picture-closer"
                    >
                        {t::catalog::picture_closer()}
                    </button>
                    {has_several.then(|| arrow(Way::On, "chevron-right", t::catalog::picture_next(), "icon-button"))}
                </div>
            </Dialog>
        </div>
    }
    .at_once()
}

/// One picture as large as the window allows. Close up it is larger than its place, and is moved by a finger, the wheel, or
/// the arrow keys. It stays while its picture changes, and so does the focus.
#[component]
fn Stage(image: Memo<Option<ImageView>>, is_close: RwSignal<bool>) -> impl IntoView {
    let stage = NodeRef::<html::Div>::new();
    // Where to look closer, as shares of the picture's width and height: what was pressed, or the middle.
    let centre = Rc::new(Cell::new((0.5, 0.5)));
    let pressed = Rc::clone(&centre);
    // Another picture is seen whole first.
    Effect::new(move |_| {
        image.track();
        is_close.set(false);
    });
    Effect::new(move |_| {
        let (across, down) = centre.replace((0.5, 0.5));
        let Some(stage) = stage.get().filter(|_| is_close.get()) else { return };
        // Once the picture has its new size.
        request_animation_frame(move || {
            let start = |share: f64, whole: i32, seen: i32| (share * f64::from(whole) - f64::from(seen) / 2.0) as i32;
            stage.set_scroll_left(start(across, stage.scroll_width(), stage.client_width()));
            stage.set_scroll_top(start(down, stage.scroll_height(), stage.client_height()));
        });
    });
    let press = move |event: leptos::ev::MouseEvent| {
        if let Some(stage) = stage.get_untracked() {
            let share = |at: i32, side: i32| f64::from(at) / f64::from(side.max(1));
            pressed.set((share(event.offset_x(), stage.client_width()), share(event.offset_y(), stage.client_height())));
        }
        is_close.update(|is_close| *is_close = !*is_close);
    };
    let picture = move || {
        image.get().map(|image| view! { <img src=image.url alt=image.alt width=image.width height=image.height class="zoom-picture"/> })
    };
    view! {
        // Left to right in every language: it holds no text, and scrolls from zero.
        <div
            node_ref=stage
            class="zoom-stage"
            class:is-close=is_close
            dir="ltr"
            tabindex=move || if is_close.get() { "0" } else { "-1" }
            role="group"
            aria-label=t::catalog::picture_enlarged()
            on:click=press
            on:keydown=move |event| {
                // Close up the arrows move about the picture, and do not change it.
                if is_close.get_untracked() && event.key().starts_with("Arrow") {
                    event.stop_propagation();
                }
            }
        >
            {picture}
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
