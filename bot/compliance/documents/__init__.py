"""System documents: safety rules and operating procedures in versions, mapped to clauses, found on a phone."""
