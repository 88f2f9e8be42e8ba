package profiletest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// faultyLinks is a good store with one fault: whatever is set replaces it.
type faultyLinks struct {
	profile.LinkStore
	link   func(ctx context.Context, secret string) (profile.Link, error)
	list   func(ctx context.Context, q profile.LinkQuery) ([]profile.Link, error)
	make   func(ctx context.Context, l profile.Link) error
	use    func(ctx context.Context, id, claim string, now time.Time) (profile.Link, error)
	end    func(ctx context.Context, q profile.LinkQuery, end profile.LinkEnd) (int, error)
	remove func(ctx context.Context, q profile.LinkQuery) (int, error)
}

func (f faultyLinks) LinkWith(ctx context.Context, secret string) (profile.Link, error) {
	if f.link != nil {
		return f.link(ctx, secret)
	}
	return f.LinkStore.LinkWith(ctx, secret)
}

func (f faultyLinks) Links(ctx context.Context, q profile.LinkQuery) ([]profile.Link, error) {
	if f.list != nil {
		return f.list(ctx, q)
	}
	return f.LinkStore.Links(ctx, q)
}

func (f faultyLinks) MakeLink(ctx context.Context, l profile.Link) error {
	if f.make != nil {
		return f.make(ctx, l)
	}
	return f.LinkStore.MakeLink(ctx, l)
}

func (f faultyLinks) UseLink(ctx context.Context, id, claim string, now time.Time) (profile.Link, error) {
	if f.use != nil {
		return f.use(ctx, id, claim, now)
	}
	return f.LinkStore.UseLink(ctx, id, claim, now)
}

func (f faultyLinks) EndLinks(ctx context.Context, q profile.LinkQuery, end profile.LinkEnd) (int, error) {
	if f.end != nil {
		return f.end(ctx, q, end)
	}
	return f.LinkStore.EndLinks(ctx, q, end)
}

func (f faultyLinks) RemoveLinks(ctx context.Context, q profile.LinkQuery) (int, error) {
	if f.remove != nil {
		return f.remove(ctx, q)
	}
	return f.LinkStore.RemoveLinks(ctx, q)
}

func linkMade(change func(*profile.Link)) func(profile.LinkStore) faultyLinks {
	return func(s profile.LinkStore) faultyLinks {
		return faultyLinks{make: func(ctx context.Context, l profile.Link) error {
			change(&l)
			return s.MakeLink(ctx, l)
		}}
	}
}

func linkUsed(use func(s profile.LinkStore, id, claim string, now time.Time) (string, string, time.Time)) func(profile.LinkStore) faultyLinks {
	return func(s profile.LinkStore) faultyLinks {
		return faultyLinks{use: func(ctx context.Context, id, claim string, now time.Time) (profile.Link, error) {
			id, claim, now = use(s, id, claim, now)
			return s.UseLink(ctx, id, claim, now)
		}}
	}
}

func linksAsked(change func(*profile.LinkQuery)) func(profile.LinkStore) faultyLinks {
	return func(s profile.LinkStore) faultyLinks {
		return faultyLinks{
			list: func(ctx context.Context, q profile.LinkQuery) ([]profile.Link, error) {
				change(&q)
				return s.Links(ctx, q)
			},
			remove: func(ctx context.Context, q profile.LinkQuery) (int, error) {
				change(&q)
				return s.RemoveLinks(ctx, q)
			},
		}
	}
}

