//! The pictures of the shop: where they come from, how they are drawn, under which name they are served.
//! Drawings are made here; photographs come from sellers.
//! A picture's name is the hash of what it shows, so a browser may keep it for ever and drawing it twice changes nothing.

mod photograph;
pub mod render;

pub use photograph::{InvalidPhotograph, PHOTOGRAPH_BYTES_MAX, keep_photograph};

use std::{
    collections::BTreeMap,
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::{Context as _, bail};
use resvg::{tiny_skia::Pixmap, usvg::Tree};
use sha2::{Digest as _, Sha256};

/// Widths in pixels in which every picture is kept: a card on a phone, a card on a desk or a phone's whole width, the large view.
pub const WIDTHS: [u32; 3] = [320, 640, 1280];

/// One width more for pictures that span the page (twice as wide as high, or wider).
pub const BANNER_WIDTH: u32 = 1920;

/// Part of every picture's name: raise it when the drawing or encoding changes, and all pictures get new names.
const RENDERER_VERSION: u32 = 1;

/// How deep `{{> part}}` may stand inside a part. Two levels are in use; the bound ends a part that includes itself.
const PART_DEPTH_MAX: usize = 6;

/// A picture to be drawn: a source in the picture folder (its name without `.svg`) and the colours to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureSource {
    /// File name without its ending; folders with `/`.
    pub source: String,
    /// Colour token to `#rrggbb`.
    pub colours: BTreeMap<String, String>,
}

/// A picture that stands in the media folder in all its widths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedPicture {
    /// 32 hex digits; the same source and colours always give the same.
    pub hash: String,
    /// Pixels available, ascending.
    pub widths: Vec<u32>,
    /// Width of the largest file in pixels.
    pub width: u32,
    /// Height of the largest file in pixels.
    pub height: u32,
    /// `#rrggbb` to paint until the picture has come.
    pub background: String,
}

impl RenderedPicture {
    /// Where the picture is served, for one of `widths`.
    #[must_use]
    pub fn path(&self, width: u32) -> String {
        format!("/media/{}", file_name(&self.hash, width))
    }
}

/// Name in the media folder of the picture `hash` in one width.
#[must_use]
pub fn file_name(hash: &str, width: u32) -> String {
    format!("{hash}-{width}.webp")
}

/// Draws `pictures` from the sources in `sources` into `media`, in every width, and returns them in the same order.
/// What is there already is not drawn again. Works on all processors and blocks: call it from a blocking thread.
///
/// # Errors
/// A source that is missing or malformed, a colour that is missing, a folder that cannot be written; names the picture.
pub fn write_pictures(sources: &Path, media: &Path, pictures: &[PictureSource]) -> anyhow::Result<Vec<RenderedPicture>> {
    fs::create_dir_all(media).with_context(|| format!("cannot make {}", media.display()))?;
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((position, picture)) = take(&next, pictures) {
            let written = write_picture(sources, media, picture).with_context(|| format!("picture `{}`", picture.source))?;
            done.push((position, written));
        }
        anyhow::Ok(done)
    };
    let mut done = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers()).map(|_| scope.spawn(work)).collect();
        let mut done = Vec::with_capacity(pictures.len());
        for worker in workers {
            done.extend(worker.join().map_err(|_| anyhow::anyhow!("a drawing thread panicked"))??);
        }
        anyhow::Ok(done)
    })?;
    done.sort_by_key(|&(position, _)| position);
    Ok(done.into_iter().map(|(_, written)| written).collect())
}

/// The next picture nobody has begun.
fn take<'a>(next: &AtomicUsize, pictures: &'a [PictureSource]) -> Option<(usize, &'a PictureSource)> {
    let position = next.fetch_add(1, Ordering::Relaxed);
    pictures.get(position).map(|picture| (position, picture))
}

