package audittest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/audit/audittest"
	"github.com/stoa-go/stoa/profile/audit/memaudit"
)

// faulty is a good store with one fault: whatever is set replaces it.
type faulty struct {
	audit.Store
	append func(ctx context.Context, e audit.Entry, seal func(string, audit.Entry) string) (audit.Entry, error)
	list   func(ctx context.Context, f audit.Filter) ([]audit.Entry, error)
	chain  func(ctx context.Context, seq int64, limit int) ([]audit.Entry, error)
	ends   func(ctx context.Context) (base, head audit.Mark, err error)
	prune  func(ctx context.Context, before time.Time, hold []string, limit int) (int, error)
	name   func(ctx context.Context, token, person string) error
	tokens func(ctx context.Context, person string) ([]string, error)
	rename func(ctx context.Context, person, pseudonym string) (int, error)
}

func (f faulty) Append(ctx context.Context, e audit.Entry, seal func(string, audit.Entry) string) (audit.Entry, error) {
	if f.append != nil {
		return f.append(ctx, e, seal)
	}
	return f.Store.Append(ctx, e, seal)
}

func (f faulty) Entries(ctx context.Context, q audit.Filter) ([]audit.Entry, error) {
	if f.list != nil {
		return f.list(ctx, q)
	}
	return f.Store.Entries(ctx, q)
}

func (f faulty) Chain(ctx context.Context, seq int64, limit int) ([]audit.Entry, error) {
	if f.chain != nil {
		return f.chain(ctx, seq, limit)
	}
	return f.Store.Chain(ctx, seq, limit)
}

func (f faulty) Ends(ctx context.Context) (base, head audit.Mark, err error) {
	if f.ends != nil {
		return f.ends(ctx)
	}
	return f.Store.Ends(ctx)
}

func (f faulty) Prune(ctx context.Context, before time.Time, hold []string, limit int) (int, error) {
	if f.prune != nil {
		return f.prune(ctx, before, hold, limit)
	}
	return f.Store.Prune(ctx, before, hold, limit)
}

func (f faulty) Name(ctx context.Context, token, person string) error {
	if f.name != nil {
		return f.name(ctx, token, person)
	}
	return f.Store.Name(ctx, token, person)
}

func (f faulty) Tokens(ctx context.Context, person string) ([]string, error) {
	if f.tokens != nil {
		return f.tokens(ctx, person)
	}
	return f.Store.Tokens(ctx, person)
}

func (f faulty) Rename(ctx context.Context, person, pseudonym string) (int, error) {
	if f.rename != nil {
		return f.rename(ctx, person, pseudonym)
	}
	return f.Store.Rename(ctx, person, pseudonym)
}

// changed returns a store that changes entries before it keeps them.
func changed(change func(*audit.Entry)) func(audit.Store) faulty {
	return func(s audit.Store) faulty {
		return faulty{append: func(ctx context.Context, e audit.Entry, seal func(string, audit.Entry) string) (audit.Entry, error) {
			change(&e)
			return s.Append(ctx, e, seal)
		}}
	}
}

// filtered returns a store that changes what it is asked for.
func filtered(change func(*audit.Filter)) func(audit.Store) faulty {
	return func(s audit.Store) faulty {
		return faulty{list: func(ctx context.Context, f audit.Filter) ([]audit.Entry, error) {
			change(&f)
			return s.Entries(ctx, f)
		}}
	}
}

// pruned returns a store that changes how it is pruned.
func pruned(change func(before *time.Time, hold *[]string, limit *int)) func(audit.Store) faulty {
	return func(s audit.Store) faulty {
		return faulty{prune: func(ctx context.Context, before time.Time, hold []string, limit int) (int, error) {
			change(&before, &hold, &limit)
			return s.Prune(ctx, before, hold, limit)
		}}
	}
}

