//! What the pages that say something and ask for something are put together from: a reader's own pages, and troubles.
//! Knows no route.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::super::site::Site;
use super::teaser::all_issues;
use crate::clock::Timestamp;
use crate::signup::{Door, Rest};
use crate::store::subscriptions::Subscription;
use crate::templates::pages::{Button, Choice, Field, Form, Link, ReaderPage, Section};
use crate::words::Words;

pub(super) const FOUR_WEEKS: &str = "pause-4-weeks";
pub(super) const THREE_MONTHS: &str = "pause-3-months";
pub(super) const UNTIL: &str = "pause-until";

/// A rest longer than this is a leaving.
const REST_DAYS_MAX: i64 = 366;

/// An empty page; of a reader's address it shows enough to recognise it, for mails are forwarded.
pub(in crate::web) fn page(
    site: &Site,
    words: Words,
    door: Option<&Door>,
    heading: String,
    subscription: Option<&Subscription>,
) -> ReaderPage {
    ReaderPage {
        frame: site.frame(words, door, &heading, true),
        error_heading: words.problem(),
        errors: Vec::new(),
        status: String::new(),
        heading,
        address: subscription.map(|subscription| subscription.email.masked()).unwrap_or_default(),
        paragraphs: Vec::new(),
        sections: Vec::new(),
        link: Some(way_on(site, words, door)),
    }
}

/// Where to go from a page on which all is said.
fn way_on(site: &Site, words: Words, door: Option<&Door>) -> Link {
    match door {
        Some(door) => all_issues(site, door, words),
        None => Link { url: site.path(""), label: words.to_home() },
    }
}

pub(super) fn button(action: &'static str, label: String) -> Button {
    Button { action, label, quiet: false, grave: false }
}

pub(super) fn quiet(action: &'static str, label: String) -> Button {
    Button { action, label, quiet: true, grave: false }
}

/// What cannot be undone.
pub(super) fn grave(action: &'static str, label: String) -> Button {
    Button { action, label, quiet: false, grave: true }
}

/// Asks one thing: a page with one button and no fields.
pub(super) fn ask(page: &mut ReaderPage, button: Button) {
    page.sections.push(Section { buttons: vec![button], ..Section::default() });
}

/// A form with one field.
pub(super) fn form(field: Field, button: Button) -> Form {
    Form { fields: vec![field], button }
}

/// A radio button.
pub(super) fn choice(value: &'static str, label: String, chosen: bool) -> Choice {
    Choice { value, label, chosen }
}

/// What is wrong, at the field and above the page. The title says so too: it is the first thing that is read aloud.
pub(super) fn refuse(page: &mut ReaderPage, words: Words, field: &str, error: &str) {
    page.frame.title = format!("{}: {}", words.error(), page.frame.title);
    page.errors.push(Link { url: format!("#{field}"), label: error.to_owned() });
    for section in &mut page.sections {
        let fields = section.forms.iter_mut().flat_map(|form| &mut form.fields);
        for wrong in fields.filter(|known| known.name == field) {
            error.clone_into(&mut wrong.error);
            section.open = true;
        }
    }
}

/// The rests that can be chosen.
pub(super) fn rest_section(site: &Site, words: Words, door: Option<&Door>, longer: bool) -> Section {
    let (first, last) = days(site, door);
    let date = Field {
        kind: "date",
        name: "until",
        label: words.pause_until_label(),
        hint: words.pause_until_hint(),
        first: first.to_string(),
        last: last.to_string(),
        ..Field::default()
    };
    Section {
        id: "pause",
        folded: true,
        heading: if longer { words.pause_longer_heading() } else { words.pause_heading() },
        text: if longer { words.pause_longer_text() } else { words.pause_text() },
        buttons: vec![quiet(FOUR_WEEKS, words.pause_four_weeks()), quiet(THREE_MONTHS, words.pause_three_months())],
        forms: vec![form(date, quiet(UNTIL, words.pause_until_button()))],
        ..Section::default()
    }
}

/// Until when a reader wants to rest, or what is wrong with the day; the day is the newsletter's.
pub(super) fn rest_until(site: &Site, words: Words, door: Option<&Door>, typed: &str) -> Result<Rest, String> {
    let (first, last) = days(site, door);
    let day: Option<Date> = typed.trim().parse().ok();
    let wrong = || words.pause_until_wrong(&words.date(last));
    let day = day.filter(|day| (first..=last).contains(day)).ok_or_else(wrong)?;
    let start = day.to_zoned(zone(door)).map_err(|_| wrong())?;
    Ok(Rest::Until(Timestamp::from_jiff(start.timestamp())))
}

fn days(site: &Site, door: Option<&Door>) -> (Date, Date) {
    let today = today(site.clock.now(), door);
    (today.saturating_add(1.day()), today.saturating_add(REST_DAYS_MAX.days()))
}

pub(super) fn zone(door: Option<&Door>) -> jiff::tz::TimeZone {
    door.map_or(jiff::tz::TimeZone::UTC, |door| door.newsletter.time_zone.clone())
}

/// The day at a moment, where the newsletter is.
pub(super) fn today(now: Timestamp, door: Option<&Door>) -> Date {
    now.to_jiff().to_zoned(zone(door)).date()
}

/// The way to what is stored about somebody, by a fresh mail.
pub(super) fn stored_link(site: &Site, words: Words, door: &Door) -> Link {
    Link { url: site.path(&format!("{}/link", door.newsletter.slug)), label: words.stored_link() }
}

/// The heading of everything about one subscription.
pub(super) fn own_heading(words: Words, door: Option<&Door>) -> String {
    words.preferences_heading(&name(words, door))
}

/// What a newsletter is called, also when the configuration does not name it any more.
pub(super) fn name(words: Words, door: Option<&Door>) -> String {
    door.map_or_else(|| words.nameless(), |door| door.newsletter.name.clone())
}

/// How a rest stands, with its last day in the newsletter's zone.
pub(super) fn paused_until(words: Words, until: Option<Timestamp>, door: Option<&Door>) -> String {
    let Some(until) = until else { return words.preferences_paused_open() };
    let zone = door.map_or(jiff::tz::TimeZone::UTC, |door| door.newsletter.time_zone.clone());
    words.preferences_paused_until(&words.date(until.to_jiff().to_zoned(zone).date()))
}
