//! A source file as the rules see it: paths it names, texts it holds, each with its line and its surroundings.

use super::Violation;
use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rust,
    Manifest,
    Sql,
    Other,
}

/// A path such as `backend::cart::add_item`, from a `use` line or from the code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
    /// Inside the body of a `#[server]` function, which exists on the server only.
    pub(super) in_server_function: bool,
    /// Inside a `#[cfg(test)]` module.
    pub(super) in_test: bool,
    /// The modules written in this file around it.
    pub(super) modules: Vec<String>,
}

/// A string literal.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) value: String,
    pub(super) line: usize,
    pub(super) in_test: bool,
}

/// One word of the code that stands alone: `inner_html`, a module's name.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) value: String,
    pub(super) line: usize,
    /// The word before it, where the two form one item: `mod utils`.
    pub(super) before: String,
}

/// One file, taken apart.
#[derive(Debug)]
pub(super) struct Source<'text> {
    pub(super) path: &'text str,
    pub(super) text: &'text str,
    pub(super) kind: Kind,
    pub(super) references: Vec<Reference>,
    pub(super) texts: Vec<Text>,
    pub(super) words: Vec<Word>,
}

impl<'text> Source<'text> {
    /// Takes a file apart; its path decides what it is.
    ///
    /// # Errors
    /// When a Rust file is no Rust.
    pub(super) fn parse(path: &'text str, text: &'text str) -> Result<Self> {
        let kind = match path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("rs") => Kind::Rust,
            Some("toml") if path.ends_with("/Cargo.toml") => Kind::Manifest,
            Some("sql") => Kind::Sql,
            _ => Kind::Other,
        };
        let mut source = Self { path, text, kind, references: Vec::new(), texts: Vec::new(), words: Vec::new() };
        if kind == Kind::Rust {
            let tokens: TokenStream = text.parse().map_err(|error| anyhow!("{path}: {error}"))?;
            source.read(tokens, &Surroundings::default());
        }
        Ok(source)
    }

    /// The crate the file belongs to.
    pub(super) fn crate_name(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Folders and file below `src/`; none for integration tests and build files.
    pub(super) fn module_path(&self) -> Option<Vec<&str>> {
        let mut parts = self.path.split('/').skip(1);
        if parts.next() != Some("src") {
            return None;
        }
        let mut parts: Vec<&str> = parts.collect();
        let file = parts.pop()?.strip_suffix(".rs")?;
        if file != "mod" && !(parts.is_empty() && (file == "lib" || file == "main")) {
            parts.push(file);
        }
        Some(parts)
    }

    /// Whether the whole file is a test.
    pub(super) fn is_test(&self) -> bool {
        self.path.split('/').nth(1) == Some("tests") || self.path.ends_with("/tests.rs")
    }

    pub(super) fn violation(&self, line: usize, message: impl Into<String>) -> Violation {
        Violation { path: self.path.to_owned(), line, message: message.into() }
    }

    fn read(&mut self, tokens: TokenStream, around: &Surroundings) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut item = Item::default();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Ident(_) => at = self.read_path(&tokens, at, &[], around, &mut item),
                TokenTree::Group(group) => {
                    self.read_group(group, &tokens, at, around, &mut item);
                    at += 1;
                }
                TokenTree::Literal(literal) => {
                    self.texts.push(Text { value: literal.to_string(), line: literal.span().start().line, in_test: around.in_test });
                    at += 1;
                }
                TokenTree::Punct(punct) => {
                    if punct.as_char() == ';' {
                        item = Item::default();
                    }
                    at += 1;
                }
            }
        }
    }

    /// Attributes colour the item that follows; its body is read with that colour.
    fn read_group(&mut self, group: &Group, tokens: &[TokenTree], at: usize, around: &Surroundings, item: &mut Item) {
        let is_attribute = group.delimiter() == Delimiter::Bracket && at > 0 && is_punct(&tokens[at - 1], '#');
        if is_attribute {
            let words: Vec<String> =
                group.stream().to_string().split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect();
            item.server |= words.first().is_some_and(|word| word == "server");
            item.test |= words.first().is_some_and(|word| word == "cfg")
                && words.iter().any(|word| word == "test")
                && !words.iter().any(|word| word == "not");
            if words.first().is_some_and(|word| word == "doc") {
                return;
            }
        }
        let is_body = group.delimiter() == Delimiter::Brace;
        let mut inner = around.clone();
        if is_body {
            inner.in_server_function |= item.server && item.is_function;
            inner.in_test |= item.test;
            inner.modules.extend(item.module.clone());
        }
        self.read(group.stream(), &inner);
        if is_body {
            *item = Item::default();
        }
    }

    /// Reads a path from its first word on, groups of a `use` included; returns where the code goes on.
    fn read_path(&mut self, tokens: &[TokenTree], start: usize, prefix: &[String], around: &Surroundings, item: &mut Item) -> usize {
        let mut segments = prefix.to_vec();
        let mut at = start;
        let line = tokens[start].span().start().line;
        let before = start.checked_sub(1).map(|previous| tokens[previous].to_string()).unwrap_or_default();
        // A field, a method or a lifetime is no path.
        let is_member = before == "." || before == "'";
        while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
            let word = ident.to_string();
            item.is_function |= word == "fn";
            if before == "mod" && segments.is_empty() {
                item.module = Some(word.clone());
            }
            self.words.push(Word { value: word.clone(), line: ident.span().start().line, before: before.clone() });
            segments.push(word);
            at += 1;
            if !(tokens.get(at).is_some_and(|token| is_punct(token, ':')) && tokens.get(at + 1).is_some_and(|token| is_punct(token, ':'))) {
                break;
            }
            at += 2;
        }
        if let Some(TokenTree::Group(group)) = tokens.get(at)
            && group.delimiter() == Delimiter::Brace
            && at > start
            && is_punct(&tokens[at - 1], ':')
        {
            // The leaves stand for the whole.
            self.read_use_group(group, &segments, around);
            return at + 1;
        }
        if segments.len() > prefix.len() + usize::from(prefix.is_empty()) || !prefix.is_empty() || before == "use" {
            self.refer(segments, line, is_member, around);
        }
        at.max(start + 1)
    }

    fn refer(&mut self, segments: Vec<String>, line: usize, is_member: bool, around: &Surroundings) {
        if !is_member {
            self.references.push(Reference {
                segments,
                line,
                in_server_function: around.in_server_function,
                in_test: around.in_test,
                modules: around.modules.clone(),
            });
        }
    }

    /// `use backend::{cart, orders::{self, Order}}`: one reference per leaf.
    fn read_use_group(&mut self, group: &Group, prefix: &[String], around: &Surroundings) {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let mut ignored = Item::default();
            at = match &tokens[at] {
                TokenTree::Ident(ident) if ident == "as" => at + 2,
                TokenTree::Ident(_) => self.read_path(&tokens, at, prefix, around, &mut ignored),
                _ => at + 1,
            };
        }
    }
}

