"""One part against the real thing it stands on: a database of each engine, a server on the loopback."""
