//! Turns an illustration into a WebP file: fill in the colours, draw, encode.
//! Pure: text and numbers in, bytes out; no file is read, no font is looked up.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};
use webp::{Encoder, WebPConfig};

/// Lossy quality of libwebp, 0 to 100. Flat colour with a fine ink line shows ringing below 80; above 85 files grow and nothing is gained.
const QUALITY: f32 = 82.0;

/// Effort of libwebp, 0 to 6. At 4 (its default) a picture of 1280 takes twice as long as at 2 and is about 4 % smaller.
const EFFORT: i32 = 2;

/// Wider than any screen we serve; a larger request is a mistake in the caller.
const WIDTH_MAX: u32 = 4096;

/// Taller than three times its width, a picture would be a mistake in the source.
const ASPECT_MAX: f32 = 3.0;

/// Side of the drawing from which [`background`] takes its colour: large enough to hold the border, small enough to cost nothing.
const SAMPLE_WIDTH: u32 = 48;

/// Replaces each `{{name}}` of `template` by the colour of that name.
///
/// # Errors
/// A name without a colour, a value that is no `#rrggbb`, a brace that is never closed.
pub fn fill_in(template: &str, colours: &BTreeMap<String, String>) -> anyhow::Result<String> {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").context("a `{{` of the picture is never closed")?;
        let name = name.trim();
        let colour = colours.get(name).with_context(|| format!("the picture needs a colour `{name}` and was given none"))?;
        if !is_colour(colour) {
            bail!("colour `{name}` is `{colour}`, not `#rrggbb`");
        }
        filled.push_str(before);
        filled.push_str(colour);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// A colour is `#` and six hex digits; nothing else may get into a document by way of a colour.
fn is_colour(value: &str) -> bool {
    value.strip_prefix('#').is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Draws `svg_template` with `colours` filled in, `width` pixels wide and as high as its view box asks, as a WebP file.
///
/// # Errors
/// See [`fill_in`]; a document that is no SVG; a width of 0 or beyond 4096.
pub fn render(svg_template: &str, colours: &BTreeMap<String, String>, width: u32) -> anyhow::Result<Vec<u8>> {
    encode(&draw(&parse(&fill_in(svg_template, colours)?)?, width)?)
}

/// Reads a document whose colours are filled in.
pub(super) fn parse(svg: &str) -> anyhow::Result<Tree> {
    Tree::from_str(svg, &Options::default()).context("the picture is no SVG that can be drawn")
}

/// Height in pixels of `tree` when drawn `width` pixels wide.
pub(super) fn height_at(tree: &Tree, width: u32) -> anyhow::Result<u32> {
    let aspect = tree.size().height() / tree.size().width();
    if width == 0 || width > WIDTH_MAX || aspect > ASPECT_MAX {
        bail!("a picture of width {width} and aspect {aspect} is not drawn");
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "bounded just above to 1..=4096 times at most 3"
    )]
    let height = ((width as f32 * aspect).round() as u32).max(1);
    Ok(height)
}

/// Draws `tree` on transparent ground, `width` pixels wide.
pub(super) fn draw(tree: &Tree, width: u32) -> anyhow::Result<Pixmap> {
    let height = height_at(tree, width)?;
    let mut canvas = Pixmap::new(width, height).context("a picture of no size")?;
    #[expect(clippy::cast_precision_loss, reason = "pixel counts up to 12,288 are exact in f32")]
    let transform = Transform::from_scale(width as f32 / tree.size().width(), height as f32 / tree.size().height());
    resvg::render(tree, transform, &mut canvas.as_mut());
    Ok(canvas)
}

/// The drawing at half its width and height: each pixel the mean of four, which costs a tenth of drawing anew. Sides are even.
pub(super) fn halve(canvas: &Pixmap) -> anyhow::Result<Pixmap> {
    let mut half = Pixmap::new(canvas.width() / 2, canvas.height() / 2).context("a picture of no size")?;
    let (from_row, to_row) = (canvas.width() as usize * 4, half.width() as usize * 4);
    for (upper, to) in canvas.data().chunks_exact(from_row * 2).zip(half.data_mut().chunks_exact_mut(to_row)) {
        let (upper, lower) = upper.split_at(from_row);
        for (index, channel) in to.iter_mut().enumerate() {
            let left = index / 4 * 8 + index % 4;
            let sum: u32 = [upper[left], upper[left + 4], lower[left], lower[left + 4]].into_iter().map(u32::from).sum();
            *channel = u8::try_from((sum + 2) / 4).context("the mean of bytes is a byte")?;
        }
    }
    Ok(half)
}

/// Encodes a drawing; one without transparency (the usual case) is stored without an alpha plane.
pub(super) fn encode(canvas: &Pixmap) -> anyhow::Result<Vec<u8>> {
    let opaque = canvas.pixels().iter().all(|pixel| pixel.alpha() == u8::MAX);
    let bytes: Vec<u8> = if opaque {
        canvas.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect()
    } else {
        let straight = canvas.pixels().iter().map(|pixel| pixel.demultiply());
        straight.flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]).collect()
    };
    encode_pixels(&bytes, canvas.width(), canvas.height(), opaque)
}

