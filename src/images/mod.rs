//! Pictures: a file's bytes to an image that may be mailed, and the files they come from. Knows no newsletter, no
//! database and no mail.
//!
//! Nothing of a file is passed on: it is decoded within limits, turned the way its camera was held, made no larger than
//! it can be shown, brought into the colours that mailboxes assume, and written anew. So there is no place, no name and
//! no thumbnail in what readers get, and nothing that a picture could smuggle.

mod encode;
mod files;
mod kind;
mod moving;

use std::io::Cursor;

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use image::{ColorType, DynamicImage, ImageDecoder, ImageReader, Limits};

use crate::domain::image::{DIGEST_CHARS, FILE_WIDTH_MAX, Image, ImageFormat};
pub use files::{Folder, ImageCache};
use kind::ImageKind;

/// A photograph of the largest telephone; a file that is larger is not one.
pub const FILE_BYTES_MAX: usize = 25 * 1024 * 1024;
/// Longer than any camera's picture and any screenshot of a whole page.
pub const SIDE_PX_MAX: u32 = 20_000;
/// 50 million pixels are 200 MB while they are decoded: what a telephone makes at most.
pub const PIXELS_MAX: u64 = 50_000_000;
/// With 16 bits a colour: each takes twice the memory, and a copy with 8 is made beside it.
pub const DEEP_PIXELS_MAX: u64 = 16_000_000;
/// What decoding may take: the pixels with 8 bits, or half as many with 16, and some.
const DECODING_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// What a reader fetches, and a row of the database holds.
pub const IMAGE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What was written, named by its content.
fn finished(format: ImageFormat, width: u32, height: u32, bytes: Vec<u8>) -> Result<Image, ImageError> {
    if bytes.len() > IMAGE_BYTES_MAX {
        return Err(ImageError::Heavy { bytes: bytes.len() });
    }
    let digest = digest::digest(&digest::SHA256, &bytes);
    let digest = HEXLOWER.encode(&digest.as_ref()[..DIGEST_CHARS / 2]);
    Ok(Image { digest, format, width, height, bytes })
}

/// Why a file is no image that can be mailed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// It is somewhere else than issues are.
    #[error("it is outside the folder of the issues")]
    Outside,
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// The file is larger than any picture.
    #[error("the file has more than {} MB", FILE_BYTES_MAX / 1024 / 1024)]
    TooLarge,
    /// Its beginning is no image's.
    #[error("it is {0}, not an image that mailboxes show")]
    NotAnImage(&'static str),
    /// It would take more memory than it is worth.
    #[error("it is {width} x {height} pixels; at most {SIDE_PX_MAX} a side and {} million in all are taken", PIXELS_MAX / 1_000_000)]
    TooManyPixels { width: u32, height: u32 },
    /// Each of its pixels has so many bits that it would take more memory than it is worth.
    #[error("it is {width} x {height} pixels with 16 bits a colour; at most {} million of such are taken", DEEP_PIXELS_MAX / 1_000_000)]
    TooDeep { width: u32, height: u32 },
    #[error("it moves over {0}")]
    TooMuchMotion(String),
    /// It breaks off, or is not what it says.
    #[error("it is broken: {0}")]
    Broken(String),
    /// Even written anew it is too much to fetch.
    #[error("it still has {} KB after it was made smaller, at most {} KB are taken", bytes.div_ceil(1024), IMAGE_BYTES_MAX / 1024)]
    Heavy { bytes: usize },
}

impl ImageError {
    /// A stable word for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "image-missing",
            Self::Outside => "image-outside",
            Self::Unreadable(_) => "image-unreadable",
            Self::NotAnImage(_) => "image-kind",
            Self::Broken(_) => "image-broken",
            Self::TooLarge
            | Self::TooManyPixels { .. }
            | Self::TooDeep { .. }
            | Self::TooMuchMotion(_)
            | Self::Heavy { .. } => "image-too-large",
        }
    }

    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing => {
                "put the file beside the issue; names are told apart by capitals, and count from its folder"
            }
            Self::Outside => "copy the file into the folder of the issues",
            Self::Unreadable(_) => "the user that runs coranto must be able to read it",
            Self::NotAnImage(kind::SVG) => "save it as PNG, twice as wide as it is to be shown: mailboxes show no SVG",
            Self::NotAnImage(_) => "save it as PNG, JPEG, GIF or WebP",
            Self::TooDeep { .. } => "save it with 8 bits a colour: no mailbox shows more",
            Self::TooLarge | Self::TooManyPixels { .. } => {
                "save a smaller one: no more than 1120 pixels of its width are ever shown"
            }
            Self::TooMuchMotion(_) => "make it shorter or smaller, or use a single picture and link to the film",
            Self::Broken(_) => "open it in an image editor and save it again",
            Self::Heavy { .. } => "save a photograph as JPEG; make a moving picture shorter or smaller",
        }
    }
}

/// Makes an image of a file's bytes. It costs up to a second of computing: call it where that is allowed.
pub fn prepare(bytes: &[u8]) -> Result<Image, ImageError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(ImageError::TooLarge);
    }
    let kind = ImageKind::of(bytes).map_err(ImageError::NotAnImage)?;
    if kind == ImageKind::Gif && moving::is_moving(bytes)? {
        return moving::prepare(bytes);
    }
    let (picture, profile) = decode(bytes, kind)?;
    let picture = encode::fitted(picture, FILE_WIDTH_MAX);
    let picture = encode::in_common_colours(picture, profile.as_deref());
    let (width, height) = (picture.width(), picture.height());
    let (format, bytes) = encode::encode(&picture, kind == ImageKind::Jpeg)?;
    finished(format, width, height, bytes)
}

/// The pixels, the right way up, and the colours they are meant in.
fn decode(bytes: &[u8], kind: ImageKind) -> Result<(DynamicImage, Option<Vec<u8>>), ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind.format());
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODING_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let is_deep =
        matches!(decoder.color_type(), ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16);
    if is_deep && u64::from(width) * u64::from(height) > DEEP_PIXELS_MAX {
        return Err(ImageError::TooDeep { width, height });
    }
    let orientation = decoder.orientation().map_err(broken)?;
    let profile = decoder.icc_profile().unwrap_or_default();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    Ok((picture, profile))
}

/// Looked at before a pixel is decoded.
fn check_size(width: u32, height: u32) -> Result<(), ImageError> {
    let pixels = u64::from(width) * u64::from(height);
    if width == 0 || height == 0 {
        return Err(ImageError::Broken("it has no pixels".to_owned()));
    }
    if width > SIDE_PX_MAX || height > SIDE_PX_MAX || pixels > PIXELS_MAX {
        return Err(ImageError::TooManyPixels { width, height });
    }
    Ok(())
}

fn broken(error: image::ImageError) -> ImageError {
    ImageError::Broken(error.to_string())
}
