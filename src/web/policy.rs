//! What a page may do beyond what every page may: be framed, lead its form elsewhere, run a script of ours. Each page
//! says so itself; everything else stays forbidden.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

/// Goes with a response until its headers are written.
#[derive(Clone, Debug, Default)]
pub(super) struct ContentPolicy {
    frames: Option<Vec<String>>,
    leads_to: Option<String>,
    runs_own_script: bool,
}

impl ContentPolicy {
    /// The response's own, to be widened.
    pub(super) fn of(response: &mut Response) -> &mut Self {
        response.extensions_mut().get_or_insert_default()
    }

    /// These sites may show the page in a frame.
    pub(super) fn frames(&mut self, origins: &[String]) {
        self.frames = Some(origins.to_vec());
    }

    /// The page's form may lead there.
    pub(super) fn leads_to(&mut self, page: &Url) {
        self.leads_to = Some(page.origin().ascii_serialization());
    }

    /// The page runs a script from this server.
    pub(super) fn runs_own_script(&mut self) {
        self.runs_own_script = true;
    }

    fn write(&self, headers: &mut HeaderMap) {
        let Some(policy) = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok()) else {
            return;
        };
        let mut policy = policy.to_owned();
        if let Some(origins) = self.frames.as_ref().filter(|origins| !origins.is_empty()) {
            policy = policy.replace("frame-ancestors 'none'", &format!("frame-ancestors {}", origins.join(" ")));
            // It knows no list of sites, and browsers that know the policy go by that.
            headers.remove(header::X_FRAME_OPTIONS);
        }
        if let Some(origin) = &self.leads_to {
            policy = policy.replace("form-action 'self'", &format!("form-action 'self' {origin}"));
        }
        if self.runs_own_script {
            policy.push_str("; script-src 'self'");
        }
        if let Ok(policy) = HeaderValue::try_from(policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// Widens the headers of pages that ask for it. Runs after every page has got the common ones.
pub(super) async fn widen(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(policy) = response.extensions_mut().remove::<ContentPolicy>() {
        policy.write(response.headers_mut());
    }
    response
}
