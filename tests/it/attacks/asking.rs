//! Limits that are used against those whom they protect: strangers use up what all share, what a mailbox may get, and the
//! form for one's own link.

use axum::http::StatusCode;
use coranto::domain::subscriber::SubscriptionState::{Active, Pending, Unsubscribed};
use coranto::signup::{ChallengeWhen, Limits};
use coranto::store::Db;
use coranto::token::Purpose;

use crate::harness::altcha::solve;
use crate::harness::database::both_databases;
use crate::harness::http::{Response, post};
use crate::harness::visitor::{hidden, unescaped};
use crate::web::ground::WebFixture;

const TOM: &str = "tom@example.org";

/// What a tunnel broker gives to anybody: as many networks as there are numbers.
fn network(number: u32) -> String {
    format!("2001:db8:{:x}:{:x}00::1", number >> 8, number & 0xff)
}

async fn ask_link(web: &WebFixture, email: &str, client: &str, more: &[(&str, &str)]) -> Response {
    let fields: Vec<_> = [("email", email)].into_iter().chain(more.iter().copied()).collect();
    web.send_from(post("/week/link").form(&fields), client).await
}

async fn sign_up(web: &WebFixture, email: &str, client: &str, more: &[(&str, &str)]) -> Response {
    let stamp = web.stamp();
    let fields: Vec<_> = [("email", email), ("stamp", &*stamp)].into_iter().chain(more.iter().copied()).collect();
    web.send_from(post("/week/subscribe").form(&fields), client).await
}

/// The challenge of a page, solved.
fn solved(page: &Response) -> String {
    let rest = page.text().split_once("data-challenge=\"").expect("there is a challenge").1;
    solve(&serde_json::from_str(&unescaped(rest.split('"').next().unwrap())).unwrap())
}

/// The latest mail: its subject, its language, its text.
async fn latest_mail(web: &WebFixture) -> (String, String, String) {
    let mut tx = web.ground.db().read().await.unwrap();
    tx.sql("SELECT r.subject, r.language, r.plain FROM deliveries d JOIN revisions r ON r.id = d.revision_id ORDER BY d.id DESC LIMIT 1")
        .fetch_one()
        .await
        .unwrap()
}

