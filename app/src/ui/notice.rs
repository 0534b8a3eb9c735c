use super::Icon;
use crate::ui::AtOnce as _;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What kind of news it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    Plain,
    Good,
    Warning,
    Bad,
}

impl Tone {
    pub fn name(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Good => "good",
            Tone::Warning => "warning",
            Tone::Bad => "bad",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a tone")]
pub struct UnknownTone;

impl FromStr for Tone {
    type Err = UnknownTone;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [Tone::Plain, Tone::Good, Tone::Warning, Tone::Bad].into_iter().find(|tone| tone.name() == name).ok_or(UnknownTone)
    }
}

/// A message that one page leaves for the next, shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    pub tone: Tone,
    pub text: String,
}

impl Flash {
    pub fn good(text: impl Into<String>) -> Self {
        Self { tone: Tone::Good, text: text.into() }
    }

    pub fn bad(text: impl Into<String>) -> Self {
        Self { tone: Tone::Bad, text: text.into() }
    }
}

/// News inside a page. Bad news is an alert and read out at once.
#[component]
pub fn Notice(
    #[prop(default = Tone::Plain)] tone: Tone,
    #[prop(optional)] test_id: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let (class, icon) = match tone {
        Tone::Plain => ("notice", "info"),
        Tone::Good => ("notice notice-good", "check"),
        Tone::Warning => ("notice notice-warning", "alert"),
        Tone::Bad => ("notice notice-bad", "alert"),
    };
    let role = if tone == Tone::Bad { "alert" } else { "note" };
    view! {
        <div class=class role=role data-testid=test_id>
            <Icon name=icon class="mt-0.5 size-5 shrink-0"/>
            <div class="min-w-0 flex-1">{children()}</div>
        </div>
    }
    .at_once()
}

/// The message the page before has left, if any. It takes the focus of the new page, with script or without: what was pressed
/// on the page before may be gone, and the message is read out.
#[component]
pub fn FlashNotice(flash: Option<Flash>) -> impl IntoView {
    flash.map(|flash| {
        view! {
            <div class="mb-6" tabindex="-1" autofocus=true data-testid="flash">
                <Notice tone=flash.tone>{flash.text}</Notice>
            </div>
        }
    })
}