// broken lists the faults that the suite must catch.
var broken = map[string]func(audit.Store) faulty{
	"append: drops the reason":  changed(func(e *audit.Entry) { e.Why = "" }),
	"append: drops in place of": changed(func(e *audit.Entry) { e.Behalf = "" }),
	"append: drops the network": changed(func(e *audit.Entry) { e.Network = "" }),
	"append: drops what of":     changed(func(e *audit.Entry) { e.Of = 0 }),
	"append: drops a change":    changed(func(e *audit.Entry) { e.Changes = e.Changes[:min(1, len(e.Changes))] }),
	"append: seals too early": func(s audit.Store) faulty {
		return faulty{append: func(ctx context.Context, e audit.Entry, seal func(string, audit.Entry) string) (audit.Entry, error) {
			_, head, err := s.Ends(ctx)
			if err != nil {
				return e, err
			}
			hash := seal(head.Hash, e)
			return s.Append(ctx, e, func(string, audit.Entry) string { return hash })
		}}
	},
	"append: shares its changes": func(s audit.Store) faulty {
		var given []audit.Entry
		with := func(list []audit.Entry, err error) ([]audit.Entry, error) {
			for i, e := range list {
				list[i].Changes = given[e.Seq-1].Changes
			}
			return list, err
		}
		return faulty{
			append: func(ctx context.Context, e audit.Entry, seal func(string, audit.Entry) string) (audit.Entry, error) {
				got, err := s.Append(ctx, e, seal)
				given = append(given, e)
				return got, err
			},
			list: func(ctx context.Context, f audit.Filter) ([]audit.Entry, error) { return with(s.Entries(ctx, f)) },
		}
	},
	"entries: any actor":          filtered(func(f *audit.Filter) { f.Who = nil }),
	"entries: anybody":            filtered(func(f *audit.Filter) { f.Whom = nil }),
	"entries: of anyone":          filtered(func(f *audit.Filter) { f.Anyone = nil }),
	"entries: no exception":       filtered(func(f *audit.Filter) { f.Except = nil }),
	"entries: any action":         filtered(func(f *audit.Filter) { f.Action = "" }),
	"entries: any outcome":        filtered(func(f *audit.Filter) { f.Outcome = nil }),
	"entries: for ever":           filtered(func(f *audit.Filter) { f.To = time.Time{} }),
	"entries: from ever":          filtered(func(f *audit.Filter) { f.From = time.Time{} }),
	"entries: the first page":     filtered(func(f *audit.Filter) { f.Before = 0 }),
	"entries: a limit of its own": filtered(func(f *audit.Filter) { f.Limit = max(f.Limit, 50) }),
	"entries: nobody is anybody": filtered(func(f *audit.Filter) {
		if len(f.Who) == 0 {
			f.Who = nil
		}
	}),
	"entries: oldest first": func(s audit.Store) faulty {
		return faulty{list: func(ctx context.Context, f audit.Filter) ([]audit.Entry, error) {
			list, err := s.Entries(ctx, f)
			slices.Reverse(list)
			return list, err
		}}
	},
	"chain: from one on": func(s audit.Store) faulty {
		return faulty{chain: func(ctx context.Context, seq int64, limit int) ([]audit.Entry, error) {
			return s.Chain(ctx, max(0, seq-1), limit)
		}}
	},
	"ends: no base": func(s audit.Store) faulty {
		return faulty{ends: func(ctx context.Context) (base, head audit.Mark, err error) {
			_, head, err = s.Ends(ctx)
			return base, head, err
		}}
	},
	"prune: no limit":     pruned(func(_ *time.Time, _ *[]string, limit *int) { *limit = 1000 }),
	"prune: what is held": pruned(func(_ *time.Time, hold *[]string, _ *int) { *hold = nil }),
	"prune: the same age": pruned(func(before *time.Time, _ *[]string, _ *int) { *before = before.Add(time.Microsecond) }),
	"prune: keeps names": func(s audit.Store) faulty {
		all := map[string]string{}
		return faulty{
			name: func(ctx context.Context, token, person string) error {
				all[token] = person
				return s.Name(ctx, token, person)
			},
			prune: func(ctx context.Context, before time.Time, hold []string, limit int) (int, error) {
				n, err := s.Prune(ctx, before, hold, limit)
				for token, person := range all {
					_ = s.Name(ctx, token, person)
				}
				return n, err
			},
		}
	},
	"name: moves a token": func(s audit.Store) faulty {
		return faulty{name: func(ctx context.Context, token, person string) error {
			known, err := s.Persons(ctx, []string{token})
			if err == nil && known[token] != "" {
				_, err = s.Rename(ctx, known[token], person)
				return err
			}
			return s.Name(ctx, token, person)
		}}
	},
	"name: one token each": func(s audit.Store) faulty {
		return faulty{tokens: func(ctx context.Context, person string) ([]string, error) {
			list, err := s.Tokens(ctx, person)
			return list[:min(1, len(list))], err
		}}
	},
	"rename: always forgets": func(s audit.Store) faulty {
		return faulty{rename: func(ctx context.Context, person, _ string) (int, error) { return s.Rename(ctx, person, "") }}
	},
	"rename: does not count": func(s audit.Store) faulty {
		return faulty{rename: func(ctx context.Context, person, pseudonym string) (int, error) {
			_, err := s.Rename(ctx, person, pseudonym)
			return 0, err
		}}
	},
}

// TestSuiteCatches runs the suite on every broken store and wants it to fail.
func TestSuiteCatches(t *testing.T) {
	suitetest.Catches(t, broken, func(t *testing.T, fault func(audit.Store) faulty) {
		audittest.TestStore(t, func(*testing.T) audit.Store {
			good := memaudit.New()
			f := fault(good)
			f.Store = good
			return f
		})
	})
}
