"""How Davy itself is: for admins, on the dashboard."""
