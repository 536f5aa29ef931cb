//! Files that are no pictures, lie about their size, or break off: refused with a reason, never with a panic.

use coranto::images::{DEEP_PIXELS_MAX, FILE_BYTES_MAX, ImageError, PIXELS_MAX, SIDE_PX_MAX, prepare};
use image::ImageFormat;
use proptest::prelude::*;

use super::{bands, file, gif, png};

/// A PNG of a few bytes that says it has this many pixels.
fn promising(width: u32, height: u32) -> Vec<u8> {
    promised(png(4, 4), width, height, 8)
}

/// The same of a PNG that is given, with so many bits a colour.
fn promised(mut bytes: Vec<u8>, width: u32, height: u32, depth: u8) -> Vec<u8> {
    bytes[24] = depth;
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

#[test]
fn a_small_file_of_many_pixels_is_refused_before_they_are_made() {
    for (width, height) in [(SIDE_PX_MAX + 1, 1), (1, SIDE_PX_MAX + 1), (20_000, 20_000), (10_000, 5_001)] {
        assert_eq!(prepare(&promising(width, height)), Err(ImageError::TooManyPixels { width, height }));
    }
    assert_eq!(u64::from(10_000_u32) * 5_000, PIXELS_MAX);
    let breaks_off = prepare(&promising(4, 5)).unwrap_err();
    assert_eq!(breaks_off.code(), "image-broken", "the pixels that it promises are not there: {breaks_off}");
}

#[test]
fn sixteen_bits_a_colour_take_twice_the_memory() {
    let deep = |width: u32, height: u32| prepare(&promised(png(4, 4), width, height, 16)).unwrap_err();
    for (width, height) in [(10_000, 5_000), (16_001, 1_000), (5_000, 3_201)] {
        let error = deep(width, height);
        assert_eq!(error, ImageError::TooDeep { width, height });
        assert_eq!((error.code(), error.hint().contains("8 bits")), ("image-too-large", true));
    }
    assert_eq!(deep(16_000, 1_000).code(), "image-broken", "small enough to be looked at");
    assert_eq!(u64::from(16_000_u32) * 1_000, DEEP_PIXELS_MAX);
}

#[test]
fn a_gif_says_its_size_too() {
    let mut bytes = gif(4, 4, 2);
    bytes[6..10].copy_from_slice(&[0xff; 4]);
    assert_eq!(prepare(&bytes), Err(ImageError::TooManyPixels { width: 65_535, height: 65_535 }));
}

#[test]
fn what_is_no_image_is_called_by_its_name() {
    for (bytes, said) in [
        (&b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"[..], "an SVG drawing"),
        (b"%PDF-1.4", "a PDF document"),
        (b"\0\0\0\x20ftypavif", "an AVIF image"),
        (b"just text", "something else"),
        (b"", "an empty file"),
    ] {
        let error = prepare(bytes).unwrap_err();
        assert_eq!((&error, error.code()), (&ImageError::NotAnImage(said), "image-kind"));
    }
    let svg = prepare(b"<svg/>").unwrap_err();
    assert!(svg.hint().contains("PNG"), "{}", svg.hint());
}

#[test]
fn a_file_that_is_too_large_is_not_looked_at() {
    assert_eq!(prepare(&vec![0; FILE_BYTES_MAX + 1]), Err(ImageError::TooLarge));
}

#[test]
fn what_stays_too_heavy_is_refused() {
    let mut state = 1_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        u8::try_from(state >> 24).unwrap()
    };
    // See-through noise: no photograph, and nothing to press together.
    let picture = image::RgbaImage::from_fn(1000, 700, |_, _| image::Rgba([next(), next(), next(), next()]));
    let error = prepare(&file(&image::DynamicImage::ImageRgba8(picture), ImageFormat::Png)).unwrap_err();
    assert!(matches!(error, ImageError::Heavy { .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damaged_files_never_panic(
        which in 0_usize..4, at in any::<prop::sample::Index>(), bytes in prop::collection::vec(any::<u8>(), 1..24),
        cut in any::<prop::sample::Index>(), cuts: bool,
    ) {
        let picture = bands(24, 16);
        let mut damaged = match which {
            0 => file(&picture, ImageFormat::Png),
            1 => file(&picture, ImageFormat::Jpeg),
            2 => gif(24, 16, 3),
            _ => file(&picture, ImageFormat::WebP),
        };
        let from = at.index(damaged.len());
        let until = (from + bytes.len()).min(damaged.len());
        damaged.splice(from..until, bytes);
        if cuts {
            damaged.truncate(cut.index(damaged.len()));
        }
        if let Ok(image) = prepare(&damaged) {
            prop_assert!(image::load_from_memory(&image.bytes).is_ok());
        }
    }
}
