//! How a newsletter's mail goes: through which relays, and with which header fields besides its own.

use super::headers;
use super::reader::Section;
use crate::domain::extra_header::ExtraHeaders;
use crate::domain::nearest::nearest;

/// The part of a newsletter that is about relays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sending {
    /// The relays that carry its mail, by name, in the order of the file; none only where there is no relay at all.
    pub relays: Vec<String>,
    pub headers: ExtraHeaders,
}

/// What a newsletter may find of a relay whose table was read, rightly or not.
pub(super) struct KnownRelay {
    pub(super) name: String,
    pub(super) only_named: bool,
    pub(super) headers: ExtraHeaders,
}

/// Reads it for the newsletter of `section`.
pub(super) fn read(section: &Section<'_>, known: &[KnownRelay]) -> Sending {
    let headers = headers::read(section);
    let relays = relays(section, known);
    for relay in known.iter().filter(|relay| relays.contains(&relay.name)) {
        let twice = headers
            .clash(&relay.headers)
            .map(|field| (format!("{field} is added by the relay {} as well", relay.name), "keep one of the two"));
        let too_many = headers::too_many(&headers, &relay.headers);
        let too_many = too_many.map(|why| (format!("through the relay {} {why}", relay.name), "take some out"));
        for (why, hint) in twice.into_iter().chain(too_many) {
            let key = headers::KEYS.into_iter().map(|(key, _)| key).find(|key| section.has(key)).unwrap_or("headers");
            section.refuse(key, why, Some(hint));
        }
    }
    Sending { relays, headers }
}

fn relays(section: &Section<'_>, known: &[KnownRelay]) -> Vec<String> {
    let open = known.iter().filter(|relay| !relay.only_named).map(|relay| relay.name.clone());
    if !section.has("relays") {
        let open: Vec<String> = open.collect();
        if open.is_empty() && !known.is_empty() {
            let names = known.iter().map(|relay| format!("{:?}", relay.name)).collect::<Vec<_>>().join(", ");
            section.refuse_all(
                "no relay carries its mail: each of them is only_named",
                Some(&format!("write for instance relays = [{names}] in it")),
            );
        }
        return open;
    }
    let names = section.each_text("relays", |name| {
        if known.iter().any(|relay| relay.name == name) {
            return Ok(name.to_owned());
        }
        let hint = match nearest(name, known.iter().map(|relay| relay.name.as_str())) {
            Some(near) => format!("did you mean {near:?}?"),
            None if known.is_empty() => "there is no [[relays]] table yet".to_owned(),
            None => {
                let names = known.iter().map(|relay| format!("{:?}", relay.name)).collect::<Vec<_>>();
                format!("there are {}", names.join(", "))
            }
        };
        Err((format!("there is no relay {name:?}"), Some(hint)))
    });
    if section.is_empty_list("relays") {
        let hint = "name a relay, or take the key out: then all relays without only_named carry it";
        section.refuse("relays", "without a relay its mail would wait for ever", Some(hint));
    }
    // In the order of the file, each once.
    known.iter().filter(|relay| names.contains(&relay.name)).map(|relay| relay.name.clone()).collect()
}
