//! The pages under `docs/reference` name everything that the program has, by its own spelling. Knows no sentence of them.

use std::collections::BTreeSet;
use std::fs;

use coranto::cli::Exit;
use coranto::domain::account::{AccountState, EndedSession, LinkKind, MemberRole, Right, SignInMethod, is_strong, may};
use coranto::domain::alarm::{AlarmName, Severity};
use coranto::domain::cause::{Cause, Certainty, Class, Party};
use coranto::domain::checkup::{CheckName, FindingHealth};
use coranto::domain::consent::ConsentKind;
use coranto::domain::delivery::{DeliveryKind, DeliveryState, Reason};
use coranto::domain::event::Event;
use coranto::domain::import::{ImportDid, ImportState};
use coranto::domain::issue::IssueState;
use coranto::domain::newsletter::UncertainPolicy;
use coranto::domain::notice::{Effect, NoticeEvidence, NoticeKind, NoticeSource};
use coranto::domain::provider::Provider;
use coranto::domain::reply::Stage;
use coranto::domain::reserved::{is_reserved_for_issues, is_reserved_for_newsletters};
use coranto::domain::storm::Brake;
use coranto::domain::subscriber::{EndedBy, Format, RequestKind, SubscriptionState, Why};
use coranto::domain::suppression::SuppressionReason;
use coranto::store::ledger::Totals;
use coranto::templates::email::{self, Email, IssueEmail, NoticeEmail, WelcomeEmail};
use coranto::templates::{Sample, TemplateContext, Templates, desk, feeds, pages, preview};
use coranto::token::Purpose;
use serde_json::Value;

use super::root;

/// What stands in backticks under the heading `## heading` of a page.
fn named(page: &str, heading: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("docs/reference").join(page)).unwrap();
    let start = text.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("{page} has no section {heading}"));
    let section = &text[start + 1..];
    let section = &section[..section.find("\n## ").unwrap_or(section.len())];
    section.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[track_caller]
pub(super) fn assert_names(page: &str, heading: &str, names: impl IntoIterator<Item = impl AsRef<str>>) {
    let known = named(page, heading);
    let missing: Vec<_> =
        names.into_iter().map(|name| name.as_ref().to_owned()).filter(|name| !known.contains(name)).collect();
    assert!(missing.is_empty(), "docs/reference/{page}, {heading}: {missing:?} are missing");
}

