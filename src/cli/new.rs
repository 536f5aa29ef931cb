//! `coranto new`: the file of a new issue, dated with the next free slot.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use jiff::civil::Date;

use super::issue_files::identified;
use super::newsletter_choice::newsletter_or_ask;
use super::{Context, Exit, Failure};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::domain::characters::is_mark;
use crate::domain::issue::{SLUG_BYTES_MAX, is_slug};
use crate::domain::newsletter::Newsletter;
use crate::domain::reserved::is_reserved_for_issues;
use crate::publishing::folder::name_parts;
use crate::publishing::{IssueFolder, QueuePlan};

/// Slugs stand in links; longer ones are cut at a word.
const SLUG_CHARS_MAX: usize = 60;

/// Write the file of a new issue for the next free slot.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto new \"The calendar is not an agreement\"
  coranto new \"A short note\" --date 2026-12-04 --newsletter week")]
pub(super) struct Args {
    /// The issue's title.
    title: String,
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
    /// The issue's slug [default: made from the title].
    #[arg(long)]
    slug: Option<String>,
    /// The date in the file's name [default: the day of the next free slot].
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let newsletter = newsletter_or_ask(&config, args.newsletter.as_deref(), context)?;
    let title = args.title.trim();
    if title.is_empty() || title.chars().any(char::is_control) {
        return Err(Failure::usage("the title is empty, or has a line end in it").into());
    }
    let made = args.slug.clone().unwrap_or_else(|| slug(title));
    if args.slug.is_some() && !is_slug(&made) {
        return Err(Failure::usage(format!("{made:?} cannot be an issue's name in links"))
            .hint("use lower-case letters of any script, digits and -")
            .into());
    }
    let slot = match args.date {
        Some(_) => None,
        None => context.block_on(free_slot(&config, newsletter, &made, context))?,
    };
    let date = args.date.or(slot.map(|at| newsletter.date_of(at))).unwrap_or_else(|| newsletter.date_of(context.now()));
    let slug = if made.is_empty() { format!("issue-{date}") } else { made };
    let path = newsletter.issues.join(format!("{date}-{slug}.md"));
    if name_parts(&path).is_none() {
        return Err(Failure::usage(format!("{slug:?} cannot be an issue's name in links"))
            .hint("use lower-case letters of any script, digits and -")
            .into());
    }
    if is_reserved_for_issues(&slug) {
        return Err(Failure::usage(format!("{slug:?} is the address of another page of the web server"))
            .hint("choose another name in links with --slug")
            .into());
    }
    if let Some(other) = IssueFolder::of(newsletter).file_of(&slug) {
        return Err(Failure::new(format!("{} has the name {slug:?} already", other.display()))
            .hint("two issues cannot have the same link; choose another with --slug")
            .into());
    }
    let named = (config.newsletters.len() > 1).then_some(newsletter.slug.as_str());
    fs::create_dir_all(&newsletter.issues).with_context(|| newsletter.issues.display().to_string())?;
    write_new(&path, &template(title, named), false)?;

    let output = &context.output;
    if output.is_json() {
        let value = serde_json::json!({
            "file": path, "slug": slug, "newsletter": newsletter.slug, "date": date.to_string(), "slot": slot,
        });
        output.json(&value)?;
    } else {
        output.line(path.display())?;
    }
    output.note(format!("Write the issue, take its line `draft` out, then: coranto queue {}", path.display()));
    Ok(Exit::Ok)
}

/// The slot that `coranto queue` would give the new file: the first that neither an issue nor another file has.
async fn free_slot(
    config: &Config,
    newsletter: &Newsletter,
    slug: &str,
    context: &Context,
) -> anyhow::Result<Option<Timestamp>> {
    let now = context.now();
    let by_files = || QueuePlan::of_files(newsletter, slug, now).slot(None, now);
    // An editor who only writes needs no database, and gets none.
    if config.database.sqlite_file().is_some_and(|file| !file.exists()) {
        return Ok(by_files());
    }
    let looked = async {
        let db = context.open(config).await?;
        let newsletter = identified(&db, newsletter).await?;
        let slot = QueuePlan::load(&mut db.read().await?, &newsletter, slug, now).await?.slot(None, now);
        db.close().await;
        anyhow::Ok(slot)
    };
    Ok(looked.await.unwrap_or_else(|error| {
        context.output.warn(format!("the queue cannot be looked at, so only files are: {error:#}"));
        by_files()
    }))
}

