"""Honours and the month's results, published; with names only where two people switched them on and the person agreed."""
