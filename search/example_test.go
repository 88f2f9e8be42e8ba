package search_test

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
)

// manuals is a source of a team's own: documents that never change.
type manuals []search.Document

func (manuals) Name() string { return "manuals" }

func (m manuals) Changes(_ context.Context, after string, _ int) ([]search.Change, string, error) {
	if after == "all" {
		return nil, after, nil
	}
	var changes []search.Change
	for _, d := range m {
		changes = append(changes, search.Change{Group: d.Group, Documents: []search.Document{d}})
	}
	return changes, "all", nil
}

func (manuals) Wait(ctx context.Context, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

func Example() {
	source := manuals{{
		ID: "manual/hub@en", Group: "manual/hub", Kind: "manual", Locale: "en", Serves: []string{"en"}, Path: "/en/manuals/hub",
		Title: "The hub", Body: "Hold the button for ten seconds to reset the hub.", Audience: profile.Public(),
		Facets: map[string][]string{"kind": {"manual"}}, UpdatedAt: time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC),
	}, {
		ID: "manual/service@en", Group: "manual/service", Kind: "manual", Locale: "en", Serves: []string{"en"}, Path: "/en/manuals/service",
		Title: "Service codes", Body: "Code 4711 resets a hub from afar.", Audience: profile.NewAudience(profile.SegmentStaff),
		Facets: map[string][]string{"kind": {"manual"}}, UpdatedAt: time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC),
	}}
	engine := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}})

	ctx := context.Background()
	if err := engine.Refresh(ctx); err != nil { // a server calls engine.Run instead, which keeps the index fresh
		fmt.Println(err)
	}
	visitor, agent := profile.Actor{}, profile.Actor{ID: "eve", Roles: []profile.Role{profile.RoleAgent}}
	for _, by := range []profile.Actor{visitor, agent} {
		results, err := engine.Search(ctx, by, search.Query{Text: "rest my hub?", Locale: "en", Facets: []string{"kind"}})
		if err != nil {
			fmt.Println(err)
		}
		fmt.Printf("%d found, %d manuals, did you mean %q\n", results.Total, results.Facets["kind"][0].Count, results.DidYouMean)
		for _, hit := range results.Hits {
			fmt.Printf("%d. %s: ", hit.Rank, hit.Title)
			for _, span := range hit.Snippet {
				if span.Match {
					fmt.Print("*" + span.Text + "*")
				} else {
					fmt.Print(span.Text)
				}
			}
			fmt.Println()
		}
	}
	// Output:
	// 1 found, 1 manuals, did you mean "reset my hub?"
	// 1. The hub: Hold the button for ten seconds to reset the *hub*.
	// 2 found, 2 manuals, did you mean "reset my hub?"
	// 1. The hub: Hold the button for ten seconds to reset the *hub*.
	// 2. Service codes: Code 4711 resets a *hub* from afar.
}

// The words of a query, as an index gets them.
func ExampleParse() {
	for _, w := range search.Parse(`error -36 "cannot connect" +hub -lamp`) {
		fmt.Printf("%s phrase=%t required=%t exclude=%t\n", w.Text, w.Phrase, w.Required, w.Exclude)
	}
	// Output:
	// error phrase=false required=false exclude=false
	// -36 phrase=false required=false exclude=false
	// cannot connect phrase=true required=true exclude=false
	// hub phrase=false required=true exclude=false
	// lamp phrase=false required=false exclude=true
}
