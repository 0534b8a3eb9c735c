use crate::market::content_language;
use crate::t;

/// How an option is called on the page, and in which language where that is not the page's: the most common names are known
/// in other languages, all others stand as the seller wrote them.
pub(super) fn option_name(own: &str) -> (String, Option<&'static str>) {
    let language = content_language();
    let known = match (language, own) {
        (Some(_), "Colour") => t::catalog::option_colour(),
        (Some(_), "Length") => t::catalog::option_length(),
        (Some(_), "Material") => t::catalog::option_material(),
        (Some(_), "Size") => t::catalog::option_size(),
        _ => return (own.to_owned(), language),
    };
    (known.to_owned(), None)
}
