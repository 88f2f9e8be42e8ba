package websource_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/gathered"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/websource"
)

func Example_readme() {
	site := newWeb(map[string]page{"docs.example/sitemap.xml": sitemap("/reset"), "docs.example/reset": text("Reset the hub", "Hold the button.")})
	client := &http.Client{Transport: site}

	ctx, store := context.Background(), gathered.NewMemory() // or gathered.OpenFile(path), which outlives the process
	docs, err := websource.New("docs", []string{"https://docs.example/sitemap.xml"}, store, &websource.Options{
		Contact: "https://help.example/contact", Client: client, Delay: time.Millisecond, // nil reaches the public internet and nothing else
	})
	engine := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{docs}})
	report, _ := docs.Crawl(ctx) // a server calls Run, which does so each day
	fmt.Println(report.Pages, report.End, err, engine.Refresh(ctx))
	found, _ := engine.Search(ctx, profile.Actor{}, search.Query{Text: "reset"})
	fmt.Println(found.Hits[0].Title, found.Hits[0].Path, found.Hits[0].Elsewhere())
	// Output:
	// 1 whole <nil> <nil>
	// Reset the hub https://docs.example/reset docs.example
}
