//! Images inside a mail: together with the HTML part, found by their names, signed like the rest.

use std::sync::Arc;

use coranto::domain::image::{Image, ImageFormat};
use coranto::domain::subscriber::Format;
use coranto::message::dkim::{Signer, generate_ed25519_pem};
use coranto::message::{Profile, Recipient, Skeleton};
use mail_auth::DkimResult;
use mail_parser::{MessageParser, MimeHeaders as _};

use super::dkim::verify;
use super::sample::{PUBLIC_URL, address, assert_fit_for_the_wire, content, issue, keys, newsletter, reader};
use crate::harness::stranger::{self, Verdict};

fn image(letter: char, format: ImageFormat, bytes: Vec<u8>) -> Image {
    Image { digest: letter.to_string().repeat(40), format, width: 2, height: 2, bytes }
}

fn images() -> [Image; 2] {
    let noise: Vec<u8> = (0..5000_u32).map(|number| u8::try_from(number * 7 % 256).unwrap()).collect();
    [image('a', ImageFormat::Png, noise), image('b', ImageFormat::Jpeg, vec![0xff, 0xd8])]
}

fn mail(format: Format, signers: Vec<Arc<Signer>>) -> Vec<u8> {
    let named = issue().html.as_str().replace("<p>For", "<p><img src=\"cid:aaaa\" alt=\"A\"></p><p>For");
    let text = issue().text.as_str().replace("-- \n", "[Image: A]\n\n-- \n");
    let mut content = content("", "");
    (content.html, content.text) = (named.into(), text.into());
    let profile = Profile { signers, ..Profile::default() };
    let plain = Skeleton::build(&newsletter(), PUBLIC_URL, &content, &profile).unwrap();
    let before = plain.size_estimate();
    let skeleton = plain.with_images(&images());
    let to = address("anna@example.org");
    let mut out = Vec::new();
    skeleton.fill(&keys(), &Recipient { format, ..reader(&to) }, &mut out).unwrap();
    assert!(skeleton.size_estimate() > before + 5000 * 4 / 3, "the estimate counts the images");
    if format == Format::Html {
        assert!(skeleton.size_estimate().abs_diff(out.len()) < 2048, "{} of {}", skeleton.size_estimate(), out.len());
    }
    assert_fit_for_the_wire(&out);
    out
}

#[test]
fn images_stand_beside_the_html_that_names_them() {
    let mail = mail(Format::Html, Vec::new());
    let message = MessageParser::default().parse(&mail).unwrap();
    let kinds: Vec<_> = message
        .parts
        .iter()
        .map(|part| part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap())).unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/jpeg"]
    );
    let related = message.parts[2].content_type().unwrap();
    assert_eq!(related.attribute("type"), Some("text/html"));
    for (part, image) in message.parts[4..].iter().zip(&images()) {
        assert_eq!(part.contents(), image.bytes);
        assert_eq!(
            part.content_id(),
            Some(format!("{}@{}", image.digest, newsletter().from.address.domain()).as_str())
        );
        assert!(part.content_disposition().unwrap().is_inline());
    }
}

#[test]
fn who_wants_text_alone_gets_no_images() {
    let mail = String::from_utf8(mail(Format::Plain, Vec::new())).unwrap();
    assert!(!mail.contains("multipart") && !mail.contains("image/png"), "{mail}");
}

#[test]
fn the_signature_covers_the_images() {
    let pem = generate_ed25519_pem().unwrap();
    let signer = Arc::new(Signer::new("news.example.com", "e2026", &pem).unwrap());
    let mut mail = mail(Format::Html, vec![Arc::clone(&signer)]);
    assert_eq!(verify(&mail, &[&signer]), [DkimResult::Pass]);
    let at = mail.windows(9).position(|window| window == b"image/png").unwrap() + 400;
    mail[at] = if mail[at] == b'A' { b'B' } else { b'A' };
    assert_ne!(verify(&mail, &[&signer]), [DkimResult::Pass]);
}

#[test]
fn it_passes_the_checks_of_a_stranger() {
    let Some(Verdict { said, .. }) = stranger::checks(&mail(Format::Html, Vec::new())) else { return };
    // It knows of no images in a mail, so it takes the part that holds them for one too many.
    let failed: Vec<_> = said.lines().filter(|line| line.starts_with("FAIL ")).collect();
    assert!(said.contains("ok   CRLF only"), "{said}");
    assert!(failed.iter().all(|line| line.contains("plain first") || line.ends_with("1 failed")), "{said}");
}
