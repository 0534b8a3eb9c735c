//! The running bank: the book behind its lock, the journal behind the book, and what it was told to do wrong.

use std::sync::{Mutex, MutexGuard};

use tokio::sync::Notify;

use crate::book::{Book, Cause};
use crate::clock::now_seconds;
use crate::intents;
use crate::journal::Journal;
use crate::misbehave::Misbehaviour;
use crate::sessions;
use crate::settings::Settings;
use crate::webhooks::WebhookBoard;

/// Everything that the listeners and the background work share. It holds keys, so it cannot be printed.
pub(crate) struct Bank {
    open_book: Mutex<OpenBook>,
    journal: Journal,
    pub(crate) secret_key: String,
    pub(crate) publishable_key: String,
    pub(crate) misbehaviour: Misbehaviour,
    pub(crate) webhooks: WebhookBoard,
    /// Rings when an event was recorded or the way of delivery changed.
    pub(crate) outbox: Notify,
}

struct OpenBook {
    book: Book,
    /// The last line handed to the journal.
    position: u64,
}

impl Bank {
    /// Opens the journal and replays it.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub(crate) fn open(settings: &Settings, origin: String) -> anyhow::Result<Self> {
        let mut book = Book::new(&settings.secret_key, origin);
        let (journal, position) = Journal::open(&settings.journal, |entry| book.apply(entry))?;
        book.keys.prune(now_seconds());
        tracing::info!(position, "journal replayed");
        Ok(Self {
            open_book: Mutex::new(OpenBook { book, position }),
            journal,
            secret_key: settings.secret_key.clone(),
            publishable_key: settings.publishable_key.clone(),
            misbehaviour: Misbehaviour::default(),
            webhooks: WebhookBoard::default(),
            outbox: Notify::new(),
        })
    }

    /// Does one piece of work on the book, alone, and returns once what it wrote *and what it read* is on disk.
    pub(crate) async fn transact<T>(&self, cause: Cause, work: impl FnOnce(&mut Book) -> T) -> T {
        let (answer, position) = {
            let mut open = self.lock();
            open.book.cause = cause;
            let answer = work(&mut open.book);
            let entries = open.book.take_fresh();
            if !entries.is_empty() {
                open.position += 1;
                self.journal.append(open.position, now_seconds(), entries);
            }
            (answer, open.position)
        };
        self.journal.reached(position).await;
        self.outbox.notify_one();
        answer
    }

    /// Looks something up for the background work, which need not wait for the disk.
    pub(crate) fn peek<T>(&self, look: impl FnOnce(&mut Book) -> T) -> T {
        look(&mut self.lock().book)
    }

    /// The last line handed to the journal.
    pub(crate) fn position(&self) -> u64 {
        self.lock().position
    }

    /// Expires sessions and authorisations whose time is up, and forgets old idempotency keys.
    pub(crate) async fn sweep(&self) {
        let now = now_seconds();
        let due = self.peek(|book| {
            book.keys.prune(now);
            book.take_due(now)
        });
        if due.is_empty() {
            return;
        }
        self.transact(Cause::default(), |book| {
            for id in due {
                if id.starts_with("cs_") {
                    sessions::close(book, &id);
                } else {
                    intents::expire_authorization(book, &id);
                }
            }
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, OpenBook> {
        self.open_book.lock().expect("a panic with the book open may have left it half written")
    }
}
