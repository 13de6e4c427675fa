"""`mailtrap suppressions`."""
