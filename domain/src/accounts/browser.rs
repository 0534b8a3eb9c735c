use serde::{Deserialize, Serialize};

/// What a browser calls itself, told by a part of its `User-Agent`. The order matters: most name those before them as well.
const BROWSERS: [(&str, &str); 6] =
    [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari")];
const SYSTEMS: [(&str, &str); 6] =
    [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux")];

/// The names by which a person knows their browser again: `Firefox`, `Windows`; none where it does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserNames {
    pub browser: Option<String>,
    pub system: Option<String>,
}

impl BrowserNames {
    pub fn of(user_agent: &str) -> Self {
        let named = |names: &[(&str, &str)]| names.iter().find(|(part, _)| user_agent.contains(part)).map(|(_, name)| (*name).to_owned());
        Self { browser: named(&BROWSERS), system: named(&SYSTEMS) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(user_agent: &str) -> (String, String) {
        let BrowserNames { browser, system } = BrowserNames::of(user_agent);
        (browser.unwrap_or_default(), system.unwrap_or_default())
    }

    #[test]
    fn browsers_are_called_as_their_owners_call_them() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        assert_eq!(names(chrome), ("Chrome".to_owned(), "Windows".to_owned()));
        assert_eq!(names(&format!("{chrome} Edg/142.0.0.0")), ("Edge".to_owned(), "Windows".to_owned()));
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
        assert_eq!(names(phone), ("Safari".to_owned(), "iPhone".to_owned()));
        assert_eq!(
            names("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
            ("Firefox".to_owned(), "Linux".to_owned())
        );
        assert_eq!(names(""), ("".to_owned(), "".to_owned()));
    }
}
