//! The page of `coranto preview`: three files without values; what they show comes from the page's own server.

use serde::Serialize;

use super::Sample;

#[derive(Clone, Copy, Debug, Serialize)]
pub struct PreviewPage {}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct PreviewStyle {}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct PreviewScript {}

impl Sample for PreviewPage {
    fn sample() -> Self {
        Self {}
    }
}

impl Sample for PreviewStyle {
    fn sample() -> Self {
        Self {}
    }
}

impl Sample for PreviewScript {
    fn sample() -> Self {
        Self {}
    }
}
