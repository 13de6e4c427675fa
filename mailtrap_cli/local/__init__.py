"""The local sandbox: rules, store, answers, and two ways in (an in-process transport and a loopback server)."""
