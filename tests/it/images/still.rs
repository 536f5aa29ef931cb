//! One picture: its kind, its size, its way up, its colours, and nothing beside it.

use coranto::domain::image::ImageFormat as Stored;
use coranto::images::prepare;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageEncoder as _, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::{bands, contains, decoded, file, gif, png};

#[test]
fn each_kind_becomes_one_that_every_mailbox_shows() {
    for (given, stored) in [
        (ImageFormat::Png, Stored::Png),
        (ImageFormat::Jpeg, Stored::Jpeg),
        (ImageFormat::Gif, Stored::Png),
        (ImageFormat::WebP, Stored::Png),
    ] {
        let image = prepare(&file(&bands(300, 200), given)).unwrap();
        assert_eq!((image.format, image.width, image.height), (stored, 300, 200), "{given:?}");
        assert_eq!(decoded(&image.bytes).to_rgb8().dimensions(), (300, 200));
        assert_eq!(image.digest.len(), 40);
    }
    assert_eq!(prepare(&gif(30, 20, 1)).unwrap().format, Stored::Png, "a GIF of one frame moves not");
}

#[test]
fn nothing_is_wider_than_twice_the_column() {
    let image = prepare(&png(2240, 400)).unwrap();
    assert_eq!((image.width, image.height), (1120, 200));
    let image = prepare(&png(1121, 3)).unwrap();
    assert_eq!((image.width, image.height), (1120, 3));
    let image = prepare(&png(1120, 2000)).unwrap();
    assert_eq!((image.width, image.height), (1120, 2000), "what fits stays as large as it is");
}

#[test]
fn the_same_picture_has_the_same_name() {
    let (one, again, other) = (prepare(&png(30, 20)).unwrap(), prepare(&png(30, 20)).unwrap(), prepare(&png(30, 21)));
    assert_eq!(one, again);
    assert_ne!(one.digest, other.unwrap().digest);
}

/// A JPEG whose camera was held the way `orientation` says, and that knows where it was taken.
fn photograph(orientation: u8) -> Vec<u8> {
    let plain = file(&bands(64, 32), ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 50.0875 N 14.4213 E");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat()
}

#[test]
fn a_photograph_is_turned_the_way_it_was_held_and_forgets_where() {
    let upright = prepare(&photograph(1)).unwrap();
    assert_eq!((upright.width, upright.height), (64, 32));
    let turned = prepare(&photograph(6)).unwrap();
    assert_eq!((turned.width, turned.height), (32, 64));
    let [red, green, blue] = decoded(&turned.bytes).to_rgb8().get_pixel(28, 4).0;
    assert!(red > 150 && green < 90 && blue < 90, "what was left is on top, at the right: {red} {green} {blue}");
    for image in [upright, turned] {
        assert!(!contains(&image.bytes, b"GPS") && !contains(&image.bytes, b"Exif"));
    }
}

#[test]
fn what_is_written_in_a_png_is_left_out() {
    let mut bytes = png(20, 20);
    // Before IDAT, a chunk of text; its checksum is not looked at in a chunk that nobody needs.
    let at = bytes.windows(4).position(|window| window == b"IDAT").unwrap() - 4;
    let text = b"Author\0Anna Example";
    let length = u32::try_from(text.len()).unwrap().to_be_bytes();
    let chunk = [&length[..], b"tEXt", text, &[0, 0, 0, 0]].concat();
    bytes.splice(at..at, chunk);
    match prepare(&bytes) {
        Ok(image) => assert!(!contains(&image.bytes, b"Anna")),
        Err(error) => assert_eq!(error.code(), "image-broken", "a wrong checksum may be refused"),
    }
}

#[test]
fn what_is_see_through_stays_so_and_keeps_its_colour_at_the_edges() {
    let pixel = |x: u32, _| if x < 1200 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 255, 0, 0]) };
    let picture = DynamicImage::ImageRgba8(RgbaImage::from_fn(2400, 60, pixel));
    let image = prepare(&file(&picture, ImageFormat::Png)).unwrap();
    assert_eq!(image.format, Stored::Png);
    let pixels = decoded(&image.bytes).to_rgba8();
    assert_eq!(pixels.get_pixel(1119, 10).0[3], 0);
    let green = pixels.pixels().filter(|pixel| pixel.0[3] > 8).map(|pixel| pixel.0[1]).max();
    assert!(green < Some(16), "the invisible green bled into the red: {green:?}");
}

#[test]
fn a_photograph_that_came_as_png_becomes_one() {
    // Softly changing colours with noise: what a camera sees, and what PNG is bad at.
    let noise = |x: u32, y: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)) % 9;
    let channel = |value: u32| u8::try_from(value % 256).unwrap();
    let pixel = |x: u32, y: u32| {
        let noise = noise(x, y);
        Rgb([channel((x / 8).min(240) + noise), channel((y / 6).min(240) + noise), channel(90 + noise)])
    };
    let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(1000, 700, pixel));
    let given = file(&picture, ImageFormat::Png);
    let image = prepare(&given).unwrap();
    assert_eq!(image.format, Stored::Jpeg);
    assert!(image.bytes.len() * 3 < given.len(), "{} of {}", image.bytes.len(), given.len());
}

#[test]
fn colours_of_another_space_are_brought_into_the_common_one() {
    let picture = RgbImage::from_pixel(8, 8, Rgb([180, 60, 60]));
    let encode = |profile: Option<moxcms::ColorProfile>| {
        let mut out = Vec::new();
        let mut encoder = PngEncoder::new(&mut out);
        if let Some(profile) = profile {
            encoder.set_icc_profile(profile.encode().unwrap()).unwrap();
        }
        encoder.write_image(picture.as_raw(), 8, 8, image::ExtendedColorType::Rgb8).unwrap();
        decoded(&prepare(&out).unwrap().bytes).to_rgb8().get_pixel(4, 4).0
    };
    assert_eq!(encode(None), [180, 60, 60]);
    let wide = encode(Some(moxcms::ColorProfile::new_display_p3()));
    assert!(wide[0] > 184 && wide[1] < 58, "a wider space's red is redder in ours: {wide:?}");
}
