use crate::market::content_language;
use crate::orders::date_text;
use crate::routes;
use crate::t;
use crate::ui::AtOnce as _;
use crate::ui::{Icon, Stars};
use domain::catalog::Rating;
use domain::reviews::{ReviewView, ReviewsView, STARS_MAX};
use leptos::prelude::*;

/// The rating under a product's name, leading to its reviews.
#[component]
pub(super) fn RatingLink(rating: Rating) -> impl IntoView {
    (rating.count > 0)
        .then(|| {
            view! {
                <p class="mt-3">
                    <a href="#reviews" rel="external" class="rating-link">
                        <Stars rating/> <span>{t::catalog::review_count(rating.count)}</span>
                    </a>
                </p>
            }
        })
        .at_once()
}

/// What buyers say: how the stars are spread, and the newest reviews; all of them at an address of their own.
#[component]
pub(super) fn Reviews(slug: String, rating: Rating, reviews: ReviewsView) -> impl IntoView {
    let total = reviews.total();
    if total == 0 {
        return ().at_once();
    }
    let has_more = reviews.newest.len() < total as usize;
    let spread = (1..=STARS_MAX).zip(reviews.counts).rev().map(|(stars, count)| view! { <Spread stars=stars.into() count total/> });
    view! {
        <section id="reviews" class="reviews" aria-labelledby="reviews-title">
            <div>
                <h2 id="reviews-title" class="section-title">{t::catalog::reviews_title()}</h2>
                <p class="mt-4 flex items-center gap-3">
                    <span class="font-serif text-4xl tabular" aria-hidden="true">{t::rating(rating)}</span>
                    <span><Stars rating/> <br/> <span class="text-sm text-soft">{t::catalog::review_count(total)}</span></span>
                </p>
                <ul class="mt-4 max-w-xs">{spread.collect_view()}</ul>
            </div>
            <div>
                <ul class="review-list">{reviews.newest.into_iter().map(|review| view! { <Review review/> }).collect_view()}</ul>
                {has_more.then(|| view! {
                    <p class="mt-6">
                        <a href=routes::reviews(&slug) class="button button-secondary" data-noscroll="" data-testid="reviews-all">
                            {t::catalog::reviews_all(total)}
                        </a>
                    </p>
                })}
            </div>
        </section>
    }
    .at_once()
}

/// How many of all gave this many stars.
#[component]
fn Spread(stars: u32, count: u32, total: u32) -> impl IntoView {
    view! {
        <li class="review-spread">
            <span class="text-soft">
                <span aria-hidden="true">{stars}</span>
                <span class="sr-only">{t::catalog::reviews_stars(stars)}</span>
            </span>
            <svg class="review-bar" aria-hidden="true" focusable="false" viewBox="0 0 100 1" preserveAspectRatio="none">
                <rect width=count * 100 / total height="1"></rect>
            </svg>
            <span class="tabular">{count}</span>
        </li>
    }
    .at_once()
}

#[component]
fn Review(review: ReviewView) -> impl IntoView {
    let ReviewView { author, rating, title, body, is_verified, written_on } = review;
    view! {
        <li class="review" data-testid="review">
            <p class="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft">
                <Stars rating=Rating::of_stars(rating)/>
                <span class="font-semibold text-ink">{author}</span>
                <span>{date_text(&written_on)}</span>
                {is_verified.then(|| view! {
                    <span class="flex items-center gap-1"><Icon name="check" class="size-4"/> {t::catalog::review_bought()}</span>
                })}
            </p>
            {title.map(|title| view! { <h3 class="mt-2 font-serif text-lg" lang=content_language()>{title}</h3> })}
            <p class="mt-1.5 leading-relaxed" lang=content_language()>{body}</p>
        </li>
    }
    .at_once()
}
