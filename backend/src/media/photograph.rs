//! Photographs that somebody else made: read with limits, turned upright, made smaller, kept as WebP like the drawings.

use super::{BANNER_WIDTH, RenderedPicture, WIDTHS, file_name, hex_name, render, write_whole};
use crate::Failure;
use anyhow::Context as _;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};
use sha2::{Digest as _, Sha256};
use std::io::Cursor;
use std::path::Path;

/// A photograph's file; a larger one is not for a page. Shopify has the same limit.
pub const PHOTOGRAPH_BYTES_MAX: usize = 20 * 1024 * 1024;
/// 5,000 times 5,000 pixels: more is no better on any screen, and a file of few bytes may claim any number.
const PIXELS_MAX: u64 = 25_000_000;
/// What a decoder may take at once: the pixels in their widest form, and its own tables.
const DECODER_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Taller than three times its width, a picture leaves no room for the product.
const ASPECT_MAX: u32 = 3;
/// Side of the picture from which the background's colour is taken.
const SAMPLE_SIDE: u32 = 48;
/// Part of every photograph's name: raise it when the making smaller or the encoding changes.
const VERSION: u32 = 1;

/// Why a file is not kept as a picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhotograph {
    #[error("is no picture that can be read (JPEG, PNG, WebP or GIF)")]
    NotAPicture,
    #[error("is larger than {} MiB", PHOTOGRAPH_BYTES_MAX / 1024 / 1024)]
    TooManyBytes,
    #[error("has {0} times {1} pixels, which is more than {PIXELS_MAX} in all")]
    TooManyPixels(u32, u32),
    #[error("has {0} times {1} pixels: it is more than {ASPECT_MAX} times as high as wide")]
    TooHigh(u32, u32),
}

/// Keeps a photograph in `media` in every width that it is wide enough for. The same file always gets the same name; what is
/// there already is not written again. Takes long and blocks: call it from a blocking thread.
///
/// # Errors
/// See [`InvalidPhotograph`]; `Internal` when the folder cannot be written.
pub fn keep_photograph(file: &[u8], media: &Path) -> Result<RenderedPicture, Failure<InvalidPhotograph>> {
    let mut photograph = read(file).map_err(Failure::Refused)?;
    let digest = Sha256::new().chain_update(b"photograph").chain_update(VERSION.to_le_bytes()).chain_update(file).finalize();
    let hash = hex_name(&digest);
    let widths = widths_of(&photograph);
    let width = widths.last().copied().unwrap_or_default();
    let height = height_at(&photograph, width);
    std::fs::create_dir_all(media).with_context(|| format!("cannot make {}", media.display()))?;
    // From the widest on, each is made of the one before, so that only the first passes over all pixels.
    for &width in widths.iter().rev() {
        photograph = photograph.resize_exact(width, height_at(&photograph, width), FilterType::CatmullRom);
        let path = media.join(file_name(&hash, width));
        if !path.exists() {
            write_whole(&path, &encode(&photograph)?)?;
        }
    }
    Ok(RenderedPicture { background: background(&photograph), hash, widths, width, height })
}

/// Reads the file as what its first bytes say it is, upright, with eight bits per channel. An animation is its first frame.
fn read(file: &[u8]) -> Result<DynamicImage, InvalidPhotograph> {
    if file.len() > PHOTOGRAPH_BYTES_MAX {
        return Err(InvalidPhotograph::TooManyBytes);
    }
    let unreadable = |_| InvalidPhotograph::NotAPicture;
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| InvalidPhotograph::NotAPicture)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(InvalidPhotograph::TooManyPixels(width, height));
    }
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut photograph = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    photograph.apply_orientation(orientation);
    let (width, height) = (photograph.width(), photograph.height());
    if height > width.saturating_mul(ASPECT_MAX) {
        return Err(InvalidPhotograph::TooHigh(width, height));
    }
    let has_alpha = photograph.color().has_alpha();
    Ok(if has_alpha { photograph.into_rgba8().into() } else { photograph.into_rgb8().into() })
}

/// The usual widths up to the photograph's own; never wider than it is.
fn widths_of(photograph: &DynamicImage) -> Vec<u32> {
    let is_banner = photograph.width() >= photograph.height().saturating_mul(2);
    let usual = WIDTHS.into_iter().chain(is_banner.then_some(BANNER_WIDTH));
    let mut widths: Vec<u32> = usual.clone().filter(|width| *width <= photograph.width()).collect();
    if widths.len() < usual.count() && widths.last() != Some(&photograph.width()) {
        widths.push(photograph.width());
    }
    widths
}

/// Height that keeps the proportions at a width.
fn height_at(photograph: &DynamicImage, width: u32) -> u32 {
    let (own, height) = (u64::from(photograph.width()), u64::from(photograph.height()));
    u32::try_from((height * u64::from(width) + own / 2) / own).unwrap_or(u32::MAX).max(1)
}

