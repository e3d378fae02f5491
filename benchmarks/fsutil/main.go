// The walk of BuildKit's own client: fsutil's file system with its filter, sizes summed.
//
//	go build -o fsutil-walk . && ./fsutil-walk FOLDER [FILE WITH IGNORE LINES]
//
// The modules come from the Go proxy, or from the vendor folder of a checkout of moby/buildkit
// (put this file under cmd/ there and build with -mod=vendor).
package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/tonistiigi/fsutil"
)

func lines(path string) (found []string) {
	text, err := os.ReadFile(path)
	check(err)
	for _, line := range strings.Split(string(text), "\n") {
		if line != "" {
			found = append(found, line)
		}
	}
	return found
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	var excluded []string
	if len(os.Args) > 2 {
		excluded = lines(os.Args[2])
	}
	plain, err := fsutil.NewFS(os.Args[1])
	check(err)
	filtered, err := fsutil.NewFilterFS(plain, &fsutil.FilterOpt{ExcludePatterns: excluded})
	check(err)
	var files, bytes int64
	err = filtered.Walk(context.Background(), "", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().IsRegular() {
			files++
			bytes += info.Size()
		}
		return err
	})
	check(err)
	fmt.Println(files, "files", bytes, "bytes")
}
