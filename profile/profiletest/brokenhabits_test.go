package profiletest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// faultyPreferences is a good store with one fault: whatever is set replaces it.
type faultyPreferences struct {
	profile.PreferenceStore
	read   func(ctx context.Context, person string) (profile.Preferences, error)
	save   func(ctx context.Context, person string, p profile.Preferences) error
	remove func(ctx context.Context, person string) error
}

func (f faultyPreferences) Preferences(ctx context.Context, person string) (profile.Preferences, error) {
	if f.read != nil {
		return f.read(ctx, person)
	}
	return f.PreferenceStore.Preferences(ctx, person)
}

func (f faultyPreferences) SavePreferences(ctx context.Context, person string, p profile.Preferences) error {
	if f.save != nil {
		return f.save(ctx, person, p)
	}
	return f.PreferenceStore.SavePreferences(ctx, person, p)
}

func (f faultyPreferences) RemovePreferences(ctx context.Context, person string) error {
	if f.remove != nil {
		return f.remove(ctx, person)
	}
	return f.PreferenceStore.RemovePreferences(ctx, person)
}

func preferring(change func(*profile.Preferences)) func(profile.PreferenceStore) faultyPreferences {
	return func(s profile.PreferenceStore) faultyPreferences {
		return faultyPreferences{save: func(ctx context.Context, person string, p profile.Preferences) error {
			p = p.Clone()
			change(&p)
			return s.SavePreferences(ctx, person, p)
		}}
	}
}

var brokenPreferences = map[string]func(profile.PreferenceStore) faultyPreferences{
	"preferences: drops the contrast":   preferring(func(p *profile.Preferences) { p.Contrast = "" }),
	"preferences: drops the text size":  preferring(func(p *profile.Preferences) { p.TextSize = 0 }),
	"preferences: drops the digests":    preferring(func(p *profile.Preferences) { p.Digests = nil }),
	"preferences: drops the quiet":      preferring(func(p *profile.Preferences) { p.Quiet.To = "" }),
	"preferences: notes what is viewed": preferring(func(p *profile.Preferences) { p.Unnoted = false }),
	"preferences: cuts the time":        preferring(func(p *profile.Preferences) { p.SavedAt = p.SavedAt.Truncate(time.Second) }),
	"preferences: sorts channels":       preferring(func(p *profile.Preferences) { slices.Sort(p.Notices["case.answered"]) }),
	"preferences: drops what goes nowhere": preferring(func(p *profile.Preferences) {
		for kind, channels := range p.Notices {
			if len(channels) == 0 {
				delete(p.Notices, kind)
			}
		}
	}),
	"preferences: always saves": func(s profile.PreferenceStore) faultyPreferences {
		return faultyPreferences{save: func(ctx context.Context, person string, p profile.Preferences) error {
			if err := s.SavePreferences(ctx, person, p); !errors.Is(err, profile.ErrConflict) {
				return err
			}
			return nil
		}}
	},
	"preferences: saves what is gone": func(s profile.PreferenceStore) faultyPreferences {
		return faultyPreferences{save: func(ctx context.Context, person string, p profile.Preferences) error {
			if err := s.SavePreferences(ctx, person, p); !errors.Is(err, profile.ErrNotFound) {
				return err
			}
			return profile.ErrConflict
		}}
	},
	"preferences: everybody has some": func(s profile.PreferenceStore) faultyPreferences {
		return faultyPreferences{read: func(ctx context.Context, person string) (profile.Preferences, error) {
			p, err := s.Preferences(ctx, person)
			if errors.Is(err, profile.ErrNotFound) {
				err = nil
			}
			return p, err
		}}
	},
	"preferences: removes nothing": func(s profile.PreferenceStore) faultyPreferences {
		return faultyPreferences{remove: func(ctx context.Context, person string) error {
			_, err := s.Preferences(ctx, person)
			return err
		}}
	},
	"preferences: shares its maps": func(s profile.PreferenceStore) faultyPreferences {
		var mu sync.Mutex
		kept := map[string]profile.Preferences{}
		return faultyPreferences{save: func(ctx context.Context, person string, p profile.Preferences) error {
			err := s.SavePreferences(ctx, person, p)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				kept[person] = p
			}
			return err
		}, read: func(ctx context.Context, person string) (profile.Preferences, error) {
			p, err := s.Preferences(ctx, person)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && kept[person].Version == p.Version {
				p.Notices, p.Digests = kept[person].Notices, kept[person].Digests
			}
			return p, err
		}}
	},
	"preferences: takes any text": preferring(func(p *profile.Preferences) {
		p.Clock = profile.Clock(strings.ToValidUTF8(strings.ReplaceAll(string(p.Clock), "\x00", ""), ""))
		p.Dates = profile.DateOrder(strings.ToValidUTF8(strings.ReplaceAll(string(p.Dates), "\x00", ""), ""))
		p.Numbers = profile.NumberStyle(strings.ToValidUTF8(strings.ReplaceAll(string(p.Numbers), "\x00", ""), ""))
	}),
	"preferences: does not notice a cancelled context": func(s profile.PreferenceStore) faultyPreferences {
		return faultyPreferences{save: func(ctx context.Context, person string, p profile.Preferences) error {
			return s.SavePreferences(context.WithoutCancel(ctx), person, p)
		}}
	},
}

