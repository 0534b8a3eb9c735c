use crate::ui::AtOnce as _;
use crate::ui::Icon;
use domain::cart::LineProblem;
use leptos::prelude::*;

/// What to know about a line before paying for it.
#[component]
pub(super) fn LineProblems(problems: Vec<LineProblem>) -> impl IntoView {
    let notes = problems.into_iter().map(|problem| {
        let (class, text) = describe(&problem);
        view! {
            <li class=class>
                <Icon name="alert" class="mt-0.5 size-4 shrink-0"/>
                <span>{text}</span>
            </li>
        }
    });
    view! { <ul class="mt-1.5 space-y-1 text-sm empty:hidden" data-testid="cart-line-problems">{notes.collect_view()}</ul> }.at_once()
}

fn describe(problem: &LineProblem) -> (&'static str, String) {
    match problem {
        LineProblem::PriceChanged { was, now } if now.amount < was.amount => {
            ("line-problem line-problem-good", format!("Now {now}, it was {was} when you added it."))
        }
        LineProblem::PriceChanged { was, now } => ("line-problem", format!("Now {now}, it was {was} when you added it.")),
        LineProblem::InsufficientStock { available } => ("line-problem", format!("Only {available} left. Lower the quantity to go on.")),
        LineProblem::OutOfStock => ("line-problem line-problem-bad", "Sold out. Remove it to go on.".to_owned()),
        LineProblem::Withdrawn => ("line-problem line-problem-bad", "Not for sale any more. Remove it to go on.".to_owned()),
    }
}
