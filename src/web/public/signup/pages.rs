//! How the form looks, with what is wrong with it; and the two questions that may follow it.

use axum::http::StatusCode;
use axum::response::Response;

use super::super::super::assets;
use super::super::super::failure::Failure;
use super::super::super::frame::pitch;
use super::super::super::policy::Policy;
use super::super::super::site::Site;
use super::{Place, Typed, Wrong, allowed};
use crate::domain::address::{AddressError, EmailAddress};
use crate::domain::name::{NAME_CHARS_MAX, NameError};
use crate::signup::{Door, NextStep, Work};
use crate::templates::pages::{Frame, Hidden, MeantPage, SignupPage, StepPage, StepWork, Tongue};
use crate::words::{Language, Words};

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
    let mut frame = frame(site, door, words, place, &newsletter.name, wrong.is_some());
    match wrong {
        Some(_) => frame.title = format!("{}: {}", words.error(), frame.title),
        None => {
            let path = format!("{}/subscribe", newsletter.slug);
            site.share(&mut frame, Some(door), &path, &newsletter.name, &pitch(words, newsletter));
        }
    }
    // The form is on this page.
    frame.subscribe = None;
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
        frame,
        heading: newsletter.name.clone(),
        lead: pitch(words, newsletter),
        about: if place == Place::Page { door.about.clone() } else { String::new() },
        action: place.path(site, door),
        error_heading: words.problem(),
        email_error: error_of("email"),
        email_label: words.email_label(),
        email_hint: words.email_hint(),
        email: typed.email.clone(),
        name_error: error_of("name"),
        name_label: words.name_label(),
        name_hint: words.name_hint(),
        name: typed.name.clone().unwrap_or_default(),
        hidden,
        trap_label: words.trap_label(),
        button: words.subscribe(),
        small_print: words.signup_small_print(),
        languages_label: words.language_label(),
        languages: if place == Place::Page { languages(site, door, words, typed) } else { Vec::new() },
    };
    let response = match wrong {
        Some(_) => site.page(StatusCode::UNPROCESSABLE_ENTITY, &page)?,
        None if page.frame.private => site.page(StatusCode::OK, &page)?,
        None => site.open_page(&page)?,
    };
    Ok(on_its_way(site, place, typed, response))
}

/// The page in each language, each in its own words: whoever looks for their language can read that.
fn languages(site: &Site, door: &Door, words: Words, typed: &Typed) -> Vec<Tongue> {
    let source = if typed.tag().is_empty() { String::new() } else { format!("&src={}", typed.tag()) };
    let one = |language: Language| Tongue {
        url: Place::Page.form(site, door, Some(language)) + &source,
        label: language.own_name(),
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
    let heading = words.meant_heading(&meant);
    let mut hidden = carried(site, typed);
    hidden.extend([
        Hidden { name: "name", value: typed.name.clone().unwrap_or_default() },
        Hidden { name: "website", value: typed.website.clone() },
        Hidden { name: "stamp", value: typed.stamp.clone() },
        Hidden { name: "altcha", value: typed.altcha.clone() },
        Hidden { name: "as_typed", value: "yes".to_owned() },
    ]);
    let page = MeantPage {
        frame: frame(site, door, words, place, &heading, true),
        heading,
        text: words.meant_text(email.as_str()),
        action: place.path(site, door),
        hidden,
        use_meant: words.meant_use(&meant),
        meant,
        keep_typed: words.meant_keep(email.as_str()),
        typed: email.to_string(),
    };
    Ok(on_its_way(site, place, typed, site.page(StatusCode::OK, &page)?))
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
    let due = what_is_due(site, words, step)?;
    let mut hidden = due.hidden.clone();
    hidden.extend(carried(site, typed));
    hidden.extend([
        Hidden { name: "email", value: email.to_string() },
        Hidden { name: "name", value: typed.name.clone().unwrap_or_default() },
        Hidden { name: "website", value: typed.website.clone() },
        Hidden { name: "as_typed", value: "yes".to_owned() },
    ]);
    let page = StepPage {
        frame: frame(site, door, words, place, &words.step_heading(), true),
        address: email.to_string(),
        action: place.path(site, door),
        hidden,
        ..due
    };
    Ok(worked_on(step, on_its_way(site, place, typed, site.page(StatusCode::OK, &page)?)))
}

/// The same before a reader's own link is sent.
pub(in crate::web) fn link_step(
    site: &Site,
    door: &Door,
    email: &EmailAddress,
    step: &NextStep,
) -> Result<Response, Failure> {
    let words = site.words(Some(door));
    let due = what_is_due(site, words, step)?;
    let mut hidden = due.hidden.clone();
    hidden.push(Hidden { name: "email", value: email.to_string() });
    let page = StepPage {
        frame: frame(site, door, words, Place::Page, &words.step_heading(), true),
        address: email.to_string(),
        action: site.path(&format!("{}/link", door.newsletter.slug)),
        hidden,
        ..due
    };
    Ok(worked_on(step, site.page(StatusCode::OK, &page)?))
}

/// The page of a step, without what it is a step of.
fn what_is_due(site: &Site, words: Words, step: &NextStep) -> Result<StepPage, Failure> {
    let mut hidden = vec![Hidden { name: "stamp", value: step.stamp.clone() }];
    let paragraphs = match &step.work {
        None => vec![words.step_text()],
        Some(work) => {
            hidden.push(Hidden { name: "wait", value: work.wait.clone() });
            vec![words.step_work(), words.step_wait(i64::try_from(work.wait_for.as_secs()).unwrap_or(i64::MAX))]
        }
    };
    Ok(StepPage {
        frame: site.frame(words, None, &words.step_heading(), true),
        heading: words.step_heading(),
        address: String::new(),
        paragraphs,
        action: String::new(),
        hidden,
        work: step.work.as_ref().map(|work| machine_work(site, words, work)).transpose()?,
        button: words.step_button(),
    })
}

/// A page with work runs its own script.
fn worked_on(step: &NextStep, mut response: Response) -> Response {
    if step.work.is_some() {
        Policy::of(&mut response).runs_own_script();
    }
    response
}

fn machine_work(site: &Site, words: Words, work: &Work) -> Result<StepWork, Failure> {
    let challenge = serde_json::to_string(&work.challenge).map_err(|_| Failure::Broken)?;
    Ok(StepWork {
        challenge,
        patience: work.wait_for.as_secs(),
        working: words.step_working(),
        ready: words.step_ready(),
        script_url: site.path(&assets::challenge_script()),
    })
}

/// What surrounds a page: in a frame nothing but the style.
pub(super) fn frame(site: &Site, door: &Door, words: Words, place: Place, heading: &str, private: bool) -> Frame {
    let mut frame = site.frame(words, Some(door), heading, private);
    if place == Place::Frame {
        frame.masthead.clear();
        frame.colophon.clear();
        frame.links.clear();
        (frame.contact, frame.subscribe, frame.logo_url) = (None, None, None);
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
