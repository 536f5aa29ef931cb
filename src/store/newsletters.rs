//! Newsletters: a row for each that the configuration has ever named. Settings stay in the configuration.

use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::NewsletterId;
use crate::domain::newsletter::Newsletter;

pub async fn slug(tx: &mut Tx, id: NewsletterId) -> Result<Option<String>> {
    let row: Option<(String,)> = tx.sql("SELECT slug FROM newsletters WHERE id = $1").bind(id).fetch_optional().await?;
    Ok(row.map(|(slug,)| slug))
}

/// The row of the newsletter `slug`, made when it is new: at the start of a server, and by commands that write.
pub async fn ensure(tx: &mut Tx, slug: &str, now: Timestamp) -> Result<NewsletterId> {
    tx.sql("INSERT INTO newsletters (slug, created_at) VALUES ($1, $2) ON CONFLICT (slug) DO NOTHING")
        .bind(slug)
        .bind(now)
        .execute()
        .await?;
    let (id,) = tx.sql("SELECT id FROM newsletters WHERE slug = $1").bind(slug).fetch_one().await?;
    Ok(id)
}

/// The row of the newsletter `slug`; one that nobody has served or written to yet has none.
pub async fn find(tx: &mut Tx, slug: &str) -> Result<Option<NewsletterId>> {
    let row: Option<(NewsletterId,)> =
        tx.sql("SELECT id FROM newsletters WHERE slug = $1").bind(slug).fetch_optional().await?;
    Ok(row.map(|(id,)| id))
}

/// Gives newsletters the numbers of their rows, made where they are new: once, at the start of a server, and by commands
/// that write.
pub async fn register(tx: &mut Tx, newsletters: &mut [Newsletter], now: Timestamp) -> Result<()> {
    for newsletter in newsletters {
        newsletter.id = ensure(tx, &newsletter.slug, now).await?;
    }
    Ok(())
}

/// The same for whoever only looks: what has no row gets none.
pub async fn identify(tx: &mut Tx, newsletters: &mut [Newsletter]) -> Result<()> {
    for newsletter in newsletters {
        newsletter.id = find(tx, &newsletter.slug).await?.unwrap_or(NewsletterId::NONE);
    }
    Ok(())
}

/// Since when this database knows a newsletter.
pub async fn known_since(tx: &mut Tx, id: NewsletterId) -> Result<Timestamp> {
    let (at,) = tx.sql("SELECT created_at FROM newsletters WHERE id = $1").bind(id).fetch_one().await?;
    Ok(at)
}
