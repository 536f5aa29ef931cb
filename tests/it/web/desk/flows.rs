//! Ways through the desk: from a link to a session, in and out, a new password, people who come and go.

use axum::http::StatusCode;
use coranto::domain::account::MemberRole;
use coranto::store::Db;

use super::ground::{DeskFixture, Place, cookies};
use crate::accounts::PASSWORD;
use crate::harness::database::both_databases;
use crate::web::ground::WebFixture;

both_databases! {
    async fn where_nobody_has_an_account_the_desk_says_how_to_begin(db: Db) {
        let web = WebFixture::new(db).await;
        let page = web.get("/admin").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("coranto users add") && !page.text().contains("<form"), "{}", page.text());
    }

    async fn a_link_leads_to_a_password_and_in(db: Db) {
        let desk = DeskFixture::new(db).await;
        let link = desk.people.invite("new@example.org", Some(MemberRole::Editor), false).await;
        let path = format!("/{}", link.path);
        let page = desk.get(&path, "").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("new@example.org") && page.text().contains("The Week"), "{}", page.text());
        for (password, said) in [
            ("short", "at least 12 characters"),
            ("new@example.org", "harder to guess"),
        ] {
            let refused = desk.act(&path, "", &[("password", password)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
            assert!(refused.text().contains(said), "{}", refused.text());
        }
        let inside = desk.act(&path, "", &[("password", PASSWORD)]).await;
        assert_eq!((inside.status, inside.header("location")), (StatusCode::SEE_OTHER, "/admin"));
        for field in inside.headers.get_all("set-cookie") {
            let field = field.to_str().unwrap();
            assert!(field.starts_with("__Host-coranto"), "{field}");
            for part in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
                assert!(field.contains(part), "{field}");
            }
            assert!(!field.contains("Domain"), "{field}");
        }
        let cookie = cookies(&inside);
        assert_eq!(desk.get("/admin", &cookie).await.header("location"), "/admin/n/week");
        let home = desk.get("/admin/n/week", &cookie).await;
        assert!(home.text().contains("Nothing is queued") && !home.text().contains("/people"), "{}", home.text());
        let used = desk.act(&path, "", &[("password", PASSWORD)]).await;
        assert_eq!(used.status, StatusCode::GONE);
        assert_eq!(desk.get(&path, "").await.status, StatusCode::GONE);
        assert_eq!(desk.get("/admin/welcome/x", "").await.status, StatusCode::NOT_FOUND);
    }

    async fn in_and_out_by_password(db: Db) {
        let desk = DeskFixture::new(db).await;
        let asked = desk.get("/admin/n/week/people", "").await;
        assert_eq!(asked.header("location"), "/admin/enter?back=%2Fadmin%2Fn%2Fweek%2Fpeople");
        let form = desk.get(asked.header("location"), "").await;
        assert!(form.text().contains("name=\"back\" value=\"&#x2F;admin&#x2F;n&#x2F;week&#x2F;people\"")
            || form.text().contains("name=\"back\" value=\"/admin/n/week/people\""), "{}", form.text());
        let fields = |email: &'static str, password: &'static str| [("email", email), ("password", password), ("back", "/admin/you")];
        let mut pages = Vec::new();
        for email in ["owner@example.org", "nobody@example.org", "disabled@example.org"] {
            let refused = desk.act("/admin/enter", "", &fields(email, "no such password")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
            assert!(!refused.text().contains("no such password"), "a password is never shown");
            pages.push(refused.text().replace(email, "X"));
        }
        assert!(pages.iter().all(|page| *page == pages[0]), "the answers tell which address has an account");
        let disabled = desk.act("/admin/enter", "", &fields("disabled@example.org", PASSWORD)).await;
        assert_eq!(disabled.text().replace("disabled@example.org", "X"), pages[0]);
        let inside = desk.act("/admin/enter", "", &fields("owner@example.org", PASSWORD)).await;
        assert_eq!((inside.status, inside.header("location")), (StatusCode::SEE_OTHER, "/admin/you"));
        let cookie = cookies(&inside);
        assert!(desk.get("/admin/you", &cookie).await.text().contains("This browser"));
        let out = desk.act("/admin/leave", &cookie, &[]).await;
        assert_eq!(out.header("location"), "/admin/enter?done=left");
        assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
        assert_eq!(desk.get("/admin/you", &cookie).await.status, StatusCode::SEE_OTHER);
        let outside = [("email", "owner@example.org"), ("password", PASSWORD), ("back", "//evil.example/admin/")];
        assert_eq!(desk.act("/admin/enter", "", &outside).await.header("location"), "/admin");
    }

    async fn too_many_tries_are_told_to_wait(db: Db) {
        let desk = DeskFixture::new(db).await;
        for _ in 0..5 {
            desk.act("/admin/enter", "", &[("email", "owner@example.org"), ("password", "a guess of many")]).await;
        }
        let wait = desk.act("/admin/enter", "", &[("email", "owner@example.org"), ("password", PASSWORD)]).await;
        assert_eq!((wait.status, wait.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "1"));
        assert!(wait.text().contains("Try again in"), "{}", wait.text());
    }

    async fn a_new_password_ends_the_other_sessions_and_is_asked_for_the_old_one(db: Db) {
        let mut desk = DeskFixture::new(db).await;
        let fields = [("email", "editor@example.org"), ("password", PASSWORD)];
        let (first, second) = (desk.act("/admin/enter", "", &fields).await, desk.act("/admin/enter", "", &fields).await);
        let (first, second) = (cookies(&first), cookies(&second));
        desk.web.seconds(15 * 60);
        let new = ("password", "another password");
        let asked = desk.act("/admin/you/password", &first, &[new]).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN);
        let wrong = desk.act("/admin/you/password", &first, &[new, ("password_again", "wrong")]).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        assert!(wrong.text().contains("The password is wrong") && wrong.headers.get("set-cookie").is_none());
        let done = desk.act("/admin/you/password", &first, &[new, ("password_again", PASSWORD)]).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/admin/you?done=password"));
        for old in [&first, &second] {
            assert_eq!(desk.get("/admin/you", old).await.status, StatusCode::SEE_OTHER);
        }
        let now = cookies(&done);
        assert!(desk.get("/admin/you?done=password", &now).await.text().contains("Your password is changed"));
        let short = desk.act("/admin/you/password", &now, &[("password", "short")]).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn an_act_goes_on_once_somebody_has_shown_who_they_are(db: Db) {
        let mut desk = DeskFixture::new(db).await;
        let cookie = desk.cookie(Place::Has(MemberRole::Owner), 1).await;
        desk.web.seconds(15 * 60);
        let path = desk.address("/admin/n/{newsletter}/people/{id}/role");
        let asked = desk.act(&path, &cookie, &[("role", "editor")]).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN);
        let done = desk.act(&path, &cookie, &[("role", "editor"), ("password_again", PASSWORD)]).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/admin/n/week/people?done=role"));
        let now = cookies(&done);
        assert_eq!(desk.get("/admin/you", &cookie).await.status, StatusCode::SEE_OTHER, "the secret is another");
        let page = desk.get("/admin/n/week/people?done=role", &now).await;
        assert!(page.text().contains("The role is changed"), "{}", page.text());
    }

    async fn an_owner_invites_changes_and_removes(db: Db) {
        let desk = DeskFixture::new(db).await;
        let owner = desk.cookie(Place::Has(MemberRole::Owner), 1).await;
        let path = "/admin/n/week/people";
        let invited = desk.act(path, &owner, &[("email", "cy@example.org"), ("role", "writer")]).await;
        assert_eq!(invited.status, StatusCode::OK);
        assert!(invited.text().contains("https://news.example/admin/welcome/")
            || invited.text().contains("https:&#x2F;&#x2F;news.example&#x2F;admin&#x2F;welcome&#x2F;"), "{}", invited.text());
        assert!(!desk.get(path, &owner).await.text().contains("/admin/welcome/"), "it is shown once");
        let again = desk.act(path, &owner, &[("email", "CY@example.org"), ("role", "writer")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = desk.act(path, &owner, &[("email", "cy@"), ("role", "writer")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let known = desk.act(path, &owner, &[("email", "other@example.org"), ("role", "viewer")]).await;
        assert_eq!(known.header("location"), "/admin/n/week/people?done=role", "who has an account gets the role");

        let viewer = desk.address("/admin/n/{newsletter}/people/{id}/role");
        let gone = desk.act(&viewer, &owner, &[("role", "none")]).await;
        assert_eq!(gone.header("location"), "/admin/n/week/people?done=removed");
        let own = format!("{path}/{}/role", desk.account(Place::Has(MemberRole::Owner)).0);
        let last = desk.act(&own, &owner, &[("role", "editor")]).await;
        assert_eq!(last.status, StatusCode::CONFLICT);
        assert!(last.text().contains("the last owner"), "{}", last.text());
    }

    async fn a_link_for_somebody_is_no_way_to_become_more_than_one_is(db: Db) {
        let desk = DeskFixture::new(db).await;
        let owner = desk.cookie(Place::Has(MemberRole::Owner), 1).await;
        let path = "/admin/n/week/people";
        for email in ["other@example.org", "operator@example.org"] {
            desk.act(path, &owner, &[("email", email), ("role", "viewer")]).await;
        }
        for place in [Place::OtherOwner, Place::Operator] {
            let refused = desk.act(&format!("{path}/{}/link", desk.account(place).0), &owner, &[]).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{place:?}");
        }
        let made = desk.act(&desk.address("/admin/n/{newsletter}/people/{id}/link"), &owner, &[]).await;
        assert_eq!(made.status, StatusCode::OK);
    }
}
