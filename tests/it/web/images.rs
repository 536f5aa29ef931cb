//! Images are served by their content's name, for ever; nothing else is.

use std::sync::Arc;

use axum::http::StatusCode;
use coranto::domain::image::{Image, ImageFormat};
use coranto::store::{Db, images};

use super::ground::WebFixture;
use crate::harness::database::both_databases;
use crate::harness::http::{get, head};
use crate::signup::NOW;

both_databases! {
    async fn an_image_is_kept_by_whoever_fetched_it(db: Db) {
        let web = WebFixture::new(db.clone()).await;
        let digest = "0123456789".repeat(4);
        let image = Arc::new(Image { digest: digest.clone(), format: ImageFormat::Jpeg, width: 2, height: 2, bytes: vec![0xff, 0xd8, 0xff] });
        db.write(async |tx| images::ensure(tx, &image, NOW).await).await.unwrap();
        let path = format!("/i/{digest}.jpg");
        let served = web.get(&path).await;
        assert_eq!((served.status, served.body.as_slice()), (StatusCode::OK, &[0xff, 0xd8, 0xff][..]));
        assert_eq!(served.header("content-type"), "image/jpeg");
        assert_eq!(served.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(served.header("x-content-type-options"), "nosniff");
        assert_eq!(served.header("cross-origin-resource-policy"), "cross-origin");
        assert!(served.header("content-security-policy").starts_with("default-src 'none'"));
        let tag = served.header("etag").to_owned();
        let again = web.send(get(&path).header("if-none-match", &tag)).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
        let asked = web.send(head(&path)).await;
        assert_eq!((asked.status, asked.body.len()), (StatusCode::OK, 0));
    }

    async fn nothing_else_is_served(db: Db) {
        let web = WebFixture::new(db.clone()).await;
        let digest = "0123456789".repeat(4);
        let image = Arc::new(Image { digest: digest.clone(), format: ImageFormat::Jpeg, width: 2, height: 2, bytes: vec![1] });
        db.write(async |tx| images::ensure(tx, &image, NOW).await).await.unwrap();
        for name in [
            format!("{digest}.png"),
            format!("{digest}.jpg.svg"),
            digest.clone(),
            format!("{}.jpg", "a".repeat(40)),
            format!("{digest}%2ejpg%00"),
            "..%2f..%2fetc%2fpasswd".to_owned(),
            "%27%20OR%201=1.jpg".to_owned(),
        ] {
            assert_eq!(web.get(&format!("/i/{name}")).await.status, StatusCode::NOT_FOUND, "{name}");
        }
    }
}
