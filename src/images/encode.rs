//! Pixels to the file that readers get: no larger than it is shown, in the colours that mailboxes assume, without
//! anything beside the pixels. Knows no file that they came from.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops;
use image::{DynamicImage, RgbImage, RgbaImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::{ImageError, broken};
use crate::domain::image::{ImageFormat, scaled};

/// Where a photograph's faults begin to show only to who looks for them.
const JPEG_QUALITY: u8 = 84;
/// A lossless file above this is looked at again: it may be a photograph.
const PNG_BYTES_GOOD: usize = 200 * 1024;

/// The picture at most `width_max` wide.
pub(super) fn fitted(picture: DynamicImage, width_max: u32) -> DynamicImage {
    // Sixteen bits a channel are for editing.
    let picture = match picture.color().has_alpha() {
        true => DynamicImage::ImageRgba8(picture.into_rgba8()),
        false => DynamicImage::ImageRgb8(picture.into_rgb8()),
    };
    if picture.width() <= width_max {
        return picture;
    }
    let (width, height) = scaled(picture.width(), picture.height(), width_max);
    let filter = imageops::FilterType::Lanczos3;
    match picture {
        // What cannot be seen has a colour too, which must not bleed into what can.
        DynamicImage::ImageRgba8(pixels) => {
            let resized = imageops::resize(&multiplied(pixels), width, height, filter);
            DynamicImage::ImageRgba8(divided(resized))
        }
        other => other.resize_exact(width, height, filter),
    }
}

fn multiplied(mut pixels: RgbaImage) -> RgbaImage {
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let by = |channel: u8| narrow((u32::from(channel) * u32::from(alpha) + 127) / 255);
        pixel.0 = [by(red), by(green), by(blue), alpha];
    }
    pixels
}

fn divided(mut pixels: RgbaImage) -> RgbaImage {
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let by = |channel: u8| match u32::from(alpha) {
            0 => 0,
            alpha => narrow((u32::from(channel) * 255 + alpha / 2) / alpha),
        };
        pixel.0 = [by(red), by(green), by(blue), alpha];
    }
    pixels
}

fn narrow(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

/// The picture in sRGB, when `profile` says that it is in something else: without its profile it would look pale. One
/// whose profile cannot be read is left as it is.
pub(super) fn in_common_colours(picture: DynamicImage, profile: Option<&[u8]>) -> DynamicImage {
    let profile = profile.and_then(|profile| ColorProfile::new_from_slice(profile).ok());
    let Some(profile) = profile.filter(|profile| profile.color_space == DataColorSpace::Rgb) else { return picture };
    let (layout, pixels) = match &picture {
        DynamicImage::ImageRgba8(pixels) => (Layout::Rgba, pixels.as_raw()),
        DynamicImage::ImageRgb8(pixels) => (Layout::Rgb, pixels.as_raw()),
        _ => return picture,
    };
    let common = ColorProfile::new_srgb();
    let Ok(transform) = profile.create_transform_8bit(layout, &common, layout, TransformOptions::default()) else {
        return picture;
    };
    let mut out = vec![0; pixels.len()];
    if transform.transform(pixels, &mut out).is_err() {
        return picture;
    }
    let (width, height) = (picture.width(), picture.height());
    let converted = match layout {
        Layout::Rgba => RgbaImage::from_raw(width, height, out).map(DynamicImage::ImageRgba8),
        _ => RgbImage::from_raw(width, height, out).map(DynamicImage::ImageRgb8),
    };
    converted.unwrap_or(picture)
}

/// A photograph stays one; anything else stays exact, unless it is large and would be far smaller as a photograph.
pub(super) fn encode(picture: &DynamicImage, photograph: bool) -> Result<(ImageFormat, Vec<u8>), ImageError> {
    let opaque = without_alpha(picture);
    if photograph && let Some(pixels) = &opaque {
        return Ok((ImageFormat::Jpeg, jpeg(pixels)?));
    }
    let lossless = match &opaque {
        Some(pixels) => png(&grey_or_colour(pixels))?,
        None => png(picture)?,
    };
    if lossless.len() > PNG_BYTES_GOOD
        && let Some(pixels) = &opaque
    {
        let lossy = jpeg(pixels)?;
        if lossy.len() < lossless.len() / 3 {
            return Ok((ImageFormat::Jpeg, lossy));
        }
    }
    Ok((ImageFormat::Png, lossless))
}

/// The same pixels without transparency, if none of them has any.
fn without_alpha(picture: &DynamicImage) -> Option<RgbImage> {
    match picture {
        DynamicImage::ImageRgba8(pixels) if pixels.pixels().any(|pixel| pixel.0[3] < u8::MAX) => None,
        other => Some(other.to_rgb8()),
    }
}

fn grey_or_colour(pixels: &RgbImage) -> DynamicImage {
    let is_grey = pixels.pixels().all(|pixel| pixel.0[0] == pixel.0[1] && pixel.0[1] == pixel.0[2]);
    match is_grey {
        true => DynamicImage::ImageLuma8(DynamicImage::ImageRgb8(pixels.clone()).into_luma8()),
        false => DynamicImage::ImageRgb8(pixels.clone()),
    }
}

fn jpeg(pixels: &RgbImage) -> Result<Vec<u8>, ImageError> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY).encode_image(pixels).map_err(broken)?;
    Ok(out)
}

fn png(picture: &DynamicImage) -> Result<Vec<u8>, ImageError> {
    let mut out = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Best, FilterType::Adaptive);
    picture.write_with_encoder(encoder).map_err(broken)?;
    Ok(out)
}
