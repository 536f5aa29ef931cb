-- Which keys the servers at work can open links with: a new key seals once all of them have it.
CREATE TABLE key_holders (
    -- A random word: one process.
    holder TEXT COLLATE "C" PRIMARY KEY,
    -- The machine, for people.
    place TEXT COLLATE "C" NOT NULL,
    -- Fingerprints of keys of links, in hexadecimal, with spaces between.
    keys TEXT COLLATE "C" NOT NULL,
    -- Until when it is believed to be at work.
    until BIGINT NOT NULL
);
