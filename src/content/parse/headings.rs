//! The id that an editor gives a heading: `## Heading {#id}`. All other braces are text.

use crate::content::tree::Inline;

/// Takes the id, and the classes beside it, off the end of a heading.
pub(super) fn take_id(content: &mut Vec<Inline>) -> Option<String> {
    let Some(Inline::Text(text)) = content.last_mut() else { return None };
    let open = text.rfind('{')?;
    let id = id_of(text[open + 1..].trim_end().strip_suffix('}')?)?.to_owned();
    text.truncate(text[..open].trim_end().len());
    if text.is_empty() {
        content.pop();
    }
    Some(id)
}

/// The id of `#id .class key=value`: nothing else is an attribute.
fn id_of(inside: &str) -> Option<&str> {
    let is_name = |name: &str| !name.is_empty() && !name.contains(['#', '.', '{', '}', '"', '\'', '<', '>', '=']);
    let mut id = None;
    for word in inside.split_whitespace() {
        let known = match (word.strip_prefix('#'), word.strip_prefix('.'), word.split_once('=')) {
            (Some(name), ..) => {
                id = id.or(Some(name));
                is_name(name)
            }
            (_, Some(name), _) => is_name(name),
            (.., Some((key, value))) => is_name(key) && !value.is_empty(),
            _ => false,
        };
        if !known {
            return None;
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_is_an_attribute() {
        for (typed, shown, id) in [
            ("Heading {#id}", "Heading", Some("id")),
            ("Heading{#id}  ", "Heading", Some("id")),
            ("Heading {#the-id .class key=value}", "Heading", Some("the-id")),
            ("{#id}", "", Some("id")),
            ("Sets like {a, b}", "Sets like {a, b}", None),
            ("What it means {x}", "What it means {x}", None),
            ("A class {.net}", "A class {.net}", None),
            ("Empty {}", "Empty {}", None),
            ("Nothing {#}", "Nothing {#}", None),
            ("Pairs {key=value}", "Pairs {key=value}", None),
            ("Ruby \"#{name}\"", "Ruby \"#{name}\"", None),
            ("Both {#id, b}", "Both {#id, b}", None),
            ("Amid {#id} words", "Amid {#id} words", None),
            ("Twice {a} {#id}", "Twice {a}", Some("id")),
        ] {
            let mut content = vec![Inline::Text(typed.to_owned())];
            assert_eq!(take_id(&mut content).as_deref(), id, "{typed}");
            assert_eq!(crate::content::tree::plain_text(&content), shown, "{typed}");
        }
        assert_eq!(take_id(&mut vec![Inline::Code("{#id}".to_owned())]), None);
    }
}
