//! Bodies that are not what they say.

use axum::http::StatusCode;
use coranto::store::Db;

use super::ground::WebFixture;
use crate::harness::database::both_databases;
use crate::harness::http::post;

both_databases! {
    async fn a_broken_body_is_never_our_fault(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader("anna@example.org").await;
        let targets = ["/week/subscribe".to_owned(), web.leave_link(id).await, web.preferences_link(id).await, web.confirm_link("anna@example.org").await];
        let before = web.ground.fingerprint().await;
        let many = "a=b&".repeat(3_000);
        for (media, body) in [
            ("application/x-www-form-urlencoded", b"%zz=%ff&&&=&email".as_slice()),
            ("application/x-www-form-urlencoded", b"\0\xff\xfe".as_slice()),
            ("application/x-www-form-urlencoded", many.as_bytes()),
            ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"email\"".as_slice()),
            ("multipart/form-data; boundary=", b"--\r\n".as_slice()),
            ("multipart/form-data", b"--x--".as_slice()),
            ("\"", b"".as_slice()),
        ] {
            for target in &targets {
                let answer = web.send(post(target).body(media, body)).await;
                assert!(!answer.status.is_server_error(), "{target} {media}: {}", answer.status);
            }
        }
        // The confirmation link's body does not matter: its reader is active already. Nothing else was done.
        assert_eq!(web.ground.fingerprint().await, before);
    }

    async fn a_multipart_of_many_fields_is_cut(db: Db) {
        let web = WebFixture::new(db).await;
        let fields: Vec<(String, String)> = (0..40).map(|number| (format!("f{number}"), String::new())).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(web.send(post("/week/subscribe").multipart(&fields)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
