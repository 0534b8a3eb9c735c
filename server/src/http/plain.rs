//! Pages that need nothing but themselves: their style, and the policy that allows it and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

/// In the browser's own colours, light or dark as its user has it.
pub const STYLE: &str = "html{color-scheme:light dark;background:Canvas;color:CanvasText}a{color:LinkText}\
    body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;overflow-wrap:break-word}\
    table{border-collapse:collapse;width:100%}td,th{text-align:start;vertical-align:top;padding:.25rem .75rem .25rem 0;border-top:1px solid #8884}\
    code,pre{font:14px/1.45 ui-monospace,monospace}pre{overflow:auto;padding:.75rem;border:1px solid #8884}h2{margin-top:3rem}\
    summary{cursor:pointer}";

/// The content security policy of a page that holds [`STYLE`] in one `style` element.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
});
