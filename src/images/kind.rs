//! What a file is, by its first bytes: names lie. Owns the list of what is taken and what to call the rest.

use image::ImageFormat;

/// Said of drawings, which have a hint of their own.
pub(super) const SVG: &str = "an SVG drawing";

/// How far into a file a drawing's first tag is looked for, behind comments and declarations.
const SVG_BYTES: usize = 1024;

/// An image that can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImageKind {
    Png,
    Jpeg,
    Gif,
    WebP,
}

/// Beginnings of what is often taken for an image, and what it is.
const OTHERS: &[(usize, &[u8], &str)] = &[
    (4, b"ftypheic", "a HEIC photograph"),
    (4, b"ftypheix", "a HEIC photograph"),
    (4, b"ftypmif1", "a HEIF photograph"),
    (4, b"ftypavif", "an AVIF image"),
    (4, b"ftyp", "a film"),
    (0, b"\x00\x00\x00\x0cJXL ", "a JPEG XL image"),
    (0, b"\xff\x0a", "a JPEG XL image"),
    (0, b"BM", "a BMP image"),
    (0, b"II*\x00", "a TIFF image"),
    (0, b"MM\x00*", "a TIFF image"),
    (0, b"%PDF", "a PDF document"),
    (0, b"\x00\x00\x01\x00", "an icon"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"\x1aE\xdf\xa3", "a film"),
];

impl ImageKind {
    /// The kind of a file, or what it is instead.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, &'static str> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => return Ok(Self::Png),
            [0xff, 0xd8, 0xff, ..] => return Ok(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => return Ok(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => return Ok(Self::WebP),
            [] => return Err("an empty file"),
            _ => {}
        }
        if let Some((.., name)) =
            OTHERS.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
        {
            return Err(name);
        }
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(SVG_BYTES)]).to_ascii_lowercase();
        Err(match head.trim_start_matches('\u{feff}').trim_start() {
            text if text.contains("<svg") => SVG,
            text if text.starts_with("<!doctype html") || text.starts_with("<html") => "a web page",
            _ if bytes.starts_with(b"\x1f\x8b") => "a compressed file (perhaps an SVGZ drawing)",
            _ => "something else",
        })
    }

    pub(super) fn format(self) -> ImageFormat {
        match self {
            Self::Png => ImageFormat::Png,
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Gif => ImageFormat::Gif,
            Self::WebP => ImageFormat::WebP,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with() {
        assert_eq!(ImageKind::of(b"\x89PNG\r\n\x1a\n...."), Ok(ImageKind::Png));
        assert_eq!(ImageKind::of(b"\xff\xd8\xff\xe0...."), Ok(ImageKind::Jpeg));
        assert_eq!(ImageKind::of(b"GIF89a...."), Ok(ImageKind::Gif));
        assert_eq!(ImageKind::of(b"RIFF\x10\0\0\0WEBPVP8 "), Ok(ImageKind::WebP));
        for (bytes, name) in [
            (&b""[..], "an empty file"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", SVG),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made by hand -->\n<SVG>", SVG),
            (b"<!DOCTYPE html><p>not found", "a web page"),
            (b"\0\0\0\x18ftypheic....", "a HEIC photograph"),
            (b"\0\0\0\x18ftypisom....", "a film"),
            (b"RIFF\x10\0\0\0WAVEfmt ", "something else"),
            (b"%PDF-1.7", "a PDF document"),
            (b"GIF88a", "something else"),
        ] {
            assert_eq!(ImageKind::of(bytes), Err(name));
        }
    }
}
