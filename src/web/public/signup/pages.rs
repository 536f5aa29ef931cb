//! How the form looks, with what is wrong with it; and the two questions that may follow it.

use axum::http::StatusCode;
use axum::response::Response;

use super::super::super::assets;
use super::super::super::failure::Failure;
use super::super::super::frame::description;
use super::super::super::policy::Policy;
use super::super::super::site::Site;
use super::super::reader::link_url;
use super::surface::Place;
use super::typed::{Typed, allowed};
use crate::domain::address::{AddressError, EmailAddress};
use crate::domain::name::{NAME_CHARS_MAX, NameError};
use crate::signup::{Door, NextStep, Work};
use crate::templates::pages::{Frame, Hidden, MeantPage, SignupPage, StepPage, StepWork, Tongue};
use crate::words::{Language, Words};

/// What is wrong with what was typed.
#[derive(Clone, Debug)]
pub(super) enum Wrong {
    Form(AddressError),
    Name(NameError),
    Disposable,
    /// With its domain.
    NoServer(String),
}

/// What is wrong with an address, said to who typed it.
pub(super) fn what_is_wrong(words: Words, wrong: &Wrong) -> String {
    match wrong {
        Wrong::Form(error) => address_error(words, *error),
        Wrong::Name(error) => name_error(words, *error),
        Wrong::Disposable => words.address_disposable(),
        Wrong::NoServer(domain) => words.address_no_server(domain),
    }
}

/// The same of its form alone.
pub(in crate::web) fn address_error(words: Words, error: AddressError) -> String {
    match error {
        AddressError::Empty => words.address_empty(),
        AddressError::TooLong => words.address_too_long(),
        AddressError::NoAt | AddressError::Local | AddressError::Domain => words.address_wrong(),
    }
}

/// What is wrong with a name.
pub(in crate::web) fn name_error(words: Words, error: NameError) -> String {
    match error {
        NameError::TooLong => words.name_too_long(i64::try_from(NAME_CHARS_MAX).unwrap_or(i64::MAX)),
        NameError::Address => words.name_address(),
        NameError::Invisible => words.name_invisible(),
    }
}

impl Wrong {
    /// The field that it is about.
    pub(super) fn field(&self) -> &'static str {
        match self {
            Self::Name(_) => "name",
            Self::Form(_) | Self::Disposable | Self::NoServer(_) => "email",
        }
    }
}

