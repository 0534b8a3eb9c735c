use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::Icon;
use domain::cart::LineProblem;
use leptos::prelude::*;

/// What to know about a line before paying for it.
#[component]
pub(crate) fn LineProblems(problems: Vec<LineProblem>) -> impl IntoView {
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
        LineProblem::PriceChanged { was, now } => {
            let class = if now.amount < was.amount { "line-problem line-problem-good" } else { "line-problem" };
            (class, t::cart::price_changed(&t::money(*now), &t::money(*was)))
        }
        LineProblem::InsufficientStock { available } => ("line-problem", t::cart::insufficient_stock(&available.to_string())),
        LineProblem::OutOfStock => ("line-problem line-problem-bad", t::cart::out_of_stock().to_owned()),
        LineProblem::Withdrawn => ("line-problem line-problem-bad", t::cart::withdrawn().to_owned()),
        LineProblem::NotInCurrency { currency } => ("line-problem line-problem-bad", t::cart::not_in_currency(currency.code())),
    }
}
