package cases_test

import (
	"context"
	"fmt"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/memcases"
	"github.com/stoa-go/stoa/profile"
)

func Example_readme() {
	ann := profile.Actor{ID: "ann", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}, Assurance: profile.AssuranceSignIn}
	bob := profile.Actor{ID: "bob", Roles: []profile.Role{profile.RoleAgent}, Assurance: profile.AssuranceSignIn}
	ctx, desk := context.Background(), cases.NewDesk(memcases.New(), nil) // or sqlcases.New(db)
	c, err := desk.Open(ctx, ann, cases.Draft{Kind: "question", Subject: "The lamp is red", Body: "What does it mean?"})
	fmt.Println(c.State, c.Priority, err)
	desk.Say(ctx, bob, c.ID, cases.Message{Body: "Third time this week.", Internal: true})
	desk.Say(ctx, bob, c.ID, cases.Message{Body: "Hold the button for ten seconds.", Solution: true})
	said, _, _ := desk.Entries(ctx, ann, c.ID, "", 0)
	c, err = desk.Accept(ctx, ann, c.Reference)
	fmt.Println(len(said), c.State, err)
	// Output:
	// open normal <nil>
	// 3 closed <nil>
}
