//! The mails that a signup may cause.

use coranto::domain::newsletter::Newsletter;
use coranto::signup::{Letters, mails};
use coranto::templates::Templates;

use super::ground::{PUBLIC_URL, filled, newsletter};

fn letters(newsletter: &Newsletter) -> Letters {
    mails::letters(newsletter, PUBLIC_URL, &Templates::embedded().unwrap(), None).unwrap()
}

#[test]
fn confirmation() {
    let parts = letters(&newsletter()).confirmation;
    assert_eq!(parts.subject, "Confirm your subscription to The Week");
    insta::assert_snapshot!("confirmation.html", filled(&parts.html, true));
    insta::assert_snapshot!("confirmation.txt", filled(&parts.text, false));
}

#[test]
fn notice() {
    let parts = letters(&newsletter()).notice;
    insta::assert_snapshot!("notice.html", filled(&parts.html, true));
    insta::assert_snapshot!("notice.txt", filled(&parts.text, false));
}

#[test]
fn in_other_languages_and_with_hostile_names() {
    let arabic = Newsletter { language: "ar".to_owned(), ..newsletter() };
    let parts = letters(&arabic).confirmation;
    assert_eq!((parts.language.as_str(), parts.subject.as_str()), ("ar", "أكد اشتراكك في The Week"));
    assert!(parts.html.as_str().contains("<html lang=\"ar\" dir=\"rtl\""));

    let hostile =
        Newsletter { name: "<b>\u{E000}unsubscribe_url\u{E001} {newsletter} {{ x }}".to_owned(), ..newsletter() };
    let parts = letters(&hostile).confirmation;
    let html = filled(&parts.html, true);
    assert!(html.contains("&lt;b&gt;unsubscribe_url {newsletter} {{ x }}"), "{html}");
    assert!(!html.contains("<b>"));
}
