//! One mail, seen as by different mailboxes: what each of them does to it is done to its HTML here. Knows no request.

use super::PreviewState;
use crate::publishing::{Problem, escape};

/// A mail in its frame: pictures and styles, nothing that runs, nothing that sends. The frame is in a sandbox besides.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' http: https: data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin";
/// The same for who has images off.
const NO_IMAGES_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'self'; sandbox allow-same-origin";

/// How a mail asks whether it is dark around it.
const DARK_QUERY: &str = "(prefers-color-scheme: dark)";
/// The web version in its frame: its own style sheet besides.
const WEB_POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' http: https: data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin";
/// What stands there for an issue that has no web version.
const NO_WEB: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>No web version</title>\
    <link rel=\"stylesheet\" href=\"web.css\"></head><body><main><p>This issue has no web version: its front matter says \
    <code>web: none</code>.</p></main></body></html>";

/// The page of one view, and what it may do. None for a view that there is not.
pub(super) fn render(view: &str, sheet: &PreviewState) -> Option<(String, &'static str)> {
    let html = if sheet.html.is_empty() { unfinished(sheet) } else { with_pictures(&sheet.html, sheet) };
    Some(match view {
        "light" | "phone" => (light(&html), MAIL_POLICY),
        "dark" => (dark(&html), MAIL_POLICY),
        "plain" => (light(&without_styles(&html)), MAIL_POLICY),
        "images-off" => (light(&html), NO_IMAGES_POLICY),
        "web" => (web(sheet), WEB_POLICY),
        _ => return None,
    })
}

/// What there is of an issue whose layout does not work: its title, what is wrong and where, and the text as it is.
fn unfinished(sheet: &PreviewState) -> String {
    let title = escape(&sheet.title);
    let told = |problem: &Problem| format!("<li>{}:{} {}</li>", problem.line, problem.column, escape(&problem.message));
    let problems: String = sheet.problems.iter().filter(|problem| problem.is_error()).map(told).collect();
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>\
         body{{margin:32px 40px;font:18px/1.55 Georgia,serif;background:#fff;color:#1f2328}}\
         h1{{font:bold 32px/1.2 system-ui,sans-serif}}ul{{padding:0 0 0 1em;color:#b3261e}}\
         pre{{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}}\
         @media {DARK_QUERY}{{body{{background:#16181c;color:#e6e8eb}}ul{{color:#ff9d94}}}}</style></head>\
         <body><h1>{title}</h1><ul>{problems}</ul><pre dir=\"auto\">{}</pre></body></html>",
        escape(&sheet.source)
    )
}

/// A frame's own `prefers-color-scheme` cannot be set from outside: it is the machine's. So the question itself is
/// answered here, the same for an editor who works in the dark and for one who does not.
fn light(html: &str) -> String {
    scheme(&html.replace(DARK_QUERY, "not all"), "light")
}

fn dark(html: &str) -> String {
    scheme(&html.replace(DARK_QUERY, "all"), "dark")
}

/// What is not styled, such as the ground of the page and the scroll bars, follows this.
fn scheme(html: &str, scheme: &str) -> String {
    let at = html.find("</head>").unwrap_or(0);
    let (head, body) = html.split_at(at);
    format!("{head}<style>:root{{color-scheme:only {scheme}}}</style>{body}")
}

/// What is left where a mailbox drops all style blocks, as Gmail does for other providers' accounts.
fn without_styles(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(from) = rest.find("<style") {
        out.push_str(&rest[..from]);
        rest = match rest[from..].find("</style>") {
            Some(to) => &rest[from + to + "</style>".len()..],
            None => "",
        };
    }
    out + rest
}

/// Images that are not on the web yet are here.
fn with_pictures(html: &str, sheet: &PreviewState) -> String {
    let mut html = html.to_owned();
    for (index, picture) in sheet.pictures.iter().enumerate() {
        for address in &picture.addresses {
            html = html.replace(address.as_str(), &format!("/picture/{index}"));
        }
    }
    html
}

/// The page that readers will see. What it names by a path is on the site and not here.
fn web(sheet: &PreviewState) -> String {
    if sheet.html.is_empty() {
        return unfinished(sheet);
    }
    if sheet.web.is_empty() {
        return NO_WEB.to_owned();
    }
    with_pictures(&sheet.web, sheet).replace("href=\"/", &format!("href=\"{}/", sheet.web_origin))
}

/// Its style sheet, as by day.
pub(super) fn web_style(sheet: &PreviewState) -> String {
    format!("{}\n:root{{color-scheme:only light}}\n", sheet.web_style.replace(DARK_QUERY, "not all"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(html: &str) -> PreviewState {
        PreviewState {
            html: html.to_owned(),
            title: "<A> & B".to_owned(),
            language: "he".to_owned(),
            ..PreviewState::default()
        }
    }

    fn html(view: &str, html: &str) -> String {
        render(view, &sheet(html)).unwrap().0
    }

    #[test]
    fn light_and_dark_are_the_mails_own() {
        let mail = "<head><style>@media (prefers-color-scheme: dark) { .x { color: red } }</style></head><p>";
        assert!(html("dark", mail).contains("@media all { .x"));
        assert!(html("light", mail).contains("@media not all { .x"));
        assert!(html("phone", mail).contains("only light"));
        assert!(html("dark", mail).contains("only dark"));
    }

    #[test]
    fn without_styles_the_inline_ones_stay() {
        let mail = "<head><style>a{}</style><style media=x>b{}</style></head><p style=\"color:red\">x</p>";
        let plain = html("plain", mail);
        assert!(!plain.contains("a{}") && !plain.contains("b{}") && plain.contains("style=\"color:red\""), "{plain}");
    }

    #[test]
    fn no_view_lets_a_mail_run_or_send() {
        for view in ["light", "dark", "phone", "plain", "images-off", "web"] {
            let (_, policy) = render(view, &sheet("<p>x</p>")).unwrap();
            assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox allow-same-origin"), "{view}");
            assert!(!policy.contains("script") && policy.contains("form-action 'none'"), "{view}: {policy}");
            assert_eq!(policy.contains("img-src"), view != "images-off");
        }
        assert!(render("../secret", &sheet("")).is_none());
    }

    #[test]
    fn the_web_version_is_the_sites_own_page() {
        let mut sheet = sheet("<p>x</p>");
        assert!(web(&sheet).contains("web: none"));
        sheet.web = "<link rel=\"stylesheet\" href=\"web.css\"><a href=\"/week/\">All</a>".to_owned();
        sheet.web_origin = "https://news.example.com".to_owned();
        let page = web(&sheet);
        assert!(
            page.contains("href=\"web.css\"") && page.contains("href=\"https://news.example.com/week/\""),
            "{page}"
        );
        sheet.web_style = "@media (prefers-color-scheme: dark) { a {} }".to_owned();
        assert!(web_style(&sheet).starts_with("@media not all { a {} }"));
    }
}
