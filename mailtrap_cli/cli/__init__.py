"""The frame of the program: command table, options, help, error boundary, REST engine."""
