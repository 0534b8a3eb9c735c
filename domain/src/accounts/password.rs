use serde::{Deserialize, Serialize};

/// Without a second factor, length is what makes a password strong (NIST SP 800-63B-4 asks for 15).
pub const PASSWORD_LENGTH_MIN: usize = 15;
/// Long enough for any passphrase, short enough that hashing it is cheap.
pub const PASSWORD_LENGTH_MAX: usize = 128;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordWeakness {
    #[error("Use at least {PASSWORD_LENGTH_MIN} characters; a few words in a row are fine.")]
    TooShort,
    #[error("Use at most {PASSWORD_LENGTH_MAX} characters.")]
    TooLong,
    #[error("This password is too easy to guess. Use a few unrelated words.")]
    Guessable,
}

/// Why `password` is too weak for the account of `email` and `name`, if it is. No rule of composition: length, and
/// nothing that repeats or that the account itself gives away.
pub fn password_weakness(password: &str, email: &str, name: &str) -> Option<PasswordWeakness> {
    let length = password.chars().count();
    if length < PASSWORD_LENGTH_MIN {
        return Some(PasswordWeakness::TooShort);
    }
    if length > PASSWORD_LENGTH_MAX {
        return Some(PasswordWeakness::TooLong);
    }
    let lower = password.to_lowercase();
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    // What is left once the guessable words are taken out must still carry the password.
    let context = [
        local.as_str(),
        &name.to_lowercase(),
        "souk",
        "password",
        "passwort",
        "qwertyuiop",
        "qwertz",
        "qwerty",
        "letmein",
        "welcome",
        "iloveyou",
        "1234567890",
        "12345678",
        "0987654321",
        "abcdefgh",
    ];
    let rest = context.iter().filter(|word| word.len() >= 3).fold(lower, |rest, word| rest.replace(word, ""));
    let mut distinct: Vec<char> = rest.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    (rest.chars().count() < PASSWORD_LENGTH_MIN / 2 || distinct.len() < 5).then_some(PasswordWeakness::Guessable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weakness(password: &str) -> Option<PasswordWeakness> {
        password_weakness(password, "ada.lovelace@example.org", "Ada Lovelace")
    }

    #[test]
    fn length_is_all_that_is_asked() {
        assert_eq!(weakness("copper kettle moss"), None);
        assert_eq!(weakness("short but odd!"), Some(PasswordWeakness::TooShort));
        assert_eq!(weakness(&"kettle".repeat(22)), Some(PasswordWeakness::TooLong));
    }

    #[test]
    fn repetition_and_what_the_account_tells_are_guessable() {
        for password in ["aaaaaaaaaaaaaaaa", "ada.lovelace1234", "passwordpassword", "qwertyuiop123456", "souksouksouksouk"] {
            assert_eq!(weakness(password), Some(PasswordWeakness::Guessable), "{password}");
        }
    }
}
