//! What surrounds a page: masthead, foot, style sheet, and what search engines and previews are told. Knows no page, and
//! of a newsletter its settings alone.

use url::Url;

use super::site::Site;
use crate::domain::newsletter::Newsletter;
use crate::signup::{Door, Emblem};
use crate::templates::pages::{Frame, Link, Relation, Sharing};
use crate::words::Words;

/// What a page stands on: all that its surroundings are made of.
#[derive(Clone, Debug)]
pub(super) struct Ground<'a> {
    /// Where readers reach this server.
    pub(super) public_url: &'a Url,
    /// Whose page it is; none for what belongs to no newsletter.
    pub(super) newsletter: Option<&'a Newsletter>,
    /// That newsletter's logo.
    pub(super) logo: Option<&'a Emblem>,
    /// Where the style sheet is.
    pub(super) style_url: String,
    /// Whether there are other newsletters here.
    pub(super) several: bool,
}

impl Site {
    /// What the pages of a newsletter stand on, or those of none.
    pub(super) fn ground<'a>(&'a self, door: Option<&'a Door>) -> Ground<'a> {
        Ground {
            public_url: &self.public_url,
            newsletter: door.map(|door| &door.newsletter),
            logo: door.and_then(|door| door.logo.as_ref()),
            style_url: self.path(&self.sheets.path(door.map(|door| door.id))),
            several: self.doors.len() > 1,
        }
    }

    /// What surrounds a page of a newsletter, or of none.
    pub(super) fn frame(&self, words: Words, door: Option<&Door>, heading: &str, private: bool) -> Frame {
        self.ground(door).frame(words, heading, private)
    }

    /// Gives a page its one true address, and how it looks where that is shared.
    pub(super) fn share(&self, frame: &mut Frame, door: Option<&Door>, path: &str, title: &str, description: &str) {
        self.ground(door).share(frame, path, title, description);
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

impl Ground<'_> {
    /// What surrounds a page. A private page is a reader's own, or a mistake: search engines are to leave it alone, and
    /// it invites nobody to subscribe.
    pub(super) fn frame(&self, words: Words, heading: &str, private: bool) -> Frame {
        let newsletter = self.newsletter;
        let masthead = match newsletter {
            Some(newsletter) => newsletter.name.clone(),
            None => self.public_url.host_str().unwrap_or_default().to_owned(),
        };
        // The heading need not be said twice.
        let (title, masthead) = match heading == masthead {
            true => (masthead, String::new()),
            false => (format!("{heading} – {masthead}"), masthead),
        };
        let home = newsletter.filter(|_| self.several).map(|newsletter| format!("{}/", newsletter.slug));
        let subscribe = newsletter.filter(|_| !private).map(|newsletter| Link {
            url: self.path(&format!("{}/subscribe", newsletter.slug)),
            label: words.subscribe(),
        });
        Frame {
            language: words.tag().to_owned(),
            direction: words.direction(),
            title,
            description: String::new(),
            masthead,
            logo_url: self.logo.map(|logo| self.path(&format!("i/{}", logo.file_name()))),
            home_url: self.path(&home.unwrap_or_default()),
            skip: words.skip(),
            subscribe,
            style_url: self.style_url.clone(),
            links: newsletter.map(|newsletter| self.foot(words, newsletter)).unwrap_or_default(),
            contact: newsletter.map(|newsletter| contact(words, newsletter)),
            colophon: newsletter.map(|newsletter| one_line(&newsletter.postal_address)).unwrap_or_default(),
            private: private || newsletter.is_some_and(|newsletter| !newsletter.indexed),
            sharing: None,
            relations: newsletter.filter(|_| !private).map(|newsletter| self.feeds(newsletter)).unwrap_or_default(),
        }
    }

    /// The newsletter's other pages.
    fn foot(&self, words: Words, newsletter: &Newsletter) -> Vec<Link> {
        let below = |path: &str| self.path(&format!("{}/{path}", newsletter.slug));
        vec![
            Link { url: below(""), label: words.all_issues() },
            Link { url: below("feed.xml"), label: words.feed() },
            Link { url: below("privacy"), label: words.privacy() },
        ]
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

    /// Gives a page its one true address, and how it looks where that is shared.
    pub(super) fn share(&self, frame: &mut Frame, path: &str, title: &str, description: &str) {
        description.clone_into(&mut frame.description);
        frame.sharing = Some(Sharing {
            url: url_below(self.public_url, path),
            kind: "website",
            title: title.to_owned(),
            site: self.newsletter.map_or(title, |newsletter| &newsletter.name).to_owned(),
            image: None,
        });
    }

    /// A path on this site, as a browser is to ask for it.
    pub(super) fn path(&self, path: &str) -> String {
        path_below(self.public_url, path)
    }
}

fn path_below(public_url: &Url, path: &str) -> String {
    format!("{}/{path}", public_url.path().trim_end_matches('/'))
}

fn url_below(public_url: &Url, path: &str) -> String {
    format!("{}/{path}", public_url.as_str().trim_end_matches('/'))
}

/// Whom readers ask. At the same place on each page (WCAG 2.2, 3.2.6).
fn contact(words: Words, newsletter: &Newsletter) -> Link {
    let address = newsletter.reply_to.as_ref().unwrap_or(&newsletter.from.address);
    Link { url: format!("mailto:{address}"), label: words.write_to_us() }
}

/// What a newsletter is, in a sentence: its own, or that it is to be had.
pub(super) fn pitch(words: Words, newsletter: &Newsletter) -> String {
    newsletter.description.clone().unwrap_or_else(|| words.signup_lead(&newsletter.name))
}

/// A postal address may have several lines in the configuration.
pub(super) fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
}
