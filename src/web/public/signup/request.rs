//! Asks for a subscription in a task of its own. Knows no form.

use std::sync::Arc;

use super::super::super::handler_error::HandlerError;
use super::super::super::site::Site;
use super::super::super::wording;
use crate::signup::{self, Ask, ClientNetwork, RequestError, RequestOutcome, SignupList};

/// Asks in a task of its own, which goes on when the client is gone.
pub(super) async fn request(
    site: &Arc<Site>,
    list: &Arc<SignupList>,
    ask: Ask,
    source: &str,
    client: Option<ClientNetwork>,
) -> Result<Result<RequestOutcome, RequestError>, HandlerError> {
    let act = site.act(source, wording::signup(site.words_in(list, ask.language)), client);
    let (signup, list) = (site.signup.clone(), Arc::clone(list));
    site.write(async move { Ok::<_, HandlerError>(signup::request(&signup, &list, &ask, &act).await) }).await
}
