//! What a visitor downloads, in bytes of brotli, against `bundle-budget.toml`.

use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

/// The budget file: kinds of files by name.
#[derive(Debug, Deserialize)]
struct Budget {
    #[serde(flatten)]
    kinds: BTreeMap<String, Kind>,
}

/// One line of the budget.
#[derive(Debug, Deserialize)]
struct Kind {
    /// Patterns under the site root; one `*` each, for the hash in the name.
    files: Vec<String>,
    /// Whether each file has the budget for itself, or all share it.
    #[serde(default)]
    each: bool,
    /// Whether the file is compressed in itself and sent as it is.
    #[serde(default)]
    as_is: bool,
    target_kb: f64,
    /// Where a pull request stops.
    fail_kb: f64,
}

/// One measured line.
#[derive(Debug, PartialEq)]
struct Measured {
    name: String,
    kb: f64,
    target_kb: f64,
    fail_kb: f64,
}

/// Prints the sizes with hit or miss.
///
/// # Errors
/// When something is over its limit, or a kind has no file at all.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let text = fs::read_to_string(workspace.root.join("bundle-budget.toml")).context("bundle-budget.toml")?;
    let budget: Budget = toml::from_str(&text).context("bundle-budget.toml")?;
    let measured = measure(&budget, &workspace.site_root())?;
    println!("{:<44} {:>9} {:>8} {:>8}", "brotli", "KB", "target", "limit");
    let mut over = Vec::new();
    for line in &measured {
        let verdict = if line.kb > line.fail_kb {
            over.push(line.name.clone());
            "OVER THE LIMIT"
        } else if line.kb > line.target_kb {
            "miss"
        } else {
            "hit"
        };
        println!("{:<44} {:>9.1} {:>8} {:>8}  {verdict}", line.name, line.kb, line.target_kb, line.fail_kb);
    }
    if !over.is_empty() {
        bail!("over the limit of bundle-budget.toml: {}", over.join(", "));
    }
    Ok(())
}

fn measure(budget: &Budget, site_root: &Path) -> Result<Vec<Measured>> {
    let mut lines = Vec::new();
    for (name, kind) in &budget.kinds {
        let mut files = Vec::new();
        for pattern in &kind.files {
            let found = matching(site_root, pattern)?;
            // A pattern without files would be a limit that nothing can exceed.
            if found.is_empty() {
                bail!("the build has no file for `{name}`: {pattern}");
            }
            files.extend(found);
        }
        let mut total = 0.0;
        for file in files {
            let kb = size_kb(&site_root.join(&file), kind.as_is)?;
            total += kb;
            if kind.each {
                lines.push(kind.line(&file, kb));
            }
        }
        if !kind.each {
            lines.push(kind.line(name, total));
        }
    }
    Ok(lines)
}

impl Kind {
    fn line(&self, name: &str, kb: f64) -> Measured {
        Measured { name: name.to_owned(), kb, target_kb: self.target_kb, fail_kb: self.fail_kb }
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^52")]
fn size_kb(path: &Path, as_is: bool) -> Result<f64> {
    let mut sent = path.as_os_str().to_owned();
    if !as_is {
        sent.push(".br");
    }
    let metadata = fs::metadata(&sent).with_context(|| format!("{} was not pre-compressed", path.display()))?;
    Ok(metadata.len() as f64 / 1000.0)
}

/// Files whose path fits a pattern with one `*`; compressed copies are counted with their original.
fn matching(site_root: &Path, pattern: &str) -> Result<Vec<String>> {
    let (folder, name) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    let (before, after) = name.split_once('*').unwrap_or((name, ""));
    let mut files = Vec::new();
    let directory = site_root.join(folder);
    for entry in fs::read_dir(&directory).with_context(|| directory.display().to_string())? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        let fits = file.len() >= before.len() + after.len() && file.starts_with(before) && file.ends_with(after);
        if fits {
            files.push(format!("{folder}/{file}"));
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temporary::TemporaryDirectory;

    fn site() -> TemporaryDirectory {
        let directory = TemporaryDirectory::new("bundle").expect("a temporary directory");
        let package = directory.path().join("pkg");
        fs::create_dir_all(&package).expect("made");
        for (name, bytes) in [
            ("souk.abc.wasm", 900_000),
            ("souk.abc.wasm.br", 150_000),
            ("chunk_1.def.wasm", 90_000),
            ("chunk_1.def.wasm.br", 12_500),
            ("chunk_2.ghi.wasm", 90_000),
            ("chunk_2.ghi.wasm.br", 50_000),
        ] {
            fs::write(package.join(name), vec![0; bytes]).expect("written");
        }
        directory
    }

    #[test]
    fn brotli_bytes_are_counted_for_all_or_for_each() {
        let budget: Budget = toml::from_str(
            "[main]\nfiles = ['pkg/souk.*.wasm']\ntarget_kb = 200\nfail_kb = 260\n\
             [chunk]\nfiles = ['pkg/chunk_*.wasm']\neach = true\ntarget_kb = 40\nfail_kb = 60\n",
        )
        .expect("a budget");
        let site = site();
        let sizes: Vec<(String, f64)> =
            measure(&budget, site.path()).expect("measured").into_iter().map(|line| (line.name, line.kb)).collect();
        assert_eq!(
            sizes,
            [("pkg/chunk_1.def.wasm".to_owned(), 12.5), ("pkg/chunk_2.ghi.wasm".to_owned(), 50.0), ("main".to_owned(), 150.0),]
        );
    }

    #[test]
    fn a_kind_without_files_is_no_success() {
        let budget: Budget = toml::from_str("[css]\nfiles = ['pkg/souk.*.css']\ntarget_kb = 20\nfail_kb = 25\n").expect("a budget");
        assert!(measure(&budget, site().path()).is_err());
        let chunks = "[chunk]\nfiles = ['pkg/chunk_*.wasm', 'pkg/part_*.wasm']\neach = true\ntarget_kb = 40\nfail_kb = 60\n";
        let error = measure(&toml::from_str(chunks).expect("a budget"), site().path()).expect_err("no part is there");
        assert!(error.to_string().contains("pkg/part_*.wasm"), "{error}");
    }
}
