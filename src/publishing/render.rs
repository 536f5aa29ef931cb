//! A source to an issue as it looks when it goes out: its mail, its page, and its pictures. Stores nothing.

use std::path::Path;

use jiff::civil::Date;

use super::compose::{IssueImages, composed};
use super::page::page;
use super::pictures::{ImageResolver, weight};
use super::publisher::Renderer;
use super::source::{Source, SourceError, SourceFault};
use crate::content::Problem;
use crate::content::problem::Position;
use crate::domain::delivery::DeliveryKind;
use crate::domain::image::PlacedImage;
use crate::images::ImageError;
use crate::store::pages::NewPage;
use crate::store::revisions::NewRevision;

/// An issue rendered for a date, and what an editor should look at.
#[derive(Debug)]
pub struct RenderedIssue {
    pub revision: NewRevision,
    pub images: Vec<PlacedImage>,
    pub page: NewPage,
    pub words: usize,
    /// Hints: nothing that stops it.
    pub warnings: Vec<Problem>,
}

impl Renderer<'_> {
    /// Renders an issue as it looks when it goes out on `date`.
    pub fn render(&self, source: &Source, date: Date) -> Result<RenderedIssue, SourceError> {
        let (rendered, problems) = self.render_so_far(source, date);
        match rendered.filter(|_| !problems.iter().any(Problem::is_error)) {
            Some(rendered) => Ok(RenderedIssue { warnings: problems, ..rendered }),
            None => Err(SourceFault::Content(problems).of(&source.name)),
        }
    }

    /// The same of an issue that cannot go out, as far as it can be shown; nothing where a layout does not work.
    pub(super) fn render_so_far(&self, source: &Source, date: Date) -> (Option<RenderedIssue>, Vec<Problem>) {
        let Self { newsletter, public_url, .. } = *self;
        let (issue, slug) = (&source.issue, source.slug.as_str());
        let finder = ImageResolver::new(self, &source.pictures);
        let logo = finder.logo();
        let no_logo = logo.as_ref().err().map(|error| self.no_logo(error));
        let art = IssueImages { pictures: &finder, logo: logo.ok().flatten() };
        let (parts, mut problems) = composed(self, issue, slug, date, &art);
        problems.extend(no_logo);
        let (page, of_page) = page(issue, newsletter, public_url, slug, &finder.fetched());
        if !problems.iter().any(Problem::is_error) {
            problems.extend(of_page.into_iter().filter(Problem::is_error));
        }
        let images = finder.into_shown();
        problems.extend(weight(&images));
        let rendered = parts.map(|parts| RenderedIssue {
            revision: NewRevision {
                kind: DeliveryKind::Issue,
                slug: Some(slug.to_owned()),
                title: parts.title,
                subject: parts.subject,
                preheader: parts.preheader,
                language: parts.language,
                html: parts.html.as_str().to_owned(),
                plain: parts.text.as_str().to_owned(),
                source: source.text.clone(),
            },
            images,
            page,
            words: parts.words,
            warnings: Vec::new(),
        });
        (rendered, problems)
    }

    fn no_logo(&self, error: &ImageError) -> Problem {
        let path = self.newsletter.design.logo.as_deref().unwrap_or(Path::new("")).display();
        let message = format!("the newsletter's logo {path} cannot be used: {error}");
        Problem::error(Position::START, "logo", message).hint(error.hint())
    }
}
