//! Issues that mean harm, or are broken beyond what people do by mistake: refused in words, within a second, or harmless.

use std::time::Duration;

use coranto::content::{self, Parts, Problem, SOURCE_BYTES_MAX};
use coranto::domain::name::presentable;
use coranto::domain::newsletter::Newsletter;
use coranto::templates::Templates;

use super::ground::{
    PUBLIC_URL, compose, filled, html_of, issue, mailed, newsletter, preflight, read, text_of, told, wrong,
};
use crate::harness::patience::within;
use crate::harness::program::coranto;

/// Of a processor, in debug builds; in release builds these take milliseconds.
const SOON: Duration = Duration::from_secs(20);

/// Composes a body, or tells why not; either way soon.
fn soon(name: &str, body: &str) -> Result<usize, String> {
    let composed = within(SOON, name, || compose(&issue(body), &newsletter()));
    composed.map(|parts| parts.html.as_str().len()).map_err(|mut problems| {
        problems.retain(Problem::is_error);
        told(&problems).swap_remove(0)
    })
}

#[test]
fn links_lead_to_the_web_or_to_a_mailbox() {
    for address in [
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", "&#x6a;avascript:alert(1)", "java&Tab;script:alert(1)",
        "java&NewLine;script:alert(1)", "&#1;javascript:alert(1)", "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:msgbox", "file:///etc/passwd", "//example.org", "/etc/passwd", "#top", "page.html",
    ] {
        let told = wrong(&format!("[x]({address})"));
        assert!(told[0].starts_with("5:1: "), "{told:?}");
        let told = wrong(&format!("words ![x]({address})"));
        assert!(told[0].starts_with("5:7: "), "{told:?}");
    }
    assert!(wrong("<javascript:alert(1)>")[0].contains("not to javascript:"));
}

#[test]
fn attributes_cannot_be_left() {
    for body in [
        "[x](<https://example.org/\"onmouseover=alert(1)>)",
        "[x](https://example.org/ \"\\\" onmouseover=alert(1)\")",
        "![\" onerror=alert(1) x=\"](https://example.org/a.png)",
        "## T {#a\\\"onclick=x .b onclick=alert(1)}",
        "<https://example.org/'onclick=alert(1)'>",
    ] {
        let html = html_of(body);
        for tag in html.split('<').skip(1) {
            let inside = tag.split('>').next().unwrap();
            let outside_quotes: String = inside.split('"').step_by(2).collect();
            assert!(!outside_quotes.contains("on"), "{body} gave <{inside}>");
        }
    }
}

#[test]
fn html_is_text_unless_it_is_allowed() {
    let body = "<script>alert(1)</script>\n\nWords <b onclick=x>bold</b> <!-- note --> &lt;i&gt;\n\n<!-- a note\nof the editor -->\n\n<img src=x onerror=alert(1)>\n";
    let html = html_of(body);
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
    assert!(html.contains("Words &lt;b onclick=x&gt;bold&lt;/b&gt;"), "{html}");
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"), "{html}");
    assert!(!html.contains("note"), "comments are left out");
    assert!(text_of(body).contains("<script>alert(1)</script>"));
    insta::assert_debug_snapshot!(told(&preflight(&issue(body), &newsletter())));
}

#[test]
fn nesting_is_bounded() {
    for (name, body) in [
        ("quotes", "> ".repeat(5000)),
        ("quotes with text", format!("{}x", ">".repeat(100_000))),
        ("lists", (0..400).map(|n| format!("{}- x\n", "  ".repeat(n))).collect()),
        ("emphasis", format!("{}x{}", "*a ".repeat(3000), " b*".repeat(3000))),
        ("brackets", "[".repeat(100_000)),
        ("images", format!("{}x{}", "![".repeat(300), "](https://example.org/)".repeat(300))),
    ] {
        match soon(name, &body) {
            Ok(bytes) => assert!(bytes < 2_000_000, "{name}"),
            Err(told) => assert!(
                told.contains("nested more than 128") || told.contains("too") || told.contains("KB"),
                "{name}: {told}"
            ),
        }
    }
    let told = wrong(&format!("{}x", "> ".repeat(200)));
    assert!(told[0].contains("quotes and lists are nested more than 128 deep here"), "{told:?}");
}

