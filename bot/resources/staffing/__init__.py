"""People who look after safety, against how many are required."""
