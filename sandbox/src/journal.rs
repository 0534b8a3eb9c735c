//! The journal: one JSON line per request that changed the book, on disk before the request is answered.
//!
//! A single thread writes. It takes every line that is waiting, writes them with one `write` and one `fsync`, and only
//! then lets their requests be answered. A torn last line (the process died while writing it) was never acknowledged
//! and is cut off at the next start; damage anywhere else refuses to start.

use std::fs::{File, OpenOptions, create_dir_all};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::book::Entry;

/// The file inside the journal directory.
const FILE_NAME: &str = "journal.jsonl";

/// One line of the journal.
#[derive(Serialize, Deserialize)]
struct Record {
    /// Counts the lines, from 1.
    position: u64,
    /// When it was written, in seconds since the Unix epoch.
    at: i64,
    entries: Vec<Entry>,
}

/// The open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    lines: Sender<(u64, String)>,
    durable: watch::Receiver<u64>,
}

impl Journal {
    /// Opens the journal of a directory, hands every entry in it to `replay`, and starts the writer.
    ///
    /// # Errors
    /// Another sandbox has it open, it cannot be read or written, or a line before the last is damaged.
    pub(crate) fn open(directory: &Path, mut replay: impl FnMut(Entry)) -> anyhow::Result<(Self, u64)> {
        create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
        let path = directory.join(FILE_NAME);
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        if file.try_lock().is_err() {
            bail!("{} is in use by another sandbox", path.display());
        }
        let (position, whole) = read_records(&file, &path, &mut replay)?;
        file.set_len(whole)?;
        file.seek(SeekFrom::End(0))?;
        // The file's own name must survive a crash as well.
        File::open(directory)?.sync_all()?;

        let (lines, waiting) = channel();
        let (announce, durable) = watch::channel(position);
        std::thread::Builder::new().name("journal".to_owned()).spawn(move || write_lines(file, &waiting, &announce))?;
        Ok((Self { lines, durable }, position))
    }

    /// Hands a line to the writer; call it under the lock of the book, so that positions follow the order of changes.
    pub(crate) fn append(&self, position: u64, at: i64, entries: Vec<Entry>) {
        let mut line = serde_json::to_string(&Record { position, at, entries }).expect("entries are plain data");
        line.push('\n');
        self.lines.send((position, line)).expect("the journal's writer ends only with the process");
    }

    /// Waits until the line at `position` is on disk.
    pub(crate) async fn reached(&self, position: u64) {
        let mut durable = self.durable.clone();
        durable.wait_for(|reached| *reached >= position).await.expect("the journal's writer ends only with the process");
    }
}

/// Returns the last position and the length of the part that is whole.
fn read_records(file: &File, path: &Path, replay: &mut impl FnMut(Entry)) -> anyhow::Result<(u64, u64)> {
    let mut reader = BufReader::new(file);
    let (mut position, mut whole) = (0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)?;
        if length == 0 || !line.ends_with(b"\n") {
            return Ok((position, whole));
        }
        let record: Record =
            serde_json::from_slice(&line).with_context(|| format!("{} is damaged after line {position}", path.display()))?;
        if record.position != position + 1 {
            bail!("{} lacks line {}", path.display(), position + 1);
        }
        position = record.position;
        whole += length as u64;
        record.entries.into_iter().for_each(&mut *replay);
    }
}

fn write_lines(mut file: File, waiting: &Receiver<(u64, String)>, announce: &watch::Sender<u64>) {
    while let Ok((mut position, mut batch)) = waiting.recv() {
        while let Ok((next, line)) = waiting.try_recv() {
            position = next;
            batch.push_str(&line);
        }
        if let Err(error) = file.write_all(batch.as_bytes()).and_then(|()| file.sync_data()) {
            // Nothing after this point could be promised to anybody, so nothing may be answered.
            tracing::error!(%error, "the journal cannot be written; stopping at once");
            std::process::abort();
        }
        announce.send_replace(position);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivered(event: &str) -> Entry {
        Entry::Delivered { event: event.to_owned() }
    }

    fn replayed(directory: &Path) -> anyhow::Result<(Vec<String>, u64)> {
        let mut events = Vec::new();
        let (_, position) = Journal::open(directory, |entry| {
            if let Entry::Delivered { event } = entry {
                events.push(event);
            }
        })?;
        Ok((events, position))
    }

    fn temporary_directory(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("sandbox-journal-{name}-{}", std::process::id()))
    }

    async fn write_two(directory: &Path) {
        let (journal, _) = Journal::open(directory, |_| {}).unwrap();
        journal.append(1, 0, vec![delivered("a")]);
        journal.append(2, 0, vec![delivered("b")]);
        journal.reached(2).await;
        drop(journal);
        // The writer lets go of the file once its channel is closed.
        while replayed(directory).is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn a_torn_last_line_is_cut_off_and_the_rest_replays() {
        let directory = temporary_directory("torn");
        write_two(&directory).await;
        let path = directory.join(FILE_NAME);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"position\":3,\"at\":0,\"entr").unwrap();
        let mut outcome = replayed(&directory);
        while outcome.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            outcome = replayed(&directory);
        }
        assert_eq!(outcome.unwrap(), (vec!["a".to_owned(), "b".to_owned()], 2));
        assert!(std::fs::read(&path).unwrap().ends_with(b"\n"));
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[tokio::test]
    async fn a_damaged_line_in_the_middle_refuses_to_start() {
        let directory = temporary_directory("damaged");
        write_two(&directory).await;
        let path = directory.join(FILE_NAME);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("entries", "entri3s", 1)).unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let error = replayed(&directory).unwrap_err();
        assert!(error.to_string().contains("damaged after line 0"), "{error}");
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
