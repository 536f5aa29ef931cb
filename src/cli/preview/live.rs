//! The page that follows a file: every save is read, checked, rendered, told on the terminal and sent to the page.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::reader::Reader;
use super::watch::{EVERY, Stamps};
use super::{Args, refuse};
use crate::cli::context::stop_signal;
use crate::cli::output::{Tone, count};
use crate::cli::shelf::{Shelf, show};
use crate::cli::when::when;
use crate::cli::whose::Known;
use crate::cli::{Context, Exit, Failure, wiring};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::content::Problem;
use crate::domain::image::{self, Shown};
use crate::domain::issue::{IssueState, Visibility};
use crate::domain::newsletter::Newsletter;
use crate::publishing::LibraryError;
use crate::publishing::library::{Rendered, name_parts};
use crate::signup::Emblem;
use crate::templates::Templates;
use crate::web;
use crate::web::preview::{Picture, Place, Preview, Publication, Sheet};

/// One person looks, with one browser or two.
const CONNECTIONS_MAX: usize = 256;
/// The page's port, so that it is the same every week.
const PORT: u16 = 8026;

/// The queue is looked at every so many looks at the file: every few seconds.
const QUEUE_LOOKED_AT_EVERY: u32 = 200;

/// A title stands in the first lines of a file.
const HEAD_LINES_MAX: usize = 40;

/// A web version and its style sheet.
struct Web {
    page: String,
    style: String,
}

/// What a preview is made of.
pub(super) struct Desk<'a> {
    pub(super) args: &'a Args,
    pub(super) file: &'a Path,
    pub(super) context: &'a Context,
    pub(super) config: &'a Config,
    /// What the database knew at the start.
    pub(super) known: Known,
}

