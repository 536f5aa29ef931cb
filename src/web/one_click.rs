//! Whether a body asks for what RFC 8058 calls one-click: the pair `List-Unsubscribe=One-Click`, in either encoding of
//! forms. Read by what the body is and not by what the request says it is, since senders get that wrong: a provider that is
//! told of success ends nothing itself, and one that is told of an error asks its user again.
//!
//! Liberal about the form, strict about the words: nothing else is an order to unsubscribe. Knows no link.

const KEY: &str = "list-unsubscribe";
const VALUE: &str = "one-click";
/// The name of the header that announces the pair; some send the header as it is.
const HEADER: &str = "list-unsubscribe-post";

/// Whether `body` has the pair.
pub(super) fn is_one_click(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_matches(is_blank);
    if text.starts_with("--") {
        return has_part(text);
    }
    // Quoted-printable breaks lines within a word, and spells `=` as `=3D`.
    let unbroken = text.replace("=\n", "");
    unbroken.split(['&', ';', '\n']).any(is_pair)
}

/// Whether a pair of a form, in whichever spelling, is ours.
fn is_pair(pair: &str) -> bool {
    let decoded = decoded(pair);
    let unquoted = decoded.replace("=3D", "=").replace("=3d", "=");
    let Some((name, value)) = unquoted.split_once('=') else { return false };
    match plain(name) {
        name if name.eq_ignore_ascii_case(KEY) => plain(value).eq_ignore_ascii_case(VALUE),
        name if name.eq_ignore_ascii_case(HEADER) => value.contains('=') && is_pair(value),
        _ => false,
    }
}

/// With `%41` for what it stands for; twice, since some encode what is encoded already.
fn decoded(text: &str) -> String {
    let once = |text: &str| {
        let value =
            url::form_urlencoded::parse(format!("={text}").as_bytes()).next().map(|(_, value)| value.into_owned());
        value.unwrap_or_default()
    };
    once(&once(text))
}

