"""Reports of leaders, month by month, and their visits to where work is done."""
