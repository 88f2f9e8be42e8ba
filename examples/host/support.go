package main

import (
	"context"
	"net/http"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/sqlkb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/sqlprofile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
)

// addSupport puts a help centre below /support/: in the product's database, for
// its users, on its router. Run what it returns to keep the search fresh.
func addSupport(ctx context.Context, p *product) (keepFresh func(context.Context) error, err error) {
	if err := sqlkb.Migrate(ctx, p.db.DB); err != nil {
		return nil, err
	}
	if err := sqlprofile.Migrate(ctx, p.db.DB); err != nil {
		return nil, err
	}
	people := profile.NewDirectory(sqlprofile.New(p.db), nil) // of the product's users it keeps what they prefer and put aside
	library := kb.NewLibrary(sqlkb.New(p.db), nil)
	engine := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{library.Source()}})

	support := http.NewServeMux()
	support.Handle("/search/", http.StripPrefix("/search", engine.Handler()))
	support.Handle("/search", http.StripPrefix("/search", engine.Handler()))
	support.Handle("/me", people.Handler())
	support.Handle("/me/", people.Handler())
	support.Handle("/", library.Handler())

	signIn := profile.Middleware(profile.AuthenticatorFunc(func(r *http.Request) (profile.Actor, error) {
		u, err := p.signedIn(r)
		if u == nil || err != nil {
			return profile.Actor{}, err
		}
		by := profile.Actor{ID: u.Login, Account: u.Company, Roles: []profile.Role{profile.RoleCustomer}}
		if u.Admin {
			by.Roles = append(by.Roles, profile.RoleAdmin)
		}
		return by, nil
	}), nil)
	p.mux.Handle("/support/", http.StripPrefix("/support", signIn(support)))
	return engine.Run, nil
}
