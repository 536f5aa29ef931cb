//! Moving pictures: a GIF is written anew frame by frame, in its own colours and its own small changes; decoding it to
//! whole pictures would mix its colours anew and make it many times larger. Comments and other blocks fall out.

use std::io::Cursor;
use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, Decoder, Encoder, MemoryLimit};

use super::{ImageError, check_size, finished};
use crate::domain::image::{FILE_WIDTH_MAX, Image, ImageFormat};

/// Twenty seconds at fifteen a second.
const FRAMES_MAX: usize = 300;
/// Of all frames together: what takes a second to decode.
const PIXELS_MAX: u64 = 200_000_000;
/// One frame: an index per pixel.
const FRAME_BYTES_MAX: NonZeroU64 = NonZeroU64::new(super::PIXELS_MAX).expect("it is not zero");

/// Whether a GIF has more than one frame. Counts them before any is decoded; one that breaks off has those before.
pub(super) fn is_moving(bytes: &[u8]) -> Result<bool, ImageError> {
    let mut decoder = open(bytes, true)?;
    let (mut frames, mut pixels) = (0, 0);
    while let Ok(Some(frame)) = decoder.next_frame_info() {
        frames += 1;
        pixels += u64::from(frame.width) * u64::from(frame.height);
        if frames > FRAMES_MAX {
            return Err(ImageError::TooMuchMotion(format!("more than {FRAMES_MAX} frames")));
        }
        if pixels > PIXELS_MAX {
            return Err(ImageError::TooMuchMotion(format!("more than {} million pixels", PIXELS_MAX / 1_000_000)));
        }
    }
    let width = decoder.width();
    if frames > 1 && u32::from(width) > FILE_WIDTH_MAX {
        return Err(ImageError::TooMuchMotion(format!("{width} pixels of width; at most {FILE_WIDTH_MAX} are taken")));
    }
    Ok(frames > 1)
}

/// The same moving picture, written anew. [`is_moving`] has looked at its size.
pub(super) fn prepare(bytes: &[u8]) -> Result<Image, ImageError> {
    let mut decoder = open(bytes, false)?;
    let (width, height) = (decoder.width(), decoder.height());
    let mut out = Vec::new();
    let palette = decoder.global_palette().unwrap_or_default().to_vec();
    let mut encoder = Encoder::new(&mut out, width, height, &palette).map_err(unwritten)?;
    encoder.set_repeat(decoder.repeat()).map_err(unwritten)?;
    while let Some(info) = decoder.next_frame_info().map_err(broken)? {
        let mut frame = info.clone();
        let mut buffer = vec![0; decoder.buffer_size()];
        decoder.read_into_buffer(&mut buffer).map_err(broken)?;
        // The buffer holds the lines in their order.
        frame.interlaced = false;
        frame.buffer = buffer.into();
        encoder.write_frame(&frame).map_err(unwritten)?;
    }
    drop(encoder);
    finished(ImageFormat::Gif, width.into(), height.into(), out)
}

fn open(bytes: &[u8], counts: bool) -> Result<Decoder<Cursor<&[u8]>>, ImageError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.set_memory_limit(MemoryLimit::Bytes(FRAME_BYTES_MAX));
    options.check_frame_consistency(true);
    options.skip_frame_decoding(counts);
    let decoder = options.read_info(Cursor::new(bytes)).map_err(broken)?;
    check_size(decoder.width().into(), decoder.height().into())?;
    Ok(decoder)
}

fn broken(error: gif::DecodingError) -> ImageError {
    ImageError::Broken(error.to_string())
}

fn unwritten(error: gif::EncodingError) -> ImageError {
    ImageError::Broken(error.to_string())
}
