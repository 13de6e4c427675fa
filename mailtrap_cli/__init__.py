"""The command line of the Mailtrap email platform."""

__version__ = "0.1.0"
