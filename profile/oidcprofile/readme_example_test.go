package oidcprofile_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/oidcprofile"
)

func Example_readme() {
	store, mux := memprofile.New(), http.NewServeMux()
	directory := profile.NewDirectory(store, nil)
	sessions := profile.NewSessions(store, directory, &profile.SessionOptions{Secure: true})
	identities := profile.NewIdentities(store, directory, sessions)
	provider, err := oidcprofile.New(identities, sessions, oidcprofile.Config{
		Issuer: "https://id.example", Client: "portal", Secret: "from your provider",
		Callback: "https://support.example/sign-in/callback",
	}, &oidcprofile.Options{
		System: profile.Actor{ID: "sign-in", Roles: []profile.Role{profile.RoleAdmin}},
		Welcome: func(ctx context.Context, c oidcprofile.Claims) (profile.Person, error) { // the first time
			return profile.Person{Name: c.Name, Email: c.Email, Roles: []profile.Role{profile.RoleCustomer}}, nil
		},
	})
	fmt.Println(provider.Via(), err)
	mux.Handle("/sign-in/", http.StripPrefix("/sign-in", provider.Handler())) // /sign-in/login?return=/cases
	portal := profile.Middleware(sessions, &profile.MiddlewareOptions{Refused: sessions.Refused()})(mux)
	_ = portal // serves, and knows who is asking
	// Output:
	// oidc:https://id.example <nil>
}
