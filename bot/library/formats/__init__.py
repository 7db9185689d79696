"""The files a question bank comes in (YAML, CSV, XLSX), read into one neutral map and written back for trainers."""
