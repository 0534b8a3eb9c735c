//! Counting what a piece of work asks of the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tracing::instrument::WithSubscriber as _;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

/// Listens to the log that sqlx writes of every statement.
struct Counter(Arc<AtomicUsize>);

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Counts until the guard is dropped, what is spawned included, in a test whose runtime has one thread.
pub fn listen() -> (DefaultGuard, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    (tracing::subscriber::set_default(Counter(Arc::clone(&count))), count)
}

/// The outcome of `work`, and how many statements it ran. What it spawns is not counted.
pub async fn count<T>(work: impl Future<Output = T>) -> (T, usize) {
    let count = Arc::new(AtomicUsize::new(0));
    let outcome = work.with_subscriber(Counter(Arc::clone(&count))).await;
    (outcome, count.load(Ordering::Relaxed))
}
