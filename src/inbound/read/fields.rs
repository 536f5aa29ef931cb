//! Groups of fields, as headers, delivery reports (RFC 3464) and feedback reports (RFC 5965) have them: `Name: value`,
//! folded over lines, a blank line between groups.

/// More fields than any report has.
const FIELDS_MAX: usize = 256;
/// More groups than any report about one mail has.
const GROUPS_MAX: usize = 33;
/// A value is kept to this length: a reply has 512 octets a line, and several lines.
const VALUE_MAX: usize = 4096;

/// Fields that belong together, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of the field, which is named in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of the field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is such a field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first group of a text: the header of a mail.
    pub(super) fn header(text: &str) -> Self {
        let mut fields = Self::default();
        for line in text.lines().take_while(|line| !line.trim().is_empty()) {
            fields.add(line);
        }
        fields
    }

    /// Several records that stand in one group: a new one begins where one of `keys` comes again.
    pub(super) fn records(self, keys: &[&str]) -> Vec<Self> {
        let mut records = vec![Self::default()];
        for (name, value) in self.0 {
            let comes_again = |record: &Self| keys.contains(&name.as_str()) && record.has(&name);
            if records.last().is_some_and(comes_again) && records.len() < GROUPS_MAX {
                records.push(Self::default());
            }
            if let Some(last) = records.last_mut() {
                last.0.push((name, value));
            }
        }
        records
    }

    fn add(&mut self, line: &str) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = self.0.last_mut().filter(|(_, value)| value.len() < VALUE_MAX) {
                value.push(' ');
                value.push_str(cut(line.trim()));
            }
        } else if let Some((name, value)) = split(line)
            && self.0.len() < FIELDS_MAX
        {
            self.0.push((name, cut(value.trim()).to_owned()));
        }
    }
}

/// All groups of a text that have a field.
pub(super) fn groups(text: &str) -> Vec<Fields> {
    let mut groups = vec![Fields::default()];
    for line in text.lines() {
        if line.trim().is_empty() {
            if groups.len() < GROUPS_MAX && groups.last().is_some_and(|last| !last.is_empty()) {
                groups.push(Fields::default());
            }
        } else if let Some(last) = groups.last_mut() {
            last.add(line);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The groups of a text for people, where fields may be indented: what has another name goes on with the value before.
pub(super) fn groups_named(text: &str, names: &[&str]) -> Vec<Fields> {
    let mut flat = String::with_capacity(text.len());
    for line in text.lines() {
        let bare = line.trim();
        let is_named = split(bare).is_some_and(|(name, _)| names.contains(&name.as_str()));
        if !is_named && !bare.is_empty() {
            flat.push(' ');
        }
        flat.push_str(bare);
        flat.push('\n');
    }
    groups(&flat)
}

/// `Name: value`; systems that write for people say `Diagnostic code: value`.
pub(super) fn split(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim_end();
    let is_name = (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b' '))
        && name.split(' ').count() <= 2;
    is_name.then(|| (name.to_ascii_lowercase().replace(' ', "-"), value))
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(VALUE_MAX)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_end_at_blank_lines_and_lines_are_unfolded() {
        let groups = groups("\n\nA: 1\nB : two\n\tand more\n\n\nDiagnostic code: x; y\nnot a field\n  lost\n");
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].get("b"), Some("two and more"));
        assert_eq!(groups[1].get("diagnostic-code"), Some("x; y lost"));
        assert_eq!(Fields::header("A: 1\n\nB: 2").get("b"), None);
        assert!(super::groups(&"A:\n\n".repeat(10_000)).len() <= GROUPS_MAX);
    }
}
