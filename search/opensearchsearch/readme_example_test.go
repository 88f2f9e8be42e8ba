package opensearchsearch_test

import (
	"context"
	"fmt"

	"github.com/stoa-go/stoa/internal/opensearchtest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/opensearchsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

func Example_readme() {
	server := opensearchtest.Start() // yours: https://search.example:9200
	defer server.Close()

	index, err := opensearchsearch.Open(opensearchsearch.Options{Addresses: []string{server.URL}, Prefix: "portal"})
	library := searchtest.NewSource("kb")
	library.Put(search.Document{
		ID: "article/hub@en", Group: "article/hub", Title: "Reset the hub", Locale: "en", Serves: []string{"en"}, Audience: profile.Public(),
	})
	engine := search.NewEngine(index, &search.Options{Sources: []search.Source{library}})
	fmt.Println(err, engine.Refresh(context.Background()))
	found, err := engine.Search(context.Background(), profile.Actor{}, search.Query{Text: "resetting hubs", Locale: "en"})
	fmt.Println(found.Total, found.Hits[0].Title, err)
	// Output:
	// <nil> <nil>
	// 1 Reset the hub <nil>
}
