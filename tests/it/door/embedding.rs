//! The form on other sites, in a browser: posted from there, in a frame there, and by script. Another port is another
//! origin. Knows the installation from outside alone.

use std::time::Duration;

use fantoccini::Locator;

use super::reader::{READER, Reader};
use crate::harness::browser::{Browser, Scripts};
use crate::harness::database::{Fresh, on_sqlite};
use crate::harness::installation::Installation;
use crate::harness::neighbour::Neighbour;

const PATIENCE: Duration = Duration::from_secs(30);

/// Our site, one that the configuration names, and one that it does not.
struct Street {
    site: Installation,
    friend: Neighbour,
    stranger: Neighbour,
}

impl Street {
    async fn start(database: &str, limits: &str) -> Self {
        let (friend, stranger) = (Neighbour::start().await, Neighbour::start().await);
        let signup =
            format!("embed_origins = \"{}\"\nredirects = \"{}\"\n{limits}", friend.origin(), friend.url("/thanks"),);
        let site = Installation::start(database, &[("week", "The Week", "en", "")], &signup).await;
        let street = Self { site, friend, stranger };
        for neighbour in [&street.friend, &street.stranger] {
            neighbour.show("/thanks", "<p id=\"thanks\">Thank you!</p>");
            neighbour.show("/plain", &street.form(&neighbour.url("/thanks"), ""));
            neighbour.show(
                "/framed",
                &format!(
                    "<iframe title=\"Subscribe\" width=\"600\" height=\"600\" src=\"{}\"></iframe>",
                    street.site.url("/week/embed")
                ),
            );
            let script = format!("<script src=\"{}\" defer></script>", street.site.url("/embed.js"));
            neighbour.show("/script", &(street.form("", "data-coranto") + &script));
        }
        street
    }

    /// As docs/signup.md writes it.
    fn form(&self, redirect: &str, attribute: &str) -> String {
        format!(
            "<form action=\"{}\" method=\"post\" {attribute}>\
             <label for=\"email\">Email address</label><input type=\"email\" id=\"email\" name=\"email\" required>\
             <input type=\"hidden\" name=\"src\" value=\"blog\">\
             <input type=\"hidden\" name=\"redirect\" value=\"{redirect}\"><button>Subscribe</button></form>",
            self.site.url("/week/subscribe")
        )
    }

    async fn end(self) {
        self.site.end().await;
        self.friend.end().await;
        self.stranger.end().await;
    }
}

/// Waits for the words that the script puts below its form.
async fn told(reader: &Reader<'_>, words: &str) {
    let there = format!("//form//*[@role='status'][contains(., '{words}')]");
    let waited = reader.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&there)).await;
    assert!(waited.is_ok(), "not told {words:?}, but:\n{}", reader.text("body").await);
}

#[test]
fn a_form_on_another_site_is_posted_from_a_browser_and_leads_back_only_where_the_list_says() {
    on_sqlite(async |fresh: Fresh| {
        let Some(browser) = Browser::start(Scripts::Off).await else { return };
        let street = Street::start(&fresh.url, "").await;
        let reader = Reader { client: browser.client(), site: &street.site };
        reader.client.goto(&street.friend.url("/plain")).await.unwrap();
        reader.fill("email", READER).await;
        // It bears no time stamp, so there is one button more; the browser lets that form lead to the friend's page.
        reader.press("Subscribe", "One more step").await;
        reader.leave_by("//button[normalize-space()='Continue']").await;
        reader.client.wait().for_element(Locator::Id("thanks")).await.unwrap();
        assert_eq!(reader.client.current_url().await.unwrap().as_str(), street.friend.url("/thanks"));
        street.site.mail(READER, 1).await;

        reader.client.goto(&street.stranger.url("/plain")).await.unwrap();
        reader.fill("email", "ben@example.net").await;
        reader.press("Subscribe", "One more step").await;
        reader.press("Continue", "Check your email").await;
        let page = reader.client.current_url().await.unwrap();
        assert!(page.as_str().starts_with(&street.site.url("/week/subscribe/sent")), "{page}");
        street.site.mail("ben@example.net", 1).await;
        drop(browser);
        street.end().await;
    });
}

#[test]
fn a_browser_shows_the_form_in_a_frame_on_the_sites_of_the_configuration_alone() {
    on_sqlite(async |fresh: Fresh| {
        let Some(browser) = Browser::start(Scripts::Off).await else { return };
        let street = Street::start(&fresh.url, "").await;
        let reader = Reader { client: browser.client(), site: &street.site };
        let enter = async |page: String| {
            reader.client.goto(&page).await.unwrap();
            reader.client.find(Locator::Css("iframe")).await.unwrap().enter_frame().await.unwrap();
        };
        enter(street.friend.url("/framed")).await;
        reader.fill("email", "anna at example").await;
        reader.press("Subscribe", "The Week").await;
        assert!(reader.text("[role=alert]").await.contains("correct format"));
        reader.fill("email", READER).await;
        reader.press("Subscribe", "Check your email").await;
        street.site.mail(READER, 1).await;

        enter(street.stranger.url("/framed")).await;
        let form = reader.client.find_all(Locator::Css("form, main")).await.unwrap();
        assert!(form.is_empty(), "a site that is not named framed the form");
        drop(browser);
        street.end().await;
    });
}

#[test]
fn the_script_on_another_site_tells_in_the_browser_what_became_of_it() {
    on_sqlite(async |fresh: Fresh| {
        let Some(browser) = Browser::start(Scripts::On).await else { return };
        // From the second request on the script has to solve a challenge, after the fourth it is told to wait.
        let street = Street::start(&fresh.url, "requests_per_hour = 4\nchallenge_work = 500").await;
        let reader = Reader { client: browser.client(), site: &street.site };
        let send = async |email: &str| {
            reader.fill("email", email).await;
            reader.click("//button[normalize-space()='Subscribe']").await;
        };
        reader.client.goto(&street.friend.url("/script")).await.unwrap();
        send("anna@example").await;
        told(&reader, "correct format").await;
        send("anna@gmial.com").await;
        told(&reader, "Did you mean anna@gmail.com?").await;
        for email in [READER, "ben@example.net", "cora@example.net", "dan@example.net"] {
            send(email).await;
            told(&reader, "Check your email").await;
            street.site.mail(email, 1).await;
            send("nobody@example").await;
            told(&reader, "correct format").await;
        }
        send("eve@example.net").await;
        told(&reader, "lot of requests").await;
        assert_eq!(reader.client.current_url().await.unwrap().as_str(), street.friend.url("/script"));
        assert!(street.site.mails("eve@example.net").is_empty());

        // Where the script may not read the answer, the form goes as it is, and our own page says the rest.
        reader.client.goto(&street.stranger.url("/script")).await.unwrap();
        send("eve@example.net").await;
        reader.heading("Please try again later").await;
        // So it does when the network fails: the browser itself then says that nobody answers.
        reader.client.goto(&street.friend.url("/script")).await.unwrap();
        reader.fill("email", "eve@example.net").await;
        let (form, client) = (street.site.url("/week/subscribe"), browser.client());
        let Street { site, friend, stranger } = street;
        site.end().await;
        let button = client.find(Locator::Css("button")).await.unwrap();
        // The driver reports the page that did not load, or does not wait for it.
        let _ = button.click().await;
        let there = async {
            while client.current_url().await.unwrap().as_str() != form {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, there).await.is_ok(), "the form stayed where it was");
        drop(browser);
        friend.end().await;
        stranger.end().await;
    });
}
