//! Pages that need nothing but themselves: their style, and the policy that allows it and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

/// In the shop's colours (`style/tokens.css`), light or dark as the reader's system has it.
pub const STYLE: &str = ":root{color-scheme:light;--paper:#f8f2e7;--surface:#fffbf3;--ink:#2a211b;--soft:#655848;--line:#dccfb9;--accent:#a13d25}\
    @media(prefers-color-scheme:dark){:root{color-scheme:dark;--paper:#1a1613;--surface:#241e1a;--ink:#f3eade;--soft:#bcac98;--line:#3c332b;--accent:#ef9470}}\
    html{background:var(--paper);color:var(--ink);scroll-padding-top:1rem}a{color:var(--accent);text-underline-offset:.2em}\
    body{font:17px/1.55 'Source Sans 3',system-ui,sans-serif;margin:0;overflow-wrap:break-word}\
    header{padding:1rem;border-bottom:1px solid var(--line)}header a{color:inherit;text-decoration:none;font:1.875rem/1 Georgia,serif;letter-spacing:-.03em}\
    header a,main{display:block;max-width:52rem;margin-inline:auto}main{padding:1rem 1rem 4rem}\
    h1,h2{font-family:Georgia,serif;font-weight:500;line-height:1.15}h1{font-size:2.5rem}h2{margin-top:3.5rem}h3{margin-top:2.5rem;font-size:1rem}\
    table{border-collapse:collapse;width:100%;margin-block:1rem;font-size:.9375rem}\
    td,th{text-align:start;vertical-align:top;padding:.375rem .75rem .375rem 0;border-top:1px solid var(--line)}\
    th{color:var(--soft);font-weight:600;white-space:nowrap}\
    code,pre{font:.875em/1.45 ui-monospace,monospace}code{overflow-wrap:anywhere}\
    pre{overflow:auto;padding:.75rem;border:1px solid var(--line);border-radius:.5rem;background:var(--surface)}\
    summary{cursor:pointer;min-height:1.75rem}nav ul{padding:0;list-style:none}nav li{margin-top:.25rem}";

/// The content security policy of a page that holds [`STYLE`] in one `style` element.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
});
