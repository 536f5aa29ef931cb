//! The images of one issue while it is rendered: found beside it, prepared, and remembered for its revision. Reads files;
//! stores only what it is told to.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::publisher::Renderer;
use super::source::SourcePictures;
use crate::clock::{DAY, Timestamp};
use crate::content::pictures::{NoPicture, Picture, Pictures};
use crate::content::problem::{Position, Problem};
use crate::domain::RevisionId;
use crate::domain::design::ImagesBy;
use crate::domain::image::{self, Image, PlacedImage};
use crate::domain::newsletter::Newsletter;
use crate::images::{ImageCache, ImageError};
use crate::store::images::RevisionImage;
use crate::store::{Db, Result, Tx, images};

/// More in one mail are an album, which belongs on the web.
const IMAGES_MAX: usize = 50;
/// What many mail servers still take, with room for what they add: 10 MB is the smallest limit in common use.
const EMBEDDED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A list of ten thousand is ten gigabytes above this.
const EMBEDDED_BYTES_GOOD: usize = 1024 * 1024;

/// What finds images for one rendering, and remembers which.
#[derive(Debug)]
pub(super) struct ImageResolver<'a> {
    newsletter: &'a Newsletter,
    public_url: &'a str,
    gallery: &'a ImageCache,
    pictures: &'a SourcePictures,
    shown: RefCell<BTreeMap<String, PlacedImage>>,
}

impl<'a> ImageResolver<'a> {
    pub(super) fn new(renderer: &Renderer<'a>, pictures: &'a SourcePictures) -> Self {
        let Renderer { newsletter, public_url, gallery, .. } = *renderer;
        Self { newsletter, public_url, gallery, pictures, shown: RefCell::default() }
    }

    /// The newsletter's logo, where it has one.
    pub(super) fn logo(&self) -> std::result::Result<Option<Picture>, ImageError> {
        let Some(path) = &self.newsletter.design.logo else { return Ok(None) };
        let logo = PlacedImage::logo(self.gallery.open(path)?, self.newsletter.images);
        Ok(Some(self.show(logo)))
    }

    /// The same images for a page, which fetches them all.
    pub(super) fn fetched(&self) -> Fetched<'_> {
        Fetched(self)
    }

    /// What was found, by name.
    pub(super) fn into_shown(self) -> Vec<PlacedImage> {
        self.shown.into_inner().into_values().collect()
    }

    fn get(&self, name: &str, embedded: bool) -> std::result::Result<Picture, NoPicture> {
        let known = self.shown.borrow().contains_key(name);
        let others = self.shown.borrow().keys().filter(|name| name.as_str() != image::LOGO).count();
        if !known && others >= IMAGES_MAX {
            return Err(NoPicture {
                code: "too-many-images",
                message: format!("there are more than {IMAGES_MAX} images in the issue"),
                hint: "show fewer, and link to a page with the others".to_owned(),
            });
        }
        let image = self.pictures.find(name, self.gallery).map_err(refusal)?;
        Ok(self.show(PlacedImage::new(name, image, embedded)))
    }

    fn show(&self, shown: PlacedImage) -> Picture {
        let address = shown.address(self.public_url, self.newsletter.from.address.domain());
        let picture = Picture { address, width: shown.width, height: shown.height };
        let mut all = self.shown.borrow_mut();
        let embedded = shown.embedded;
        all.entry(shown.name.clone()).or_insert(shown).embedded |= embedded;
        picture
    }
}

impl Pictures for ImageResolver<'_> {
    fn find(&self, name: &str) -> std::result::Result<Picture, NoPicture> {
        self.get(name, self.newsletter.images == ImagesBy::Embed)
    }

    fn cover(&self, name: &str) -> std::result::Result<Picture, NoPicture> {
        self.get(name, false)
    }
}

/// Finds images as the web version shows them.
#[derive(Debug)]
pub(super) struct Fetched<'a>(&'a ImageResolver<'a>);

impl Pictures for Fetched<'_> {
    fn find(&self, name: &str) -> std::result::Result<Picture, NoPicture> {
        self.0.get(name, false)
    }
}

fn refusal(error: ImageError) -> NoPicture {
    NoPicture { code: error.code(), message: error.to_string(), hint: error.hint().to_owned() }
}

