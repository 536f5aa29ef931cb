//! The machine's work that is asked for when a limit is neared, in a browser: solved by the page's own script, or waited
//! for without one. Knows the installation from outside alone.

use std::time::Duration;

use fantoccini::Locator;

use super::reader::{READER, Reader};
use crate::harness::browser::{Browser, Scripts};
use crate::harness::database::{Fresh, on_sqlite};
use crate::harness::installation::Installation;
use crate::harness::visitor::sign_up;

const PATIENCE: Duration = Duration::from_secs(60);

/// Half of the limit is used up by others before the reader comes.
const NEARLY: &str = "requests_per_hour = 4\nchallenge_work = 5000";

async fn asked(database: &str) -> Installation {
    let site = Installation::start(database, &[("week", "The Week", "en", "")], NEARLY).await;
    for email in ["ben@example.net", "cora@example.net"] {
        let answer = sign_up(site.web(), "/week/subscribe", &[("email", email)]).await;
        assert!(answer.status.is_redirection(), "{}", answer.status);
    }
    site
}

async fn fill_in(reader: &Reader<'_>) {
    reader.open("/week/subscribe").await;
    reader.fill("email", READER).await;
    reader.press("Subscribe", "One more step").await;
    reader.says("Without JavaScript, press the button and wait up to 20 seconds").await;
}

#[test]
fn a_browser_with_scripts_solves_the_challenge() {
    on_sqlite(async |fresh: Fresh| {
        let Some(browser) = Browser::start(Scripts::On).await else { return };
        let site = asked(&fresh.url).await;
        let reader = Reader { client: browser.client(), site: &site };
        fill_in(&reader).await;
        let ready = "//*[@role='status'][contains(., 'Ready. Press “Continue”.')]";
        let waited = reader.client.wait().at_most(PATIENCE).for_element(Locator::XPath(ready)).await;
        assert!(waited.is_ok(), "{}", reader.text("main").await);
        reader.press("Continue", "Check your email").await;
        site.mail(READER, 1).await;

        // Who presses before the work is done need not press again.
        reader.open("/week/subscribe").await;
        reader.fill("email", "dan@example.net").await;
        reader.press("Subscribe", "One more step").await;
        reader.press("Continue", "Check your email").await;
        site.mail("dan@example.net", 1).await;
        drop(browser);
        site.end().await;
    });
}

/// Too fast for the form is one step more, and that step is one: it asks for no second patience.
fn a_hasty_reader_takes_one_step(scripts: Scripts) {
    on_sqlite(async |fresh: Fresh| {
        let Some(browser) = Browser::start(scripts).await else { return };
        let site = Installation::start(&fresh.url, &[("week", "The Week", "en", "")], "form_seconds_min = 60").await;
        let reader = Reader { client: browser.client(), site: &site };
        reader.open("/week/subscribe").await;
        reader.fill("email", READER).await;
        reader.press("Subscribe", "One more step").await;
        reader.press("Continue", "Check your email").await;
        site.mail(READER, 1).await;
        drop(browser);
        site.end().await;
    });
}

#[test]
fn a_hasty_reader_takes_one_step_with_scripts() {
    a_hasty_reader_takes_one_step(Scripts::On);
}

#[test]
fn a_hasty_reader_takes_one_step_without_scripts() {
    a_hasty_reader_takes_one_step(Scripts::Off);
}

#[test]
fn a_browser_without_scripts_waits_instead() {
    on_sqlite(async |fresh: Fresh| {
        let Some(browser) = Browser::start(Scripts::Off).await else { return };
        let site = asked(&fresh.url).await;
        let reader = Reader { client: browser.client(), site: &site };
        fill_in(&reader).await;
        // Whoever presses is let through: at once by patience, without pressing again.
        let pressed = tokio::time::timeout(PATIENCE, reader.press("Continue", "Check your email")).await;
        assert!(pressed.is_ok(), "the page waits");
        site.mail(READER, 1).await;
        drop(browser);
        site.end().await;
    });
}
