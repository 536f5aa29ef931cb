//! Images that travel inside a mail (RFC 2387, RFC 2392): the HTML part and they become one, so that programs which show
//! the text part alone leave them alone too. Owns their headers; must not know pixels.

use crate::domain::image::{Image, content_id};

use super::mime::Base64Lines;

/// What follows the HTML part, the same for every reader: encoded once, with its boundaries.
#[derive(Debug)]
pub(super) struct Related {
    pub(super) boundary: String,
    pub(super) parts: Vec<u8>,
}

impl Related {
    /// Encodes `images`. `boundary` is the mail's own, `domain` the sender's; none without images.
    pub(super) fn build(images: &[Image], boundary: &str, domain: &str) -> Option<Self> {
        if images.is_empty() {
            return None;
        }
        // Neither of the two is how the other begins, which some readers of mail would take for its end.
        let boundary = boundary.replacen("=_", "=_r", 1);
        let mut parts = Vec::with_capacity(images.iter().map(|image| image.bytes.len() * 4 / 3 + 512).sum());
        for Image { digest, format, bytes, .. } in images {
            let head = format!(
                "--{boundary}\r\nContent-Type: {}\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <{}>\r\n\
                 Content-Disposition: inline;\r\n filename=\"{digest}.{format}\"\r\n\r\n",
                format.media_type(),
                content_id(digest, domain),
            );
            parts.extend_from_slice(head.as_bytes());
            let mut lines = Base64Lines::new(&mut parts);
            lines.push(bytes);
            lines.finish();
        }
        // An empty epilogue, as programs write it that pass mail on.
        parts.extend_from_slice(format!("--{boundary}--\r\n\r\n").as_bytes());
        Some(Self { boundary, parts })
    }

    /// The header of the part that holds the HTML part and the images.
    pub(super) fn content_type(&self) -> String {
        format!("Content-Type: multipart/related; type=\"text/html\";\r\n boundary=\"{}\"\r\n\r\n", self.boundary)
    }
}
