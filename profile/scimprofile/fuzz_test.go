package scimprofile_test

import (
	"net/http"
	"testing"

	"github.com/stoa-go/stoa/profile/scimprofile"
)

func stripped(p *scimprofile.Provider) http.Handler { return http.StripPrefix("/scim/v2", p.Handler()) }

// FuzzPatch: whatever a body says, the answer is the protocol's and the account
// of nobody else changes.
func FuzzPatch(f *testing.F) {
	for _, body := range []string{
		patch(`{"op":"replace","value":{"active":"False"}}`), patch(`{"op":"add","path":"emails[type eq \"work\"].value","value":"a@b.example"}`),
		patch(`{"op":"remove","path":"name"}`), patch(`{"op":"add","path":"members[value eq \"ann\"]"}`), newUser("x"), `{"a":{"b":[1,null,{"c":true}]}}`,
	} {
		f.Add(body, `userName eq "x"`)
	}
	s := newService(f)
	f.Fuzz(func(t *testing.T, body, filter string) {
		for _, c := range [][]string{{"PATCH", "/Users/ann"}, {"PUT", "/Users/ann"}, {"POST", "/Users"}, {"PATCH", "/Groups/managers"}, {"PUT", "/Groups/partners"}} {
			if code := s.do(t, c[0], c[1], body).Code; code >= 500 {
				t.Fatalf("%s %s: %d for %q", c[0], c[1], code, body)
			}
		}
		if code := s.do(t, "GET", "/Users"+query(filter), "").Code; code != 200 && code != 400 {
			t.Fatalf("%d for %q", code, filter)
		}
		if s.person(t, "carl").Version != 1 || s.person(t, "gus").Version != 1 {
			t.Fatal("it reached somebody else")
		}
	})
}
