//! The book: everything the bank knows, in memory, and the entries by which it changes.
//!
//! Only [`Book::put`] changes it. Each entry is a whole object, so replaying the journal is putting its entries again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::charges::Charge;
use crate::events::Event;
use crate::idempotency::{KeyTable, StoredReply};
use crate::intents::Intent;
use crate::payment_methods::PaymentMethod;
use crate::refunds::Refund;
use crate::sessions::Session;

/// One change of the book, as it stands in the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub(crate) enum Entry {
    PaymentMethod(PaymentMethod),
    PaymentIntent(Box<Intent>),
    Charge(Charge),
    Refund(Refund),
    CheckoutSession(Session),
    Event(Event),
    /// The answer that belongs to an idempotency key.
    Reply(StoredReply),
    /// The shop has accepted an event.
    Delivered {
        event: String,
    },
}

macro_rules! entry_from {
    ($($variant:ident($kind:ty)),*) => {
        $(impl From<$kind> for Entry {
            fn from(object: $kind) -> Self {
                Self::$variant(object)
            }
        })*
    };
}
entry_from!(PaymentMethod(PaymentMethod), Charge(Charge), Refund(Refund), CheckoutSession(Session), Event(Event), Reply(StoredReply));

impl From<Intent> for Entry {
    fn from(intent: Intent) -> Self {
        Self::PaymentIntent(Box::new(intent))
    }
}

/// Objects of one kind, by id and in the order of their making.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    by_id: HashMap<String, T>,
    order: Vec<String>,
}

impl<T> Shelf<T> {
    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.by_id.get(id)
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &T> {
        self.order.iter().rev().filter_map(|id| self.by_id.get(id))
    }

    pub(crate) fn oldest_first(&self) -> impl Iterator<Item = &T> {
        self.order.iter().filter_map(|id| self.by_id.get(id))
    }

    fn place(&mut self, id: String, object: T) {
        if self.by_id.insert(id.clone(), object).is_none() {
            self.order.push(id);
        }
    }
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { by_id: HashMap::new(), order: Vec::new() }
    }
}

/// The request that is being carried out, for the events it causes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cause {
    pub(crate) request_id: Option<String>,
    pub(crate) idempotency_key: Option<String>,
}

/// Everything the bank knows.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) payment_methods: Shelf<PaymentMethod>,
    pub(crate) intents: Shelf<Intent>,
    pub(crate) charges: Shelf<Charge>,
    pub(crate) refunds: Shelf<Refund>,
    pub(crate) sessions: Shelf<Session>,
    pub(crate) events: Shelf<Event>,
    pub(crate) keys: KeyTable,
    /// Events that the shop has not accepted yet, by their place in the order of events.
    undelivered: BTreeMap<u64, String>,
    /// Open sessions and held authorisations, by the second at which they end.
    deadlines: BTreeSet<(i64, String)>,
    fingerprint_key: Vec<u8>,
    origin: String,
    pub(crate) cause: Cause,
    fresh: Vec<Entry>,
}

impl Book {
    /// An empty book of the account behind this secret key, whose pages stand at `origin`.
    pub(crate) fn new(secret_key: &str, origin: String) -> Self {
        Self { fingerprint_key: secret_key.as_bytes().to_vec(), origin, ..Self::default() }
    }

    /// Where the sandbox's own pages are, such as `http://127.0.0.1:12111`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn fingerprint_key(&self) -> &[u8] {
        &self.fingerprint_key
    }

    /// Changes the book; the entry goes to the journal with the rest of the request's.
    pub(crate) fn put(&mut self, entry: impl Into<Entry>) {
        let entry = entry.into();
        self.fresh.push(entry.clone());
        self.apply(entry);
    }

    /// Takes an entry over from the journal.
    pub(crate) fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::PaymentMethod(method) => self.payment_methods.place(method.id.clone(), method),
            Entry::PaymentIntent(intent) => self.intents.place(intent.id.clone(), *intent),
            Entry::Charge(charge) => {
                if charge.decline.is_none() {
                    self.deadlines.insert((charge.capture_before(), charge.payment_intent.clone()));
                }
                self.charges.place(charge.id.clone(), charge);
            }
            Entry::Refund(refund) => self.refunds.place(refund.id.clone(), refund),
            Entry::CheckoutSession(session) => {
                self.deadlines.insert((session.expires_at, session.id.clone()));
                self.sessions.place(session.id.clone(), session);
            }
            Entry::Event(event) => {
                self.undelivered.insert(event.number, event.id.clone());
                self.events.place(event.id.clone(), event);
            }
            Entry::Reply(reply) => self.keys.keep(reply),
            Entry::Delivered { event } => {
                if let Some(event) = self.events.get(&event) {
                    self.undelivered.remove(&event.number);
                }
            }
        }
    }

    /// What was put since the last call.
    pub(crate) fn take_fresh(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.fresh)
    }

    /// Ids of sessions and intents whose time was up before `now`, each named once.
    pub(crate) fn take_due(&mut self, now: i64) -> Vec<String> {
        let later = self.deadlines.split_off(&(now, String::new()));
        std::mem::replace(&mut self.deadlines, later).into_iter().map(|(_, id)| id).collect()
    }

    pub(crate) fn next_event_number(&self) -> u64 {
        self.events.newest_first().next().map_or(1, |event| event.number + 1)
    }

    pub(crate) fn undelivered(&self) -> impl Iterator<Item = &Event> {
        self.undelivered.values().filter_map(|id| self.events.get(id))
    }
}
