//! A table in a file as rows with their line numbers, read piece by piece: it may be larger than the memory.

use anyhow::Context as _;
use csv::{ByteRecord, StringRecord};
use std::io::{self, Read};

/// A row in bytes. The longest description there may be is a sixteenth of it; more is a quote that is never closed.
const ROW_BYTES_MAX: u64 = 1024 * 1024;

/// One row: where it begins, and its cells; or why it has none.
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) cells: Result<StringRecord, String>,
}

pub(super) struct Rows<R> {
    reader: csv::Reader<Lines<R>>,
    width: Option<usize>,
}

impl<R: Read> Rows<R> {
    pub(super) fn new(file: R) -> Self {
        let lines = Lines { file, allowance: ROW_BYTES_MAX, after_return: false, last: b'\n' };
        Self { reader: csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(lines), width: None }
    }

    /// The next row; the first one says how many cells all others have.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Row>> {
        let began = self.reader.position().line();
        self.reader.get_mut().allowance = ROW_BYTES_MAX;
        let mut record = ByteRecord::new();
        let found = self.reader.read_byte_record(&mut record);
        if !found.with_context(|| format!("the file cannot be read from line {began} on"))? {
            return Ok(None);
        }
        // What was passed beside the row's own line breaks and the one at its end are empty lines before it.
        let inside = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        let passed = self.reader.position().line() - began;
        let line = began + passed.saturating_sub(inside + 1);
        let width = *self.width.get_or_insert(record.len());
        Ok(Some(Row { line, cells: cells(record, width) }))
    }
}

fn cells(record: ByteRecord, width: usize) -> Result<StringRecord, String> {
    if record.len() != width {
        return Err(format!("the row has {} cells where the header has {width}", record.len()));
    }
    // PostgreSQL's texts have no such character, and nobody's title needs it.
    if record.as_slice().contains(&0) {
        return Err("the row holds a zero byte".to_owned());
    }
    StringRecord::from_byte_record(record).map_err(|_| "the row is not UTF-8 text".to_owned())
}

/// The file with one kind of line end, whichever it had, and one at its end: so lines can be counted. It gives no more than
/// `allowance` bytes until that is renewed.
struct Lines<R> {
    file: R,
    allowance: u64,
    after_return: bool,
    last: u8,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.file.read(buffer)?;
            if read == 0 {
                return Ok(self.end(buffer));
            }
            let too_long = || io::Error::other(format!("a row is longer than {ROW_BYTES_MAX} bytes; is a quote never closed?"));
            self.allowance = self.allowance.checked_sub(read as u64).ok_or_else(too_long)?;
            let kept = self.unify(&mut buffer[..read]);
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

impl<R> Lines<R> {
    fn unify(&mut self, buffer: &mut [u8]) -> usize {
        let mut kept = 0;
        for at in 0..buffer.len() {
            let byte = buffer[at];
            let is_rest_of_end = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if !is_rest_of_end {
                buffer[kept] = if byte == b'\r' { b'\n' } else { byte };
                self.last = buffer[kept];
                kept += 1;
            }
        }
        kept
    }

    fn end(&mut self, buffer: &mut [u8]) -> usize {
        if self.last == b'\n' || buffer.is_empty() {
            return 0;
        }
        self.last = b'\n';
        buffer[0] = b'\n';
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<(u64, Result<Vec<String>, String>)> {
        let mut rows = Rows::new(text);
        std::iter::from_fn(|| rows.next().unwrap())
            .map(|row| (row.line, row.cells.map(|cells| cells.iter().map(str::to_owned).collect())))
            .collect()
    }

    fn lines(text: &str) -> Vec<u64> {
        read(text.as_bytes()).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn a_row_is_named_by_the_line_it_begins_in() {
        let text = "a,b\n1,\"two\nlines\"\n\n\n3,4\n\"5\n\n\n\",6";
        assert_eq!(lines(text), [1, 2, 6, 7]);
        assert_eq!(lines(&text.replace('\n', "\r\n")), [1, 2, 6, 7]);
        assert_eq!(lines(&text.replace('\n', "\r")), [1, 2, 6, 7]);
        assert_eq!(lines(&format!("{text}\n")), [1, 2, 6, 7]);
        assert_eq!(lines("a,b\n1,\"never closed\n\n"), [1, 2]);
    }

    #[test]
    fn line_ends_inside_a_cell_are_kept_as_one_kind() {
        assert_eq!(read(b"a\r\n\"x\r\ny\rz\"\r\n")[1].1, Ok(vec!["x\ny\nz".to_owned()]));
    }

    #[test]
    fn the_mark_at_the_beginning_is_no_part_of_the_first_name() {
        assert_eq!(read("\u{feff}a,b\n".as_bytes())[0].1, Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(read("\u{feff}\"a\",b\n".as_bytes())[0].1, Ok(vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn a_row_that_is_none_is_told_and_the_next_is_read() {
        let rows = read(b"a,b\n1\n1,2,3\n\xff,2\n1,\0\n5,6\n");
        let reasons: Vec<_> = rows.iter().filter_map(|(line, cells)| Some((*line, cells.as_ref().err()?.as_str()))).collect();
        let width = |count: u8| format!("the row has {count} cells where the header has 2");
        assert_eq!(reasons, [(2, width(1).as_str()), (3, &width(3)), (4, "the row is not UTF-8 text"), (5, "the row holds a zero byte")]);
        assert!(rows[5].1.is_ok());
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_the_reading() {
        let file = [b"a,b\n1,2\n\"".as_slice(), &vec![b'x'; 3 * ROW_BYTES_MAX as usize]].concat();
        let mut rows = Rows::new(file.as_slice());
        assert!(rows.next().unwrap().is_some() && rows.next().unwrap().is_some());
        let error = format!("{:#}", rows.next().err().unwrap());
        assert!(error.contains("line 3") && error.contains("never closed"), "{error}");
    }
}
