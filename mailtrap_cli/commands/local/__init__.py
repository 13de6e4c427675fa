"""`mailtrap local`."""
