//! What is looked at in an address's domain, where the installation asks for it.

use std::net::{Ipv4Addr, UdpSocket};

use coranto::signup::{Ask, DomainPolicy, MxLookup, RequestError, RequestOutcome, Signup};
use coranto::store::Db;
use hickory_resolver::proto::rr::rdata::{A, MX};
use hickory_resolver::proto::rr::{Name, RData};

use super::SignupFixture;
use crate::harness::database::both_databases;
use crate::harness::names::name_server;

impl SignupFixture {
    fn looking(mut self, checks: DomainPolicy) -> Self {
        let Signup { db, keys, limits, .. } = self.signup;
        self.signup = Signup::new(db, (*keys).clone(), limits, checks);
        self
    }

    async fn ask_for(&self, email: &str) -> Result<RequestOutcome, RequestError> {
        let ask = Ask { skip_challenge: true, ..Ask::new(email.parse().unwrap()) };
        self.ask(&ask, "192.0.2.1").await
    }
}

fn mx(domain: &str, exchange: &str) -> (String, RData) {
    (domain.to_owned(), RData::MX(MX::new(10, Name::from_ascii(exchange).unwrap())))
}

both_databases! {
    async fn a_domain_without_a_mail_server_is_told_at_once(db: Db) {
        let server = name_server(vec![
            mx("good.example.", "mx.good.example."),
            mx("none.example.", "."),
            ("bare.example.".to_owned(), RData::A(A(Ipv4Addr::new(192, 0, 2, 9)))),
        ]);
        let ground = SignupFixture::new(db).await.looking(DomainPolicy::none().with_servers(MxLookup::new(Some(server)).unwrap()));
        for taken in ["a@good.example", "a@bare.example"] {
            assert!(matches!(ground.ask_for(taken).await, Ok(RequestOutcome::Taken)), "{taken}");
        }
        for refused in ["a@none.example", "a@nowhere.example", "b@nowhere.example"] {
            assert!(matches!(ground.ask_for(refused).await, Err(RequestError::NoMailServer)), "{refused}");
            assert!(ground.find(refused).await.is_none());
        }
    }

    async fn a_name_server_that_does_not_answer_refuses_nobody(db: Db) {
        // It takes questions and says nothing.
        let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
        let servers = MxLookup::new(Some(silent.local_addr().unwrap())).unwrap();
        let ground = SignupFixture::new(db).await.looking(DomainPolicy::none().with_servers(servers));
        assert!(matches!(ground.ask_for("a@good.example").await, Ok(RequestOutcome::Taken)));
    }

    async fn throw_away_mailboxes_are_refused_where_the_list_says_so(db: Db) {
        let ground = SignupFixture::new(db).await.looking(DomainPolicy::none().without_disposable("trash.example\n"));
        for refused in ["a@trash.example", "a@more.trash.example"] {
            assert!(matches!(ground.ask_for(refused).await, Err(RequestError::Disposable)), "{refused}");
        }
        assert!(matches!(ground.ask_for("a@example.org").await, Ok(RequestOutcome::Taken)));
    }
}
