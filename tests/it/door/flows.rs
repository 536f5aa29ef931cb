//! A reader's whole way in a browser, from the signup page to the last goodbye, with every mail on the way, with scripts
//! off and on. Knows the installation from outside alone.

use fantoccini::Locator;

use super::reader::{ENGLISH, READER, Reader, words};
use crate::harness::browser::{Browser, Scripts};
use crate::harness::database::{Fresh, on_sqlite};
use crate::harness::installation::Installation;

const MOVED: &str = "anna.new@example.org";
const ISSUE: &str = "---\ntitle: The first letter\nsummary: A short one, to begin with.\n---\nGood morning.\n";

fn way(scripts: Scripts) {
    on_sqlite(async |fresh: Fresh| {
        let Some(browser) = Browser::start(scripts).await else { return };
        let site = Installation::start(&fresh.url, &[("week", "The Week", "en", "")], "").await;
        let reader = Reader { client: browser.client(), site: &site };

        // What cannot be an address is said beside what was typed.
        reader.open("/week/subscribe").await;
        reader.fill("email", "anna at example").await;
        reader.press("Subscribe", "The Week").await;
        assert!(reader.client.title().await.unwrap().starts_with("Error: "));
        let field = reader.client.find(Locator::Id("email")).await.unwrap();
        assert_eq!(field.attr("value").await.unwrap().as_deref(), Some("anna at example"), "what was typed is kept");
        assert_eq!(field.attr("aria-invalid").await.unwrap().as_deref(), Some("true"));
        reader.sign_up("week", ENGLISH).await;

        // The issue comes; its foot leads to the preferences.
        site.publish("week", "first", ISSUE).await;
        let issue = site.mails(READER).pop().unwrap();
        reader.open(&site.link(&issue, "/p/")).await;
        reader.heading("The Week").await;
        reader.unfold("own-name").await;
        reader.fill("name", "Anna").await;
        reader.press("Save name", "The Week").await;
        assert!(reader.text("[role=status]").await.starts_with("Your name has been saved."));
        reader.unfold("pause").await;
        reader.press("Pause for 4 weeks", "The Week").await;
        reader.says("Paused until").await;
        reader.press("Resume", "The Week").await;

        // Another address: a link goes to the new one, word of it to the old one.
        let before = site.mails(READER).len();
        reader.unfold("address").await;
        reader.fill("email", MOVED).await;
        reader.press("Change email address", "The Week").await;
        reader.says("Nothing changes until you confirm it").await;
        site.mail(READER, before + 1).await;
        let asked = site.mail(MOVED, 1).await;
        reader.open(&site.link(&asked, "/a/")).await;
        reader.press("Use this address", "Your address has been changed").await;
        site.publish("week", "second", ISSUE).await;
        assert_eq!(site.mails(READER).len(), before + 1, "the old address got an issue");
        let issue = site.mails(MOVED).pop().unwrap();

        // Leaving, regretting it, and leaving for good.
        let link = site.link(&issue, "/u/");
        reader.open(&link).await;
        reader.press("Unsubscribe", "You’ve been unsubscribed").await;
        reader.press("Undo", "You’re subscribed again").await;
        site.publish("week", "third", ISSUE).await;
        assert!(String::from_utf8_lossy(&site.mails(MOVED).pop().unwrap().data).contains("third"));
        reader.open(&link).await;
        reader.press("Unsubscribe", "You’ve been unsubscribed").await;
        reader.click("//label[normalize-space()='Too long']").await;
        reader.press("Send answer", "You’ve been unsubscribed").await;
        reader.says("Thank you for telling us").await;
        let mails = site.mails(MOVED).len();
        site.publish("week", "fourth", ISSUE).await;
        assert_eq!(site.mails(MOVED).len(), mails, "a reader who left was written to");
        reader.open(&link).await;
        reader.heading("You are not subscribed").await;

        // What leads nowhere says so, and repeats nothing of it.
        for path in ["/u/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "/c/nonsense", "/week/there-is-none"] {
            reader.open(path).await;
            let text = reader.text("body").await;
            assert!(!text.contains("aaaa") && !text.contains("nonsense") && !text.contains("there-is-none"), "{text}");
        }
        drop(browser);
        site.end().await;
    });
}

#[test]
fn a_reader_comes_moves_and_goes_in_a_browser_without_scripts() {
    way(Scripts::Off);
}

#[test]
fn a_reader_comes_moves_and_goes_in_a_browser_with_scripts() {
    way(Scripts::On);
}

#[test]
fn a_reader_of_a_script_that_runs_from_right_to_left_signs_up_in_a_browser() {
    on_sqlite(async |fresh: Fresh| {
        let Some(browser) = Browser::start(Scripts::Off).await else { return };
        let site = Installation::start(&fresh.url, &[("usbu", "الأسبوع", "ar", "")], "").await;
        let reader = Reader { client: browser.client(), site: &site };
        let words =
            words("ar", ["subscribe", "check_heading", "confirm_heading", "confirm_button", "confirmed_heading"]);
        // A heading that names the newsletter is looked for by what stands before the name.
        let words: Vec<&str> = words.iter().map(|text| text.split('{').next().unwrap().trim()).collect();
        reader.sign_up("usbu", words.try_into().unwrap()).await;
        let html = reader.client.find(Locator::Css("html")).await.unwrap();
        assert_eq!(html.attr("dir").await.unwrap().as_deref(), Some("rtl"));
        assert_eq!(html.attr("lang").await.unwrap().as_deref(), Some("ar"));
        drop(browser);
        site.end().await;
    });
}

#[test]
fn a_reader_chooses_another_language_in_a_browser_and_the_mail_follows() {
    on_sqlite(async |fresh: Fresh| {
        let Some(browser) = Browser::start(Scripts::Off).await else { return };
        let site = Installation::start(&fresh.url, &[("week", "The Week", "en", "")], "").await;
        let reader = Reader { client: browser.client(), site: &site };
        let [subscribe, check, confirm] =
            words("uk", ["subscribe", "check_heading", "confirm_button"]).try_into().unwrap();
        reader.open("/week/subscribe?src=blog").await;
        reader.leave_by("//nav//a[normalize-space()='Українська']").await;
        reader.fill("email", READER).await;
        reader.press(&subscribe, &check).await;
        let mail = site.mail(READER, 1).await;
        assert!(
            String::from_utf8_lossy(&mail.data).contains("Content-Language: uk"),
            "the email is in another language"
        );
        reader.open(&site.link(&mail, "/c/")).await;
        reader.press(&confirm, "The Week").await;
        let html = reader.client.find(Locator::Css("html")).await.unwrap();
        assert_eq!(html.attr("lang").await.unwrap().as_deref(), Some("uk"));
        drop(browser);
        site.end().await;
    });
}
