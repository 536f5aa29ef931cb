//! Every check of the preflight: one text that it finds something in, and one that is nearly the same and in order. The
//! table in docs/reference/checks.md names the same checks.

use std::collections::BTreeSet;

use coranto::content::{Problem, Severity};
use coranto::domain::newsletter::Newsletter;

use super::ground::{compose, newsletter, preflight, read};

/// A check's id, what it finds something in, and a near miss. What does not begin with front matter is a body.
const CHECKS: &[(&str, &str, &str)] = &[
    // The file.
    ("character", "a\u{7}b", "a\u{200D}b"),
    ("front-matter", "---\ntitle: a: b\n---\nText", "---\ntitle: \"a: b\"\n---\nText"),
    ("front-matter-open", "---\ntitle: a\nText", "---\ntitle: a\n---\nText"),
    ("no-front-matter", "--- title: a\nText", "+++\ntitle = \"a\"\n+++\nText"),
    ("no-text", "---\ntitle: a\n---\n\n", "---\ntitle: a\n---\n.\n"),
    ("title-missing", "---\nsubject: a\n---\nText", "---\ntitle: a\n---\nText"),
    ("unknown-key", "---\ntitle: a\nsumary: b\n---\nText", "---\ntitle: a\nsummary: b\n---\nText"),
    ("wrong-type", "---\ntitle: a\ndraft: maybe\n---\nText", "---\ntitle: a\ndraft: true\n---\nText"),
    ("not-one-line", "---\ntitle: \"a\\nb\"\n---\nText", "---\ntitle: >-\n  a\n  b\n---\nText"),
    ("lang", "---\ntitle: a\nlang: english please\n---\nText", "---\ntitle: a\nlang: en-GB\n---\nText"),
    ("send-at", "---\ntitle: a\nsend_at: 9am\n---\nText", "---\ntitle: a\nsend_at: next\n---\nText"),
    (
        "field-web",
        "---\ntitle: a\nweb: none\n---\n[On the web]({{ web_url }})",
        "---\ntitle: a\nweb: unlisted\n---\n[On the web]({{ web_url }})",
    ),
    ("field-in-front-matter", "---\ntitle: Hi {{ name }}\n---\nText", "---\ntitle: Hi { name }\n---\nText"),
    // Subject and summary.
    ("subject-short", "---\ntitle: Nine char\n---\nText", "---\ntitle: Ten chars.\n---\nText"),
    ("subject-short", "---\ntitle: 暦の合意\n---\nText", "---\ntitle: 暦は合意だ\n---\nText"),
    (
        "subject-long",
        "---\ntitle: This subject has as many as seventy-nine characters, and that is one too many now\n---\nText",
        "---\ntitle: This subject has as many as seventy-eight characters, and that is just enough\n---\nText",
    ),
    ("subject-capitals", "---\ntitle: WAR IN THE NORTH\n---\nText", "---\ntitle: NATO IN the NORTH\n---\nText"),
    (
        "subject-capitals",
        "---\ntitle: ВОЙНА НА СЕВЕРЕ\n---\nText",
        "---\ntitle: 周刊（第 199 期）：HTTPS 证书\n---\nText",
    ),
    ("subject-mark", "---\ntitle: Who defends it?\n---\nText", "---\ntitle: Who defends it? We do\n---\nText"),
    ("subject-mark", "---\ntitle: At last, a calendar!\n---\nText", "---\ntitle: 誰が守るのか？\n---\nText"),
    ("subject-mark", "---\ntitle: Is it over?!\n---\nText", "---\ntitle: هل انتهى الأمر؟\n---\nText"),
    ("subject-words", "---\ntitle: 🎉🎉🎉 ***\n---\nText", "---\ntitle: 🎉🎉🎉 At last\n---\nText"),
    ("subject-placeholder", "---\ntitle: The harbour TK\n---\nText", "---\ntitle: The harbour TKO\n---\nText"),
    (
        "subject-placeholder",
        "---\ntitle: The harbour\nsummary: TKTK says who.\n---\nText",
        "---\ntitle: The harbour\nsummary: It says who.\n---\nText",
    ),
    ("summary-missing", "---\ntitle: The harbour\n---\nText", "---\ntitle: The harbour\nsummary: S\n---\nText"),
    (
        "summary-title",
        "---\ntitle: The harbour\nsummary: the harbour.\n---\nText",
        "---\ntitle: The harbour\nsummary: the harbour master.\n---\nText",
    ),
    // The date: issues go out on 20 November 2026 here.
    ("title-date", "---\ntitle: The week of 13 November\n---\nText", "---\ntitle: The week of 20 November\n---\nText"),
    ("title-date", "---\ntitle: Week 2026-11-27\n---\nText", "---\ntitle: Week 2026-47, 112027\n---\nText"),
    (
        "title-date",
        "---\ntitle: News\nsubject: News of 20. November 2025\nlang: de\n---\nText",
        "---\ntitle: News\nsubject: News of 20. November 2026\nlang: de\n---\nText",
    ),
    ("footer-year", "Text.\n\n© 2025 Example Press", "Text.\n\n© 2019–2026 Example Press"),
    ("footer-year", "Text.\n\nCopyright 2019–2024.", "Photograph © 2019 by Example.\n\nThe text goes on."),
    // Words.
    ("text-short", "A few words only.", "---\ntitle: a\n---\n{fifty words}"),
    ("placeholder", "It was said by TK.", "It was a TKO in the `TK` round."),
    ("placeholder", "Lorem ipsum dolor sit amet.", "The words loremipsum dolor."),
    ("placeholder", "TODO: ask", "- 2 May, Berlin: topic TBD"),
    ("placeholder", "It begins at nine (TODO).", "The talk \"Stop using TODO\", and one that fixes a FIXME of 2013"),
    ("placeholder", "FIXME", "Two are found. [FIXME](https://example.org). A TODO list and R Lorem Ipsum"),
    ("capitals", "We SAY THIS ONCE AND FOR ALL now.", "NATO, the BBC, ITV and CNN, UN and EU agree."),
    ("capitals", "WE SAY THIS ONCE AND FOR ALL", "CSV, LTSV, JSON, TBLN, SQL, YAML"),
    ("capitals", "BUY 2 AND GET 3 MORE TODAY", "用 PDF 和 API、CLI、GPU 与 SDK 来做 LLM"),
    ("capitals", "## THE HARBOUR MASTER", "## The BBC"),
    ("capitals", "## HARBOUR NEWS", "## REST JSON API"),
    ("capitals", "МЫ ГОВОРИМ ЭТО ТОЛЬКО ОДИН РАЗ", "Мы говорим это только один раз"),
    ("attachment", "The list is attached.", "She was attached to the old house."),
    ("attachment", "The list is attached to this email.", "The boat is attached to the jetty."),
    (
        "attachment",
        "---\ntitle: a\nlang: de\n---\nDie Liste im Anhang.",
        "---\ntitle: a\nlang: de\n---\nSein Anhänger.",
    ),
    (
        "attachment",
        "---\ntitle: a\nlang: de\n---\nDie Liste ist angehängt.",
        "---\ntitle: a\nlang: de\n---\nEs kann an das Ereignis angehängt werden.",
    ),
    (
        "attachment",
        "---\ntitle: a\nlang: cs\n---\nSeznam posílám v příloze.",
        "---\ntitle: a\nlang: cs\n---\nUkládá data v příloze taprootu.",
    ),
    (
        "attachment",
        "---\ntitle: a\nlang: ja\n---\n資料を添付しました。",
        "---\ntitle: a\nlang: ja\n---\n資料を見ました。",
    ),
    ("attachment", "---\ntitle: a\nlang: zh\n---\n详情见附件。", "---\ntitle: a\nlang: zh\n---\n附件协议很有用。"),
    ("quotes", "He said “no and left.", "He said “no” and left."),
    ("quotes", "He said \"no and left.", "He said \"no\" of a 6\" pipe."),
    ("quotes", "\"Top forty\" New \"CRAN packages", "\"Top 40\" New CRAN Packages, \"in 2019\""),
    ("quotes", "A \"word", "timestamp=\"38:46\" and a 27\" screen"),
    ("quotes", "A \"word\n\nText", "\"One paragraph\n\nand two.\""),
    ("quotes", "“One paragraph\n\nand two.", "“One paragraph\n\n“and two.”"),
    ("quotes", "A word” here\n\nand “one", "“One paragraph\n\nand two.”"),
    ("quotes", "---\ntitle: a\nlang: zh\n---\n“挑战者 2“很快。", "The review of \"SE 0192” ended."),
    ("quotes", "---\ntitle: a\nlang: de\n---\nEr sagte „nein.", "---\ntitle: a\nlang: de\n---\nEr sagte „nein“."),
    ("quotes", "Il dit « non.", "Il dit « non »."),
    ("quotes", "彼は「いいえと言った。", "彼は「いいえ」と言った。"),
    // Headings.
    ("heading-empty", "## \n\nText", "## A\n\nText"),
    // Merge fields.
    ("field-unknown", "Dear {{ frist_name }}", "Dear \\{{ frist_name }}"),
    ("field-open", "Dear {{ name", "Dear { name"),
    ("field", "Dear {{ }}", "Dear { }"),
    ("field", "Dear {{ name | }}", "Dear {{ name | you }}"),
    ("field-empty", "Dear {{ name }}", "Dear {{ name | you }}"),
    ("field-foreign", "Hi *|FNAME|*", "Hi `*|FNAME|*`"),
    ("field-foreign", "Hi %%name%%, [NAME]", "[RFC] of 50 % to 60 %"),
    ("field", "Hi {{ name | default: \"you\" }}", "Hi {{ name | you }}"),
    ("field-in-address", "[x]({{ name }})", "[x]({{ unsubscribe_url }})"),
    // Links.
    ("link", "[a page](https://)", "[a page](https://example.org)"),
    ("link", "[a page](https://https://example.org)", "[a page](https://https.example.org)"),
    ("link-relative", "[a page](/about)", "[a page](https://example.org/about)"),
    ("link-relative", "[a page](www.example.org)", "[a page](https://www.example.org)"),
    ("link-anchor", "[a page](#there)", "[a page](https://example.org/#there)"),
    ("link-scheme", "[look](file:///etc/hosts)", "[write](mailto:a@example.org)"),
    ("link-unfollowed", "[chat](irc://irc.example.org/x)", "[call](tel:+1)"),
    ("link-empty", "[](https://example.org)", "[A](https://example.org)"),
    ("link-generic", "[Click here!](https://example.org)", "[here comes the sun](https://example.org)"),
    (
        "link-generic",
        "[here](https://example.org/a)",
        "[here](https://example.org/here/) in [Go](https://example.org/b)",
    ),
    ("link-generic", "---\ntitle: a\nlang: de\n---\n[hier](https://example.org)", "[hier](https://example.org)"),
    ("link-user", "[a page](https://me@example.org)", "[me](mailto:me@example.org)"),
    ("link-shortener", "[a page](https://bit.ly/x)", "[a page](https://rabbit.ly/x)"),
    ("link-mismatch", "[example.org](https://example.com)", "[example.org](https://www.example.org/a)"),
    ("link-mismatch", "[example.org](https://example.com)", "[example.org](https://bit.ly/x)"),
    ("link-mismatch", "[https://a.example/x](https://b.example/x)", "[Node.js](https://nodejs.example)"),
    // Images.
    ("image", "![x](https://)", "![x](https://example.org/a.png)"),
    ("alt-missing", "![](https://example.org/a.png)", "![A harbour](https://example.org/a.png)"),
    ("alt-file-name", "![IMG_2034](https://example.org/a.png)", "![The IMG_2034 tape](https://example.org/a.png)"),
    (
        "alt-file-name",
        "![Screenshot 2026-11-27 at 10.33.12](https://example.org/a.png)",
        "![Screenshot of the settings page](https://example.org/a.png)",
    ),
    ("alt-file-name", "![Image 3](https://example.org/a.png)", "![Image of a saint](https://example.org/a.png)"),
    ("alt-file-name", "![harbour.jpg](https://example.org/a.png)", "![A harbour, by JPG](https://example.org/a.png)"),
    ("alt-missing", "[![](https://example.org/a.png)](https://example.org)", "![A](https://example.org/a.png)"),
    ("image-svg", "![A harbour](https://example.org/a.svg?x=1)", "![A harbour](https://example.org/svg.png)"),
    ("image-size", "![A harbour](https://example.org/a.png)", "Text"),
    // Fields of other systems above the text.
    (
        "field-foreign",
        "---\ntitle: A title for *|FNAME|*\nsummary: S.\n---\nText",
        "---\ntitle: A title for *one*\nsummary: S.\n---\nText",
    ),
    (
        "field-foreign",
        "---\ntitle: A title for all\nsubject: Hello %%first_name%%\nsummary: S.\n---\nText",
        "---\ntitle: A title for all\nsubject: Up 5%%\nsummary: S.\n---\nText",
    ),
    // What failed, and what is left out.
    ("markup-shown", "A **bold ** word", "2**3 and f(**kwargs)"),
    ("markup-shown", "词**《标题》**词", "词 **《标题》** 词"),
    ("markup-shown", "![a](https://example.org/a b.png)", "`![a](b c)` and #![feature(a)]"),
    ("markup-shown", "[名前]（https://example.org）", "名前（https://example.org）"),
    ("markup-shown", "Text\n[a]: https://example.org", "[a]: https://example.org\n\nText"),
    ("markup-shown", "A **bold ** word", "A \\*\\*bold \\*\\* word"),
    ("html", "A <b>bold</b> word", "A **bold** word"),
    ("html", "<div>\n\nText\n\n</div>", "<!-- a note -->\n\nText <!-- and another -->"),
    ("html-unknown", "A List<String> of it", "A `List<String>` of it"),
    ("html-unknown", "A Just<Base> of it", "A `Just<Base>` of it"),
    ("note-unused", "Text.\n\n[^a]: Note.", "Text[^a].\n\n[^a]: Note."),
];

