"""What people have to say: questions, suggestions, proposals, pulse surveys, interviews, and the pledge of the four non-harms."""
