//! An image as it is stored and shown: its kind, its address, its size on paper. Knows no pixels and no files.

use std::sync::Arc;

use super::design::ImagesBy;
use super::newsletter::url_base;
use super::string_enum;

/// The text column of a mail, in CSS pixels: no image is shown wider.
pub const COLUMN_PX: u32 = 560;
/// What is stored is at most this wide: twice the column, for screens with twice the pixels.
pub const FILE_WIDTH_MAX: u32 = 2 * COLUMN_PX;
/// A logo's room on top of a mail or a page, in CSS pixels.
pub const LOGO_PX: (u32, u32) = (280, 80);
/// What a revision calls its newsletter's logo. No file has this name.
pub const LOGO: &str = "";
/// Letters of a digest: 160 bits, far more than chance or malice can meet twice.
pub const DIGEST_CHARS: usize = 40;

string_enum! {
    /// What an image is stored as: the three that every mailbox shows.
    ImageFormat: "image format" {
        /// Drawings, screenshots, whatever is see-through.
        Png = "png",
        Jpeg = "jpg",
        Gif = "gif",
    }
}

impl ImageFormat {
    /// As in `Content-Type`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
        }
    }
}

/// An image as it is served: what it is named by is its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// SHA-256 over the bytes, shortened, in hexadecimal.
    pub digest: String,
    pub format: ImageFormat,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    pub bytes: Vec<u8>,
}

/// An image as one mail shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedImage {
    /// What the mail's source calls it.
    pub name: String,
    pub image: Arc<Image>,
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// Whether it travels inside the mail.
    pub embedded: bool,
}

impl PlacedImage {
    /// An image of an issue.
    pub fn new(name: &str, image: Arc<Image>, embedded: bool) -> Self {
        let (width, height) = shown(name, image.width, image.height);
        Self { name: name.to_owned(), image, width, height, embedded }
    }

    pub fn logo(image: Arc<Image>, by: ImagesBy) -> Self {
        let (width, height) = shown_logo(image.width, image.height);
        Self { name: LOGO.to_owned(), image, width, height, embedded: by == ImagesBy::Embed }
    }

    /// Where the mail finds it. `domain` is the sender's.
    pub fn address(&self, public_url: &str, domain: &str) -> String {
        match self.embedded {
            true => format!("cid:{}", content_id(&self.image.digest, domain)),
            false => url(public_url, &self.image.digest, self.image.format),
        }
    }
}

/// Where an image is served: named by its content, so that it may be kept for ever. `public_url` is where the web server
/// is reached.
pub fn url(public_url: &str, digest: &str, format: ImageFormat) -> String {
    format!("{}/i/{digest}.{format}", url_base(public_url))
}

/// The name an image has inside the mail that it is embedded in (RFC 2392), without `cid:`. `domain` is the sender's.
pub fn content_id(digest: &str, domain: &str) -> String {
    format!("{digest}@{domain}")
}

/// Digest and format of `DIGEST.FORMAT`, the last part of an address.
pub fn parse_name(name: &str) -> Option<(&str, ImageFormat)> {
    let (digest, format) = name.split_once('.')?;
    let is_digest =
        digest.len() == DIGEST_CHARS && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    Some((digest, format.parse().ok().filter(|_| is_digest)?))
}

/// How large an image of `width` times `height` pixels is shown, in CSS pixels: in its own size up to the column, half
/// of it when its file's name ends in `@2x`. A wider file is sharper on screens with more pixels.
pub fn shown(name: &str, width: u32, height: u32) -> (u32, u32) {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let natural = if stem.ends_with("@2x") { width.div_ceil(2) } else { width };
    scaled(width, height, natural.min(COLUMN_PX))
}

/// How large a logo is shown: half its pixels, within its room.
pub fn shown_logo(width: u32, height: u32) -> (u32, u32) {
    let (most_wide, most_high) = LOGO_PX;
    let by_height = u64::from(width) * u64::from(most_high) / u64::from(height.max(1));
    let by_height = u32::try_from(by_height).unwrap_or(u32::MAX);
    scaled(width, height, width.div_ceil(2).min(most_wide).min(by_height).max(1))
}

/// The size at `shown` pixels wide, in the same proportion.
pub fn scaled(width: u32, height: u32, shown: u32) -> (u32, u32) {
    let (wide, high, new) = (u64::from(width.max(1)), u64::from(height), u64::from(shown));
    (shown, u32::try_from((high * new + wide / 2) / wide).unwrap_or(u32::MAX).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_shown_no_wider_than_the_column() {
        assert_eq!(shown("chart.png", 300, 200), (300, 200));
        assert_eq!(shown("chart.png", 1120, 800), (560, 400));
        assert_eq!(shown("chart.png", 800, 600), (560, 420));
        assert_eq!(shown("chart@2x.png", 800, 600), (400, 300));
        assert_eq!(shown("chart@2x.png", 1120, 10), (560, 5));
        assert_eq!(shown("dot.png", 1, 1), (1, 1));
        assert_eq!(shown("line.png", 1120, 1), (560, 1));
    }

    #[test]
    fn a_logo_has_its_room() {
        assert_eq!(shown_logo(560, 160), (280, 80));
        assert_eq!(shown_logo(200, 60), (100, 30));
        assert_eq!(shown_logo(100, 400), (20, 80));
        assert_eq!(shown_logo(1, 1), (1, 1));
    }

    #[test]
    fn an_address_is_read_as_it_is_written() {
        let digest = "0123456789abcdef0123456789abcdef01234567";
        let address = url("https://news.example.com/", digest, ImageFormat::Jpeg);
        assert_eq!(address, format!("https://news.example.com/i/{digest}.jpg"));
        let name = address.rsplit('/').next().unwrap();
        assert_eq!(parse_name(name), Some((digest, ImageFormat::Jpeg)));
        for wrong in ["", ".png", "../etc/passwd", &digest[1..], &name.replace("jpg", "svg"), &name.to_uppercase()] {
            assert_eq!(parse_name(wrong), None, "{wrong}");
        }
    }
}
