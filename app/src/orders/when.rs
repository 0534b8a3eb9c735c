//! Dates and times as texts: the same on the server and in the browser, so without its locale. Input that is no date comes
//! out as it is.

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const SECONDS_PER_DAY: i64 = 86_400;

/// `2026-11-25` → `25 November 2026`.
pub fn date_text(date: &str) -> String {
    date_parts(date).map_or_else(|| date.to_owned(), |(year, month, day)| format!("{day} {} {year}", MONTHS[month - 1]))
}

/// `2026-11-25`, `2026-11-28` → `25 to 28 November`; the years only where they differ.
pub fn date_range_text(from: &str, to: &str) -> String {
    match (date_parts(from), date_parts(to)) {
        (Some(first), Some(last)) if first == last => format!("{} {}", first.2, MONTHS[first.1 - 1]),
        (Some(first), Some(last)) if first.0 == last.0 && first.1 == last.1 => format!("{} to {} {}", first.2, last.2, MONTHS[last.1 - 1]),
        (Some(first), Some(last)) if first.0 == last.0 => {
            format!("{} {} to {} {}", first.2, MONTHS[first.1 - 1], last.2, MONTHS[last.1 - 1])
        }
        _ => format!("{} to {}", date_text(from), date_text(to)),
    }
}

/// An RFC 3339 time in UTC: `2026-11-25T09:05:00Z` → `25 November 2026, 09:05 UTC`.
pub fn moment_text(moment: &str) -> String {
    match (date_parts(moment), moment.get(11..16)) {
        (Some(_), Some(clock)) => format!("{}, {clock} UTC", date_text(moment.get(..10).unwrap_or(moment))),
        _ => moment.to_owned(),
    }
}

/// Seconds since 1970 of an RFC 3339 time in UTC; parts of a second are cut off.
pub fn unix_seconds(moment: &str) -> Option<i64> {
    let (year, month, day) = date_parts(moment)?;
    let number = |range: std::ops::Range<usize>| moment.get(range)?.parse::<i64>().ok();
    let clock = number(11..13)? * 3_600 + number(14..16)? * 60 + number(17..19)?;
    Some(days_since_1970(year, month as i64, day) * SECONDS_PER_DAY + clock)
}

/// Counts from a March 1st, so that leap days come last (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn date_parts(text: &str) -> Option<(i64, usize, i64)> {
    let year = text.get(..4)?.parse().ok()?;
    let month = text.get(5..7)?.parse().ok().filter(|month| (1..=12).contains(month))?;
    let day = text.get(8..10)?.parse().ok()?;
    Some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

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
