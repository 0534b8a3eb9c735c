//! What mails say, and how they are written down (RFC 5322).

use super::texts;
use crate::{Settings, secret};
use domain::market::Market;
use lettre::message::SinglePart;
use lettre::{Address, Message};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// What a mail says, with what its text needs. Stored with the mail: fields may be added, never removed. Nothing that its sender
/// typed: a mail may go to somebody who never asked for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// Asks whoever made an account whether its address is theirs.
    EmailVerification,
}

impl Letter {
    /// The name under which the mail is stored.
    pub fn kind(&self) -> &'static str {
        match self {
            Letter::EmailVerification => "email_verification",
        }
    }

    /// Where the link in it leads.
    fn path(&self) -> &'static str {
        match self {
            Letter::EmailVerification => "/account/verify",
        }
    }
}

/// A mail that waits.
pub(super) struct Mail {
    pub(super) id: Uuid,
    pub(super) subject: Uuid,
    pub(super) address: String,
    pub(super) market: Market,
    pub(super) letter: Letter,
    pub(super) created_at: OffsetDateTime,
}

/// The token in the link of a letter about this subject. It can be made again, so nothing but its hash needs to be stored.
pub fn token(settings: &Settings, subject: Uuid) -> String {
    secret::token_of(&settings.secret_key, &format!("the letter about {subject}"))
}

/// The whole message, the same one each time: its id and its date are the mail's.
pub(super) fn write(settings: &Settings, mail: &Mail) -> anyhow::Result<String> {
    let (origin, prefix, path) = (&settings.public_url, mail.market.prefix(), mail.letter.path());
    let link = format!("{origin}{prefix}{path}?token={}", token(settings, mail.subject));
    let text = texts::text(&mail.letter, mail.market.language, settings.gateway, &link);
    let from = settings.mail.from.clone();
    let message = Message::builder()
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        .date(mail.created_at.into())
        .from(from)
        .to(mail.address.parse::<Address>()?.into())
        .subject(text.subject)
        .singlepart(SinglePart::plain(text.body))?;
    // In files lines end as this machine ends them; who sends the mail makes CRLF of it again.
    Ok(String::from_utf8(message.formatted())?.replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_name_is_the_name_in_the_content() {
        let letter = Letter::EmailVerification;
        assert_eq!(serde_json::to_value(&letter).unwrap()["kind"], letter.kind());
    }
}
