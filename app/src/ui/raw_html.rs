use crate::market::content_language;
use crate::ui::AtOnce as _;
use leptos::prelude::*;

/// A description that was sanitised when it was stored. The one place where text enters a page unescaped.
#[component]
pub fn SanitisedHtml(html: String, #[prop(default = "prose")] class: &'static str) -> impl IntoView {
    view! { <div class=class lang=content_language() inner_html=html></div> }.at_once()
}

/// Facts about the page for search engines. `json` must make a JSON text. They read the page as the server sends it: the
/// browser keeps that, says nothing of what it shows later, and is spared the weight.
#[component]
pub fn JsonLd(json: impl FnOnce() -> String) -> impl IntoView {
    let json = if cfg!(feature = "ssr") { json() } else { "{}".to_owned() };
    view! { <script type="application/ld+json" inner_html=json_for_script(&json)></script> }.at_once()
}

/// Text for the two elements whose content the server writes as it stands: title and textarea. In the browser text becomes
/// text.
pub(crate) fn text_for_server(text: &str) -> String {
    if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;") } else { text.to_owned() }
}

/// A JSON text that cannot end the script element it stands in: inside JSON `<` occurs only in strings, where the escape
/// means the same.
pub fn json_for_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_leave_its_script() {
        let json = json_for_script(r#"{"name":"</script><script>alert(1)</script><!--"}"#);
        assert!(!json.contains('<'));
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["name"], "</script><script>alert(1)</script><!--");
    }
}
