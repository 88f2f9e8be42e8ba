package samlprofile_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"slices"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/samlprofile"
)

func Example() {
	store, mux := memprofile.New(), http.NewServeMux()
	directory := profile.NewDirectory(store, nil)
	sessions := profile.NewSessions(store, directory, &profile.SessionOptions{Secure: true})
	identities := profile.NewIdentities(store, directory, sessions)
	pair := ours() // tls.LoadX509KeyPair("saml.crt", "saml.key")
	provider, err := samlprofile.New(identities, sessions, samlprofile.Config{
		Address: "https://support.example/saml", MetadataURL: "https://id.example/metadata", Issuer: "https://id.example",
		Keys: []tls.Certificate{pair.tls()},
	}, &samlprofile.Options{
		Strong:  []string{"https://refeds.org/profile/mfa"},
		Domains: []string{"acme.example"},
		System:  profile.Actor{ID: "sign-in", Roles: []profile.Role{profile.RoleAdmin}},
		Welcome: func(ctx context.Context, c samlprofile.Claims) (profile.Person, error) { // the first time
			if !slices.Contains(c.All["groups"], "support") {
				return profile.Person{}, profile.ErrForbidden
			}
			return profile.Person{Name: c.Name, Email: c.Email, Account: "acme", Roles: []profile.Role{profile.RoleCustomer}}, nil
		},
	})
	fmt.Println(provider.Via(), err)
	mux.Handle("/saml/", http.StripPrefix("/saml", provider.Handler())) // /saml/login?return=/cases
	portal := profile.Middleware(sessions, &profile.MiddlewareOptions{Refused: sessions.Refused()})(mux)
	_ = portal // serves, and knows who is asking
	// Output:
	// saml:https://id.example <nil>
}
