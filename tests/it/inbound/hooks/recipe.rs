//! The recipe for Amazon SES in docs/bounces.md, against the program.

use std::fs;
use std::path::Path;

use coranto::domain::hook::MailService;

use crate::harness::database::{Fresh, both_databases};
use crate::harness::patience::PATIENCE;
use crate::harness::program::{coranto, run};

const EVENTS: [&str; 6] = ["Bounce", "Complaint", "Delivery", "DeliveryDelay", "Reject", "Subscription"];

/// The section, and the configuration in it.
fn section() -> (String, String) {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/bounces.md")).unwrap();
    let section = page.split("\n### Amazon SES\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let block = section.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    (section.to_owned(), block.lines().map(|line| format!("{}\n", line.trim_start())).collect())
}

both_databases! {
    async fn the_recipe_for_amazon_says_what_the_program_says(fresh: Fresh) {
        let (section, block) = section();
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("secret.key"), format!("1:{}", "07".repeat(32))).unwrap();
        fs::write(
            home.path().join("coranto.toml"),
            format!(
                "public_url = \"https://news.example.org\"\ndatabase = \"{}\"\nsecret_key_file = \"secret.key\"\n\
                 [newsletters.week]\nname = \"The Week\"\nfrom = \"letter@news.example.org\"\npostal_address = \"1 Street\"\n\
                 {block}",
                fresh.url
            ),
        )
        .unwrap();
        let command = |args: &[&str]| {
            let mut command = coranto(home.path());
            command.args(args);
            let ended = run(command, PATIENCE);
            assert!(ended.status.success(), "{args:?}: {ended:?}");
            ended
        };
        let checked = command(&["config", "check"]);
        assert!(!format!("{checked:?}").contains("warning"), "{checked:?}");
        let told = command(&["bounces", "hooks"]).stdout;
        assert!(told.contains("https://news.example.org/hooks/ses/"), "{told}");
        for words in ["HTTPS", "configuration set"].iter().chain(&EVENTS) {
            assert!(section.contains(words) && told.contains(words), "{words}: {told}");
        }
        assert!(told.contains("raw delivery off") && section.contains("Leave \"raw message delivery\" off"));
        // A field of the operator's beside ours: SES takes one field of message tags.
        let field = MailService::Ses.field().unwrap();
        assert!(!block.contains(field), "{field} is the program's own");
    }
}