both_databases! {
    async fn s5_free_requests_for_links_shut_no_door(db: Db) {
        let limits = Limits { domain_requests_per_hour: 20, all_requests_per_hour: 60, challenge_work: 300, ..Limits::default() };
        let web = WebFixture::with(db, limits, &[]).await;
        web.ground.reader("vera@gmail.com").await;
        let mut steps = 0;
        for number in 0..120 {
            let domain = if number < 60 { "gmail.com" } else { "example.net" };
            let answer = ask_link(&web, &format!("x{number}@{domain}"), &network(number), &[]).await;
            assert_eq!(answer.status, StatusCode::OK, "nobody is refused for what others did");
            steps += usize::from(answer.text().contains("One more step"));
        }
        assert!(steps >= 100, "but it is not free: {steps}");
        // Signing up is another door, and as easy as before.
        let taken = sign_up(&web, "new@gmail.com", "198.51.100.1", &[]).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER);
        // The reader who lost the mail gets in, with a moment's work, or with patience.
        let page = ask_link(&web, "vera@gmail.com", "198.51.100.2", &[]).await;
        assert!(page.header("content-security-policy").ends_with("script-src 'self'"));
        let solution = solved(&page);
        for _twice in 0..2 {
            let sent = ask_link(&web, "vera@gmail.com", "198.51.100.2", &[("altcha", &solution)]).await;
            assert!(sent.text().contains("Check your email"), "{}", sent.text());
        }
        assert_eq!(web.ground.mails("notice").await, 2);
        let stolen = ask_link(&web, "other@gmail.com", "198.51.100.2", &[("altcha", &solution)]).await;
        assert!(stolen.text().contains("One more step"), "a solution is for one address");
        assert!(!hidden(page.text(), "wait").is_empty());
    }

    async fn s5_a_flood_of_signups_refuses_nobody_else(db: Db) {
        let limits = Limits { domain_requests_per_hour: 10, all_requests_per_hour: 30, challenge_work: 300, ..Limits::default() };
        let web = WebFixture::with(db, limits, &[]).await;
        for number in 0..90 {
            let (email, client) = (format!("x{number}@gmail.com"), network(number));
            let asked = sign_up(&web, &email, &client, &[]).await;
            if asked.status == StatusCode::OK {
                let solution = solved(&asked);
                assert_eq!(sign_up(&web, &email, &client, &[("altcha", &solution)]).await.status, StatusCode::SEE_OTHER);
            } else {
                assert_eq!(asked.status, StatusCode::SEE_OTHER);
            }
        }
        let page = sign_up(&web, TOM, "198.51.100.1", &[]).await;
        assert!(page.status == StatusCode::OK && page.text().contains("One more step"), "{}", page.status);
        assert!(page.text().contains("maxnumber&quot;:1200"), "the more came, the more it costs: {}", page.text());
        assert_eq!(sign_up(&web, TOM, "198.51.100.1", &[("altcha", &solved(&page))]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(web.ground.state(TOM).await, Some(Pending));
        // Nor does the form for links know anything of it.
        assert!(ask_link(&web, TOM, "198.51.100.1", &[]).await.text().contains("Check your email"));
    }

    async fn s5_what_falls_into_the_trap_uses_up_nothing(db: Db) {
        let limits = Limits { requests_per_hour: 4, domain_requests_per_hour: 6, all_requests_per_hour: 8, ..Limits::default() };
        let web = WebFixture::with(db, limits, &[]).await;
        for number in 0..40 {
            let answer = sign_up(&web, &format!("x{number}@example.org"), "198.51.100.1", &[("website", "x")]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(sign_up(&web, TOM, "198.51.100.1", &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(web.ground.state(TOM).await, Some(Pending));
    }

    async fn s13_not_me_is_heard_by_the_form_for_links(db: Db) {
        let mut web = WebFixture::new(db).await;
        web.ground.reader("vera@gmail.com").await;
        ask_link(&web, "vera@gmail.com", "198.51.100.1", &[]).await;
        let (subject, _, text) = latest_mail(&web).await;
        assert!(subject.contains("Your link") && text.contains("I didn’t ask for this email"), "it can be said: {text}");
        let tag = web.ground.keys().address_tag("vera@gmail.com").cast_signed();
        let not_me = format!("/n/{}", web.token(Purpose::Refuse, tag).await);
        web.send(post(&not_me).form(&[("action", "refuse")])).await;
        for _day in 0..3 {
            for spelling in ["vera@gmail.com", "v.era+x@googlemail.com"] {
                let answer = ask_link(&web, spelling, "198.51.100.1", &[]).await;
                assert!(answer.text().contains("Check your email"), "the page says the same to all");
            }
            web.later(24);
        }
        assert_eq!((web.ground.mails("notice").await, web.ground.state("vera@gmail.com").await), (1, Some(Active)));
        web.send(post(&not_me).form(&[("action", "allow")])).await;
        // What may come then is bounded in a day, and in a month.
        for _day in 0..20 {
            for _ in 0..5 {
                ask_link(&web, "vera@gmail.com", "198.51.100.1", &[]).await;
            }
            web.later(24);
        }
        assert_eq!(web.ground.mails("notice").await, 6);
        web.later(24 * 31);
        ask_link(&web, "vera@gmail.com", "198.51.100.1", &[]).await;
        assert_eq!(web.ground.mails("notice").await, 7);
        // None of that took a mail from who wants to sign up.
        web.ground.leave("vera@gmail.com").await;
        assert_eq!(sign_up(&web, "vera@gmail.com", "198.51.100.1", &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!((web.ground.mails("confirmation").await, web.ground.state("vera@gmail.com").await), (2, Some(Pending)));
    }

    async fn s16_strangers_keep_nobody_out(db: Db) {
        let limits = Limits { requests_per_hour: 5, challenge: ChallengeWhen::Never, ..Limits::default() };
        let mut web = WebFixture::with(db, limits, &[]).await;
        let mut old = String::new();
        for day in [1, 6, 11, 15] {
            let answer = sign_up(&web, TOM, "203.0.113.1", &[("lang", "ja"), ("name", "Mallory")]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "day {day}");
            if old.is_empty() {
                old = web.confirm_link(TOM).await;
                assert_eq!(latest_mail(&web).await.1, "ja");
            }
            web.later(24 * 5);
        }
        assert_eq!(web.ground.mails("confirmation").await, 3);
        // A month is not over. His own request looks like any other; and what the page says is true.
        let mine = sign_up(&web, TOM, "198.51.100.1", &[]).await;
        let page = web.get(&format!("/week/{}", mine.header("location"))).await;
        assert!(page.text().contains("If this address can get") && !page.text().contains("have sent"), "{}", page.text());
        assert!(page.text().contains("A link in an older email of ours works too"));
        // Strangers have used up his network's limit besides.
        for number in 0..5 {
            sign_up(&web, &format!("x{number}@example.org"), "198.51.100.1", &[]).await;
        }
        assert_eq!(sign_up(&web, "y@example.org", "198.51.100.1", &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
        let before = web.ground.mails("confirmation").await;
        for asked in 1..=3 {
            let again = web.send_from(post(&old).form(&[("action", "again")]), "198.51.100.1").await;
            assert!(again.text().contains("Check your email") && again.text().contains("<html lang=\"en\""), "{}", again.text());
            assert_eq!(web.ground.mails("confirmation").await, before + asked, "whoever has an email has the mailbox");
            let (_, language, text) = latest_mail(&web).await;
            assert!(language == "en" && !text.contains("Mallory"), "a stranger's language ends with their request");
        }
        let full = web.send_from(post(&old).form(&[("action", "again")]), "198.51.100.1").await;
        assert!(full.text().contains("We cannot send an email now") && full.text().contains("as many emails as it can get"), "{}", full.text());
        let fresh = web.confirm_link(TOM).await;
        assert!(web.send(post(&fresh)).await.text().contains("Welcome to The Week"));
        let tom = web.ground.find(TOM).await.unwrap();
        assert_eq!((tom.language, tom.name, tom.source.as_str()), (None, None, "old link"));
    }

    async fn s16_who_said_not_me_is_told_why_nothing_comes(db: Db) {
        let mut web = WebFixture::new(db).await;
        web.ground.request(TOM).await.unwrap();
        let old = web.confirm_link(TOM).await;
        web.ground.refuse(TOM).await;
        assert_eq!(web.ground.state(TOM).await, Some(Unsubscribed));
        web.later(24 * 8);
        let again = web.send(post(&old).form(&[("action", "again")])).await;
        assert!(again.text().contains("told us that they did not ask for it"), "{}", again.text());
        assert_eq!(web.ground.mails("confirmation").await, 1);
    }

    async fn f1_f2_another_newsletter_and_a_return_need_no_other_day(db: Db) {
        let web = WebFixture::with(db, Limits::default(), &["month"]).await;
        let stamp = web.stamp();
        for slug in ["week", "month"] {
            web.send(post(&format!("/{slug}/subscribe")).form(&[("email", TOM), ("stamp", &*stamp)])).await;
        }
        assert_eq!(web.ground.mails("confirmation").await, 2, "each newsletter sends its own");
        web.ground.confirm(TOM).await;
        web.ground.leave(TOM).await;
        web.subscribe(TOM).await;
        assert_eq!((web.ground.mails("confirmation").await, web.ground.state(TOM).await), (3, Some(Pending)));
    }

    async fn a_readers_notice_is_in_the_readers_language(db: Db) {
        let mut web = WebFixture::new(db).await;
        let id = web.ground.reader(TOM).await;
        let preferences = web.preferences_link(id).await;
        for (own, expected) in [("fr", "fr"), ("", "en")] {
            web.send(post(&preferences).form(&[("action", "choose"), ("language", own), ("format", "html")])).await;
            web.later(25);
            sign_up(&web, TOM, "203.0.113.1", &[("name", "Mallory")]).await;
            assert_eq!(latest_mail(&web).await.1, expected);
        }
        web.later(25 * 30);
        sign_up(&web, TOM, "203.0.113.1", &[("lang", "ja"), ("name", "Mallory")]).await;
        assert_eq!(latest_mail(&web).await.1, "ja", "one email, as the page was");
        assert_eq!(web.ground.find(TOM).await.unwrap().language, None);
        let asked = web.ground.question(TOM).await;
        assert_eq!((asked.name, asked.language), (None, None), "nothing is kept of what a stranger typed about a reader");
    }
}
