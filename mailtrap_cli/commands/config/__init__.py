"""`mailtrap config`: the profiles in the configuration file."""
