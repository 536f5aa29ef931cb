//! Every page before judges that know nothing of this program: axe, pa11y, html-validate and Lighthouse, in light and
//! dark, from 320 to 1280 px. `tests/judges/pages.mjs` calls them; the pictures are left in `target/tmp/pages/`.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::harness::database::{Fresh, on_sqlite};
use crate::harness::installation::Installation;
use crate::harness::node::Node;
use crate::harness::program::run;
use crate::harness::target_folder;
use crate::harness::visitor::sign_up;

const JUDGES_WAIT_MAX: Duration = Duration::from_secs(900);
const READER: &str = "anna@example.net";

/// What the judges are told of a page.
struct Pages {
    list: Vec<serde_json::Value>,
    site: Installation,
}

impl Pages {
    fn add(&mut self, name: &str, path: &str) -> &mut serde_json::Value {
        self.list.push(json!({ "name": name, "url": self.site.url(path) }));
        self.list.last_mut().unwrap()
    }

    fn failing(&mut self, name: &str, path: &str, status: u16) {
        self.add(name, path)["status"] = json!(status);
    }

    /// Each kind of page once, as a reader comes upon it.
    async fn gather(&mut self) {
        self.add("list", "/");
        self.add("home", "/week/")["lighthouse"] = json!(true);
        self.add("signup", "/week/subscribe")["lighthouse"] = json!(true);
        self.add("signup-arabic", "/usbu/subscribe");
        self.add("signup-german", "/woche/subscribe");
        self.failing("missing", "/nothing/here", 404);

        let site = &self.site;
        let asked = sign_up(site.web(), "/week/subscribe", &[("email", READER)]).await;
        let sent = asked.header("location").to_owned();
        let confirmation = site.mail(READER, 1).await;
        let link = site.link(&confirmation, "/c/");
        self.add("check-your-email", &sent);
        self.add("confirm", &link);
    }
}

#[test]
fn every_page_passes_its_judges() {
    let Some(node) = Node::find(&["lighthouse", "pa11y", "html-validate", "axe-core"]) else { return };
    on_sqlite(async |fresh: Fresh| {
        let newsletters =
            [("week", "The Week", "en", ""), ("usbu", "الأسبوع", "ar", ""), ("woche", "Die Woche", "de", "")];
        let site = Installation::start(&fresh.url, &newsletters, "").await;
        let mut pages = Pages { list: Vec::new(), site };
        pages.gather().await;

        let folder = target_folder().join("pages");
        fs::create_dir_all(&folder).unwrap();
        let list = folder.join("pages.json");
        fs::write(&list, serde_json::to_string(&pages.list).unwrap()).unwrap();
        let mut command: Command = node.script("tests/judges/pages.mjs");
        command.arg(&list).arg(&folder);
        let ended = run(command, JUDGES_WAIT_MAX);
        assert!(ended.status.success(), "{}\n{}", ended.stdout, ended.stderr);
        pages.site.end().await;
    });
}
