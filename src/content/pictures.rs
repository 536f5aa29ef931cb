//! Where an issue's own images are, once somebody has read them: content knows their addresses and sizes, and no file.

use std::collections::HashMap;
use std::fmt::Debug;

/// An image as a mail or a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// `https:` for a mailbox or a browser to fetch, or `cid:` for what travels with the mail.
    pub address: String,
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
}

/// Why an image of an issue cannot be shown, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPicture {
    /// A stable word for scripts.
    pub code: &'static str,
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// Finds the images that an issue names by their files.
pub trait Pictures: Debug {
    /// The image called `name`, as it stands in the text.
    fn find(&self, name: &str) -> Result<Picture, NoPicture>;

    /// The image called `name` as one that stands for the issue elsewhere: it is fetched, and never embedded.
    fn cover(&self, name: &str) -> Result<Picture, NoPicture> {
        self.find(name)
    }
}

/// Images that are known by their names: those of a revision.
impl Pictures for HashMap<String, Picture> {
    fn find(&self, name: &str) -> Result<Picture, NoPicture> {
        self.get(name).cloned().ok_or_else(|| NoPicture {
            code: "image-missing",
            message: "it was not stored with the issue".to_owned(),
            hint: "queue the issue again".to_owned(),
        })
    }
}

/// For text that has no files beside it.
#[derive(Clone, Copy, Debug)]
pub struct NoPictures;

impl Pictures for NoPictures {
    fn find(&self, _: &str) -> Result<Picture, NoPicture> {
        Err(NoPicture {
            code: "image-missing",
            message: "there is no folder that it could be in".to_owned(),
            hint: "write the whole address, beginning with https://".to_owned(),
        })
    }
}

/// The name of a file as an issue may spell it: `my%20chart.png` is `my chart.png`. None for what names no file.
pub(super) fn file_name(typed: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(typed.len());
    let mut rest = typed.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or_default();
                bytes.push(u8::try_from(digit(high) * 16 + digit(low)).unwrap_or_default());
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok().filter(|name| !name.is_empty() && !name.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_spelled_like_an_address() {
        for (typed, name) in [
            ("chart.png", Some("chart.png")),
            ("my%20chart.png", Some("my chart.png")),
            ("%C4%8D.png", Some("č.png")),
            ("100%.png", Some("100%.png")),
            ("a%2", Some("a%2")),
            ("a%00.png", None),
            ("%ff.png", None),
            ("", None),
        ] {
            assert_eq!(file_name(typed).as_deref(), name, "{typed}");
        }
    }
}
