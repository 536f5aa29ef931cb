//! The preview's page: for this machine alone, and nothing of what it shows can run.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use coranto::templates::Templates;
use coranto::web::preview::{Preview, PreviewState, router};
use tokio::sync::watch::Sender;
use tokio_util::sync::CancellationToken;

use crate::harness::http::{Request, get, post};

const HOST: &str = "127.0.0.1:8026";

fn page() -> (Router, Sender<Arc<PreviewState>>) {
    let address: SocketAddr = HOST.parse().unwrap();
    let preview = Preview::new(&Templates::embedded().unwrap(), address, CancellationToken::new()).unwrap();
    let sender = preview.sender();
    let sheet = PreviewState {
        number: 7,
        title: "A title".to_owned(),
        html: "<html><head><style>@media (prefers-color-scheme: dark) { p { color: red } }</style></head>\
               <body><script>alert(1)</script><p style=\"margin:0\">Hi</p></body></html>"
            .to_owned(),
        text: "Hi".to_owned(),
        ok: true,
        ..PreviewState::default()
    };
    sender.send_replace(Arc::new(sheet));
    (router(Arc::new(preview)), sender)
}

fn from_here(request: Request) -> Request {
    request.header("host", HOST)
}

#[tokio::test]
async fn only_this_machine_by_its_own_name_is_answered() {
    let (router, _) = page();
    for path in ["/", "/state", "/view/light", "/preview.js", "/preview.css"] {
        assert_eq!(from_here(get(path)).send(&router).await.status, StatusCode::OK, "{path}");
        for stranger in ["evil.example:8026", "127.0.0.1", "127.0.0.1:8027", "127.0.0.1.evil.example:8026"] {
            let refused = get(path).header("host", stranger).send(&router).await;
            assert_eq!(refused.status, StatusCode::MISDIRECTED_REQUEST, "{path} as {stranger}");
            assert!(!refused.text().contains("A title"));
        }
        assert_eq!(get(path).send(&router).await.status, StatusCode::MISDIRECTED_REQUEST, "without a name");
        assert_eq!(from_here(post(path)).send(&router).await.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    for other in ["localhost:8026", "[::1]:8026"] {
        assert_eq!(get("/").header("host", other).send(&router).await.status, StatusCode::OK, "{other}");
    }
}

#[tokio::test]
async fn what_is_shown_cannot_run() {
    let (router, _) = page();
    for view in ["light", "dark", "phone", "plain", "images-off", "web", "web.css"] {
        let shown = from_here(get(&format!("/view/{view}?7"))).send(&router).await;
        let policy = shown.header("content-security-policy");
        let shut = policy.contains("sandbox allow-same-origin") || view == "web.css";
        assert!(policy.contains("default-src 'none'") && shut, "{policy}");
        assert!(!policy.contains("allow-scripts") && (view == "web.css" || !policy.contains("script-src")), "{policy}");
        assert_eq!(shown.header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(shown.header("cache-control"), "no-store");
    }
    let page = from_here(get("/")).send(&router).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    assert!(page.text().contains("/preview.js") && !page.text().contains("onclick"));
    assert_eq!(from_here(get("/view/other")).send(&router).await.status, StatusCode::NOT_FOUND);
    assert_eq!(from_here(get("/picture/0")).send(&router).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn each_view_does_what_its_mailbox_does() {
    let (router, _) = page();
    let mut views = Vec::new();
    for view in ["light", "dark", "plain"] {
        views.push(from_here(get(&format!("/view/{view}"))).send(&router).await.text().to_owned());
    }
    assert!(views[0].contains("@media not all {") && views[1].contains("@media all {"), "{views:?}");
    assert!(!views[2].contains("color: red") && views[2].contains("margin:0"), "{}", views[2]);
    let state = from_here(get("/state")).send(&router).await.json();
    assert_eq!((&state["number"], &state["text"], &state["ok"]), (&7.into(), &"Hi".into(), &true.into()));
}
