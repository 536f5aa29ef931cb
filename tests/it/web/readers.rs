//! What readers do by their links, by the numbers of the list of tests: CF confirming, UN leaving, PR preferences. What is
//! shown elsewhere stands in `docs/decisions/0020-tests-of-the-readers-door.md`.

use std::sync::Arc;

use axum::http::StatusCode;
use coranto::domain::consent::ConsentKind as Kind;
use coranto::domain::subscriber::Format;
use coranto::domain::subscriber::SubscriptionState::{Active, Paused, Pending, Unsubscribed};
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, Limits};
use coranto::store::{Db, consents, marks, personal, requests, subscriptions};
use coranto::token::{Keyring, Purpose};

use super::ground::WebFixture;
use crate::harness::database::both_databases;
use crate::harness::http::{get, post};

const ANNA: &str = "anna@example.org";

/// The address of a form on a page, by what it begins with.
fn action(page: &str, prefix: &str) -> String {
    let begin = page.find(&format!("action=\"{prefix}")).expect("the page has that form") + "action=\"".len();
    page[begin..].split('"').next().unwrap().to_owned()
}

/// The number of the latest request that was made by a reader's link.
async fn request(web: &WebFixture, email: &str) -> i64 {
    let id = web.ground.find(email).await.unwrap().id;
    requests::of_subscription(&mut web.ground.db().read().await.unwrap(), id).await.unwrap().last().unwrap().id.0
}

async fn press(web: &WebFixture, link: &str, fields: &[(&str, &str)]) -> String {
    let answer = web.send(post(link).form(fields)).await;
    assert!(answer.status == StatusCode::OK, "{link} {fields:?}: {}", answer.status);
    answer.text().to_owned()
}

