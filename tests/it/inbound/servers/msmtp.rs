//! msmtp delivers a report to the listener, in SMTP and in LMTP.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use coranto::domain::notice::NoticeEvidence;
use coranto::store::Db;

use crate::harness::database::both_databases;
use crate::harness::{find_program, skip};
use crate::inbound::listening::Door;
use crate::inbound::post::{Post, dead};

both_databases! {
    async fn msmtp_delivers_reports_in_both_protocols(db: Db) {
        let Some(program) = find_program(&["msmtp"], &[PathBuf::from("/usr/bin")]) else {
            skip("msmtp", "there is no msmtp on the path (Debian package msmtp)");
            return;
        };
        let post = Post::new(db, &["anna", "ben"]).await;
        let door = Door::open(&post, None).await;
        let folder = tempfile::tempdir().unwrap();
        for (local, protocol, address) in [("anna", "smtp", door.smtp), ("ben", "lmtp", door.lmtp)] {
            let got = post.letter(local);
            let file = folder.path().join(local);
            std::fs::write(&file, dead(&got.from, &format!("{local}@example.net"), "").replace("\r\n", "\n")).unwrap();
            let mut command = Command::new(&program);
            command.args(["--host=127.0.0.1", "--from=mailer-daemon@mx.example"]);
            command.arg(format!("--protocol={protocol}")).arg(format!("--port={}", address.port())).arg(&got.from);
            command.stdin(Stdio::from(std::fs::File::open(&file).unwrap()));
            let ended = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
            assert!(ended.status.success(), "{protocol}: {ended:?}");
            let notices = post.notices().await;
            let subscription = Some(post.stage.subscription(local).await);
            let notice = notices.iter().find(|notice| notice.subscription_id == subscription).expect(protocol);
            assert_eq!(notice.evidence, NoticeEvidence::Sealed, "{protocol}");
        }
        assert_eq!(post.notices().await.len(), 2);
        door.close().await;
        assert_eq!(post.settle().await.suppressed, 2);
    }
}