/// Encodes pixels of three bytes, or of four where they are not opaque.
pub(super) fn encode_pixels(bytes: &[u8], width: u32, height: u32, opaque: bool) -> anyhow::Result<Vec<u8>> {
    let encoder = if opaque { Encoder::from_rgb(bytes, width, height) } else { Encoder::from_rgba(bytes, width, height) };
    let mut config = WebPConfig::new().map_err(|()| anyhow::anyhow!("libwebp is of another version than its header"))?;
    config.quality = QUALITY;
    config.method = EFFORT;
    let encoded = encoder.encode_advanced(&config).map_err(|error| anyhow::anyhow!("libwebp refused the picture: {error:?}"))?;
    Ok(encoded.to_vec())
}

/// The colour of the picture's outermost pixels as `#rrggbb`: what a page paints until the picture has come.
pub(super) fn background(tree: &Tree) -> anyhow::Result<String> {
    let canvas = draw(tree, SAMPLE_WIDTH)?;
    let (width, height) = (canvas.width(), canvas.height());
    let border =
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).filter(|&(x, y)| x == 0 || y == 0 || x + 1 == width || y + 1 == height);
    let (mut sum, mut count) = ([0_u32; 3], 0_u32);
    for pixel in border.filter_map(|(x, y)| canvas.pixel(x, y)) {
        let pixel = pixel.demultiply();
        sum[0] += u32::from(pixel.red());
        sum[1] += u32::from(pixel.green());
        sum[2] += u32::from(pixel.blue());
        count += 1;
    }
    let [red, green, blue] = sum.map(|channel| channel / count.max(1));
    Ok(format!("#{red:02x}{green:02x}{blue:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: &str =
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80"><rect width="80" height="80" fill="{{base}}"/></svg>"#;
    const BANNER: &str =
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40"><circle cx="40" cy="20" r="10" fill="{{base}}"/></svg>"#;

    fn colours(base: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("base".to_owned(), base.to_owned())])
    }

    /// Size of a WebP file as its own decoder reads it.
    fn size(file: &[u8]) -> (u32, u32, bool) {
        let features = webp::BitstreamFeatures::new(file).expect("a WebP file");
        (features.width(), features.height(), features.has_alpha())
    }

    #[test]
    fn a_picture_becomes_a_webp_file_of_the_width_asked_for() {
        let file = render(SQUARE, &colours("#336699"), 320).unwrap();
        assert_eq!((&file[0..4], &file[8..12]), (&b"RIFF"[..], &b"WEBP"[..]));
        assert_eq!(size(&file), (320, 320, false));
    }

    #[test]
    fn the_view_box_decides_the_height_and_bare_ground_stays_transparent() {
        assert_eq!(size(&render(BANNER, &colours("#336699"), 640).unwrap()), (640, 320, true));
    }

    #[test]
    fn the_colour_asked_for_is_the_colour_painted() {
        let tree = parse(&fill_in(SQUARE, &colours("#336699")).unwrap()).unwrap();
        let pixel = draw(&tree, 16).unwrap().pixel(8, 8).unwrap();
        assert_eq!((pixel.red(), pixel.green(), pixel.blue()), (0x33, 0x66, 0x99));
        assert_eq!(background(&tree).unwrap(), "#336699");
    }

    #[test]
    fn half_a_drawing_is_the_same_drawing_with_softer_edges() {
        let tree = parse(&fill_in(BANNER, &colours("#336699")).unwrap()).unwrap();
        let (half, drawn) = (halve(&draw(&tree, 160).unwrap()).unwrap(), draw(&tree, 80).unwrap());
        assert_eq!((half.width(), half.height()), (drawn.width(), drawn.height()));
        let apart = half.data().iter().zip(drawn.data()).map(|(one, other)| one.abs_diff(*other)).max();
        assert!(apart < Some(40), "a channel is {apart:?} apart");
        assert_eq!(half.pixel(40, 20), drawn.pixel(40, 20));
    }

    #[test]
    fn a_colour_that_was_not_given_is_an_error_that_names_it() {
        let error = render(SQUARE, &BTreeMap::new(), 320).unwrap_err();
        assert!(error.to_string().contains("`base`"), "{error}");
    }

    #[test]
    fn a_colour_cannot_carry_anything_but_a_colour() {
        for value in ["red", "#fff", "#12345g", "#336699\"/><image href=\"x"] {
            assert!(render(SQUARE, &colours(value), 320).is_err(), "{value} was taken");
        }
    }

    #[test]
    fn a_malformed_document_is_an_error() {
        for template in ["", "no picture", "<svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><g></svg>", "<svg>{{base</svg>"] {
            assert!(render(template, &colours("#336699"), 320).is_err(), "{template:?} was drawn");
        }
    }

    #[test]
    fn a_width_of_nothing_or_beyond_all_screens_is_an_error() {
        for width in [0, WIDTH_MAX + 1] {
            assert!(render(SQUARE, &colours("#336699"), width).is_err(), "{width} was drawn");
        }
    }
}
