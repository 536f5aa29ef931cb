//! What an editor should know of images: whether those who do not see them are told what they show.

use super::Found;
use super::collected::{self, Image};
use crate::content::tree::Document;

/// Endings of files that are images.
const ENDINGS: &[&str] = &[".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif", ".heic", ".tif", ".tiff", ".bmp"];
/// What cameras and systems call files, in small letters.
const NAMES: &[&str] = &[
    "img_",
    "img-",
    "dsc_",
    "dscf",
    "dscn",
    "pxl_",
    "screenshot",
    "screen shot",
    "bildschirmfoto",
    "capture d’écran",
    "untitled",
];
/// Words that say that there is an image, which everybody knows by then.
const EMPTY_WORDS: &[&str] =
    &["image", "img", "photo", "picture", "graphic", "figure", "foto", "bild", "imagen", "alt", "alt text"];

/// Everything about the images of a document.
pub(super) fn of_document(document: &Document, found: &mut Found<'_>) {
    for image in collected::images(document) {
        of_alternative(&image, found);
        let path = image.source.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        if path.ends_with(".svg") {
            let message = "this image is SVG, which mailboxes do not show";
            found.warn(image.at, "image-svg", message, "save it as PNG and put it beside the issue");
        } else if !image.is_sized {
            let message = "the width of this image is not known, so Outlook shows it as wide as its file";
            found.warn(image.at, "image-size", message, "put the file beside the issue if it is wider than 560 pixels");
        }
    }
}

fn of_alternative(image: &Image<'_>, found: &mut Found<'_>) {
    match image.alt.as_deref().map(str::trim) {
        None => {
            let message = "this image has no alternative text, so it will be taken for decoration";
            found.warn(image.at, "alt-missing", message, "say what it shows: ![what it shows](address)");
        }
        Some(alt) if says_nothing(alt) => {
            let message = format!("the alternative text {alt:?} does not say what the image shows");
            found.warn(image.at, "alt-file-name", message, "say it in a few words: ![what it shows](address)");
        }
        Some(_) => {}
    }
}

/// Whether an alternative text is a file's name, or a word such as "image".
pub(super) fn says_nothing(alt: &str) -> bool {
    let alt = alt.trim().to_lowercase();
    let is_name = ENDINGS.iter().any(|ending| alt.ends_with(ending)) || NAMES.iter().any(|name| alt.starts_with(name));
    let bare = alt.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '_' | '#'));
    is_name
        || !bare.is_empty() && EMPTY_WORDS.contains(&bare)
        || alt.starts_with("http://")
        || alt.starts_with("https://")
}
