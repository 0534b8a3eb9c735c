//! Reading variables so that everything that is wrong is told at once.

use std::fmt;

/// The variables of the process, and what was wrong with those read so far.
pub struct Environment<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("problems", &self.problems).finish_non_exhaustive()
    }
}

/// Every variable that is missing or unusable, a line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidConfig(pub Vec<String>);

impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration cannot be used:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for InvalidConfig {}

impl<'a> Environment<'a> {
    pub fn new(variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { variable, problems: Vec::new() }
    }

    /// Notes what is wrong; the start fails once everything was read.
    pub fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    /// A variable as it is; an empty one counts as absent.
    pub fn text(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.trim().is_empty())
    }

    /// A variable without which nothing starts.
    pub fn required<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match self.text(name) {
            Some(value) => self.parsed(name, &value, parse),
            None => {
                self.problem(format!("{name} is not set"));
                None
            }
        }
    }

    /// A variable that has a default.
    pub fn optional<T>(&mut self, name: &str, default: T, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match self.text(name) {
            Some(value) => self.parsed(name, &value, parse),
            None => Some(default),
        }
    }

    fn parsed<T>(&mut self, name: &str, value: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        // The value itself may be a secret: only what was expected is told.
        parse(value.trim()).map_err(|expected| self.problem(format!("{name} must be {expected}"))).ok()
    }

    /// What was read, if nothing was wrong with any of it.
    ///
    /// # Errors
    /// Everything that was wrong.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, InvalidConfig> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(InvalidConfig(self.problems)),
        }
    }
}

/// Reads a number from `min` up.
pub(super) fn number(min: u32) -> impl FnOnce(&str) -> Result<u32, String> {
    move |text| text.parse().ok().filter(|number| *number >= min).ok_or(format!("a whole number from {min}"))
}

/// Any text.
pub(super) fn any(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}
