"""The second factor: a code from an app on one's own phone, beside the way one came in."""
