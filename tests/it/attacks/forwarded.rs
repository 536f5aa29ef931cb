//! Forwarded mail, as a matrix: every kind of link, in the hands of whoever has a mail, after everything that may have
//! happened since. A cell says what the page shows and what its buttons change. The table below is the promise.

use std::fmt::Write as _;
use std::time::Duration;

use axum::http::StatusCode;
use coranto::domain::return_path::ReturnPath;
use coranto::domain::subscriber::RequestKind;
use coranto::domain::{ConsentId, DeliveryId, SubscriptionId};
use coranto::message::verp;
use coranto::signup::{self, Confirmation, Limits};
use coranto::store::{Db, consents, marks, requests, subscriptions};
use coranto::token::{Mark, Purpose};

use crate::harness::database::both_databases;
use crate::harness::http::{get, post};
use crate::web::ground::WebFixture;

/// When the link is pressed, and by whom. Who holds a forwarded mail has the very link of its reader: the first two are
/// pressed alike and must end alike.
const COLUMNS: &[&str] = &["holder", "forwarded", "other newsletter", "left", "moved", "erased", "restored"];

/// The links of mails, by the letter of their path, and the return path.
const LINKS: &[char] = &['c', 'n', 'u', 'p', 'g', 'a', 's', 'd', 'b'];

const TABLE: &str = include_str!("forwarded.txt");

/// One reader of two newsletters, with every link that was mailed to her or stands on a page of hers.
struct Reader {
    tag: String,
    week: SubscriptionId,
    month: SubscriptionId,
    links: Vec<(char, String)>,
}

impl Reader {
    fn email(&self, name: &str) -> String {
        format!("{name}{}@example.org", self.tag)
    }

    fn link(&self, kind: char) -> &str {
        &self.links.iter().find(|(known, _)| *known == kind).expect("it was mailed").1
    }
}

async fn press(web: &WebFixture, link: &str, fields: &[(&str, &str)]) -> String {
    let answer = web.send(post(link).form(fields)).await;
    assert!(answer.status.is_success() || answer.status == StatusCode::NOT_FOUND, "{link}: {}", answer.status);
    answer.text().to_owned()
}

/// A reader, and the mails that she has by now.
async fn reader(web: &WebFixture, tag: String) -> Reader {
    let anna = format!("anna{tag}@example.org");
    let week = web.ground.reader(&anna).await;
    let month_list = web.site.lists[1].clone();
    let act = web.ground.act(None);
    let new = signup::NewReader { email: anna.parse().unwrap(), name: Some("Anna Berg".to_owned()), language: None };
    signup::add(web.ground.db(), web.ground.keys(), month_list.id, &new, &act).await.unwrap();
    let key = anna.clone();
    let month =
        subscriptions::find(&mut web.ground.db().read().await.unwrap(), month_list.id, &key).await.unwrap().unwrap().id;
    let mut reader = Reader { tag, week, month, links: Vec::new() };
    let confirm = web.confirm_link(&anna).await;
    reader.links.push(('c', confirm));
    let tag_number = web.ground.keys().address_tag(&anna).cast_signed();
    reader.links.push(('n', format!("/n/{}", web.token(Purpose::Refuse, tag_number).await)));
    reader.links.push(('u', web.leave_link(week).await));
    reader.links.push(('p', web.preferences_link(week).await));
    // A leaving that was taken back: the page behind the button is bookmarked.
    signup::leave(web.ground.db(), week, &act).await.unwrap();
    let withdrawn = latest(web, week).await;
    signup::undo_unsubscribe(web.ground.db(), withdrawn, &act).await.unwrap();
    reader.links.push(('g', format!("/g/{}", web.token(Purpose::Gone, withdrawn.0).await)));
    // A change of address that was asked for, and her data, both by her.
    let email = reader.email("new").parse().unwrap();
    signup::ask_address(&web.ground.signup, &web.ground.list, week, &email, &act).await.unwrap();
    let moved = request(web, week, RequestKind::Address).await;
    reader.links.push(('a', format!("/a/{}", web.token(Purpose::Address, moved).await)));
    reader.links.push(('s', format!("/s/{}", web.token(Purpose::Stop, moved).await)));
    signup::ask_data(&web.ground.signup, &web.ground.list, week, &act).await.unwrap();
    let data = request(web, week, RequestKind::Data).await;
    reader.links.push(('d', format!("/d/{}", web.token(Purpose::Data, data).await)));
    let (mail,): (DeliveryId,) = {
        let mut tx = web.ground.db().read().await.unwrap();
        let sql = "SELECT MIN(id) FROM deliveries WHERE subscription_id = $1";
        tx.sql(sql).bind(week).fetch_one().await.unwrap()
    };
    let born = marks::of_mail(&mut web.ground.db().read().await.unwrap(), mail).await.unwrap().unwrap();
    let mark = Mark::of_mail(week.0, born.mark, born.issue_id.map(|id| id.0));
    reader
        .links
        .push(('b', verp::bounce_address(web.ground.keys(), mail, Some(mark), &ReturnPath::at("bounce.example.org"))));
    reader
}

