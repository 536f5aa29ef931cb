//! What a template says: the function `t(key="...", name=value)`, which puts a message of `words` into the language of the
//! rendering. A value that is HTML already stays HTML; all others are escaped like everything else. Knows no template.

use tera::{Context, Error, Kwargs, State, Tera, TeraResult, Value, escape_html};

use crate::content;
use crate::words::{self, Words};

/// Where a rendering's context says its language, and whether values are isolated in it.
const LANGUAGE: &str = "lang";
const ISOLATING: &str = "isolating";

/// Teaches `tera` to speak, and to set what it says in lines.
pub(super) fn teach(tera: &mut Tera) {
    tera.register_function("t", say);
    tera.register_filter("filled", filled);
    tera.register_filter("underlined", underlined);
}

/// A paragraph of a text, filled to the line; it ends in a line end.
fn filled(text: &str, _: Kwargs, _: &State<'_>) -> String {
    content::filled(text)
}

/// A heading of a text: its lines, and below them one of `with`.
fn underlined(text: &str, values: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let mark = values.must_get::<&str>("with")?.chars().next();
    mark.map(|mark| content::heading(text, mark)).ok_or_else(|| Error::message("`with` is a sign"))
}

/// Tells a rendering in which words it speaks.
pub(super) fn speak(context: &mut Context, words: Words) {
    context.insert(LANGUAGE, words.tag());
    context.insert(ISOLATING, &words.is_isolating());
}

fn say(values: Kwargs, state: &State<'_>) -> TeraResult<Value> {
    let language = state.get::<String>(LANGUAGE)?;
    let language = language.ok_or_else(|| Error::message("this template has no words: it is in no language"))?;
    let words = Words::of_template(&language, state.get::<bool>(ISOLATING)?.unwrap_or(true));
    let key = values.must_get::<&str>("key")?;
    let names = words::values_of(key).ok_or_else(|| Error::message(format!("there is no message `{key}`")))?;
    let given = names.iter().map(|name| Ok((name.as_str(), values.must_get::<&Value>(name)?)));
    let given = given.collect::<TeraResult<Vec<_>>>()?;
    let is_markup = given.iter().any(|(_, value)| value.is_safe());
    let mut texts = Vec::with_capacity(given.len());
    for (name, value) in &given {
        texts.push(match value.as_str() {
            Some(text) if is_markup && !value.is_safe() => Some(escaped(text)?),
            Some(text) => Some(text.to_owned()),
            None if value.as_i64().is_some() => None,
            None => return Err(Error::message(format!("`{name}` of the message `{key}` is no text and no number"))),
        });
    }
    let inner = given.iter().zip(&texts).map(|((name, value), text)| match text {
        Some(text) if value.is_safe() => (*name, words::Value::Markup(text)),
        Some(text) => (*name, words::Value::Text(text)),
        None => (*name, words::Value::Number(value.as_i64().unwrap_or_default())),
    });
    let said = words.message(key, &inner.collect::<Vec<_>>());
    let said = said.ok_or_else(|| Error::message(format!("the message `{key}` cannot be said")))?;
    Ok(if is_markup { Value::safe_string(&said) } else { Value::from(said) })
}

fn escaped(text: &str) -> TeraResult<String> {
    let mut html = Vec::with_capacity(text.len());
    escape_html(text, &mut html).map_err(|error| Error::message(error.to_string()))?;
    Ok(String::from_utf8(html)?)
}