fn encode(photograph: &DynamicImage) -> anyhow::Result<Vec<u8>> {
    render::encode_pixels(photograph.as_bytes(), photograph.width(), photograph.height(), !photograph.color().has_alpha())
}

/// The mean colour of the outermost pixels as `#rrggbb`, where they are not transparent; white where all are.
fn background(photograph: &DynamicImage) -> String {
    let sample = photograph.thumbnail_exact(SAMPLE_SIDE, SAMPLE_SIDE).into_rgba8();
    let border = sample.enumerate_pixels().filter(|(x, y, _)| [*x, *y].iter().any(|side| *side == 0 || side + 1 == SAMPLE_SIDE));
    let (mut sum, mut weight) = ([0_u32; 3], 0_u32);
    for (_, _, pixel) in border {
        let [red, green, blue, alpha] = pixel.0.map(u32::from);
        for (sum, channel) in sum.iter_mut().zip([red, green, blue]) {
            *sum += channel * alpha;
        }
        weight += alpha;
    }
    let [red, green, blue] = sum.map(|channel| channel.checked_div(weight).unwrap_or(0xff));
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

    /// A folder of its own for one test, removed when the test ends.
    struct Folder(std::path::PathBuf);

    impl Folder {
        fn new() -> Self {
            Self(std::env::temp_dir().join(format!("souk-photograph-{}", crate::db::new_id())))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(std::fs::remove_dir_all(&self.0));
        }
    }

    fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn red(width: u32, height: u32) -> RgbImage {
        RgbImage::from_pixel(width, height, Rgb([200, 16, 32]))
    }

    fn refusal(file: &[u8]) -> InvalidPhotograph {
        read(file).unwrap_err()
    }

    #[test]
    fn a_photograph_is_kept_in_each_width_it_has_and_no_wider() {
        let folder = Folder::new();
        let kept = |file: &[u8]| keep_photograph(file, &folder.0).unwrap();
        let photograph = kept(&file(red(925, 185), ImageFormat::Jpeg));
        assert_eq!((photograph.widths.as_slice(), photograph.width, photograph.height), (&[320, 640, 925][..], 925, 185));
        for width in &photograph.widths {
            let written = std::fs::read(folder.0.join(file_name(&photograph.hash, *width))).unwrap();
            assert_eq!(webp::BitstreamFeatures::new(&written).unwrap().width(), *width);
        }
        assert_eq!(kept(&file(red(60, 40), ImageFormat::Gif)).widths, [60]);
        assert_eq!(kept(&file(red(1290, 90), ImageFormat::Png)).widths, [320, 640, 1280, 1290]);
        assert_eq!(kept(&file(red(1930, 90), ImageFormat::WebP)).widths, [320, 640, 1280, 1920]);
    }

    #[test]
    fn the_same_file_is_the_same_picture_and_is_written_once() {
        let (folder, file) = (Folder::new(), file(red(40, 30), ImageFormat::Png));
        let first = keep_photograph(&file, &folder.0).unwrap();
        let path = folder.0.join(file_name(&first.hash, 40));
        std::fs::write(&path, "kept").unwrap();
        assert_eq!(keep_photograph(&file, &folder.0).unwrap(), first);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "kept");
    }

    #[test]
    fn the_ground_is_the_colour_of_the_border() {
        let folder = Folder::new();
        assert_eq!(keep_photograph(&file(red(100, 100), ImageFormat::Png), &folder.0).unwrap().background, "#c81020");
        let clear = RgbaImage::from_pixel(100, 100, Rgba([0, 0, 0, 0]));
        assert_eq!(keep_photograph(&file(clear, ImageFormat::Png), &folder.0).unwrap().background, "#ffffff");
    }

    #[test]
    fn what_is_no_picture_or_too_much_of_one_is_refused() {
        assert_eq!(refusal(b"<html>"), InvalidPhotograph::NotAPicture);
        assert_eq!(refusal(b""), InvalidPhotograph::NotAPicture);
        assert_eq!(refusal(&file(red(40, 30), ImageFormat::Png)[..60]), InvalidPhotograph::NotAPicture);
        assert_eq!(refusal(&vec![0; PHOTOGRAPH_BYTES_MAX + 1]), InvalidPhotograph::TooManyBytes);
        assert_eq!(refusal(&file(red(10, 31), ImageFormat::Png)), InvalidPhotograph::TooHigh(10, 31));
        // A few bytes that claim 60,000 times 60,000 pixels.
        let mut gif = file(red(4, 4), ImageFormat::Gif);
        gif[6..10].copy_from_slice(&[0x60, 0xea, 0x60, 0xea]);
        assert_eq!(refusal(&gif), InvalidPhotograph::TooManyPixels(60_000, 60_000));
    }
}
