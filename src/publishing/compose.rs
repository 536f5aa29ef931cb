//! An issue and its newsletter to the parts of a mail: where what content renders meets the layouts. Knows no database,
//! no slot and no reader.

use std::borrow::Cow;

use jiff::civil::Date;

use super::preflight::{self, Composed};
use crate::content::fields::{Field, without_marks};
use crate::content::pictures::{NoPictures, Picture, Pictures};
use crate::content::problem::{Position, Problem};
use crate::content::{
    Issue, Letter, Parts, Rendered, Target, addresses, advice, fields::Template, filled, heading, in_body, in_heading,
    render_so_far,
};
use crate::domain::issue::Visibility;
use crate::domain::newsletter::{Newsletter, is_rtl};
use crate::templates::email::{Envelope, Footer, IssueHtml, IssueText, Logo, Look};
use crate::templates::{TemplateError, Templates};

/// Makes an issue's parts. Refuses it with all that is wrong and all that could be better, so that an editor sees it at
/// once; what could be better alone does not stop it and is left to [`preflight`].
pub fn compose(
    issue: &Issue,
    newsletter: &Newsletter,
    public_url: &str,
    slug: &str,
    date: Date,
    templates: &Templates,
) -> Result<Parts, Vec<Problem>> {
    let composed = composed(issue, newsletter, public_url, slug, date, templates, &Art::NONE);
    let is_ok = !composed.problems.iter().any(Problem::is_error);
    composed.parts.filter(|_| is_ok).ok_or(composed.problems)
}

/// Everything that can be said of an issue before it goes out: the errors that [`compose`] refuses it for, or the hints
/// that it passes with. In the order of the file.
pub fn preflight(
    issue: &Issue,
    newsletter: &Newsletter,
    public_url: &str,
    slug: &str,
    date: Date,
    templates: &Templates,
) -> Vec<Problem> {
    composed(issue, newsletter, public_url, slug, date, templates, &Art::NONE).problems
}

/// The pictures of an issue.
#[derive(Clone, Debug)]
pub(super) struct Art<'a> {
    /// Its own.
    pub(super) pictures: &'a dyn Pictures,
    /// Its newsletter's logo.
    pub(super) logo: Option<Picture>,
}

impl Art<'_> {
    const NONE: Self = Self { pictures: &NoPictures, logo: None };
}

/// An issue in its layouts, as far as it goes.
pub(super) struct Composition {
    /// None where a layout does not work.
    pub(super) parts: Option<Parts>,
    /// Everything that is to be said of it. With an error among it the parts are only to be looked at.
    pub(super) problems: Vec<Problem>,
}

/// Puts an issue into its layouts, whatever is wrong with it.
pub(super) fn composed(
    issue: &Issue,
    newsletter: &Newsletter,
    public_url: &str,
    slug: &str,
    date: Date,
    templates: &Templates,
    art: &Art<'_>,
) -> Composition {
    let urls = Urls::of(issue, newsletter, public_url, slug);
    let letter = Letter { newsletter, web_url: &urls.web, pictures: art.pictures };
    let mut rendered = render_so_far(issue, &letter, Target::Mail);
    let mut problems = std::mem::take(&mut rendered.problems);
    let is_whole = !problems.iter().any(Problem::is_error);
    let said = Said::of(&rendered, newsletter);
    let written = rendered.words.date(date);
    let page = Page { issue, newsletter, rendered: &rendered, urls: &urls, date: written, said, art };
    let laid_out = page.laid_out(&templates.of(&newsletter.slug));
    match &laid_out {
        Ok((html, text)) if is_whole => problems.extend(preflight::of_parts(&Composed {
            issue,
            newsletter,
            rendered: &rendered,
            date,
            html,
            text,
            public_url,
        })),
        Err(error) if is_whole => {
            let hint = "fix the file under templates/, or take it away to get the one that is built in";
            problems.push(Problem::error(Position::START, "template", error.to_string()).hint(hint));
        }
        // What the day makes wrong is told with the rest, and not only once the rest is in order.
        _ => problems.extend(preflight::of_day(issue, newsletter, date)),
    }
    problems.sort_by_key(|problem| (problem.line, problem.column));
    let parts = laid_out.ok().map(|(html, text)| Parts {
        subject: issue.front.subject().to_owned(),
        preheader: rendered.preheader,
        title: issue.front.title.clone(),
        html: Template::new(html),
        text: Template::new(text),
        language: rendered.language,
        words: rendered.count,
    });
    Composition { parts, problems: advice::fold(problems) }
}

/// The public addresses that a mail names.
struct Urls {
    home: String,
    /// Empty for an issue without a web version.
    web: String,
    subscribe: String,
}

impl Urls {
    fn of(issue: &Issue, newsletter: &Newsletter, public_url: &str, slug: &str) -> Self {
        let home = newsletter.home_url(public_url);
        let on_web = issue.front.web != Some(Visibility::None);
        let web = if on_web { newsletter.issue_url(public_url, slug) } else { String::new() };
        Self { web, subscribe: format!("{home}subscribe"), home }
    }
}

struct Page<'a> {
    issue: &'a Issue,
    newsletter: &'a Newsletter,
    rendered: &'a Rendered,
    urls: &'a Urls,
    date: String,
    art: &'a Art<'a>,
    said: Said,
}

/// The mail's own words.
struct Said {
    read_on_web: String,
    reason: String,
    unsubscribe: String,
    preferences: String,
    forwarded: String,
    forwarded_link: String,
    reading_time: String,
    /// Empty where the newsletter wants none.
    closing: String,
    all_issues: String,
}

