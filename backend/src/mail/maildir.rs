//! A Maildir (<https://cr.yp.to/proto/maildir.html>): each mail a file, which readers see whole or not at all.

use crate::db;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Writes a mail into `tmp`, waits until it is on the disk, and moves it into `new`: once more is the same file. Nobody else
/// may read it, for it may hold a link that opens something.
///
/// # Errors
/// When it cannot be written.
pub(super) fn deliver(directory: &Path, name: &str, message: &[u8]) -> io::Result<()> {
    for part in ["tmp", "new", "cur"] {
        DirBuilder::new().recursive(true).mode(0o700).create(directory.join(part))?;
    }
    // Of this try alone: two that overlap must not write into each other's file.
    let written = directory.join("tmp").join(format!("{name}.{}", db::new_id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&written)?;
    file.write_all(message)?;
    file.sync_all()?;
    let new = directory.join("new");
    fs::rename(&written, new.join(name))?;
    File::open(new)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_is_delivered_again_is_one_file() {
        let directory = std::env::temp_dir().join(db::new_id().to_string());
        for message in ["first", "again"] {
            deliver(&directory, "1", message.as_bytes()).unwrap();
        }
        let names = |part: &str| fs::read_dir(directory.join(part)).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        assert_eq!((names("tmp").len(), names("new")), (0, vec!["1".into()]));
        assert_eq!(fs::read_to_string(directory.join("new/1")).unwrap(), "again");
        fs::remove_dir_all(directory).unwrap();
    }
}
