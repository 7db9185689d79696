"""Pages for whoever stands before a QR code: what holds at a place, a report without a name, how Davy itself is."""
