//! `/admin`: to the only newsletter, or a choice; and how to begin where nobody has an account.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::gate::Visitor;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::top::{Here, frame, own_newsletters, to, top};
use crate::store::accounts;
use crate::templates::desk::DeskStart;

pub(super) async fn show(State(site): State<Arc<Site>>, visitor: Visitor) -> Result<Response, HandlerError> {
    let Some(who) = visitor.who() else {
        if accounts::any(&mut site.signup.db.read().await?).await? {
            return Ok(to(&site, "admin/enter"));
        }
        let page = DeskStart { top: None, choices: Vec::new() };
        return site.page(StatusCode::OK, &frame(&site, None), &page);
    };
    let own: Vec<_> = own_newsletters(&site, who).collect();
    if let [only] = own[..] {
        return Ok(to(&site, &format!("admin/n/{}", only.newsletter.slug)));
    }
    let top = top(&site, who, None, Here::Elsewhere);
    let page = DeskStart { choices: top.newsletters.clone(), top: Some(top) };
    site.page(StatusCode::OK, &frame(&site, None), &page)
}
