"""Who has to do what for safety: a list for each post, given on day 1, acknowledged by name, asked about, and checked."""
