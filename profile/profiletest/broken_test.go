package profiletest_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// faulty is a good store with one fault: whatever is set replaces it.
type faulty struct {
	profile.Store
	person      func(ctx context.Context, id string) (profile.Person, error)
	people      func(ctx context.Context, q profile.PersonQuery) ([]profile.Person, string, error)
	save        func(ctx context.Context, p profile.Person) error
	remove      func(ctx context.Context, id string) error
	account     func(ctx context.Context, id string) (profile.Account, error)
	accounts    func(ctx context.Context, q profile.AccountQuery) ([]profile.Account, string, error)
	saveAccount func(ctx context.Context, a profile.Account) error
	segments    func(ctx context.Context) ([]profile.Segment, error)
	saveSegment func(ctx context.Context, s profile.Segment) error
}

func (f faulty) Person(ctx context.Context, id string) (profile.Person, error) {
	if f.person != nil {
		return f.person(ctx, id)
	}
	return f.Store.Person(ctx, id)
}

func (f faulty) People(ctx context.Context, q profile.PersonQuery) ([]profile.Person, string, error) {
	if f.people != nil {
		return f.people(ctx, q)
	}
	return f.Store.People(ctx, q)
}

func (f faulty) SavePerson(ctx context.Context, p profile.Person) error {
	if f.save != nil {
		return f.save(ctx, p)
	}
	return f.Store.SavePerson(ctx, p)
}

func (f faulty) RemovePerson(ctx context.Context, id string) error {
	if f.remove != nil {
		return f.remove(ctx, id)
	}
	return f.Store.RemovePerson(ctx, id)
}

func (f faulty) Account(ctx context.Context, id string) (profile.Account, error) {
	if f.account != nil {
		return f.account(ctx, id)
	}
	return f.Store.Account(ctx, id)
}

func (f faulty) Accounts(ctx context.Context, q profile.AccountQuery) ([]profile.Account, string, error) {
	if f.accounts != nil {
		return f.accounts(ctx, q)
	}
	return f.Store.Accounts(ctx, q)
}

func (f faulty) SaveAccount(ctx context.Context, a profile.Account) error {
	if f.saveAccount != nil {
		return f.saveAccount(ctx, a)
	}
	return f.Store.SaveAccount(ctx, a)
}

func (f faulty) Segments(ctx context.Context) ([]profile.Segment, error) {
	if f.segments != nil {
		return f.segments(ctx)
	}
	return f.Store.Segments(ctx)
}

func (f faulty) SaveSegment(ctx context.Context, s profile.Segment) error {
	if f.saveSegment != nil {
		return f.saveSegment(ctx, s)
	}
	return f.Store.SaveSegment(ctx, s)
}

// changed returns a store that changes people before it keeps them.
func changed(change func(*profile.Person)) func(profile.Store) faulty {
	return func(s profile.Store) faulty {
		return faulty{save: func(ctx context.Context, p profile.Person) error {
			change(&p)
			return s.SavePerson(ctx, p)
		}}
	}
}

// changedAccount returns a store that changes accounts before it keeps them.
func changedAccount(change func(*profile.Account)) func(profile.Store) faulty {
	return func(s profile.Store) faulty {
		return faulty{saveAccount: func(ctx context.Context, a profile.Account) error {
			change(&a)
			return s.SaveAccount(ctx, a)
		}}
	}
}

// changedSegment returns a store that changes segments before it keeps them.
func changedSegment(change func(*profile.Segment)) func(profile.Store) faulty {
	return func(s profile.Store) faulty {
		return faulty{saveSegment: func(ctx context.Context, seg profile.Segment) error {
			change(&seg)
			return s.SaveSegment(ctx, seg)
		}}
	}
}

// asked returns a store that changes queries before it answers them.
func asked(change func(*profile.PersonQuery)) func(profile.Store) faulty {
	return func(s profile.Store) faulty {
		return faulty{people: func(ctx context.Context, q profile.PersonQuery) ([]profile.Person, string, error) {
			change(&q)
			return s.People(ctx, q)
		}}
	}
}

// answered returns a store that changes its pages.
func answered(change func(page []profile.Person, next string) ([]profile.Person, string)) func(profile.Store) faulty {
	return func(s profile.Store) faulty {
		return faulty{people: func(ctx context.Context, q profile.PersonQuery) ([]profile.Person, string, error) {
			page, next, err := s.People(ctx, q)
			page, next = change(page, next)
			return page, next, err
		}}
	}
}

