"""Pictures of dangers that are gone, on their way to *spot the hazard* questions: nobody can be recognised, or nobody sees them."""
