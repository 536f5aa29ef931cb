//! What stands above every page of the desk, and around it. Knows no page.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::super::site::Site;
use crate::accounts::SignedIn;
use crate::domain::account::Right;
use crate::domain::sign_in::PasswordError;
use crate::signup::SignupList;
use crate::templates::desk::{DeskLink, DeskTop};
use crate::templates::pages::Frame;
use crate::words::Words;

/// Which page has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Here {
    Home,
    People,
    You,
    Elsewhere,
}

/// The words of the desk: English, until a language has all of them.
pub(super) fn words() -> Words {
    Words::of_page("en")
}

/// What surrounds a page of the desk. Its masthead leads to the desk, not to the readers' pages.
pub(super) fn frame(site: &Site, list: Option<&SignupList>) -> Frame {
    let mut frame = site.frame(words(), list, true);
    frame.home_url = site.path("admin");
    frame.foot = None;
    frame
}

/// The newsletters that somebody has a part in, in the order of the configuration.
pub(super) fn own_newsletters<'a>(site: &'a Site, who: &'a SignedIn) -> impl Iterator<Item = &'a Arc<SignupList>> {
    site.lists.iter().filter(|list| who.standing(Some(list.id)).may(Right::See))
}

/// What they are called; by their address where they have no name.
pub(super) fn called(who: &SignedIn) -> String {
    match who.account.name.as_str() {
        "" => who.account.email.to_string(),
        name => name.to_owned(),
    }
}

/// The top of a page about a newsletter, or about none.
pub(super) fn top(site: &Site, who: &SignedIn, list: Option<&SignupList>, here: Here) -> DeskTop {
    let link = |list: &Arc<SignupList>, current: bool| DeskLink {
        name: list.newsletter.name.clone(),
        url: site.path(&format!("admin/n/{}", list.newsletter.slug)),
        here: current,
    };
    let is_current = |other: &SignupList| here == Here::Home && list.is_some_and(|list| list.id == other.id);
    let people = list.filter(|list| who.standing(Some(list.id)).may(Right::People));
    DeskTop {
        newsletters: own_newsletters(site, who).map(|list| link(list, is_current(list))).collect(),
        people: people.map(|list| DeskLink {
            name: String::new(),
            url: site.path(&format!("admin/n/{}/people", list.newsletter.slug)),
            here: here == Here::People,
        }),
        own: DeskLink { name: called(who), url: site.path("admin/you"), here: here == Here::You },
        leave_url: site.path("admin/leave"),
    }
}

/// To another page, after an act.
pub(super) fn to(site: &Site, path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, site.path(path))]).into_response()
}

/// What is wrong with a password, as the templates call it.
pub(super) fn fault(error: PasswordError) -> &'static str {
    match error {
        PasswordError::TooShort => "short",
        PasswordError::TooLong => "long",
        PasswordError::Obvious => "obvious",
    }
}
