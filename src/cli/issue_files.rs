//! From a file on the command line to the newsletter it is an issue of, and how its mistakes are shown.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::newsletter_choice::{self, KnownIssues, NewsletterChoice};
use super::output::TextStyle;
use super::{Context, Exit, Failure};
use crate::config::Config;
use crate::content::problem::{Position, Problem};
use crate::domain::NewsletterId;
use crate::domain::actor::Actor;
use crate::domain::newsletter::Newsletter;
use crate::images::ImageCache;
use crate::publishing::{IssueFolder, Publisher, QueuedFile, Renderer, SourceError, standing};
use crate::store::issues::Issue;
use crate::store::{Db, issues, newsletters};
use crate::templates::Templates;
use crate::wiring;

/// An issue that the database has, and how it stands beside its file.
pub(super) type FoundIssue = Option<(Issue, Option<QueuedFile>)>;

/// What is needed to read, render and publish issues of any newsletter.
pub(super) struct IssueFiles<'a> {
    config: &'a Config,
    context: &'a Context,
    actor: Actor,
    public_url: String,
    templates: Templates,
    gallery: ImageCache,
    known: KnownIssues,
}

impl<'a> IssueFiles<'a> {
    /// With the templates of `config`.
    pub(super) fn new(config: &'a Config, context: &'a Context) -> anyhow::Result<Self> {
        let (actor, gallery, known) = (context.actor(), ImageCache::default(), KnownIssues::default());
        let (templates, public_url) = (wiring::templates(config)?, wiring::public_url(config));
        Ok(Self { config, context, actor, public_url, templates, gallery, known })
    }

    /// The same, with what the database knows of the issues of several newsletters.
    pub(super) fn knowing(self, known: KnownIssues) -> Self {
        Self { known, ..self }
    }

    /// What renders the issues of one newsletter.
    pub(super) fn renderer<'b>(&'b self, newsletter: &'b Newsletter) -> Renderer<'b> {
        Renderer { newsletter, public_url: &self.public_url, templates: &self.templates, gallery: &self.gallery }
    }

