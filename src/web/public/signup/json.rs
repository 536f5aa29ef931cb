//! The form's twin for programs and for the script on other sites. Takes the same checks in the same order.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::super::super::form;
use super::super::super::handler_error::{Complete, HandlerError};
use super::super::super::site::Site;
use super::{Outcome, SignupForm, pages, take};
use crate::signup::{ClientNetwork, NextStep, SignupList};

pub(super) async fn subscribe(
    site: &Arc<Site>,
    list: Arc<SignupList>,
    client: Option<ClientNetwork>,
    request: Request,
) -> Result<Response, HandlerError> {
    let body = form::bytes(request, site).await?;
    // serde would take an array of the values as well.
    let object = body.trim_ascii_start().starts_with(b"{");
    let typed = serde_json::from_slice::<SignupForm>(&body).ok().filter(|_| object);
    let typed = typed.ok_or(HandlerError::Body(StatusCode::UNPROCESSABLE_ENTITY))?;
    let words = site.words_in(&list, typed.language());
    let source = typed.source("json");
    let (status, body) = match take(site, &list, &typed, source, client).await? {
        Outcome::Taken(_) => (StatusCode::ACCEPTED, json!({ "message": words.check_heading() })),
        Outcome::Wrong(wrong) => {
            let (error, field) = (pages::what_is_wrong(words, &wrong), wrong.field());
            (StatusCode::UNPROCESSABLE_ENTITY, json!({ "error": error, "field": field }))
        }
        Outcome::Meant(_, meant) => {
            let error = words.meant_heading(&meant);
            (StatusCode::UNPROCESSABLE_ENTITY, json!({ "error": error, "field": "email", "suggestion": meant }))
        }
        Outcome::Step(_, step) => {
            let error = words.step_working();
            (StatusCode::PRECONDITION_REQUIRED, json!({ "error": error, "step": described(&step) }))
        }
    };
    Ok((status, Extension(Complete), Json(body)).into_response())
}

/// What is to come with the next request.
fn described(step: &NextStep) -> Value {
    match &step.work {
        None => json!({ "stamp": step.stamp }),
        Some(work) => json!({
            "stamp": step.stamp,
            "challenge": work.challenge,
            "wait": work.wait,
            "wait_seconds": work.wait_for.as_secs(),
        }),
    }
}
