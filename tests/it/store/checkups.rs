//! What was not well by the last look: noted once, changed by who knows how it stood, forgotten when it is well.

use coranto::domain::checkup::FindingHealth::{Fail, Warn};
use coranto::store::{Db, checkups};

use super::ground::{NOW, minute};
use crate::harness::database::both_databases;

both_databases! {
    async fn a_state_changes_from_the_one_that_is_known(db: Db) {
        let mut tx = db.begin().await.unwrap();
        assert!(checkups::begin(&mut tx, "dns.spf/x.org", Warn, NOW).await.unwrap());
        assert!(!checkups::begin(&mut tx, "dns.spf/x.org", Fail, minute(1)).await.unwrap(), "that is known");
        assert!(!checkups::change(&mut tx, "dns.spf/x.org", Fail, Warn, minute(1)).await.unwrap(), "it does not stand so");
        assert!(checkups::change(&mut tx, "dns.spf/x.org", Warn, Fail, minute(2)).await.unwrap());
        let all = checkups::all(&mut tx).await.unwrap();
        assert_eq!((all.len(), all[0].state, all[0].since), (1, Fail, minute(2)));
        assert!(!checkups::end(&mut tx, "dns.spf/x.org", Warn).await.unwrap());
        assert!(checkups::end(&mut tx, "dns.spf/x.org", Fail).await.unwrap());
        assert!(checkups::all(&mut tx).await.unwrap().is_empty());
    }
}