fn workers() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Draws one picture in every width that is not there yet.
fn write_picture(sources: &Path, media: &Path, picture: &PictureSource) -> anyhow::Result<RenderedPicture> {
    let template = read_template(sources, &picture.source)?;
    let document = render::fill_in(&template, &picture.colours)?;
    let tree = render::parse(&document)?;
    let hash = content_hash(&document);
    let mut widths = WIDTHS.to_vec();
    if tree.size().width() >= tree.size().height() * 2.0 {
        widths.push(BANNER_WIDTH);
    }
    draw_missing(&tree, &widths, |width| media.join(file_name(&hash, width)))?;
    let width = widths.iter().copied().max().unwrap_or_default();
    Ok(RenderedPicture { height: render::height_at(&tree, width)?, background: render::background(&tree)?, hash, widths, width })
}

/// Writes the picture in those of `widths` (ascending) whose file is missing. Drawn once, then halved as far as that leads.
fn draw_missing(tree: &Tree, widths: &[u32], path_of: impl Fn(u32) -> PathBuf) -> anyhow::Result<()> {
    if widths.iter().all(|&width| path_of(width).exists()) {
        return Ok(());
    }
    let mut wider: Option<Pixmap> = None;
    for &width in widths.iter().rev() {
        let doubled = (width * 2, render::height_at(tree, width)? * 2);
        let canvas = match &wider {
            Some(wider) if (wider.width(), wider.height()) == doubled => render::halve(wider)?,
            _ => render::draw(tree, width)?,
        };
        let path = path_of(width);
        if !path.exists() {
            write_whole(&path, &render::encode(&canvas)?)?;
        }
        wider = Some(canvas);
    }
    Ok(())
}

/// Names a picture by what it shows.
fn content_hash(document: &str) -> String {
    let digest = Sha256::new().chain_update(RENDERER_VERSION.to_le_bytes()).chain_update(document).finalize();
    hex_name(&digest)
}

