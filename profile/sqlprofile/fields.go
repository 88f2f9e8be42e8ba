package sqlprofile

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.FieldStore = (*Store)(nil)

// A field is a field as the table spells one.
type field struct {
	Of      string `db:"subject"`
	Name    string
	Place   int
	Field   sqldb.JSON[fieldText]
	Version int
}

// A fieldText is what no query asks for.
type fieldText struct {
	Label    map[string]string `json:"label,omitempty"`
	Hint     map[string]string `json:"hint,omitempty"`
	Type     profile.FieldType `json:"type"`
	Required bool              `json:"required,omitempty"`
	Choices  []profile.Choice  `json:"choices,omitempty"`
	Pattern  string            `json:"pattern,omitempty"`
	Min      int               `json:"min,omitempty"`
	Max      int               `json:"max,omitempty"`
	Many     int               `json:"many,omitempty"`
	Edit     profile.FieldEdit `json:"edit"`
}

const fieldColumns = `subject, name, place, field, version`

// Fields implements [profile.FieldStore].
func (s *Store) Fields(ctx context.Context) ([]profile.Field, error) {
	var rows []field
	err := s.db.Select(ctx, &rows, `select `+fieldColumns+` from stoa_field order by subject, place, name`)
	if err != nil {
		return nil, err
	}
	list := make([]profile.Field, len(rows))
	for i, r := range rows {
		t := r.Field.V
		list[i] = profile.Field{
			Name: r.Name, Of: profile.FieldOf(r.Of), Label: t.Label, Hint: t.Hint, Type: t.Type, Required: t.Required, Choices: t.Choices,
			Pattern: t.Pattern, Min: t.Min, Max: t.Max, Many: t.Many, Edit: t.Edit, Order: r.Place, Version: r.Version,
		}
	}
	return list, nil
}

// SaveField implements [profile.FieldStore].
func (s *Store) SaveField(ctx context.Context, f profile.Field) error {
	if err := checkField(f); err != nil {
		return err
	}
	text := fieldText{
		Label: f.Label, Hint: f.Hint, Type: f.Type, Required: f.Required, Choices: f.Choices, Pattern: f.Pattern,
		Min: f.Min, Max: f.Max, Many: f.Many, Edit: f.Edit,
	}
	args := []any{string(f.Of), f.Name, f.Order, sqldb.JSON[fieldText]{V: text}, f.Version}
	return s.save(ctx, f.Version, f.Name,
		query{`insert into stoa_field (` + fieldColumns + `) values ` + sqldb.Tuples(1, len(args)) + ` on conflict (subject, name) do nothing`, args},
		query{`update stoa_field set place = $3, field = $4, version = $5 where subject = $1 and name = $2 and version = $5 - 1`, args},
		query{`select name from stoa_field where subject = $1 and name = $2`, args[:2]})
}

// checkField finds texts that JSON would change on the way in.
func checkField(f profile.Field) error {
	texts := []string{string(f.Of), f.Name, string(f.Type), f.Pattern, string(f.Edit)}
	err := errors.Join(checkLabels(f.Label), checkLabels(f.Hint))
	for _, c := range f.Choices {
		texts = append(texts, c.Value)
		err = errors.Join(err, checkLabels(c.Label))
	}
	return errors.Join(err, sqldb.CheckText(texts...))
}

func checkLabels(m map[string]string) error {
	for locale, text := range m {
		if err := sqldb.CheckText(locale, text); err != nil {
			return err
		}
	}
	return nil
}

// RemoveField implements [profile.FieldStore].
func (s *Store) RemoveField(ctx context.Context, of profile.FieldOf, name string) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `delete from stoa_field where subject = $1 and name = $2`, string(of), name)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.NotFound)
	})
}
