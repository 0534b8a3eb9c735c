//! The names of the built files, which carry their hashes, read once; and the few lines that start the browser part.

use leptos::WasmSplitManifest;
use leptos::config::LeptosOptions;
use leptos::prelude::{ArcStoredValue, provide_context};
use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;

/// Where the built files of this release stand.
#[derive(Debug)]
pub struct Assets {
    style_sheet: String,
    boot_script: String,
    /// Which chunks a lazily loaded page needs; none in a build without them.
    chunks: Option<WasmSplitManifest>,
}

static ASSETS: OnceLock<Assets> = OnceLock::new();

impl Assets {
    /// The files of the running program: one build per process, so the first look decides.
    pub fn of(options: &LeptosOptions) -> &'static Assets {
        ASSETS.get_or_init(|| Assets::read(options))
    }

    fn read(options: &LeptosOptions) -> Self {
        let hashes = if options.hash_files { read_hashes(options) } else { HashMap::new() };
        let (name, folder) = (&options.output_name, &options.site_pkg_dir);
        let hashed = |kind: &str, ending: &str| match hashes.get(kind) {
            Some(hash) => format!("/{folder}/{name}.{hash}.{ending}"),
            None => format!("/{folder}/{name}.{ending}"),
        };
        Self {
            style_sheet: hashed("css", "css"),
            boot_script: boot_script(&hashed("js", "js"), &hashed("wasm", "wasm")),
            chunks: read_chunks(options, &hashes),
        }
    }

    pub fn style_sheet(&self) -> &str {
        &self.style_sheet
    }

    pub fn boot_script(&self) -> &str {
        &self.boot_script
    }

    /// Lets the page name the chunks it will need in its head.
    pub(crate) fn provide_chunk_hints(&self) {
        if let Some(chunks) = &self.chunks {
            provide_context(chunks.clone());
        }
    }
}

/// `hash.txt` lies beside the program: lines such as `css: 1a2b…`.
fn read_hashes(options: &LeptosOptions) -> HashMap<String, String> {
    let path = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join(options.hash_file.as_ref())));
    let text = path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_else(|| {
        tracing::error!("the names of the built files cannot be read: {} is missing beside the program", options.hash_file);
        String::new()
    });
    text.lines().filter_map(|line| line.split_once(':')).map(|(kind, hash)| (kind.trim().to_owned(), hash.trim().to_owned())).collect()
}

fn read_chunks(options: &LeptosOptions, hashes: &HashMap<String, String>) -> Option<WasmSplitManifest> {
    let manifest = match hashes.get("manifest") {
        Some(hash) => format!("__wasm_split_manifest.{hash}.json"),
        None => "__wasm_split_manifest.json".to_owned(),
    };
    let loader = hashes.get("split").map_or("______________________", String::as_str);
    let path = Path::new(options.site_root.as_ref()).join(options.site_pkg_dir.as_ref()).join(manifest);
    let chunks = serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
    Some(WasmSplitManifest(ArcStoredValue::new((format!("/{}", options.site_pkg_dir), chunks, format!("__wasm_split.{loader}.js")))))
}

/// Starts the browser part once the page has been painted and the browser is idle, or at once when the shopper reaches for
/// something: until then links and forms work as plain HTML. Nothing is fetched before, so that it delays no picture.
fn boot_script(script: &str, wasm: &str) -> String {
    format!(
        "let s=0;const go=()=>{{if(s)return;s=1;import({script:?}).then(m=>m.default({{module_or_path:{wasm:?}}}).then(()=>m.hydrate()))}};\
         const idle=()=>window.requestIdleCallback?requestIdleCallback(go,{{timeout:1500}}):setTimeout(go,50);\
         for(const e of [\"pointerdown\",\"keydown\"])addEventListener(e,go,{{once:true,passive:true}});\
         document.readyState===\"complete\"?idle():addEventListener(\"load\",idle,{{once:true}});setTimeout(go,4000)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_hashes_the_files_have_their_plain_names() {
        let options = LeptosOptions::builder().output_name("souk").site_pkg_dir("pkg").build();
        let assets = Assets::read(&options);
        assert_eq!(assets.style_sheet(), "/pkg/souk.css");
        assert!(assets.boot_script().contains(r#"import("/pkg/souk.js")"#) && assets.boot_script().contains(r#""/pkg/souk.wasm""#));
    }
}
