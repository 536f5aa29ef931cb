//! `/`: the newsletter's form, or a list when there are several.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::super::failure::Failure;
use super::super::site::Site;
use super::signup;
use crate::templates::pages::{HomePage, Link};

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/", get(home))
}

async fn home(State(site): State<Arc<Site>>) -> Result<Response, Failure> {
    if let Some(door) = site.only_door() {
        return signup::form(&site, door, signup::Place::Page, &signup::Typed::default(), None);
    }
    let newsletters = site.doors.iter().map(|door| Link {
        url: site.path(&format!("{}/subscribe", door.newsletter.slug)),
        label: door.newsletter.name.clone(),
    });
    let words = site.words(None);
    let mut frame = site.frame(words, None, &words.home(), false);
    site.share(&mut frame, None, "", &words.home(), &words.home_lead());
    let page = HomePage { frame, heading: words.home(), lead: words.home_lead(), newsletters: newsletters.collect() };
    site.open_page(&page)
}
