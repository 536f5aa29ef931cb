//! Files of the operator's that replace built-in templates: for all newsletters, or under a newsletter's name for its
//! mails alone. Owns where they lie and what is said of a broken one; must not know what templates are for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tera::{ErrorKind, Tera};

use super::{PIECES, SOURCES, TemplateError, Templates};

/// The largest built-in one has a fiftieth of this.
const FILE_BYTES_MAX: u64 = 512 * 1024;
/// What a newsletter may have of its own; pages are of one site.
const OWN: &str = "email/";

/// Built-in templates by name, and the files that stand for some of them.
struct Sources {
    texts: Vec<(&'static str, String)>,
    files: HashMap<&'static str, PathBuf>,
}

impl Templates {
    /// Those that are compiled in, each replaced by the file of its name in `folder` if there is one; in the mails of each
    /// of `newsletters`, by the file in the folder of its slug before that. Fails when a replacement does not compile,
    /// does not fit its context or replaces nothing, so that a mistake shows at the start and not on Friday morning.
    pub fn with_overrides<'a>(
        folder: &Path,
        newsletters: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, TemplateError> {
        let mut sources = Sources { texts: Vec::with_capacity(SOURCES.len()), files: HashMap::new() };
        for (name, embedded) in SOURCES {
            sources.texts.push((name, (*embedded).to_owned()));
        }
        sources.replace(folder, "")?;
        let mut templates = sources.compile()?;
        for slug in newsletters {
            let mut own = Sources { texts: sources.texts.clone(), files: sources.files.clone() };
            if own.replace(&folder.join(slug), OWN)? {
                templates.own.insert(slug.to_owned(), own.compile()?.tera);
            }
        }
        Ok(templates)
    }

    /// The templates of one newsletter's mails.
    #[must_use]
    pub fn of(&self, newsletter: &str) -> Self {
        Self { tera: Arc::clone(self.own.get(newsletter).unwrap_or(&self.tera)), own: HashMap::new() }
    }
}

impl Sources {
    /// Takes the files under `folder` for the templates whose names begin with `beginning`. Whether there were any.
    fn replace(&mut self, folder: &Path, beginning: &str) -> Result<bool, TemplateError> {
        refuse_strangers(folder, beginning)?;
        let mut any = false;
        for (name, text) in &mut self.texts {
            if !name.starts_with(beginning) {
                continue;
            }
            let path = folder.join(*name);
            let read = |error| TemplateError::Read { path: path.clone(), error };
            match std::fs::metadata(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(read(error)),
                Ok(data) if data.len() > FILE_BYTES_MAX => {
                    return Err(read(std::io::Error::other(format!("it has more than {FILE_BYTES_MAX} bytes"))));
                }
                Ok(_) => *text = std::fs::read_to_string(&path).map_err(read)?,
            }
            self.files.insert(name, path);
            any = true;
        }
        Ok(any)
    }

    /// Compiles them, and renders every sample.
    fn compile(&self) -> Result<Templates, TemplateError> {
        let templates = Templates::compile(self.texts.clone()).map_err(|error| self.told(error))?;
        templates.samples().map_err(|error| self.told(error))?;
        Ok(templates)
    }

    /// The same error with the file, line and column, where it is in a file of the operator's.
    fn told(&self, error: TemplateError) -> TemplateError {
        if let TemplateError::Words { template, line, column, message } = &error
            && let Some(path) = self.files.get(template)
        {
            let (path, message) = (path.clone(), message.clone());
            return TemplateError::Override { path, line: *line, column: *column, message };
        }
        let inner = match &error {
            TemplateError::Compile(inner) | TemplateError::Render { error: inner, .. } => inner,
            _ => return error,
        };
        let (name, line, column, message) = match inner.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let span = report.span();
                (report.filename().to_owned(), span.start_line, span.start_col + 1, report.message().to_owned())
            }
            ErrorKind::MissingParent { current, .. } => (current.clone(), 1, 1, inner.to_string()),
            ErrorKind::CircularExtend { tpl, .. } | ErrorKind::CircularInclude { tpl, .. } => {
                (tpl.clone(), 1, 1, inner.to_string())
            }
            // What is found when all are put together comes as a report alone.
            ErrorKind::Msg(report) => match place_in(report) {
                Some(place) => place,
                None => return error,
            },
            _ => return error,
        };
        if let Some(path) = self.files.get(name.as_str()) {
            return TemplateError::Override { path: path.clone(), line, column, message };
        }
        // Ours was right before a piece of it was replaced.
        let folder = |name: &str| name.split_once('/').map(|(folder, _)| folder.to_owned());
        let own = folder(&name);
        // The desk is built of the pages' pieces, too.
        let is_of_pages = own.as_deref() == Some("desk");
        let pieces = PIECES.iter().filter(|piece| {
            let theirs = folder(piece);
            theirs == own || (is_of_pages && theirs.as_deref() == Some("pages"))
        });
        match pieces.filter_map(|piece| self.files.get(piece)).next() {
            Some(path) => {
                let message = format!("the built-in {name} does not fit into it: {message}");
                TemplateError::Override { path: path.clone(), line: 1, column: 1, message }
            }
            None => error,
        }
    }
}

