-- Mails counted towards the limits per hour and per day that a relay or a destination sets. `party` is `relay NAME` or
-- `destination PROVIDER`; a bucket is a minute of the hour's limit, or ten of the day's. The bucket -1 counts nothing:
-- whoever is about to take places locks it first. A bucket is dropped when it counts no more.
CREATE TABLE relay_counts (
    party TEXT NOT NULL,
    span TEXT NOT NULL CHECK (span IN ('hour', 'day')),
    bucket INTEGER NOT NULL,
    taken INTEGER NOT NULL CHECK (taken >= 0),
    PRIMARY KEY (party, span, bucket)
) STRICT;
