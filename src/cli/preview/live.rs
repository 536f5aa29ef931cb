//! The page that follows a file: every save is read, checked, rendered, told on the terminal and sent to the page.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Shown;
use super::args::Args;
use super::place::{self, FileStatus};
use super::reader::SampleReader;
use super::watch::{EVERY, Stamps};
use crate::cli::context::stop_signal;
use crate::cli::issue_files::{IssueFiles, show};
use crate::cli::newsletter_choice::KnownIssues;
use crate::cli::output::TextStyle;
use crate::cli::text::count;
use crate::cli::when::when;
use crate::cli::{Context, Exit, Failure};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::content::Problem;
use crate::content::problem::Position;
use crate::domain::image;
use crate::domain::issue::Visibility;
use crate::domain::newsletter::Newsletter;
use crate::publishing::{IssueFolder, RenderedIssue};
use crate::signup::NewsletterLogo;
use crate::templates::Templates;
use crate::web;
use crate::web::preview::{Preview, PreviewImage, PreviewState, Publication};
use crate::wiring;

/// One person looks, with one browser or two.
const CONNECTIONS_MAX: usize = 256;
/// The page's port, so that it is the same every week.
const PORT: u16 = 8026;

/// The queue is looked at every so many looks at the file: every few seconds.
const QUEUE_LOOKED_AT_EVERY: u32 = 200;

/// A web version and its style sheet.
struct Web {
    page: String,
    style: String,
}

/// What a preview is made of.
pub(super) struct PreviewSession<'a> {
    pub(super) args: &'a Args,
    pub(super) file: &'a Path,
    pub(super) context: &'a Context,
    pub(super) config: &'a Config,
    /// What the database knew at the start.
    pub(super) known: KnownIssues,
}

