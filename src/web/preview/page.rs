//! The web version of an issue that is not out yet: the page that its readers will see, made by what will make it then.
//! Knows no database, so there are no issues before and after it here, and its form's time stamp is empty.

use url::Url;

use super::super::frame::PageContext;
use super::super::public::issue;
use super::super::stylesheets;
use crate::clock::Timestamp;
use crate::domain::IssueId;
use crate::domain::newsletter::Newsletter;
use crate::signup::NewsletterLogo;
use crate::store::pages::{NewPage, Page};
use crate::store::revisions::NewRevision;
use crate::templates::{TemplateError, Templates};

/// Where the page finds its style sheet: beside itself.
const STYLE_URL: &str = "web.css";

/// Where an issue is to be published.
#[derive(Clone, Copy, Debug)]
pub struct Publication<'a> {
    pub newsletter: &'a Newsletter,
    pub logo: Option<&'a NewsletterLogo>,
    /// Whether there are other newsletters on the same site.
    pub several: bool,
    /// Where readers will reach the site.
    pub public_url: &'a Url,
    pub templates: &'a Templates,
}

impl Publication<'_> {
    /// The issue's page, if it is published at `at`.
    pub fn issue(&self, revision: &NewRevision, page: &NewPage, at: Timestamp) -> Result<String, TemplateError> {
        let ground = PageContext {
            public_url: self.public_url,
            newsletter: Some(self.newsletter),
            logo: self.logo,
            style_url: STYLE_URL.to_owned(),
            several: self.several,
        };
        let page = page.clone();
        let page = Page {
            id: IssueId(0),
            slug: revision.slug.clone().unwrap_or_default(),
            title: revision.title.clone(),
            language: revision.language.clone(),
            published_at: at,
            corrected_at: None,
            visibility: page.visibility,
            html: page.html,
            summary: page.summary,
            author: page.author,
            image: page.image,
            correction: page.correction,
            words: page.words,
        };
        let beside = issue::Beside::default();
        let (frame, page) = issue::context(&ground, self.newsletter, page, beside, String::new());
        self.templates.page(&frame, &page)
    }

    /// The style sheet of the newsletter's pages.
    pub fn style(&self) -> Result<String, TemplateError> {
        self.templates.render(&stylesheets::style(&self.newsletter.design))
    }
}
