//! What an editor should know of images: whether those who do not see them are told what they show.

use super::Found;
use super::collected::{self, ImageUse};
use crate::content::tree::Document;

/// Endings of files that are images.
const ENDINGS: &[&str] = &[".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif", ".heic", ".tif", ".tiff", ".bmp"];
/// What cameras and systems call files, in small letters.
const NAMES: &[&str] = &[
    "img_", "img-", "dsc_", "dscf", "dscn", "pxl_", "screenshot", "screen shot", "bildschirmfoto", "capture d’écran",
    "untitled",
];
/// Words in the name of a file; more are a sentence that ends in one.
const FILE_WORDS_MAX: usize = 4;
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

fn of_alternative(image: &ImageUse<'_>, found: &mut Found<'_>) {
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
    let has_ending = ENDINGS.iter().any(|ending| alt.ends_with(ending));
    let is_file = has_ending && alt.split_whitespace().count() <= FILE_WORDS_MAX;
    let is_name = NAMES.iter().any(|name| alt.strip_prefix(name).is_some_and(is_number));
    let bare = alt.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '_' | '#'));
    is_file
        || is_name
        || !bare.is_empty() && EMPTY_WORDS.contains(&bare)
        || alt.starts_with("http://")
        || alt.starts_with("https://")
}

/// Whether what stands behind a name that a machine gave is a number or a moment: `2034`, ` 2026-11-27 at 10.33.12 am.png`.
fn is_number(rest: &str) -> bool {
    let rest = ENDINGS.iter().find_map(|ending| rest.strip_suffix(ending)).unwrap_or(rest);
    let mut words = rest.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.all(|word| word.chars().count() <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_machines_give_are_told_from_words() {
        for (alt, nothing) in [
            ("IMG_2034", true),
            ("IMG_2034.JPG", true),
            ("DSC_0012 (1)", true),
            ("Screenshot 2026-11-27 at 10.33.12 AM.png", true),
            ("Bildschirmfoto 2026-11-27 um 10.33.12", true),
            ("screenshot", true),
            ("untitled-1", true),
            ("harbour.jpg", true),
            ("My summer holiday photo.jpg", true),
            ("Image 3", true),
            ("https://example.org/a.png", true),
            ("Screenshot of the settings page", false),
            ("Screenshot: the list of readers", false),
            ("Untitled, a painting of 1957", false),
            ("A comparison of photo.jpg and photo.png", false),
            ("The IMG_2034 tape", false),
            ("Image of a saint", false),
        ] {
            assert_eq!(says_nothing(alt), nothing, "{alt}");
        }
    }
}
