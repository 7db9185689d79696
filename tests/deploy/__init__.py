"""What `deploy/` ships: linted, and run as processes where no container engine is."""