async fn latest(web: &WebFixture, id: SubscriptionId) -> ConsentId {
    use coranto::domain::consent::ConsentKind::Withdrawn;
    consents::latest(&mut web.ground.db().read().await.unwrap(), id, Withdrawn).await.unwrap().unwrap().id
}

async fn request(web: &WebFixture, id: SubscriptionId, kind: RequestKind) -> i64 {
    let all = requests::of_subscription(&mut web.ground.db().read().await.unwrap(), id).await.unwrap();
    all.into_iter().rev().find(|one| one.kind == kind).expect("it was asked for").id.0
}

/// What happened to the reader before the link is pressed.
async fn happen(web: &WebFixture, reader: &Reader, column: &str) {
    match column {
        "left" => {
            press(web, reader.link('u'), &[("List-Unsubscribe", "One-Click")]).await;
        }
        "moved" => {
            assert!(
                press(web, reader.link('a'), &[("action", "move")]).await.contains("Your address has been changed")
            );
        }
        "erased" => {
            let done = press(web, reader.link('d'), &[("action", "erase"), ("sure", "yes")]).await;
            assert!(done.contains("Your data has been erased"));
        }
        "restored" => be_made_again(web, reader).await,
        _ => {}
    }
}

/// A backup from before the reader came is put back, and somebody else gets her numbers.
async fn be_made_again(web: &WebFixture, reader: &Reader) {
    let db = web.ground.db();
    let other = web.ground.reader(&reader.email("stranger")).await;
    db.write(async |tx| {
        // The reader's rows go; the stranger's rows take their numbers, with the marks that they were born with.
        for table in ["requests", "consents"] {
            let all: Vec<(i64,)> = tx
                .sql(match table {
                    "requests" => "SELECT id FROM requests WHERE subscription_id = $1",
                    _ => "SELECT id FROM consents WHERE subscription_id = $1",
                })
                .bind(reader.week)
                .fetch_all()
                .await?;
            for (id,) in all {
                match table {
                    "requests" => {
                        tx.sql("DELETE FROM requests WHERE id = $1").bind(id).execute().await?;
                        tx.sql(
                            "INSERT INTO requests (id, subscription_id, kind, email, old_email, created_at)
                             VALUES ($1, $2, 'address', 'x@example.org', 'y@example.org', $3)",
                        )
                        .bind(id)
                        .bind(other)
                        .bind(web.ground.now)
                        .execute()
                        .await?;
                    }
                    _ => {
                        tx.sql("DELETE FROM consents WHERE id = $1").bind(id).execute().await?;
                        tx.sql(
                            "INSERT INTO consents (id, subscription_id, kind, at, wording, source)
                             VALUES ($1, $2, 'asked', $3, '', 'form')",
                        )
                        .bind(id)
                        .bind(other)
                        .bind(web.ground.now)
                        .execute()
                        .await?;
                    }
                }
            }
        }
        tx.sql("DELETE FROM subscriptions WHERE id IN ($1, $2)").bind(reader.week).bind(reader.month).execute().await?;
        // The schema gives each new row its mark.
        tx.sql(
            "INSERT INTO subscribers (email, email_key, address_hash, quota_hash, created_at)
             SELECT 'second-' || email, 'second-' || email_key, address_hash, quota_hash, created_at
             FROM subscribers u WHERE u.id = (SELECT subscriber_id FROM subscriptions WHERE id = $1)",
        )
        .bind(other)
        .execute()
        .await?;
        tx.sql(
            "INSERT INTO subscriptions (id, newsletter_id, subscriber_id, state, source, created_at)
             SELECT $1, s.newsletter_id, u.id, 'active', s.source, s.created_at
             FROM subscriptions s, subscribers u WHERE s.id = $2 AND u.email = 'second-' || $3",
        )
        .bind(reader.week)
        .bind(other)
        .bind(reader.email("stranger"))
        .execute()
        .await?;
        Ok::<_, coranto::store::StoreError>(())
    })
    .await
    .unwrap();
}

