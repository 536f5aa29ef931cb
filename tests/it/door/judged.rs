//! Every page before judges that know nothing of this program: axe, pa11y, html-validate and Lighthouse, in light and
//! dark, from 320 to 1280 px, by keyboard and in print. `tests/judges/pages.mjs` calls them; the pictures are left in
//! `target/tmp/pages/`, and `tests/judges/sheet.mjs` puts them together to be looked at.

use std::fs;
use std::time::Duration;

use coranto::store::Db;
use serde_json::{Value, json};

use super::album::{Album, fixture};
use crate::harness::database::{Fresh, on_sqlite};
use crate::harness::installation::Installation;
use crate::harness::node::Node;
use crate::harness::program::run;
use crate::harness::target_folder;

const JUDGES_WAIT_MAX: Duration = Duration::from_secs(900);
pub(super) const PACKAGES: [&str; 5] = ["lighthouse", "pa11y", "html-validate", "axe-core", "puppeteer-core"];

/// Shows the pages to the judges and leaves their pictures in a folder of this name.
pub(super) fn judge(node: &Node, pages: &Value, name: &str) {
    let folder = target_folder().join("pages").join(name);
    fs::create_dir_all(&folder).unwrap();
    let list = folder.join("pages.json");
    fs::write(&list, pages.to_string()).unwrap();
    let mut command = node.script("tests/judges/pages.mjs");
    command.arg(&list).arg(&folder);
    let ended = run(command, JUDGES_WAIT_MAX);
    fs::write(folder.join("report.txt"), &ended.stdout).unwrap();
    assert!(ended.status.success(), "{}\n{}", ended.stdout, ended.stderr);
}

/// Every page in a language.
fn every_page(language: &str, name: &str) {
    let Some(node) = Node::find(&PACKAGES) else { return };
    on_sqlite(async |db: Db| {
        let pages = Album::of(db, language, name).await;
        judge(&node, &pages, language);
    });
}

#[test]
fn every_page_passes_its_judges() {
    every_page("en", "The Week");
}

#[test]
fn every_page_passes_its_judges_from_right_to_left() {
    every_page("ar", "الأسبوع");
}

/// Words that are two fifths longer than English ones, and in no file of words.
#[test]
fn every_page_passes_its_judges_in_the_pseudo_language() {
    every_page("en-XA", "The Week");
}

/// Text of an issue's file.
fn text(name: &str) -> String {
    let (front, text) = fixture(name);
    format!("---\n{front}\n---\n{text}")
}

/// As the program serves them over a wire: what Lighthouse measures, and the list of several newsletters.
#[test]
fn pages_that_are_served_pass_their_judges() {
    let Some(node) = Node::find(&PACKAGES) else { return };
    on_sqlite(async |fresh: Fresh| {
        let site = Installation::start(&fresh.url, &[("week", "The Week", "en", "")], "").await;
        for (slug, file) in [("first", "2026-11-06-short-note"), ("second", "2027-01-15-wide-table")] {
            site.publish("week", slug, &text(file)).await;
        }
        let page = |name: &str, path: &str| json!({ "name": name, "url": site.url(path), "lighthouse": true, "article": name == "issue" });
        let pages = [
            page("home", "/"),
            page("signup", "/week/subscribe"),
            page("archive", "/week/"),
            page("issue", "/week/first"),
        ];
        judge(&node, &json!({ "pages": pages }), "served");
        site.end().await;
    });
    on_sqlite(async |fresh: Fresh| {
        let newsletters =
            [("week", "The Week", "en", ""), ("usbu", "الأسبوع", "ar", ""), ("woche", "Die Woche", "de", "")];
        let site = Installation::start(&fresh.url, &newsletters, "").await;
        site.publish("woche", "gross-und-klein", &text("2027-02-12-everything-small")).await;
        let page =
            |name: &str, path: &str| json!({ "name": name, "url": site.url(path), "article": name == "issue-german" });
        let pages = [
            page("list", "/"),
            page("signup-german", "/woche/subscribe"),
            page("issue-german", "/woche/gross-und-klein"),
        ];
        judge(&node, &json!({ "pages": pages }), "several");
        site.end().await;
    });
}
