//! The body of a request as named fields, in the two encodings that forms have. Knows no field.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};

use super::BODY_BYTES_MAX;
use super::handler_error::HandlerError;
use super::site::Site;

/// The largest form has ten; more is not one of ours.
const FIELDS_MAX: usize = 32;

/// The media types of bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/x-www-form-urlencoded`, or none named.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// `application/json`.
    Json,
    Other,
}

impl Media {
    /// As the request names it.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(header::CONTENT_TYPE) else { return Self::Form };
        let name = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
        match name.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Self::Form,
            "multipart/form-data" => Self::Multipart,
            "application/json" => Self::Json,
            _ => Self::Other,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// A field's value; empty when it is absent. Of several with one name, the first.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Refuses a form with any field but these.
    pub(super) fn only(&self, names: &[&str]) -> Result<(), HandlerError> {
        let known = self.0.iter().all(|(name, _)| names.contains(&name.as_str()));
        if known { Ok(()) } else { Err(HandlerError::Body(StatusCode::UNPROCESSABLE_ENTITY)) }
    }
}

impl FromRequest<Arc<Site>> for Form {
    type Rejection = HandlerError;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, HandlerError> {
        readable(request.headers())?;
        match Media::of(request.headers()) {
            Media::Form => {
                let body = bytes(request, site).await?;
                let mut fields = url::form_urlencoded::parse(&body).into_owned();
                let form = Self(fields.by_ref().take(FIELDS_MAX).collect());
                match fields.next() {
                    Some(_) => Err(HandlerError::Body(StatusCode::PAYLOAD_TOO_LARGE)),
                    None => Ok(form),
                }
            }
            Media::Multipart => multipart(request, site).await,
            Media::Json | Media::Other => Err(HandlerError::Body(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
        }
    }
}

/// No form is so long that anybody compresses it; what unpacks to a thousand times its size is none of ours.
fn readable(headers: &HeaderMap) -> Result<(), HandlerError> {
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            Err(HandlerError::Body(StatusCode::UNSUPPORTED_MEDIA_TYPE))
        }
        _ => announced(headers),
    }
}

/// What says beforehand that it is too long need not be waited for. What does not say so is cut off at the limit.
fn announced(headers: &HeaderMap) -> Result<(), HandlerError> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    match length {
        Some(length) if length > BODY_BYTES_MAX => Err(HandlerError::Body(StatusCode::PAYLOAD_TOO_LARGE)),
        _ => Ok(()),
    }
}

pub(super) async fn bytes(request: Request, site: &Arc<Site>) -> Result<Bytes, HandlerError> {
    readable(request.headers())?;
    Bytes::from_request(request, site).await.map_err(|rejection| HandlerError::Body(rejection.status()))
}

async fn multipart(request: Request, site: &Arc<Site>) -> Result<Form, HandlerError> {
    let mut parts =
        Multipart::from_request(request, site).await.map_err(|rejection| HandlerError::Body(rejection.status()))?;
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|error| HandlerError::Body(error.status()))? {
        if fields.len() == FIELDS_MAX {
            return Err(HandlerError::Body(StatusCode::PAYLOAD_TOO_LARGE));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let value = part.bytes().await.map_err(|error| HandlerError::Body(error.status()))?;
        fields.push((name, String::from_utf8_lossy(&value).into_owned()));
    }
    Ok(Form(fields))
}
