//! Postfix's own client delivers a report to the listener, in SMTP and in LMTP.

use std::path::Path;
use std::process::Command;

use coranto::store::Db;

use super::listening::Door;
use super::post::{Post, dead};
use crate::harness::database::both_databases;
use crate::harness::skip;

const SMTP_SOURCE: &str = "/usr/sbin/smtp-source";

both_databases! {
    async fn postfix_delivers_reports_in_both_protocols(db: Db) {
        if !Path::new(SMTP_SOURCE).exists() {
            skip("postfix", "smtp-source is not in /usr/sbin (Debian package postfix)");
            return;
        }
        let post = Post::new(db, &["anna", "ben"]).await;
        let door = Door::open(&post, None).await;
        let folder = tempfile::tempdir().unwrap();
        for (local, address, flags) in [("anna", door.smtp, &[][..]), ("ben", door.lmtp, &["-L"][..])] {
            let got = post.letter(local);
            let file = folder.path().join(local);
            let report = dead(&got.from, &format!("{local}@example.net"), "").replace("\r\n", "\n");
            std::fs::write(&file, report).unwrap();
            // Five sessions, fifty times the same report: it is one.
            let mut source = Command::new(SMTP_SOURCE);
            source.args(flags).args(["-s", "5", "-m", "50", "-f", "mailer-daemon@mx.example", "-t", &got.from]);
            source.arg("-F").arg(&file).arg(format!("inet:127.0.0.1:{}", address.port()));
            let ended = tokio::task::spawn_blocking(move || source.output()).await.unwrap().unwrap();
            assert!(ended.status.success(), "{local}: {ended:?}");
        }
        assert_eq!(post.notices().await.len(), 2);
        door.close().await;
        assert_eq!(post.settle().await.suppressed, 2);
    }
}
