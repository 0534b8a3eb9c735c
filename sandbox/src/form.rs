//! Form-encoded parameters with nested brackets, as Stripe's v1 API takes them.
//!
//! Reading a parameter takes it out; whatever is left at [`Parameters::finish`] is unknown and refused, so that a
//! client that drifts from what the sandbox understands is noticed at once.

use std::collections::BTreeMap;

use crate::errors::ApiError;

/// Deeper nesting than the API itself has anywhere.
const DEPTH_LIMIT: usize = 8;
/// More fields than any honest request carries.
const FIELD_LIMIT: usize = 2_000;
/// Stripe's own limits on metadata.
const METADATA_KEYS_LIMIT: usize = 50;
const METADATA_KEY_CHARACTERS: usize = 40;
const METADATA_VALUE_CHARACTERS: usize = 500;

/// What a shop may hang onto an object.
pub(crate) type Metadata = BTreeMap<String, String>;

#[derive(Debug, Clone)]
enum Field {
    Text(String),
    Section(BTreeMap<String, Field>),
}

/// One level of parameters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters {
    /// Where this level hangs, such as `payment_method_data[card]`; empty at the top.
    path: String,
    fields: BTreeMap<String, Field>,
}

impl Parameters {
    /// Reads `a=1&b[c]=2&d[]=3`.
    pub(crate) fn parse(encoded: &[u8]) -> Result<Self, ApiError> {
        let mut parameters = Self::default();
        for (count, (key, value)) in form_urlencoded::parse(encoded).enumerate() {
            if count >= FIELD_LIMIT {
                return Err(ApiError::malformed("Too many parameters."));
            }
            let path = split_key(&key).ok_or_else(|| ApiError::malformed(format!("Invalid parameter name: {key}")))?;
            insert(&mut parameters.fields, &path, value.into_owned())
                .ok_or_else(|| ApiError::malformed(format!("Conflicting values for parameter: {key}")))?;
        }
        Ok(parameters)
    }

