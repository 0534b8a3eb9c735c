//! From Fluent files (<https://projectfluent.org>) to a list of plain patterns, and the functions that name them.
//!
//! Of Fluent's syntax the shop needs texts, variables, and plurals by one number; anything else is refused. A pattern has
//! `{0}`, `{1}` … where its variables go, in the order of their names; a plural is two patterns, for one and for others,
//! which is all that English and German distinguish (CLDR, cardinal plurals).

use fluent_syntax::ast;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The language that every message is written in first, and that the mirrored one is made of.
const SOURCE: &str = "en";
const TRANSLATIONS: [&str; 1] = ["de"];

/// A gap is numbered by one digit.
const VARIABLES_MAX: usize = 10;

type Error = String;

/// One text in all languages: the source first, the mirrored one last.
pub(crate) struct Message {
    feature: String,
    name: String,
    variables: Vec<Variable>,
    texts: Vec<Text>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Variable {
    name: String,
    /// Decides between the two patterns.
    is_count: bool,
}

/// What a language says.
#[derive(Clone)]
struct Text {
    one: Option<String>,
    other: String,
    variables: Vec<Variable>,
}

/// The texts of a language by feature (the file's name) and name.
type Texts = BTreeMap<(String, String), Text>;

pub(crate) fn read(folder: &Path) -> Result<Vec<Message>, Error> {
    let source = read_language(&folder.join(SOURCE))?;
    let translations = TRANSLATIONS.iter().map(|language| read_language(&folder.join(language))).collect::<Result<Vec<_>, _>>()?;
    for (language, texts) in TRANSLATIONS.iter().zip(&translations) {
        if let Some((feature, name)) = texts.keys().find(|key| !source.contains_key(*key)) {
            return Err(format!("{language}/{feature}.ftl: `{name}` is in no {SOURCE}/{feature}.ftl"));
        }
    }
    source.into_iter().map(|(key, text)| message(key, text, &translations)).collect()
}

fn message((feature, name): (String, String), source: Text, translations: &[Texts]) -> Result<Message, Error> {
    let variables = source.variables.clone();
    let is_plural = variables.iter().any(|variable| variable.is_count);
    let mut texts = vec![source.clone()];
    for (language, translation) in TRANSLATIONS.iter().zip(translations) {
        let text = translation.get(&(feature.clone(), name.clone()));
        let mut text = text.ok_or_else(|| format!("{language}/{feature}.ftl: `{name}` is missing"))?.clone();
        if text.variables.iter().map(|variable| &variable.name).ne(variables.iter().map(|variable| &variable.name)) {
            return Err(format!("{language}/{feature}.ftl: `{name}` wants other variables than in {SOURCE}"));
        }
        if text.one.is_some() && text.variables != variables {
            return Err(format!("{language}/{feature}.ftl: `{name}` is a plural by another number than in {SOURCE}"));
        }
        if is_plural && text.one.is_none() {
            text.one = Some(text.other.clone());
        }
        texts.push(text);
    }
    texts.push(Text { one: source.one.as_deref().map(mirror), other: mirror(&source.other), variables: Vec::new() });
    Ok(Message { feature, name, variables, texts })
}

fn read_language(folder: &Path) -> Result<Texts, Error> {
    let mut texts = Texts::new();
    let files = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for file in files {
        let path = file.map_err(|error| error.to_string())?.path();
        let feature = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let content = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let resource = fluent_syntax::parser::parse(content.as_str())
            .map_err(|(_, errors)| format!("{}: {}", path.display(), errors.first().map(ToString::to_string).unwrap_or_default()))?;
        for entry in resource.body {
            let (name, text) = match entry {
                ast::Entry::Message(ast::Message { id, value: Some(value), attributes, .. }) if attributes.is_empty() => {
                    (id.name, read_text(&value).map_err(|error| format!("{}: `{}` {error}", path.display(), id.name))?)
                }
                ast::Entry::Comment(_) | ast::Entry::GroupComment(_) | ast::Entry::ResourceComment(_) => continue,
                _ => return Err(format!("{}: something here is not a plain message", path.display())),
            };
            if texts.insert((feature.clone(), name.replace('-', "_")), text).is_some() {
                return Err(format!("{}: `{name}` stands here twice", path.display()));
            }
        }
    }
    Ok(texts)
}

fn read_text(pattern: &ast::Pattern<&str>) -> Result<Text, Error> {
    let is_plural = pattern
        .elements
        .iter()
        .any(|element| matches!(element, ast::PatternElement::Placeable { expression: ast::Expression::Select { .. } }));
    let mut variables = Vec::new();
    name_variables(pattern, &mut variables)?;
    variables.sort();
    variables.dedup_by(|later, earlier| {
        let is_same = later.name == earlier.name;
        earlier.is_count |= is_same && later.is_count;
        is_same
    });
    if variables.len() > VARIABLES_MAX {
        return Err("has too many variables".to_owned());
    }
    if !is_plural {
        return Ok(Text { one: None, other: flat(pattern, &variables, None)?, variables });
    }
    if variables.iter().filter(|variable| variable.is_count).count() != 1 {
        return Err("has plurals by more than one number".to_owned());
    }
    Ok(Text { one: Some(flat(pattern, &variables, Some("one"))?), other: flat(pattern, &variables, Some("other"))?, variables })
}

fn name_variables(pattern: &ast::Pattern<&str>, variables: &mut Vec<Variable>) -> Result<(), Error> {
    let variable = |expression: &ast::InlineExpression<&str>, is_count| match expression {
        ast::InlineExpression::VariableReference { id } => Ok(Some(Variable { name: id.name.replace('-', "_"), is_count })),
        ast::InlineExpression::StringLiteral { .. } => Ok(None),
        _ => Err("uses more of Fluent than texts, variables and plurals".to_owned()),
    };
    for element in &pattern.elements {
        match element {
            ast::PatternElement::TextElement { .. } => {}
            ast::PatternElement::Placeable { expression: ast::Expression::Inline(inline) } => variables.extend(variable(inline, false)?),
            ast::PatternElement::Placeable { expression: ast::Expression::Select { selector, variants } } => {
                variables.extend(variable(selector, true)?);
                for variant in variants {
                    name_variables(&variant.value, variables)?;
                }
            }
        }
    }
    Ok(())
}

/// The pattern on one line, with numbered gaps; of a plural, the variant of this category.
fn flat(pattern: &ast::Pattern<&str>, variables: &[Variable], category: Option<&str>) -> Result<String, Error> {
    let gap = |id: &ast::Identifier<&str>| {
        let name = id.name.replace('-', "_");
        let place = variables.iter().position(|variable| variable.name == name).unwrap_or_default();
        format!("{{{place}}}")
    };
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            ast::PatternElement::TextElement { value } => text += value,
            ast::PatternElement::Placeable { expression: ast::Expression::Inline(ast::InlineExpression::VariableReference { id }) } => {
                text += &gap(id);
            }
            ast::PatternElement::Placeable { expression: ast::Expression::Inline(ast::InlineExpression::StringLiteral { value }) } => {
                if value.contains(['\\', '{', '}']) {
                    return Err("has a literal with an escape or a brace".to_owned());
                }
                text += value;
            }
            ast::PatternElement::Placeable { expression: ast::Expression::Select { variants, .. } } => {
                let named = |name: &str| {
                    variants.iter().find(|variant| matches!(variant.key, ast::VariantKey::Identifier { name: key } if key == name))
                };
                if variants.iter().any(|variant| !matches!(variant.key, ast::VariantKey::Identifier { name: "one" | "other" })) {
                    return Err("has a plural other than `one` and `other`".to_owned());
                }
                let variant = category.and_then(named).or_else(|| named("other")).ok_or("has a plural without `other`")?;
                text += &flat(&variant.value, variables, category)?;
            }
            ast::PatternElement::Placeable { .. } => return Err("uses more of Fluent than texts, variables and plurals".to_owned()),
        }
    }
    // A line break of the file is a space of the text.
    Ok(text.replace('\n', " "))
}

