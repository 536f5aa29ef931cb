//! Two spellings that a program takes for one address, and one mailbox that a program takes for many.

use std::time::Duration;

use coranto::domain::subscriber::SubscriptionState::{Active, Pending};
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, Added, Limits, NewReader};
use coranto::store::{Db, consents, subscribers, suppressions};
use coranto::token::{Keyring, Purpose};
use coranto::upkeep;

use crate::harness::acts;
use crate::harness::database::both_databases;
use crate::harness::http::post;
use crate::web::ground::WebFixture;

/// To whom confirmations went, in order.
async fn confirmations(web: &WebFixture) -> Vec<String> {
    let mut tx = web.ground.db().read().await.unwrap();
    let rows: Vec<(String,)> = tx
        .sql(
            "SELECT COALESCE(d.recipient, u.email) FROM deliveries d JOIN revisions r ON r.id = d.revision_id
             LEFT JOIN subscriptions s ON s.id = d.subscription_id LEFT JOIN subscribers u ON u.id = s.subscriber_id
             WHERE r.kind = 'confirmation' ORDER BY d.id",
        )
        .fetch_all()
        .await
        .unwrap();
    rows.into_iter().map(|(email,)| email).collect()
}

both_databases! {
    async fn a_kelvin_sign_locks_nobody_out(db: Db) {
        let web = WebFixture::new(db).await;
        web.ground.request("\u{212a}ate@example.org").await.unwrap();
        web.ground.request("\u{ff4b}ate@example.org").await.unwrap();
        web.ground.request("kate@example.org").await.unwrap();
        assert_eq!(confirmations(&web).await, ["\u{212a}ate@example.org", "\u{ff4b}ate@example.org", "kate@example.org"]);
        assert!(matches!(web.ground.confirm("kate@example.org").await, signup::Confirmation::Fresh(_)));
    }

    async fn a_kelvin_row_of_a_former_version_is_not_kates(db: Db) {
        let web = WebFixture::new(db).await;
        // As the former version stored it: by the key of somebody else.
        web.ground.request("kate@example.org").await.unwrap();
        let stored = web.ground.find("kate@example.org").await.unwrap();
        web.ground.db().write(async |tx| {
            tx.sql("UPDATE subscribers SET email = $1 WHERE id = $2").bind("\u{212a}ate@example.org").bind(stored.subscriber_id).execute().await
        }).await.unwrap();
        upkeep::admit(web.ground.db(), web.ground.keys(), &acts::actor(), web.ground.now).await.unwrap();
        assert!(web.ground.find("kate@example.org").await.is_none(), "she has no row");
        let new = NewReader { email: "kate@example.org".parse().unwrap(), name: None, language: None };
        let added = signup::add(web.ground.db(), web.ground.keys(), web.ground.list.id, &new, &web.ground.act(None)).await.unwrap();
        assert!(matches!(added, Added::Active(_)));
        assert_eq!(web.ground.find("kate@example.org").await.unwrap().email.as_str(), "kate@example.org");
    }

    async fn what_the_owner_typed_is_what_is_mailed(db: Db) {
        let mut web = WebFixture::new(db).await;
        web.ground.request("ANNA@example.org").await.unwrap();
        web.later(25);
        web.ground.request("Anna@example.org").await.unwrap();
        assert_eq!(confirmations(&web).await, ["ANNA@example.org", "Anna@example.org"]);
        assert_eq!(web.ground.find("anna@example.org").await.unwrap().email.as_str(), "ANNA@example.org");
        web.ground.confirm("anna@example.org").await;
        let found = web.ground.find("anna@example.org").await.unwrap();
        assert_eq!((found.email.as_str(), found.state), ("Anna@example.org", Active), "that email was answered");
        // A stranger's spelling changes nothing any more.
        web.later(25);
        web.ground.request("aNNa@example.org").await.unwrap();
        assert_eq!(web.ground.find("anna@example.org").await.unwrap().email.as_str(), "Anna@example.org");
    }

    async fn an_address_of_any_script_reads_and_leaves(db: Db) {
        let web = WebFixture::new(db).await;
        for (typed, other) in [
            ("संपर्क@example.org", "संपर्क@EXAMPLE.org"),
            ("ติดต่อ@example.org", "ติดต่อ@example.org"),
            ("jose\u{301}@example.org", "JOS\u{c9}@example.org"),
        ] {
            web.ground.request(typed).await.unwrap();
            assert!(matches!(web.ground.confirm(other).await, signup::Confirmation::Fresh(_)), "{typed}");
            web.ground.leave(other).await;
        }
        let sharp = ["straße@example.org", "strasse@example.org"];
        for email in sharp {
            web.ground.request(email).await.unwrap();
        }
        assert_ne!(web.ground.find(sharp[0]).await.unwrap().id, web.ground.find(sharp[1]).await.unwrap().id);
    }

    async fn not_me_is_heard_under_every_spelling_at_every_door(db: Db) {
        let limits = Limits { answer_after: Duration::ZERO, confirmations_per_day: 100, confirmations_per_month: 100, ..Limits::default() };
        let web = WebFixture::with(db, limits, &[]).await;
        for (number, (refused, spellings)) in [
            ("john.smith@proton.me", &["johnsmith@proton.me", "john.smith+a@proton.me", "john_smith@protonmail.com", "j-ohnsmith@pm.me"][..]),
            ("bobby.tables@gmail.com", &["bobbytables@gmail.com", "b.obbytables@googlemail.com", "bobby.tables+1@gmail.com"]),
            ("anna.b@ya.ru", &["anna-b@yandex.com", "anna.b+x@yandex.ru"]),
            ("carl@icloud.com", &["carl@me.com", "carl+x@mac.com"]),
            ("dora@fastmail.com", &["shop@dora.fastmail.com", "dora+x@fastmail.com"]),
            ("emil@yahoo.fr", &["emil-shop@yahoo.fr"]),
        ].into_iter().enumerate() {
            web.ground.request(refused).await.unwrap();
            let before = confirmations(&web).await.len();
            let tag = web.ground.keys().address_tag(refused).cast_signed();
            let link = format!("/n/{}", web.token(Purpose::Refuse, tag).await);
            assert!(web.send(post(&link).form(&[("action", "refuse")])).await.status.is_success());
            let mover = web.ground.reader(&format!("mover{number}@example.org")).await;
            let preferences = web.preferences_link(mover).await;
            for spelling in spellings.iter().chain([&refused]) {
                web.ground.request(spelling).await.unwrap();
                web.send(post(&preferences).form(&[("action", "move"), ("email", spelling)])).await;
            }
            assert_eq!(confirmations(&web).await.len(), before + 1, "{refused}: the mover's own alone");
            assert_eq!(web.ground.mails("request").await, 0, "{refused}: no change of address is asked there");
            // Taken back, once for all.
            web.send(post(&link).form(&[("action", "allow")])).await;
            web.ground.request(spellings[0]).await.unwrap();
            assert_eq!(confirmations(&web).await.len(), before + 2, "{refused}");
        }
    }

    async fn a_not_me_of_a_former_version_is_the_mailboxs(db: Db) {
        let limits = Limits { answer_after: Duration::ZERO, confirmations_per_day: 100, confirmations_per_month: 100, ..Limits::default() };
        let web = WebFixture::with(db, limits, &[]).await;
        web.ground.request("john.smith@proton.me").await.unwrap();
        let tag = web.ground.keys().address_tag("john.smith@proton.me").cast_signed();
        let link = format!("/n/{}", web.token(Purpose::Refuse, tag).await);
        assert!(web.send(post(&link).form(&[("action", "refuse")])).await.status.is_success());
        // As the former version kept it: for the address alone.
        web.ground.db().write(async |tx| tx.sql("UPDATE refusals SET mailbox_tag = NULL").execute().await).await.unwrap();
        upkeep::admit(web.ground.db(), web.ground.keys(), &acts::actor(), web.ground.now).await.unwrap();
        let before = confirmations(&web).await;
        web.ground.request("johnsmith@pm.me").await.unwrap();
        assert_eq!(confirmations(&web).await, before);
    }

    async fn one_mailbox_has_one_quota_whatever_its_spelling(db: Db) {
        let web = WebFixture::new(db).await;
        for spelling in ["john.smith@proton.me", "johnsmith@proton.me", "j.ohnsmith@proton.me", "john-smith@proton.me", "john_smith@proton.me", "johnsmith@protonmail.com", "johnsmith@pm.me"] {
            web.ground.request(spelling).await.unwrap();
        }
        assert_eq!(confirmations(&web).await, ["john.smith@proton.me"]);
    }

    async fn a_complaint_is_the_mailboxs_where_strangers_ask(db: Db) {
        let web = WebFixture::new(db).await;
        let (email, act) = ("bobby.tables@gmail.com".parse().unwrap(), web.ground.act(None));
        signup::suppress(web.ground.db(), web.ground.keys(), &email, SuppressionReason::Complaint, "", &act).await.unwrap();
        web.ground.request("bobbytables@gmail.com").await.unwrap();
        assert!(confirmations(&web).await.is_empty());
        // Whom an operator answers for is judged by the address alone, as issues are.
        let new = NewReader { email: "bobbytables@gmail.com".parse().unwrap(), name: None, language: None };
        let added = signup::add(web.ground.db(), web.ground.keys(), web.ground.list.id, &new, &act).await.unwrap();
        assert!(matches!(added, Added::Active(_)));
        assert!(signup::unsuppress(web.ground.db(), web.ground.keys(), &"bobbytables@gmail.com".parse().unwrap(), &act).await.unwrap());
    }

    async fn two_rows_that_become_one_address_both_stay_and_are_named(db: Db) {
        let web = WebFixture::new(db).await;
        for email in ["οδοσ@example.org", "other@example.org"] {
            web.ground.request(email).await.unwrap();
        }
        // As the former version stored the second, by a key of its own.
        let other = web.ground.find("other@example.org").await.unwrap().subscriber_id;
        let old_key = "ΟΔΟΣ@example.org".to_lowercase();
        let old_hash = web.ground.keys().address_hash(&old_key);
        web.ground.db().write(async |tx| {
            tx.sql("UPDATE subscribers SET email = $1, email_key = $2, address_hash = $3 WHERE id = $4")
                .bind("ΟΔΟΣ@example.org").bind(old_key.as_str()).bind(old_hash.as_slice()).bind(other).execute().await?;
            suppressions::add(tx, &old_hash, SuppressionReason::Manual, "said never", acts::by(web.ground.now)).await
        }).await.unwrap();
        upkeep::admit(web.ground.db(), web.ground.keys(), &acts::actor(), web.ground.now).await.unwrap();
        let twice = upkeep::clashes(web.ground.db()).await.unwrap();
        assert_eq!(twice.iter().map(|email| email.as_str()).collect::<Vec<_>>(), ["ΟΔΟΣ@example.org"]);
        assert_eq!(web.ground.state("οδοσ@example.org").await, Some(Pending), "both rows stay");
        assert!(subscribers::get(&mut web.ground.db().read().await.unwrap(), other).await.unwrap().is_some());
        // What kept the one out keeps the address out.
        assert!(web.ground.find("οδοσ@example.org").await.unwrap().suppressed.is_some());
        assert_eq!(upkeep::refold(web.ground.db(), web.ground.keys()).await.unwrap().changed, 0, "done twice it does nothing");
    }

    async fn former_hashes_keep_out_whom_nothing_is_stored_of(db: Db) {
        let web = WebFixture::new(db).await;
        let keys: &Keyring = web.ground.keys();
        let former = keys.address_hash(&"ΟΔΟΣ@example.org".to_lowercase());
        web.ground.db().write(async |tx| suppressions::add(tx, &former, SuppressionReason::Complaint, "", acts::by(web.ground.now)).await).await.unwrap();
        web.ground.request("ΟΔΟΣ@example.org").await.unwrap();
        assert!(web.ground.find("ΟΔΟΣ@example.org").await.is_none());
        let new = NewReader { email: "ΟΔΟΣ@example.org".parse().unwrap(), name: None, language: None };
        let added = signup::add(web.ground.db(), keys, web.ground.list.id, &new, &web.ground.act(None)).await.unwrap();
        assert_eq!(added, Added::Suppressed(SuppressionReason::Complaint));
        let mut tx = web.ground.db().read().await.unwrap();
        assert!(consents::asked_by_network(&mut tx, web.ground.now).await.unwrap().is_empty());
    }
}
