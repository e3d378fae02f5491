module ctxsize/benchmarks/fsutil

go 1.23

require github.com/tonistiigi/fsutil v0.0.0-20250605211040-586307ad452f