#[test]
fn amplification_is_bounded() {
    let table = format!("|{}\n|{}\n{}", "a|".repeat(2000), "-|".repeat(2000), "|\n".repeat(5000));
    assert!(soon("table", &table).unwrap_err().contains("HTML"));
    assert!(soon("pieces", &"*a* ".repeat(100_000)).unwrap_err().contains("more than 200000 pieces"));
    assert!(soon("fields", &"{{ name }} ".repeat(501)).unwrap_err().contains("more than 500 merge fields"));
    assert!(soon("paragraphs", &"a\n\n".repeat(100_000)).unwrap_err().contains("more than 2097152 bytes of HTML"));
    let references = format!("[a]: https://example.org/{}\n\n{}", "x".repeat(2000), "[a] ".repeat(5000));
    assert!(soon("references", &references).is_err());
}

#[test]
fn known_slow_patterns_cost_no_more_than_their_length() {
    let million = |pattern: &str| pattern.repeat(1_000_000 / pattern.len());
    for pattern in [
        "*", "_", "`", "[", "](", "![", "<", "<!--", "<?", "<![CDATA[", "&", "\\", "~", "\"", "'", "[^a]", "> ", "- ",
        "1. ", "a**b", "*a_ ", "[a](", "[a](<", "\n\n", "| ", "{{", "}}", "{{ x }}", "&#x0;", "<a ", "`a``", "***",
        "[a]: u\n", "\t", "# ", "= \n", "[^a]: x\n\n",
    ] {
        let _ = soon(pattern, &million(pattern));
    }
}

#[test]
fn many_links_are_numbered_in_time() {
    let body: String = (0..10_000).map(|n| format!("[l{n}](https://example.org/{n}) ")).collect();
    assert!(soon("links", &body).unwrap_err().contains("HTML"));
}

#[test]
fn a_mail_that_gmail_would_cut_is_refused() {
    let words = |count: usize| "word and word and wonder ".repeat(count / 5) + "\n";
    let refused = wrong(&words(25_000));
    assert!(refused.iter().any(|told| told.contains("Gmail shows 102 KB")), "{refused:?}");
    let raised = Newsletter { html_bytes_max: 1024 * 1024, ..newsletter() };
    let large = told(&preflight(&issue(&words(25_000)), &raised));
    assert_eq!(large.iter().filter(|told| told.contains("Gmail")).count(), 1, "{large:?}");
    assert!(compose(&issue(&words(25_000)), &raised).is_ok(), "the operator has raised the stop");
    assert!(!told_of(&words(7_000)).iter().any(|told| told.contains("Gmail")));
}

fn told_of(body: &str) -> Vec<String> {
    told(&preflight(&issue(body), &newsletter()))
}

#[test]
fn reversed_text_stays_in_its_place() {
    let body = "A \u{202E}desrever\u{202C} word and \u{2067}one left open\n\nNext.";
    let html = html_of(body);
    assert_eq!(html.matches("</p>").count(), 2);
    assert!(text_of(body).ends_with("Next."));
}

#[test]
fn everything_unclosed_is_still_whole() {
    for body in ["**a", "[a](", "`a", "```\na", "<b", "| a |\n|-", "[^1", "> - 1. ```", "![a][", "***a**b", "{#a"] {
        let parts = compose(&issue(body), &newsletter()).unwrap_or_else(|p| panic!("{body}: {:?}", told(&p)));
        let html = filled(&parts.html, true);
        for tag in ["p", "blockquote", "ul", "ol", "li", "pre", "code", "table", "em", "strong", "a", "div", "td"] {
            let opened = html.matches(&format!("<{tag} ")).count() + html.matches(&format!("<{tag}>")).count();
            // One table of the ghost layout stands in a comment, with its cell; both are closed in a comment, too.
            assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag} in {body}");
        }
    }
}

