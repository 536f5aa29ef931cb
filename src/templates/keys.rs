//! Which messages a template says, by reading its source: each `t(key="...", name=value)` must name a message and give it
//! exactly its values. So a mistake shows when templates are compiled, also in a branch that no sample enters.

use std::collections::BTreeSet;

use crate::domain::nearest::nearest;
use crate::words;

/// What is wrong in a template, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Counted from 1.
    pub(super) line: usize,
    /// Counted from 1.
    pub(super) column: usize,
    pub(super) message: String,
}

/// A call of `t` in a source.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call<'a> {
    at: usize,
    /// None where the key is no text in quotation marks.
    pub(super) key: Option<&'a str>,
    values: BTreeSet<&'a str>,
}

/// What does not fit in the calls of a template.
pub(super) fn mistakes(source: &str) -> Vec<Mistake> {
    let wrong = calls(source).into_iter().filter_map(|call| Some((call.at, call.mistake()?)));
    let placed = wrong.map(|(at, message)| {
        let before = &source[..at];
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Mistake { line: before.matches('\n').count() + 1, column, message }
    });
    placed.collect()
}

impl Call<'_> {
    fn mistake(&self) -> Option<String> {
        let Some(key) = self.key else {
            return Some("the key of a message is a text in quotation marks: t(key=\"...\")".to_owned());
        };
        let Some(known) = words::values_of(key) else {
            let hint =
                nearest(key, words::message_keys()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Some(format!("there is no message `{key}`{hint}"));
        };
        let known: BTreeSet<_> = known.iter().map(String::as_str).collect();
        if let Some(missing) = known.difference(&self.values).next() {
            return Some(format!("the message `{key}` needs a value `{missing}`"));
        }
        let strange = self.values.difference(&known).next()?;
        let takes = match known.is_empty() {
            true => "it takes none".to_owned(),
            false => format!("it takes `{}`", known.iter().copied().collect::<Vec<_>>().join("`, `")),
        };
        Some(format!("the message `{key}` has no value `{strange}`: {takes}"))
    }
}

/// Every call of `t` in a template.
pub(super) fn calls(source: &str) -> Vec<Call<'_>> {
    let tokens = tokens(source);
    let starts = tokens.windows(2).enumerate().filter(|(index, pair)| {
        let is_field = *index > 0 && tokens[index - 1].text == ".";
        pair[0].text == "t" && pair[0].is_name && pair[1].text == "(" && !is_field
    });
    starts.map(|(index, pair)| call(pair[0].at, &tokens[index + 2..])).collect()
}

/// The call whose arguments begin with `tokens`.
fn call<'a>(at: usize, tokens: &[Token<'a>]) -> Call<'a> {
    let mut found = Call { at, key: None, values: BTreeSet::new() };
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" if depth == 0 => break,
            ")" | "]" | "}" => depth -= 1,
            name if depth == 0 && token.is_name && tokens.get(index + 1).is_some_and(|next| next.text == "=") => {
                let ends = tokens.get(index + 3).is_some_and(|next| [",", ")"].contains(&next.text));
                let text = tokens.get(index + 2).filter(|value| value.is_text && ends);
                match name {
                    "key" => found.key = text.map(|value| value.text),
                    _ => _ = found.values.insert(name),
                }
            }
            _ => {}
        }
    }
    found
}

/// A piece of an expression: a name, a text without its quotation marks, or a sign.
struct Token<'a> {
    at: usize,
    text: &'a str,
    is_name: bool,
    is_text: bool,
}

/// The pieces of all expressions and tags, in their order; comments and text have none.
fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(open) = source[at..].find('{').map(|found| at + found) {
        let end = match source.as_bytes().get(open + 1) {
            Some(b'#') => source[open..].find("#}").map_or(source.len(), |end| open + end + 2),
            Some(b'{') => tag(source, open + 2, "}}", &mut tokens),
            Some(b'%') => tag(source, open + 2, "%}", &mut tokens),
            _ => open + 1,
        };
        at = end;
    }
    tokens
}

