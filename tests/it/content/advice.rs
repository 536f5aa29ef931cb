//! What `coranto check` says of an issue that could be better, and what it refuses.

use coranto::domain::newsletter::Newsletter;

use super::ground::{issue, newsletter, preflight, read, told};

fn told_of(source: &str) -> Vec<String> {
    told(&preflight(&read(source).unwrap(), &newsletter()))
}

#[test]
fn of_subject_and_summary() {
    insta::assert_debug_snapshot!(told_of("---\ntitle: \"WAR AGAIN!\"\n---\nText.\n"));
    let long = format!(
        "---\ntitle: A title that is long enough\nsubject: {}?\nsummary: {}\n---\nText.\n",
        "word ".repeat(20),
        "word ".repeat(60)
    );
    insta::assert_debug_snapshot!(told_of(&long));
    insta::assert_debug_snapshot!(told_of(
        "---\ntitle: '*** 🎉🎉🎉 ***'\nsummary: S\nimage: https://example.org/a.png\n---\nText.\n"
    ));
}

#[test]
fn of_the_text() {
    let body = "#### Too deep\n\nSee [here](https://example.org) and [](https://example.org/b), TK, not a TKO.\n\n\
                ![](https://example.org/a.png) [![](https://example.org/a.png)](https://example.org/c)\n\n## \n\n\
                [x](https://admin:secret@example.org) TKTK [^unused-not]\n\n[^unused]: Nobody refers to it.\n";
    insta::assert_debug_snapshot!(told(&preflight(&issue(body), &newsletter())));
}

#[test]
fn without_a_postal_address_nothing_goes_out() {
    let bare = Newsletter { postal_address: " \n".to_owned(), ..newsletter() };
    let told = told(&preflight(&issue("Text.\n"), &bare));
    assert_eq!(
        told,
        [
            "1:1: the newsletter week has no postal address, which the law wants in every issue | set postal_address under [newsletters.week] in coranto.toml"
        ]
    );
}

#[test]
fn an_empty_issue_is_none() {
    let told = told(&preflight(&issue("\n\n"), &newsletter()));
    assert_eq!(told, ["5:1: the issue has no text | write it below the front matter"]);
}
