//! The mails that a signup may cause.

use coranto::domain::newsletter::Newsletter;
use coranto::signup::{Letter, mails};
use coranto::templates::Templates;
use coranto::words::Language;

use super::ground::{filled, newsletter};

#[test]
fn confirmation() {
    let parts =
        mails::mail(Letter::Confirm, Language::English, &newsletter(), &Templates::embedded().unwrap(), None).unwrap();
    assert_eq!(parts.subject, "Confirm your subscription to The Week");
    insta::assert_snapshot!("confirmation.html", filled(&parts.html, true));
    insta::assert_snapshot!("confirmation.txt", filled(&parts.text, false));
}

#[test]
fn notice() {
    let parts =
        mails::mail(Letter::Already, Language::English, &newsletter(), &Templates::embedded().unwrap(), None).unwrap();
    insta::assert_snapshot!("notice.html", filled(&parts.html, true));
    insta::assert_snapshot!("notice.txt", filled(&parts.text, false));
}

#[test]
fn in_other_languages_and_with_hostile_names() {
    let parts =
        mails::mail(Letter::Confirm, Language::Arabic, &newsletter(), &Templates::embedded().unwrap(), None).unwrap();
    assert_eq!((parts.language.as_str(), parts.subject.as_str()), ("ar", "أكّد اشتراكك في The Week"));
    assert!(parts.html.as_str().contains("<html lang=\"ar\" dir=\"rtl\""));

    let hostile =
        Newsletter { name: "<b>\u{E000}unsubscribe_url\u{E001} {newsletter} {{ x }}".to_owned(), ..newsletter() };
    let parts =
        mails::mail(Letter::Confirm, Language::English, &hostile, &Templates::embedded().unwrap(), None).unwrap();
    let html = filled(&parts.html, true);
    assert!(html.contains("&lt;b&gt;unsubscribe_url {newsletter} {{ x }}"), "{html}");
    assert!(!html.contains("<b>"));
}