/// Every word from right to left, as Android's pseudo-locale `ar-XB` has it.
fn mirror(text: &str) -> String {
    let word = |word: &str| match word.starts_with('{') || word.is_empty() {
        true => word.to_owned(),
        false => format!("\u{200f}\u{202e}{word}\u{202c}\u{200f}"),
    };
    let mut mirrored = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(['{', ' ']) {
        let end =
            if rest[start..].starts_with('{') { rest[start..].find('}').map_or(rest.len(), |end| start + end + 1) } else { start + 1 };
        mirrored += &word(&rest[..start]);
        mirrored += &rest[start..end];
        rest = &rest[end..];
    }
    mirrored + &word(rest)
}

/// The code: a module for each feature, and on the server the texts themselves.
pub(crate) fn write(messages: &[Message]) -> Result<String, Error> {
    let mut code = String::new();
    let mut tables: Vec<Vec<&str>> = vec![Vec::new(); TRANSLATIONS.len() + 2];
    let mut feature = "";
    for message in messages {
        if message.feature != feature {
            code += if feature.is_empty() { "" } else { "}\n\n" };
            feature = &message.feature;
            writeln!(code, "pub mod {feature} {{").map_err(|error| error.to_string())?;
        }
        write_function(&mut code, message, tables[0].len()).map_err(|error| error.to_string())?;
        for (table, text) in tables.iter_mut().zip(&message.texts) {
            table.extend(text.one.as_deref());
            table.push(&text.other);
        }
    }
    code += "}\n\n";
    let length = tables[0].len();
    writeln!(code, "/// How many patterns there are.\n#[cfg(feature = \"ssr\")]\npub const LENGTH: usize = {length};\n")
        .and_then(|()| writeln!(code, "/// By language, then by the number of the pattern.\n#[cfg(feature = \"ssr\")]"))
        .and_then(|()| writeln!(code, "pub static PATTERNS: [[&str; LENGTH]; {}] = {tables:?};", tables.len()))
        .map_err(|error| error.to_string())?;
    Ok(code)
}

