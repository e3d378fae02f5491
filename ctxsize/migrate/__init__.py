"""Mending a context mismatch: strategies, and edits that leave every other byte alone. Text in, text out.

What cannot be edited safely raises ``RefusedError`` with the reason; nothing is guessed.
"""
