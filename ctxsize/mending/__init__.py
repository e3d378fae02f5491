"""The use case of ``fix``: mismatched builds, the files that each strategy of ``migrate/`` would change, its price."""
