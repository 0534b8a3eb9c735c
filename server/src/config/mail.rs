use super::environment::Environment;
use backend::mail::{MailSettings, Mailbox};
use std::path::PathBuf;

/// How mail leaves the shop.
#[derive(Clone, Debug)]
pub struct Mail {
    /// `SOUK_MAIL_DIRECTORY` (required): the Maildir that mails are put into; what sends them takes them from there.
    /// `SOUK_MAIL_FROM` (required): who writes them, as `Souk <souk@example.org>`.
    pub settings: MailSettings,
}

impl Mail {
    pub(super) fn read(environment: &mut Environment<'_>) -> Option<Self> {
        let directory = environment.required("SOUK_MAIL_DIRECTORY", |text| Ok(PathBuf::from(text)));
        let from = environment.required("SOUK_MAIL_FROM", |text| {
            text.parse::<Mailbox>().map_err(|_| "an e-mail address, with or without a name: Souk <souk@example.org>".to_owned())
        });
        Some(Self { settings: MailSettings { directory: directory?, from: from? } })
    }
}