// brokenLinks lists the faults that the suite must catch.
var brokenLinks = map[string]func(profile.LinkStore) faultyLinks{
	"links: drops the data":        linkMade(func(l *profile.Link) { l.Data = nil }),
	"links: drops who made it":     linkMade(func(l *profile.Link) { l.MadeBy = "" }),
	"links: drops the uses":        linkMade(func(l *profile.Link) { l.Uses = 1 }),
	"links: drops the last use":    linkMade(func(l *profile.Link) { l.UsedAt = time.Time{} }),
	"links: drops the end":         linkMade(func(l *profile.Link) { l.Ended = "" }),
	"links: never expires":         linkMade(func(l *profile.Link) { l.ExpiresAt = l.ExpiresAt.AddDate(9, 0, 0) }),
	"links: one purpose for all":   linkMade(func(l *profile.Link) { l.Purpose = "guest" }),
	"links: one address for all":   linkMade(func(l *profile.Link) { l.Address = "ann'$1@acme.example" }),
	"links: cuts text at a NUL":    linkMade(func(l *profile.Link) { l.Address = cutNUL(l.Address) }),
	"links: keeps the older one":   linkMade(func(l *profile.Link) { l.Address += " " + l.ID }),
	"links: forgets who claims it": linkUsed(func(_ profile.LinkStore, id, _ string, now time.Time) (string, string, time.Time) { return id, "", now }),
	"links: takes nobody's claim": linkUsed(func(_ profile.LinkStore, id, _ string, now time.Time) (string, string, time.Time) {
		return id, "anybody", now
	}),
	"links: good a moment too long": linkUsed(func(_ profile.LinkStore, id, claim string, now time.Time) (string, string, time.Time) {
		return id, claim, now.Add(-time.Microsecond)
	}),
	"links: ends a moment early": linkUsed(func(_ profile.LinkStore, id, claim string, now time.Time) (string, string, time.Time) {
		return id, claim, now.Add(time.Microsecond)
	}),
	"links: ignores the purpose": linksAsked(func(q *profile.LinkQuery) { blank(q, &q.Purpose) }),
	"links: ignores the subject": linksAsked(func(q *profile.LinkQuery) { q.Subject = lower(q.Subject) }),
	"links: ignores the address": linksAsked(func(q *profile.LinkQuery) { blank(q, &q.Address) }),
	"links: ignores the maker":   linksAsked(func(q *profile.LinkQuery) { blank(q, &q.MadeBy) }),
	"links: lists what has ended": linksAsked(func(q *profile.LinkQuery) {
		q.Open = false
	}),
	"links: ignores since": linksAsked(func(q *profile.LinkQuery) {
		if !q.Since.IsZero() {
			q.Since = time.Unix(0, 0)
		}
	}),
	"links: removes a moment early": linksAsked(func(q *profile.LinkQuery) {
		if !q.Expired.IsZero() {
			q.Expired = q.Expired.Add(time.Microsecond)
		}
	}),
	"links: selects everything": linksAsked(func(q *profile.LinkQuery) {
		if q.IsZero() {
			q.Since = time.Unix(0, 0)
		}
	}),
	"links: checks, then uses": func(s profile.LinkStore) faultyLinks {
		return faultyLinks{use: func(ctx context.Context, id, claim string, now time.Time) (profile.Link, error) {
			list, err := s.Links(ctx, profile.LinkQuery{ID: id})
			if err != nil || len(list) == 0 || !list[0].Live(now) {
				return s.UseLink(ctx, id, claim, now)
			}
			time.Sleep(time.Millisecond)
			l, err := s.UseLink(ctx, id, claim, now)
			if errors.Is(err, profile.ErrConflict) {
				return list[0], nil
			}
			return l, err
		}}
	},
	"links: ends what has ended": func(s profile.LinkStore) faultyLinks {
		return faultyLinks{end: func(ctx context.Context, q profile.LinkQuery, end profile.LinkEnd) (int, error) {
			n, err := s.EndLinks(ctx, q, end)
			if list, e := s.Links(ctx, q); e == nil {
				n = len(list)
			}
			return n, err
		}}
	},
	"links: ends nothing": func(s profile.LinkStore) faultyLinks {
		return faultyLinks{end: func(ctx context.Context, q profile.LinkQuery, _ profile.LinkEnd) (int, error) {
			q.Open = true
			list, err := s.Links(ctx, q)
			return len(list), err
		}}
	},
	"links: oldest first": func(s profile.LinkStore) faultyLinks {
		return faultyLinks{list: func(ctx context.Context, q profile.LinkQuery) ([]profile.Link, error) {
			list, err := s.Links(ctx, q)
			slices.Reverse(list)
			return list, err
		}}
	},
	"links: shares its map": func(s profile.LinkStore) faultyLinks {
		kept := map[string]map[string]string{}
		return faultyLinks{
			make: func(ctx context.Context, l profile.Link) error {
				kept[l.Secret] = l.Data
				return s.MakeLink(ctx, l)
			},
			link: func(ctx context.Context, secret string) (profile.Link, error) {
				l, err := s.LinkWith(ctx, secret)
				l.Data = kept[secret]
				return l, err
			},
		}
	},
	"links: finds by ID": func(s profile.LinkStore) faultyLinks {
		return faultyLinks{link: func(ctx context.Context, secret string) (profile.Link, error) {
			if list, err := s.Links(ctx, profile.LinkQuery{ID: secret}); err == nil && len(list) > 0 {
				return list[0], nil
			}
			return s.LinkWith(ctx, secret)
		}}
	},
	"links: replaces what it then refuses": func(s profile.LinkStore) faultyLinks {
		return faultyLinks{make: func(ctx context.Context, l profile.Link) error {
			_, _ = s.EndLinks(ctx, profile.LinkQuery{Purpose: l.Purpose, Subject: l.Subject, Address: l.Address}, profile.LinkReplaced)
			return s.MakeLink(ctx, l)
		}}
	},
	"links: does not notice a cancelled context": func(s profile.LinkStore) faultyLinks {
		return faultyLinks{use: func(ctx context.Context, id, claim string, now time.Time) (profile.Link, error) {
			return s.UseLink(context.WithoutCancel(ctx), id, claim, now)
		}}
	},
}

// blank makes a query ignore a field, if something is left of it.
func blank(q *profile.LinkQuery, field *string) {
	if *field == "" {
		return
	}
	*field = ""
	if q.IsZero() {
		q.Since = time.Unix(0, 0)
	}
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func cutNUL(s string) string {
	if at := slices.Index([]byte(s), 0); at >= 0 {
		return s[:at]
	}
	return s
}

// TestSuiteCatchesLinks runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesLinks(t *testing.T) {
	suitetest.Catches(t, brokenLinks, func(t *testing.T, fault func(profile.LinkStore) faultyLinks) {
		profiletest.TestLinkStore(t, func(*testing.T) profile.LinkStore {
			good := memprofile.NewLinks()
			f := fault(good)
			f.LinkStore = good
			return f
		})
	})
}
