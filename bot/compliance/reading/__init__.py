"""Read and acknowledge: told in everybody's language, one question, proved by name and time."""
