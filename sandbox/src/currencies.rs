//! Which currencies may be charged, how small a charge may be, and how an amount reads.

use crate::errors::ApiError;

/// Currencies that Stripe charges in.
const SUPPORTED: &str = "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw";

/// Currencies whose amounts the API takes in whole units.
const ZERO_DECIMAL: &[&str] =
    &["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"];

/// Currencies whose amounts the API takes in thousandths.
const THREE_DECIMAL: &[&str] = &["bhd", "jod", "kwd", "omr", "tnd"];

/// Smallest charges, in minor units, where Stripe names one.
const SMALLEST: &[(&str, i64)] = &[
    ("aed", 200),
    ("aud", 50),
    ("bgn", 100),
    ("brl", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1_500),
    ("dkk", 250),
    ("eur", 50),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17_500),
    ("inr", 50),
    ("jpy", 50),
    ("mxn", 1_000),
    ("myr", 200),
    ("nok", 300),
    ("nzd", 50),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("sgd", 50),
    ("thb", 1_000),
    ("usd", 50),
];

/// Eight digits: the API takes no more.
const LARGEST: i64 = 99_999_999;

/// Lower-cases and checks a currency.
pub(crate) fn parse_currency(text: &str, param: &str) -> Result<String, ApiError> {
    let currency = text.to_ascii_lowercase();
    if SUPPORTED.split(' ').any(|known| known == currency) {
        return Ok(currency);
    }
    Err(ApiError::parameter("parameter_invalid", param, format!("Invalid currency: {text}. Stripe does not currently support it.")))
}

/// Checks that an amount may be charged.
pub(crate) fn check_amount(amount: i64, currency: &str, param: &str) -> Result<(), ApiError> {
    if amount < 1 {
        return Err(ApiError::parameter("parameter_invalid_integer", param, "This value must be greater than or equal to 1."));
    }
    if amount > LARGEST {
        return Err(ApiError::parameter(
            "amount_too_large",
            param,
            "Amount must be no more than 99999999 in the smallest unit of its currency.",
        ));
    }
    match SMALLEST.iter().find(|(code, _)| *code == currency) {
        Some((_, smallest)) if amount < *smallest => {
            let message = format!("Amount must be at least {}.", format_amount(*smallest, currency));
            Err(ApiError::parameter("amount_too_small", param, message))
        }
        _ => Ok(()),
    }
}

/// An amount as people write it, such as `€12.50` or `SEK 40.00`.
pub(crate) fn format_amount(amount: i64, currency: &str) -> String {
    let decimals = match currency {
        code if ZERO_DECIMAL.contains(&code) => 0,
        code if THREE_DECIMAL.contains(&code) => 3,
        _ => 2,
    };
    let scale = 10_i64.pow(decimals);
    let whole = group_thousands(amount / scale);
    let number = match decimals {
        0 => whole,
        decimals => format!("{whole}.{:0width$}", amount % scale, width = decimals as usize),
    };
    match currency {
        "usd" => format!("${number}"),
        "eur" => format!("€{number}"),
        "gbp" => format!("£{number}"),
        "jpy" => format!("¥{number}"),
        other => format!("{} {number}", other.to_ascii_uppercase()),
    }
}

fn group_thousands(whole: i64) -> String {
    let digits = whole.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        for (amount, currency, text) in [
            (1_250, "eur", "€12.50"),
            (123_456_789, "usd", "$1,234,567.89"),
            (5, "gbp", "£0.05"),
            (1_200, "jpy", "¥1,200"),
            (1_234, "kwd", "KWD 1.234"),
        ] {
            assert_eq!(format_amount(amount, currency), text);
        }
    }

    #[test]
    fn too_small_and_too_large_charges_are_refused() {
        assert!(check_amount(49, "eur", "amount").is_err());
        assert!(check_amount(50, "eur", "amount").is_ok());
        assert!(check_amount(0, "kwd", "amount").is_err());
        assert!(check_amount(100_000_000, "eur", "amount").is_err());
    }
}
