//! Kinds of text that real issues are full of, from the source to both parts.

use coranto::domain::newsletter::Newsletter;

use super::ground::{compose, html_of, issue, newsletter, preflight, text_of};

/// An address that was typed bare leads where it says, wherever it stands and whatever Markdown means by its signs.
#[test]
fn a_bare_address_is_whole_everywhere() {
    let addresses = [
        "https://example.org/a--b/c.html", "https://example.org/__init__.py", "https://example.org/_a_/b",
        "https://example.org/wait...what", "https://example.org/~user~/z", "https://example.org/*x*/y",
    ];
    let places = [
        "See ADDRESS.", "> ADDRESS", "- ADDRESS, b", "1. *ADDRESS*", "## ADDRESS", "**ADDRESS**", "(ADDRESS)",
        "| a |\n|---|\n| ADDRESS |", "N[^1]\n\n[^1]: ADDRESS.", "\"ADDRESS\"", "见ADDRESS。",
    ];
    for address in addresses {
        for place in places {
            let body = place.replace("ADDRESS", address);
            let (html, text) = (html_of(&body), text_of(&body));
            assert!(html.contains(&format!("<a href=\"{address}\"")), "{body}: {html}");
            assert!(text.contains(address), "{body}: {text}");
        }
    }
}

#[test]
fn a_bare_address_is_a_link_amid_html_but_not_within_one() {
    let allowing = Newsletter { allow_html: true, ..newsletter() };
    let of = |body: &str| compose(&issue(body), &allowing).unwrap().html.as_str().to_owned();
    assert!(of("A<br>https://example.org/a--b").contains("<a href=\"https://example.org/a--b\""));
    let html = of("<a href=\"https://example.org/a--b\">https://example.org/a--b</a> and www.example.org/x");
    assert_eq!(html.matches("href=\"https://example.org/a--b\"").count(), 1, "{html}");
    assert!(html.contains("href=\"https://www.example.org/x\""), "{html}");
    assert!(html_of("Write to a.b+c@example.org.").contains("href=\"mailto:a.b+c@example.org\""));
    assert!(text_of("Write to a.b+c@example.org.").contains("a.b+c@example.org"));
}

#[test]
fn code_and_escaped_marks_stay_as_they_are_typed() {
    let html = html_of("`--flag \"x\"...` and \\\"straight\\\" and &quot;so&quot; and \"round\" 6'2\" tall");
    assert!(html.contains("--flag \"x\"..."), "{html}");
    assert!(html.contains("\"straight\" and \"so\" and “round” 6′2″ tall"), "{html}");
}

#[test]
fn braces_at_the_end_of_a_heading_are_text() {
    for (body, shown) in [("## Sets like {a, b}", "Sets like {a, b}"), ("## Both {#id}", "Both"), ("## {x}", "{x}")] {
        assert!(html_of(body).contains(&format!(">{shown}</h2>")), "{body}: {}", html_of(body));
        assert!(text_of(body).starts_with(&format!("{shown}\n---")), "{body}");
    }
}

#[test]
fn a_picture_of_unknown_size_keeps_it() {
    let html = html_of("Small ![icon](https://example.org/i16.png) inline.\n\n![A chart](https://example.org/c.png)");
    assert!(!html.contains("width=\"560\"") && !html.contains("\"width:100%"), "{html}");
    assert_eq!(html.matches("display:block").count(), 1, "{html}");
}

#[test]
fn raw_html_leaves_no_half_behind_and_no_word() {
    let allowing = Newsletter { allow_html: true, ..newsletter() };
    let body = "<div style=\"color:#fff;background:#000\"><b>Styled</b></div>\n\n<details><summary>Sum</summary>Hidden</details>\n\n\
                A Vec<T>, 2<sup>80</sup> and <a href=\"/relative\">a link</a>.\n";
    let parts = compose(&issue(body), &allowing).unwrap();
    let (html, text) = (parts.html.as_str(), parts.text.as_str());
    assert!(html.contains("<div><b>Styled</b></div>") && html.contains("Vec&lt;T&gt;"), "{html}");
    assert!(text.contains("Sum\n\nHidden") && text.contains("2⁸⁰") && text.contains("Vec<T>"), "{text}");
    let codes: Vec<_> = preflight(&issue(body), &allowing).iter().map(|problem| problem.code).collect();
    assert!(codes.contains(&"html-dropped") && codes.contains(&"html-unknown"), "{codes:?}");
}

#[test]
fn what_has_no_words_leaves_no_gap_in_the_text() {
    let text = text_of("One.\n\n![](https://example.org/a.png)\n\n![](https://example.org/b.png)\n\nTwo.");
    assert_eq!(text, "One.\n\nTwo.");
}

/// A list of links as real weeklies have it: most of its bytes are the editor's.
#[test]
fn our_own_bytes_are_few() {
    let item =
        "- [A title of some forty letters, no more](https://blog.example.org/2026/11/a-long-and-telling-slug/)\n";
    let html = html_of(&item.repeat(300));
    let bare = "<li><a href=\"https://blog.example.org/2026/11/a-long-and-telling-slug/\">A title of some forty letters, no more</a></li>\n";
    let (ours, theirs) = (html.len(), bare.len() * 300);
    assert!(ours * 10 < theirs * 18, "{ours} bytes of {theirs}");
}
