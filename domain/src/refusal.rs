//! The refusal of what never refuses: such a call can fail only by finding nothing or by a fault of ours.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoRefusal {}

impl std::fmt::Display for NoRefusal {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl std::error::Error for NoRefusal {}
