package profiletest_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// faultyIdentities is a good store with one fault: whatever is set replaces it.
type faultyIdentities struct {
	profile.IdentityStore
	identity func(ctx context.Context, via, subject string) (profile.Identity, error)
	list     func(ctx context.Context, person string) ([]profile.Identity, error)
	link     func(ctx context.Context, i profile.Identity) error
	unlink   func(ctx context.Context, i profile.Identity) error
}

func (f faultyIdentities) Identity(ctx context.Context, via, subject string) (profile.Identity, error) {
	if f.identity != nil {
		return f.identity(ctx, via, subject)
	}
	return f.IdentityStore.Identity(ctx, via, subject)
}

func (f faultyIdentities) Identities(ctx context.Context, person string) ([]profile.Identity, error) {
	if f.list != nil {
		return f.list(ctx, person)
	}
	return f.IdentityStore.Identities(ctx, person)
}

func (f faultyIdentities) Link(ctx context.Context, i profile.Identity) error {
	if f.link != nil {
		return f.link(ctx, i)
	}
	return f.IdentityStore.Link(ctx, i)
}

func (f faultyIdentities) Unlink(ctx context.Context, i profile.Identity) error {
	if f.unlink != nil {
		return f.unlink(ctx, i)
	}
	return f.IdentityStore.Unlink(ctx, i)
}

func linkedAs(change func(*profile.Identity)) func(profile.IdentityStore) faultyIdentities {
	return func(s profile.IdentityStore) faultyIdentities {
		return faultyIdentities{link: func(ctx context.Context, i profile.Identity) error {
			change(&i)
			return s.Link(ctx, i)
		}}
	}
}

func unlinkedAs(change func(profile.IdentityStore, *profile.Identity)) func(profile.IdentityStore) faultyIdentities {
	return func(s profile.IdentityStore) faultyIdentities {
		return faultyIdentities{unlink: func(ctx context.Context, i profile.Identity) error {
			change(s, &i)
			return s.Unlink(ctx, i)
		}}
	}
}

// brokenIdentities lists the faults that the suite must catch.
var brokenIdentities = map[string]func(profile.IdentityStore) faultyIdentities{
	"identities: forgets when":  linkedAs(func(i *profile.Identity) { i.LinkedAt = time.Time{} }),
	"identities: cuts subjects": linkedAs(func(i *profile.Identity) { i.Subject = strings.TrimSpace(strings.Split(i.Subject, "$")[0]) }),
	"identities: repairs text": linkedAs(func(i *profile.Identity) {
		i.Person = strings.ToValidUTF8(strings.ReplaceAll(i.Person, "\x00", ""), "")
	}),
	"identities: ignores the person": unlinkedAs(func(s profile.IdentityStore, i *profile.Identity) { i.Person = ownerOf(s, *i) }),
	"identities: unlinks by subject": unlinkedAs(func(_ profile.IdentityStore, i *profile.Identity) {
		if i.Via == "" {
			i.Via = "other"
		}
	}),
	"identities: one row for a subject": func(s profile.IdentityStore) faultyIdentities {
		return faultyIdentities{link: func(ctx context.Context, i profile.Identity) error {
			if _, err := s.Identity(ctx, "oidc:https://id.example", i.Subject); err == nil {
				return profile.ErrConflict
			}
			return s.Link(ctx, i)
		}}
	},
	"identities: minds no case": func(s profile.IdentityStore) faultyIdentities {
		return faultyIdentities{identity: func(ctx context.Context, via, subject string) (profile.Identity, error) {
			list, err := s.Identities(ctx, "ann")
			for _, i := range list {
				if strings.EqualFold(i.Via, via) && strings.EqualFold(i.Subject, subject) {
					return i, nil
				}
			}
			if err != nil {
				return profile.Identity{}, err
			}
			return s.Identity(ctx, via, subject)
		}}
	},
	"identities: joins the parts": func(s profile.IdentityStore) faultyIdentities {
		return faultyIdentities{identity: func(ctx context.Context, via, subject string) (profile.Identity, error) {
			list, err := s.Identities(ctx, "ann")
			for _, i := range list {
				if i.Via+i.Subject == via+subject {
					return i, nil
				}
			}
			if err != nil {
				return profile.Identity{}, err
			}
			return s.Identity(ctx, via, subject)
		}}
	},
	"identities: the last link wins": func(s profile.IdentityStore) faultyIdentities {
		return faultyIdentities{link: func(ctx context.Context, i profile.Identity) error {
			if old, err := s.Identity(ctx, i.Via, i.Subject); err == nil {
				_ = s.Unlink(ctx, old)
			}
			return s.Link(ctx, i)
		}}
	},
	"identities: linking again is no error": func(s profile.IdentityStore) faultyIdentities {
		return faultyIdentities{link: func(ctx context.Context, i profile.Identity) error {
			if old, err := s.Identity(ctx, i.Via, i.Subject); err == nil && old.Person == i.Person {
				return nil
			}
			return s.Link(ctx, i)
		}}
	},
	"identities: newest first": func(s profile.IdentityStore) faultyIdentities {
		return faultyIdentities{list: func(ctx context.Context, person string) ([]profile.Identity, error) {
			list, err := s.Identities(ctx, person)
			slices.Reverse(list)
			return list, err
		}}
	},
	"identities: everybody's": func(s profile.IdentityStore) faultyIdentities {
		return faultyIdentities{list: func(ctx context.Context, person string) ([]profile.Identity, error) {
			list, err := s.Identities(ctx, person)
			more, _ := s.Identities(ctx, "bob")
			return append(list, more...), err
		}}
	},
	"identities: unlinks nothing": func(s profile.IdentityStore) faultyIdentities {
		return faultyIdentities{unlink: func(ctx context.Context, i profile.Identity) error {
			_, err := s.Identity(ctx, i.Via, i.Subject)
			return err
		}}
	},
	"identities: do not notice a cancelled context": func(s profile.IdentityStore) faultyIdentities {
		return faultyIdentities{unlink: func(ctx context.Context, i profile.Identity) error {
			return s.Unlink(context.WithoutCancel(ctx), i)
		}}
	},
}

