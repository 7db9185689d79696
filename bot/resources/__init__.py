"""What safety costs and needs: money, safety people, facilities and health checks, protective equipment."""
