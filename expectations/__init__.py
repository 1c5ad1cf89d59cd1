"""Great Expectations at the three borders: what comes in, what a fit hands back, what goes out."""
