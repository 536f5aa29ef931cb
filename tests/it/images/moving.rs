//! What moves keeps its frames, its pace and its colours.

use coranto::domain::image::ImageFormat;
use coranto::images::{ImageError, prepare};

use super::{contains, gif};

#[test]
fn a_moving_picture_keeps_moving() {
    let given = gif(60, 40, 5);
    assert!(contains(&given, b"taken at home"));
    let image = prepare(&given).unwrap();
    assert_eq!((image.format, image.width, image.height), (ImageFormat::Gif, 60, 40));
    assert!(!contains(&image.bytes, b"taken at home"));
    let mut decoder = gif::Decoder::new(&image.bytes[..]).unwrap();
    assert!(matches!(decoder.repeat(), gif::Repeat::Infinite));
    let mut seen = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        seen.push((frame.delay, frame.buffer[0]));
    }
    assert_eq!(seen, [(7, 0), (7, 1), (7, 2), (7, 3), (7, 0)]);
}

#[test]
fn too_much_motion_is_refused() {
    for given in [gif(8, 8, 301), gif(1121, 2, 2), gif(1000, 1000, 201)] {
        assert!(matches!(prepare(&given), Err(ImageError::TooMuchMotion(_))));
    }
    assert!(prepare(&gif(8, 8, 300)).is_ok());
}
