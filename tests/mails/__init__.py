"""Realistic emails with the correct value for each, to measure extraction.

They were written before the rules were tuned. A third (`cases.is_held_out`) was scored only at the end.
"""