// faultyConsents is a good store with one fault: whatever is set replaces it.
type faultyConsents struct {
	profile.ConsentStore
	add     func(ctx context.Context, c profile.Consent) error
	one     func(ctx context.Context, id string) (profile.Consent, error)
	list    func(ctx context.Context, q profile.ConsentQuery) ([]profile.Consent, string, error)
	current func(ctx context.Context, person string) ([]profile.Consent, error)
	erase   func(ctx context.Context, person, pseudonym string) (int, error)
}

func (f faultyConsents) AddConsent(ctx context.Context, c profile.Consent) error {
	if f.add != nil {
		return f.add(ctx, c)
	}
	return f.ConsentStore.AddConsent(ctx, c)
}

func (f faultyConsents) Consent(ctx context.Context, id string) (profile.Consent, error) {
	if f.one != nil {
		return f.one(ctx, id)
	}
	return f.ConsentStore.Consent(ctx, id)
}

func (f faultyConsents) Consents(ctx context.Context, q profile.ConsentQuery) ([]profile.Consent, string, error) {
	if f.list != nil {
		return f.list(ctx, q)
	}
	return f.ConsentStore.Consents(ctx, q)
}

func (f faultyConsents) CurrentConsents(ctx context.Context, person string) ([]profile.Consent, error) {
	if f.current != nil {
		return f.current(ctx, person)
	}
	return f.ConsentStore.CurrentConsents(ctx, person)
}

func (f faultyConsents) EraseConsents(ctx context.Context, person, pseudonym string) (int, error) {
	if f.erase != nil {
		return f.erase(ctx, person, pseudonym)
	}
	return f.ConsentStore.EraseConsents(ctx, person, pseudonym)
}

func consenting(change func(*profile.Consent)) func(profile.ConsentStore) faultyConsents {
	return func(s profile.ConsentStore) faultyConsents {
		return faultyConsents{add: func(ctx context.Context, c profile.Consent) error {
			change(&c)
			return s.AddConsent(ctx, c)
		}}
	}
}

func askingConsents(change func(*profile.ConsentQuery)) func(profile.ConsentStore) faultyConsents {
	return func(s profile.ConsentStore) faultyConsents {
		return faultyConsents{list: func(ctx context.Context, q profile.ConsentQuery) ([]profile.Consent, string, error) {
			change(&q)
			return s.Consents(ctx, q)
		}}
	}
}

