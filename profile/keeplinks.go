package profile

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"
)

// A linkRecord is a link in an export, without what opens it.
type linkRecord struct {
	Purpose   string    `json:"purpose"`
	Subject   string    `json:"subject"`
	Address   string    `json:"address"`
	MadeBy    string    `json:"made_by"`
	MadeAt    time.Time `json:"made_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// LinkKeeper returns the Keeper of links, named "links": of those that a person
// made, that are about them, or that were sent to the address that people has of
// them. An export has the newest 200 of each.
func LinkKeeper(store LinkStore, people PersonStore) Keeper {
	return NewKeeper("links",
		func(ctx context.Context, person string) iter.Seq2[any, error] {
			queries, err := linksOf(ctx, people, person)
			seen := map[string]bool{}
			var all []Link
			for _, q := range queries {
				list, failed := store.Links(ctx, q)
				err = errors.Join(err, failed)
				for _, l := range list {
					if !seen[l.ID] {
						all = append(all, l)
					}
					seen[l.ID] = true
				}
			}
			return listed(func(l Link) any {
				return linkRecord{l.Purpose, l.Subject, l.Address, l.MadeBy, l.MadeAt, l.ExpiresAt}
			}, all, err)
		},
		func(ctx context.Context, person string, _ Erasure) (done Erased, err error) {
			queries, err := linksOf(ctx, people, person)
			if err != nil {
				return done, err
			}
			for _, q := range queries {
				n, err := store.RemoveLinks(ctx, q)
				done.Removed += n
				if err != nil {
					return done, err
				}
			}
			return done, nil
		})
}

// linksOf returns the queries for the links that tell of a person. Who has no
// record has no address that is known.
func linksOf(ctx context.Context, people PersonStore, person string) ([]LinkQuery, error) {
	queries := []LinkQuery{{MadeBy: person}, {Subject: "person/" + person}}
	p, err := people.Person(ctx, person)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if p.Email != "" {
		queries = append(queries, LinkQuery{Address: p.Email})
		if folded := strings.ToLower(p.Email); folded != p.Email {
			queries = append(queries, LinkQuery{Address: folded}) // of invitations
		}
	}
	return queries, nil
}
