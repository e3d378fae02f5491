"""The use case of ``check``: builds measured here and at a ref or baseline, compared, judged by ``budget/``."""
