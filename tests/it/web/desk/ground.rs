//! A site with two newsletters, and somebody in every place that a person can have. Knows no scenario.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use coranto::accounts;
use coranto::domain::AccountId;
use coranto::domain::account::{MemberRole, SignInMethod};
use coranto::signup::Limits;
use coranto::store::sessions::NewSession;
use coranto::store::{Db, members, newsletters, sessions};

use crate::accounts::AccountsFixture;
use crate::harness::http::{Request, Response, get, post};
use crate::web::ground::WebFixture;

/// Where somebody stands, seen from the newsletter `week`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Anonymous,
    /// Has a cookie that opens nothing.
    Forged,
    Disabled,
    OtherOwner,
    Operator,
    Has(MemberRole),
}

impl Place {
    pub(crate) const ALL: [Self; 9] = [
        Self::Anonymous,
        Self::Forged,
        Self::Disabled,
        Self::OtherOwner,
        Self::Operator,
        Self::Has(MemberRole::Viewer),
        Self::Has(MemberRole::Writer),
        Self::Has(MemberRole::Editor),
        Self::Has(MemberRole::Owner),
    ];
}

pub(crate) struct DeskFixture {
    pub(crate) web: WebFixture,
    pub(crate) people: AccountsFixture,
    accounts: Vec<(Place, AccountId)>,
}

impl DeskFixture {
    pub(crate) async fn new(db: Db) -> Self {
        let web = WebFixture::with(db.clone(), Limits::default(), &["month"]).await;
        let people = AccountsFixture::with_keys(db.clone(), web.ground.keys().clone()).await;
        let mut made = Vec::new();
        for place in Place::ALL {
            let (name, role, operator) = match place {
                Place::Anonymous | Place::Forged => continue,
                Place::Disabled => ("disabled".to_owned(), Some(MemberRole::Owner), false),
                Place::OtherOwner => ("other".to_owned(), None, false),
                Place::Operator => ("operator".to_owned(), None, true),
                Place::Has(role) => (role.to_string(), Some(role), false),
            };
            let (id, _) = people.member(&format!("{name}@example.org"), role, operator).await;
            made.push((place, id));
        }
        let of = |place| made.iter().find(|(known, _)| *known == place).unwrap().1;
        let (other, disabled) = (of(Place::OtherOwner), of(Place::Disabled));
        db.write(async |tx| {
            let month = newsletters::ensure(tx, "month", people.now).await?;
            members::add(tx, other, month, MemberRole::Owner, people.now).await
        })
        .await
        .unwrap();
        accounts::disable(&db, disabled, people.by()).await.unwrap();
        Self { web, people, accounts: made }
    }

    pub(crate) fn account(&self, place: Place) -> AccountId {
        self.accounts.iter().find(|(known, _)| *known == place).unwrap().1
    }

    /// A session that begins now, as the cookie that shows it; empty for who has none.
    pub(crate) async fn cookie(&self, place: Place, number: u32) -> String {
        let secret = format!("{number:064x}");
        if place == Place::Anonymous {
            return String::new();
        }
        if place != Place::Forged {
            let hash: [u8; 32] = digest(&SHA256, secret.as_bytes()).as_ref().try_into().unwrap();
            let (account, method) = (self.account(place), SignInMethod::Password);
            let new = NewSession { account, hash: &hash, method, network: "", agent: "" };
            let now = self.web.clock.now();
            self.people.db.write(async |tx| sessions::add(tx, &new, now).await).await.unwrap();
        }
        format!("__Host-coranto={secret}")
    }

    pub(crate) async fn send(&self, request: Request, cookie: &str) -> Response {
        let request = if cookie.is_empty() { request } else { request.header("cookie", cookie) };
        self.web.send(request).await
    }

    pub(crate) async fn get(&self, target: &str, cookie: &str) -> Response {
        self.send(get(target), cookie).await
    }

    /// As a page of the desk sends it.
    pub(crate) async fn act(&self, target: &str, cookie: &str, fields: &[(&str, &str)]) -> Response {
        self.send(post(target).header("sec-fetch-site", "same-origin").form(fields), cookie).await
    }

    /// Everything about accounts that a request could change.
    pub(crate) async fn state(&self) -> Vec<String> {
        const READS: [&str; 7] = [
            "SELECT CAST(id AS TEXT) || state || CAST(operator AS TEXT) FROM accounts ORDER BY id",
            "SELECT CAST(account_id AS TEXT) || ' ' || CAST(newsletter_id AS TEXT) || role FROM members ORDER BY account_id, newsletter_id",
            "SELECT CAST(account_id AS TEXT) || secret || CAST(changed_at AS TEXT) FROM methods ORDER BY account_id",
            "SELECT CAST(id AS TEXT) || ' ' || CAST(strong_at AS TEXT) || ' ' || CAST(seen_at AS TEXT) FROM sessions ORDER BY id",
            "SELECT CAST(id AS TEXT) || ' ' || CAST(COALESCE(closed_at, 0) AS TEXT) FROM entries ORDER BY id",
            "SELECT CAST(COUNT(*) AS TEXT) FROM sign_in_tries",
            "SELECT CAST(COUNT(*) AS TEXT) FROM events",
        ];
        let mut found = Vec::new();
        for sql in READS {
            let mut tx = self.people.db.read().await.unwrap();
            let rows: Vec<(String,)> = tx.sql(sql).fetch_all().await.unwrap();
            found.extend(rows.into_iter().map(|(row,)| row));
        }
        found
    }

    pub(crate) fn table(&self) -> Vec<coranto::web::DeskRoute> {
        coranto::web::desk_routes(Arc::clone(&self.web.site))
    }

    /// An address of a route, about somebody who is there.
    pub(crate) fn address(&self, path: &str) -> String {
        let viewer = self.account(Place::Has(MemberRole::Viewer)).0.to_string();
        let path = path.replace("sessions/{id}", "sessions/999999");
        path.replace("{newsletter}", "week").replace("{id}", &viewer).replace("{token}", "x")
    }
}

/// The cookies that an answer sets, as a browser sends them back.
pub(crate) fn cookies(answer: &Response) -> String {
    let fields = answer.headers.get_all("set-cookie").iter().map(|field| field.to_str().unwrap());
    fields.map(|field| field.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}
