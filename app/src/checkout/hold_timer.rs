use crate::t;
use crate::ui::announce;
use leptos::prelude::*;
use std::time::Duration;

/// Below this the timer is shown as urgent.
const SHORT_S: u32 = 120;
/// Seconds before the end at which the time left is read out: often enough to hurry, seldom enough to pay in peace.
const READ_OUT_AT: [u32; 4] = [300, 120, 60, 30];

/// Counts down to the end of the hold, and says so there.
#[component]
pub fn HoldTimer(seconds_left: u32, is_over: RwSignal<bool>) -> impl IntoView {
    let left = RwSignal::new(seconds_left);
    let read_out = Memo::new(move |_| READ_OUT_AT.iter().rev().find(|at| left.get() <= **at).copied());
    Effect::new(move |before: Option<Option<u32>>| {
        let now = read_out.get();
        if let (Some(_), Some(seconds)) = (before, now) {
            announce(spoken(seconds));
        }
        now
    });
    // Once, although the clock goes on ticking: while the bank asks, the page stays as it is.
    let is_last = Memo::new(move |_| left.get() == 0);
    Effect::new(move |_| {
        if is_last.get() {
            announce(t::pay::time_over());
            is_over.set(true);
        }
    });
    Effect::new(move |_| {
        // By the clock and not by counting: browsers let the timers of a page in the background sleep.
        let end = now_s() + u64::from(seconds_left);
        let tick = move || {
            // Ticks once more at most when the page has just been left.
            left.try_set(u32::try_from(end.saturating_sub(now_s())).unwrap_or(seconds_left));
        };
        // Without a timer the server decides anyway.
        if let Ok(timer) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <p class="hold-timer" class:hold-timer-short=move || left.get() <= SHORT_S>
            {t::pay::held()}
            <span role="timer" class="tabular font-semibold" data-testid="checkout-hold-timer">{move || clock(left.get())}</span>
        </p>
    }
}

/// The browser's clock, in seconds.
fn now_s() -> u64 {
    (js_sys::Date::now() / 1000.0) as u64
}

/// `14:05`.
fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn spoken(seconds: u32) -> String {
    match seconds / 60 {
        0 => t::pay::held_seconds(&seconds.to_string()),
        minutes => t::pay::held_minutes(minutes),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn time_is_shown_and_spoken() {
        assert_eq!((clock(905).as_str(), clock(9).as_str()), ("15:05", "0:09"));
        let sentence = |time: &str| format!("Your things are held for you for {time} more.");
        assert_eq!(READ_OUT_AT.map(spoken), ["5 minutes", "2 minutes", "one minute", "30 seconds"].map(sentence));
    }
}
