"""`mailtrap batch`: reading, planning, journal, sending."""
