//! The mails that a signup may cause.

use coranto::content::Parts;
use coranto::domain::newsletter::Newsletter;
use coranto::signup::{MailKind, mails};
use coranto::templates::Templates;
use coranto::words::Language;

use super::ground::{PUBLIC_URL, filled, newsletter};

fn mail(letter: MailKind, language: Language, newsletter: &Newsletter) -> Parts {
    let letters = mails::letters(newsletter, PUBLIC_URL, &Templates::embedded().unwrap(), None).unwrap();
    letters.own.into_iter().find(|(its, spoken, _)| *its == letter && *spoken == language).unwrap().2
}

#[test]
fn confirmation() {
    let parts = mail(MailKind::Confirm, Language::English, &newsletter());
    assert_eq!(parts.subject, "Confirm your subscription to The Week");
    insta::assert_snapshot!("confirmation.html", filled(&parts.html, true));
    insta::assert_snapshot!("confirmation.txt", filled(&parts.text, false));
}

#[test]
fn notice() {
    let parts = mail(MailKind::Already, Language::English, &newsletter());
    insta::assert_snapshot!("notice.html", filled(&parts.html, true));
    insta::assert_snapshot!("notice.txt", filled(&parts.text, false));
}

#[test]
fn in_other_languages_and_with_hostile_names() {
    let parts = mail(MailKind::Confirm, Language::Arabic, &newsletter());
    assert_eq!((parts.language.as_str(), parts.subject.as_str()), ("ar", "تأكيد الاشتراك في نشرة «The Week»"));
    assert!(parts.html.as_str().contains("<html lang=\"ar\" dir=\"rtl\""));

    let hostile =
        Newsletter { name: "<b>\u{E000}unsubscribe_url\u{E001} {newsletter} {{ x }}".to_owned(), ..newsletter() };
    let parts = mail(MailKind::Confirm, Language::English, &hostile);
    let html = filled(&parts.html, true);
    assert!(html.contains("&lt;b&gt;unsubscribe_url {newsletter} {{ x }}"), "{html}");
    assert!(!html.contains("<b>"));
}
