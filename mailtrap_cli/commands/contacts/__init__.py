"""`mailtrap contacts`."""
