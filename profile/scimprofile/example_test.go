package scimprofile_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/scimprofile"
)

// Somebody joins a customer, and leaves.
func Example() {
	ctx := context.Background()
	directory := profile.NewDirectory(memprofile.New(), nil)
	system := profile.Actor{ID: "scim", Roles: []profile.Role{profile.RoleAdmin}}
	_, err := directory.SaveAccount(ctx, system, profile.Account{ID: "acme", Name: "Acme"})
	if err != nil {
		fmt.Println(err)
		return
	}
	secret := "what-the-customer-enters-at-its-provider"
	hash, err := scimprofile.HashToken(secret)
	if err != nil {
		fmt.Println(err)
		return
	}
	provider, err := scimprofile.New(directory, scimprofile.Options{
		Actor: system, Tokens: []scimprofile.Token{{Hash: hash, Account: "acme"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/scim/v2/", http.StripPrefix("/scim/v2", provider.Handler()))
	call := func(method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/scim/v2"+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+secret)
		r.Header.Set("Content-Type", "application/scim+json")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}

	joined := call("POST", "/Users", `{"userName": "jo@acme.example", "displayName": "Jo"}`)
	location := joined.Header().Get("Location")
	id := strings.TrimPrefix(location, "/Users/")
	who, err := directory.Actor(ctx, id)
	fmt.Println(joined.Code, who.Name, who.Account, err)

	left := call("PATCH", location, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
		"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}`)
	_, err = directory.Actor(ctx, id)
	fmt.Println(left.Code, strings.HasSuffix(err.Error(), "not found"))
	// Output:
	// 201 Jo acme <nil>
	// 200 true
}