/// The beginning of a digest as 32 hex digits: enough that no two pictures ever share a name.
fn hex_name(digest: &[u8]) -> String {
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Writes beside and renames, so that no reader and no later run ever meets half a picture.
fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let beside = PathBuf::from(format!("{}.{}-{:?}.part", path.display(), std::process::id(), thread::current().id()));
    fs::write(&beside, bytes).with_context(|| format!("cannot write {}", beside.display()))?;
    fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads `<source>.svg` and puts in the parts it names with `{{> part}}`, each from `parts/<part>.svg`.
fn read_template(sources: &Path, source: &str) -> anyhow::Result<String> {
    if source.split('/').any(|step| step.is_empty() || step == "..") {
        bail!("`{source}` does not stay in the picture folder");
    }
    let mut template = read(&sources.join(format!("{source}.svg")))?;
    for _ in 0..PART_DEPTH_MAX {
        if !template.contains("{{>") {
            return Ok(template);
        }
        template = put_in_parts(sources, &template)?;
    }
    bail!("its parts include each other more than {PART_DEPTH_MAX} deep")
}

/// One round of replacing `{{> part}}` by the text of the part.
fn put_in_parts(sources: &Path, template: &str) -> anyhow::Result<String> {
    let mut whole = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{>") {
        let (part, after) = after.split_once("}}").context("a `{{>` of the picture is never closed")?;
        whole.push_str(before);
        whole.push_str(read(&sources.join("parts").join(format!("{}.svg", part.trim())))?.trim_end());
        rest = after;
    }
    whole.push_str(rest);
    Ok(whole)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for one test, removed when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("souk-media-{name}-{}", std::process::id()));
            fs::create_dir_all(path.join("parts")).unwrap();
            Self(path)
        }

        fn with(self, file: &str, content: &str) -> Self {
            fs::write(self.0.join(file), content).unwrap();
            self
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    fn folder(name: &str) -> Folder {
        Folder::new(name)
            .with("mug.svg", r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">{{> ground}}<circle cx="4" cy="4" r="2" fill="{{base}}"/></svg>"#)
            .with("parts/ground.svg", r#"<rect width="8" height="8" fill="{{paper}}"/>"#)
    }

    fn mug(base: &str) -> PictureSource {
        let colours = [("base", base), ("paper", "#f4ecdf")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        PictureSource { source: "mug".to_owned(), colours: BTreeMap::from(colours) }
    }

    #[test]
    fn each_colour_is_a_picture_of_its_own_in_every_width() {
        let folder = folder("widths");
        let media = folder.0.join("media");
        let written = write_pictures(&folder.0, &media, &[mug("#112233"), mug("#445566"), mug("#112233")]).unwrap();
        assert_eq!(written[0], written[2]);
        assert_ne!(written[0].hash, written[1].hash);
        assert_eq!((written[0].width, written[0].height, written[0].background.as_str()), (1280, 1280, "#f4ecdf"));
        for picture in &written {
            for &width in &picture.widths {
                assert!(media.join(picture.path(width).strip_prefix("/media/").unwrap()).is_file());
            }
        }
        assert_eq!(fs::read_dir(&media).unwrap().count(), 2 * WIDTHS.len());
    }

    #[test]
    fn drawing_again_touches_nothing() {
        let folder = folder("again");
        let media = folder.0.join("media");
        let first = write_pictures(&folder.0, &media, &[mug("#112233")]).unwrap();
        let path = media.join(file_name(&first[0].hash, 320));
        fs::write(&path, "kept").unwrap();
        assert_eq!(write_pictures(&folder.0, &media, &[mug("#112233")]).unwrap(), first);
        assert_eq!(fs::read_to_string(&path).unwrap(), "kept");
    }

    /// Every picture that a file of the demonstration catalogue names, with all its colours.
    fn named_in(file: &Path) -> Vec<PictureSource> {
        let content: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let mut pictures = Vec::new();
        let mut rest = vec![&content];
        while let Some(value) = rest.pop() {
            rest.extend(value.as_array().into_iter().flatten().chain(value.as_object().into_iter().flat_map(|fields| fields.values())));
            let Some(source) = value["source"].as_str() else { continue };
            for own in [&value["colours"], &value["day"], &value["night"]].into_iter().filter_map(|colours| colours.as_object()) {
                let colours = content["palette"].as_object().into_iter().flatten().chain(own);
                let colours = colours.map(|(name, colour)| (name.clone(), colour.as_str().unwrap().to_owned())).collect();
                pictures.push(PictureSource { source: source.to_owned(), colours });
            }
        }
        pictures
    }

    #[test]
    fn every_picture_of_the_demonstration_catalogue_can_be_drawn() {
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo");
        let catalogue = demo.join("catalogue");
        let files = [&catalogue, &catalogue.join("sellers")].map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
        let files = files.into_iter().flatten().filter(|path| path.extension().is_some_and(|ending| ending == "json"));
        let pictures: Vec<_> = files.flat_map(|file| named_in(&file)).collect();
        assert!(pictures.len() > 100, "only {} pictures were found", pictures.len());
        for picture in pictures {
            let template = read_template(&demo.join("pictures"), &picture.source).unwrap();
            let drawn = render::render(&template, &picture.colours, 16);
            assert!(drawn.is_ok(), "{}: {:#}", picture.source, drawn.unwrap_err());
        }
    }

    /// The hero is served as it is drawn, because the front page shows it before anything else; so its two files are kept in `public`.
    #[test]
    fn the_heroes_of_the_front_page_are_those_of_the_catalogue() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let heroes = named_in(&root.join("demo/catalogue/home.json"));
        let template = read_template(&root.join("demo/pictures"), "hero").unwrap();
        for (picture, file) in heroes.iter().zip(["hero-day.svg", "hero-night.svg"]) {
            let drawn = render::fill_in(&template, &picture.colours).unwrap();
            if fs::read_to_string(root.join("public/pictures").join(file)).unwrap() != drawn {
                let fresh = std::env::temp_dir().join(file);
                fs::write(&fresh, drawn).unwrap();
                panic!("public/pictures/{file} is not what demo/pictures/hero.svg says; copy {} over it", fresh.display());
            }
        }
        assert_eq!(heroes.len(), 2);
    }

    #[test]
    fn what_is_wrong_with_a_picture_is_said_with_its_name() {
        let folder = folder("wrong").with("loop.svg", "{{> loop}}").with("parts/loop.svg", "{{> loop}}");
        for source in ["absent", "loop", "../mug"] {
            let picture = PictureSource { source: source.to_owned(), ..mug("#112233") };
            let error = write_pictures(&folder.0, &folder.0.join("media"), &[picture]).unwrap_err();
            assert!(format!("{error:#}").contains(source), "{error:#}");
        }
    }
}