/// What the code being read stands in.
#[derive(Debug, Clone, Default)]
struct Surroundings {
    in_server_function: bool,
    in_test: bool,
    modules: Vec<String>,
}

/// What is known of an item before its body comes.
#[derive(Debug, Default)]
struct Item {
    server: bool,
    test: bool,
    is_function: bool,
    module: Option<String>,
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let source = Source::parse("app/src/cart/api.rs", text).expect("it parses");
        source.references.iter().map(|reference| reference.segments.join("::")).collect()
    }

    #[test]
    fn groups_of_a_use_line_are_read_to_their_leaves() {
        assert_eq!(
            paths("use backend::{cart::{self, add_item as add}, orders};"),
            ["backend::cart::self", "backend::cart::add_item", "backend::orders"]
        );
    }

    #[test]
    fn paths_in_code_and_in_macros_are_read() {
        assert_eq!(paths("fn f() { backend::cart::add(1); view! { <p>{backend::x()}</p> } }"), ["backend::cart::add", "backend::x"]);
    }

    #[test]
    fn the_body_of_a_server_function_is_known_and_ends() {
        let source = Source::parse(
            "app/src/cart/api.rs",
            "#[server(endpoint = \"x\")] pub async fn a() -> Result<(), E> { backend::a().await } fn b() { backend::b() }",
        )
        .expect("it parses");
        let inside: Vec<(String, bool)> =
            source.references.iter().map(|reference| (reference.segments.join("::"), reference.in_server_function)).collect();
        assert_eq!(inside, [("backend::a".to_owned(), true), ("backend::b".to_owned(), false)]);
    }

    #[test]
    fn test_modules_are_known() {
        let source =
            Source::parse("backend/src/cart/mod.rs", "#[cfg(test)] mod tests { use super::super::orders::x; }").expect("it parses");
        assert!(source.references[0].in_test);
        assert_eq!(source.references[0].modules, ["tests"]);
    }

    #[test]
    fn comments_hold_no_paths() {
        assert!(paths("/// See backend::cart::add.\n// backend::x\nfn f() {}").is_empty());
    }
}
