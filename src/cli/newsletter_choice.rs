//! Which newsletter is meant. One rule for all commands, and it looks before it asks: at the flag, the file and its
//! front matter, the folder that it is in, and the issues that the database knows.

use std::path::{Path, PathBuf};

use super::{Context, Failure};
use crate::config::Config;
use crate::content;
use crate::domain::newsletter::Newsletter;
use crate::publishing::folder::name_parts;
use crate::store::Tx;
use crate::store::issues::{self, Issue};

/// The newsletters that may be meant: one, or too many.
pub(super) enum NewsletterChoice<'a> {
    One(&'a Newsletter),
    Several(Vec<&'a Newsletter>),
}

/// Newsletters and slugs of the issues that the database knows. Empty where there is one newsletter only: then nobody
/// asks.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownIssues(Vec<(String, String)>);

impl KnownIssues {
    /// What the database says, if there is one and it can be read.
    pub(super) fn load(config: &Config, context: &Context) -> Self {
        if config.newsletters.len() < 2 {
            return Self::default();
        }
        let looked = context.block_on(async {
            let Some(db) = context.peek(config).await else { return Ok(Vec::new()) };
            let owners = issues::owners(&mut db.read().await?).await;
            db.close().await;
            Ok(owners?)
        });
        Self(looked.unwrap_or_default())
    }

    fn has(&self, newsletter: &Newsletter, slug: &str) -> bool {
        self.0.iter().any(|(owner, known)| *owner == newsletter.slug && known == slug)
    }
}

/// The newsletter that was named, or the only one.
pub(super) fn newsletter<'a>(config: &'a Config, slug: Option<&str>) -> anyhow::Result<&'a Newsletter> {
    match (slug, config.newsletters.as_slice()) {
        (Some(slug), _) => config.newsletter(slug).ok_or_else(|| {
            let known = slugs(&config.newsletters.iter().collect::<Vec<_>>(), " and ");
            Failure::usage(format!("there is no newsletter {slug:?}")).hint(format!("there is {known}")).into()
        }),
        (None, [only]) => Ok(only),
        (None, several) => Err(several_newsletters(&several.iter().collect::<Vec<_>>())),
    }
}

/// The same; on a terminal a person is asked which of several.
pub(super) fn newsletter_or_ask<'a>(
    config: &'a Config,
    slug: Option<&str>,
    context: &Context,
) -> anyhow::Result<&'a Newsletter> {
    match (slug, config.newsletters.len()) {
        (None, 2..) if context.may_ask => ask(&config.newsletters.iter().collect::<Vec<_>>(), context),
        _ => newsletter(config, slug),
    }
}

/// Asks which of several newsletters is meant.
pub(super) fn ask<'a>(several: &[&'a Newsletter], context: &Context) -> anyhow::Result<&'a Newsletter> {
    context.ask(&format!("Which newsletter ({})", slugs(several, ", ")), None, |typed| {
        let found = several.iter().find(|newsletter| newsletter.slug == typed.trim());
        found.copied().ok_or_else(|| (format!("there is no newsletter {typed:?}"), None))
    })
}

/// The newsletters that a command is about which can be about all.
pub(super) fn newsletters<'a>(config: &'a Config, slug: Option<&str>) -> anyhow::Result<Vec<&'a Newsletter>> {
    match slug {
        Some(_) => Ok(vec![newsletter(config, slug)?]),
        None => Ok(config.newsletters.iter().collect()),
    }
}

fn several_newsletters(several: &[&Newsletter]) -> anyhow::Error {
    Failure::usage("there are several newsletters")
        .hint(format!("add --newsletter with one of {}", slugs(several, ", ")))
        .into()
}

fn slugs(newsletters: &[&Newsletter], between: &str) -> String {
    newsletters.iter().map(|newsletter| newsletter.slug.as_str()).collect::<Vec<_>>().join(between)
}

