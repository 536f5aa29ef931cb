//! Opening a session with servers that greet in every way but the right one.

use std::time::Duration;

use coranto::secret::Secret;
use coranto::smtp::{Capabilities, Connector, ConnectorError, Endpoint, Fault, OpenCause, OpenError, Session, TlsMode};

use super::scripted::{Close, Drip, Hear, Pause, Step, after_hello, against, hello, say};
use super::{AMPLE, SHORT, connector, deadlines, endpoint};

async fn open(steps: Vec<Step>) -> (Result<Capabilities, OpenError>, Vec<String>) {
    open_with(steps, SHORT, |_| {}).await
}

async fn open_with(
    steps: Vec<Step>,
    patience: Duration,
    change: impl FnOnce(&mut Endpoint),
) -> (Result<Capabilities, OpenError>, Vec<String>) {
    against(steps, async |connector| {
        let mut endpoint = connector.endpoint().clone();
        change(&mut endpoint);
        let session = Session::open(&Connector::new(endpoint).unwrap(), &deadlines(patience)).await;
        session.map(|session| session.capabilities().clone())
    })
    .await
}

fn with_login(endpoint: &mut Endpoint) {
    endpoint.username = Some("anna".to_owned());
    endpoint.password = Some(Secret::new("open sesame"));
}

async fn cause(steps: Vec<Step>) -> OpenCause {
    open(steps).await.0.unwrap_err().cause
}

#[tokio::test]
async fn an_ordinary_server_tells_what_it_offers() {
    let (session, heard) = open(hello(&["PIPELINING", "SIZE 1000", "DSN", "LIMITS MAILMAX=7", "AUTH PLAIN"])).await;
    let offered = session.unwrap();
    assert!(offered.pipelining && offered.dsn && !offered.smtputf8 && !offered.starttls);
    assert_eq!((offered.size_bytes_max, offered.limits.mails_max), (Some(1000), Some(7)));
    assert_eq!(heard, ["EHLO client.example.org"]);
}

#[tokio::test]
async fn a_server_without_ehlo_is_greeted_with_helo() {
    for code in ["500 5.5.2 what?", "502 not implemented", "504 no"] {
        let steps = vec![
            say("220 old.example.org\r\n"),
            Hear("EHLO"),
            say(&format!("{code}\r\n")),
            Hear("HELO client.example.org"),
            say("250 old.example.org\r\n"),
        ];
        assert_eq!(open(steps).await.0.unwrap(), Capabilities::default());
    }
}

#[tokio::test]
async fn refusals_carry_the_servers_words() {
    let turned_away = open(vec![say("554-5.7.1 No\r\n554 5.7.1 thanks\r\n")]).await.0.unwrap_err();
    assert!(matches!(turned_away.cause, OpenCause::GreetingRefused(_)));
    assert_eq!(turned_away.reply().unwrap().to_string(), "554 5.7.1 No thanks");
    assert!(turned_away.to_string().ends_with(": it turned us away: 554 5.7.1 No thanks"), "{turned_away}");

    let steps = vec![say("220 x\r\n"), Hear("EHLO"), say("550 5.7.1 Bad name\r\n")];
    assert!(matches!(cause(steps).await, OpenCause::HelloRefused(reply) if reply.code == 550));
    let steps = vec![say("220 x\r\n"), Hear("EHLO"), say("500 ?\r\n"), Hear("HELO"), say("500 ?\r\n")];
    assert!(matches!(cause(steps).await, OpenCause::HelloRefused(reply) if reply.code == 500));
}