/// Checks that other tests show, because they need a size, a newsletter, a time or a network.
const ELSEWHERE: &[&str] = &[
    "file-too-large", "not-utf8", "too-long", "too-deep", "too-many-fields", "too-many-pieces", "too-much-html",
    "output-too-large", "template", "postal-address", "html-clipped", "html-too-large", "html-dropped", "text-long",
    "summary-long",
];

fn problems(text: &str) -> Vec<Problem> {
    let text = text.replace("{fifty words}", &"A word and another, ".repeat(15));
    let whole = match text.starts_with("---") || text.starts_with("+++") {
        true => text,
        false => format!("---\ntitle: A title that is long enough\nsummary: What it says.\n---\n{text}\n"),
    };
    read(&whole).map_or_else(|problems| problems, |issue| preflight(&issue, &newsletter()))
}

#[test]
fn every_check_finds_what_it_is_for_and_leaves_the_rest() {
    for (id, hit, miss) in CHECKS {
        let (found, left) = (problems(hit), problems(miss));
        let problem = found.iter().find(|problem| problem.code == *id);
        let problem = problem.unwrap_or_else(|| panic!("{id} does not find {hit:?}: {found:?}"));
        assert!(problem.line >= 1 && problem.column >= 1, "{problem:?}");
        assert!(problem.hint.is_some(), "{problem:?} does not say what to do");
        assert!(left.iter().all(|problem| problem.code != *id), "{id} finds {miss:?}: {left:?}");
    }
}