/// Everything that pressing may change, a line each.
async fn snapshot(web: &WebFixture, reader: &Reader) -> Vec<String> {
    let mut tx = web.ground.db().read().await.unwrap();
    let like = format!("%{}@example.org", reader.tag);
    let mut lines = Vec::new();
    let rows: Vec<(String, String, String, Option<String>, String)> = tx
        .sql(
            "SELECT n.slug, u.email, s.state, u.name, s.format FROM subscriptions s
             JOIN subscribers u ON u.id = s.subscriber_id JOIN newsletters n ON n.id = s.newsletter_id
             WHERE u.email LIKE $1 ORDER BY s.id",
        )
        .bind(like.as_str())
        .fetch_all()
        .await
        .unwrap();
    for (slug, email, state, name, format) in rows {
        let email = email.replace(&format!("{}@example.org", reader.tag), "@");
        lines.push(format!("{slug} {email} {state} {} {format}", name.unwrap_or_default()).replace("  ", " "));
    }
    let mails: Vec<(String, Option<String>, Option<String>)> = tx
        .sql(
            "SELECT r.subject, d.recipient, u.email FROM deliveries d JOIN revisions r ON r.id = d.revision_id
             LEFT JOIN subscriptions s ON s.id = d.subscription_id LEFT JOIN subscribers u ON u.id = s.subscriber_id
             WHERE COALESCE(d.recipient, u.email) LIKE $1 AND d.state = 'pending' ORDER BY d.id",
        )
        .bind(like.as_str())
        .fetch_all()
        .await
        .unwrap();
    for (at, (subject, recipient, email)) in mails.into_iter().enumerate() {
        let to = recipient.or(email).unwrap_or_default().replace(&format!("{}@example.org", reader.tag), "@");
        lines.push(format!("mail {at} to {to}: {subject}"));
    }
    let hash = web.ground.keys().address_tag(&reader.email("anna")).cast_signed();
    let (refused,): (i64,) =
        tx.sql("SELECT COUNT(*) FROM refusals WHERE address_tag = $1").bind(hash).fetch_one().await.unwrap();
    lines.push(format!("refused {refused}"));
    lines
}

