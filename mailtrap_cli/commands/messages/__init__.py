"""`mailtrap messages`."""
