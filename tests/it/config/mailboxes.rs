//! Mailboxes that are read for reports: what they turn into, and what is refused.

use std::time::Duration;

use coranto::config::RelayTls;

use super::{GOOD, parse, refused};

const OFFICE: &str =
    "[[inbound.mailboxes]]\nname = \"office\"\nhost = \"IMAP.example.com\"\nusername = \"me\"\npassword = \"x1\"\n";

#[test]
fn a_mailbox_is_a_door_and_needs_little() {
    let config = parse(&format!("{GOOD}\n{OFFICE}"), &[]).unwrap();
    assert!(config.inbound.has_door());
    let one = &config.inbound.mailboxes[0];
    assert_eq!(
        (one.host.as_str(), one.port, one.tls, one.folder.as_str()),
        ("imap.example.com", 993, RelayTls::Implicit, "INBOX")
    );
    assert_eq!((one.done_folder.as_deref(), one.every), (Some("Coranto"), Duration::from_secs(60)));
    let plain =
        OFFICE.replace("IMAP.example.com\"", "127.0.0.1\"\ntls = \"none\"\ndone_folder = \"\"\nevery_seconds = 10");
    let config = parse(&format!("{GOOD}\n{OFFICE}{}", plain.replace("office", "local")), &[]).unwrap();
    let two = &config.inbound.mailboxes[1];
    assert_eq!((two.port, two.done_folder.as_deref(), two.every), (143, None, Duration::from_secs(10)));
    let config = parse(&format!("{GOOD}\n{OFFICE}"), &[("CORANTO__INBOUND__MAILBOXES__0__FOLDER", "Bounces")]).unwrap();
    assert_eq!(config.inbound.mailboxes[0].folder, "Bounces");
    assert!(!format!("{:?}", config.inbound).contains("x1"));
}

#[test]
fn a_mailbox_that_cannot_be_read_is_refused_with_what_to_do() {
    for (from, to, says) in [
        ("name = \"office\"\n", "", "inbound.mailboxes.0.name: it is missing"),
        ("username = \"me\"\n", "", "inbound.mailboxes.0.username: it is missing"),
        (
            "password = \"x1\"\n",
            "",
            "inbound.mailboxes.0.password: it is missing\n  hint: write password_file = \"FILE\"",
        ),
        ("IMAP.example.com", "imap.example.com:993", "write the host alone"),
        ("password", "tls = \"none\"\npassword", "the password would go to imap.example.com in the clear"),
        ("password", "tls = \"ssl\"\npassword", "is not a protection"),
        ("password", "folder = \"Coranto\"\npassword", "it is the folder that is read"),
        ("password", "folder = \"*\"\npassword", "is not the name of a folder"),
        ("password", "folder = \"\"\npassword", "it is empty"),
        ("password", "every_seconds = 1\npassword", "every_seconds"),
        ("password", "every = 1\npassword", "there is no such key"),
        ("[[inbound.mailboxes]]", "[inbound]\nmailboxes = 3\n[[relays]]", "it must be a section"),
    ] {
        let said = refused(&format!("{GOOD}\n{}", OFFICE.replacen(from, to, 1)), &[]);
        assert!(said.contains(says), "{from:?} as {to:?}: {said}");
        assert!(!said.contains("x1"), "{said}");
    }
    let twice = refused(&format!("{GOOD}\n{OFFICE}{OFFICE}"), &[]);
    assert!(twice.contains("another mailbox is called \"office\""), "{twice}");
}
