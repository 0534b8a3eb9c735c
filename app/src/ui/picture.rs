use crate::ui::AtOnce as _;
use domain::catalog::ImageView;
use leptos::prelude::*;

/// A picture in the width the place needs. Its place has its final size and colour before the first byte arrives.
#[component]
pub fn Picture(
    image: ImageView,
    /// How wide the place is, in CSS (`(min-width: 64rem) 25vw, 50vw`).
    sizes: &'static str,
    /// The largest picture of the first screen: fetched first. All others wait until they come near.
    #[prop(optional)]
    first: bool,
    /// Decoration beside a text that says the same: silent for screen readers.
    #[prop(optional)]
    silent: bool,
    #[prop(default = "")] class: &'static str,
) -> impl IntoView {
    let alt = if silent { String::new() } else { image.alt };
    view! {
        <span class=format!("picture {class}")>
            <svg class="picture-ground" aria-hidden="true" focusable="false" preserveAspectRatio="none" viewBox="0 0 1 1">
                <rect width="1" height="1" fill=image.background></rect>
            </svg>
            <img
                src=image.url
                srcset=image.srcset
                sizes=sizes
                width=image.width
                height=image.height
                alt=alt
                loading=if first { "eager" } else { "lazy" }
                fetchpriority=first.then_some("high")
                decoding=if first { "sync" } else { "async" }
            />
        </span>
    }
    .at_once()
}
