//! Pictures: what becomes of a file's bytes, and which files are read at all.

mod broken;
mod files;
mod moving;
mod still;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A picture of bands of colour: sharp edges, so that it is told apart when turned or mirrored.
pub(crate) fn bands(width: u32, height: u32) -> DynamicImage {
    let colour = |x: u32, y: u32| match (x * 2 < width, y * 2 < height) {
        (true, true) => Rgb([200, 20, 20]),
        (false, true) => Rgb([20, 200, 20]),
        (true, false) => Rgb([20, 20, 200]),
        (false, false) => Rgb([240, 240, 240]),
    };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, colour))
}

pub(crate) fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    file(&bands(width, height), ImageFormat::Png)
}

fn decoded(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

/// A GIF of this many frames, with a comment in it.
fn gif(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let palette = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
    let mut encoder = gif::Encoder::new(&mut out, width, height, &palette).unwrap();
    encoder.set_repeat(gif::Repeat::Infinite).unwrap();
    encoder.write_raw_extension(gif::Extension::Comment.into(), &[b"taken at home"]).unwrap();
    let frame = |number: u8| {
        let pixels = vec![number; usize::from(width) * usize::from(height)];
        let mut frame = gif::Frame { width, height, delay: 7, buffer: pixels.into(), ..gif::Frame::default() };
        frame.make_lzw_pre_encoded();
        frame
    };
    let four = [frame(0), frame(1), frame(2), frame(3)];
    for frame in four.iter().cycle().take(frames) {
        encoder.write_lzw_pre_encoded_frame(frame).unwrap();
    }
    drop(encoder);
    out
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}