/// Name, line, column and message of the first mistake in a report: `error: MESSAGE`, then ` --> NAME:LINE:COLUMN`.
fn place_in(report: &str) -> Option<(String, usize, usize, String)> {
    let message = report.lines().find_map(|line| line.strip_prefix("error: "))?;
    let place = report.lines().find_map(|line| line.trim_start().strip_prefix("--> "))?;
    let mut from_end = place.trim().rsplitn(3, ':');
    let (column, line) = (from_end.next()?.parse().ok()?, from_end.next()?.parse().ok()?);
    Some((from_end.next()?.to_owned(), line, column, message.to_owned()))
}

/// A file whose name is slightly wrong would replace nothing, and nobody would notice.
fn refuse_strangers(folder: &Path, beginning: &str) -> Result<(), TemplateError> {
    let mut folders: Vec<&str> = SOURCES.iter().filter_map(|(name, _)| Some(name.split_once('/')?.0)).collect();
    folders.dedup();
    for inner in folders.into_iter().filter(|inner| beginning.is_empty() || format!("{inner}/") == beginning) {
        let Ok(entries) = std::fs::read_dir(folder.join(inner)) else { continue };
        for entry in entries.flatten() {
            let file = entry.file_name().to_string_lossy().into_owned();
            let name = format!("{inner}/{file}");
            // What editors leave behind.
            let is_leftover = file.starts_with('.') || file.ends_with('~') || file.starts_with('#');
            if !is_leftover && !SOURCES.iter().any(|(known, _)| *known == name) {
                let path = entry.path();
                let known: Vec<_> =
                    SOURCES.iter().map(|(known, _)| *known).filter(|name| name.starts_with(inner)).collect();
                return Err(TemplateError::Stranger { path, known: known.join(", ") });
            }
        }
    }
    Ok(())
}

pub(super) fn alone(tera: Tera) -> Templates {
    Templates { tera: Arc::new(tera), own: HashMap::new() }
}

#[cfg(test)]
mod tests {
    use super::super::Sample as _;
    use super::super::email::{IssueEmail, NoticeEmail};
    use super::*;

    fn put(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn refused(folder: &Path) -> String {
        let error = Templates::with_overrides(folder, ["week"]).unwrap_err().to_string();
        error.replace(&folder.display().to_string(), "T")
    }

    #[test]
    fn a_newsletter_may_have_mails_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert!(Templates::with_overrides(folder, ["week", "month"]).is_ok());
        put(folder, "email/issue.txt", "Ours: {{ title }}");
        put(folder, "week/email/issue.txt", "The week's: {{ title }}");
        let templates = Templates::with_overrides(folder, ["week", "month"]).unwrap();
        let begins = |templates: &Templates| {
            let text = templates.email(&IssueEmail::sample()).unwrap().text;
            text.split(':').next().unwrap().to_owned()
        };
        assert_eq!(begins(&templates), "Ours");
        assert_eq!(begins(&templates.of("week")), "The week's");
        assert_eq!(begins(&templates.of("month")), "Ours");
        let built_in = Templates::embedded().unwrap().email(&NoticeEmail::sample()).unwrap().text;
        assert_eq!(templates.of("week").email(&NoticeEmail::sample()).unwrap().text, built_in, "the others stay");
    }

    #[test]
    fn a_broken_one_is_refused_with_its_line() {
        for (name, text, said) in [
            ("email/issue.txt", "One\n{{ headline }}\n", "T/email/issue.txt:2:4: "),
            ("email/issue.html", "<p>\n\n  {% if %}", "T/email/issue.html:3:"),
            ("email/base.html", "{{ subject }}", "T/email/base.html:1:1: the built-in email/issue.html does not fit"),
            (
                "email/base.html",
                "{% block content %}{% endblock %}{% block footer %}{% endblock %}\n{{ nothing }}",
                "T/email/base.html:2:4: ",
            ),
            ("week/email/notice.txt", "{{ subject | shout }}", "T/week/email/notice.txt:1:"),
            (
                "pages/parts.html",
                "{% component submit(action) %}{{ action }}{% endcomponent submit %}",
                "T/pages/parts.html:1:1: the built-in desk/",
            ),
            // Also where no sample comes.
            (
                "pages/leave.html",
                "{% if no_such %}\n {{ t(key=\"leave_buton\") }}{% endif %}",
                "T/pages/leave.html:2:5: there is no message `leave_buton`; did you mean `leave_button`?",
            ),
            (
                "week/email/issue.txt",
                "{{ t(key=\"reason\", newsletter=newsletter) }}",
                "T/week/email/issue.txt:1:4: the message `reason` needs a value `address`",
            ),
            ("pages/home.html", "{% extends \"no/such.html\" %}", "T/pages/home.html:1:1: "),
        ] {
            let folder = tempfile::tempdir().unwrap();
            put(folder.path(), name, text);
            let error = refused(folder.path());
            assert!(error.starts_with(said), "{name}: {error}");
        }
    }

    #[test]
    fn a_name_that_replaces_nothing_is_refused() {
        for name in ["email/isue.html", "week/email/page.html", "pages/old/home.html"] {
            let folder = tempfile::tempdir().unwrap();
            put(folder.path(), name, "x");
            assert!(refused(folder.path()).contains("replaces nothing"), "{name}");
        }
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "email/.issue.html.swp", "x");
        put(folder.path(), "README.md", "x");
        assert!(Templates::with_overrides(folder.path(), ["week"]).is_ok());
    }

    #[test]
    fn what_is_not_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("email")).unwrap();
        std::fs::write(folder.path().join("email/issue.txt"), [0xff, 0xfe]).unwrap();
        assert!(refused(folder.path()).starts_with("template T/email/issue.txt: "));
    }
}