/// Reads on from `at` to the `close` of its tag, and returns where that ends.
fn tag<'a>(source: &'a str, mut at: usize, close: &str, tokens: &mut Vec<Token<'a>>) -> usize {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    // A map in an expression closes with the first of two brackets.
    let mut maps = 0_usize;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        if maps == 0 && rest.starts_with(close) {
            return at + close.len();
        }
        let quoted = ['"', '\'', '`'].contains(&first).then(|| rest[1..].find(first)).flatten();
        let length = match quoted {
            Some(length) => length + 2,
            None if is_letter(first) => rest.find(|c| !is_letter(c)).unwrap_or(rest.len()),
            None if rest.starts_with("==") => 2,
            None => first.len_utf8(),
        };
        match first {
            '{' => maps += 1,
            '}' => maps = maps.saturating_sub(1),
            _ => {}
        }
        if !first.is_whitespace() {
            let text = if quoted.is_some() { &rest[1..length - 1] } else { &rest[..length] };
            tokens.push(Token { at, text, is_name: is_letter(first), is_text: quoted.is_some() });
        }
        at += length;
    }
    source.len()
}

#[cfg(test)]
mod tests {
    use super::super::SOURCES;
    use super::*;
    use crate::words::MESSAGES;

    #[test]
    fn a_call_is_found_wherever_it_stands_and_what_is_none_is_left_alone() {
        for (source, keys) in [
            (r#"{{ t(key="skip") }}"#, vec!["skip"]),
            (r#"{%- set x = t( key = 'skip' ) -%}"#, vec!["skip"]),
            (r#"{% if a %}{{ <button label={t(key="skip")} /> }}{% endif %}"#, vec!["skip"]),
            (r#"{{ t(key="titled", label=t(key="error"), title={"a": b}.a) }}"#, vec!["titled", "error"]),
            (r#"{{ x or t(key="skip") | upper }}{{ t(key="error") }}"#, vec!["skip", "error"]),
            (r#"{# t(key="skip") #}t(key="skip"){{ "t(key='skip')" }}{{ x.t(key="skip") }}{{ at(key="x") }}"#, vec![]),
        ] {
            let found: Vec<_> = calls(source).into_iter().filter_map(|call| call.key).collect();
            assert_eq!(found, keys, "{source}");
        }
    }

    #[test]
    fn every_way_to_be_wrong_is_told_with_its_place() {
        for (source, told) in [
            (r#"{{ t(key="leave_buton") }}"#, "1:4: there is no message `leave_buton`; did you mean `leave_button`?"),
            ("x\n ü{{ t(key=\"tagline\") }}", "2:6: there is no message `tagline`"),
            (r#"{{ t(key=x) }}"#, "1:4: the key of a message is a text in quotation marks: t(key=\"...\")"),
            (r#"{{ t(key="a" ~ b) }}"#, "1:4: the key of a message is a text in quotation marks: t(key=\"...\")"),
            (r#"{{ t() }}"#, "1:4: the key of a message is a text in quotation marks: t(key=\"...\")"),
            (r#"{{ t(key="signup_lead") }}"#, "1:4: the message `signup_lead` needs a value `newsletter`"),
            (
                r#"{{ t(key="signup_lead", newsletter=n, name=x) }}"#,
                "1:4: the message `signup_lead` has no value `name`: it takes `newsletter`",
            ),
            (r#"{{ t(key="skip", a=t(key="error")) }}"#, "1:4: the message `skip` has no value `a`: it takes none"),
            (r#"{{ t(key="signup_lead", newsletter=(a == b)) }}"#, ""),
        ] {
            let found = mistakes(source).into_iter().map(|found| {
                let Mistake { line, column, message } = found;
                format!("{line}:{column}: {message}")
            });
            assert_eq!(found.collect::<Vec<_>>().join("\n"), told, "{source}");
        }
    }

    #[test]
    fn the_built_in_templates_say_what_there_is() {
        for (name, source) in SOURCES {
            assert_eq!(mistakes(source), [], "{name}");
        }
    }

    #[test]
    fn every_message_is_said_by_a_template_or_by_code() {
        let mut said: BTreeSet<_> = MESSAGES.iter().map(|(key, _)| *key).collect();
        said.extend(SOURCES.iter().flat_map(|(_, source)| calls(source)).filter_map(|call| call.key));
        let unsaid: Vec<_> = words::keys().filter(|key| !said.contains(key)).collect();
        assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
    }
}
