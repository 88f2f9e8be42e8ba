package profile_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"strings"
	"time"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// A host has a table of its own in which people stand. It registers a Keeper,
// and what is exported and erased of a person includes it.
func ExampleDirectory_Register() {
	ctx := context.Background()
	bookings := map[string][]string{"ann": {"room 4 on Friday"}, "bob": {"room 2 on Monday"}}
	directory := profile.NewDirectory(memprofile.New(), &profile.Options{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
	directory.Register(profile.NewKeeper("bookings",
		func(_ context.Context, person string) iter.Seq2[any, error] {
			return func(yield func(any, error) bool) {
				for _, b := range bookings[person] {
					if !yield(map[string]string{"booking": b}, nil) {
						return
					}
				}
			}
		},
		func(_ context.Context, person string, _ profile.Erasure) (profile.Erased, error) {
			n := len(bookings[person])
			delete(bookings, person)
			return profile.Erased{Removed: n}, nil
		}))

	ann := profile.Actor{ID: "ann"}
	if _, err := directory.Shelve(ctx, ann, profile.ShelfItem{List: profile.ListFavourites, Ref: "article/7", Title: "Rooms"}); err != nil {
		fmt.Println(err)
	}
	var export strings.Builder
	if err := directory.Export(ctx, ann, "ann", &export); err != nil {
		fmt.Println(err)
	}
	for line := range strings.Lines(export.String()) {
		if strings.Contains(line, "booking") || strings.Contains(line, "article") {
			fmt.Fprint(os.Stdout, line)
		}
	}

	report, err := directory.EraseEverything(ctx, ann, "ann", profile.EraseModeDelete)
	for _, r := range report {
		if r.Removed > 0 {
			fmt.Println(r.Keeper, r.Removed, err)
		}
	}
	fmt.Println(bookings)

	// Output:
	// "bookings":[
	// {"booking":"room 4 on Friday"}],
	// {"list":"favourites","ref":"article/7","title":"Rooms","level":"","data":{},"at":"2027-01-15T08:00:00Z"}],
	// bookings 1 <nil>
	// shelf 1 <nil>
	// map[bob:[room 2 on Monday]]
}

// Somebody's telephone stays silent at night, by their own clock, also in the
// night in which clocks are changed.
func ExampleQuiet_Until() {
	quiet := profile.Quiet{From: "22:00", To: "07:30"}
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		fmt.Println(err)
	}
	for _, now := range []time.Time{
		time.Date(2026, 3, 28, 21, 0, 0, 0, vienna),
		time.Date(2026, 3, 28, 23, 0, 0, 0, vienna),
	} {
		until, yes := quiet.Until(now, vienna)
		if !yes {
			fmt.Println("write now")
			continue
		}
		fmt.Println("wait for", until.Sub(now), "until", until.In(vienna).Format(time.Kitchen))
	}

	// Output:
	// write now
	// wait for 7h30m0s until 7:30AM
}
