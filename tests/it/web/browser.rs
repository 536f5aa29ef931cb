//! A reader's whole way in a real browser: the forms, the policy of content, the redirect, without and with scripts.

use coranto::domain::subscriber::SubscriptionState::{Active, Left, Paused, Pending};
use coranto::store::Db;
use fantoccini::{Client, Locator};

use super::ground::{Web, start};
use crate::harness::browser::{Browser, Scripts};
use crate::harness::database::on_sqlite;

/// Presses the button with these words on it and waits for the page behind it, which has this heading.
async fn press(client: &Client, button: &str, heading: &str) {
    let path = format!("//button[normalize-space()='{button}']");
    client.find(Locator::XPath(&path)).await.unwrap().click().await.unwrap();
    let there = format!("//h1[contains(normalize-space(), '{heading}')]");
    client.wait().for_element(Locator::XPath(&there)).await.unwrap();
}

async fn text(client: &Client, css: &str) -> String {
    client.find(Locator::Css(css)).await.unwrap().text().await.unwrap()
}

async fn way(db: Db, scripts: Scripts) {
    let Some(browser) = Browser::start(scripts).await else { return };
    let client = browser.client();
    let web = Web::new(db).await;
    let (address, task) = start(&web).await;
    let site = format!("http://{address}");

    client.goto(&format!("{site}/week/subscribe")).await.unwrap();
    client.find(Locator::Id("email")).await.unwrap().send_keys("anna at example").await.unwrap();
    press(client, "Subscribe", "The Week").await;
    assert_eq!(client.title().await.unwrap(), "Error: The Week");
    assert!(text(client, ".summary a").await.contains("correct format"));
    let field = client.find(Locator::Id("email")).await.unwrap();
    assert_eq!(field.attr("value").await.unwrap().as_deref(), Some("anna at example"), "what was typed is kept");
    assert_eq!(field.attr("aria-invalid").await.unwrap().as_deref(), Some("true"));
    field.clear().await.unwrap();
    field.send_keys("anna@example.org").await.unwrap();
    press(client, "Subscribe", "Check your email").await;
    assert_eq!(client.current_url().await.unwrap().path(), "/week/subscribe/sent");
    assert_eq!(web.ground.state("anna@example.org").await, Some(Pending));

    client.goto(&format!("{site}{}", web.confirm_link("anna@example.org").await)).await.unwrap();
    assert_eq!(text(client, ".address").await, "a***@example.org");
    assert_eq!(web.ground.state("anna@example.org").await, Some(Pending), "opening the page is not confirming");
    press(client, "Confirm subscription", "Welcome to The Week").await;
    assert_eq!(web.ground.state("anna@example.org").await, Some(Active));

    let id = web.ground.find("anna@example.org").await.unwrap().id;
    client.goto(&format!("{site}{}", web.preferences_link(id))).await.unwrap();
    press(client, "Pause for 4 weeks", "Your subscription to The Week").await;
    assert_eq!(text(client, "[role=status]").await, "Paused.");
    assert_eq!(web.ground.state("anna@example.org").await, Some(Paused));
    press(client, "End the pause", "Your subscription to The Week").await;
    client.find(Locator::Id("name")).await.unwrap().send_keys("Anna").await.unwrap();
    press(client, "Save name", "Your subscription to The Week").await;
    assert_eq!(web.ground.find("anna@example.org").await.unwrap().name.as_deref(), Some("Anna"));

    client.goto(&format!("{site}{}", web.leave_link(id))).await.unwrap();
    assert_eq!(web.ground.state("anna@example.org").await, Some(Active), "opening the page is not leaving");
    press(client, "Unsubscribe", "You are unsubscribed").await;
    assert_eq!(web.ground.state("anna@example.org").await, Some(Left));

    // The sheet was allowed and applied: a button is as large as a finger.
    let (.., height) = client.find(Locator::Css("h1")).await.unwrap().rectangle().await.unwrap();
    assert!(height > 30.0, "the page has no style: its heading is {height} px high");
    web.stop.cancel();
    drop(browser);
    task.await.unwrap().unwrap();
}

#[test]
fn a_reader_comes_and_goes_without_scripts() {
    on_sqlite(async |db: Db| way(db, Scripts::Off).await);
}

#[test]
fn a_reader_comes_and_goes_with_scripts() {
    on_sqlite(async |db: Db| way(db, Scripts::On).await);
}
