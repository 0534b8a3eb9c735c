use super::Icon;
use super::announcer::DialogAnnouncer;
use crate::t;
use crate::ui::AtOnce as _;
use leptos::html;
use leptos::prelude::*;

/// A native modal dialog: the browser keeps the focus inside, closes it on Escape and gives the focus back.
/// `open` opens and closes it; it follows when the shopper closes it.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: TextProp,
    /// Names the dialog to assistive technology; unique on the page.
    id: &'static str,
    /// `drawer` slides in from the end of the line, `sheet` stands in the middle.
    #[prop(default = "sheet")]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (Some(element), wanted) = (dialog.get(), open.get()) else { return };
        if wanted && !element.open() {
            // Fails only when the dialog has left the page meanwhile: nothing is left to show then.
            let _ = element.show_modal();
        } else if !wanted && element.open() {
            element.close();
        }
    });
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    view! {
        <dialog
            id=id
            node_ref=dialog
            class=class
            aria-labelledby=labelled_by
            on:close=move |_| open.set(false)
            on:click=move |event| {
                // The backdrop belongs to the dialog element itself; everything inside has an element of its own.
                let on_backdrop = dialog.get_untracked().is_some_and(|element| event.target() == Some(element.into()));
                if on_backdrop {
                    open.set(false);
                }
            }
        >
            <div class="dialog-panel">
                <header class="dialog-header">
                    <h2 id=heading class="font-serif text-xl">{move || title.get()}</h2>
                    <button type="button" class="icon-button" aria-label=t::common::close() on:click=move |_| open.set(false)>
                        <Icon name="x"/>
                    </button>
                </header>
                {children()}
                <DialogAnnouncer/>
            </div>
        </dialog>
    }
    .at_once()
}