/// Without blanks and quotes around it.
fn plain(text: &str) -> &str {
    text.trim_matches(|c| is_blank(c) || matches!(c, '"' | '\''))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// Whether a part of a multipart body is the pair. Its first line is the boundary, whatever the request calls it.
fn has_part(text: &str) -> bool {
    let (boundary, _) = text.split_once('\n').unwrap_or((text, ""));
    let boundary = boundary.trim_end();
    let mut parts = Vec::new();
    for line in text.split('\n') {
        if line.trim_end() == boundary || line.trim_end().strip_suffix("--") == Some(boundary) {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    parts.iter().any(|part| is_part(part))
}

fn is_part(part: &str) -> bool {
    let Some((head, body)) = part.split_once("\n\n") else { return false };
    let names = head.split('\n').filter_map(|line| line.split_once(':'));
    let mut dispositions = names.filter(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"));
    let is_ours = dispositions.any(|(_, value)| {
        let mut parameters = value.split(';').filter_map(|parameter| parameter.split_once('='));
        parameters
            .any(|(name, value)| plain(name).eq_ignore_ascii_case("name") && plain(value).eq_ignore_ascii_case(KEY))
    });
    let body = decoded(&body.replace("=\n", ""));
    is_ours && plain(&body).eq_ignore_ascii_case(VALUE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, value: &str) -> String {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n--x--\r\n")
    }

    #[test]
    fn the_pair_is_found_however_it_is_written() {
        for body in [
            "List-Unsubscribe=One-Click",
            "List-Unsubscribe=One-Click\n",
            "List-Unsubscribe=One-Click\r\n\r\n",
            "\r\nList-Unsubscribe=One-Click",
            "List-Unsubscribe=One-Click\r",
            "list-unsubscribe=one-click",
            "LIST-UNSUBSCRIBE=ONE-CLICK",
            " List-Unsubscribe = One-Click ",
            "List-Unsubscribe=%4fne-Click",
            "List%2DUnsubscribe=One%2DClick",
            "List-Unsubscribe%3DOne-Click",
            "List-Unsubscribe%253DOne-Click",
            "List-Unsubscribe=3DOne-Click",
            "List-Unsubscribe=3dOne-Click",
            "List-Unsubscribe=One=\r\n-Click",
            "List-Unsub=\nscribe=3DOne-Click",
            "List-Unsubscribe=One-Click&x=1",
            "x=1&List-Unsubscribe=One-Click",
            "x=1;List-Unsubscribe=One-Click",
            "a\nList-Unsubscribe=One-Click",
            "List-Unsubscribe=\"One-Click\"",
            "\u{feff}List-Unsubscribe=One-Click",
            "List-Unsubscribe=One-Click\0",
            "List-Unsubscribe=One-Click+",
            "List-Unsubscribe-Post=List-Unsubscribe=One-Click",
            "List-Unsubscribe-Post=List-Unsubscribe%3DOne-Click",
            "List-Unsubscribe=One-Click&List-Unsubscribe=One-Click",
        ] {
            assert!(is_one_click(body.as_bytes()), "{body:?}");
        }
        let part = part("List-Unsubscribe", "One-Click");
        for body in [
            part.clone(),
            part.replace("\r\n", "\n"),
            part.replace("\r\n", "\r"),
            part.to_lowercase(),
            part.to_uppercase(),
            part.replace('"', ""),
            part.replace('"', "'"),
            format!("\r\n{part}"),
            part.trim_end().to_owned(),
            part.replace("--x--\r\n", ""),
            part.replace("\r\n\r\n", "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"),
            part.replace("One-Click", "One=\r\n-Click"),
            part.replace("--x\r\n", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x\r\n"),
        ] {
            assert!(is_one_click(body.as_bytes()), "{body:?}");
        }
    }

    #[test]
    fn nothing_else_is_an_order() {
        for body in [
            "",
            "\r\n",
            "action=leave",
            "List-Unsubscribe",
            "List-Unsubscribe=",
            "List-Unsubscribe=One",
            "List-Unsubscribe=One-Clicks",
            "List-Unsubscribe=One Click",
            "List-Unsubscribe=OneClick",
            "List-Unsubscribe=yes",
            "x=List-Unsubscribe=One-Click",
            "Unsubscribe=One-Click",
            "One-Click",
            "One-Click=List-Unsubscribe",
            "email=a@example.org",
            "{\"List-Unsubscribe\":\"One-Click\"}",
            "<List-Unsubscribe>One-Click</List-Unsubscribe>",
            "xList-Unsubscribe=One-Click",
            "List-Unsubscribe-Post=One-Click",
            "--",
            "--x",
            "--x--",
            "--x\r\n\r\nList-Unsubscribe=One-Click\r\n--x--",
            "List-Unsubscribe=%",
            "\u{0}\u{1}",
        ] {
            assert!(!is_one_click(body.as_bytes()), "{body:?}");
        }
        let part = part("List-Unsubscribe", "One-Click");
        for body in [
            part.replace("List-Unsubscribe", "action"),
            part.replace("One-Click", "One"),
            part.replace("One-Click", ""),
            part.replace("name=", "filename="),
            part.replace("Content-Disposition", "X-Content-Disposition"),
        ] {
            assert!(!is_one_click(body.as_bytes()), "{body:?}");
        }
        assert!(!is_one_click(&[0xff; 64]));
    }

    proptest::proptest! {
        /// No body makes it fail, and none without the words is taken for them.
        #[test]
        fn whatever_comes_is_judged(body in proptest::collection::vec(proptest::num::u8::ANY, 0..400), text in "[a-zA-Z=&;%3D\\r\\n -]{0,200}") {
            for body in [body.as_slice(), text.as_bytes()] {
                let letters: String = String::from_utf8_lossy(body).to_lowercase().chars().filter(char::is_ascii_lowercase).collect();
                if !letters.contains("click") && !body.contains(&b'%') {
                    proptest::prop_assert!(!is_one_click(body));
                }
            }
        }
    }
}
