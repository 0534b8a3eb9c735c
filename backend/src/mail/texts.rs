//! The words of mails: in `backend/mails`, a file for each letter and language, its first line the subject. The shop's other
//! texts are the browser's too and stand in `app`.

use super::letter::Letter;
use domain::language::Language;
use domain::payments::Gateway;

pub(super) struct Text {
    pub(super) subject: &'static str,
    pub(super) body: String,
}

/// What a language has to say.
struct Words {
    email_verification: &'static str,
    test_payments: &'static str,
}

const ENGLISH: Words = Words {
    email_verification: include_str!("../../mails/en/email_verification.txt"),
    test_payments: include_str!("../../mails/en/test_payments.txt"),
};
const GERMAN: Words = Words {
    email_verification: include_str!("../../mails/de/email_verification.txt"),
    test_payments: include_str!("../../mails/de/test_payments.txt"),
};

fn words(language: Language) -> &'static Words {
    match language {
        Language::English | Language::Mirrored => &ENGLISH,
        Language::German => &GERMAN,
    }
}

pub(super) fn text(letter: &Letter, language: Language, gateway: Gateway, link: &str) -> Text {
    let words = words(language);
    let letter = match letter {
        Letter::EmailVerification => words.email_verification,
    };
    let (subject, body) = letter.split_once("\n\n").unwrap_or((letter, ""));
    let body = body.replace("{link}", link);
    match gateway {
        Gateway::Sandbox => Text { subject, body: format!("{body}\n{}", words.test_payments) },
        Gateway::Stripe => Text { subject, body },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_its_subject_and_its_link_in_every_language() {
        for language in Language::ALL {
            let text = text(&Letter::EmailVerification, language, Gateway::Stripe, "https://shop.example/link");
            assert!((1..=70).contains(&text.subject.chars().count()) && !text.subject.contains('\n'), "{language:?}: {:?}", text.subject);
            assert_eq!(text.body.matches("\nhttps://shop.example/link\n").count(), 1, "{language:?}");
            assert!(!text.body.contains(['{', '}']), "{language:?}");
        }
    }
}
