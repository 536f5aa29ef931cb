//! The desk: what people with a login see and do. Each file has the handlers of one page; the table of routes is here, each
//! with what it needs, and there is no other way to a handler.

mod enter;
mod home;
mod leave;
mod people;
mod start;
mod top;
mod welcome;
mod you;

use std::sync::Arc;

use super::gate::{DeskRoutes, Need};
use super::site::Site;
use crate::domain::account::Right;

/// Every route of the desk.
pub(super) fn routes(site: Arc<Site>) -> DeskRoutes {
    let people = Need::Newsletter(Right::People);
    DeskRoutes::new(site)
        .page("/admin", Need::Nothing, start::show)
        .page("/admin/enter", Need::Nothing, enter::show)
        .act("/admin/enter", Need::Nothing, enter::act)
        .page("/admin/welcome/{token}", Need::Nothing, welcome::show)
        .act("/admin/welcome/{token}", Need::Nothing, welcome::act)
        .act("/admin/leave", Need::Account, leave::act)
        .page("/admin/you", Need::Account, you::show)
        .act("/admin/you/password", Need::StrongAccount, you::change_password)
        .act("/admin/you/sessions/{id}/end", Need::Account, you::end_session)
        .act("/admin/you/sessions/end-others", Need::Account, you::end_others)
        .page("/admin/n/{newsletter}", Need::Newsletter(Right::See), home::show)
        .page("/admin/n/{newsletter}/people", people, people::show)
        .act("/admin/n/{newsletter}/people", people, people::invite)
        .act("/admin/n/{newsletter}/people/{id}/role", people, people::change_role)
        .act("/admin/n/{newsletter}/people/{id}/link", people, people::make_link)
}
