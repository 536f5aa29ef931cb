//! A link that opens nothing: what may be wrong with it, and the ways that lead further. The same for every such link.

use super::super::frame::description;
use super::super::site::Site;
use super::reader::link_url;
use crate::signup::SignupList;
use crate::templates::pages::{LostNewsletter, LostPage};

/// The page, with the form of the only newsletter, or with the ways to all of them.
pub(in crate::web) fn lost_page(site: &Site) -> LostPage {
    let newsletter = |list: &SignupList| LostNewsletter {
        name: list.newsletter.name.clone(),
        description: description(&list.newsletter),
        link_url: link_url(site, list),
        subscribe_url: site.path(&format!("{}/subscribe", list.newsletter.slug)),
    };
    let only = site.only_list().map(newsletter);
    let all = || site.lists.iter().map(|list| newsletter(list)).collect();
    LostPage { newsletters: if only.is_some() { Vec::new() } else { all() }, only }
}