#[tokio::test]
async fn what_is_no_smtp_server_is_named() {
    let error = open(vec![say("HTTP/1.1 400 Bad Request\r\n\r\n")]).await.0.unwrap_err();
    assert!(matches!(error.cause, OpenCause::Lost { step: "the greeting", fault: Fault::Garbage(_) }), "{error:?}");
    assert!(error.to_string().contains("it does not speak SMTP; it said \"HTTP/1.1 400 Bad Request."), "{error}");
    assert!(error.hint().starts_with("is this an SMTP server"));

    for garbage in ["220 a\n", "220 a\0b\r\n", "\r\n", "220-a\r\n221 b\r\n", "354 go\r\n"] {
        let error = cause(vec![say(garbage)]).await;
        assert!(
            matches!(error, OpenCause::Lost { fault: Fault::Garbage(_) | Fault::Unexpected(_), .. }),
            "{garbage:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn endless_replies_are_cut_off() {
    let endless_line = "220 ".to_owned() + &"x".repeat(100_000);
    let endless_lines = "220-and on\r\n".repeat(10_000);
    for greeting in [endless_line, endless_lines] {
        let error = cause(vec![say(&greeting)]).await;
        assert!(matches!(error, OpenCause::Lost { fault: Fault::Garbage(_), .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_drip_does_not_stretch_the_deadline() {
    // A deadline for each read would let the greeting come in, and end later or not at all.
    let drip = Drip([&b"220 ".repeat(40)[..], b"\r\n"].concat(), Duration::from_millis(50));
    let error = cause(vec![drip]).await;
    assert!(matches!(error, OpenCause::Lost { step: "the greeting", fault: Fault::TimedOut(_) }), "{error:?}");
}

#[tokio::test]
async fn a_server_that_leaves_is_noticed_at_every_step() {
    let whole = after_hello(&["AUTH LOGIN"], [Hear("AUTH LOGIN"), say("334 VXNlcm5hbWU6\r\n"), Hear("YW5uYQ==")]);
    for steps in 0..=whole.len() {
        let mut script = whole[..steps].to_vec();
        script.push(Close);
        let (session, _) = open_with(script, AMPLE, with_login).await;
        let error = session.unwrap_err();
        // Where a command is on its way, the end may show as a reset.
        assert!(
            matches!(error.cause, OpenCause::Lost { fault: Fault::Closed | Fault::Io(_), .. }),
            "after {steps} steps: {error:?}"
        );
    }
}

#[tokio::test]
async fn bytes_that_nobody_asked_for_end_it() {
    let steps = vec![say("220 x\r\n250 x\r\n")];
    assert!(matches!(cause(steps).await, OpenCause::Lost { step: "EHLO", fault: Fault::Unsolicited }));
}

#[tokio::test]
async fn logins_are_made_with_the_best_mechanism_offered() {
    // "\0anna\0open sesame"
    let plain = "AUTH PLAIN AGFubmEAb3BlbiBzZXNhbWU=";
    let steps = after_hello(&["AUTH LOGIN PLAIN"], [Hear(plain), say("235 2.7.0 Welcome\r\n")]);
    open_with(steps, SHORT, with_login).await.0.unwrap();

    // LOGIN's prompts have no standard; their order has.
    for (first, second) in
        [("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"), ("334 d2hvPw==", "334 "), ("334", "334 not base64!")]
    {
        let steps = after_hello(
            &["AUTH=LOGIN"],
            [
                Hear("AUTH LOGIN"),
                say(&format!("{first}\r\n")),
                Hear("YW5uYQ=="),
                say(&format!("{second}\r\n")),
                Hear("b3BlbiBzZXNhbWU="),
                say("235 ok\r\n"),
            ],
        );
        open_with(steps, SHORT, with_login).await.0.unwrap();
    }
}

#[tokio::test]
async fn a_refused_login_says_so_and_never_shows_the_password() {
    let steps = after_hello(&["AUTH PLAIN"], [Hear("AUTH PLAIN"), say("535 5.7.8 Wrong\r\n")]);
    let error = open_with(steps, SHORT, with_login).await.0.unwrap_err();
    assert!(error.hint().starts_with("check `username` and the password"));
    assert_eq!(error.reply().unwrap().to_string(), "535 5.7.8 Wrong");

    let mut endpoint = endpoint(1);
    with_login(&mut endpoint);
    let told = format!("{error} {error:?} {:?}", Connector::new(endpoint).unwrap());
    for secret in ["open sesame", "b3BlbiBzZXNhbWU", "AGFubmEA"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[tokio::test]
async fn xoauth2_is_acknowledged_when_it_fails() {
    let steps = after_hello(
        &["AUTH XOAUTH2"],
        [Hear("AUTH XOAUTH2 "), say("334 eyJzdGF0dXMiOiI0MDAifQ==\r\n"), Hear(""), say("535 5.7.8 Token expired\r\n")],
    );
    let (session, heard) = open_with(steps, SHORT, with_login).await;
    assert!(matches!(session.unwrap_err().cause, OpenCause::AuthRefused(reply) if reply.code == 535));
    assert_eq!(heard.last().map(String::as_str), Some(""));
}

#[tokio::test]
async fn challenges_without_end_are_ended() {
    let steps = after_hello(
        &["AUTH PLAIN"],
        [Hear("AUTH PLAIN"), say("334 bW9yZQ==\r\n"), Hear("*"), say("501 5.7.0 Cancelled\r\n")],
    );
    let error = open_with(steps, SHORT, with_login).await.0.unwrap_err();
    assert!(matches!(error.cause, OpenCause::AuthRefused(reply) if reply.code == 501));

    let steps = after_hello(&["AUTH PLAIN"], [Hear("AUTH PLAIN"), say("334 \r\n"), Hear("*"), say("334 \r\n")]);
    let error = open_with(steps, SHORT, with_login).await.0.unwrap_err();
    assert!(matches!(error.cause, OpenCause::Lost { step: "AUTH", fault: Fault::Unexpected(_) }), "{error:?}");
}

#[tokio::test]
async fn a_login_that_is_not_offered_is_not_tried() {
    for offers in [&["AUTH CRAM-MD5 GSSAPI"][..], &[]] {
        let (session, heard) = open_with(hello(offers), SHORT, with_login).await;
        assert!(matches!(session.unwrap_err().cause, OpenCause::NoAuth));
        assert_eq!(heard, ["EHLO client.example.org"]);
    }
}

#[tokio::test]
async fn starttls_that_was_stripped_is_missed() {
    let steps = hello(&["PIPELINING"]);
    let (session, heard) = open_with(steps, SHORT, |endpoint| endpoint.tls = TlsMode::StartTls).await;
    let error = session.unwrap_err();
    assert!(matches!(error.cause, OpenCause::NoStartTls(None)), "{error:?}");
    assert_eq!(heard, ["EHLO client.example.org"], "nothing more may be said in the clear");

    let steps = after_hello(&["STARTTLS"], [Hear("STARTTLS"), say("454 4.7.0 Not now\r\n")]);
    let (session, _) = open_with(steps, SHORT, |endpoint| endpoint.tls = TlsMode::StartTls).await;
    assert_eq!(session.unwrap_err().reply().unwrap().code, 454);
}

#[tokio::test]
async fn bytes_behind_the_answer_to_starttls_are_an_attack() {
    let injected = "220 2.0.0 Go ahead\r\n250-evil\r\n250 AUTH PLAIN\r\n";
    let steps = after_hello(&["STARTTLS"], [Hear("STARTTLS"), say(injected)]);
    let (session, heard) = open_with(steps, SHORT, |endpoint| {
        endpoint.tls = TlsMode::StartTls;
        with_login(endpoint);
    })
    .await;
    let error = session.unwrap_err();
    assert!(matches!(error.cause, OpenCause::Lost { step: "STARTTLS", fault: Fault::Unsolicited }), "{error:?}");
    assert_eq!(heard.last().map(String::as_str), Some("STARTTLS"));
}

#[tokio::test]
async fn bytes_that_follow_later_are_not_taken_for_tls() {
    let later =
        [Hear("STARTTLS"), say("220 2.0.0 Go ahead\r\n"), Pause(Duration::from_millis(50)), say("250 AUTH PLAIN\r\n")];
    let ((), heard) = against(after_hello(&["STARTTLS"], later), async |connector| {
        let endpoint = Endpoint { tls: TlsMode::StartTls, ..connector.endpoint().clone() };
        let error = Session::open(&Connector::new(endpoint).unwrap(), &deadlines(AMPLE)).await.unwrap_err();
        assert!(matches!(error.cause, OpenCause::Tls(_)), "{error:?}");
    })
    .await;
    assert_eq!(heard[..2], ["EHLO client.example.org", "STARTTLS"]);
}

#[tokio::test]
async fn nobody_listens_and_no_such_host() {
    let free = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let error = Session::open(&connector(port), &deadlines(AMPLE)).await.unwrap_err();
    assert!(matches!(error.cause, OpenCause::Connect(_)));
    assert!(error.hint().starts_with("nothing listens there"), "{error}");
    assert!(error.to_string().starts_with(&format!("127.0.0.1:{port}: no connection: ")), "{error}");
}

#[test]
fn endpoints_that_cannot_be_used_are_refused_at_once() {
    let with = |change: fn(&mut Endpoint)| {
        let mut endpoint = endpoint(25);
        change(&mut endpoint);
        Connector::new(endpoint).unwrap_err()
    };
    assert!(matches!(with(|endpoint| endpoint.host = "not a host".to_owned()), ConnectorError::Host(_)));
    assert!(matches!(with(|endpoint| endpoint.helo = "a\r\nMAIL".to_owned()), ConnectorError::Helo(_)));
    assert!(matches!(with(|endpoint| endpoint.username = Some("x".to_owned())), ConnectorError::HalfLogin));
    let missing = with(|endpoint| {
        endpoint.tls = TlsMode::Implicit;
        endpoint.ca_file = Some("/nowhere/ca.pem".into());
    });
    assert!(missing.to_string().starts_with("/nowhere/ca.pem: "), "{missing}");
}