/// What can be done with a link, and what came of it.
async fn walk(web: &WebFixture, reader: &Reader, kind: char, link: &str) -> String {
    if kind == 'b' {
        return returned(web, link).await;
    }
    let shown = web.send(get(link)).await;
    assert!(!shown.text().contains(&reader.email("anna")), "{link} shows the whole address");
    assert!(!shown.text().contains("Berg"), "{link} shows the name");
    let heading = shown.text().split("<h1").nth(1).and_then(|rest| rest.split(['>', '<']).nth(1)).unwrap_or_default();
    let mut cell = format!("\"{heading}\"");
    let thief = reader.email("thief");
    let acts: &[(&str, &[(&str, &str)])] = match kind {
        'c' => &[("confirm", &[("action", "confirm")])],
        'n' => &[("refuse", &[("action", "refuse")])],
        'u' => &[("one-click", &[("List-Unsubscribe", "One-Click")])],
        'g' => &[("back", &[("action", "back")])],
        'a' => &[("move", &[("action", "move")])],
        's' => &[("stop", &[("action", "stop")])],
        'd' => &[("erase", &[("action", "erase"), ("sure", "yes")])],
        _ => &[
            ("data", &[("action", "data")]),
            ("move", &[("action", "move"), ("email", "THIEF")]),
            ("plain", &[("action", "choose"), ("format", "plain")]),
            ("leave", &[("action", "leave")]),
        ],
    };
    for (name, fields) in acts {
        let before = snapshot(web, reader).await;
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, if *value == "THIEF" { thief.as_str() } else { value }))
            .collect();
        press(web, link, &fields).await;
        let after = snapshot(web, reader).await;
        let gone = before.iter().filter(|line| !after.contains(line)).map(|line| format!("-{line}"));
        let come = after.iter().filter(|line| !before.contains(line)).map(|line| format!("+{line}"));
        let changes: Vec<String> = gone.chain(come).collect();
        let changes = if changes.is_empty() { "nothing".to_owned() } else { changes.join("; ") };
        write!(cell, " | {name}: {changes}").unwrap();
    }
    cell
}

async fn returned(web: &WebFixture, address: &str) -> String {
    let Some(verp::Returned::Bounce(found)) = verp::open(web.ground.keys(), address.split('@').next().unwrap()) else {
        return "no mail".to_owned();
    };
    let id = DeliveryId(i64::try_from(found.number()).unwrap());
    let born = marks::of_mail(&mut web.ground.db().read().await.unwrap(), id).await.unwrap();
    let is_its = born.and_then(|born| {
        let subscription = born.subscription_id?;
        Some(web.ground.keys().proves_mail(&found, subscription.0, born.mark, born.issue_id.map(|id| id.0)))
    });
    match is_its {
        Some(true) => "its mail".to_owned(),
        Some(false) => "another email, refused".to_owned(),
        None => "nobody's mail".to_owned(),
    }
}

both_databases! {
    async fn a_link_does_what_the_table_says_whoever_holds_it(db: Db) {
        let limits = Limits {
            requests_per_hour: 100_000,
            domain_requests_per_hour: 100_000,
            all_requests_per_hour: 100_000,
            answer_after: Duration::ZERO,
            ..Limits::default()
        };
        let web = WebFixture::with(db, limits, &["month"]).await;
        let mut table = String::new();
        let mut number = 0;
        for kind in LINKS {
            for column in COLUMNS {
                number += 1;
                let reader = reader(&web, format!("{number:03}")).await;
                // The mail of the other newsletter has links of these kinds, and that subscription is moved, left, erased.
                let link = match (*column, *kind) {
                    ("other newsletter", 'u') => web.leave_link(reader.month).await,
                    ("other newsletter", 'p') => web.preferences_link(reader.month).await,
                    ("other newsletter", _) => continue,
                    _ => reader.link(*kind).to_owned(),
                };
                happen(&web, &reader, column).await;
                let cell = walk(&web, &reader, *kind, &link).await;
                writeln!(table, "{kind} {column}: {cell}").unwrap();
            }
        }
        let cells = |column: &str| -> Vec<String> {
            table.lines().filter_map(|line| line.get(2..)?.strip_prefix(&format!("{column}: ")).map(str::to_owned)).collect()
        };
        assert_eq!(cells("holder"), cells("forwarded"), "who holds a forwarded mail has its reader's link");
        assert!(table == TABLE, "the matrix is another by now:\n{table}");
    }

    async fn the_right_holder_of_a_mailbox_still_gets_in(db: Db) {
        let web = WebFixture::with(db, Limits { answer_after: Duration::ZERO, ..Limits::default() }, &["month"]).await;
        let reader = reader(&web, "1".to_owned()).await;
        assert!(matches!(web.ground.confirm(&reader.email("anna")).await, Confirmation::Already(_)));
        let page = web.send(get(reader.link('d'))).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("a***@example.org"));
    }
}