/// The form, with what was typed and what is wrong with it.
pub(in crate::web) fn form(
    site: &Site,
    door: &Door,
    place: Place,
    typed: &Typed,
    wrong: Option<&Wrong>,
) -> Result<Response, Failure> {
    let newsletter = &door.newsletter;
    let words = site.words_in(door, typed.language());
    let mut frame = frame(site, door, words, place, wrong.is_some());
    if wrong.is_none() {
        site.share(&mut frame, Some(door), &format!("{}/subscribe", newsletter.slug));
    }
    // The form is on this page.
    frame.subscribe_url = None;
    let mut hidden = carried(site, typed);
    hidden.push(Hidden { name: "stamp", value: site.signup.stamp(site.clock.now()) });
    if typed.as_typed {
        hidden.push(Hidden { name: "as_typed", value: "yes".to_owned() });
    }
    let error_of = |field| {
        let its = wrong.filter(|wrong| wrong.field() == field);
        its.map(|wrong| what_is_wrong(words, wrong)).unwrap_or_default()
    };
    let page = SignupPage {
        newsletter: newsletter.name.clone(),
        description: description(newsletter),
        about: if place == Place::Page { door.about.clone() } else { String::new() },
        action: place.path(site, door),
        wrong: wrong.map_or("", Wrong::field),
        email_error: error_of("email"),
        email: typed.email.clone(),
        name_error: error_of("name"),
        name: typed.name.clone().unwrap_or_default(),
        hidden,
        languages: if place == Place::Page { languages(site, door, words, typed) } else { Vec::new() },
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(on_its_way(site, place, typed, site.page(status, &frame, &page)?))
}

/// The page in each language, each in its own words: whoever looks for their language can read that.
fn languages(site: &Site, door: &Door, words: Words, typed: &Typed) -> Vec<Tongue> {
    let source = if typed.tag().is_empty() { String::new() } else { format!("&src={}", typed.tag()) };
    let one = |language: Language| Tongue {
        url: Place::Page.form(site, door, Some(language)) + &source,
        name: language.own_name(),
        language: language.tag(),
        current: words.language() == language,
    };
    Language::ALL.into_iter().map(one).collect()
}

/// "Did you mean": what was typed is never refused.
pub(super) fn meant(
    site: &Site,
    door: &Door,
    place: Place,
    typed: &Typed,
    email: &EmailAddress,
    meant: String,
) -> Result<Response, Failure> {
    let words = site.words_in(door, typed.language());
    let mut hidden = carried(site, typed);
    hidden.extend([
        Hidden { name: "name", value: typed.name.clone().unwrap_or_default() },
        Hidden { name: "website", value: typed.website.clone() },
        Hidden { name: "stamp", value: typed.stamp.clone() },
        Hidden { name: "altcha", value: typed.altcha.clone() },
        Hidden { name: "as_typed", value: "yes".to_owned() },
    ]);
    let page = MeantPage { action: place.path(site, door), hidden, meant, typed: email.to_string() };
    let frame = frame(site, door, words, place, true);
    Ok(on_its_way(site, place, typed, site.page(StatusCode::OK, &frame, &page)?))
}

/// One step more: a button, or some seconds of a machine's work, or of patience.
pub(super) fn step(
    site: &Site,
    door: &Door,
    place: Place,
    typed: &Typed,
    email: &EmailAddress,
    step: &NextStep,
) -> Result<Response, Failure> {
    let words = site.words_in(door, typed.language());
    let due = what_is_due(site, step)?;
    let mut hidden = due.hidden.clone();
    hidden.extend(carried(site, typed));
    hidden.extend([
        Hidden { name: "email", value: email.to_string() },
        Hidden { name: "name", value: typed.name.clone().unwrap_or_default() },
        Hidden { name: "website", value: typed.website.clone() },
        Hidden { name: "as_typed", value: "yes".to_owned() },
    ]);
    let page = StepPage { address: email.to_string(), action: place.path(site, door), hidden, ..due };
    let frame = frame(site, door, words, place, true);
    Ok(worked_on(step, on_its_way(site, place, typed, site.page(StatusCode::OK, &frame, &page)?)))
}

/// The same before a reader's own link is sent.
pub(in crate::web) fn link_step(
    site: &Site,
    door: &Door,
    email: &EmailAddress,
    step: &NextStep,
) -> Result<Response, Failure> {
    let words = site.words(Some(door));
    let due = what_is_due(site, step)?;
    let mut hidden = due.hidden.clone();
    hidden.push(Hidden { name: "email", value: email.to_string() });
    let page = StepPage { address: email.to_string(), action: link_url(site, door), hidden, ..due };
    let frame = frame(site, door, words, Place::Page, true);
    Ok(worked_on(step, site.page(StatusCode::OK, &frame, &page)?))
}

/// The page of a step, without what it is a step of.
fn what_is_due(site: &Site, step: &NextStep) -> Result<StepPage, Failure> {
    let mut hidden = vec![Hidden { name: "stamp", value: step.stamp.clone() }];
    if let Some(work) = &step.work {
        hidden.push(Hidden { name: "wait", value: work.wait.clone() });
    }
    Ok(StepPage {
        address: String::new(),
        action: String::new(),
        hidden,
        work: step.work.as_ref().map(|work| machine_work(site, work)).transpose()?,
    })
}

/// A page with work runs its own script.
fn worked_on(step: &NextStep, mut response: Response) -> Response {
    if step.work.is_some() {
        Policy::of(&mut response).runs_own_script();
    }
    response
}

fn machine_work(site: &Site, work: &Work) -> Result<StepWork, Failure> {
    let challenge = serde_json::to_string(&work.challenge).map_err(|_| Failure::Broken)?;
    let script_url = site.path(&assets::challenge_script());
    Ok(StepWork { challenge, patience: work.wait_for.as_secs(), script_url })
}

/// What surrounds a page: in a frame nothing but the style.
pub(super) fn frame(site: &Site, door: &Door, words: Words, place: Place, private: bool) -> Frame {
    let mut frame = site.frame(words, Some(door), private);
    if place == Place::Frame {
        frame.bare = true;
        frame.foot = None;
    }
    frame
}

/// What goes through all the pages.
fn carried(site: &Site, typed: &Typed) -> Vec<Hidden> {
    let mut hidden = Vec::new();
    if !typed.tag().is_empty() {
        hidden.push(Hidden { name: "src", value: typed.tag().to_owned() });
    }
    if let Some(language) = typed.language() {
        hidden.push(Hidden { name: "lang", value: language.tag().to_owned() });
    }
    if let Some(page) = allowed(site, typed) {
        hidden.push(Hidden { name: "redirect", value: page.to_string() });
    }
    hidden
}

/// A page whose form may lead to another site: browsers hold redirects to `form-action` as well.
fn on_its_way(site: &Site, place: Place, typed: &Typed, mut response: Response) -> Response {
    if let Some(page) = allowed(site, typed) {
        Policy::of(&mut response).leads_to(page);
    }
    place.dressed(site, response)
}