impl Desk<'_> {
    /// Shows the file until a person ends it.
    pub(super) async fn run(&self) -> anyhow::Result<Exit> {
        let mut stamps = self.look(&[]);
        let mut shelf = Shelf::new(self.config)?.knowing(self.known.clone());
        let mut sheet = self.sheet(&shelf, &Sheet::default())?;
        (sheet.queued, sheet.place) = self.queued(&shelf).await?;
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
        self.context.output.note(format!("\nShown on {address} (Ctrl-C ends it)"));
        if self.args.open {
            self.open(&address);
        }
        let mut signal = std::pin::pin!(stop_signal());
        let mut looks = 0_u32;
        loop {
            tokio::select! {
                stopped = &mut signal => {
                    stopped?;
                    break;
                }
                () = tokio::time::sleep(EVERY) => {}
            }
            let now = self.look(&others);
            looks += 1;
            if now == stamps {
                // It may be queued meanwhile, by a command or by the server.
                if looks.is_multiple_of(QUEUE_LOOKED_AT_EVERY) {
                    let shown = sender.borrow().clone();
                    let (queued, place) = self.queued(&shelf).await?;
                    if (&shown.queued, shown.place) != (&queued, place) {
                        let number = shown.number + 1;
                        sender.send_replace(Arc::new(Sheet { queued, place, number, ..(*shown).clone() }));
                    }
                }
                continue;
            }
            // An editor may be in the middle of writing it.
            tokio::time::sleep(EVERY).await;
            let settled = self.look(&others);
            if settled.differs_below(&stamps, &self.config.templates) {
                match Shelf::new(self.config) {
                    Ok(fresh) => shelf = fresh.knowing(self.known.clone()),
                    Err(error) => self.context.output.warn(format!("{error:#}")),
                }
            }
            stamps = settled;
            sheet = self.sheet(&shelf, &sender.borrow())?;
            (sheet.queued, sheet.place) = self.queued(&shelf).await?;
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

    /// The file as it is now. With a mistake in it, what was shown `before` stays beside what is to be mended.
    fn sheet(&self, shelf: &Shelf<'_>, before: &Sheet) -> anyhow::Result<Sheet> {
        let source = std::fs::read_to_string(self.file).unwrap_or_default();
        let stale = |problems: Vec<Problem>| Sheet {
            number: before.number + 1,
            file: self.file.display().to_string(),
            source: source.clone(),
            problems,
            ok: false,
            title: if before.html.is_empty() { title_of(&source) } else { before.title.clone() },
            subject: if before.html.is_empty() { title_of(&source) } else { before.subject.clone() },
            ..before.clone()
        };
        let read = shelf.read(self.file, self.args.newsletter.as_deref());
        let (newsletter, draft) = match read {
            Ok((newsletter, Ok(draft))) => (newsletter, draft),
            Ok((_, Err(LibraryError::Content { problems, .. }))) => return Ok(stale(problems)),
            // Editors that save by a new file leave a moment without one.
            Ok((_, Err(error @ LibraryError::Read { .. }))) if before.number > 0 => {
                let problem = Problem::error(crate::content::problem::Position::START, "unreadable", error.to_string());
                return Ok(stale(vec![problem]));
            }
            Ok((_, Err(error))) => return Err(error.into()),
            Err(error) => return Err(error),
        };
        let checked = shelf.library(newsletter).check(&draft, self.context.now())?;
        let Some(rendered) = checked.rendered else { return Ok(stale(checked.problems)) };
        let sheet = self.rendered(shelf, newsletter, &rendered, checked.at)?;
        Ok(Sheet {
            number: before.number + 1,
            date: when(checked.at, newsletter),
            source,
            problems: checked.problems,
            ..sheet
        })
    }

    fn rendered(
        &self,
        shelf: &Shelf<'_>,
        newsletter: &Newsletter,
        rendered: &Rendered,
        at: Timestamp,
    ) -> anyhow::Result<Sheet> {
        let revision = &rendered.revision;
        let reader = Reader::new(self.args, self.context, self.config, newsletter, rendered, at)?;
        let message = String::from_utf8_lossy(&reader.message()?).into_owned();
        let headers = message.split_once("\r\n\r\n").map_or(message.as_str(), |(headers, _)| headers);
        let web = self.web(shelf, newsletter, rendered, at)?;
        Ok(Sheet {
            number: 0,
            file: self.file.display().to_string(),
            title: revision.title.clone(),
            subject: revision.subject.clone(),
            from: newsletter.from.name.clone(),
            preheader: revision.preheader.clone(),
            language: revision.language.clone(),
            date: String::new(),
            html: reader.html()?,
            text: reader.text()?,
            web: web.page,
            web_style: web.style,
            web_origin: self.config.public_url.origin().ascii_serialization(),
            headers: headers.replace("\r\n", "\n"),
            source: String::new(),
            pictures: self.pictures(newsletter, rendered),
            words: rendered.words,
            bytes: message.len(),
            problems: Vec::new(),
            ok: true,
            queued: String::new(),
            place: Place::Unqueued,
        })
    }

    /// The web version, with the style sheet it has on the site.
    fn web(
        &self,
        shelf: &Shelf<'_>,
        newsletter: &Newsletter,
        rendered: &Rendered,
        at: Timestamp,
    ) -> anyhow::Result<Web> {
        if rendered.page.visibility == Visibility::None {
            return Ok(Web { page: String::new(), style: String::new() });
        }
        let logo = Emblem::of(newsletter, &wiring::public_url(self.config), shelf.gallery())?;
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
    fn pictures(&self, newsletter: &Newsletter, rendered: &Rendered) -> Vec<Picture> {
        let public_url = wiring::public_url(self.config);
        let domain = newsletter.from.address.domain();
        let picture = |shown: &Shown| Picture {
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

    /// What is queued of the file, where that is something else, and where the issue stands.
    async fn queued(&self, shelf: &Shelf<'_>) -> anyhow::Result<(String, Place)> {
        let Ok((newsletter, draft)) = shelf.read(self.file, self.args.newsletter.as_deref()) else {
            return Ok((String::new(), Place::Unqueued));
        };
        let is_draft = draft.as_ref().is_ok_and(|draft| draft.issue.front.draft);
        let own = if is_draft { Place::Draft } else { Place::Unqueued };
        let nothing = || Ok((String::new(), own));
        let slug = draft.map_or_else(|_| name_parts(self.file).map(|(_, slug)| slug), |draft| Some(draft.slug));
        let Some(slug) = slug else { return nothing() };
        let found = shelf.standing(&shelf.library(newsletter), &slug, self.context).await?;
        let Some((issue, standing)) = found else { return nothing() };
        let note = standing.as_ref().and_then(|standing| standing.note.clone()).unwrap_or_default();
        let differs = standing.is_some_and(|standing| standing.differs.is_some());
        let place = match issue.state {
            IssueState::Draft => own,
            IssueState::Sent | IssueState::Stopped => Place::Over,
            _ if differs => Place::Other,
            _ => Place::Queued,
        };
        Ok((note, place))
    }

    /// The same on the terminal.
    fn tell(&self, sheet: &Sheet) -> anyhow::Result<()> {
        let output = &self.context.output;
        if output.is_json() {
            let mut value = crate::cli::shelf::as_json(self.file, &sheet.problems);
            value["queued"] = sheet.queued.clone().into();
            return output.json(&value);
        }
        let now = self.context.now().to_jiff().to_zoned(jiff::tz::TimeZone::system());
        output.line(output.toned(Tone::Faint, &format!("\n{}", now.strftime("%H:%M:%S"))))?;
        if !sheet.queued.is_empty() {
            output.line(output.toned(Tone::Warn, &sheet.queued))?;
        }
        if !sheet.ok {
            refuse(self.file, &sheet.problems, self.context)?;
            return output.line(output.toned(Tone::Bad, "it cannot go out like this"));
        }
        for problem in &sheet.problems {
            show(self.file, problem, self.context)?;
        }
        let words = count(sheet.words as u64, "word");
        let kilobytes = sheet.html.len().div_ceil(1024);
        output.line(format!("{}: {words}, {kilobytes} KB of HTML", output.toned(Tone::Good, "ok")))
    }
}

/// The title of a file that cannot be read as a whole: an editor is to see whose page this is.
fn title_of(source: &str) -> String {
    let of = |line: &str| {
        let value = line.trim().strip_prefix("title")?.trim_start().strip_prefix([':', '='])?.trim();
        Some(value.trim_matches(['"', '\'']).to_owned())
    };
    source.lines().take(HEAD_LINES_MAX).find_map(of).unwrap_or_default()
}

/// The files that a save may be of, beside the issue's own: every image that was shown since the start, and the folder
/// while something is missing that may come.
fn beside(sheet: &Sheet, mut known: Vec<PathBuf>) -> Vec<PathBuf> {
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
