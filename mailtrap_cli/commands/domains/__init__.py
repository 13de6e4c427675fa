"""`mailtrap domains`."""
