//! What an editor should know of images: whether those who do not see them are told what they show.

use super::Found;
use crate::content::tree::{self, Document, Inline};

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
    tree::each_run(document, &mut |run| of_run(run, found));
}

fn of_run(content: &[Inline], found: &mut Found<'_>) {
    for inline in content {
        match inline {
            Inline::Image { alt, at, .. } if alt.trim().is_empty() => {
                let message = "this image has no alternative text, so it will be taken for decoration";
                found.warn(*at, "alt-missing", message, "say what it shows: ![what it shows](address)");
            }
            Inline::Image { alt, at, .. } if says_nothing(alt) => {
                let message = format!("the alternative text {:?} does not say what the image shows", alt.trim());
                found.warn(*at, "alt-file-name", message, "say it in a few words: ![what it shows](address)");
            }
            Inline::Link { content, .. }
            | Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Strike(content) => of_run(content, found),
            _ => {}
        }
    }
}

/// Whether an alternative text is a file's name, or a word such as "image".
pub(super) fn says_nothing(alt: &str) -> bool {
    let alt = alt.trim().to_lowercase();
    let is_name = ENDINGS.iter().any(|ending| alt.ends_with(ending)) || NAMES.iter().any(|name| alt.starts_with(name));
    let bare = alt.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '_' | '#'));
    is_name || EMPTY_WORDS.contains(&bare) || alt.starts_with("http://") || alt.starts_with("https://")
}
