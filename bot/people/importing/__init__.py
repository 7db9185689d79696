"""The company, its people and their rosters from files: read, compared, and applied as a whole or not at all."""
