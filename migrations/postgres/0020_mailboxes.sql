-- How far each mailbox was read for reports. Mails are named by numbers that hold as long as `uid_validity` does
-- (RFC 9051 2.3.1.1); `place` tells whether it is still the same folder of the same account.
CREATE TABLE mailbox_positions (
    name TEXT COLLATE "C" PRIMARY KEY,
    place TEXT COLLATE "C" NOT NULL,
    uid_validity BIGINT NOT NULL,
    last_uid BIGINT NOT NULL,
    -- When it was last looked into, and why that failed.
    looked_at BIGINT NOT NULL,
    error TEXT COLLATE "C"
);