    /// What publishes the issues of a newsletter that has its row, now and for who runs the command.
    pub(super) fn publisher(&'a self, db: &'a Db, newsletter: &'a Newsletter) -> Publisher<'a> {
        Publisher { renderer: self.renderer(newsletter), db, actor: &self.actor, now: self.context.now() }
    }

    pub(super) fn templates(&self) -> &Templates {
        &self.templates
    }

    pub(super) fn gallery(&self) -> &ImageCache {
        &self.gallery
    }

    /// Whose issue `file` is.
    pub(super) fn whose(&'a self, file: &Path, named: Option<&str>) -> anyhow::Result<NewsletterChoice<'a>> {
        newsletter_choice::of_file(self.config, &self.known, file, named)
    }

    /// The newsletter `named`, or the one whose issue `file` must be.
    pub(super) fn newsletter(&'a self, file: &Path, named: Option<&str>) -> anyhow::Result<&'a Newsletter> {
        match self.whose(file, named)? {
            NewsletterChoice::One(newsletter) => Ok(newsletter),
            NewsletterChoice::Several(several) => {
                let problem = unclear(&several);
                Err(Failure::usage(format!("{}: {}", file.display(), problem.message))
                    .hint(problem.hint.unwrap_or_default())
                    .into())
            }
        }
    }

    /// The same; on a terminal a person is asked whose it is when nothing says so.
    pub(super) fn newsletter_or_ask(&'a self, file: &Path, named: Option<&str>) -> anyhow::Result<&'a Newsletter> {
        match self.whose(file, named)? {
            NewsletterChoice::Several(several) if self.context.may_ask => {
                self.context.output.note(format!("{}: {}", file.display(), unclear(&several).message));
                newsletter_choice::ask(&several, self.context)
            }
            _ => self.newsletter(file, named),
        }
    }

    /// What the database says about a newsletter, where there is one that can be asked.
    pub(super) async fn looked<T>(
        &self,
        newsletter: &Newsletter,
        look: impl AsyncFnOnce(&Db, &Newsletter) -> anyhow::Result<T>,
    ) -> anyhow::Result<Option<T>> {
        let Some(db) = self.context.peek(self.config).await else { return Ok(None) };
        let looked = look(&db, &identified(&db, newsletter).await?).await;
        db.close().await;
        looked.map(Some)
    }

    /// The issue of a slug, and how it stands beside its file.
    pub(super) async fn standing(&self, db: &Db, newsletter: &Newsletter, slug: &str) -> anyhow::Result<FoundIssue> {
        let Some(issue) = issues::find(&mut db.read().await?, newsletter.id, slug).await? else { return Ok(None) };
        let mut looked = standing::look(db, &self.renderer(newsletter), std::slice::from_ref(&issue)).await?;
        Ok(Some((issue, looked.pop().flatten())))
    }

    /// Every issue of every newsletter, or of the one that is named.
    pub(super) fn files(&'a self, named: Option<&str>) -> anyhow::Result<Vec<PathBuf>> {
        let mut all = Vec::new();
        for newsletter in &self.config.newsletters {
            if named.is_none_or(|named| named == newsletter.slug) {
                all.extend(IssueFolder::of(newsletter).files()?);
            }
        }
        all.sort();
        all.dedup();
        Ok(all)
    }
}

/// A newsletter with the number of its row, if it has one.
pub(super) async fn identified(db: &Db, newsletter: &Newsletter) -> anyhow::Result<Newsletter> {
    let id = newsletters::find(&mut db.read().await?, &newsletter.slug).await?.unwrap_or(NewsletterId::NONE);
    Ok(Newsletter { id, ..newsletter.clone() })
}

/// The file of an issue as it is typed for a command; `FILE` where there is none.
pub(super) fn file_of<'a>(newsletters: impl IntoIterator<Item = &'a Newsletter>, slug: &str) -> String {
    let file = newsletters.into_iter().find_map(|newsletter| IssueFolder::of(newsletter).file_of(slug));
    file.map_or_else(|| "FILE".to_owned(), |file| file.display().to_string())
}

/// That nothing says which of several newsletters a file is an issue of.
pub(super) fn unclear(several: &[&Newsletter]) -> Problem {
    let slugs: Vec<_> = several.iter().map(|newsletter| newsletter.slug.as_str()).collect();
    let message = format!("it is not clear whose issue this is: it could be of {}", slugs.join(" or "));
    let lines: Vec<_> = slugs.iter().map(|slug| format!("`newsletter: {slug}`")).collect();
    let hint = format!("write {} into its front matter, or add --newsletter", lines.join(" or "));
    Problem::error(Position::START, "newsletter-unclear", message).hint(hint)
}

/// A problem as the result of a command that looks for problems.
pub(super) fn show(file: &Path, problem: &Problem, context: &Context) -> anyhow::Result<()> {
    context.output.line(in_words(file, problem, |tone, word| context.output.toned(tone, word)))
}

/// A problem that a command found on its way to another result: a message.
pub(super) fn tell(file: &Path, problem: &Problem, context: &Context) {
    context.output.finding(in_words(file, problem, |tone, word| context.output.toned_message(tone, word)));
}

/// Ends a command whose file has mistakes: shows them all, and that nothing was done. Anything else stays an error.
pub(super) fn refuse(file: &Path, error: SourceError, nothing: &str, context: &Context) -> anyhow::Result<Exit> {
    if error.problems().is_empty() {
        return Err(error.into());
    }
    if context.output.is_json() {
        context.output.json(&as_json(file, error.problems()))?;
    } else {
        error.problems().iter().for_each(|problem| tell(file, problem, context));
        context.output.note(nothing);
    }
    Ok(Exit::Problems)
}

/// `FILE:LINE:COLUMN: error: what`, and the hint below.
fn in_words(file: &Path, problem: &Problem, toned: impl Fn(TextStyle, &str) -> String) -> String {
    let word = match problem.is_error() {
        true => toned(TextStyle::Bad, "error"),
        false => toned(TextStyle::Warn, "warning"),
    };
    let Problem { line, column, message, hint, .. } = problem;
    let hint = hint.as_ref().map_or(String::new(), |hint| format!("\n  hint: {hint}"));
    format!("{}:{line}:{column}: {word}: {message}{hint}", file.display())
}

/// What is wrong with an issue, as `check --json` and the refusal of others have it.
pub(super) fn as_json(file: &Path, problems: &[Problem]) -> Value {
    json!({ "file": file, "ok": !problems.iter().any(Problem::is_error), "problems": problems })
}