impl PreviewSession<'_> {
    /// Shows the file until a person ends it.
    pub(super) async fn run(&self) -> anyhow::Result<Exit> {
        let mut stamps = self.look(&[]);
        let mut shelf = IssueFiles::new(self.config, self.context)?.knowing(self.known.clone());
        let mut sheet = self.placed(self.sheet(&shelf, &PreviewState::default())?, &shelf).await?;
        let listener = self.listen().await?;
        let address = format!("http://{}/", listener.local_addr()?);
        let stop = CancellationToken::new();
        let preview = Preview::new(&Templates::embedded()?, listener.local_addr()?, stop.clone())?;
        let sender = preview.sender();
        let router = web::preview::router(Arc::new(preview));
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(web::serve(listener, router, CONNECTIONS_MAX, stop.clone()));
        self.tell(&sheet)?;
        let mut others = beside(&sheet, Vec::new());
        stamps.also(&others);
        sender.send_replace(Arc::new(sheet));
        let mut signal = std::pin::pin!(stop_signal()?);
        self.context.output.note(format!("\nShown on {address} (Ctrl-C ends it)"));
        if self.args.open {
            self.open(&address);
        }
        let mut looks = 0_u32;
        loop {
            tokio::select! {
                () = &mut signal => break,
                () = tokio::time::sleep(EVERY) => {}
            }
            let now = self.look(&others);
            looks += 1;
            if now == stamps {
                // It may be queued meanwhile, by a command or by the server.
                if looks.is_multiple_of(QUEUE_LOOKED_AT_EVERY) {
                    let shown = (**sender.borrow()).clone();
                    let placed = self.placed(shown.clone(), &shelf).await?;
                    if (&shown.queued, &shown.outlook, shown.place) != (&placed.queued, &placed.outlook, placed.place) {
                        sender.send_replace(Arc::new(PreviewState { number: shown.number + 1, ..placed }));
                    }
                }
                continue;
            }
            // An editor may be in the middle of writing it.
            tokio::time::sleep(EVERY).await;
            let settled = self.look(&others);
            if settled.differs_below(&stamps, &self.config.templates) {
                match IssueFiles::new(self.config, self.context) {
                    Ok(fresh) => shelf = fresh.knowing(self.known.clone()),
                    Err(error) => self.context.output.warn(format!("{error:#}")),
                }
            }
            stamps = settled;
            sheet = self.placed(self.next(&shelf, &sender.borrow()), &shelf).await?;
            others = beside(&sheet, others);
            stamps.also(&others);
            self.tell(&sheet)?;
            sender.send_replace(Arc::new(sheet));
        }
        stop.cancel();
        while tasks.join_next().await.is_some() {}
        Ok(Exit::Interrupted)
    }

    fn look(&self, others: &[PathBuf]) -> Stamps {
        let mut files = vec![self.file.to_owned()];
        files.extend_from_slice(others);
        Stamps::of(&files, std::slice::from_ref(&self.config.templates))
    }

    async fn listen(&self) -> anyhow::Result<TcpListener> {
        let here = Ipv4Addr::LOCALHOST;
        match self.args.port {
            Some(port) => TcpListener::bind((here, port)).await.map_err(|error| {
                Failure::new(format!("port {port} cannot be opened: {error}")).hint("choose another with --port").into()
            }),
            None => match TcpListener::bind((here, PORT)).await {
                Ok(listener) => Ok(listener),
                // Another preview has it.
                Err(_) => Ok(TcpListener::bind((here, 0)).await?),
            },
        }
    }

    fn open(&self, address: &str) {
        let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let quiet = std::process::Stdio::null;
        let opened = std::process::Command::new(program).arg(address).stdout(quiet()).stderr(quiet()).spawn();
        if opened.is_err() {
            self.context.output.warn(format!("{program} is not there: open {address} yourself"));
        }
    }

    /// The file as it is now, as far as it can be shown.
    fn sheet(&self, shelf: &IssueFiles<'_>, before: &PreviewState) -> anyhow::Result<PreviewState> {
        let text = std::fs::read_to_string(self.file).unwrap_or_default();
        let Shown { newsletter, source, checked } = Shown::of(shelf, self.file, self.args, self.context.now())?;
        let is_ok = checked.is_ok();
        let sheet = match &checked.rendered {
            Some(rendered) => self.rendered(shelf, newsletter, rendered, checked.at)?,
            None => PreviewState { title: source.issue.front.title, ..PreviewState::default() },
        };
        Ok(PreviewState {
            number: before.number + 1,
            file: self.file.display().to_string(),
            date: when(checked.at, newsletter),
            source: text,
            problems: checked.problems,
            ok: is_ok,
            ..sheet
        })
    }

    /// The same of a later save. Where nothing can be shown, as in the moment in which an editor saves by a new file, what
    /// was there before stays.
    fn next(&self, shelf: &IssueFiles<'_>, before: &PreviewState) -> PreviewState {
        self.sheet(shelf, before).unwrap_or_else(|error| {
            let problem = Problem::error(Position::START, "unreadable", format!("{error:#}"));
            PreviewState {
                number: before.number + 1,
                problems: vec![problem],
                ok: false,
                stale: true,
                ..before.clone()
            }
        })
    }

    /// A sheet with where the issue stands.
    async fn placed(&self, sheet: PreviewState, shelf: &IssueFiles<'_>) -> anyhow::Result<PreviewState> {
        let newsletter = shelf.newsletter(self.file, self.args.newsletter.as_deref());
        let read = newsletter.ok().and_then(|its| Some((its, IssueFolder::of(its).read_so_far(self.file).ok()?)));
        let standing = match read {
            Some((newsletter, (source, _))) => {
                let errors = sheet.problems.iter().filter(|problem| problem.is_error()).count();
                place::of(&source, errors, newsletter, shelf, self.context).await?
            }
            None => FileStatus::default(),
        };
        let FileStatus { place, note, outlook } = standing;
        Ok(PreviewState { place, queued: note, outlook, ..sheet })
    }

    fn rendered(
        &self,
        shelf: &IssueFiles<'_>,
        newsletter: &Newsletter,
        rendered: &RenderedIssue,
        at: Timestamp,
    ) -> anyhow::Result<PreviewState> {
        let revision = &rendered.revision;
        let reader = SampleReader::new(self.args, self.context, self.config, newsletter, rendered, at)?;
        let message = String::from_utf8_lossy(&reader.message()?).into_owned();
        let headers = message.split_once("\r\n\r\n").map_or(message.as_str(), |(headers, _)| headers);
        let web = self.web(shelf, newsletter, rendered, at)?;
        Ok(PreviewState {
            title: revision.title.clone(),
            subject: revision.subject.clone(),
            from: newsletter.from.name.clone(),
            preheader: revision.preheader.clone(),
            language: revision.language.clone(),
            html: reader.html()?,
            text: reader.text()?,
            web: web.page,
            web_style: web.style,
            web_origin: self.config.public_url.origin().ascii_serialization(),
            headers: headers.replace("\r\n", "\n"),
            pictures: self.pictures(newsletter, rendered),
            words: rendered.words,
            bytes: message.len(),
            ..PreviewState::default()
        })
    }

    /// The web version, with the style sheet it has on the site.
    fn web(
        &self,
        shelf: &IssueFiles<'_>,
        newsletter: &Newsletter,
        rendered: &RenderedIssue,
        at: Timestamp,
    ) -> anyhow::Result<Web> {
        if rendered.page.visibility == Visibility::None {
            return Ok(Web { page: String::new(), style: String::new() });
        }
        let logo = NewsletterLogo::of(newsletter, &wiring::public_url(self.config), shelf.gallery())?;
        let publication = Publication {
            newsletter,
            logo: logo.as_ref(),
            several: self.config.newsletters.len() > 1,
            public_url: &self.config.public_url,
            templates: shelf.templates(),
        };
        Ok(Web { page: publication.issue(&rendered.revision, &rendered.page, at)?, style: publication.style()? })
    }

    /// The issue's images, which are not on the web yet.
    fn pictures(&self, newsletter: &Newsletter, rendered: &RenderedIssue) -> Vec<PreviewImage> {
        let public_url = wiring::public_url(self.config);
        let domain = newsletter.from.address.domain();
        let picture = |shown: &image::PlacedImage| PreviewImage {
            name: shown.name.clone(),
            addresses: vec![
                shown.address(&public_url, domain),
                image::url(&public_url, &shown.image.digest, shown.image.format),
                // A page names the logo by its path.
                image::url(
                    self.config.public_url.path().trim_end_matches('/'),
                    &shown.image.digest,
                    shown.image.format,
                ),
            ],
            media_type: shown.image.format.media_type(),
            image: Arc::clone(&shown.image),
        };
        rendered.images.iter().map(picture).collect()
    }

    /// The same on the terminal.
    fn tell(&self, sheet: &PreviewState) -> anyhow::Result<()> {
        let output = &self.context.output;
        if output.is_json() {
            let mut value = crate::cli::issue_files::as_json(self.file, &sheet.problems);
            value["queued"] = sheet.queued.clone().into();
            return output.json(&value);
        }
        let now = self.context.now().to_jiff().to_zoned(jiff::tz::TimeZone::system());
        output.line(output.toned(TextStyle::Faint, &format!("\n{}", now.strftime("%H:%M:%S"))))?;
        if !sheet.queued.is_empty() {
            output.line(output.toned(TextStyle::Warn, &sheet.queued))?;
        }
        for problem in &sheet.problems {
            show(self.file, problem, self.context)?;
        }
        if !sheet.ok {
            return output.line(output.toned(TextStyle::Bad, "it cannot go out like this"));
        }
        let words = count(sheet.words as u64, "word");
        let kilobytes = sheet.html.len().div_ceil(1024);
        output.line(format!("{}: {words}, {kilobytes} KB of HTML", output.toned(TextStyle::Good, "ok")))
    }
}

/// The files that a save may be of, beside the issue's own: every image that was shown since the start, and the folder
/// while something is missing that may come.
fn beside(sheet: &PreviewState, mut known: Vec<PathBuf>) -> Vec<PathBuf> {
    let folder = Path::new(&sheet.file).parent().unwrap_or(Path::new(""));
    let images = sheet.pictures.iter().map(|picture| folder.join(&picture.name));
    let missing = (!sheet.ok).then(|| if folder == Path::new("") { PathBuf::from(".") } else { folder.to_owned() });
    for path in images.chain(missing) {
        if !known.contains(&path) {
            known.push(path);
        }
    }
    known
}
