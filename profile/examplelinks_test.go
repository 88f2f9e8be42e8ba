package profile_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// Somebody who has not signed in is sent a link to one case.
func ExampleLinks() {
	ctx := context.Background()
	links := profile.NewLinks(memprofile.NewLinks(), nil)
	agent := profile.Actor{ID: "gus", Roles: []profile.Role{profile.RoleAgent}}
	token, _, err := links.Make(ctx, agent, profile.LinkDraft{Purpose: "guest", Subject: "case/42", Address: "ann@acme.example"})
	if err != nil {
		fmt.Println(err)
		return
	}

	// Opening the link shows a page with a button, as programs open it too.
	seen, err := links.Peek(ctx, "guest", token)
	fmt.Println(seen.Subject, err)

	// The button sends a POST.
	used, err := links.Use(ctx, "guest", token)
	who := used.Actor()
	fmt.Println(who.Holds("guest", "case/42"), who.Holds("guest", "case/43"), who.Anonymous(), err)

	_, err = links.Use(ctx, "guest", token)
	fmt.Println(errors.Is(err, profile.ErrGone))
	// Output:
	// case/42 <nil>
	// true false true <nil>
	// true
}
