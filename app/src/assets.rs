//! The names of the built files, which carry their hashes, read once; and the few lines that start the browser part.

use crate::t;
use domain::language::Language;
use leptos::config::LeptosOptions;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Where the built files of this release stand.
#[derive(Debug)]
pub struct Assets {
    style_sheet: String,
    script: String,
    wasm: String,
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
        Self { style_sheet: hashed("css", "css"), script: hashed("js", "js"), wasm: hashed("wasm", "wasm") }
    }

    pub fn style_sheet(&self) -> &str {
        &self.style_sheet
    }

    /// The page's own script, which starts the browser part with the texts of a language.
    pub fn boot_script(&self, language: Language) -> String {
        let texts = t::FILES.iter().find(|file| file.language == language).map(|file| file.path.as_str());
        boot_script(&self.script, &self.wasm, texts.unwrap_or_default())
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

/// Starts the browser part once the page has been painted and the browser is idle, or at once when the shopper reaches for
/// something: until then links and forms work as plain HTML. Nothing is fetched before, so that it delays no picture.
fn boot_script(script: &str, wasm: &str, texts: &str) -> String {
    format!(
        "let s=0;const go=()=>{{if(s)return;s=1;const t=fetch({texts:?}).then(r=>r.ok?r.text():Promise.reject(r.status));\
         import({script:?}).then(m=>m.default({{module_or_path:{wasm:?}}}).then(()=>t).then(t=>m.hydrate(t)))}};\
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
        let script = assets.boot_script(Language::German);
        let texts = t::FILES.iter().find(|file| file.language == Language::German).expect("every language has its texts");
        assert!(script.contains(r#"import("/pkg/souk.js")"#) && script.contains(r#""/pkg/souk.wasm""#) && script.contains(&texts.path));
    }
}
