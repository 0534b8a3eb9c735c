use crate::ui::announce;
use leptos::prelude::*;
use std::time::Duration;

/// Below this the timer is shown as urgent.
const SHORT_S: u32 = 120;
/// Seconds before the end at which the time left is read out: often enough to hurry, seldom enough to pay in peace.
const READ_OUT_AT: [u32; 4] = [300, 120, 60, 30];

/// Counts down to the end of the hold, and says so there.
#[component]
pub(super) fn HoldTimer(seconds_left: u32, is_over: RwSignal<bool>) -> impl IntoView {
    let left = RwSignal::new(seconds_left);
    let read_out = Memo::new(move |_| READ_OUT_AT.iter().rev().find(|at| left.get() <= **at).copied());
    Effect::new(move |before: Option<Option<u32>>| {
        let now = read_out.get();
        if let (Some(_), Some(seconds)) = (before, now) {
            announce(format!("Your things are held for you for {} more.", spoken(seconds)));
        }
        now
    });
    Effect::new(move |_| {
        if left.get() == 0 {
            is_over.set(true);
        }
    });
    Effect::new(move |_| {
        let tick = move || {
            // Ticks once more at most when the page has just been left.
            left.try_update(|left| *left = left.saturating_sub(1));
        };
        // Without a timer the server decides anyway.
        if let Ok(timer) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <p class="hold-timer" class:hold-timer-short=move || left.get() <= SHORT_S>
            "Held for you for "
            <span role="timer" class="tabular font-semibold" data-testid="checkout-hold-timer">{move || clock(left.get())}</span>
        </p>
    }
}

/// `14:05`.
fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn spoken(seconds: u32) -> String {
    match seconds / 60 {
        0 => format!("{seconds} seconds"),
        1 => "one minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_shown_and_spoken() {
        assert_eq!((clock(905).as_str(), clock(9).as_str()), ("15:05", "0:09"));
        assert_eq!(READ_OUT_AT.map(spoken), ["5 minutes", "2 minutes", "one minute", "30 seconds"]);
    }
}
