"""What everybody must hear: announcements to a team, a site or the company, with how they go."""