/// Lower-case letters and digits with `-` between words, which is what an issue's file may be called. Accents of Latin
/// letters are taken off; letters of other scripts stay as they are (decision 6).
pub(super) fn slug(title: &str) -> String {
    let mut slug = String::new();
    // An apostrophe does not part words: "don't" is "dont".
    let plain: String = title.to_lowercase().chars().filter(|c| !matches!(c, '\'' | '’')).map(without_accent).collect();
    for word in plain.split(|c: char| !c.is_alphanumeric() && !is_mark(c)).filter(|word| !word.is_empty()) {
        let word = word.trim_start_matches(is_mark);
        let is_too_long = |text: &str, more: &str| {
            text.chars().count() + more.chars().count() + 1 > SLUG_CHARS_MAX
                || text.len() + more.len() + 1 > SLUG_BYTES_MAX
        };
        if is_too_long(&slug, word) {
            // One word that is too long is cut: scripts without spaces have no others.
            if slug.is_empty() {
                slug.extend(
                    word.char_indices()
                        .take_while(|(at, c)| at + c.len_utf8() <= SLUG_BYTES_MAX)
                        .map(|(_, c)| c)
                        .take(SLUG_CHARS_MAX),
                );
            }
            break;
        }
        if !slug.is_empty() && !word.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    slug
}

/// The letter that stands for `c` in ASCII; `c` itself when there is none.
fn without_accent(c: char) -> char {
    const LETTERS: [(char, &str); 20] = [
        ('a', "àáâãäåāăą"),
        ('c', "çćĉċč"),
        ('d', "ďđð"),
        ('e', "èéêëēĕėęě"),
        ('g', "ĝğġģ"),
        ('h', "ĥħ"),
        ('i', "ìíîïĩīĭįı"),
        ('j', "ĵ"),
        ('k', "ķ"),
        ('l', "ĺļľŀł"),
        ('n', "ñńņňŋ"),
        ('o', "òóôõöøōŏőœ"),
        ('r', "ŕŗř"),
        ('s', "śŝşšșß"),
        ('t', "ţťŧț"),
        ('u', "ùúûüũūŭůűų"),
        ('w', "ŵ"),
        ('y', "ýÿŷ"),
        ('z', "źżž"),
        ('a', "æ"),
    ];
    LETTERS.iter().find(|(_, accented)| accented.contains(c)).map_or(c, |(letter, _)| *letter)
}

fn template(title: &str, newsletter: Option<&str>) -> String {
    // A JSON string is a YAML string.
    let quoted = serde_json::Value::from(title);
    let newsletter = newsletter.map(|slug| format!("newsletter: {slug}\n")).unwrap_or_default();
    format!(
        "---\ntitle: {quoted}\nsummary: \"\"   # one sentence: shown beside the subject, in the feed and the archive\n\
         {newsletter}draft: true     # take this line out when it may be sent\n---\n\n"
    )
}

/// Writes a file that must not exist yet; a private one can be read by its owner alone, and one that root makes among the
/// settings of a service by that service too.
pub(super) fn write_new(path: &Path, text: &str, private: bool) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    let opened = if private { crate::private::open(path, &mut options) } else { options.open(path) };
    let written = opened.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        if private {
            crate::private::share_with_service(path, &file)?;
        }
        file.sync_all()
    });
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::new(format!("{} exists already", path.display()))
            .hint("nothing was changed; move it away, or choose another name")
            .into(),
        _ => anyhow::Error::new(error).context(path.display().to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_words() {
        for (title, made) in [
            ("The calendar is not an agreement", "the-calendar-is-not-an-agreement"),
            ("  Don’t — panic! ", "dont-panic"),
            ("Ünïcode & Łódź Co.", "unicode-lodz-co"),
            ("暦は合意ではない", "暦は合意ではない"),
            ("Третья", "третья"),
            ("Письмо № 3: о календаре", "письмо-3-о-календаре"),
            ("नमस्ते हिन्दी", "नमस्ते-हिन्दी"),
            ("مرحبا بالعالم!", "مرحبا-بالعالم"),
            ("ขอบคุณ", "ขอบคุณ"),
            ("!!!", ""),
        ] {
            assert_eq!(slug(title), made);
        }
        assert_eq!(slug(&"word ".repeat(40)).chars().count(), 59);
        assert_eq!(slug(&"x".repeat(100)).len(), SLUG_CHARS_MAX);
        for title in ["暦".repeat(100), "Письмо ".repeat(40), "हिन्दी".repeat(40), "\u{301}\u{301} a".to_owned()]
        {
            assert!(is_slug(&slug(&title)), "{title}");
        }
    }
}