impl Said {
    fn of(rendered: &Rendered, newsletter: &Newsletter) -> Self {
        let words = rendered.words;
        let (address, since) = (Field::Address.to_string(), Field::SubscribedOn.to_string());
        Self {
            read_on_web: words.read_on_web(),
            reason: words.reason(&without_marks(&newsletter.name), &address, &since),
            unsubscribe: words.way_out(),
            preferences: words.change_preferences(),
            forwarded: words.forwarded(),
            forwarded_link: words.forwarded_link(),
            reading_time: words.time_to_read(&rendered.language, rendered.count),
            closing: if newsletter.design.closing { words.closing() } else { String::new() },
            all_issues: words.all_issues(),
        }
    }
}

impl Page<'_> {
    fn laid_out(&self, templates: &Templates) -> Result<(String, String), TemplateError> {
        let (html, mut text) = (self.html(templates)?, self.text(templates)?);
        if addresses::are_odd(&html, &text) {
            text.push_str(&format!("{}\n", self.urls.home));
        }
        Ok((html, text))
    }

    fn html(&self, templates: &Templates) -> Result<String, TemplateError> {
        let marks = Marks::new();
        let words = self.rendered.words;
        let name = without_marks(&self.newsletter.name);
        templates.render(&IssueHtml {
            envelope: Envelope {
                language: &self.rendered.language,
                dir: direction(&self.rendered.language),
                words_language: words.tag(),
                words_dir: words.direction(),
                subject: self.issue.front.subject(),
                preheader: &self.rendered.preheader,
                newsletter: &name,
                brand: &in_heading(&name),
                home_url: &self.urls.home,
                postal_address: &one_line(&self.newsletter.postal_address),
                look: self.look(),
            },
            standfirst: &in_body(&self.standfirst()),
            author: &self.author(),
            date: &self.date,
            reading_time: &self.said.reading_time,
            web_url: &self.urls.web,
            read_on_web: &self.said.read_on_web,
            title: &in_heading(&self.issue.front.title),
            body: &self.rendered.html,
            closing: &self.said.closing,
            all_issues: &self.said.all_issues,
            reason: &self.said.reason,
            footer: self.footer(&marks),
        })
    }

    fn text(&self, templates: &Templates) -> Result<String, TemplateError> {
        let marks = Marks::new();
        templates.render(&IssueText {
            newsletter: &without_marks(&self.newsletter.name),
            header: self.newsletter.design.header.as_deref().unwrap_or_default(),
            home_url: &self.urls.home,
            heading: &heading(&self.issue.front.title, '='),
            standfirst: &filled(&self.standfirst()),
            byline: &self.byline(),
            read_on_web: &self.said.read_on_web,
            web_url: &self.urls.web,
            body: &self.rendered.text,
            links_heading: &heading(&self.rendered.words.links(), '-'),
            links: &self.rendered.links,
            closing: &filled(&self.said.closing),
            all_issues: &self.said.all_issues,
            reason: &filled(&self.said.reason),
            footer: self.footer(&marks),
            footer_line: &self.newsletter.design.footer.as_deref().map(filled).unwrap_or_default(),
            publisher: &publisher(self.newsletter),
        })
    }

    /// What the editor says of the issue; its beginning, which may stand for that in a mailbox, is not said twice.
    fn standfirst(&self) -> Cow<'_, str> {
        without_marks(self.issue.front.summary.as_deref().unwrap_or_default())
    }

    fn author(&self) -> Cow<'_, str> {
        without_marks(author(self.issue, self.newsletter))
    }

    fn byline(&self) -> String {
        let author = self.author();
        let parts = [author.as_ref(), &self.date, &self.said.reading_time];
        filled(&parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "))
    }

    fn look(&self) -> Look<'_> {
        let logo = self.art.logo.as_ref();
        let logo = logo.map(|logo| Logo { src: &logo.address, width: logo.width, height: logo.height });
        Look::of(&self.newsletter.design, logo)
    }

    fn footer<'b>(&'b self, marks: &'b Marks) -> Footer<'b> {
        Footer {
            unsubscribe: &self.said.unsubscribe,
            unsubscribe_url: &marks.unsubscribe,
            preferences: &self.said.preferences,
            preferences_url: &marks.preferences,
            forwarded: &self.said.forwarded,
            forwarded_link: &self.said.forwarded_link,
            subscribe_url: &self.urls.subscribe,
        }
    }
}

/// The marks of a reader's own links.
struct Marks {
    unsubscribe: String,
    preferences: String,
}

impl Marks {
    fn new() -> Self {
        Self { unsubscribe: Field::UnsubscribeUrl.to_string(), preferences: Field::PreferencesUrl.to_string() }
    }
}

/// Who wrote an issue; empty where nobody is named.
pub(super) fn author<'a>(issue: &'a Issue, newsletter: &'a Newsletter) -> &'a str {
    issue.front.author.as_deref().or(newsletter.author.as_deref()).unwrap_or_default()
}

fn direction(language: &str) -> &'static str {
    if is_rtl(language) { "rtl" } else { "ltr" }
}

/// A postal address as it stands in a footer.
fn one_line(address: &str) -> String {
    let address = without_marks(address);
    address.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
}

fn publisher(newsletter: &Newsletter) -> String {
    filled(&format!("{}, {}", without_marks(&newsletter.name), one_line(&newsletter.postal_address)))
}
