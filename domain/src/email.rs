//! An e-mail address: trimmed, with the host in lower case, checked for form only. Whether it is someone's is for a
//! mail to find out.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest address SMTP can carry in a path (RFC 5321, 4.5.3.1.3).
pub const EMAIL_LENGTH_MAX: usize = 254;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct InvalidEmail;

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl std::str::FromStr for Email {
    type Err = InvalidEmail;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (local, host) = text.trim().rsplit_once('@').ok_or(InvalidEmail)?;
        let is_label = |label: &str| {
            let edges_are_plain = !label.starts_with('-') && !label.ends_with('-');
            !label.is_empty() && label.len() <= 63 && edges_are_plain && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let host_is_plain = host.split('.').all(is_label);
        // A dot stands between two parts, never beside another or at an end: nobody could be written to there.
        let local_is_plain = local.split('.').all(|part| !part.is_empty())
            && local.len() <= 64
            && !local.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[]\\,;:\"@".contains(c));
        if host.contains('.') && host_is_plain && local_is_plain && text.trim().len() <= EMAIL_LENGTH_MAX {
            Ok(Self(format!("{local}@{}", host.to_lowercase())))
        } else {
            Err(InvalidEmail)
        }
    }
}

impl From<Email> for String {
    fn from(email: Email) -> String {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_trimmed_and_their_host_lowered() {
        assert_eq!(" Ada@Example.ORG ".parse::<Email>().unwrap().as_str(), "Ada@example.org");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let of_words = ["", "ada", "ada@", "@example.org", "ada@localhost", "a b@example.org", "a@b@c.org", "ada\r\nbcc@example.org"];
        let of_dots = ["ada@exa..org", "a..b@example.org", ".a@example.org", "a.@example.org", "ada@-example.org", "ada@example-.org"];
        for text in of_words.into_iter().chain(of_dots) {
            assert_eq!(text.parse::<Email>(), Err(InvalidEmail), "{text:?}");
        }
    }
}
