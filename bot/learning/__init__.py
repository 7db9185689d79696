"""The daily lesson and its questions, what people remember of them, and what waits for them today."""