    /// The full name of a parameter of this level, as error messages write it.
    pub(crate) fn name_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}[{name}]", self.path) }
    }

    /// A text that, when given, must not be empty.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        match self.clearable_text(name)? {
            Some(None) => {
                let name = self.name_of(name);
                let message = format!(
                    "You passed an empty string for '{name}'. We assume empty values are an attempt to unset a field; however '{name}' cannot be unset."
                );
                Err(ApiError::parameter("parameter_invalid_empty", name, message))
            }
            Some(text) => Ok(text),
            None => Ok(None),
        }
    }

    /// A text that an empty value clears: `None` when absent, `Some(None)` when cleared.
    pub(crate) fn clearable_text(&mut self, name: &str) -> Result<Option<Option<String>>, ApiError> {
        match self.fields.remove(name) {
            None => Ok(None),
            Some(Field::Text(text)) => Ok(Some(Some(text).filter(|text| !text.is_empty()))),
            Some(Field::Section(_)) => Err(self.invalid(name, "Invalid string")),
        }
    }

    pub(crate) fn required_text(&mut self, name: &str) -> Result<String, ApiError> {
        self.text(name)?.ok_or_else(|| ApiError::missing_parameter(&self.name_of(name)))
    }

    pub(crate) fn integer(&mut self, name: &str) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            let name = self.name_of(name);
            ApiError::parameter("parameter_invalid_integer", name, format!("Invalid integer: {text}"))
        })
    }

    pub(crate) fn required_integer(&mut self, name: &str) -> Result<i64, ApiError> {
        self.integer(name)?.ok_or_else(|| ApiError::missing_parameter(&self.name_of(name)))
    }

    pub(crate) fn flag(&mut self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.text(name)?.as_deref() {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(other) => Err(self.invalid(name, &format!("Invalid boolean: {other}"))),
        }
    }

    /// One word of a closed list.
    pub(crate) fn choice(&mut self, name: &str, allowed: &[&'static str]) -> Result<Option<&'static str>, ApiError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match allowed.iter().find(|word| **word == text) {
            Some(word) => Ok(Some(word)),
            None => Err(self.invalid(name, &format!("Invalid {}: must be one of {}", self.name_of(name), allowed.join(", ")))),
        }
    }

    /// A list of texts, in the order of their indexes.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, ApiError> {
        let Some(items) = self.items(name)? else { return Ok(None) };
        let texts = items.into_iter().map(|item| match item {
            Field::Text(text) => Ok(text),
            Field::Section(_) => Err(self.invalid(name, "Invalid array of strings")),
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    /// A list of groups, in the order of their indexes.
    pub(crate) fn sections(&mut self, name: &str) -> Result<Vec<Parameters>, ApiError> {
        let items = self.items(name)?.unwrap_or_default();
        let sections = items.into_iter().enumerate().map(|(index, item)| match item {
            Field::Section(fields) => Ok(Parameters { path: format!("{}[{index}]", self.name_of(name)), fields }),
            Field::Text(_) => Err(self.invalid(name, "Invalid array of objects")),
        });
        sections.collect()
    }

    /// A nested group, to be read and finished on its own.
    pub(crate) fn section(&mut self, name: &str) -> Result<Option<Parameters>, ApiError> {
        match self.fields.remove(name) {
            None => Ok(None),
            Some(Field::Section(fields)) => Ok(Some(Parameters { path: self.name_of(name), fields })),
            Some(Field::Text(_)) => Err(self.invalid(name, "Invalid object")),
        }
    }

    /// Changes to metadata; an empty value removes its key, `metadata=` removes all.
    pub(crate) fn metadata(&mut self) -> Result<MetadataChange, ApiError> {
        match self.fields.remove("metadata") {
            None => Ok(MetadataChange::Keep),
            Some(Field::Text(text)) if text.is_empty() => Ok(MetadataChange::Clear),
            Some(Field::Text(_)) => Err(self.invalid("metadata", "Invalid object")),
            Some(Field::Section(fields)) => {
                let mut values = Metadata::new();
                for (key, field) in fields {
                    let Field::Text(value) = field else { return Err(self.invalid("metadata", "Metadata values must be strings")) };
                    if key.chars().count() > METADATA_KEY_CHARACTERS || value.chars().count() > METADATA_VALUE_CHARACTERS {
                        return Err(self.invalid("metadata", "Metadata keys can be up to 40 characters long and values up to 500"));
                    }
                    values.insert(key, value);
                }
                if values.len() > METADATA_KEYS_LIMIT {
                    return Err(self.invalid("metadata", "Metadata can have up to 50 keys"));
                }
                Ok(MetadataChange::Merge(values))
            }
        }
    }

    /// Refuses what nobody asked for.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        match self.fields.keys().next() {
            Some(left) => Err(ApiError::unknown_parameter(&self.name_of(left))),
            None => Ok(()),
        }
    }

    /// The parameters in one fixed order, so that two requests can be compared.
    pub(crate) fn canonical(&self) -> String {
        fn write(fields: &BTreeMap<String, Field>, path: &str, out: &mut String) {
            for (name, field) in fields {
                let path = format!("{path}/{name}");
                match field {
                    Field::Text(text) => out.push_str(&format!("{path}={}:{text}\n", text.len())),
                    Field::Section(fields) => write(fields, &path, out),
                }
            }
        }
        let mut out = String::new();
        write(&self.fields, "", &mut out);
        out
    }

    fn items(&mut self, name: &str) -> Result<Option<Vec<Field>>, ApiError> {
        match self.fields.remove(name) {
            None => Ok(None),
            Some(Field::Text(_)) => Err(self.invalid(name, "Invalid array")),
            Some(Field::Section(fields)) => {
                let mut numbered = Vec::with_capacity(fields.len());
                for (key, field) in fields {
                    let index: usize = key.parse().map_err(|_| self.invalid(name, "Invalid array"))?;
                    numbered.push((index, field));
                }
                numbered.sort_by_key(|(index, _)| *index);
                Ok(Some(numbered.into_iter().map(|(_, field)| field).collect()))
            }
        }
    }

    fn invalid(&self, name: &str, message: &str) -> ApiError {
        ApiError::parameter("parameter_invalid", self.name_of(name), message)
    }
}

/// What a request wants done to an object's metadata.
#[derive(Debug)]
pub(crate) enum MetadataChange {
    Keep,
    Clear,
    Merge(Metadata),
}

