"""The use case of ``suggest``: drafts of ignore files from ``suggest/``, proven by measuring before a write."""
