-- What is not well by the last look of the server, and since when: whoever asks sees what changed.
CREATE TABLE checkups (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    since INTEGER NOT NULL
) STRICT;