func ownerOf(s profile.IdentityStore, i profile.Identity) string {
	old, _ := s.Identity(context.Background(), i.Via, i.Subject)
	return old.Person
}

// faultyOnce is a good store with one fault.
type faultyOnce struct {
	profile.OnceStore
	once  func(ctx context.Context, key string, now, until time.Time) error
	again func(ctx context.Context, key string) error
}

func (f faultyOnce) Once(ctx context.Context, key string, now, until time.Time) error {
	if f.once != nil {
		return f.once(ctx, key, now, until)
	}
	return f.OnceStore.Once(ctx, key, now, until)
}

func (f faultyOnce) Again(ctx context.Context, key string) error {
	if f.again != nil {
		return f.again(ctx, key)
	}
	return f.OnceStore.Again(ctx, key)
}

func onceAs(change func(ctx context.Context, s profile.OnceStore, key string, now, until time.Time) error) func(profile.OnceStore) faultyOnce {
	return func(s profile.OnceStore) faultyOnce {
		return faultyOnce{once: func(ctx context.Context, key string, now, until time.Time) error {
			return change(ctx, s, key, now, until)
		}}
	}
}

// brokenOnce lists the faults that the suite must catch.
var brokenOnce = map[string]func(profile.OnceStore) faultyOnce{
	"once: always": onceAs(func(ctx context.Context, s profile.OnceStore, key string, now, until time.Time) error {
		_ = s.Again(ctx, key)
		return s.Once(ctx, key, now, until)
	}),
	"once: never again": onceAs(func(ctx context.Context, s profile.OnceStore, key string, now, _ time.Time) error {
		return s.Once(ctx, key, now, now.AddDate(100, 0, 0))
	}),
	"once: a moment longer": onceAs(func(ctx context.Context, s profile.OnceStore, key string, now, until time.Time) error {
		return s.Once(ctx, key, now, until.Add(time.Microsecond))
	}),
	"once: a moment shorter": onceAs(func(ctx context.Context, s profile.OnceStore, key string, now, until time.Time) error {
		return s.Once(ctx, key, now, until.Add(-time.Microsecond))
	}),
	"once: minds no case": onceAs(func(ctx context.Context, s profile.OnceStore, key string, now, until time.Time) error {
		return s.Once(ctx, strings.ToLower(key), now, until)
	}),
	"once: asks and then writes": onceAs(func() func(ctx context.Context, s profile.OnceStore, key string, now, until time.Time) error {
		kept, turn := map[string]time.Time{}, make(chan struct{}, 1)
		return func(ctx context.Context, _ profile.OnceStore, key string, now, until time.Time) error {
			if strings.IndexByte(key, 0) >= 0 || !utf8.ValidString(key) {
				return profile.ErrInvalid
			}
			turn <- struct{}{}
			end, ok := kept[key]
			<-turn
			if ctx.Err() != nil || ok && now.Before(end) {
				return profile.ErrConflict
			}
			time.Sleep(time.Millisecond)
			turn <- struct{}{}
			kept[key] = until
			<-turn
			return nil
		}
	}()),
	"once: frees nothing": func(profile.OnceStore) faultyOnce {
		return faultyOnce{again: func(ctx context.Context, _ string) error { return ctx.Err() }}
	},
	"once: does not notice a cancelled context": onceAs(func(ctx context.Context, s profile.OnceStore, key string, now, until time.Time) error {
		return s.Once(context.WithoutCancel(ctx), key, now, until)
	}),
}

// TestSuiteCatchesIdentities runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesIdentities(t *testing.T) {
	suitetest.Catches(t, brokenIdentities, func(t *testing.T, fault func(profile.IdentityStore) faultyIdentities) {
		profiletest.TestIdentityStore(t, func(*testing.T) profile.IdentityStore {
			good := memprofile.New()
			f := fault(good)
			f.IdentityStore = good
			return f
		})
	})
}

// TestSuiteCatchesOnce runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesOnce(t *testing.T) {
	suitetest.Catches(t, brokenOnce, func(t *testing.T, fault func(profile.OnceStore) faultyOnce) {
		profiletest.TestOnceStore(t, func(*testing.T) profile.OnceStore {
			good := memprofile.New()
			f := fault(good)
			f.OnceStore = good
			return f
		})
	})
}
