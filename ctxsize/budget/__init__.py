"""Budgets, pure: what a build may send, what it sent before, what made the difference, and what may never enter.

``limits`` are the budgets, ``figures`` what is judged, ``baseline`` the file of earlier figures, ``judge`` the
verdicts, ``causes`` and ``blame`` their reasons, ``assertions`` the paths that must or must not be sent.
"""