impl MetadataChange {
    pub(crate) fn apply(self, metadata: &mut Metadata) {
        match self {
            Self::Keep => {}
            Self::Clear => metadata.clear(),
            Self::Merge(values) => {
                for (key, value) in values {
                    if value.is_empty() {
                        metadata.remove(&key);
                    } else {
                        metadata.insert(key, value);
                    }
                }
            }
        }
    }

    /// The metadata of a new object.
    pub(crate) fn initial(self) -> Metadata {
        let mut metadata = Metadata::new();
        self.apply(&mut metadata);
        metadata
    }
}

/// `a[b][]` becomes `["a", "b", ""]`; `None` when the brackets do not pair.
fn split_key(key: &str) -> Option<Vec<String>> {
    let (head, mut rest) = match key.find('[') {
        None => (key, ""),
        Some(at) => key.split_at(at),
    };
    let mut path = vec![head.to_owned()];
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[')?;
        let end = inner.find(']')?;
        path.push(inner[..end].to_owned());
        rest = &inner[end + 1..];
    }
    (!head.is_empty() && path.len() <= DEPTH_LIMIT).then_some(path)
}

fn insert(fields: &mut BTreeMap<String, Field>, path: &[String], value: String) -> Option<()> {
    let (name, rest) = path.split_first()?;
    let name = if name.is_empty() { next_index(fields) } else { name.clone() };
    if rest.is_empty() {
        return fields.insert(name, Field::Text(value)).is_none().then_some(());
    }
    match fields.entry(name).or_insert_with(|| Field::Section(BTreeMap::new())) {
        Field::Section(inner) => insert(inner, rest, value),
        Field::Text(_) => None,
    }
}

fn next_index(fields: &BTreeMap<String, Field>) -> String {
    let highest = fields.keys().filter_map(|key| key.parse::<usize>().ok()).max();
    highest.map_or(0, |index| index.saturating_add(1)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(encoded: &str) -> Parameters {
        Parameters::parse(encoded.as_bytes()).expect("well-formed")
    }

    #[test]
    fn brackets_nest_and_lists_keep_their_order() {
        let mut parameters = parse("metadata[order_id]=7&list[]=a&list[]=b&at[10]=z&at[2]=y&card%5Bcvc%5D=1+2");
        assert_eq!(parameters.texts("list").unwrap().unwrap(), ["a", "b"]);
        assert_eq!(parameters.texts("at").unwrap().unwrap(), ["y", "z"]);
        assert_eq!(parameters.metadata().unwrap().initial()["order_id"], "7");
        let mut card = parameters.section("card").unwrap().unwrap();
        assert_eq!(card.required_text("cvc").unwrap(), "1 2");
        card.finish().unwrap();
        parameters.finish().unwrap();
    }

    #[test]
    fn what_nobody_reads_is_refused_by_its_full_name() {
        let mut parameters = parse("card[number]=1&card[colour]=red");
        let mut card = parameters.section("card").unwrap().unwrap();
        card.text("number").unwrap();
        let error = card.finish().unwrap_err();
        assert_eq!(error.body()["error"]["param"], "card[colour]");
        assert_eq!(error.body()["error"]["code"], "parameter_unknown");
    }

    #[test]
    fn broken_names_and_conflicts_are_refused() {
        for encoded in ["a[b=1", "[a]=1", "a=1&a=2", "a=1&a[b]=2", "a[b][c][d][e][f][g][h][i]=1"] {
            assert!(Parameters::parse(encoded.as_bytes()).is_err(), "{encoded}");
        }
    }

    #[test]
    fn an_empty_metadata_value_removes_its_key() {
        let mut metadata = Metadata::from([("a".into(), "1".into()), ("b".into(), "2".into())]);
        parse("metadata[a]=&metadata[c]=3").metadata().unwrap().apply(&mut metadata);
        assert_eq!(metadata, Metadata::from([("b".into(), "2".into()), ("c".into(), "3".into())]));
        parse("metadata=").metadata().unwrap().apply(&mut metadata);
        assert!(metadata.is_empty());
    }

    #[test]
    fn the_same_parameters_in_another_order_compare_equal() {
        assert_eq!(parse("a=1&b[c]=2").canonical(), parse("b[c]=2&a=1").canonical());
        assert_ne!(parse("a=1&b=2").canonical(), parse("a=1%0A/b=2").canonical());
    }
}
