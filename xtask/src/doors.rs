//! Proof that no test door is in the release: what tests may do, a visitor must not find.
//!
//! The doors stand in `backend::testing`, whose functions an executable that is not stripped names, and all of them log or
//! carry one marker. The release must hold neither; the test build must hold both, or the proof would prove nothing.

use crate::{command::Runner, workspace::Workspace};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// `backend::testing` as symbols spell it, in either of the compiler's two ways, and the doors' own marker.
const MARKERS: [&[u8]; 2] = [b"7backend7testing", b"souk-testing-door"];
/// Crates that have doors for tests; a feature of the same name in somebody else's crate is none of them.
const CRATES_WITH_DOORS: [&str; 2] = ["backend", "server"];

/// Looks into the executables and at the features they are built with.
///
/// # Errors
/// When the marker or the feature is in the release, or the marker is in no test executable.
pub(crate) fn check(workspace: &Workspace, runner: &mut Runner) -> Result<String> {
    let release = workspace.souk();
    if signs_in(&release)? != [false, false] {
        bail!("{} contains a test door", release.display());
    }
    let features = runner.read(workspace.cargo().args([
        "tree",
        "--package",
        "server",
        "--no-default-features",
        "--edges",
        "features,normal",
        "--prefix",
        "none",
    ]))?;
    if let Some(line) = features.lines().find(|line| is_door_feature(line)) {
        bail!("the release is built with a test feature: {line}");
    }
    let Some(test) = test_executable_with_doors(&workspace.target.join("debug/deps"))? else {
        bail!("no test executable holds a test door either, so their absence from the release proves nothing");
    };
    Ok(format!("none in the release; {} has them", test.display()))
}

/// Whether a line of `cargo tree` says that a crate's doors are built in.
fn is_door_feature(line: &str) -> bool {
    CRATES_WITH_DOORS.iter().any(|name| line.starts_with(&format!("{name} feature \"testing\"")))
}

/// An integration test that was built with the doors.
fn test_executable_with_doors(directory: &Path) -> Result<Option<PathBuf>> {
    for entry in fs::read_dir(directory).with_context(|| directory.display().to_string())? {
        let entry = entry?;
        let path = entry.path();
        let is_test = entry.file_name().to_string_lossy().starts_with("integration-") && path.extension().is_none();
        if is_test && signs_in(&path)? == [true, true] {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// Which of the two signs an executable bears.
fn signs_in(path: &Path) -> Result<[bool; 2]> {
    Ok([contains(path, MARKERS[0])?, contains(path, MARKERS[1])?])
}

fn contains(path: &Path, marker: &[u8]) -> Result<bool> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    Ok(bytes.windows(marker.len()).any(|window| window == marker))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryDirectory;

    #[test]
    fn only_our_own_test_features_are_doors() {
        assert!(is_door_feature("backend feature \"testing\""));
        assert!(is_door_feature("server feature \"testing\" (*)"));
        assert!(!is_door_feature("tachys feature \"testing\""));
        assert!(!is_door_feature("backend feature \"default\""));
    }

    #[test]
    fn a_marker_is_found_wherever_it_stands() {
        let directory = TemporaryDirectory::new("doors").expect("a temporary directory");
        let path = directory.path().join("program");
        let mut bytes = vec![0xff; 100_000];
        fs::write(&path, &bytes).expect("written");
        assert!(!contains(&path, MARKERS[0]).expect("readable"));
        bytes.extend_from_slice(MARKERS[0]);
        fs::write(&path, &bytes).expect("written");
        assert!(contains(&path, MARKERS[0]).expect("readable"));
    }
}
