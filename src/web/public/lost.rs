//! A link that opens nothing: what may be wrong with it, and the ways that lead further. The same for every such link.

use super::super::frame::description;
use super::super::site::Site;
use super::reader::link_url;
use crate::signup::Door;
use crate::templates::pages::{LostNewsletter, LostPage};

/// The page, with the form of the only newsletter, or with the ways to all of them.
pub(in crate::web) fn lost_page(site: &Site) -> LostPage {
    let newsletter = |door: &Door| LostNewsletter {
        name: door.newsletter.name.clone(),
        description: description(&door.newsletter),
        link_url: link_url(site, door),
        subscribe_url: site.path(&format!("{}/subscribe", door.newsletter.slug)),
    };
    let only = site.only_door().map(newsletter);
    let all = || site.doors.iter().map(|door| newsletter(door)).collect();
    LostPage { newsletters: if only.is_some() { Vec::new() } else { all() }, only }
}
