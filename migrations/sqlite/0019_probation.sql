-- Mail that came back suppresses an address; long after, its reader may ask again, and one confirmation goes there. Until
-- it is confirmed they read nothing, so they count as somebody who has not confirmed.
DROP VIEW reachable;
CREATE VIEW reachable AS
SELECT s.id AS subscription_id, s.newsletter_id, s.subscriber_id,
    CASE WHEN EXISTS (SELECT 1 FROM suppressions p WHERE p.address_hash = u.address_hash AND p.reason = 'probation')
        THEN 'pending' ELSE s.state END AS state
FROM subscriptions s
JOIN subscribers u ON u.id = s.subscriber_id
WHERE NOT EXISTS (
    SELECT 1 FROM suppressions x WHERE x.address_hash = u.address_hash AND x.reason NOT IN ('erased', 'probation')
);
