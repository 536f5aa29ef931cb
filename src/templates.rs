//! Embedded Tera templates: a typed context per template, a sample per context. The only user of tera.
//!
//! To add one: put the file under `templates/`, a struct with its context and [`Sample`] into `templates/email.rs` or
//! `templates/pages`, and a line into `registered!` below; the tests then render its sample. A file that others extend or
//! include, and that has no context of its own, is one of the pieces. Sentences are said by `t()`, see `speech.rs`.
//!
//! Templates belong to whoever runs the program: issues and readers' data never are templates, only values in them.
//! Names ending in `.html` and `.xml` are escaped; text in them that is HTML already says so by `safe`, and a test counts those.

pub mod desk;
pub mod email;
pub mod feeds;
mod keys;
mod overrides;
pub mod pages;
pub mod preview;
mod speech;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use tera::Tera;

use crate::words::Words;

/// What one template is rendered with.
pub trait TemplateContext: Serialize {
    /// The template's file, under `templates/`.
    const TEMPLATE: &'static str;
}

/// A context filled with plausible values: renders a template before there is anything to say.
pub trait Sample: Sized {
    fn sample() -> Self;
}

/// Ties contexts to template files, and lists the files: those that say nothing, pages, emails, and pieces of others.
macro_rules! registered {
    (
        silent: $($silent:literal => $silent_context:ty,)+
        pages: $($page:literal => $page_context:ty,)+
        emails: $($html:literal, $text:literal => $email:ty,)+
        pieces: $($piece:literal,)+
    ) => {
        $(impl TemplateContext for $silent_context { const TEMPLATE: &'static str = $silent; })+
        $(impl TemplateContext for $page_context { const TEMPLATE: &'static str = $page; })+
        $(impl email::Email for $email {
            const HTML: &'static str = $html;
            const TEXT: &'static str = $text;

            fn envelope(&self) -> &email::EmailFrame<'_> {
                &self.envelope
            }
        })+

        /// Every template that is compiled in, with its source.
        const SOURCES: &[(&str, &str)] = &[
            $(($silent, include_str!(concat!("../templates/", $silent))),)+
            $(($page, include_str!(concat!("../templates/", $page))),)+
            $(($html, include_str!(concat!("../templates/", $html))),)+
            $(($text, include_str!(concat!("../templates/", $text))),)+
            $(($piece, include_str!(concat!("../templates/", $piece))),)+
        ];

        /// Those that others extend, include or call.
        const PIECES: &[&str] = &[$($piece,)+];

        impl Templates {
            /// Renders every template with its sample: the proof that templates and contexts fit together.
            pub fn samples(&self) -> Result<Vec<(&'static str, String)>, TemplateError> {
                let frame = pages::Frame::sample();
                let mut rendered = vec![
                    $(($silent, self.render(&<$silent_context as Sample>::sample())?),)+
                    $(($page, self.page(&frame, &<$page_context as Sample>::sample())?),)+
                ];
                $(
                    let parts = self.email(&<$email as Sample>::sample())?;
                    rendered.extend([($html, parts.html), ($text, parts.text)]);
                )+
                Ok(rendered)
            }
        }
    };
}

registered! {
    silent:
    "feeds/atom.xml" => feeds::AtomFeed,
    "feeds/sitemap.xml" => feeds::Sitemap,
    "pages/preview.css" => preview::PreviewStyle,
    "pages/preview.html" => preview::PreviewPage,
    "pages/preview.js" => preview::PreviewScript,
    "pages/style.css" => pages::Style,
    pages:
    "desk/again.html" => desk::DeskAgain,
    "desk/enter.html" => desk::DeskEnter,
    "desk/home.html" => desk::DeskHome,
    "desk/people.html" => desk::DeskPeople,
    "desk/refused.html" => desk::DeskRefused,
    "desk/start.html" => desk::DeskStart,
    "desk/welcome.html" => desk::DeskWelcome,
    "desk/you.html" => desk::DeskYou,
    "pages/absent.html" => pages::AbsentPage,
    "pages/allowed.html" => pages::AllowedPage,
    "pages/already.html" => pages::AlreadyPage,
    "pages/archive.html" => pages::ArchivePage,
    "pages/back.html" => pages::BackPage,
    "pages/check.html" => pages::CheckPage,
    "pages/confirm.html" => pages::ConfirmPage,
    "pages/confirmed.html" => pages::ConfirmedPage,
    "pages/data.html" => pages::DataPage,
    "pages/departed.html" => pages::DepartedPage,
    "pages/erased.html" => pages::ErasedPage,
    "pages/front.html" => pages::FrontPage,
    "pages/home.html" => pages::HomePage,
    "pages/issue.html" => pages::IssuePage,
    "pages/leave.html" => pages::LeavePage,
    "pages/left.html" => pages::LeftPage,
    "pages/link.html" => pages::LinkPage,
    "pages/lost.html" => pages::LostPage,
    "pages/meant.html" => pages::MeantPage,
    "pages/move.html" => pages::MovePage,
    "pages/moved.html" => pages::MovedPage,
    "pages/no-mail.html" => pages::NoMailPage,
    "pages/paused.html" => pages::PausedPage,
    "pages/pending.html" => pages::PendingPage,
    "pages/preferences.html" => pages::PreferencesPage,
    "pages/privacy.html" => pages::PrivacyPage,
    "pages/refuse.html" => pages::RefusePage,
    "pages/refused.html" => pages::RefusedPage,
    "pages/sent.html" => pages::SentPage,
    "pages/signup.html" => pages::SignupPage,
    "pages/stale.html" => pages::StalePage,
    "pages/step.html" => pages::StepPage,
    "pages/stop.html" => pages::StopPage,
    "pages/stopped.html" => pages::StoppedPage,
    "pages/trouble.html" => pages::TroublePage,
    emails:
    "email/issue.html", "email/issue.txt" => email::IssueEmail<'_>,
    "email/notice.html", "email/notice.txt" => email::NoticeEmail<'_>,
    "email/welcome.html", "email/welcome.txt" => email::WelcomeEmail<'_>,
    pieces:
    "desk/issue.html",
    "desk/top.html",
    "email/base.html",
    "email/base.txt",
    "email/footer.html",
    "email/footer.txt",
    "email/notice-words.html",
    "pages/ask-data.html",
    "pages/base.html",
    "pages/done.html",
    "pages/onward.html",
    "pages/parts.html",
    "pages/pause.html",
    "pages/paused-until.html",
    "pages/quick.html",
    "pages/top.html",
}

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// One does not compile, or two do not fit together.
    #[error("templates: {}", chain(.0))]
    Compile(#[source] tera::Error),
    /// One does not fit its context.
    #[error("template {template}: {}", chain(.error))]
    Render {
        template: &'static str,
        #[source]
        error: tera::Error,
    },
    /// One says a message that there is not, or gives it other values than it takes.
    #[error("template {template}:{line}:{column}: {message}")]
    Words {
        template: &'static str,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        message: String,
    },
    /// A file that replaces one is broken.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Override {
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        message: String,
    },
    /// A file lies where replacements are, and replaces nothing.
    #[error("{}: this file replaces nothing; the names here are {known}", path.display())]
    Stranger { path: PathBuf, known: String },
    /// A file that is to replace one cannot be read.
    #[error("template {}: {error}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        error: std::io::Error,
    },
}

/// Tera keeps the reason in the error's sources.
fn chain(error: &tera::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}

#[derive(Debug)]
pub struct Templates {
    tera: Arc<Tera>,
    /// Those of newsletters that have some of their own.
    own: HashMap<String, Arc<Tera>>,
}

impl Templates {
    /// Those that are compiled in.
    pub fn embedded() -> Result<Self, TemplateError> {
        Self::compile(SOURCES.iter().map(|(name, source)| (*name, (*source).to_owned())).collect())
    }

    fn compile(sources: Vec<(&'static str, String)>) -> Result<Self, TemplateError> {
        let mut tera = Tera::new();
        tera.autoescape_on([".html", ".xml"]);
        speech::teach(&mut tera);
        let mistakes = sources.iter().map(|(name, source)| (*name, keys::mistakes(source)));
        if let Some((template, mistake)) =
            mistakes.flat_map(|(name, found)| found.into_iter().map(move |one| (name, one))).next()
        {
            let keys::Mistake { line, column, message } = mistake;
            return Err(TemplateError::Words { template, line, column, message });
        }
        tera.add_raw_templates(sources).map_err(TemplateError::Compile)?;
        Ok(overrides::alone(tera))
    }

    /// Renders a template that says nothing.
    pub fn render<C: TemplateContext>(&self, context: &C) -> Result<String, TemplateError> {
        self.rendered(C::TEMPLATE, context, |_| {})
    }

    /// Renders a page in the words of its frame.
    pub fn page<C: TemplateContext>(&self, frame: &pages::Frame, context: &C) -> Result<String, TemplateError> {
        self.rendered(C::TEMPLATE, context, |values| {
            values.insert("frame", frame);
            speech::speak(values, frame.words);
        })
    }

    /// Renders a part of an email.
    fn spoken(&self, template: &'static str, words: Words, context: &impl Serialize) -> Result<String, TemplateError> {
        self.rendered(template, context, |values| speech::speak(values, words))
    }

    fn rendered(
        &self,
        template: &'static str,
        context: &impl Serialize,
        complete: impl FnOnce(&mut tera::Context),
    ) -> Result<String, TemplateError> {
        let render = || {
            let mut values = tera::Context::from_serialize(context)?;
            complete(&mut values);
            self.tera.render(template, &values)
        };
        render().map_err(|error| TemplateError::Render { template, error })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::words::Language;

    #[test]
    fn every_template_fits_its_context() {
        let rendered = Templates::embedded().unwrap().samples().unwrap();
        for (name, text) in &rendered {
            assert!(!text.trim().is_empty(), "{name}");
            assert!(!text.contains("{{") && !text.contains("{%"), "{name}");
        }
    }

    #[test]
    fn every_page_and_email_is_said_in_every_language() {
        let templates = Templates::embedded().unwrap();
        for language in Language::ALL {
            let frame = pages::Frame { words: Words::of_page(language.tag()), ..pages::Frame::sample() };
            let page = templates.page(&frame, &pages::PreferencesPage::sample()).unwrap();
            let mut email = email::NoticeEmail::sample();
            email.envelope.words = Words::of_mail(language.tag());
            let email = templates.email(&email).unwrap();
            for (text, key) in [(&page, "go_text"), (&email.html, "mail_confirm_button"), (&email.text, "way_out")] {
                let said = frame.words.message(key, &[]).unwrap();
                assert!(text.contains(&said), "{}: {key}", language.tag());
            }
        }
    }

    #[test]
    fn a_value_is_escaped_once_and_markup_stays() {
        let source = r#"{% set mark %}<b>{{ accent }}</b>{% endset %}{{ t(key="labelled", label=accent, value="<i>") }}
{{ t(key="labelled", label=accent, value=mark) }}"#;
        let templates = Templates::compile(vec![("email/issue.html", source.to_owned())]).unwrap();
        let values = pages::Style { accent: "<a>".to_owned(), ..pages::Style::sample() };
        let said = templates.spoken("email/issue.html", Words::of_mail("en"), &values).unwrap();
        assert_eq!(said, "&lt;a&gt;: &lt;i&gt;\n&lt;a&gt;: <b>&lt;a&gt;</b>");
        let silent = Templates::compile(vec![("pages/style.css", "{{ t(key=\"skip\") }}".to_owned())]).unwrap();
        assert!(silent.render(&values).unwrap_err().to_string().contains("no words"));
    }

    #[test]
    fn the_page_behind_unsubscribing_has_every_reason() {
        let page = Templates::embedded().unwrap().page(&pages::Frame::sample(), &pages::LeftPage::sample()).unwrap();
        for why in crate::domain::subscriber::Why::ALL {
            assert!(page.contains(&format!("name=\"why\" value=\"{why}\"")), "{why}");
        }
    }

    #[test]
    fn every_file_is_registered() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    // The words are no templates.
                    folders.extend((!path.ends_with("words")).then_some(path));
                    continue;
                }
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                // The words of each language are the business of `words`, whose tests know them.
                if name.starts_with("words/") {
                    continue;
                }
                assert!(SOURCES.iter().any(|(known, _)| *known == name), "{name} is not registered");
            }
        }
    }

    #[test]
    fn only_these_values_are_taken_for_html() {
        let known = [
            // What `content` wrote, or escaped.
            "about", "body", "brand", "latest.body", "latest.title_html",
            // One of a list in `domain::design`, with quotation marks that stand in an attribute as they are.
            "look.font", "look.heading_font", "more", "standfirst_html", "title_html",
        ];
        let mut found = std::collections::BTreeSet::new();
        for (name, source) in SOURCES {
            for value in source.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
                if let Some((value, filter)) = value.split_once('|') {
                    // Those of texts, which are escaped nowhere.
                    let is_of_texts = name.ends_with(".txt")
                        && ["filled", "underlined(with=\"=\")", "underlined(with=\"-\")"].contains(&filter.trim());
                    if is_of_texts {
                        continue;
                    }
                    assert_eq!(filter.trim(), "safe", "{name}");
                    // Pages escape their titles.
                    assert!(
                        !name.starts_with("pages/") || ["body", "about", "more"].contains(&value.trim()),
                        "{name}: {value}"
                    );
                    found.insert(value.trim());
                }
            }
            assert!(!source.contains("autoescape"), "{name}");
        }
        assert!(found.iter().eq(known.iter()), "{found:?}");
    }

    #[test]
    fn layouts_reach_neither_environment_nor_files() {
        for source in ["{{ get_env(name=\"PATH\") }}", "{% include \"/etc/passwd\" %}", "{{ now() }}", "{{ x | load }}"]
        {
            let compiled = Templates::compile(vec![("pages/style.css", source.to_owned())]);
            let rendered = compiled.and_then(|templates| templates.render(&pages::Style::sample()));
            assert!(rendered.is_err(), "{source}");
        }
    }
}
