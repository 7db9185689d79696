"""The company, its people and their rosters from files: read, compared with what is there, applied as a whole or not at all."""
