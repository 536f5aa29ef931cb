//! Places taken towards limits: counted by bucket, given back, forgotten.

use coranto::domain::quota::{Count, Span};
use coranto::store::{Db, quotas};

use crate::harness::database::both_databases;

const SES: &str = "relay ses";

fn count(span: Span, bucket: i64, taken: i64) -> Count {
    Count { span, bucket, taken }
}

both_databases! {
    async fn places_are_taken_and_given_back(db: Db) {
        let mut tx = db.begin().await.unwrap();
        quotas::lock(&mut tx, SES).await.unwrap();
        assert!(quotas::counts(&mut tx, SES).await.unwrap().is_empty(), "a lock counts nothing");
        for (span, bucket, places) in [(Span::Hour, 7, 5), (Span::Hour, 7, 3), (Span::Day, 1, 8), (Span::Hour, 6, 2)] {
            quotas::take(&mut tx, SES, span, bucket, places).await.unwrap();
        }
        quotas::take(&mut tx, "destination gmail", Span::Day, 1, 1).await.unwrap();
        quotas::lock(&mut tx, SES).await.unwrap();
        assert!(quotas::give_back(&mut tx, SES, Span::Hour, 7, 4).await.unwrap());
        assert!(!quotas::give_back(&mut tx, SES, Span::Hour, 7, 5).await.unwrap(), "there are four left");
        assert!(!quotas::give_back(&mut tx, SES, Span::Day, 2, 1).await.unwrap(), "nothing was taken then");
        let mut found = quotas::counts(&mut tx, SES).await.unwrap();
        found.sort_by_key(|count| (count.span, count.bucket));
        assert_eq!(found, [count(Span::Hour, 6, 2), count(Span::Hour, 7, 4), count(Span::Day, 1, 8)]);
        let parties: Vec<String> = quotas::all(&mut tx).await.unwrap().into_iter().map(|taken| taken.party).collect();
        assert_eq!(parties, ["destination gmail", SES, SES, SES]);
    }

    async fn what_counts_no_more_is_forgotten(db: Db) {
        let mut tx = db.begin().await.unwrap();
        quotas::lock(&mut tx, SES).await.unwrap();
        for bucket in 1..=4 {
            quotas::take(&mut tx, SES, Span::Hour, bucket, 1).await.unwrap();
            quotas::take(&mut tx, SES, Span::Day, bucket, 1).await.unwrap();
        }
        quotas::take(&mut tx, "relay other", Span::Hour, 1, 1).await.unwrap();
        assert_eq!(quotas::forget(&mut tx, SES, Span::Hour, 3).await.unwrap(), 2);
        assert_eq!(quotas::forget(&mut tx, SES, Span::Hour, 3).await.unwrap(), 0);
        assert_eq!(quotas::counts(&mut tx, SES).await.unwrap().len(), 6);
        assert_eq!(quotas::counts(&mut tx, "relay other").await.unwrap().len(), 1);
    }
}
