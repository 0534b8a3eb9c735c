//! Group commit: reservations that arrive while a transaction is under way are settled together by the next one, which locks
//! their rows once and writes all their holds with one statement. Nobody waits for a timer: the first to come is served at
//! once, and by the time it is done there is a queue. One path for one request and for a thousand.
//!
//! Of those who want the same unit, whoever came first to this process is served first; between processes the row's lock
//! decides. The idea is that of a write-ahead log's group commit (DeWitt et al., "Implementation Techniques for Main Memory
//! Database Systems", 1984), taken to the rows themselves.

use super::settle::{self, Outcome, Request};
use super::{Holder, ReserveLine};
use crate::Failure;
use domain::inventory::{Destination, Reservation, StockRefusal};
use sqlx::PgPool;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Settled together at most: a batch is one short transaction.
const BATCH_REQUESTS_MAX: usize = 256;
const BATCH_LINES_MAX: usize = 1_000;
/// Connections that may be busy with the members of a batch that failed as a whole.
const SINGLES_AT_ONCE: usize = 4;

/// Where this process's reservations queue.
#[derive(Clone, Debug)]
pub struct Desk {
    db: PgPool,
    queue: Arc<Mutex<Queue>>,
}

/// What every member of a batch is told. The database's error stays its cause: an outage is recognised by it.
#[derive(Clone, Debug)]
struct BatchFailed(Arc<sqlx::Error>);

impl fmt::Display for BatchFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a batch of reservations failed")
    }
}

impl std::error::Error for BatchFailed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// Whether somebody works the queue off: then joining it is enough.
    is_served: bool,
}

#[derive(Debug)]
struct Waiting {
    request: Request,
    answer: oneshot::Sender<Result<Outcome, BatchFailed>>,
}

impl Desk {
    /// One for each process and database: two beside each other would be two queues.
    pub fn new(db: PgPool) -> Self {
        Self { db, queue: Arc::default() }
    }

    /// See [`super::reserve`].
    ///
    /// # Errors
    /// As there.
    pub async fn hold(
        &self,
        holder: Holder,
        lines: &[ReserveLine],
        ttl_s: u32,
        destination: Option<Destination>,
    ) -> Result<Vec<Reservation>, Failure<StockRefusal>> {
        self.reserve(Request { holder, lines: lines.to_vec(), ttl_s, destination }).await
    }

    /// Settles the request with those that wait beside it. A caller that goes away changes nothing: what was queued is settled.
    async fn reserve(&self, request: Request) -> Result<Vec<Reservation>, Failure<StockRefusal>> {
        let (answer, told) = oneshot::channel();
        if self.join(Waiting { request, answer }) {
            tokio::spawn(self.clone().serve());
        }
        match told.await {
            Ok(Ok(outcome)) => outcome.map_err(Failure::Refused),
            Ok(Err(failed)) => Err(Failure::Internal(failed.into())),
            Err(_) => Err(Failure::Internal(anyhow::anyhow!("a batch of reservations broke off"))),
        }
    }

    /// Says whether the queue needs somebody to work it off.
    fn join(&self, waiting: Waiting) -> bool {
        let mut queue = self.lock();
        queue.waiting.push_back(waiting);
        !std::mem::replace(&mut queue.is_served, true)
    }

    async fn serve(self) {
        while let Some(batch) = self.next_batch() {
            metrics::histogram!("reservation_batch_size").record(batch.len() as f64);
            // A panic loses this batch, whose callers are told so, and never the queue.
            if let Err(panic) = tokio::spawn(settle_batch(self.db.clone(), batch)).await {
                tracing::error!(%panic, "a batch of reservations broke off");
            }
        }
    }