#[test]
fn every_check_is_in_the_reference_and_the_other_way_round() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/checks.md");
    let reference = std::fs::read_to_string(path).unwrap();
    let rows = reference.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let listed: BTreeSet<&str> = rows.map(|(id, _)| id).collect();
    let tested: BTreeSet<&str> = CHECKS.iter().map(|(id, ..)| *id).chain(ELSEWHERE.iter().copied()).collect();
    let without: Vec<_> = tested.difference(&listed).collect();
    assert!(without.is_empty(), "not in the reference: {without:?}");
    let others: Vec<_> =
        listed.difference(&tested).filter(|id| !super::super::publishing::CHECKS.contains(*id)).collect();
    assert!(others.is_empty(), "in the reference alone: {others:?}");
}

#[test]
fn the_reference_says_which_checks_stop_an_issue() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/checks.md");
    let reference = std::fs::read_to_string(path).unwrap();
    for (id, hit, _) in CHECKS {
        let severities: BTreeSet<&str> = problems(hit)
            .iter()
            .filter(|problem| problem.code == *id)
            .map(|problem| if problem.severity == Severity::Error { "stops" } else { "hint" })
            .collect();
        let row = reference.lines().find(|line| line.starts_with(&format!("| `{id}` |"))).unwrap_or_default();
        for severity in severities {
            assert!(row.contains(severity), "{id} is a {severity}: {row}");
        }
    }
}

