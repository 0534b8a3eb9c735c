//! House rules that no lint knows: who may import whom, where SQL stands, which names a folder may have.
//!
//! Each rule is a function over one file, with a test that a forbidden case is found and a permitted one passes.

mod names;
mod rules;
mod source;
mod sql;
mod walls;

use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use source::{Kind, Source};
use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

/// One thing that is not as the house wants it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    path: String,
    line: usize,
    message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// Reads every source file of the workspace and prints what it finds.
///
/// # Errors
/// When something is found, or a file cannot be read.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut paths = Vec::new();
    for (name, _) in walls::CRATES {
        collect(&workspace.root.join(name), &mut paths)?;
    }
    let mut violations = Vec::new();
    let count = paths.len();
    for path in paths {
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let relative = path.strip_prefix(&workspace.root)?.to_string_lossy().into_owned();
        violations.extend(check(&relative, &text)?);
    }
    violations.sort();
    for violation in &violations {
        println!("{violation}");
    }
    if !violations.is_empty() {
        bail!("tidy found {} violations", violations.len());
    }
    println!("tidy: {count} files, nothing found");
    Ok(())
}

/// All rules on one file, whose path is relative to the workspace.
fn check(path: &str, text: &str) -> Result<Vec<Violation>> {
    let source = Source::parse(path, text)?;
    let mut violations = names::check(&source);
    match source.kind {
        Kind::Rust => {
            violations.extend(walls::check_imports(&source));
            violations.extend(rules::check(&source));
            violations.extend(rules::check_texts(&source));
            violations.extend(sql::check_rust(&source));
        }
        Kind::Manifest => violations.extend(walls::check_manifest(&source)?),
        Kind::Sql => violations.extend(sql::check_migration(&source)),
        Kind::Other => {}
    }
    Ok(violations)
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(directory).with_context(|| directory.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "node_modules" && name != "target") {
                collect(&path, paths)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "toml" || extension == "sql") {
            paths.push(path);
        }
    }
    Ok(())
}

/// For the rules' tests: the messages for a file.
#[cfg(test)]
fn found(path: &str, text: &str) -> Vec<String> {
    check(path, text).expect("the example parses").into_iter().map(|violation| violation.message).collect()
}
