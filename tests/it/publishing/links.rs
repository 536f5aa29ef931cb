//! Links are asked gently and within bounds, and what a reader would find is told with its line.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use coranto::content::Problem;
use coranto::content::problem::Position;
use coranto::publishing::links::{self, Asking, CheckedLink};

/// What a server was asked, and what it answers.
#[derive(Default)]
struct Notes {
    requests: Vec<String>,
    open: usize,
    open_most: usize,
}

/// A web server whose answers are `status location` by path; everything else is fine.
struct Server {
    port: u16,
    notes: Arc<Mutex<Notes>>,
}

impl Server {
    fn start(answers: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let notes = Arc::new(Mutex::new(Notes::default()));
        let answers: HashMap<String, String> = answers
            .iter()
            .map(|(path, answer)| ((*path).to_owned(), answer.replace("PORT", &port.to_string())))
            .collect();
        let kept = Arc::clone(&notes);
        // It ends with the process: nobody waits for it.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, notes) = (answers.clone(), Arc::clone(&kept));
                std::thread::spawn(move || answer(stream, &answers, &notes));
            }
        });
        Self { port, notes }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn requests(&self) -> Vec<String> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).requests.clone()
    }
}

fn answer(mut stream: TcpStream, answers: &HashMap<String, String>, notes: &Mutex<Notes>) {
    let lock = || notes.lock().unwrap_or_else(PoisonError::into_inner);
    {
        let mut notes = lock();
        notes.open += 1;
        notes.open_most = notes.open_most.max(notes.open);
    }
    let (mut head, mut buffer) = (String::new(), [0; 1024]);
    while !head.contains("\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => head.push_str(&String::from_utf8_lossy(&buffer[..read])),
            _ => break,
        }
    }
    let first = head.lines().next().unwrap_or_default().to_owned();
    let path = first.split(' ').nth(1).unwrap_or_default();
    let key = if answers.contains_key(&first[..first.rfind(' ').unwrap_or(0)]) {
        first[..first.rfind(' ').unwrap_or(0)].to_owned()
    } else {
        path.to_owned()
    };
    // Long enough for another question to come at the same time, if one were asked.
    std::thread::sleep(Duration::from_millis(30));
    let said = answers.get(&key).map_or("200 -", String::as_str);
    let (status, location) = said.split_once(' ').unwrap();
    let _ =
        write!(stream, "HTTP/1.1 {status} x\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let mut notes = lock();
    notes.requests.push(head);
    notes.open -= 1;
}

/// This machine alone: what else is private is refused as ever.
fn loopback_alone(address: IpAddr) -> bool {
    address == IpAddr::V4(Ipv4Addr::LOCALHOST)
}

async fn asked(urls: &[String], may_ask: fn(IpAddr) -> bool) -> Vec<Problem> {
    let links: Vec<CheckedLink> = urls
        .iter()
        .enumerate()
        .map(|(index, url)| CheckedLink { url: url.clone(), at: Position { line: index + 1, column: 3 } })
        .collect();
    links::ask(&links, &Asking { public_url: "https://news.example.org".to_owned(), may_ask }).await.unwrap()
}

fn codes(problems: &[Problem]) -> Vec<(usize, &str, bool)> {
    problems.iter().map(|problem| (problem.line, problem.code, problem.is_error())).collect()
}

#[tokio::test]
async fn each_link_is_told_with_its_line() {
    let server = Server::start(&[
        ("/gone", "410 -"),
        ("/missing", "404 -"),
        ("/closed", "403 -"),
        ("/broken", "500 -"),
        ("/old", "301 /new"),
        ("/away", "302 /new"),
        ("/round", "302 /round"),
        ("HEAD /get-only", "405 -"),
        ("/mail", "302 mailto:a@example.org"),
    ]);
    let paths = [
        "/fine", "/gone", "/missing", "/closed", "/broken", "/old", "/away", "/round", "/get-only", "/mail",
        "/fine#part",
    ];
    let urls: Vec<String> = paths.iter().map(|path| server.url(path)).collect();
    let found = asked(&urls, loopback_alone).await;
    assert_eq!(
        codes(&found),
        [
            (2, "link-dead", true),
            (3, "link-dead", true),
            (4, "link-unsure", false),
            (5, "link-unsure", false),
            (6, "link-moved", false),
            (8, "link-dead", true),
            (10, "link-unsure", false),
        ],
        "{found:#?}"
    );
    assert!(found[4].message.ends_with("/new") && found[4].hint.is_some(), "{:?}", found[4]);
    let requests = server.requests();
    assert_eq!(requests.iter().filter(|head| head.contains(" /fine ")).count(), 1, "once for two links: {requests:#?}");
    assert!(requests.iter().any(|head| head.starts_with("GET /get-only ")), "{requests:#?}");
    let round = requests.iter().filter(|head| head.contains(" /round ")).count();
    assert_eq!(round, 6, "the first and five redirects");
}

#[tokio::test]
async fn who_asks_says_so_and_asks_one_thing_at_a_time() {
    let server = Server::start(&[]);
    let urls: Vec<String> = (0..5).map(|number| server.url(&format!("/{number}?q=1#x"))).collect();
    assert_eq!(asked(&urls, loopback_alone).await, []);
    let notes = server.notes.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!((notes.open_most, notes.requests.len()), (1, 5));
    for head in &notes.requests {
        assert!(head.starts_with("HEAD /") && head.contains("?q=1 HTTP/1.1"), "{head}");
        let head = head.to_lowercase();
        assert!(head.contains("user-agent: coranto/") && head.contains("+https://news.example.org"), "{head}");
        assert!(head.contains(&format!("host: 127.0.0.1:{}", server.port)) && !head.contains("cookie"), "{head}");
    }
}

#[tokio::test]
async fn private_addresses_are_never_asked() {
    let server = Server::start(&[("/trap", "302 http://169.254.169.254/latest/"), ("/ten", "302 http://10.0.0.1/")]);
    let port = server.port;
    let direct = [
        server.url("/"),
        format!("http://localhost:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0x7f.1:{port}/"),
    ];
    let found = asked(&direct, coranto::https::is_public).await;
    assert!(found.iter().all(|problem| problem.code == "link-private"), "{found:#?}");
    assert_eq!((found.len(), server.requests().len()), (direct.len(), 0), "{found:#?}");

    // A page that may be asked must not lead to one that may not.
    let found = asked(&[server.url("/trap"), server.url("/ten")], loopback_alone).await;
    assert_eq!(codes(&found), [(1, "link-private", false), (2, "link-private", false)]);
    assert!(found[0].message.contains("169.254.169.254"), "{}", found[0].message);
}

#[tokio::test]
async fn what_is_no_server_is_told() {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let urls = [
        format!("http://127.0.0.1:{closed}/"),
        "http://no-such-host.invalid/".to_owned(),
        "mailto:a@example.org".to_owned(),
    ];
    let found = asked(&urls, loopback_alone).await;
    assert_eq!(codes(&found), [(1, "link-unsure", false), (2, "link-dead", true)], "{found:#?}");
}

#[tokio::test]
async fn not_more_than_so_many_are_asked() {
    let urls: Vec<String> = (0..201).map(|number| format!("http://10.0.0.1/{number}")).collect();
    let found = asked(&urls, loopback_alone).await;
    let told: Vec<_> = found.iter().filter(|problem| problem.message.contains("only the first 200")).collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].line, 201);
}