#[test]
fn every_value_of_every_enum_is_explained() {
    let page = "values.md";
    assert_names(page, "Issues", IssueState::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Deliveries", DeliveryState::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Kinds of mail", DeliveryKind::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Reasons", Reason::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Subscriptions", SubscriptionState::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Formats", Format::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Reasons for leaving", Why::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Requests", RequestKind::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Consents", ConsentKind::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Ends", EndedBy::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Imports", ImportState::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Imports", ImportDid::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Suppressions", SuppressionReason::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Providers", Provider::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Policies for uncertain mail", UncertainPolicy::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Accounts", MemberRole::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Accounts", AccountState::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Accounts", LinkKind::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Accounts", SignInMethod::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Accounts", EndedSession::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Alarms", AlarmName::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Alarms", Severity::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Checks", CheckName::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Checks", FindingHealth::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Notices", NoticeSource::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Notices", NoticeKind::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Notices", NoticeEvidence::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Notices", Effect::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Notices", Brake::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Stages", Stage::ALL.iter().map(|value| value.as_str()));
    assert_names("../bounces.md", "What a reply means", Cause::ALL.iter().map(|value| value.as_str()));
    assert_names("../bounces.md", "What a reply means", Class::ALL.iter().map(|value| value.as_str()));
    assert_names("../bounces.md", "What a reply means", Certainty::ALL.iter().map(|value| value.as_str()));
    assert_names("../bounces.md", "What a reply means", Party::ALL.iter().map(|value| value.as_str()));
    assert_names(page, "Totals", keys(&serde_json::to_value(Totals::default()).unwrap()));
}

#[test]
fn the_table_of_rights_is_the_programs() {
    let text = fs::read_to_string(root().join("docs/accounts.md")).unwrap();
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| `")).collect();
    let mark = |has| if has { "yes" } else { "–" };
    for right in Right::ALL {
        let beginning = format!("| `{right}` |");
        let row = rows.iter().find(|row| row.starts_with(&beginning)).unwrap_or_else(|| panic!("no row for {right}"));
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).skip(2).collect();
        let roles = MemberRole::ALL.iter().copied().map(Some).chain([None]).map(|role| mark(may(role, *right)));
        let wanted: Vec<_> = roles.chain([mark(is_strong(*right))]).collect();
        assert_eq!(cells, wanted, "{right}: docs/accounts.md has {row}");
    }
    assert_eq!(rows.len(), Right::ALL.len(), "a row of no right");
}

#[test]
fn every_event_is_explained() {
    assert_names("values.md", "Events", Event::KINDS);
}

/// The addresses of the web server, as its routes are written.
pub(crate) fn routes() -> BTreeSet<String> {
    let public = |path: &std::path::Path| path.starts_with("src/web") && !path.starts_with("src/web/preview");
    let files = super::rust_files(&["src/web"]).into_iter().filter(|file| public(&file.path));
    let texts = files.map(|file| fs::read_to_string(root().join(file.path)).unwrap());
    let of = |text: String| -> Vec<String> {
        text.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let links = Purpose::ALL.iter().map(|purpose| purpose.path()).filter(|path| !path.is_empty());
    texts.flat_map(of).chain(links.map(|path| format!("{path}{{token}}"))).collect()
}

#[test]
fn every_address_is_explained() {
    let text = fs::read_to_string(root().join("docs/reference/addresses.md")).unwrap();
    let named: BTreeSet<_> = text.split('`').skip(1).step_by(2).collect();
    let routes = routes();
    assert!(routes.len() > 20, "{routes:?}");
    let missing: Vec<_> = routes.iter().filter(|route| !named.contains(route.as_str())).collect();
    assert!(missing.is_empty(), "docs/reference/addresses.md: {missing:?} are missing");
}

#[test]
fn no_slug_hides_an_address() {
    let is_word = |part: &&str| !part.is_empty() && !part.starts_with('{') && !part.contains('.');
    for route in routes() {
        let mut parts = route.split('/').skip(1);
        let (first, second) = (parts.next().unwrap_or_default(), parts.next());
        let refused = match first {
            "{newsletter}" => second.filter(is_word).is_none_or(is_reserved_for_issues),
            first => Some(first).filter(is_word).is_none_or(is_reserved_for_newsletters),
        };
        assert!(refused, "a slug can be called as {route} begins");
    }
    assert!(!is_reserved_for_issues("the-calendar") && !is_reserved_for_newsletters("week"));
}

#[test]
fn every_exit_code_is_explained() {
    use Exit::{Failed, Interrupted, MailUsage, NotAllowed, Ok, PartWay, Problems, TryAgain, Unreachable, Usage};
    let codes = [Ok, Failed, Usage, Problems, NotAllowed, Unreachable, PartWay, MailUsage, TryAgain, Interrupted];
    assert_names("command-line.md", "Exit codes", codes.map(|exit| (exit as u8).to_string()));
}

#[test]
fn every_command_is_explained() {
    use clap::CommandFactory as _;
    let program = coranto::cli::Cli::command();
    let commands = program.get_subcommands().map(|command| format!("coranto {}", command.get_name()));
    assert_names("command-line.md", "Commands", commands);
}

#[test]
fn every_fault_of_the_sink_is_explained() {
    let source = fs::read_to_string(root().join("src/smtp/sink/fault.rs")).unwrap();
    let faults: Vec<_> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("(\"")?.split_once("\", InjectedFault::"))
        .map(|(name, _)| format!("{name}..."))
        .collect();
    assert_eq!(faults.len(), 8, "{faults:?}");
    assert_names("sink.md", "Recipients that go wrong", faults);
}

#[test]
fn every_check_has_a_page_that_is_there() {
    for name in CheckName::ALL {
        let (page, heading) = name.docs().split_once('#').unwrap_or((name.docs(), ""));
        let text = fs::read_to_string(root().join("docs").join(page)).unwrap_or_else(|_| panic!("{name}: {page}"));
        let slug = |line: &str| {
            let title = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            title.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect::<String>()
        };
        let has = text.lines().filter(|line| line.starts_with('#')).any(|line| slug(line) == heading);
        assert!(heading.is_empty() || has, "{name}: no heading {heading} in {page}");
    }
}

const TEMPLATES_PAGE: &str = "templates.md";

fn check(heading: &str, sample: impl serde::Serialize) {
    // What is around every email is explained once.
    let around = keys(&serde_json::to_value(email::IssueEmail::sample().envelope).unwrap());
    let own = keys(&serde_json::to_value(sample).unwrap());
    assert_names(
        TEMPLATES_PAGE,
        heading,
        own.iter().filter(|name| !heading.contains("email/") || !around.contains(*name)),
    );
}

fn page<C: TemplateContext + Sample>() -> &'static str {
    check(&format!("`{}`", C::TEMPLATE), C::sample());
    C::TEMPLATE
}

