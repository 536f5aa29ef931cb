//! A newsletter that takes HTML: what is kept, what is not, and what the text part makes of it.

use coranto::domain::newsletter::Newsletter;

use super::ground::{body_of, compose, issue, newsletter, text_body_of, told};
use crate::harness::patience::within;

fn allowing() -> Newsletter {
    Newsletter { allow_html: true, ..newsletter() }
}

fn html(body: &str) -> String {
    body_of(compose(&issue(body), &allowing()).unwrap().html.as_str())
}

fn text(body: &str) -> String {
    text_body_of(compose(&issue(body), &allowing()).unwrap().text.as_str())
}

#[test]
fn harmless_html_is_kept() {
    let body = "<div style=\"text-align:center\">Centred</div>\n\nH<sub>2</sub>O and <span style=\"color:#aa0000\">red</span><br>new line\n";
    let html = html(body);
    assert!(html.contains("<div style=\"text-align:center\">Centred</div>"), "{html}");
    // A colour by itself would be read on grounds that its editor has not seen.
    assert!(html.contains("H<sub>2</sub>O and <span>red</span><br>new line"), "{html}");
    assert_eq!(text(body), "Centred\n\nH₂O and red\nnew line");
}

#[test]
fn our_own_styles_pass_the_sanitiser_unchanged() {
    let body = "P *a* **b** ~~c~~ `d` [e](https://example.org/)\n\n> Q\n\n- L\n\n1. O\n\n| a |\n|--:|\n| b |\n\n```\ncode\n```\n\n***\n\n![i](https://example.org/a.png)\n\n## H\n\nN[^1]\n\n[^1]: n\n";
    let plain = compose(&issue(body), &allowing()).unwrap().html;
    let kept = html(&format!("{body}\n<i>x</i>\n"));
    let own = body_of(plain.as_str());
    let declarations = |html: &str| {
        let mut all: Vec<String> =
            html.split("style=\"").skip(1).map(|s| s.split('"').next().unwrap().replace(' ', "")).collect();
        all.sort();
        all.dedup();
        all
    };
    assert_eq!(declarations(&own), declarations(&kept));
    let count = |html: &str, what: &str| html.matches(what).count();
    for what in ["class=\"t\"", "class=\"l\"", "class=\"q\"", "dir=\"ltr\"", "scope=\"col\"", "<img", "<hr"] {
        assert_eq!(count(&own, what), count(&kept, what), "{what}");
    }
}

#[test]
fn harmful_html_is_not() {
    for body in [
        "<script>alert(1)</script>x",
        "<img src=x onerror=alert(1)>",
        "<img src=\"https://example.org/a.png\" onerror=\"alert(1)\">",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\"&#106;avascript:alert(1)\">x</a>",
        "<a href=\"/relative\">x</a>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<iframe src=\"https://example.org\"></iframe>",
        "<form action=\"https://example.org\"><input></form>",
        "<style>*{display:none}</style>x",
        "<div style=\"background-image:url(https://example.org/x.png)\">x</div>",
        "<div style=\"position:fixed\">x</div>",
        "<link rel=stylesheet href=https://example.org>",
        "<base href=https://example.org>",
        "<meta http-equiv=refresh content=0>",
        "x <b onclick=alert(1)>y</b>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "</td></tr></table></div>x",
    ] {
        let html = html(body).to_lowercase();
        for bad in [
            "<script", "onerror=\"", "onclick=", "javascript:", "href=\"/", "<svg", "<math", "<iframe", "<form",
            "<input", "<style", "url(", "position", "<link", "<base", "<meta", "</td>", "</div>\nx",
        ] {
            assert!(!html.contains(bad), "{bad} came out of {body}: {html}");
        }
    }
}

#[test]
fn the_text_part_has_the_words_and_the_addresses() {
    let body = "<p>One <a href=\"https://example.org\">link</a> &amp; <img src=\"https://example.org/a.png\" alt=\"a boat\"></p>\n<ul><li>two</li><li>three</li></ul>\n\nAnd <a href=\"https://example.org/x\">inline</a>, [again](https://example.org/x).\n";
    assert_eq!(
        text(body),
        "One link [1] & [Image: a boat]\n\ntwo\nthree\n\nAnd inline [2], again [2].\n\n\nLinks\n-----\n\n[1] https://example.org/\n[2] https://example.org/x"
    );
    let html = html(body);
    assert!(html.contains("href=\"https://example.org/\""), "the same spelling: {html}");
}

#[test]
fn fields_work_in_html() {
    let html = html(
        "<div><a href=\"{{ unsubscribe_url }}\">leave</a>, {{ name | friend }}, <a href=\"{{ web_url }}\">web</a></div>\n",
    );
    assert!(
        html.contains("href=\"\u{E000}unsubscribe_url\u{E001}\">leave</a>, \u{E000}name|friend\u{E001}, "),
        "{html}"
    );
    assert!(html.contains(" href=\"https://news.example.com/week/the-slug\">web</a>"), "{html}");
    let refused = compose(&issue("<div>{{ nope }}</div>\n"), &allowing()).unwrap_err();
    assert!(told(&refused)[0].starts_with("5:6: there is no merge field `nope`"), "{:?}", told(&refused));
}

#[test]
fn depth_and_size_are_bounded_before_the_sanitiser() {
    for (body, why) in [
        ("<div>".repeat(200), "nested too deep"),
        ("<div></b>".repeat(200), "nested too deep"),
        (format!("<div>{}</div>", "x ".repeat(40_000)), "more raw HTML than 65536 bytes"),
        ("<i>x</i> ".repeat(20_000), "more raw HTML"),
    ] {
        let soon = std::time::Duration::from_secs(10);
        let refused = within(soon, why, || told(&compose(&issue(&body), &allowing()).unwrap_err()));
        assert!(refused.iter().any(|told| told.contains(why)), "{why}: {refused:?}");
    }
}
