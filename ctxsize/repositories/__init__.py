"""Where files come from: the disk, a commit, what git tracks, or any of them with some files replaced."""
