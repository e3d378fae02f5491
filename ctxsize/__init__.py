"""What each docker build really uploads, why, and how to make it small without breaking the build.

The layers, from the bottom; each may import only what stands above it in this list
(``tests/test_layers.py`` holds the exact table):

    errors, units, model, changes
                             values, the one error root, sizes
    dockerignore/            ignore patterns as BuildKit and the classic archive apply them   (pure)
    dockerfile/              what each reachable instruction reads                             (pure)
    catalogue                junk and secrets: data                                            (pure)
    builders/                which entries a builder receives, and how many bytes              (pure)
    suggest/ budget/ rules/ migrate/   verdicts and edits on measurements                      (pure)
    disk, git, settings, walk/         the edges where the disk is read and written
    repositories/            where files come from: the disk, a commit, what git tracks, or "as if"
    builds/                  one file per kind of file that declares builds
    plan, measure, listing   definitions in, measurements out; many builds, one walk
    tightening/ gate/ diagnosis/ mending/   the use cases of suggest, check, doctor and fix
    formats/                 one file per output format
    commands/, cli           thin: settle, measure, judge, show, exit
"""

__version__ = "0.1.0"
