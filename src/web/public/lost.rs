//! A link that opens nothing: what may be wrong with it, and the ways that lead further. The same for every such link.

use super::super::frame::pitch;
use super::super::site::Site;
use super::super::trouble::Trouble;
use super::reader;
use crate::templates::pages::{Field, Link, ReaderPage, Section};

/// The page, with the form of the only newsletter, or with the ways to all of them.
pub(in crate::web) fn lost_page(site: &Site) -> ReaderPage {
    let door = site.only_door();
    let words = site.words(door);
    let mut page = reader::page(site, words, door, Trouble::NoSuchLink.heading(words), None);
    page.paragraphs = vec![Trouble::NoSuchLink.sentence(words)];
    let path = |slug: &str, page: &str| site.path(&format!("{slug}/{page}"));
    for door in &site.doors {
        let newsletter = &door.newsletter;
        let link = Link { url: path(&newsletter.slug, "link"), label: words.link_button() };
        let section = Section { links: vec![link], ..Section::default() };
        page.sections.push(match site.doors.len() {
            1 => Section { id: "link", heading: words.link_heading(), ..section },
            _ => Section { text: newsletter.name.clone(), ..section },
        });
    }
    if let Some(door) = door {
        let newsletter = &door.newsletter;
        let field = Field {
            kind: "email",
            name: "email",
            label: words.email_label(),
            hint: words.email_hint(),
            ..Field::default()
        };
        page.sections.push(Section {
            id: "subscribe",
            heading: newsletter.name.clone(),
            text: pitch(words, newsletter),
            action: path(&newsletter.slug, "subscribe"),
            forms: vec![reader::form(field, reader::button("subscribe", words.subscribe()))],
            ..Section::default()
        });
    }
    page.link = Some(Link { url: site.path(""), label: words.to_home() });
    page
}
