//! After leaving: what was done, a way back for a day, and a question that need not be answered. `/g/{token}` is known
//! only to who pressed the button: it stands on the page behind it.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::client_ip::ClientIp;
use super::super::form::Form as Fields;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::super::wording;
use super::reader::{ReaderContext, link_url};
use super::token::{Opened, Token, open, routes};
use crate::clock::DAY;
use crate::domain::ConsentId;
use crate::domain::consent::ConsentKind;
use crate::domain::retention::Expiry;
use crate::domain::subscriber::{EndedBy, SubscriptionState, Why};
use crate::signup::{self, ClientNetwork, UndoStatus, UnsubscribeOutcome};
use crate::store::consents;
use crate::store::subscriptions::Subscription;
use crate::templates::pages::{AbsentPage, BackPage, DepartedPage, Done, LeftPage, SubscriptionEnd};
use crate::token::Purpose;

const BACK: &str = "back";
const WHY: &str = "why";

pub(super) fn router() -> Router<Arc<Site>> {
    routes(Purpose::Gone, get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, HandlerError> {
    let withdrawn = match open(&site, Purpose::Gone, &token).await? {
        Opened::Row(number) => ConsentId(number),
        Opened::Absent => return absent_page(&site, None),
        Opened::Test => return Err(HandlerError::NoSuchLink),
    };
    let gone = signup::undo_status(&site.signup.db, withdrawn, site.clock.now()).await?;
    standing(&site, &token, &gone, false).await
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    ClientIp(client): ClientIp,
    fields: Fields,
) -> Result<Response, HandlerError> {
    let withdrawn = match open(&site, Purpose::Gone, &token).await? {
        Opened::Row(number) => ConsentId(number),
        Opened::Absent => return absent_page(&site, None),
        Opened::Test => return Err(HandlerError::NoSuchLink),
    };
    match fields.get("action") {
        BACK => {
            let act = site.act("undo", wording::leave(site.words(None)), client);
            let db = site.signup.db.clone();
            let gone = site.write(async move { signup::undo_unsubscribe(&db, withdrawn, &act).await }).await?;
            standing(&site, &token, &gone, false).await
        }
        WHY => why(&site, (withdrawn, &token), fields.get("why"), client).await,
        _ => {
            let gone = signup::undo_status(&site.signup.db, withdrawn, site.clock.now()).await?;
            standing(&site, &token, &gone, false).await
        }
    }
}

async fn why(
    site: &Site,
    (withdrawn, token): (ConsentId, &str),
    chosen: &str,
    client: Option<ClientNetwork>,
) -> Result<Response, HandlerError> {
    let chosen = chosen.parse::<Why>().ok();
    if let Some(why) = chosen {
        let act = site.act("after leaving", "", client);
        let db = site.signup.db.clone();
        site.write(async move { signup::record_reason(&db, withdrawn, why, &act).await }).await?;
    }
    let gone = signup::undo_status(&site.signup.db, withdrawn, site.clock.now()).await?;
    standing(site, token, &gone, chosen.is_some()).await
}

async fn standing(site: &Site, token: &str, gone: &UndoStatus, thanks: bool) -> Result<Response, HandlerError> {
    let (subscription, fresh) = match gone {
        UndoStatus::Unknown => return absent_page(site, None),
        UndoStatus::Back(subscription) => return back_page(site, subscription).await,
        UndoStatus::Fresh(subscription) => (subscription, true),
        UndoStatus::Final(subscription) => (subscription, false),
    };
    let whose = ReaderContext::of(site, subscription).await?;
    let page = LeftPage { thanks, offers_back: fresh, asks_why: !thanks, ..left(site, &whose, Some(token)) };
    whose.page(StatusCode::OK, &page)
}

/// The page behind the button. Only who has just left gets the way back: the button may be pressed by anyone to whom the
/// mail was forwarded, but then it does nothing.
pub(super) async fn left_page(site: &Site, leaving: UnsubscribeOutcome) -> Result<Response, HandlerError> {
    let (subscription, fresh) = match leaving {
        UnsubscribeOutcome::Left(subscription) => (subscription, true),
        UnsubscribeOutcome::Already(subscription) => (subscription, false),
        UnsubscribeOutcome::Unknown => return absent_page(site, None),
    };
    let whose = ReaderContext::of(site, &subscription).await?;
    let mut page = left(site, &whose, None);
    if fresh {
        let mut tx = site.signup.db.read().await?;
        if let Some(withdrawn) = consents::latest(&mut tx, subscription.id, ConsentKind::Withdrawn).await? {
            drop(tx);
            let gone = signup::undo_status(&site.signup.db, withdrawn.id, site.clock.now()).await?;
            let number = withdrawn.id.0.cast_unsigned();
            let token = site.signup.keys.seal_row(Purpose::Gone, number, withdrawn.mark);
            page = left(site, &whose, Some(&token));
            (page.offers_back, page.asks_why) = (matches!(gone, UndoStatus::Fresh(_)), true);
        }
    }
    whose.page(StatusCode::OK, &page)
}

/// What was done; with a token, there is more to do.
pub(super) fn left(site: &Site, whose: &ReaderContext<'_>, token: Option<&str>) -> LeftPage {
    LeftPage {
        reader: whose.reader.clone(),
        thanks: false,
        offers_back: false,
        asks_why: false,
        action: token.map(|token| site.path(&format!("g/{token}"))).unwrap_or_default(),
        subscribe_url: whose.subscribe_url(),
    }
}

async fn back_page(site: &Site, subscription: &Subscription) -> Result<Response, HandlerError> {
    let whose = ReaderContext::of(site, subscription).await?;
    whose.page(StatusCode::OK, &BackPage(whose.reader.clone()))
}

/// For who has left, and for who is gone altogether: one page. Of who has left something is stored, and the way to it is a
/// fresh mail.
pub(super) fn absent_page(site: &Site, subscription: Option<&Subscription>) -> Result<Response, HandlerError> {
    let its = subscription.and_then(|subscription| site.list_of(subscription.newsletter_id));
    let list = its.or_else(|| site.only_list());
    let frame = site.frame(site.words_for(list, subscription), list, true);
    site.page(StatusCode::OK, &frame, &AbsentPage { link_url: its.map(|list| link_url(site, list)) })
}

/// For who has left and holds a link to their preferences: since when, what is stored until when, and the way back.
pub(super) fn departed(
    site: &Site,
    whose: &ReaderContext<'_>,
    subscription: &Subscription,
    done: Done,
) -> DepartedPage {
    let is_theirs = subscription.ended_by.is_none_or(EndedBy::is_the_readers);
    let ended = match subscription.left_from {
        // A person who said "not me" has left nothing.
        Some(SubscriptionState::Pending) => SubscriptionEnd::NeverBegan,
        _ if is_theirs => SubscriptionEnd::ByReader,
        _ => SubscriptionEnd::ByOther,
    };
    let days = site.retention.days(Expiry::Unsubscribed);
    let kept_until = subscription.left_at.filter(|_| days > 0).map(|left_at| whose.written(left_at.plus(DAY * days)));
    DepartedPage {
        reader: whose.reader.clone(),
        done,
        ended: subscription.left_at.map(|_| ended),
        ended_on: subscription.left_at.map(|left_at| whose.written(left_at)).unwrap_or_default(),
        kept_until: kept_until.unwrap_or_default(),
        subscribe_url: whose.subscribe_url(),
    }
}
