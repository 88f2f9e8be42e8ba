package memprofile

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

// habits are what people prefer, agreed to and put aside. The zero value is
// empty.
type habits struct {
	preferences map[string]profile.Preferences // by person
	consents    []profile.Consent
	shelf       map[place]profile.ShelfItem
}

// A place is where an item is.
type place struct{ person, list, ref string }

var (
	_ profile.PreferenceStore = (*Store)(nil)
	_ profile.ConsentStore    = (*Store)(nil)
	_ profile.ShelfStore      = (*Store)(nil)
)

// Preferences implements [profile.PreferenceStore].
func (s *Store) Preferences(ctx context.Context, person string) (profile.Preferences, error) {
	if err := ctx.Err(); err != nil {
		return profile.Preferences{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.habits.preferences[person]
	if !ok {
		return profile.Preferences{}, errs.NotFound
	}
	return p.Clone(), nil
}

// SavePreferences implements [profile.PreferenceStore].
func (s *Store) SavePreferences(ctx context.Context, person string, p profile.Preferences) error {
	p = p.Clone()
	p.SavedAt = stored.Time(p.SavedAt)
	texts := append(preferenceTexts(p), person)
	return save(ctx, s, s.preferred(), person, p.Version, func(p profile.Preferences) int { return p.Version }, p, texts)
}

// preferred returns the map of preferences, which the lock guards.
func (s *Store) preferred() map[string]profile.Preferences {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.habits.preferences == nil {
		s.habits.preferences = map[string]profile.Preferences{}
	}
	return s.habits.preferences
}

func preferenceTexts(p profile.Preferences) []string {
	texts := []string{string(p.Theme), string(p.Contrast), string(p.Motion), string(p.Clock), string(p.Dates), string(p.Numbers), p.Quiet.From, p.Quiet.To}
	for channel, often := range p.Digests {
		texts = append(texts, channel, string(often))
	}
	return append(texts, attributeTexts(p.Notices)...)
}

// RemovePreferences implements [profile.PreferenceStore].
func (s *Store) RemovePreferences(ctx context.Context, person string) error {
	return remove(ctx, s, s.preferred(), person)
}

// AddConsent implements [profile.ConsentStore].
func (s *Store) AddConsent(ctx context.Context, c profile.Consent) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := stored.CheckText(c.ID, c.Person, c.Purpose, c.Wording, c.Via); err != nil {
		return err
	}
	c.Key, c.At = "", stored.Time(c.At)
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.habits.consents, func(old profile.Consent) bool { return old.ID == c.ID }) {
		return errs.Conflict
	}
	s.habits.consents = append(s.habits.consents, c)
	return nil
}

// Consent implements [profile.ConsentStore].
func (s *Store) Consent(ctx context.Context, id string) (profile.Consent, error) {
	if err := ctx.Err(); err != nil {
		return profile.Consent{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, c := range s.habits.consents {
		if c.ID == id {
			return c, nil
		}
	}
	return profile.Consent{}, errs.NotFound
}

// Consents implements [profile.ConsentStore].
func (s *Store) Consents(ctx context.Context, q profile.ConsentQuery) ([]profile.Consent, string, error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	rows := s.said(q.Person, q.Purpose)
	if q.After != "" {
		from, err := decodeConsent(q.After)
		if err != nil {
			return nil, "", err
		}
		rows = slices.DeleteFunc(rows, func(c profile.Consent) bool { return lastSaidFirst(c, from) <= 0 })
	}
	rows, next := first(rows, q.Limit, func(c profile.Consent) string {
		return cursor.Encode(cursor.FormatTime(c.At), given(c), c.ID)
	})
	return rows, next, nil
}

// said returns what a person said, the newest first.
func (s *Store) said(person, purpose string) []profile.Consent {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []profile.Consent
	for _, c := range s.habits.consents {
		if c.Person == person && (purpose == "" || c.Purpose == purpose) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, lastSaidFirst)
	return found
}

func lastSaidFirst(a, b profile.Consent) int {
	return cmp.Or(b.At.Compare(a.At), strings.Compare(given(a), given(b)), strings.Compare(a.ID, b.ID))
}

func given(c profile.Consent) string {
	if c.Given {
		return "1"
	}
	return "0"
}

func decodeConsent(position string) (profile.Consent, error) {
	at, err := cursor.Decode(position, 3)
	if err != nil {
		return profile.Consent{}, err
	}
	t, err := cursor.ParseTime(at[0])
	if at[1] != "0" && at[1] != "1" {
		err = errors.Join(err, errs.Invalid)
	}
	return profile.Consent{At: t, Given: at[1] == "1", ID: at[2]}, err
}

// CurrentConsents implements [profile.ConsentStore].
func (s *Store) CurrentConsents(ctx context.Context, person string) ([]profile.Consent, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rows := s.said(person, "")
	slices.SortStableFunc(rows, func(a, b profile.Consent) int { return strings.Compare(a.Purpose, b.Purpose) })
	return slices.CompactFunc(rows, func(a, b profile.Consent) bool { return a.Purpose == b.Purpose }), nil
}

// EraseConsents implements [profile.ConsentStore].
func (s *Store) EraseConsents(ctx context.Context, person, pseudonym string) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if person == "" {
		return 0, errs.Invalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.habits.consents {
		if s.habits.consents[i].Person == person {
			s.habits.consents[i].Person = pseudonym
			n++
		}
	}
	if pseudonym == "" {
		s.habits.consents = slices.DeleteFunc(s.habits.consents, func(c profile.Consent) bool { return c.Person == "" })
	}
	return n, nil
}

// first returns the rows of one page and the position of the next.
func first[T any](rows []T, limit int, position func(T) string) ([]T, string) {
	limit = cmp.Or(limit, profile.DefaultLimit)
	if len(rows) <= limit {
		return rows, ""
	}
	return rows[:limit], position(rows[limit-1])
}
