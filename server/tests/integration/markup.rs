//! A page as a browser reads it.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::{Cell, RefCell};

/// Elements that bring in a document or a program of somebody else, or change what addresses mean.
const FOREIGN: [&str; 5] = ["applet", "base", "embed", "iframe", "object"];
const ADDRESSES: [&str; 8] = ["action", "data", "formaction", "href", "ping", "poster", "src", "xlink:href"];

#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
}

#[derive(Debug, Default)]
pub(crate) struct Markup {
    pub(crate) elements: Vec<Element>,
    pub(crate) scripts: Vec<String>,
    /// Everything else that is written there, the values of attributes included.
    text: String,
}

impl Markup {
    pub(crate) fn of(page: &str) -> Self {
        let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(page));
        _ = tokenizer.feed(&input);
        tokenizer.end();
        tokenizer.sink.markup.take()
    }

    /// Whether a text stands there to be read, however its blanks are set.
    pub(crate) fn says(&self, text: &str) -> bool {
        one_line(&self.text).contains(&one_line(text))
    }

    /// What of a page would run something that is in none of its scripts, or let one of these texts into a script as it is.
    pub(crate) fn armed(&self, texts: &[String]) -> Vec<String> {
        let elements = self.elements.iter().filter(|element| element.is_armed()).map(|element| format!("{element:?}"));
        let is_armed = |script: &&String| {
            let is_whole = script.trim_start().starts_with("hit(") || script.trim_start().starts_with("parent.hit(");
            is_whole || texts.iter().any(|text| text.contains('<') && script.contains(text.as_str()))
        };
        elements.chain(self.scripts.iter().filter(is_armed).cloned()).collect()
    }
}

impl Element {
    fn is_armed(&self) -> bool {
        let runs = |(name, value): &(String, String)| {
            let address: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
            let is_script = ADDRESSES.contains(&name.as_str()) && address.to_lowercase().starts_with("javascript:");
            name.starts_with("on") || name == "srcdoc" || is_script
        };
        FOREIGN.contains(&self.name.as_str()) || self.attributes.iter().any(runs)
    }
}

pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Reader {
    markup: RefCell<Markup>,
    is_in_script: Cell<bool>,
}

impl Reader {
    fn open(&self, tag: &Tag) -> TokenSinkResult<()> {
        let name = tag.name.to_string();
        let attributes: Vec<(String, String)> =
            tag.attrs.iter().map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string())).collect();
        let mut markup = self.markup.borrow_mut();
        for (_, value) in &attributes {
            markup.text.push_str(value);
            markup.text.push('\n');
        }
        self.is_in_script.set(name == "script");
        let inside = match name.as_str() {
            "script" => {
                markup.scripts.push(String::new());
                TokenSinkResult::RawData(RawKind::ScriptData)
            }
            "style" => TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        };
        markup.elements.push(Element { name, attributes });
        inside
    }

    fn write(&self, written: &str) {
        let mut markup = self.markup.borrow_mut();
        let Markup { scripts, text, .. } = &mut *markup;
        let place = scripts.last_mut().filter(|_| self.is_in_script.get()).unwrap_or(text);
        place.push_str(written);
    }
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return self.open(&tag),
            Token::TagToken(_) => self.is_in_script.set(false),
            Token::CharacterTokens(written) => self.write(&written),
            Token::DoctypeToken(_) | Token::CommentToken(_) | Token::NullCharacterToken | Token::EOFToken | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

#[test]
fn what_would_run_is_found_and_what_is_text_is_not() {
    let texts = ["<svg/onload=hit()>".to_owned()];
    let armed = |page: &str| Markup::of(page).armed(&texts).len();
    for page in [
        "<p>a</p><script>hit()</script>",
        "<title>a</title><script>hit()</script></title>",
        "<input value=\"\"><img src=x onerror=hit()>\">",
        "<!-- a --><svg/onload=hit()> -->",
        "<a href=\" java\nscript:hit()\">a</a>",
        "<iframe></iframe>",
        "<script>let a = \"<svg/onload=hit()>\"</script>",
    ] {
        assert_eq!(armed(page), 1, "{page}");
    }
    for page in [
        "<title></p><svg/onload=hit()></title>",
        "<p>&lt;svg/onload=hit()></p>",
        "<input value='<svg/onload=hit()>'>",
        "<textarea><script>hit()</script></textarea>",
        "<script>let a = \"\\u003csvg/onload=hit()>\"</script>",
        "<a href=/search?q=javascript:hit()>javascript:hit()</a>",
    ] {
        assert_eq!(armed(page), 0, "{page}");
    }
    let page = Markup::of("<input value=\"a &lt; b\"><p>c  &amp;\nd</p><script>e</script>");
    assert!(page.says("a < b") && page.says("c & d") && !page.says("e"));
}
