//! The words of mails. The shop's other texts are the browser's too and stand in `app`; these are few and are written here,
//! each language beside the other.

use super::letter::Letter;
use domain::language::Language;
use domain::payments::Gateway;

pub(super) struct Text {
    pub(super) subject: &'static str,
    pub(super) body: String,
}

pub(super) fn text(letter: &Letter, language: Language, gateway: Gateway, link: &str) -> Text {
    let mut text = match letter {
        Letter::EmailVerification => email_verification(language, link),
    };
    if gateway == Gateway::Sandbox {
        text.body.push_str(test_payments(language));
    }
    text
}

fn email_verification(language: Language, link: &str) -> Text {
    match language {
        Language::English | Language::Mirrored => Text {
            subject: "Confirm your e-mail address",
            body: format!(
                "Hello,\n\n\
                 there is an account at Souk with this e-mail address. If you made it,\n\
                 confirm here that the address is yours:\n\n\
                 {link}\n\n\
                 The link works once, within 24 hours, where you are signed in. What you\n\
                 have ordered with this address as a guest then joins your account.\n\n\
                 If you did not make this account, you need not do anything.\n"
            ),
        },
        Language::German => Text {
            subject: "Bestätige deine E-Mail-Adresse",
            body: format!(
                "Hallo,\n\n\
                 bei Souk gibt es ein Konto mit dieser E-Mail-Adresse. Wenn du es\n\
                 angelegt hast, bestätige hier, dass die Adresse dir gehört:\n\n\
                 {link}\n\n\
                 Der Link gilt einmal, 24 Stunden lang und dort, wo du angemeldet bist.\n\
                 Was du mit dieser Adresse als Gast bestellt hast, kommt dann in dein\n\
                 Konto.\n\n\
                 Wenn du dieses Konto nicht angelegt hast, brauchst du nichts zu tun.\n"
            ),
        },
    }
}

fn test_payments(language: Language) -> &'static str {
    match language {
        Language::English | Language::Mirrored => "\nTest payments: this shop takes no real money.\n",
        Language::German => "\nTestzahlungen: Dieser Shop nimmt kein echtes Geld.\n",
    }
}
