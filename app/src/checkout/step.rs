use leptos::prelude::*;

/// One step of the checkout: a numbered group of fields.
#[component]
pub(super) fn Step(number: u8, title: &'static str, #[prop(optional)] id: Option<&'static str>, children: Children) -> impl IntoView {
    view! {
        <fieldset id=id class="border-t border-line pt-6 pb-8">
            <legend class="float-start mb-4 flex w-full items-baseline gap-3 font-serif text-xl">
                <span class="tabular text-base text-soft" aria-hidden="true">{number}</span>
                {title}
            </legend>
            <div class="clear-both space-y-4">{children()}</div>
        </fieldset>
    }
}

/// A step that is done: what was chosen, no fields.
#[component]
pub(super) fn DoneStep(number: u8, title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-3 border-t border-line py-5">
            <span class="tabular text-soft" aria-hidden="true">{number}</span>
            <div>
                <h2 class="text-base font-semibold">{title}</h2>
                <div class="mt-1 text-soft">{children()}</div>
            </div>
        </section>
    }
}
