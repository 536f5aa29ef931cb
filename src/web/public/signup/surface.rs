//! Where the form is shown: on a page of its own, or in a frame. Knows no request.

use axum::response::Response;

use super::super::super::policy::Policy;
use super::super::super::site::Site;
use crate::signup::Door;
use crate::words::Language;

/// Where the form is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Place {
    /// On a page of its own.
    Page,
    /// In a frame on another site.
    Frame,
}

impl Place {
    /// The last part of its path.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Page => "subscribe",
            Self::Frame => "embed",
        }
    }

    /// Of the form, and of what is below it.
    pub(super) fn path(self, site: &Site, door: &Door) -> String {
        site.path(&format!("{}/{}", door.newsletter.slug, self.name()))
    }

    /// The form in a language.
    pub(super) fn form(self, site: &Site, door: &Door, language: Option<Language>) -> String {
        let query = language.map(|language| format!("?lang={}", language.tag())).unwrap_or_default();
        self.path(site, door) + &query
    }

    /// What the record of consents says of a request from here.
    pub(super) fn source(self) -> &'static str {
        match self {
            Self::Page => "form",
            Self::Frame => "frame",
        }
    }

    /// A page as it is sent here: another site's frame may show the frame's pages alone.
    pub(super) fn dressed(self, site: &Site, mut response: Response) -> Response {
        if self == Self::Frame {
            Policy::of(&mut response).frames(&site.embedding.origins);
        }
        response
    }
}
