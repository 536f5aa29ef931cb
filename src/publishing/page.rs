//! An issue's web version: made from the same tree as the mail, and the same for everyone. Nothing in it is a reader's
//! own: what a mail fills with a name or a link has a neutral value here. Knows no page around it.

use super::compose::author;
use crate::content::fields::{Field, Piece, Template};
use crate::content::pictures::Pictures;
use crate::content::problem::Problem;
use crate::content::{IssueFile, RenderContext, Target, escape, render_so_far};
use crate::domain::issue::Visibility;
use crate::domain::newsletter::Newsletter;
use crate::store::pages::NewPage;

/// More than a search is worth; the longest essays are a tenth of this.
const SEARCH_CHARS_MAX: usize = 400_000;

/// Makes the web version, as far as it goes, and says what is wrong with it.
pub(super) fn page(
    issue: &IssueFile,
    newsletter: &Newsletter,
    public_url: &str,
    slug: &str,
    pictures: &dyn Pictures,
) -> (NewPage, Vec<Problem>) {
    let neutral = Neutral { home: newsletter.home_url(public_url), web: newsletter.issue_url(public_url, slug) };
    let rendered = render_so_far(issue, &RenderContext { newsletter, web_url: &neutral.web, pictures }, Target::Web);
    let front = &issue.front;
    let text = neutral.fill(&rendered.text, str::to_owned);
    let own = [front.title.as_str(), &rendered.preheader, author(issue, newsletter), &text];
    let page = NewPage {
        visibility: front.web.unwrap_or(Visibility::Public),
        html: neutral.fill(&rendered.html, escape),
        summary: rendered.preheader.clone(),
        author: author(issue, newsletter).to_owned(),
        image: rendered.cover.clone().unwrap_or_default(),
        correction: front.correction.clone().unwrap_or_default(),
        words: i64::try_from(rendered.count).unwrap_or(i64::MAX),
        search: folded(&own.join(" ")),
    };
    (page, rendered.problems)
}

/// What stands for a reader's own values.
struct Neutral {
    home: String,
    web: String,
}

impl Neutral {
    fn fill(&self, template: &str, escape: impl Fn(&str) -> String) -> String {
        let mut filled = String::with_capacity(template.len());
        for piece in Template::new(template).pieces() {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Field(field) => filled.push_str(&escape(self.value(&field))),
            }
        }
        filled
    }

    fn value<'a>(&'a self, field: &'a Field) -> &'a str {
        match field {
            Field::Name { fallback } => fallback.as_deref().unwrap_or_default(),
            Field::WebUrl => &self.web,
            // A visitor came by no mail, and has nothing to leave or to change.
            Field::UnsubscribeUrl
            | Field::PreferencesUrl
            | Field::ConfirmUrl
            | Field::RefuseUrl
            | Field::AddressUrl
            | Field::StopUrl
            | Field::DataUrl => &self.home,
            Field::Shown(field) => self.value(field),
            Field::Address | Field::SubscribedOn => "",
        }
    }
}

/// As a search compares: in lower case, words parted by single spaces.
pub fn folded(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let lower = words.collect::<Vec<_>>().join(" ").to_lowercase();
    lower.chars().take(SEARCH_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_knows_no_case_and_no_line() {
        assert_eq!(folded("  Über\nden\t WOLKEN\0!"), "über den wolken !");
    }

    #[test]
    fn nothing_personal_is_left() {
        let neutral =
            Neutral { home: "https://x.example/week/".to_owned(), web: "https://x.example/week/a".to_owned() };
        let name = Field::Name { fallback: Some("<you>".to_owned()) };
        let template = format!("Dear {name}{}, <a href=\"{}\">leave</a>", Field::Address, Field::UnsubscribeUrl);
        assert_eq!(neutral.fill(&template, escape), "Dear &lt;you&gt;, <a href=\"https://x.example/week/\">leave</a>");
    }
}
