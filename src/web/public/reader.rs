//! Whose page it is: what every page about one subscription is made with; and the days that a pause may end on. Knows no
//! route.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::super::handler_error::HandlerError;
use super::super::site::Site;
use crate::clock::Timestamp;
use crate::domain::{NewsletterId, SubscriptionId};
use crate::signup::{Rest, SignupList};
use crate::store::newsletters;
use crate::store::subscriptions::{self, Subscription};
use crate::templates::TemplateContext;
use crate::templates::pages::{PauseDays, PausedPage, Reader};
use crate::words::Words;

pub(super) const FOUR_WEEKS: &str = "pause-4-weeks";
pub(super) const THREE_MONTHS: &str = "pause-3-months";
pub(super) const UNTIL: &str = "pause-until";

/// A rest longer than this is a leaving.
const REST_DAYS_MAX: i64 = 366;

/// A reader, and the newsletter that a page is about.
pub(super) struct ReaderContext<'a> {
    site: &'a Site,
    /// None when the configuration does not name the newsletter any more.
    pub(super) list: Option<&'a SignupList>,
    /// In the language that the reader chose, or the newsletter's.
    pub(super) words: Words,
    /// As the page shows them.
    pub(super) reader: Reader,
}

impl<'a> ReaderContext<'a> {
    /// Of a subscription. Of the address it shows enough to recognise it, for mails are forwarded.
    pub(super) async fn of(site: &'a Site, subscription: &Subscription) -> Result<Self, HandlerError> {
        let list = site.list_of(subscription.newsletter_id);
        let words = site.words_for(list, Some(subscription));
        let newsletter = match list {
            Some(list) => list.newsletter.name.clone(),
            None => gone(site, words, subscription.newsletter_id).await?,
        };
        let reader = Reader { newsletter, address: subscription.email.masked(), test: false };
        Ok(Self { site, list, words, reader })
    }

    /// Of nobody: in the name of the only newsletter, or of the site.
    pub(super) fn nobody(site: &'a Site) -> Self {
        let list = site.only_list();
        let host = || site.public_url.host_str().unwrap_or_default().to_owned();
        let newsletter = list.map_or_else(host, |list| list.newsletter.name.clone());
        let reader = Reader { newsletter, address: String::new(), test: false };
        Self { site, list, words: site.words(list), reader }
    }

    /// Of a test email's link.
    pub(super) fn test(site: &'a Site) -> Self {
        let mut whose = Self::nobody(site);
        whose.reader.test = true;
        whose
    }

    /// Without the address: which of two it would be depends on who reads the page.
    pub(super) fn without_address(mut self) -> Self {
        self.reader.address.clear();
        self
    }

    pub(super) fn page<C: TemplateContext>(&self, status: StatusCode, page: &C) -> Result<Response, HandlerError> {
        self.site.page(status, &self.site.frame(self.words, self.list, true), page)
    }

    /// The day of a moment, where the newsletter is, written out.
    pub(super) fn written(&self, at: Timestamp) -> String {
        self.words.date(day(at, self.list))
    }

    pub(super) fn subscribe_url(&self) -> Option<String> {
        self.list.map(|list| self.site.path(&format!("{}/subscribe", list.newsletter.slug)))
    }

    /// Where a reader gets the link to everything else, by a fresh mail.
    pub(super) fn link_url(&self) -> Option<String> {
        self.list.map(|list| link_url(self.site, list))
    }

    /// The days that a pause may end on.
    pub(super) fn pause_days(&self) -> PauseDays {
        let (first, last) = days(self.site, self.list);
        PauseDays { first: first.to_string(), last: last.to_string(), last_written: self.words.date(last) }
    }

    /// A page that says how a rest stands.
    pub(super) fn paused(&self, until: Option<Timestamp>) -> PausedPage {
        let until = until.map(|until| self.written(until)).unwrap_or_default();
        PausedPage { reader: self.reader.clone(), until, link_url: self.link_url() }
    }
}

/// What a newsletter is called that the configuration does not name any more: its slug, in quotation marks.
async fn gone(site: &Site, words: Words, id: NewsletterId) -> Result<String, HandlerError> {
    let slug = newsletters::slug(&mut site.signup.db.read().await?, id).await?;
    // The sentence isolates it.
    Ok(Words::of_mail(words.tag()).gone_newsletter(slug.as_deref().unwrap_or_default()))
}

/// Where a reader of a newsletter gets their link, by a fresh mail.
pub(super) fn link_url(site: &Site, list: &SignupList) -> String {
    site.path(&format!("{}/link", list.newsletter.slug))
}

/// The subscription of a link, as it is now.
pub(super) async fn current(site: &Site, id: SubscriptionId) -> Result<Option<Subscription>, HandlerError> {
    Ok(subscriptions::get(&mut site.signup.db.read().await?, id).await?)
}

/// Until when a reader wants to rest; none when the day that was typed is none of those. The day is the newsletter's.
pub(super) fn rest_until(site: &Site, list: Option<&SignupList>, typed: &str) -> Option<Rest> {
    let (first, last) = days(site, list);
    let day: Date = typed.trim().parse().ok()?;
    let start = (first..=last).contains(&day).then(|| day.to_zoned(zone(list)))?.ok()?;
    Some(Rest::Until(Timestamp::from_jiff(start.timestamp())))
}

fn days(site: &Site, list: Option<&SignupList>) -> (Date, Date) {
    let today = day(site.clock.now(), list);
    (today.saturating_add(1.day()), today.saturating_add(REST_DAYS_MAX.days()))
}

fn zone(list: Option<&SignupList>) -> jiff::tz::TimeZone {
    list.map_or(jiff::tz::TimeZone::UTC, |list| list.newsletter.time_zone.clone())
}

/// The day at a moment, where the newsletter is.
fn day(at: Timestamp, list: Option<&SignupList>) -> Date {
    at.to_jiff().to_zoned(zone(list)).date()
}
