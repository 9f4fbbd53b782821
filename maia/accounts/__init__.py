"""Who signs in: one user by email, whatever her roles."""