/// What the mails' other makers think of as code, and names that mean harm.
const HOSTILE: &[&str] = &[
    "{{ unsubscribe_url }}", "{{ get_env(name=\"PATH\") }}", "{% include \"/etc/passwd\" %}", "{{ 7*7 }}",
    "{{ __tera_context }}", "${HOME}", "<%= 7*7 %>", "</title><script>alert(1)</script>", "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)", "<img src=x onerror=alert(1)>", "&lt;b&gt; &amp; &#60;", "javascript:alert(1)",
    "]]> --> */ </style>",
];

/// Whether it looks like a field of ours or of another system.
fn is_field(words: &str) -> bool {
    ["{{", "{%", "<%"].iter().any(|open| words.contains(open))
}

fn reader_named(name: &str, parts: &Parts) -> (String, String) {
    let mail = mailed(parts, Some(name), None);
    let parsed = mail_parser::MessageParser::default().parse(&mail).unwrap();
    (parsed.body_html(0).unwrap().into_owned(), parsed.body_text(0).unwrap().into_owned())
}

/// As an HTML parser would read it.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

#[test]
fn a_name_is_a_name_whatever_it_looks_like() {
    let parts = compose(&issue("Dear {{ name | you }}, good morning.\n"), &newsletter()).unwrap();
    let mut named = 0;
    for name in HOSTILE {
        // A name that a mail program would link stands in no email.
        let shown = if presentable(name).is_some() { name } else { "you" };
        named += usize::from(shown == *name);
        let (html, text) = reader_named(name, &parts);
        assert!(html.contains(&format!("Dear {}, good morning.", escaped(shown))), "{name}: {html}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&text).contains(&format!("Dear {}, good morning.", words(shown))), "{name}: {text}");
        assert_eq!(html.matches("/u/").count(), 1, "the link in the footer alone");
    }
    assert!(named > HOSTILE.len() / 2, "{named}");
}

#[test]
fn titles_authors_and_alt_texts_are_text() {
    for words in HOSTILE {
        let quoted = words.replace('\'', "''");
        let source = format!(
            "---\ntitle: 'A title {quoted}'\nsubject: 'A subject {quoted}'\nsummary: 'In short {quoted}'\nauthor: '{quoted}'\n---\nText\n"
        );
        let parts = match read(&source).and_then(|issue| compose(&issue, &newsletter())) {
            Ok(parts) => parts,
            Err(problems) => {
                // What looks like a field is no text there: it is refused, and in which line is said.
                assert!(is_field(words), "{words}: {:?}", told(&problems));
                assert!(
                    problems.iter().any(|problem| (2..=5).contains(&problem.line)),
                    "{words}: {:?}",
                    told(&problems)
                );
                continue;
            }
        };
        let html = filled(&parts.html, true);
        assert!(
            html.contains(&format!("<title>A subject {}</title>", escaped(words)).replace('/', "&#x2F;"))
                || html.contains(&format!("<title>A subject {}</title>", escaped(words))),
            "{words}: {html}"
        );
        assert!(!html.contains("<script") && !html.contains("<img src=x"), "{words}");
        assert_eq!(parts.subject, format!("A subject {words}"));
    }
    for words in HOSTILE.iter().filter(|words| !is_field(words) && !words.contains('&')) {
        let alt = words.replace(['[', ']', '<'], " ");
        let title = alt.replace('"', "\\\"");
        let html = html_of(&format!("![{alt}](https://example.org/a.png \"{title}\")\n"));
        let tag = html.split("<img").nth(1).unwrap().split('>').next().unwrap();
        let outside: String = tag.split('"').step_by(2).collect();
        assert!(!outside.contains("onmouseover") && !outside.contains("script"), "{words}: {html}");
    }
}

#[test]
fn no_setting_and_no_variable_comes_out() {
    const CANARY: &str = "canary7f3a";
    let home = tempfile::tempdir().unwrap();
    let place = home.path();
    let run = |args: &[&str]| {
        let mut command = coranto(place);
        command.args(args).env("MAIL_CANARY", CANARY).env("PASSWORD", CANARY);
        command.output().unwrap()
    };
    let names = ["--name", "The Week", "--slug", "week", "--from", "week@news.example.com"];
    let places = ["--address", "1 Example Street", "--public-url", PUBLIC_URL, "--time-zone", "UTC"];
    assert!(run(&[&["init"], &names[..], &places[..]].concat()).status.success());
    let config = std::fs::read_to_string(place.join("coranto.toml")).unwrap();
    let relay = format!(
        "\n[[relays]]\nname = \"{CANARY}\"\nhost = \"{CANARY}.example.org\"\nport = 587\nusername = \"{CANARY}\"\npassword = \"{CANARY}\"\n"
    );
    let config = config.split("[[relays]]").next().unwrap().to_owned() + &relay;
    std::fs::write(place.join("coranto.toml"), config).unwrap();
    let secret = std::fs::read_to_string(place.join("secret.key")).ok();
    let mut shown = 0;
    for words in
        HOSTILE.iter().copied().chain(["{{ config }} $MAIL_CANARY %MAIL_CANARY% `echo $PASSWORD` {{ password }}"])
    {
        let file = place.join("2026-11-27-a.md");
        std::fs::write(
            &file,
            format!("---\ntitle: A title of some length\nsummary: Short.\n---\n{words}\n\n\\{words}\n"),
        )
        .unwrap();
        for part in ["--html", "--text", "--eml"] {
            let output = run(&["preview", part, file.to_str().unwrap()]);
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            assert!(!said.contains(CANARY), "{words} {part}: {said}");
            let key = secret.as_deref().and_then(|key| key.trim().split(':').nth(1)).unwrap_or(CANARY);
            assert!(!said.contains(key), "{words} {part}");
            shown += usize::from(output.status.success());
        }
    }
    assert!(shown >= 9, "only {shown} were shown at all");
}

#[test]
fn a_file_that_is_too_large_is_refused_unread() {
    let head = "---\ntitle: A title that is long enough\nsummary: What it says.\n---\n";
    let largest = format!("{head}{}", "a".repeat(SOURCE_BYTES_MAX - head.len()));
    assert!(read(&largest).is_ok());
    let told = told(&read(&format!("{largest}a")).unwrap_err());
    assert!(told.len() == 1 && told[0].contains("at most 1048576"), "{told:?}");
}

#[test]
fn a_layout_that_names_itself_is_refused() {
    for text in ["{% include \"email/issue.txt\" %}", "{% extends \"email/issue.txt\" %}"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("email")).unwrap();
        std::fs::write(folder.path().join("email/issue.txt"), text).unwrap();
        let refused = Templates::with_overrides(folder.path(), []).map(|_| ());
        assert!(refused.is_err(), "{text}");
    }
}

#[test]
fn what_is_no_unicode_is_refused_at_its_place() {
    let told = told(&content::read(b"---\ntitle: A\n---\ncaf\xE9\n").unwrap_err());
    assert!(told[0].starts_with("4:4: the file is not UTF-8"), "{told:?}");
    for (source, what) in [
        ("---\ntitle: \"A \\ud800 title\"\n---\nText\n", "a half of a pair, in YAML"),
        ("+++\ntitle = \"A \\ud800 title\"\n+++\nText\n", "a half of a pair, in TOML"),
    ] {
        assert!(read(source).is_err(), "{what}");
    }
}
