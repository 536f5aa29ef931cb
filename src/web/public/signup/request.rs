//! Asks for a subscription in a task of its own. Knows no form.

use std::sync::Arc;

use super::super::super::failure::Failure;
use super::super::super::site::Site;
use super::super::super::wording;
use crate::signup::{self, Answer, Ask, Client, Door, RequestError};

/// Asks in a task of its own, which goes on when the client is gone.
pub(super) async fn request(
    site: &Arc<Site>,
    door: &Arc<Door>,
    ask: Ask,
    source: &str,
    client: Option<Client>,
) -> Result<Result<Answer, RequestError>, Failure> {
    let act = site.act(source, wording::signup(site.words_in(door, ask.language)), client);
    let (signup, door) = (site.signup.clone(), Arc::clone(door));
    site.write(async move { Ok::<_, Failure>(signup::request(&signup, &door, &ask, &act).await) }).await
}