/// What embedded images weigh in every mail, if that is too much or nearly so.
pub(super) fn weight(shown: &[PlacedImage]) -> Option<Problem> {
    let mut embedded: Vec<_> = shown.iter().filter(|shown| shown.embedded).map(|shown| &shown.image).collect();
    embedded.sort_by(|one, other| one.digest.cmp(&other.digest));
    embedded.dedup_by(|one, other| one.digest == other.digest);
    // Base64 makes four letters of three bytes, and a line end for every 76.
    let bytes: usize = embedded.iter().map(|image| image.bytes.len() * 78 / 57).sum();
    let message = format!("the images in this email weigh {} KB, for every reader", bytes.div_ceil(1024));
    let hint = "set `images = \"link\"` for the newsletter, show fewer, or save photographs as JPEG";
    if bytes > EMBEDDED_BYTES_MAX {
        return Some(Problem::error(Position::START, "images-heavy", message).hint(hint));
    }
    (bytes > EMBEDDED_BYTES_GOOD).then(|| Problem::warning(Position::START, "images-heavy", message).hint(hint))
}

/// Stores what a revision will show, each in a transaction of its own: they may be large. What no revision comes to show
/// is taken away later.
pub(super) async fn store(db: &Db, shown: &[PlacedImage], now: Timestamp) -> Result<()> {
    for PlacedImage { image, .. } in shown {
        db.write(async |tx| images::ensure(tx, image, now).await).await?;
    }
    Ok(())
}

/// Says what a revision shows; all of it is stored.
pub(super) async fn attach(tx: &mut Tx, revision: RevisionId, shown: &[PlacedImage]) -> Result<()> {
    for shown in shown {
        images::attach(tx, revision, shown).await?;
    }
    Ok(())
}

/// The images that a revision shows beside its newsletter's logo, by their names.
pub(super) async fn stored(tx: &mut Tx, revision: RevisionId) -> Result<HashMap<String, Arc<Image>>> {
    let mut stored = HashMap::new();
    for row in images::of_revision(tx, revision).await?.into_iter().filter(|row| row.name != image::LOGO) {
        if let Some(found) = images::get(tx, &row.digest).await? {
            stored.insert(row.name, Arc::new(Image::from(found)));
        }
    }
    Ok(stored)
}

/// The images of a revision by their names, for its page on the web.
pub fn of_revision(rows: &[RevisionImage], public_url: &str) -> HashMap<String, Picture> {
    let size = |pixels: i64| u32::try_from(pixels).unwrap_or(image::COLUMN_PX);
    let picture = |row: &RevisionImage| {
        let address = image::url(public_url, &row.digest, row.format);
        (row.name.clone(), Picture { address, width: size(row.width), height: size(row.height) })
    };
    rows.iter().map(picture).collect()
}

/// How long an image that no revision shows is kept: whoever stored it may be about to store the revision.
const UNUSED_KEPT: std::time::Duration = DAY;

/// Takes away the images that nothing shows any more. Returns how many.
pub async fn tidy(db: &Db, now: Timestamp) -> Result<u64> {
    let before = Timestamp(now.0 - i64::try_from(UNUSED_KEPT.as_millis()).unwrap_or(i64::MAX));
    db.write(async |tx| images::remove_unused(tx, before).await).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::image::ImageFormat;

    fn shown(digest: &str, bytes: usize, embedded: bool) -> PlacedImage {
        let image =
            Image { digest: digest.to_owned(), format: ImageFormat::Png, width: 1, height: 1, bytes: vec![0; bytes] };
        PlacedImage::new(&format!("{digest}-{embedded}.png"), Arc::new(image), embedded)
    }

    #[test]
    fn what_every_reader_would_carry_is_weighed() {
        // As base64 a million bytes are 1,368,421.
        let of =
            |images: &[PlacedImage]| weight(images).map(|problem| (problem.code, problem.is_error(), problem.message));
        assert_eq!(of(&[shown("a", 700_000, true)]), None);
        assert_eq!(of(&[shown("a", 20_000_000, false)]), None, "what is fetched weighs nothing in the email");
        let heavy = |kilobytes: &str, stops| {
            Some(("images-heavy", stops, format!("the images in this email weigh {kilobytes} KB, for every reader")))
        };
        assert_eq!(of(&[shown("a", 1_000_000, true)]), heavy("1337", false));
        let twice = [shown("a", 1_000_000, true), shown("b", 10, false), shown("a", 1_000_000, true)];
        assert_eq!(of(&twice), heavy("1337", false), "the same image travels once");
        let many: Vec<_> = (0..7).map(|n| shown(&n.to_string(), 1_000_000, true)).collect();
        assert_eq!(of(&many), heavy("9355", true));
        let problem = weight(&many).unwrap();
        assert!((problem.line, problem.column) == (1, 1) && problem.hint.unwrap().contains("images = \"link\""));
    }
}
