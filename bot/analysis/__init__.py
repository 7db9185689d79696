"""What answers say about questions, and what teams believe: for the trainer."""
