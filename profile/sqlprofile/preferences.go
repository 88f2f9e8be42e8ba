package sqlprofile

import (
	"context"
	"errors"
	"time"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.PreferenceStore = (*Store)(nil)

// A preference is a row of preferences.
type preference struct {
	Preferences sqldb.JSON[profile.Preferences]
	SavedAt     sqldb.Time `db:"saved_at"`
	Version     int
}

// Preferences implements [profile.PreferenceStore].
func (s *Store) Preferences(ctx context.Context, person string) (profile.Preferences, error) {
	var row preference
	err := s.db.Get(ctx, &row, "preferences", `select preferences, saved_at, version from stoa_preference where person = $1`, person)
	if err != nil {
		return profile.Preferences{}, err
	}
	p := row.Preferences.V
	p.Version, p.SavedAt = row.Version, row.SavedAt.Time
	return p, nil
}

// SavePreferences implements [profile.PreferenceStore].
func (s *Store) SavePreferences(ctx context.Context, person string, p profile.Preferences) error {
	err := errors.Join(checkAttributes(p.Notices), sqldb.CheckText(person, string(p.Theme), string(p.Contrast), string(p.Motion), string(p.Clock), string(p.Dates), string(p.Numbers), p.Quiet.From, p.Quiet.To))
	for channel, often := range p.Digests {
		err = errors.Join(err, sqldb.CheckText(channel, string(often)))
	}
	if err != nil {
		return err
	}
	version, at := p.Version, sqldb.At(p.SavedAt)
	p.Version, p.SavedAt = 0, time.Time{} // they have columns of their own
	args := []any{person, sqldb.JSON[profile.Preferences]{V: p}, at, version}
	return s.save(ctx, version, person,
		query{`insert into stoa_preference (person, preferences, saved_at, version) values ` + sqldb.Tuples(1, len(args)) + ` on conflict (person) do nothing`, args},
		query{`update stoa_preference set preferences = $2, saved_at = $3, version = $4 where person = $1 and version = $4 - 1`, args},
		query{`select person from stoa_preference where person = $1`, []any{person}})
}

// RemovePreferences implements [profile.PreferenceStore].
func (s *Store) RemovePreferences(ctx context.Context, person string) error {
	return s.remove(ctx, `delete from stoa_preference where person = $1`, person)
}
