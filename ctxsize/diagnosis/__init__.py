"""The use case of ``doctor``: the facts that the rules of ``rules/`` judge, gathered from a repository."""