#[test]
fn a_footer_of_last_year_is_told_wherever_it_comes_from() {
    let issue = read("---\ntitle: A title that is long enough\nsummary: S.\n---\nText.\n").unwrap();
    let of = |address: &str| {
        let newsletter = Newsletter { postal_address: address.to_owned(), ..newsletter() };
        preflight(&issue, &newsletter).iter().any(|problem| problem.code == "footer-year")
    };
    assert!(of("Example Press © 2024, 1 Example Street"));
    assert!(!of("Example Press © 2026, 1 Example Street") && !of("Example Press since 2024, 1 Example Street"));
}

#[test]
fn what_the_day_makes_wrong_is_told_with_the_rest() {
    let text = "---\ntitle: News for 12 November 2025\nsummary: S.\n---\nA [link](/x).\n\n© 2024 Example Press";
    let issue = read(text).unwrap();
    let found: Vec<_> = preflight(&issue, &newsletter()).iter().map(|problem| problem.code).collect();
    assert_eq!(found, ["title-date", "link-relative", "footer-year"]);
    let found = read("---\ntitle: A title\nsumary: S.\nsend_at: 9am\n---\nText").unwrap_err();
    let found: Vec<_> = found.iter().map(|problem| (problem.line, problem.code)).collect();
    assert_eq!(found, [(3, "unknown-key"), (4, "send-at")]);
}

