//! The mails that a signup may cause.

use coranto::domain::newsletter::Newsletter;
use coranto::signup::mails;
use coranto::templates::Templates;

use super::ground::{filled, newsletter};

#[test]
fn confirmation() {
    let parts = mails::confirmation(&newsletter(), &Templates::embedded().unwrap(), None).unwrap();
    assert_eq!(parts.subject, "Confirm your subscription to The Week");
    insta::assert_snapshot!("confirmation.html", filled(&parts.html, true));
    insta::assert_snapshot!("confirmation.txt", filled(&parts.text, false));
}

#[test]
fn notice() {
    let parts = mails::notice(&newsletter(), &Templates::embedded().unwrap(), None).unwrap();
    insta::assert_snapshot!("notice.html", filled(&parts.html, true));
    insta::assert_snapshot!("notice.txt", filled(&parts.text, false));
}

#[test]
fn in_other_languages_and_with_hostile_names() {
    let arabic = Newsletter { language: "ar".to_owned(), ..newsletter() };
    let parts = mails::confirmation(&arabic, &Templates::embedded().unwrap(), None).unwrap();
    assert_eq!((parts.language.as_str(), parts.subject.as_str()), ("ar", "أكّد اشتراكك في The Week"));
    assert!(parts.html.as_str().contains("<html lang=\"ar\" dir=\"rtl\""));

    let hostile =
        Newsletter { name: "<b>\u{E000}unsubscribe_url\u{E001} {newsletter} {{ x }}".to_owned(), ..newsletter() };
    let parts = mails::confirmation(&hostile, &Templates::embedded().unwrap(), None).unwrap();
    let html = filled(&parts.html, true);
    assert!(html.contains("&lt;b&gt;unsubscribe_url {newsletter} {{ x }}"), "{html}");
    assert!(!html.contains("<b>"));
}