var brokenConsents = map[string]func(profile.ConsentStore) faultyConsents{
	"consents: drops the wording":    consenting(func(c *profile.Consent) { c.Wording = "" }),
	"consents: drops the way":        consenting(func(c *profile.Consent) { c.Via = "" }),
	"consents: keeps no refusals":    consenting(func(c *profile.Consent) { c.Given = true }),
	"consents: cuts the time":        consenting(func(c *profile.Consent) { c.At = c.At.Truncate(time.Second) }),
	"consents: lower-cases IDs":      consenting(func(c *profile.Consent) { c.ID = strings.ToLower(c.ID) }),
	"consents: repairs broken UTF-8": consenting(func(c *profile.Consent) { c.Wording = strings.ToValidUTF8(c.Wording, "?") }),
	"consents: ignores the purpose":  askingConsents(func(q *profile.ConsentQuery) { q.Purpose = "" }),
	"consents: ignores the limit":    askingConsents(func(q *profile.ConsentQuery) { q.Limit = 1000 }),
	"consents: starts at the front": askingConsents(func(q *profile.ConsentQuery) {
		if len(q.After) < 4 {
			q.After = ""
		}
	}),
	"consents: overwrites": func(s profile.ConsentStore) faultyConsents {
		return faultyConsents{add: func(ctx context.Context, c profile.Consent) error {
			if err := s.AddConsent(ctx, c); !errors.Is(err, profile.ErrConflict) {
				return err
			}
			return nil
		}}
	},
	"consents: oldest first": func(s profile.ConsentStore) faultyConsents {
		return faultyConsents{list: func(ctx context.Context, q profile.ConsentQuery) ([]profile.Consent, string, error) {
			page, next, err := s.Consents(ctx, q)
			slices.Reverse(page)
			return page, next, err
		}}
	},
	"consents: prefers what was given": func(s profile.ConsentStore) faultyConsents {
		return faultyConsents{current: func(ctx context.Context, person string) ([]profile.Consent, error) {
			list, err := s.CurrentConsents(ctx, person)
			all, _, _ := s.Consents(ctx, profile.ConsentQuery{Person: person})
			for i, c := range list {
				for _, other := range all {
					if other.Purpose == c.Purpose && other.At.Equal(c.At) && other.Given {
						list[i] = other
					}
				}
			}
			return list, err
		}}
	},
	"consents: the first counts": func(s profile.ConsentStore) faultyConsents {
		return faultyConsents{current: func(ctx context.Context, person string) ([]profile.Consent, error) {
			list, err := s.CurrentConsents(ctx, person)
			all, _, _ := s.Consents(ctx, profile.ConsentQuery{Person: person})
			for i, c := range list {
				for _, other := range all {
					if other.Purpose == c.Purpose {
						list[i] = other
					}
				}
			}
			return list, err
		}}
	},
	"consents: only what is given counts": func(s profile.ConsentStore) faultyConsents {
		return faultyConsents{current: func(ctx context.Context, person string) ([]profile.Consent, error) {
			list, err := s.CurrentConsents(ctx, person)
			return slices.DeleteFunc(list, func(c profile.Consent) bool { return !c.Given }), err
		}}
	},
	"consents: always forgets": func(s profile.ConsentStore) faultyConsents {
		return faultyConsents{erase: func(ctx context.Context, person, _ string) (int, error) { return s.EraseConsents(ctx, person, "") }}
	},
	"consents: never forgets": func(s profile.ConsentStore) faultyConsents {
		return faultyConsents{erase: func(ctx context.Context, person, pseudonym string) (int, error) {
			if pseudonym == "" {
				list, _, err := s.Consents(ctx, profile.ConsentQuery{Person: person})
				return len(list), err
			}
			return s.EraseConsents(ctx, person, pseudonym)
		}}
	},
	"consents: does not notice a cancelled context": func(s profile.ConsentStore) faultyConsents {
		return faultyConsents{erase: func(ctx context.Context, person, pseudonym string) (int, error) {
			return s.EraseConsents(context.WithoutCancel(ctx), person, pseudonym)
		}}
	},
}

// TestSuiteCatchesPreferences runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesPreferences(t *testing.T) {
	suitetest.Catches(t, brokenPreferences, func(t *testing.T, fault func(profile.PreferenceStore) faultyPreferences) {
		profiletest.TestPreferenceStore(t, func(*testing.T) profile.PreferenceStore {
			good := memprofile.New()
			f := fault(good)
			f.PreferenceStore = good
			return f
		})
	})
}

// TestSuiteCatchesConsents runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesConsents(t *testing.T) {
	suitetest.Catches(t, brokenConsents, func(t *testing.T, fault func(profile.ConsentStore) faultyConsents) {
		profiletest.TestConsentStore(t, func(*testing.T) profile.ConsentStore {
			good := memprofile.New()
			f := fault(good)
			f.ConsentStore = good
			return f
		})
	})
}

// TestSuiteCatchesShelves runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesShelves(t *testing.T) {
	suitetest.Catches(t, brokenShelves, func(t *testing.T, fault func(profile.ShelfStore) faultyShelf) {
		profiletest.TestShelfStore(t, func(*testing.T) profile.ShelfStore {
			good := memprofile.New()
			f := fault(good)
			f.ShelfStore = good
			return f
		})
	})
}

// TestSuiteCatchesKeepers runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesKeepers(t *testing.T) {
	suitetest.Catches(t, brokenKeepers, func(t *testing.T, fault func(profile.Keeper) faultyKeeper) {
		profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) { return openKeeper(t, fault) })
	})
}