    /// The next to be settled together; none when nobody waits any more.
    fn next_batch(&self) -> Option<Vec<Waiting>> {
        let mut queue = self.lock();
        let mut lines = 0;
        let fits = |waiting: &&Waiting| {
            lines += waiting.request.lines.len();
            lines <= BATCH_LINES_MAX
        };
        let count = queue.waiting.iter().take(BATCH_REQUESTS_MAX).take_while(fits).count();
        // However long, the first is settled, if need be alone.
        let count = count.max(1).min(queue.waiting.len());
        queue.is_served = count > 0;
        (count > 0).then(|| queue.waiting.drain(..count).collect())
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One bad member never fails the batch: what the database refuses together is tried one by one.
async fn settle_batch(db: PgPool, batch: Vec<Waiting>) {
    let (requests, answers): (Vec<Request>, Vec<_>) = batch.into_iter().map(|waiting| (waiting.request, waiting.answer)).unzip();
    match settle::settle(&db, &requests).await {
        Ok(outcomes) => answers.into_iter().zip(outcomes).for_each(|(answer, outcome)| tell(answer, Ok(outcome))),
        Err(error) if requests.len() > 1 && !crate::db::is_unreachable(&error) => {
            metrics::counter!("reservation_batches_split_total").increment(1);
            tracing::warn!(%error, members = requests.len(), "a batch of reservations is settled one by one");
            settle_singly(&db, requests.into_iter().zip(answers)).await;
        }
        Err(error) => {
            let failed = BatchFailed(Arc::new(error));
            answers.into_iter().for_each(|answer| tell(answer, Err(failed.clone())));
        }
    }
}

async fn settle_singly(db: &PgPool, members: impl Iterator<Item = (Request, Answer)>) {
    let mut running = JoinSet::new();
    for (request, answer) in members {
        if running.len() == SINGLES_AT_ONCE {
            running.join_next().await;
        }
        let db = db.clone();
        running.spawn(async move {
            let settled = settle::settle(&db, std::slice::from_ref(&request)).await;
            let outcome = settled.map(|mut outcomes| outcomes.remove(0));
            tell(answer, outcome.map_err(|error| BatchFailed(Arc::new(error))));
        });
    }
    running.join_all().await;
}

type Answer = oneshot::Sender<Result<Outcome, BatchFailed>>;

fn tell(answer: Answer, outcome: Result<Outcome, BatchFailed>) {
    // Whoever asked may be gone: the hold is there, and ends by itself.
    drop(answer.send(outcome));
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::{SellerId, StockItemId, VariantId};
    use domain::inventory::HolderKind;
    use uuid::Uuid;

    fn waiting(lines: usize) -> Waiting {
        let line = ReserveLine {
            stock_item: StockItemId(Uuid::nil()),
            variant: VariantId(Uuid::nil()),
            seller: SellerId(Uuid::nil()),
            quantity: 1,
        };
        let holder = Holder { kind: HolderKind::Order, id: Uuid::nil() };
        let request = Request { holder, lines: vec![line; lines], ttl_s: 60, destination: None };
        Waiting { request, answer: oneshot::channel().0 }
    }

    #[tokio::test]
    async fn who_comes_while_a_batch_is_settled_is_in_the_next_and_no_batch_grows_without_end() {
        let desk = Desk::new(PgPool::connect_lazy("postgres://nobody@127.0.0.1/none").unwrap());
        assert!(desk.join(waiting(1)), "nobody serves yet");
        assert_eq!(desk.next_batch().unwrap().len(), 1);
        (0..300).for_each(|_| assert!(!desk.join(waiting(1))));
        assert_eq!(desk.next_batch().unwrap().len(), 256);
        assert_eq!(desk.next_batch().unwrap().len(), 44);
        for lines in [600, 400, 1, 2_000] {
            assert!(!desk.join(waiting(lines)));
        }
        assert_eq!([2, 1, 1].map(|_| desk.next_batch().unwrap().len()), [2, 1, 1], "by lines; the longest one alone");
        assert!(desk.next_batch().is_none());
        assert!(desk.join(waiting(1)), "after a pause somebody has to serve again");
    }
}
