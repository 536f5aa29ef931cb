//! What surrounds a page: masthead, foot, style sheet, and what search engines and previews are told. Knows no page, and
//! of a newsletter its settings alone.

use url::Url;

use super::site::Site;
use crate::domain::newsletter::Newsletter;
use crate::domain::newsletter::url_base;
use crate::signup::{NewsletterLogo, SignupList};
use crate::templates::pages::{Foot, Frame, Relation, Sharing};
use crate::words::Words;

/// What a page stands on: all that its surroundings are made of.
#[derive(Clone, Debug)]
pub(super) struct PageContext<'a> {
    /// Where readers reach this server.
    pub(super) public_url: &'a Url,
    /// Whose page it is; none for what belongs to no newsletter.
    pub(super) newsletter: Option<&'a Newsletter>,
    pub(super) logo: Option<&'a NewsletterLogo>,
    /// Where the style sheet is.
    pub(super) style_url: String,
    /// Whether there are other newsletters here.
    pub(super) several: bool,
}

impl Site {
    /// What the pages of a newsletter stand on, or those of none.
    pub(super) fn ground<'a>(&'a self, list: Option<&'a SignupList>) -> PageContext<'a> {
        PageContext {
            public_url: &self.public_url,
            newsletter: list.map(|list| &list.newsletter),
            logo: list.and_then(|list| list.logo.as_ref()),
            style_url: self.path(&self.sheets.path(list.map(|list| list.id))),
            several: self.lists.len() > 1,
        }
    }

    /// What surrounds a page of a newsletter, or of none.
    pub(super) fn frame(&self, words: Words, list: Option<&SignupList>, private: bool) -> Frame {
        self.ground(list).frame(words, private)
    }

    /// Gives a page its one true address, where others may share it.
    pub(super) fn share(&self, frame: &mut Frame, list: Option<&SignupList>, path: &str) {
        self.ground(list).share(frame, path);
    }

    /// A path on this site, as a browser is to ask for it.
    pub(super) fn path(&self, path: &str) -> String {
        path_below(&self.public_url, path)
    }

    /// A whole address on this site.
    pub(super) fn url(&self, path: &str) -> String {
        url_below(&self.public_url, path)
    }
}

impl PageContext<'_> {
    /// What surrounds a page. A private page is a reader's own, or a mistake: search engines are to leave it alone, and
    /// it invites nobody to subscribe.
    pub(super) fn frame(&self, words: Words, private: bool) -> Frame {
        let newsletter = self.newsletter;
        let host = || self.public_url.host_str().unwrap_or_default().to_owned();
        let home = newsletter.filter(|_| self.several).map(|newsletter| format!("{}/", newsletter.slug));
        let form = newsletter.filter(|_| !private).map(|newsletter| format!("{}/subscribe", newsletter.slug));
        Frame {
            words,
            language: words.tag(),
            direction: words.direction(),
            site: newsletter.map_or_else(host, |newsletter| newsletter.name.clone()),
            bare: false,
            logo_url: self.logo.map(|logo| self.path(&format!("i/{}", logo.file_name()))),
            home_url: self.path(&home.unwrap_or_default()),
            root_url: self.path(""),
            subscribe_url: form.map(|path| self.path(&path)),
            style_url: self.style_url.clone(),
            foot: newsletter.map(|newsletter| self.foot(words, newsletter)),
            private: private || newsletter.is_some_and(|newsletter| !newsletter.indexed),
            sharing: None,
            relations: newsletter.filter(|_| !private).map(|newsletter| self.feeds(newsletter)).unwrap_or_default(),
        }
    }

    /// The newsletter's other pages, and whom readers ask: at the same place on each page (WCAG 2.2, 3.2.6).
    fn foot(&self, words: Words, newsletter: &Newsletter) -> Foot {
        let below = |path: &str| self.path(&format!("{}/{path}", newsletter.slug));
        Foot {
            issues_url: below(""),
            feed_url: below("feed.xml"),
            privacy_url: below("privacy"),
            contact: contact(newsletter),
            postal_address: one_line(words, &newsletter.postal_address),
        }
    }

    /// The newsletter's feeds, for programs that look for them.
    fn feeds(&self, newsletter: &Newsletter) -> Vec<Relation> {
        let kinds = [("application/atom+xml", "feed.xml"), ("application/feed+json", "feed.json")];
        let relation = |(media_type, file)| Relation {
            relation: "alternate",
            media_type,
            title: newsletter.name.clone(),
            url: self.path(&format!("{}/{file}", newsletter.slug)),
        };
        kinds.map(relation).into()
    }

    /// Gives a page its one true address, where others may share it.
    pub(super) fn share(&self, frame: &mut Frame, path: &str) {
        frame.sharing = Some(Sharing {
            url: url_below(self.public_url, path),
            kind: "website",
            newsletter: self.newsletter.is_some(),
            image: None,
        });
    }

    /// A path on this site, as a browser is to ask for it.
    pub(super) fn path(&self, path: &str) -> String {
        path_below(self.public_url, path)
    }
}

fn path_below(public_url: &Url, path: &str) -> String {
    format!("{}/{path}", url_base(public_url.path()))
}

fn url_below(public_url: &Url, path: &str) -> String {
    format!("{}/{path}", url_base(public_url.as_str()))
}

pub(super) fn contact(newsletter: &Newsletter) -> String {
    newsletter.reply_to.as_ref().unwrap_or(&newsletter.from.address).to_string()
}

/// What a newsletter says of itself in a sentence; may be empty.
pub(super) fn description(newsletter: &Newsletter) -> String {
    newsletter.description.clone().unwrap_or_default()
}

/// A postal address may have several lines in the configuration.
pub(super) fn one_line(words: Words, text: &str) -> String {
    words.list(text.lines().map(str::trim).filter(|line| !line.is_empty()))
}
