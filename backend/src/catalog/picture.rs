use crate::media;
use domain::catalog::ImageView;
use domain::id::VariantId;
use serde::{Deserialize, Serialize};

/// A picture as the database keeps it: which file in which widths, not under which address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Picture {
    pub(crate) file: String,
    pub(crate) widths: Vec<u32>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) alt: String,
    pub(crate) background: String,
    #[serde(default)]
    pub(crate) variant_ids: Vec<VariantId>,
}

impl Picture {
    pub(crate) fn view(self) -> ImageView {
        let address = |width: u32| format!("/media/{}", media::file_name(&self.file, width));
        let srcset: Vec<String> = self.widths.iter().map(|width| format!("{} {width}w", address(*width))).collect();
        ImageView {
            url: address(self.widths.iter().copied().max().unwrap_or(self.width)),
            srcset: srcset.join(", "),
            alt: self.alt,
            width: self.width,
            height: self.height,
            background: self.background,
            variant_ids: self.variant_ids,
        }
    }
}