// broken lists the faults that the suite must catch.
var broken = map[string]func(profile.Store) faulty{
	"keeps the key": func(s profile.Store) faulty {
		keys := map[string]string{}
		return faulty{
			save: func(ctx context.Context, p profile.Person) error {
				keys[p.ID] = p.Key
				return s.SavePerson(ctx, p)
			},
			person: func(ctx context.Context, id string) (profile.Person, error) {
				p, err := s.Person(ctx, id)
				p.Key = keys[id]
				return p, err
			},
		}
	},
	"drops the origin":              changed(func(p *profile.Person) { p.Origin = "" }),
	"drops when they were disabled": changed(func(p *profile.Person) { p.LockedAt = time.Time{} }),
	"drops disabled":                changed(func(p *profile.Person) { p.Disabled = false }),
	"drops the e-mail":              changed(func(p *profile.Person) { p.Email = "" }),
	"drops attributes":              changed(func(p *profile.Person) { p.Attributes = nil }),
	"drops roles":                   changed(func(p *profile.Person) { p.Roles = nil }),
	"sorts attribute values":        changed(func(p *profile.Person) { slices.Sort(p.Attributes["team"]) }),
	"cuts times to seconds":         changed(func(p *profile.Person) { p.UpdatedAt = p.CreatedAt.Truncate(time.Second) }),
	"trims text":                    changed(func(p *profile.Person) { p.Name = strings.TrimSpace(p.Name) }),
	"lower-cases ids":               changed(func(p *profile.Person) { p.ID = strings.ToLower(p.ID) }),
	"unescapes text":                changed(func(p *profile.Person) { p.Account = strings.ReplaceAll(p.Account, "''", "'") }),
	"cuts text at a NUL":            changed(func(p *profile.Person) { p.Name, _, _ = strings.Cut(p.Name, "\x00") }),
	"repairs broken UTF-8":          changed(func(p *profile.Person) { p.Name = strings.ToValidUTF8(p.Name, "?") }),
	"answers in local time": func(s profile.Store) faulty {
		return faulty{person: func(ctx context.Context, id string) (profile.Person, error) {
			p, err := s.Person(ctx, id)
			p.CreatedAt = p.CreatedAt.In(time.FixedZone("X", 3600))
			return p, err
		}}
	},
	"overwrites who is there": func(s profile.Store) faulty {
		return faulty{save: func(ctx context.Context, p profile.Person) error {
			if p.Version == 1 {
				_ = s.RemovePerson(ctx, p.ID)
			}
			return s.SavePerson(ctx, p)
		}}
	},
	"ignores versions": func(s profile.Store) faulty {
		return faulty{save: func(ctx context.Context, p profile.Person) error {
			if old, err := s.Person(ctx, p.ID); err == nil && p.Version > 1 {
				want := p.Version
				p.Version = old.Version + 1
				if err := s.SavePerson(ctx, p); err != nil {
					return err
				}
				_ = s.RemovePerson(ctx, p.ID)
				p.Version = 1
				_ = s.SavePerson(ctx, p)
				for p.Version < want {
					p.Version++
					_ = s.SavePerson(ctx, p)
				}
				return nil
			}
			return s.SavePerson(ctx, p)
		}}
	},
	"checks versions, then writes": func(s profile.Store) faulty {
		var rows = map[string]profile.Person{}
		turn := make(chan struct{}, 1)
		return faulty{save: func(ctx context.Context, p profile.Person) error {
			turn <- struct{}{}
			old, ok := rows[p.ID]
			<-turn
			if ok && p.Version == 1 || ok && old.Version != p.Version-1 {
				return profile.ErrConflict
			}
			runtime.Gosched()
			time.Sleep(time.Millisecond)
			turn <- struct{}{}
			rows[p.ID] = p
			<-turn
			return nil
		}, person: func(_ context.Context, id string) (profile.Person, error) {
			turn <- struct{}{}
			defer func() { <-turn }()
			p, ok := rows[id]
			if !ok {
				return p, profile.ErrNotFound
			}
			return p.Clone(), nil
		}}
	},
	"says conflict for who is not there": func(s profile.Store) faulty {
		return faulty{save: func(ctx context.Context, p profile.Person) error {
			err := s.SavePerson(ctx, p)
			if errors.Is(err, profile.ErrNotFound) {
				return profile.ErrConflict
			}
			return err
		}}
	},
	"answers zero for who is not there": func(s profile.Store) faulty {
		return faulty{person: func(ctx context.Context, id string) (profile.Person, error) {
			p, err := s.Person(ctx, id)
			if errors.Is(err, profile.ErrNotFound) {
				err = nil
			}
			return p, err
		}}
	},
	"removes nothing": func(s profile.Store) faulty {
		return faulty{remove: func(ctx context.Context, id string) error {
			_, err := s.Person(ctx, id)
			return err
		}}
	},
	"removes who is not there": func(s profile.Store) faulty {
		return faulty{remove: func(ctx context.Context, id string) error {
			if err := s.RemovePerson(ctx, id); !errors.Is(err, profile.ErrNotFound) {
				return err
			}
			return nil
		}}
	},
	"shares what it keeps": func(s profile.Store) faulty {
		kept := map[string]profile.Person{}
		return faulty{
			save: func(ctx context.Context, p profile.Person) error {
				err := s.SavePerson(ctx, p)
				if err == nil {
					p.CreatedAt, p.UpdatedAt, p.Key = p.CreatedAt.UTC(), p.UpdatedAt.UTC(), ""
					kept[p.ID] = p
				}
				return err
			},
			person: func(ctx context.Context, id string) (profile.Person, error) {
				if _, err := s.Person(ctx, id); err != nil {
					return profile.Person{}, err
				}
				return kept[id], nil
			},
		}
	},
	"ignores the account": asked(func(q *profile.PersonQuery) { q.Account = "" }),
	"ignores the role":    asked(func(q *profile.PersonQuery) { q.Role = "" }),
	"ignores the limit":   asked(func(q *profile.PersonQuery) { q.Limit = 1000 }),
	"starts at the front": asked(func(q *profile.PersonQuery) {
		if len(q.After) < 4 || len(q.After) > 4000 {
			q.After = ""
		}
	}),
	"has pages of one more": asked(func(q *profile.PersonQuery) { q.Limit++ }),
	"matches part of a role": func(s profile.Store) faulty {
		return faulty{people: func(ctx context.Context, q profile.PersonQuery) ([]profile.Person, string, error) {
			role := q.Role
			q.Role = ""
			page, next, err := s.People(ctx, q)
			return slices.DeleteFunc(page, func(p profile.Person) bool {
				return !slices.ContainsFunc(p.Roles, func(r profile.Role) bool { return strings.Contains(string(r), string(role)) })
			}), next, err
		}}
	},
	"ends after a page": answered(func(page []profile.Person, _ string) ([]profile.Person, string) { return page, "" }),
	"loses a row": answered(func(page []profile.Person, next string) ([]profile.Person, string) {
		if len(page) > 1 && next != "" {
			page = page[1:]
		}
		return page, next
	}),
	"sorts by the rules of a language": answered(func(page []profile.Person, next string) ([]profile.Person, string) {
		slices.SortStableFunc(page, func(a, b profile.Person) int {
			return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
		})
		return page, next
	}),
	"does not notice a cancelled context": func(s profile.Store) faulty {
		return faulty{save: func(ctx context.Context, p profile.Person) error {
			return s.SavePerson(context.WithoutCancel(ctx), p)
		}}
	},
	"drops an account's plan":            changedAccount(func(a *profile.Account) { a.Plan = "" }),
	"drops an account's country":         changedAccount(func(a *profile.Account) { a.Country = "" }),
	"drops an account's products":        changedAccount(func(a *profile.Account) { a.Products = nil }),
	"drops when an account was disabled": changedAccount(func(a *profile.Account) { a.LockedAt = time.Time{} }),
	"drops an account's disabled":        changedAccount(func(a *profile.Account) { a.Disabled = false }),
	"accounts are never found": func(s profile.Store) faulty {
		return faulty{account: func(context.Context, string) (profile.Account, error) { return profile.Account{}, profile.ErrNotFound }}
	},
	"accounts are one page": func(s profile.Store) faulty {
		return faulty{accounts: func(ctx context.Context, q profile.AccountQuery) ([]profile.Account, string, error) {
			page, _, err := s.Accounts(ctx, q)
			return page, "", err
		}}
	},
	"account versions start over": func(s profile.Store) faulty {
		return faulty{saveAccount: func(ctx context.Context, a profile.Account) error {
			if err := s.SaveAccount(ctx, a); !errors.Is(err, profile.ErrConflict) {
				return err
			}
			return nil
		}}
	},
	"segments unsorted": func(s profile.Store) faulty {
		return faulty{segments: func(ctx context.Context) ([]profile.Segment, error) {
			list, err := s.Segments(ctx)
			slices.Reverse(list)
			return list, err
		}}
	},
	"drops a rule's values": changedSegment(func(s *profile.Segment) { s.Rule = profile.Rule{Fact: profile.FactPlan, Op: s.Rule.Op} }),
	"drops a description":   changedSegment(func(s *profile.Segment) { s.Description = "" }),
	"escapes for the web":   changedSegment(func(s *profile.Segment) { s.Title = strings.ReplaceAll(s.Title, "'", "&#39;") }),
	"one name for all": func(s profile.Store) faulty {
		return faulty{account: func(ctx context.Context, id string) (profile.Account, error) {
			if _, err := s.Person(ctx, id); err != nil && id == "same" {
				return profile.Account{}, err
			}
			return s.Account(ctx, id)
		}}
	},
}

// TestSuiteCatches runs the suite on every broken store and wants it to fail.
func TestSuiteCatches(t *testing.T) {
	suitetest.Catches(t, broken, func(t *testing.T, fault func(profile.Store) faulty) {
		profiletest.TestStore(t, func(*testing.T) profile.Store {
			good := memprofile.New()
			f := fault(good)
			f.Store = good
			return f
		})
	})
}
