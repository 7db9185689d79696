"""Every step from an empty database to today's schema."""
