use crate::cart::LineProblems;
use crate::market::content_language;
use crate::t;
use crate::ui::Picture;
use domain::cart::{CartLineView, CartView, LineProblem};
use domain::catalog::ImageView;
use domain::money::Money;
use domain::orders::{OrderLineView, OrderView};
use domain::pricing::QuoteView;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// A thing that is bought, as the summary shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryLine {
    pub title: String,
    /// `Moss, Large`.
    pub options: String,
    pub quantity: u32,
    pub unit_price: Money,
    pub total: Money,
    pub image: Option<ImageView>,
    /// What to know before paying; of an order, nothing any more.
    pub problems: Vec<LineProblem>,
}

impl From<&CartLineView> for SummaryLine {
    fn from(line: &CartLineView) -> Self {
        Self {
            title: line.title.clone(),
            options: options_text(&line.options),
            quantity: line.quantity,
            unit_price: line.unit_price,
            total: line.line_total,
            image: line.image.clone(),
            problems: line.problems.clone(),
        }
    }
}

impl From<&OrderLineView> for SummaryLine {
    fn from(line: &OrderLineView) -> Self {
        Self {
            title: line.title.clone(),
            options: options_text(&line.options),
            quantity: line.quantity,
            unit_price: line.unit_price,
            total: line.line_total,
            image: line.image.clone(),
            problems: Vec::new(),
        }
    }
}

fn options_text(options: &BTreeMap<String, String>) -> String {
    options.values().cloned().collect::<Vec<_>>().join(", ")
}

/// What it all comes to. Shipping and tax are none until an address is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Totals {
    pub subtotal: Money,
    pub discount: Money,
    pub shipping: Option<Money>,
    pub tax: Option<Money>,
    pub tax_included: bool,
    pub total: Money,
}

impl From<&CartView> for Totals {
    fn from(cart: &CartView) -> Self {
        Self {
            subtotal: cart.subtotal,
            discount: cart.discount,
            shipping: cart.shipping,
            tax: cart.tax,
            tax_included: false,
            total: cart.total,
        }
    }
}

impl From<&QuoteView> for Totals {
    fn from(quote: &QuoteView) -> Self {
        Self {
            subtotal: quote.subtotal,
            discount: quote.discount,
            shipping: Some(quote.shipping),
            tax: Some(quote.tax),
            tax_included: quote.tax_included,
            total: quote.total,
        }
    }
}

impl From<&OrderView> for Totals {
    fn from(order: &OrderView) -> Self {
        Self {
            subtotal: order.subtotal,
            discount: order.discount,
            shipping: Some(order.shipping),
            tax: Some(order.tax),
            tax_included: order.tax_included,
            total: order.total,
        }
    }
}

/// The order beside the form: always in view on a wide screen, folded into one line with the total on a narrow one.
#[component]
pub(super) fn OrderSummary(
    #[prop(into)] lines: Signal<Vec<SummaryLine>>,
    #[prop(into)] totals: Signal<Totals>,
    #[prop(optional, into)] busy: Signal<bool>,
) -> impl IntoView {
    let total = move || t::money(totals.get().total);
    let is_busy = move || busy.get().then_some("true");
    view! {
        <details class="summary-folded">
            <summary>
                <span>{t::checkout::order_summary()}</span>
                <span class="tabular font-semibold">{total}</span>
            </summary>
            <div class="pt-4" aria-busy=is_busy>
                {move || view! { <SummaryLines lines=lines.get()/> }}
                <TotalsList totals/>
            </div>
        </details>
        <aside class="summary-beside" aria-label=t::checkout::order_summary() aria-busy=is_busy>
            <h2 class="mb-4 font-serif text-xl">{t::checkout::order_summary()}</h2>
            {move || view! { <SummaryLines lines=lines.get()/> }}
            <TotalsList totals/>
        </aside>
    }
}

#[component]
pub fn SummaryLines(lines: Vec<SummaryLine>) -> impl IntoView {
    let rows = lines.into_iter().map(|line| {
        let is_bare = line.image.is_none();
        let mut quantity = t::checkout::quantity(&line.quantity.to_string());
        if line.quantity > 1 {
            quantity = format!("{quantity} · {}", t::cart::each(&t::money(line.unit_price)));
        }
        let problems = (!line.problems.is_empty()).then(|| view! { <LineProblems problems=line.problems.clone()/> });
        let options = (!line.options.is_empty())
            .then(|| view! { <span class="block text-sm text-soft" lang=content_language()><bdi>{line.options.clone()}</bdi></span> });
        view! {
            <li class="flex items-start gap-4">
                <span class="summary-picture" class:is-bare=is_bare>
                    {line.image.map(|image| view! { <Picture image sizes="4rem" silent=true class="size-16 rounded-md"/> })}
                </span>
                <div class="min-w-0 flex-1">
                    <span class="block font-medium" lang=content_language()>{line.title}</span>
                    {options}
                    <span class="block text-sm text-soft">{quantity}</span>
                    {problems}
                </div>
                <span class="tabular">{t::money(line.total)}</span>
            </li>
        }
    });
    view! { <ul class="space-y-4">{rows.collect_view()}</ul> }
}

#[component]
pub fn TotalsList(
    #[prop(into)] totals: Signal<Totals>,
    /// The code that the discount is owed to, where nothing else names it.
    #[prop(optional_no_strip, into)]
    coupon: Option<String>,
) -> impl IntoView {
    let known = |amount: Option<Money>| amount.map_or_else(|| t::checkout::after_address().to_owned(), t::money);
    let shipping = move || match totals.get().shipping {
        Some(shipping) if shipping.amount == 0 => t::checkout::free().to_owned(),
        shipping => known(shipping),
    };
    let tax_label = move || if totals.get().tax_included { t::checkout::tax_included() } else { t::cart::tax() };
    let discount_label = coupon.map_or_else(|| t::cart::discount().to_owned(), |code| t::cart::discount_by(&code));
    let discount = move || {
        let discount = totals.get().discount;
        (discount.amount != 0).then(|| {
            let amount = t::money(Money::new(-discount.amount, discount.currency));
            view! { <div class="order-totals-row"><dt class="break-words">{discount_label.clone()}</dt><dd class="tabular">{amount}</dd></div> }
        })
    };
    view! {
        <dl class="order-totals">
            <div class="order-totals-row">
                <dt>{t::cart::subtotal()}</dt>
                <dd class="tabular">{move || t::money(totals.get().subtotal)}</dd>
            </div>
            {discount}
            <div class="order-totals-row"><dt>{t::cart::shipping()}</dt><dd class="tabular">{shipping}</dd></div>
            <div class="order-totals-row"><dt>{tax_label}</dt><dd class="tabular">{move || known(totals.get().tax)}</dd></div>
            <div class="order-totals-row order-totals-sum">
                <dt>{move || if totals.get().shipping.is_some() { t::cart::total() } else { t::cart::total_so_far() }}</dt>
                <dd class="tabular">{move || t::money(totals.get().total)}</dd>
            </div>
        </dl>
    }
}
