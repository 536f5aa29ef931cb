//! How the form looks, with what is wrong with it; and the two questions that may follow it.

use axum::http::StatusCode;
use axum::response::Response;

use super::super::super::assets;
use super::super::super::frame::description;
use super::super::super::handler_error::HandlerError;
use super::super::super::policy::ContentPolicy;
use super::super::super::site::Site;
use super::super::reader::link_url;
use super::surface::Surface;
use super::typed::{SignupForm, allowed};
use crate::domain::address::{AddressError, EmailAddress};
use crate::domain::name::{NAME_CHARS_MAX, NameError};
use crate::signup::{NextStep, SignupList, Work};
use crate::templates::pages::{Frame, Hidden, LanguageLink, MeantPage, SignupPage, StepPage, StepWork};
use crate::words::{Language, Words};

/// What is wrong with what was typed.
#[derive(Clone, Debug)]
pub(in crate::web) enum InputError {
    Form(AddressError),
    Name(NameError),
    Disposable,
    NoServer(String),
}

/// What is wrong with an address, said to who typed it.
pub(super) fn what_is_wrong(words: Words, wrong: &InputError) -> String {
    match wrong {
        InputError::Form(error) => address_error(words, *error),
        InputError::Name(error) => name_error(words, *error),
        InputError::Disposable => words.address_disposable(),
        InputError::NoServer(domain) => words.address_no_server(domain),
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

impl InputError {
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
    list: &SignupList,
    place: Surface,
    typed: &SignupForm,
    wrong: Option<&InputError>,
) -> Result<Response, HandlerError> {
    let newsletter = &list.newsletter;
    let words = site.words_in(list, typed.language());
    let mut frame = frame(site, list, words, place, wrong.is_some());
    if wrong.is_none() {
        site.share(&mut frame, Some(list), &format!("{}/subscribe", newsletter.slug));
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
        about: if place == Surface::Page { list.about.clone() } else { String::new() },
        action: place.path(site, list),
        wrong: wrong.map_or("", InputError::field),
        email_error: error_of("email"),
        email: typed.email.clone(),
        name_error: error_of("name"),
        name: typed.name.clone().unwrap_or_default(),
        hidden,
        languages: if place == Surface::Page { languages(site, list, words, typed) } else { Vec::new() },
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(on_its_way(site, place, typed, site.page(status, &frame, &page)?))
}

/// The page in each language, each in its own words: whoever looks for their language can read that.
fn languages(site: &Site, list: &SignupList, words: Words, typed: &SignupForm) -> Vec<LanguageLink> {
    let source = if typed.tag().is_empty() { String::new() } else { format!("&src={}", typed.tag()) };
    let one = |language: Language| LanguageLink {
        url: Surface::Page.form(site, list, Some(language)) + &source,
        name: language.own_name(),
        language: language.tag(),
        current: words.language() == language,
    };
    Language::ALL.into_iter().map(one).collect()
}

/// "Did you mean": what was typed is never refused.
pub(super) fn meant(
    site: &Site,
    list: &SignupList,
    place: Surface,
    typed: &SignupForm,
    email: &EmailAddress,
    meant: String,
) -> Result<Response, HandlerError> {
    let words = site.words_in(list, typed.language());
    let mut hidden = carried(site, typed);
    hidden.extend([
        Hidden { name: "name", value: typed.name.clone().unwrap_or_default() },
        Hidden { name: "website", value: typed.website.clone() },
        Hidden { name: "stamp", value: typed.stamp.clone() },
        Hidden { name: "altcha", value: typed.altcha.clone() },
        Hidden { name: "as_typed", value: "yes".to_owned() },
    ]);
    let page = MeantPage { action: place.path(site, list), hidden, meant, typed: email.to_string() };
    let frame = frame(site, list, words, place, true);
    Ok(on_its_way(site, place, typed, site.page(StatusCode::OK, &frame, &page)?))
}

/// One step more: a button, or some seconds of a machine's work, or of patience.
pub(super) fn step(
    site: &Site,
    list: &SignupList,
    place: Surface,
    typed: &SignupForm,
    email: &EmailAddress,
    step: &NextStep,
) -> Result<Response, HandlerError> {
    let words = site.words_in(list, typed.language());
    let due = what_is_due(site, step)?;
    let mut hidden = due.hidden.clone();
    hidden.extend(carried(site, typed));
    hidden.extend([
        Hidden { name: "email", value: email.to_string() },
        Hidden { name: "name", value: typed.name.clone().unwrap_or_default() },
        Hidden { name: "website", value: typed.website.clone() },
        Hidden { name: "as_typed", value: "yes".to_owned() },
    ]);
    let page = StepPage { address: email.to_string(), action: place.path(site, list), hidden, ..due };
    let frame = frame(site, list, words, place, true);
    Ok(worked_on(step, on_its_way(site, place, typed, site.page(StatusCode::OK, &frame, &page)?)))
}

/// The same before a reader's own link is sent.
pub(in crate::web) fn link_step(
    site: &Site,
    list: &SignupList,
    email: &EmailAddress,
    step: &NextStep,
) -> Result<Response, HandlerError> {
    let words = site.words(Some(list));
    let due = what_is_due(site, step)?;
    let mut hidden = due.hidden.clone();
    hidden.push(Hidden { name: "email", value: email.to_string() });
    let page = StepPage { address: email.to_string(), action: link_url(site, list), hidden, ..due };
    let frame = frame(site, list, words, Surface::Page, true);
    Ok(worked_on(step, site.page(StatusCode::OK, &frame, &page)?))
}

/// The page of a step, without what it is a step of.
fn what_is_due(site: &Site, step: &NextStep) -> Result<StepPage, HandlerError> {
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
        ContentPolicy::of(&mut response).runs_own_script();
    }
    response
}

fn machine_work(site: &Site, work: &Work) -> Result<StepWork, HandlerError> {
    let challenge = serde_json::to_string(&work.challenge).map_err(|_| HandlerError::Broken)?;
    let script_url = site.path(&assets::challenge_script());
    Ok(StepWork { challenge, patience: work.wait_for.as_secs(), script_url })
}

/// What surrounds a page: in a frame nothing but the style.
pub(super) fn frame(site: &Site, list: &SignupList, words: Words, place: Surface, private: bool) -> Frame {
    let mut frame = site.frame(words, Some(list), private);
    if place == Surface::Frame {
        frame.bare = true;
        frame.foot = None;
    }
    frame
}

/// What goes through all the pages.
fn carried(site: &Site, typed: &SignupForm) -> Vec<Hidden> {
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
fn on_its_way(site: &Site, place: Surface, typed: &SignupForm, mut response: Response) -> Response {
    if let Some(page) = allowed(site, typed) {
        ContentPolicy::of(&mut response).leads_to(page);
    }
    place.dressed(site, response)
}