fn write_function(code: &mut String, message: &Message, number: usize) -> std::fmt::Result {
    let Message { name, variables, texts, .. } = message;
    writeln!(code, "    /// > {}", texts[0].other.replace('[', "\\["))?;
    if variables.is_empty() {
        return writeln!(code, "    pub fn {name}() -> &'static str {{\n        super::text({number})\n    }}");
    }
    let parameter = |variable: &Variable| format!("{}: {}", variable.name, if variable.is_count { "u32" } else { "&str" });
    let argument = |variable: &Variable| match variable.is_count {
        true => format!("&{}.to_string()", variable.name),
        false => variable.name.clone(),
    };
    let parameters: Vec<String> = variables.iter().map(parameter).collect();
    let arguments: Vec<String> = variables.iter().map(argument).collect();
    let number = match variables.iter().find(|variable| variable.is_count) {
        Some(count) => format!("super::plural({number}, {})", count.name),
        None => number.to_string(),
    };
    writeln!(code, "    pub fn {name}({}) -> String {{", parameters.join(", "))?;
    writeln!(code, "        super::fill({number}, &[{}])\n    }}", arguments.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code made of one file in English and in German.
    fn code(english: &str, german: &str) -> Result<String, Error> {
        let folder = std::env::temp_dir().join(format!("souk-messages-{}-{:?}", std::process::id(), std::thread::current().id()));
        for (language, content) in [(SOURCE, english), (TRANSLATIONS[0], german)] {
            fs::create_dir_all(folder.join(language)).unwrap();
            fs::write(folder.join(language).join("cart.ftl"), content).unwrap();
        }
        let code = read(&folder).and_then(|messages| write(&messages));
        fs::remove_dir_all(&folder).unwrap();
        code
    }

    #[test]
    fn a_message_becomes_a_function() {
        let code = code(
            "# On top\ntitle = Your cart\nhello-again = Hello { $name },\n    again",
            "title = Warenkorb\nhello-again = Hallo { $name }",
        )
        .unwrap();
        assert!(code.contains("pub fn title() -> &'static str"), "{code}");
        assert!(code.contains("pub fn hello_again(name: &str) -> String"), "{code}");
        assert!(code.contains(r#"["Hello {0}, again", "Your cart"]"#) && code.contains(r#"["Hallo {0}", "Warenkorb"]"#), "{code}");
    }

    #[test]
    fn a_plural_is_two_patterns() {
        let english = "items = { $count ->\n    [one] { $count } item from { $seller }\n   *[other] { $count } items from { $seller }\n}";
        let code = code(english, "items = { $count } Artikel von { $seller }").unwrap();
        assert!(code.contains("pub fn items(count: u32, seller: &str) -> String"), "{code}");
        assert!(code.contains(r#"["{0} item from {1}", "{0} items from {1}"]"#), "{code}");
        assert!(code.contains(r#"["{0} Artikel von {1}", "{0} Artikel von {1}"]"#), "{code}");
    }

    #[test]
    fn a_language_says_what_the_source_says() {
        let refused = |english: &str, german: &str| code(english, german).unwrap_err();
        assert!(refused("a = A\nb = B", "a = A").contains("`b` is missing"));
        assert!(refused("a = A", "a = A\nb = B").contains("`b` is in no en/cart.ftl"));
        assert!(refused("a = { $x }", "a = { $y }").contains("other variables"));
        assert!(refused("a = { $x }", "a = A").contains("other variables"));
        let by = |count: &str, other: &str| format!("a = {{ ${count} ->\n    [one] one of {{ ${other} }}\n   *[other] more\n}}");
        assert!(refused(&by("x", "y"), &by("y", "x")).contains("another number"));
    }

    #[test]
    fn what_the_shop_does_not_use_of_fluent_is_refused() {
        for text in [
            r#"a = { "\u00a0" }"#,
            r#"a = { "{" }"#,
            "a = { NUMBER($x) }",
            "a = { -brand }",
            "-brand = Souk",
            "a = A\n    .title = T",
            "a = { b }",
            "a =\n{",
        ] {
            assert!(code(text, text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_mirrored_language_leaves_gaps_alone() {
        assert_eq!(mirror("{0} items"), "{0} \u{200f}\u{202e}items\u{202c}\u{200f}");
        assert_eq!(mirror("Pay {0}."), "\u{200f}\u{202e}Pay\u{202c}\u{200f} {0}\u{200f}\u{202e}.\u{202c}\u{200f}");
    }
}
