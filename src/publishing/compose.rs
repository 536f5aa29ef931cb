//! An issue and its newsletter to the parts of a mail: where what content renders meets the layouts. Knows no database,
//! no slot and no reader.

use jiff::civil::Date;

use super::preflight::{self, Composed};
use super::publisher::Renderer;
use crate::content::fields::{Template, without_marks};
use crate::content::pictures::{NoPictures, Picture, Pictures};
use crate::content::problem::{Position, Problem};
use crate::content::{
    IssueFile, Parts, RenderContext, RenderedText, Target, advice, in_body, in_heading, render_so_far,
};
use crate::domain::issue::Visibility;
use crate::domain::newsletter::Newsletter;
use crate::templates::email::{EmailFrame, IssueEmail, Logo};
use crate::words::minutes_to_read;

impl Renderer<'_> {
    /// An issue without its pictures: its parts, where the layout works, and everything that is to be said of it, in the
    /// order of the file. With an error among it the parts are only to be looked at.
    pub fn compose(&self, issue: &IssueFile, slug: &str, date: Date) -> (Option<Parts>, Vec<Problem>) {
        composed(self, issue, slug, date, &IssueImages::NONE)
    }
}

/// The pictures of an issue.
#[derive(Clone, Debug)]
pub(super) struct IssueImages<'a> {
    pub(super) pictures: &'a dyn Pictures,
    pub(super) logo: Option<Picture>,
}

impl IssueImages<'_> {
    const NONE: Self = Self { pictures: &NoPictures, logo: None };
}

/// Puts an issue into its layouts, whatever is wrong with it; there are no parts where a layout does not work.
pub(super) fn composed(
    renderer: &Renderer<'_>,
    issue: &IssueFile,
    slug: &str,
    date: Date,
    art: &IssueImages<'_>,
) -> (Option<Parts>, Vec<Problem>) {
    let Renderer { newsletter, public_url, templates, .. } = *renderer;
    let web_url = web_url(issue, newsletter, public_url, slug);
    let letter = RenderContext { newsletter, web_url: &web_url, pictures: art.pictures };
    let mut rendered = render_so_far(issue, &letter, Target::Mail);
    let mut problems = std::mem::take(&mut rendered.problems);
    let is_whole = !problems.iter().any(Problem::is_error);
    let around = envelope(issue, newsletter, public_url, &rendered, art);
    let email = email(around, issue, newsletter, &web_url, date, &rendered);
    let laid_out = templates.of(&newsletter.slug).email(&email);
    match &laid_out {
        Ok(parts) if is_whole => problems.extend(preflight::of_parts(&Composed {
            issue,
            newsletter,
            rendered: &rendered,
            date,
            html: &parts.html,
            text: &parts.text,
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
    let parts = laid_out.ok().map(|parts| Parts {
        subject: issue.front.subject().to_owned(),
        preheader: rendered.preheader,
        title: issue.front.title.clone(),
        html: Template::new(parts.html),
        text: Template::new(parts.text),
        language: rendered.language,
        words: rendered.count,
    });
    (parts, advice::fold(problems))
}

/// Where an issue is on the web; empty for one without a web version.
fn web_url(issue: &IssueFile, newsletter: &Newsletter, public_url: &str, slug: &str) -> String {
    let is_on_web = issue.front.web != Some(Visibility::None);
    if is_on_web { newsletter.issue_url(public_url, slug) } else { String::new() }
}

fn envelope<'a>(
    issue: &'a IssueFile,
    newsletter: &'a Newsletter,
    public_url: &str,
    rendered: &'a RenderedText,
    art: &'a IssueImages<'_>,
) -> EmailFrame<'a> {
    let logo = art.logo.as_ref();
    let logo = logo.map(|logo| Logo { src: &logo.address, width: logo.width, height: logo.height });
    let around = EmailFrame::of(newsletter, rendered.words, public_url, issue.front.subject(), logo);
    EmailFrame { preheader: &rendered.preheader, ..around.written_in(&rendered.language).to_a_reader() }
}

fn email<'a>(
    envelope: EmailFrame<'a>,
    issue: &'a IssueFile,
    newsletter: &'a Newsletter,
    web_url: &'a str,
    date: Date,
    rendered: &'a RenderedText,
) -> IssueEmail<'a> {
    // What the editor says of the issue; its beginning, which may stand for that in a mailbox, is not said twice.
    let standfirst = without_marks(issue.front.summary.as_deref().unwrap_or_default());
    IssueEmail {
        envelope,
        title: &issue.front.title,
        title_html: in_heading(&issue.front.title),
        standfirst_html: in_body(&standfirst),
        standfirst: standfirst.into_owned(),
        author: without_marks(author(issue, newsletter)).into_owned(),
        date: rendered.words.date(date),
        minutes: minutes_to_read(&rendered.language, rendered.count),
        web_url,
        body: &rendered.html,
        text: &rendered.text,
        links: &rendered.links,
        closing: newsletter.design.closing,
    }
}

/// Who wrote an issue; empty where nobody is named.
pub(super) fn author<'a>(issue: &'a IssueFile, newsletter: &'a Newsletter) -> &'a str {
    issue.front.author.as_deref().or(newsletter.author.as_deref()).unwrap_or_default()
}
