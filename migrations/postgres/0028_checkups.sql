-- What is not well by the last look of the server, and since when: whoever asks sees what changed.
CREATE TABLE checkups (
    id TEXT COLLATE "C" PRIMARY KEY,
    state TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL
);
