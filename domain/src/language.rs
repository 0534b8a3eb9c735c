use serde::{Deserialize, Serialize};

/// The languages that the shop's own texts are written in. What sellers write stays as they wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    #[default]
    English,
    German,
    /// English made to run from right to left (the pseudo-locale `ar-XB`): shows what would break in Arabic or Hebrew.
    Mirrored,
}

impl Language {
    pub const ALL: [Language; 3] = [Language::English, Language::German, Language::Mirrored];

    /// Those that shoppers choose from.
    pub const OFFERED: [Language; 2] = [Language::English, Language::German];

    /// The tag that pages carry (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
            Language::Mirrored => "ar-XB",
        }
    }

    /// As it stands in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
            Language::Mirrored => "xb",
        }
    }

    /// In the language itself.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
            Language::Mirrored => "Mirrored",
        }
    }

    /// What stands before the decimals of a number.
    pub fn decimal_mark(self) -> char {
        match self {
            Language::English | Language::Mirrored => '.',
            Language::German => ',',
        }
    }

    pub fn runs_right_to_left(self) -> bool {
        self == Language::Mirrored
    }
}
