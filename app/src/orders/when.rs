//! Dates and times as texts in the page's language: the same on the server and in the browser, so without its locale. Input
//! that is no date comes out as it is.

use crate::t;

const SECONDS_PER_DAY: i64 = 86_400;

/// `2026-11-25` → `25 November 2026`.
pub fn date_text(date: &str) -> String {
    let text = |(year, month, day): Date| t::dates::date(&day.to_string(), month_name(month), &year.to_string());
    date_parts(date).map_or_else(|| date.to_owned(), text)
}

/// `2026-11-25`, `2026-11-28` → `25 to 28 November`; the years only where they differ.
pub fn date_range_text(from: &str, to: &str) -> String {
    let day_text = |(_, month, day): Date| t::dates::day(&day.to_string(), month_name(month));
    match (date_parts(from), date_parts(to)) {
        (Some(first), Some(last)) if first == last => day_text(first),
        (Some(first), Some(last)) if first.0 == last.0 && first.1 == last.1 => {
            t::dates::days_of_month(&first.2.to_string(), &last.2.to_string(), month_name(last.1))
        }
        (Some(first), Some(last)) if first.0 == last.0 => t::dates::range(&day_text(first), &day_text(last)),
        _ => t::dates::range(&date_text(from), &date_text(to)),
    }
}

/// An RFC 3339 time in UTC: `2026-11-25T09:05:00Z` → `25 November 2026, 09:05 UTC`.
pub fn moment_text(moment: &str) -> String {
    match (date_parts(moment), moment.get(11..16)) {
        (Some(_), Some(clock)) => t::dates::moment(&date_text(moment.get(..10).unwrap_or(moment)), clock),
        _ => moment.to_owned(),
    }
}

/// Seconds since 1970 of an RFC 3339 time in UTC; parts of a second are cut off.
pub fn unix_seconds(moment: &str) -> Option<i64> {
    let (year, month, day) = date_parts(moment)?;
    let number = |range: std::ops::Range<usize>| moment.get(range)?.parse::<i64>().ok();
    let clock = number(11..13)? * 3_600 + number(14..16)? * 60 + number(17..19)?;
    Some(days_since_1970(year, month.into(), day) * SECONDS_PER_DAY + clock)
}

/// Counts from a March 1st, so that leap days come last (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month (from 1) and day.
type Date = (i64, u8, i64);

fn date_parts(text: &str) -> Option<Date> {
    let year = text.get(..4)?.parse().ok()?;
    let month = text.get(5..7)?.parse().ok().filter(|month| (1..=12).contains(month))?;
    let day = text.get(8..10)?.parse().ok()?;
    Some((year, month, day))
}

fn month_name(month: u8) -> &'static str {
    match month {
        1 => t::dates::january(),
        2 => t::dates::february(),
        3 => t::dates::march(),
        4 => t::dates::april(),
        5 => t::dates::may(),
        6 => t::dates::june(),
        7 => t::dates::july(),
        8 => t::dates::august(),
        9 => t::dates::september(),
        10 => t::dates::october(),
        11 => t::dates::november(),
        _ => t::dates::december(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The browser has no texts here.
    #[cfg(feature = "ssr")]
    #[test]
    fn dates_read_like_dates() {
        assert_eq!(date_text("2026-11-05"), "5 November 2026");
        assert_eq!(moment_text("2026-11-25T09:05:00.123Z"), "25 November 2026, 09:05 UTC");
        assert_eq!(date_range_text("2026-11-25", "2026-11-25"), "25 November");
        assert_eq!(date_range_text("2026-11-25", "2026-11-28"), "25 to 28 November");
        assert_eq!(date_range_text("2026-11-30", "2026-12-02"), "30 November to 2 December");
        assert_eq!(date_range_text("2026-12-30", "2027-01-02"), "30 December 2026 to 2 January 2027");
        assert_eq!(date_text("soon"), "soon");
        assert_eq!(date_text("2026-13-01"), "2026-13-01");
    }

    #[test]
    fn times_count_from_1970() {
        assert_eq!(unix_seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(unix_seconds("2000-02-29T12:00:01Z"), Some(951_825_601));
        assert_eq!(unix_seconds("2026-11-22T03:00:00.5Z"), Some(1_795_316_400));
        assert_eq!(unix_seconds("2026-11-22"), None);
    }
}
