"""Ignore rules that cannot break a build, derived from what the instructions read. Pure: values in, texts out.

The law: on every tree, what the instructions read and the old rules let through, the new rules let through too.
Symlinks on the way to a source are those of today's tree; a link that leads elsewhere tomorrow needs another run.
"""
