use super::environment::{Environment, any};
use leptos::prelude::LeptosOptions;
use std::path::PathBuf;

/// Where files lie that are served as they are.
#[derive(Clone, Debug)]
pub struct Site {
    /// `SOUK_MEDIA_DIR` (required): rendered pictures, served at `/media/`.
    pub media_dir: PathBuf,
    /// `LEPTOS_SITE_ROOT` (default `target/site`): what the build made for browsers.
    pub site_root: String,
    /// `LEPTOS_SITE_PKG_DIR` (default `pkg`): script, WASM and styles inside it.
    pub package_dir: String,
    /// `LEPTOS_OUTPUT_NAME` (default `souk`): the stem of those files' names.
    pub output_name: String,
    /// `LEPTOS_HASH_FILES` (default false): whether their names carry hashes; `hash.txt` then lies beside the executable.
    pub hash_files: bool,
    /// `LEPTOS_WATCH` (set by the watching build): pages then reload by themselves, over `LEPTOS_RELOAD_PORT`.
    pub reload_port: Option<u32>,
}

impl Site {
    pub(super) fn read(environment: &mut Environment<'_>) -> Option<Self> {
        let media_dir = environment.required("SOUK_MEDIA_DIR", |text| Ok(PathBuf::from(text)));
        let site_root = environment.optional("LEPTOS_SITE_ROOT", "target/site".to_owned(), any);
        let package_dir = environment.optional("LEPTOS_SITE_PKG_DIR", "pkg".to_owned(), any);
        let output_name = environment.optional("LEPTOS_OUTPUT_NAME", "souk".to_owned(), any);
        let hash_files = environment.optional("LEPTOS_HASH_FILES", false, |text| text.parse().map_err(|_| "true or false".to_owned()));
        let port = environment.optional("LEPTOS_RELOAD_PORT", 3001, |text| text.parse().map_err(|_| "a port".to_owned()));
        let reload_port = port.filter(|_| environment.text("LEPTOS_WATCH").is_some());
        Some(Self {
            media_dir: media_dir?,
            site_root: site_root?,
            package_dir: package_dir?,
            output_name: output_name?,
            hash_files: hash_files?,
            reload_port,
        })
    }

    /// The same, as the rendering wants it.
    pub fn leptos_options(&self) -> LeptosOptions {
        LeptosOptions::builder()
            .output_name(self.output_name.clone())
            .site_root(self.site_root.clone())
            .site_pkg_dir(self.package_dir.clone())
            .hash_files(self.hash_files)
            .reload_port(self.reload_port.unwrap_or(3001))
            .build()
    }
}
