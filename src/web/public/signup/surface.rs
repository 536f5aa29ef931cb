//! Where the form is shown: on a page of its own, or in a frame. Knows no request.

use axum::response::Response;

use super::super::super::policy::ContentPolicy;
use super::super::super::site::Site;
use crate::signup::SignupList;
use crate::words::Language;

/// Where the form is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Surface {
    /// On a page of its own.
    Page,
    /// In a frame on another site.
    Frame,
}

impl Surface {
    /// The last part of its path.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Page => "subscribe",
            Self::Frame => "embed",
        }
    }

    /// Of the form, and of what is below it.
    pub(super) fn path(self, site: &Site, list: &SignupList) -> String {
        site.path(&format!("{}/{}", list.newsletter.slug, self.name()))
    }

    pub(super) fn form(self, site: &Site, list: &SignupList, language: Option<Language>) -> String {
        let query = language.map(|language| format!("?lang={}", language.tag())).unwrap_or_default();
        self.path(site, list) + &query
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
            ContentPolicy::of(&mut response).frames(&site.embedding.origins);
        }
        response
    }
}
