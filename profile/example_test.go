package profile_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

func Example() {
	ctx := context.Background()
	directory := profile.NewDirectory(memprofile.New(), nil)
	admin := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}

	// Partners of the higher plans whose certificate is good belong to a segment.
	_, err := directory.SaveSegment(ctx, admin, profile.Segment{
		Name: "certified", Title: "Certified partners",
		Rule: profile.Rule{All: []profile.Rule{
			{Fact: profile.FactRole, Op: profile.OpIn, Values: []string{"partner"}},
			{Fact: profile.FactPlan, Op: profile.OpIn, Values: []string{"gold", "platinum"}},
			{Fact: "person.certified_until", Op: profile.OpAtLeast, Values: []string{"2026-12-31"}},
		}},
	})
	if err != nil {
		fmt.Println(err)
	}
	if _, err := directory.SaveAccount(ctx, admin, profile.Account{ID: "nordkap", Name: "Nordkap", Plan: "gold"}); err != nil {
		fmt.Println(err)
	}
	if _, err := directory.SavePerson(ctx, admin, profile.Person{
		ID: "anke", Name: "Anke Lorenz", Account: "nordkap", Roles: []profile.Role{profile.RolePartner},
		Attributes: map[string][]string{"certified_until": {"2027-05-31"}},
	}); err != nil {
		fmt.Println(err)
	}

	// What a guide within a category may be seen by is the intersection of both.
	guide := profile.NewAudience("certified", "staff").And(profile.NewAudience("signed-in"))
	fmt.Println(guide)

	// Every request resolves its person anew.
	for _, id := range []string{"anke", "somebody"} {
		actor, err := directory.Actor(ctx, id)
		fmt.Println(id, actor.Segments, actor.Sight().Admits(guide), err)
	}

	// Output:
	// certified+signed-in, signed-in+staff
	// anke [certified] true <nil>
	// somebody [] false person "somebody": not found
}

// A host keeps its own sessions. It tells the library who is asking, and from
// the moment somebody is removed their sessions are worth nothing.
func ExampleMiddleware() {
	ctx := context.Background()
	directory := profile.NewDirectory(memprofile.New(), nil)
	admin := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	if _, err := directory.SavePerson(ctx, admin, profile.Person{ID: "ann", Name: "Ann"}); err != nil {
		fmt.Println(err)
	}

	sessions := profile.AuthenticatorFunc(func(r *http.Request) (profile.Actor, error) {
		cookie, err := r.Cookie("session")
		if err != nil {
			return profile.Actor{}, nil // an anonymous visitor
		}
		return directory.Actor(r.Context(), cookie.Value)
	})
	page := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println("hello", profile.FromContext(r.Context()).Name)
	})
	signIn := http.RedirectHandler("/sign-in", http.StatusSeeOther)
	handler := profile.Middleware(sessions, &profile.MiddlewareOptions{Refused: signIn})(page)

	visit := func() {
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: "ann"})
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header()["Location"])
	}
	visit()
	if err := directory.RemovePerson(ctx, admin, "ann"); err != nil {
		fmt.Println(err)
	}
	visit()

	// Output:
	// hello Ann
	// 200 []
	// 303 [/sign-in]
}

// A team with a database of its own writes the audience of its rows into a
// table of terms, and asks for what an actor may see in the query itself.
func ExampleSight_Where() {
	for _, row := range profile.NewAudience("partner", "signed-in+region-eu").Rows() {
		fmt.Println(row.Term, row.Parts, row.Segment)
	}
	actor := profile.Actor{ID: "ann", Segments: []string{"region-eu"}}
	condition, args := actor.Sight().Where("manual_term", "manual.id", 2)
	query := "select title from manual where product = $1 and " + condition
	fmt.Println(strings.Count(query, "$"), args)

	// Output:
	// partner 1 partner
	// region-eu+signed-in 2 region-eu
	// region-eu+signed-in 2 signed-in
	// 5 [person:ann public region-eu signed-in]
}