/// Whose a file is: of the newsletter that the flag or its front matter names, or the only one; else of the one whose
/// folder it is in; else of the one that has an issue of its slug.
pub(super) fn of_file<'a>(
    config: &'a Config,
    known: &KnownIssues,
    file: &Path,
    named: Option<&str>,
) -> anyhow::Result<NewsletterChoice<'a>> {
    if named.is_some() || config.newsletters.len() == 1 {
        return Ok(NewsletterChoice::One(newsletter(config, named)?));
    }
    match std::fs::read(file).map(|bytes| content::read(&bytes)) {
        Ok(Ok(issue)) => {
            if let Some(slug) = &issue.front.newsletter {
                return match config.newsletter(slug) {
                    Some(newsletter) => Ok(NewsletterChoice::One(newsletter)),
                    None => {
                        let all: Vec<_> = config.newsletters.iter().collect();
                        let text = format!("{}: its front matter says newsletter {slug:?}", file.display());
                        Err(Failure::new(text).hint(format!("coranto.toml has {}", slugs(&all, ", "))).into())
                    }
                };
            }
        }
        // A later read reports what is wrong, the same for all.
        Ok(Err(_)) | Err(_) => {
            let near = by_folder(config, file).into_iter().next();
            return near
                .or(config.newsletters.first())
                .map(NewsletterChoice::One)
                .ok_or_else(|| several_newsletters(&[]));
        }
    }
    let near = by_folder(config, file);
    let slug = name_parts(file).map(|(_, slug)| slug).unwrap_or_default();
    let have_it: Vec<_> = near.iter().copied().filter(|newsletter| known.has(newsletter, &slug)).collect();
    Ok(match (near.as_slice(), have_it.as_slice()) {
        ([one], _) | (_, [one]) => NewsletterChoice::One(one),
        _ => NewsletterChoice::Several(near),
    })
}

/// The newsletters in whose folder a file is; those in whose folder it is deeper; or all.
fn by_folder<'a>(config: &'a Config, file: &Path) -> Vec<&'a Newsletter> {
    let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = whole(file).parent().map(Path::to_owned).unwrap_or_default();
    let those = |fits: &dyn Fn(&PathBuf) -> bool| -> Vec<_> {
        config.newsletters.iter().filter(|newsletter| fits(&whole(&newsletter.issues))).collect()
    };
    let (exact, around) = (those(&|issues| *issues == folder), those(&|issues| folder.starts_with(issues)));
    match (exact.is_empty(), around.is_empty()) {
        (false, _) => exact,
        (true, false) => around,
        (true, true) => config.newsletters.iter().collect(),
    }
}

/// The issue that was named by its slug or its file, and whose it is: of the newsletter that the flag or the file names,
/// or else the one that has it.
pub(super) async fn of_slug<'a>(
    tx: &mut Tx,
    config: &'a Config,
    named: Option<&str>,
    typed: &str,
) -> anyhow::Result<(&'a Newsletter, Issue)> {
    let slug = slug_of(typed);
    let told = match named {
        Some(_) => Some(newsletter(config, named)?),
        None => told_by(config, typed),
    };
    let mut found = Vec::new();
    for issue in issues::named(tx, &slug).await? {
        if let Some(newsletter) = config.newsletters.iter().find(|one| one.id == issue.newsletter_id)
            && told.is_none_or(|told| told.slug == newsletter.slug)
        {
            found.push((newsletter, issue));
        }
    }
    match found.len() {
        0 => {
            let of = told.or_else(|| (config.newsletters.len() == 1).then(|| &config.newsletters[0]));
            let of = of.map_or(String::new(), |newsletter| format!(" of {}", newsletter.slug));
            Err(Failure::new(format!("there is no issue {slug:?}{of}"))
                .hint("`coranto issues list` lists them; `coranto queue FILE` brings one in")
                .into())
        }
        1 => Ok(found.remove(0)),
        _ => {
            let owners: Vec<_> = found.iter().map(|(newsletter, _)| *newsletter).collect();
            Err(Failure::usage(format!("{} have an issue {slug:?}", slugs(&owners, " and ")))
                .hint(format!("add --newsletter with one of {}", slugs(&owners, ", ")))
                .into())
        }
    }
}

/// The newsletter that a file's front matter names, where a file was named and says so.
fn told_by<'a>(config: &'a Config, typed: &str) -> Option<&'a Newsletter> {
    let bytes = typed.ends_with(".md").then(|| std::fs::read(typed).ok()).flatten()?;
    let issue = content::read(&bytes).ok()?;
    config.newsletter(issue.front.newsletter.as_deref()?)
}

/// The slug of an issue that was named by it, or by its file.
pub(super) fn slug_of(named: &str) -> String {
    let by_file = || named.ends_with(".md").then(|| name_parts(Path::new(named))).flatten();
    by_file().map_or_else(|| named.to_owned(), |(_, slug)| slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_named_by_slug_or_file() {
        assert_eq!(slug_of("issues/2026-11-27-the-calendar.md"), "the-calendar");
        assert_eq!(slug_of("the-calendar"), "the-calendar");
        assert_eq!(slug_of("notes/the-calendar.md"), "the-calendar");
        assert_eq!(slug_of("2026-99-99-x.md"), "2026-99-99-x");
    }
}