both_databases! {
    async fn what_was_agreed_is_recorded_whole(db: Db) {
        let web = WebFixture::new(db).await;
        web.subscribe(ANNA).await;
        let link = web.confirm_link(ANNA).await;
        let page = press(&web, &link, &[("action", "confirm")]).await;
        assert!(page.contains("Welcome to The Week") && page.contains("week@news.example"), "{page}");
        let id = web.ground.find(ANNA).await.unwrap().id;
        let history = consents::of_subscription(&mut web.ground.db().read().await.unwrap(), id).await.unwrap();
        let told: Vec<_> = history.iter().map(|one| (one.kind, one.wording.as_str(), one.client.as_deref())).collect();
        assert_eq!(told, [(Kind::Asked, "signup 2 (en)", Some("192.0.2.0/24")), (Kind::Confirmed, "confirm 2 (en)", Some("192.0.2.0/24"))]);
        assert!(history.iter().all(|one| one.at == web.ground.now && !one.source.is_empty()));
    }

    async fn fifty_presses_are_one(db: Db) {
        let web = Arc::new(WebFixture::new(db).await);
        web.ground.request(ANNA).await.unwrap();
        let link = web.confirm_link(ANNA).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (web, link) = (Arc::clone(&web), link.clone());
            tasks.spawn(async move { web.send(post(&link).form(&[("action", "confirm")])).await.status });
        }
        assert!(tasks.join_all().await.iter().all(|status| *status == StatusCode::OK));
        assert_eq!(web.ground.history(ANNA).await, [Kind::Asked, Kind::Confirmed]);
    }

    async fn an_address_with_a_wish_in_it_changes_nothing(db: Db) {
        let web = WebFixture::new(db).await;
        web.ground.request(ANNA).await.unwrap();
        let link = web.confirm_link(ANNA).await;
        for wish in ["confirm=true", "action=confirm", "action=again"] {
            assert_eq!(web.get(&format!("{link}?{wish}")).await.status, StatusCode::OK);
        }
        assert_eq!((web.ground.state(ANNA).await, web.ground.mails("confirmation").await), (Some(Pending), 1));
    }

    async fn a_link_that_is_too_old_says_so_and_offers_another(db: Db) {
        let mut web = WebFixture::new(db).await;
        web.ground.request(ANNA).await.unwrap();
        let link = web.confirm_link(ANNA).await;
        web.later(7 * 24 + 1);
        let page = web.get(&link).await;
        assert!(page.text().contains("more than 7 days") && page.text().contains("Email me a new link"), "{}", page.text());
        for _ in 0..5 {
            press(&web, &link, &[("action", "again")]).await;
        }
        assert_eq!(web.ground.mails("confirmation").await, 4, "three more in a day, and no fifth: the quota holds");
    }

    async fn a_link_confirms_its_own_newsletter_alone(db: Db) {
        let limits = Limits { confirmations_per_day: 9, confirmations_per_month: 9, ..Limits::default() };
        let web = WebFixture::with(db, limits, &["month"]).await;
        for slug in ["week", "month"] {
            let fields = [("email", ANNA), ("stamp", &web.stamp())];
            web.send(post(&format!("/{slug}/subscribe")).form(&fields)).await;
        }
        let link = web.confirm_link(ANNA).await;
        press(&web, &link, &[("action", "confirm"), ("newsletter", "month")]).await;
        let person = web.ground.find(ANNA).await.unwrap().subscriber_id;
        let all = subscriptions::of_person(&mut web.ground.db().read().await.unwrap(), person).await.unwrap();
        for one in all {
            let expected = if one.newsletter_id == web.ground.list.id { Active } else { Pending };
            assert_eq!(one.state, expected);
        }
    }

    async fn who_is_suppressed_or_erased_is_not_brought_back(db: Db) {
        let web = WebFixture::new(db).await;
        web.ground.request(ANNA).await.unwrap();
        let link = web.confirm_link(ANNA).await;
        let (email, act) = (ANNA.parse().unwrap(), web.ground.act(None));
        signup::suppress(web.ground.db(), web.ground.keys(), &email, SuppressionReason::Complaint, "", &act).await.unwrap();
        assert!(press(&web, &link, &[("action", "confirm")]).await.contains("no longer works"));
        assert_eq!(web.ground.state(ANNA).await, Some(Pending));
        let id = web.ground.find(ANNA).await.unwrap().id;
        web.ground.db().write(async |tx| subscriptions::erase(tx, id).await).await.unwrap();
        assert!(press(&web, &link, &[("action", "confirm")]).await.contains("not subscribed"));
        assert!(web.ground.find(ANNA).await.is_none());
    }

    async fn a_link_that_opens_nothing_echoes_nothing_and_leads_further(db: Db) {
        let web = WebFixture::new(db).await;
        for junk in ["abc", "%3Cscript%3E", "anna@example.org"] {
            let answer = web.get(&format!("/c/{junk}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            let page = answer.text();
            assert!(!page.contains("abc") && !page.contains("script") && !page.contains("anna"), "{page}");
            assert!(page.contains("action=\"/week/subscribe\"") && page.contains("href=\"/week/link\""), "{page}");
        }
    }

    async fn pages_behind_tokens_leave_no_trace(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        let preferences = web.preferences_link(id).await;
        press(&web, &preferences, &[("action", "move"), ("email", "new@example.org")]).await;
        let number = request(&web, ANNA).await;
        press(&web, &preferences, &[("action", "data")]).await;
        let data = request(&web, ANNA).await;
        let left = press(&web, &web.leave_link(id).await, &[("action", "leave")]).await;
        let links = [
            web.confirm_link(ANNA).await,
            web.leave_link(id).await,
            preferences,
            action(&left, "/g/"),
            format!("/a/{}", web.token(Purpose::Address, number).await),
            format!("/s/{}", web.token(Purpose::Stop, number).await),
            format!("/d/{}", web.token(Purpose::Data, data).await),
        ];
        for link in links {
            let answer = web.get(&link).await;
            assert_eq!(answer.status, StatusCode::OK, "{link}");
            assert_eq!((answer.header("referrer-policy"), answer.header("cache-control")), ("no-referrer", "no-store"));
            assert!(answer.text().contains("content=\"noindex\"") && answer.text().len() < 15_000, "{link}");
        }
    }

    async fn leaving_can_be_taken_back_for_a_day(db: Db) {
        let mut web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        let link = web.leave_link(id).await;
        let page = press(&web, &link, &[("action", "leave")]).await;
        assert!(page.contains("You’ve been unsubscribed") && page.contains("Undo"), "{page}");
        let gone = action(&page, "/g/");
        // The link in the mail alone takes nothing back: the mail may be forwarded.
        let again = press(&web, &link, &[("action", "leave")]).await;
        assert!(!again.contains("Undo"), "{again}");
        let before = web.ground.fingerprint().await;
        assert!(web.get(&gone).await.text().contains("Undo"));
        assert_eq!(web.ground.fingerprint().await, before, "looking changes nothing");
        assert!(press(&web, &gone, &[("action", "back")]).await.contains("You’re subscribed again"));
        assert!(press(&web, &gone, &[("action", "back")]).await.contains("You’re subscribed again"));
        assert_eq!(web.ground.state(ANNA).await, Some(Active));
        assert_eq!(web.ground.history(ANNA).await, [Kind::Asked, Kind::Confirmed, Kind::Withdrawn, Kind::Returned]);
        // A day later it is final.
        let gone = action(&press(&web, &link, &[("action", "leave")]).await, "/g/");
        web.later(25);
        let late = press(&web, &gone, &[("action", "back")]).await;
        assert!(late.contains("You’ve been unsubscribed") && !late.contains("Undo"));
        assert_eq!(web.ground.state(ANNA).await, Some(Unsubscribed));
    }

    async fn a_reason_is_noted_once_and_may_be_left_out(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        let gone = action(&press(&web, &web.leave_link(id).await, &[("action", "leave")]).await, "/g/");
        press(&web, &gone, &[("action", "why"), ("why", "<script>")]).await;
        for reason in ["too_long", "other"] {
            let thanks = press(&web, &gone, &[("action", "why"), ("why", reason)]).await;
            assert!(thanks.contains("Thank you") && thanks.contains("Undo"));
        }
        let logged = personal::events(&mut web.ground.db().read().await.unwrap(), id).await.unwrap();
        let reasons: Vec<_> = logged.iter().filter(|one| one.kind == "subscription.reason").map(|one| one.data.as_str()).collect();
        assert_eq!(reasons, [r#"{"reason":"too_long"}"#]);
    }

    async fn links_of_a_retired_key_work_for_ever(db: Db) {
        let mut web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        let old = web.leave_link(id).await;
        web.later(5 * 365 * 24);
        let both = Keyring::parse(&format!("2:{}\n1:{}", "6d".repeat(32), "5c".repeat(32))).unwrap();
        let mark = marks::of_subscription(&mut web.ground.db().read().await.unwrap(), id).await.unwrap().unwrap().mark;
        assert_ne!(both.seal_row(Purpose::Unsubscribe, id.0.cast_unsigned(), mark), old[3..], "a new key signs");
        let opened = both.open_row(Purpose::Unsubscribe, &old[3..]).unwrap();
        assert!(opened.number() == id.0.cast_unsigned() && both.proves(&opened, mark), "and the old one opens");
        assert!(press(&web, &old, &[("action", "leave")]).await.contains("You’ve been unsubscribed"));
    }

    async fn who_erased_everything_can_still_press_the_old_button(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        let link = web.leave_link(id).await;
        web.ground.db().write(async |tx| subscriptions::erase(tx, id).await).await.unwrap();
        let answer = web.send(post(&link).form(&[("List-Unsubscribe", "One-Click")])).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, "Unsubscribed.\n"));
        assert!(press(&web, &link, &[("action", "leave")]).await.contains("not subscribed"));
    }

    async fn a_token_opens_nothing_but_its_own_page(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        let token = web.token(Purpose::Unsubscribe, id.0).await;
        for page in ["c", "p", "g", "a", "s", "d"] {
            for request in [get(&format!("/{page}/{token}")), post(&format!("/{page}/{token}")).form(&[("action", "download"), ("sure", "yes")])] {
                assert_eq!(web.send(request).await.status, StatusCode::NOT_FOUND, "{page}");
            }
        }
    }

    async fn an_address_in_the_query_is_nobody(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        web.ground.reader("otto@example.org").await;
        press(&web, &format!("{}?email=otto@example.org", web.leave_link(id).await), &[("action", "leave"), ("email", "otto@example.org")]).await;
        assert_eq!((web.ground.state(ANNA).await, web.ground.state("otto@example.org").await), (Some(Unsubscribed), Some(Active)));
    }

    async fn a_rest_lasts_until_the_day_that_was_chosen(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        for link in [web.leave_link(id).await, web.preferences_link(id).await] {
            for wrong in ["", "tomorrow", "2027-01-15", "2020-01-01", "2029-01-01", "9999-99-99"] {
                let answer = web.send(post(&link).form(&[("action", "pause-until"), ("until", wrong)])).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
                assert!(answer.text().contains("Enter a date between") && answer.text().contains("<title>Error: "));
            }
        }
        assert_eq!(web.ground.state(ANNA).await, Some(Active));
        let page = press(&web, &web.leave_link(id).await, &[("action", "pause-until"), ("until", "2027-03-01")]).await;
        assert!(page.contains("Paused until 1 March 2027"), "{page}");
        assert_eq!(web.ground.state(ANNA).await, Some(Paused));
    }

    async fn the_page_shows_nothing_to_who_holds_a_forwarded_mail(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        press(&web, &web.preferences_link(id).await, &[("action", "rename"), ("name", "Anna Berg")]).await;
        let page = web.get(&web.preferences_link(id).await).await;
        assert!(page.text().contains("a***@example.org") && page.text().contains("“A”"));
        assert!(!page.text().contains("Berg") && !page.text().contains(ANNA), "{}", page.text());
    }

    async fn only_what_has_a_field_can_be_changed(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        let before = format!("{:?}", web.ground.find(ANNA).await);
        for (action, mine) in [("choose", ("format", "plain")), ("rename", ("name", "Anna")), ("pause-4-weeks", ("", "")), ("", ("", ""))] {
            for more in ["status", "email", "confirmed_at", "subscriber_id", "__proto__"] {
                let fields = [("action", action), mine, (more, "1")];
                let fields: Vec<_> = fields.into_iter().filter(|(name, _)| !name.is_empty()).collect();
                for request in [post(&web.preferences_link(id).await).form(&fields), post(&web.preferences_link(id).await).multipart(&fields)] {
                    let refused = web.send(request).await;
                    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{action} {more}");
                }
            }
        }
        let many: Vec<_> = (0..33).map(|_| ("action", "pause-4-weeks")).collect();
        assert_eq!(web.send(post(&web.preferences_link(id).await).form(&many)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        press(&web, &web.preferences_link(id).await, &[("action", "choose"), ("format", "binary")]).await;
        assert_eq!(format!("{:?}", web.ground.find(ANNA).await), before);
        let saved = press(&web, &web.preferences_link(id).await, &[("action", "choose"), ("format", "plain"), ("language", "uk")]).await;
        assert!(saved.contains("Налаштування збережено.") && saved.contains("lang=\"uk\""), "{saved}");
        let found = web.ground.find(ANNA).await.unwrap();
        assert_eq!((found.format, found.language.as_deref()), (Format::Plain, Some("uk")));
        press(&web, &web.preferences_link(id).await, &[("action", "choose"), ("format", "html"), ("language", "xx")]).await;
        assert_eq!(web.ground.find(ANNA).await.unwrap().language, None);
    }

    async fn another_newsletter_is_asked_for_and_confirmed_like_any(db: Db) {
        let limits = Limits { confirmations_per_day: 9, confirmations_per_month: 9, ..Limits::default() };
        let web = WebFixture::with(db, limits, &["month"]).await;
        let id = web.ground.reader(ANNA).await;
        let page = web.get(&web.preferences_link(id).await).await;
        assert!(page.text().contains("Subscribe to MONTH"), "{}", page.text());
        press(&web, &web.preferences_link(id).await, &[("action", "add"), ("newsletter", "month")]).await;
        let person = web.ground.find(ANNA).await.unwrap().subscriber_id;
        let mut tx = web.ground.db().read().await.unwrap();
        let all = subscriptions::of_person(&mut tx, person).await.unwrap();
        let new = all.iter().find(|one| one.id != id).unwrap();
        let history = consents::of_subscription(&mut tx, new.id).await.unwrap();
        drop(tx);
        assert_eq!((new.state, history.len(), history[0].kind), (Pending, 1, Kind::Asked));
        assert_eq!((history[0].source.as_str(), history[0].wording.as_str()), ("preferences", "signup 2 (en)"));
        assert_eq!(web.ground.mails("confirmation").await, 2);
    }

    async fn two_windows_write_one_after_the_other_and_both_are_logged(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        for format in ["plain", "html"] {
            press(&web, &web.preferences_link(id).await, &[("action", "choose"), ("format", format)]).await;
        }
        let logged = personal::events(&mut web.ground.db().read().await.unwrap(), id).await.unwrap();
        assert_eq!(logged.iter().filter(|one| one.kind == "subscription.chosen").count(), 2);
        assert_eq!(web.ground.find(ANNA).await.unwrap().format, Format::Html);
    }

    async fn without_the_token_no_site_can_write(db: Db) {
        let web = WebFixture::new(db).await;
        web.ground.reader(ANNA).await;
        let before = web.ground.fingerprint().await;
        for target in ["/p/1", "/u/1", "/d/1"] {
            let ask = post(target).form(&[("action", "leave")]).header("origin", "https://evil.example");
            assert_eq!(web.send(ask).await.status, StatusCode::NOT_FOUND, "{target}");
        }
        assert_eq!(web.ground.fingerprint().await, before);
    }

    async fn an_address_changes_when_the_new_one_confirms(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        let preferences = web.preferences_link(id).await;
        let wrong = web.send(post(&preferences).form(&[("action", "move"), ("email", "new@")])).await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text().contains("value=\"new@\""));
        assert!(press(&web, &preferences, &[("action", "move"), ("email", "new@example.org")]).await.contains("If we can email the new address"));
        assert_eq!((web.ground.mails("request").await, web.ground.mails("notice").await), (1, 1), "the new one is asked, the old one told");
        assert_eq!(web.ground.state(ANNA).await, Some(Active), "nothing has changed yet");
        let number = request(&web, ANNA).await;
        let (link, stop) = (format!("/a/{}", web.token(Purpose::Address, number).await), format!("/s/{}", web.token(Purpose::Stop, number).await));
        let shown = web.get(&link).await;
        assert!(!shown.text().contains("anna") && web.ground.state(ANNA).await == Some(Active));
        for _ in 0..2 {
            assert!(press(&web, &link, &[("action", "move")]).await.contains("Your address has been changed"));
        }
        assert!(web.ground.find(ANNA).await.is_none());
        assert_eq!(web.ground.find("new@example.org").await.unwrap().id, id);
        assert_eq!(web.ground.history("new@example.org").await, [Kind::Asked, Kind::Confirmed, Kind::Moved]);
        // The old address was told, and takes it back.
        assert!(press(&web, &stop, &[("action", "stop")]).await.contains("Your address stays the same"));
        assert_eq!(web.ground.find(ANNA).await.unwrap().id, id);
    }

    async fn a_change_that_was_stopped_or_is_old_does_nothing(db: Db) {
        let mut web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        press(&web, &web.preferences_link(id).await, &[("action", "move"), ("email", "new@example.org")]).await;
        let number = request(&web, ANNA).await;
        press(&web, &format!("/s/{}", web.token(Purpose::Stop, number).await), &[("action", "stop")]).await;
        let link = format!("/a/{}", web.token(Purpose::Address, number).await);
        assert!(press(&web, &link, &[("action", "move")]).await.contains("no longer works"));
        web.later(25);
        press(&web, &web.preferences_link(id).await, &[("action", "move"), ("email", "other@example.org")]).await;
        let late = format!("/a/{}", web.token(Purpose::Address, request(&web, ANNA).await).await);
        web.later(7 * 24 + 1);
        assert!(press(&web, &late, &[("action", "move")]).await.contains("no longer works"));
        assert_eq!(web.ground.find(ANNA).await.unwrap().id, id);
    }

    async fn an_address_that_reads_already_is_joined(db: Db) {
        let web = WebFixture::with(db, Limits::default(), &["month"]).await;
        let id = web.ground.reader(ANNA).await;
        let known = web.ground.reader("new@example.org").await;
        web.subscribe("new@example.org").await;
        press(&web, &web.preferences_link(id).await, &[("action", "move"), ("email", "new@example.org")]).await;
        assert_eq!(web.ground.mails("request").await, 0, "the mailbox has had its mail of today, and the answer is the same");
        let mut web = web;
        web.later(25);
        press(&web, &web.preferences_link(id).await, &[("action", "move"), ("email", "new@example.org")]).await;
        let link = format!("/a/{}", web.token(Purpose::Address, request(&web, ANNA).await).await);
        press(&web, &link, &[("action", "move")]).await;
        assert_eq!(web.ground.state(ANNA).await, Some(Unsubscribed));
        let found = web.ground.find("new@example.org").await.unwrap();
        assert_eq!((found.id, found.state), (known, Active), "one email of each issue, not two");
    }

    async fn data_are_shown_and_erased_behind_a_fresh_mail_alone(db: Db) {
        let mut web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        assert!(press(&web, &web.preferences_link(id).await, &[("action", "data")]).await.contains("Check your email for the link"));
        assert_eq!(web.ground.mails("notice").await, 1);
        let link = format!("/d/{}", web.token(Purpose::Data, request(&web, ANNA).await).await);
        let copy = web.send(post(&link).form(&[("action", "download")])).await;
        assert!(copy.header("content-disposition").starts_with("attachment"));
        let copy = copy.json();
        assert_eq!((copy["email"].as_str(), copy["subscriptions"][0]["newsletter"].as_str()), (Some(ANNA), Some("week")));
        assert_eq!(copy["subscriptions"][0]["consents"].as_array().unwrap().len(), 2);
        let unsure = web.send(post(&link).form(&[("action", "erase")])).await;
        assert!(unsure.status == StatusCode::UNPROCESSABLE_ENTITY && web.ground.find(ANNA).await.is_some());
        let done = press(&web, &link, &[("action", "erase"), ("sure", "yes")]).await;
        assert!(done.contains("Your data has been erased"));
        assert!(web.ground.find(ANNA).await.is_none());
        assert!(press(&web, &link, &[("action", "download")]).await.contains("no longer works"));
        // They come back by their own word, and only so.
        web.later(25);
        web.ground.request(ANNA).await.unwrap();
        let link = web.confirm_link(ANNA).await;
        assert!(press(&web, &link, &[("action", "confirm")]).await.contains("Welcome"));
        assert_eq!(web.ground.find(ANNA).await.unwrap().suppressed, None);
        let id = web.ground.find(ANNA).await.unwrap().id;
        press(&web, &web.preferences_link(id).await, &[("action", "data")]).await;
        let late = format!("/d/{}", web.token(Purpose::Data, request(&web, ANNA).await).await);
        web.later(2);
        assert!(press(&web, &late, &[("action", "erase"), ("sure", "yes")]).await.contains("no longer works"));
        assert_eq!(web.ground.state(ANNA).await, Some(Active));
    }

    async fn send_me_my_link_tells_a_stranger_nothing(db: Db) {
        let web = WebFixture::new(db).await;
        web.ground.reader(ANNA).await;
        web.ground.request("pending@example.org").await.unwrap();
        assert_eq!(web.get("/week/link").await.status, StatusCode::OK);
        let mut answers = std::collections::BTreeSet::new();
        for email in [ANNA, "pending@example.org", "nobody@example.org"] {
            for _ in 0..5 {
                answers.insert(press(&web, "/week/link", &[("email", email)]).await);
            }
        }
        assert_eq!(answers.len(), 1);
        assert_eq!(web.ground.mails("notice").await, 4, "three a day to a reader, one to who never confirmed");
        let wrong = web.send(post("/week/link").form(&[("email", "x")])).await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text().contains("value=\"x\""));
    }

    async fn a_reader_is_met_in_their_own_language(db: Db) {
        let web = WebFixture::new(db).await;
        let id = web.ground.reader(ANNA).await;
        for (tag, words) in [("de", "Sie erhalten jede Ausgabe."), ("ar", "تصلك جميع الأعداد."), ("ja", "すべての号をお届けしています。")] {
            press(&web, &web.preferences_link(id).await, &[("action", "choose"), ("format", "html"), ("language", tag)]).await;
            let page = web.get(&web.preferences_link(id).await).await;
            let direction = if tag == "ar" { "rtl" } else { "ltr" };
            assert!(page.text().contains(words) && page.text().contains(&format!("lang=\"{tag}\" dir=\"{direction}\"")), "{}", page.text());
        }
    }
}
