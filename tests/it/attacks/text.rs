//! Text from outside that one of the databases cannot hold: there is no such page, and it is no fault of the program's.

use axum::http::StatusCode;
use coranto::store::Db;

use crate::harness::database::both_databases;
use crate::web::ground::WebFixture;

both_databases! {
    async fn a_nul_is_in_no_pages_address(db: Db) {
        let web = WebFixture::new(db).await;
        for target in ["/week/%00", "/week/x%00y", "/%00/", "/u/%00", "/i/%00", "/images/%00"] {
            assert_eq!(web.get(target).await.status, StatusCode::NOT_FOUND, "{target}");
        }
        assert_eq!(web.get(&format!("/week/{}", "x".repeat(50_000))).await.status, StatusCode::NOT_FOUND);
        assert_eq!(web.get("/week/?q=a%00b").await.status, StatusCode::OK, "nothing is found");
        let name = web.send(web.form(&[("email", "anna@example.org"), ("name", "An\0na"), ("src", "a\0b")])).await;
        assert!(name.status.is_redirection(), "{}", name.status);
        assert_eq!(web.ground.question("anna@example.org").await.name.as_deref(), Some("An na"));
        let address = web.send(web.form(&[("email", "an\0na@example.org")])).await;
        assert_eq!(address.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
