//! The same request twice is one deed and one answer.

use crate::{Context, Handles};

/// What stands before the work.
#[derive(Debug)]
pub enum Begin {
    /// Go on: nobody else runs this key. Finish with [`complete`] or [`free`].
    Run(Ticket),
    /// This was done: answer the same again, byte for byte.
    Replay { status: u16, body: Vec<u8> },
    /// The key was used for another request.
    Reused,
    /// The first call still runs.
    InProgress { retry_after_s: u32 },
}

/// The right to do what a key stands for.
#[derive(Debug)]
pub struct Ticket {
    pub scope: String,
    pub key: String,
}

/// `scope`: caller, method and path; `body`: canonical JSON.
pub async fn begin(_ctx: &Context, _scope: &str, _key: &str, _body: &[u8]) -> anyhow::Result<Begin> {
    todo!()
}

/// Keeps the answer for 30 days, sealed.
pub async fn complete(_handles: &Handles, _ticket: &Ticket, _status: u16, _body: &[u8]) -> anyhow::Result<()> {
    todo!()
}

/// Nothing was done: the key may be used again, for another body too.
pub async fn free(_handles: &Handles, _ticket: &Ticket) -> anyhow::Result<()> {
    todo!()
}