#[test]
fn what_gmail_would_hide_begins_at_a_line_and_stops_an_issue_unless_the_operator_says_so() {
    let numbers = |from: u32| (from..from + 100).map(|n| format!("number{n}")).collect::<Vec<_>>().join(" ");
    let body: String = (0..120).map(|n| format!("{}\n\n", numbers(1000 + n * 100))).collect();
    let issue = read(&format!("---\ntitle: A title that is long enough\nsummary: S.\n---\n{body}")).unwrap();
    let raised = Newsletter { html_bytes_max: 256 * 1024, ..newsletter() };
    let found = preflight(&issue, &raised);
    let cut = found.iter().find(|problem| problem.code == "html-clipped").expect("it is clipped");
    // The layout takes some five kilobytes, and a paragraph some 1,130 bytes with its style.
    let paragraph = (cut.line - 5) / 2;
    assert!((80..95).contains(&paragraph), "{cut:?}");
    assert!(cut.column > 1, "within the paragraph: {cut:?}");
    assert!(compose(&issue, &raised).is_ok());
    let stopped = compose(&issue, &newsletter()).unwrap_err();
    let stop = stopped.iter().find(|problem| problem.code == "html-too-large").expect("it is stopped");
    assert_eq!((stop.line, stop.column), (cut.line, cut.column));
    assert!(stop.to_string().contains("html_kb_max"), "{stop}");
    let issue =
        read(&format!("---\ntitle: A title that is long enough\nsummary: S.\n---\n{}", &body[..90_000])).unwrap();
    assert!(preflight(&issue, &newsletter()).iter().all(|problem| !problem.code.starts_with("html-")));
}

#[test]
fn a_long_text_is_told_and_a_summary_too() {
    let body = "Five words make a line. ".repeat(1321);
    let has = |text: &str, id: &str| problems(text).iter().any(|problem| problem.code == id);
    assert!(has(&body, "text-long") && !has(&body[..body.len() / 2], "text-long"));
    // A character of Chinese is no word.
    let chinese = |characters: usize| format!("---\ntitle: a\nlang: zh\n---\n{}", "字".repeat(characters));
    assert!(has(&chinese(15_001), "text-long") && !has(&chinese(15_000), "text-long"));
    let summary = |length: usize| format!("---\ntitle: a\nsummary: {}\n---\nText", "x".repeat(length));
    assert!(has(&summary(251), "summary-long") && !has(&summary(250), "summary-long"));
}
