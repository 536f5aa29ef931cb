//! A reader at a browser: opens pages of an installation, fills in fields, presses buttons, and looks at what comes. Knows
//! no page but the way through the signup.

use std::time::Duration;

use fantoccini::{Client, Locator};

use crate::harness::installation::Installation;

pub(super) const READER: &str = "anna@example.net";
const PATIENCE: Duration = Duration::from_secs(30);

/// What the way through the signup says in English.
pub(super) const ENGLISH: [&str; 5] =
    ["Subscribe", "Check your email", "Confirm your subscription to The Week", "Confirm subscription", "Welcome"];

/// A reader at their browser.
pub(super) struct Reader<'a> {
    pub(super) client: &'a Client,
    pub(super) site: &'a Installation,
}

impl Reader<'_> {
    pub(super) async fn open(&self, path: &str) {
        self.client.goto(&self.site.url(path)).await.unwrap();
    }

    pub(super) async fn fill(&self, id: &str, value: &str) {
        let field = self.client.find(Locator::Id(id)).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(value).await.unwrap();
    }

    /// Opens a card.
    pub(super) async fn unfold(&self, id: &str) {
        self.click(&format!("//details[@id='{id}' and not(@open)]/summary")).await;
    }

    pub(super) async fn click(&self, path: &str) {
        let found = self.client.find(Locator::XPath(path)).await;
        let Ok(element) = found else { panic!("no {path} on:\n{}", self.text("main").await) };
        element.click().await.unwrap();
    }

    /// Clicks, and waits until the page that was clicked on is gone: the next one may have the same heading.
    pub(super) async fn leave_by(&self, path: &str) {
        let button = self.client.find(Locator::XPath(path)).await;
        let Ok(button) = button else { panic!("no {path} on:\n{}", self.text("main").await) };
        button.clone().click().await.unwrap();
        let gone = async {
            while button.tag_name().await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, gone).await.is_ok(), "{path} led nowhere");
    }

    /// Presses the button with these words on it and waits for the page behind it, which has this heading.
    pub(super) async fn press(&self, button: &str, heading: &str) {
        self.leave_by(&format!("//button[normalize-space()='{button}']")).await;
        self.heading(heading).await;
    }

    pub(super) async fn heading(&self, heading: &str) {
        let there = format!("//h1[contains(normalize-space(), '{heading}')]");
        let waited = self.client.wait().for_element(Locator::XPath(&there)).await;
        assert!(waited.is_ok(), "no heading {heading:?}, but:\n{}", self.text("main").await);
    }

    pub(super) async fn text(&self, css: &str) -> String {
        self.client.find(Locator::Css(css)).await.unwrap().text().await.unwrap()
    }

    pub(super) async fn says(&self, words: &str) {
        let text = self.text("main").await;
        assert!(text.contains(words), "no {words:?} in:\n{text}");
    }

    /// Signs up on the page and confirms by the mail.
    pub(super) async fn sign_up(&self, newsletter: &str, words: [&str; 5]) {
        let [subscribe, check, question, confirm, welcome] = words;
        self.open(&format!("/{newsletter}/subscribe")).await;
        self.fill("email", READER).await;
        self.press(subscribe, check).await;
        let mail = self.site.mail(READER, 1).await;
        self.open(&self.site.link(&mail, "/c/")).await;
        self.heading(question).await;
        assert_eq!(self.text(".address").await, "a***@example.net");
        self.press(confirm, welcome).await;
    }
}

/// What stands in a language's file.
pub(super) fn words<const N: usize>(language: &str, keys: [&str; N]) -> Vec<String> {
    let path = format!("{}/templates/words/{language}.ftl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let find = |key: &str| {
        let line = text.lines().find(|line| line.split(" = ").next() == Some(key));
        line.unwrap_or_else(|| panic!("no {key} in {language}")).split_once(" = ").unwrap().1.to_owned()
    };
    keys.iter().map(|key| find(key)).collect()
}
