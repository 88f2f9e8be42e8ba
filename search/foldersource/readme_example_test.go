package foldersource_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/foldersource"
	"github.com/stoa-go/stoa/search/gathered"
	"github.com/stoa-go/stoa/search/memsearch"
)

func Example_readme() {
	folder, _ := os.MkdirTemp("", "docs-")
	defer os.RemoveAll(folder)
	fmt.Println(os.WriteFile(filepath.Join(folder, "reset.md"), []byte("# Reset the hub\n\nHold the button."), 0o600))

	ctx, store := context.Background(), gathered.NewMemory() // or gathered.OpenFile(path)
	docs, err := foldersource.New("docs", folder, store, foldersource.Options{
		Link: "https://docs.example/{page}", Exclude: []string{"drafts/**"},
	})
	engine := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{docs}})
	report, _ := docs.Read(ctx) // a server calls Run, which follows the folder
	fmt.Println(report.Files, err, engine.Refresh(ctx))
	found, _ := engine.Search(ctx, profile.Actor{}, search.Query{Text: "reset"})
	fmt.Println(found.Hits[0].Title, found.Hits[0].Path)
	// Output:
	// <nil>
	// 1 <nil> <nil>
	// Reset the hub https://docs.example/reset
}
