"""The dashboard's shell: login, layout, health, and the door for webhooks."""
