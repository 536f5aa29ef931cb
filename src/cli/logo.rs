//! A newsletter's logo as the commands load it, with what to do where it cannot be used.

use std::path::Path;

use super::Failure;
use crate::config::Config;
use crate::domain::newsletter::Newsletter;
use crate::images::ImageCache;
use crate::signup::NewsletterLogo;
use crate::wiring::public_url;

/// A newsletter's logo, where it has one.
pub(super) fn load(
    config: &Config,
    newsletter: &Newsletter,
    gallery: &ImageCache,
) -> anyhow::Result<Option<NewsletterLogo>> {
    NewsletterLogo::of(newsletter, &public_url(config), gallery).map_err(|error| {
        let path = newsletter.design.logo.as_deref().unwrap_or(Path::new("")).display();
        let key = format!("newsletters.{}.design.logo", newsletter.slug);
        Failure::new(format!("{key}: {path} cannot be used: {error}")).hint(error.hint()).into()
    })
}
