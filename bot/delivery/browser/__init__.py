"""The second channel: a page in a browser. Its events come in by forms; what is said to its people lies in an inbox."""
