package search_test

import (
	"context"
	"fmt"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

func Example_readme() {
	library := searchtest.NewSource("kb") // yours: kb.Library.Source(), or anything with three methods
	library.Put(search.Document{
		ID: "article/1@en", Group: "article/1", Locale: "en", Serves: []string{"en", "de"}, Audience: profile.Public(),
		Title: "The printer is slow", Body: "Switch it off and on.", Facets: map[string][]string{"kind": {"faq"}},
	})
	engine := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{library}})
	engine.Refresh(context.Background()) // a server calls Run, which keeps the index fresh
	found, err := engine.Search(context.Background(), profile.Actor{}, search.Query{
		Text: "slow printer", Locale: "de", Facets: []string{"kind"},
	})
	fmt.Println(found.Total, found.Hits[0].Title, found.Facets["kind"][0].Count, err)
	// Output: 1 The printer is slow 1 <nil>
}
