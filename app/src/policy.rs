//! What a page may load and run. Catalogue pages name their inline scripts by hash, because they are the same bytes for
//! everyone; personal pages carry a nonce of their own.

/// How the inline scripts of a page are allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InlineScripts<'a> {
    /// Base64 of the SHA-256 of each inline script, as it stands between its tags.
    Hashes(&'a [String]),
    Nonce(&'a str),
}

/// The payment gateway's origins, for the pages where something is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentOrigins<'a> {
    /// Where its script and its frames come from.
    pub script: &'a str,
    /// Further origins it talks to, separated by spaces.
    pub connect: &'a str,
    /// Where its hosted page stands, which a plain form leads to.
    pub form: &'a str,
}

/// The Content-Security-Policy of a page.
pub fn content_security_policy(inline: &InlineScripts<'_>, payment: Option<PaymentOrigins<'_>>) -> String {
    let inline = match inline {
        InlineScripts::Hashes(hashes) => hashes.iter().map(|hash| format!(" 'sha256-{hash}'")).collect(),
        InlineScripts::Nonce(nonce) => format!(" 'nonce-{nonce}'"),
    };
    let (script, connect, form) = match payment {
        Some(origins) => (format!(" {}", origins.script), format!(" {} {}", origins.script, origins.connect), format!(" {}", origins.form)),
        None => (String::new(), String::new(), String::new()),
    };
    let frames = if script.is_empty() { " 'none'" } else { &script };
    format!(
        "default-src 'self'; script-src 'self'{inline} 'wasm-unsafe-eval'{script}; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'{connect}; frame-src{frames}; form-action 'self'{form}; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The inline scripts that run, as they stand in a page's HTML: the texts to hash. Blocks of data do not run and are left out.
pub fn inline_scripts(html: &str) -> Vec<&str> {
    let mut scripts = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find("<script") {
        let Some(open) = rest[start..].find('>').map(|end| start + end) else { break };
        let attributes = &rest[start + "<script".len()..open];
        let Some(close) = rest[open..].find("</script>").map(|end| open + end) else { break };
        let text = &rest[open + 1..close];
        if !attributes.contains(" src=") && !attributes.contains("application/ld+json") && !text.is_empty() {
            scripts.push(text);
        }
        rest = &rest[close..];
    }
    scripts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inline_runs_that_is_not_named() {
        let policy = content_security_policy(&InlineScripts::Hashes(&["abc=".to_owned()]), None);
        assert!(policy.contains("script-src 'self' 'sha256-abc=' 'wasm-unsafe-eval';"));
        assert!(policy.contains("frame-src 'none'") && policy.contains("form-action 'self';"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }

    #[test]
    fn only_payment_pages_know_the_gateway() {
        let origins = PaymentOrigins { script: "https://js.stripe.com", connect: "https://api.stripe.com", form: "https://checkout.stripe.com" };
        let policy = content_security_policy(&InlineScripts::Nonce("n"), Some(origins));
        assert!(policy.contains("script-src 'self' 'nonce-n' 'wasm-unsafe-eval' https://js.stripe.com;"));
        assert!(policy.contains("frame-src https://js.stripe.com;") && policy.contains("form-action 'self' https://checkout.stripe.com"));
    }

    #[test]
    fn scripts_that_run_are_found_and_data_is_not() {
        let html = r#"<script type="module">a()</script><script src="/x.js"></script><script type="application/ld+json">{}</script><script>b()</script>"#;
        assert_eq!(inline_scripts(html), ["a()", "b()"]);
    }
}