fn desk_pages() -> [&'static str; 8] {
    [
        page::<desk::DeskAgain>(),
        page::<desk::DeskEnter>(),
        page::<desk::DeskHome>(),
        page::<desk::DeskPeople>(),
        page::<desk::DeskRefused>(),
        page::<desk::DeskStart>(),
        page::<desk::DeskWelcome>(),
        page::<desk::DeskYou>(),
    ]
}

#[test]
fn every_template_and_every_value_in_it_is_explained() {
    fn email<E: Email + Sample>() -> [&'static str; 2] {
        check(&format!("`{}` and `{}`", E::HTML, E::TEXT), E::sample());
        [E::HTML, E::TEXT]
    }
    let frame = keys(&serde_json::to_value(pages::Frame::sample()).unwrap());
    assert_names(TEMPLATES_PAGE, "The frame of pages", frame.iter().map(|name| format!("frame.{name}")));
    let around = keys(&serde_json::to_value(email::IssueEmail::sample().envelope).unwrap());
    let (look, around) = around.into_iter().partition::<Vec<_>, _>(|name| name.starts_with("look."));
    assert_names(TEMPLATES_PAGE, "Around every email", around);
    assert_names(TEMPLATES_PAGE, "The look of emails", look);
    let emails = [email::<IssueEmail<'_>>(), email::<NoticeEmail<'_>>(), email::<WelcomeEmail<'_>>()];
    let pages = [
        page::<pages::Style>(),
        page::<feeds::AtomFeed>(),
        page::<feeds::Sitemap>(),
        page::<pages::AbsentPage>(),
        page::<pages::AllowedPage>(),
        page::<pages::AlreadyPage>(),
        page::<pages::ArchivePage>(),
        page::<pages::BackPage>(),
        page::<pages::CheckPage>(),
        page::<pages::ConfirmPage>(),
        page::<pages::ConfirmedPage>(),
        page::<pages::DataPage>(),
        page::<pages::DepartedPage>(),
        page::<pages::ErasedPage>(),
        page::<pages::FrontPage>(),
        page::<pages::HomePage>(),
        page::<pages::IssuePage>(),
        page::<pages::LeavePage>(),
        page::<pages::LeftPage>(),
        page::<pages::LinkPage>(),
        page::<pages::LostPage>(),
        page::<pages::MeantPage>(),
        page::<pages::MovePage>(),
        page::<pages::MovedPage>(),
        page::<pages::NoMailPage>(),
        page::<pages::PausedPage>(),
        page::<pages::PendingPage>(),
        page::<pages::PreferencesPage>(),
        page::<pages::PrivacyPage>(),
        page::<pages::RefusePage>(),
        page::<pages::RefusedPage>(),
        page::<pages::SentPage>(),
        page::<pages::SignupPage>(),
        page::<pages::StalePage>(),
        page::<pages::StepPage>(),
        page::<pages::StopPage>(),
        page::<pages::StoppedPage>(),
        page::<pages::TroublePage>(),
        page::<preview::PreviewPage>(),
        page::<preview::PreviewStyle>(),
        page::<preview::PreviewScript>(),
    ];
    let explained: BTreeSet<_> = pages.into_iter().chain(desk_pages()).chain(emails.into_iter().flatten()).collect();
    let there: BTreeSet<_> =
        Templates::embedded().unwrap().samples().unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(explained, there);
}

#[test]
fn every_piece_of_a_template_is_explained() {
    let text = fs::read_to_string(root().join("docs/reference/templates.md")).unwrap();
    let named: BTreeSet<_> = text.split('`').skip(1).step_by(2).collect();
    for folder in ["desk", "email", "feeds", "pages"] {
        for file in fs::read_dir(root().join("templates").join(folder)).unwrap() {
            let name = format!("{folder}/{}", file.unwrap().file_name().into_string().unwrap());
            assert!(named.contains(name.as_str()), "docs/reference/templates.md does not name {name}");
        }
    }
}

/// The names in a value, those inside others as `outer.inner`.
fn keys(value: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for (name, inner) in value.as_object().into_iter().flatten() {
        names.push(name.clone());
        let inner = inner.as_array().and_then(|list| list.first()).unwrap_or(inner);
        names.extend(keys(inner).into_iter().map(|inner| format!("{name}.{inner}")));
    }
    names
}

#[test]
fn every_second_text_is_explained() {
    let page = fs::read_to_string(root().join("docs/two-databases.md")).unwrap();
    for (path, _, reason) in super::SPLITS {
        assert!(page.contains(&format!("`{path}`")), "docs/two-databases.md does not name {path}: {reason}");
    }
}
