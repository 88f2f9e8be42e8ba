package memprofile

import (
	"cmp"
	"context"
	"slices"

	"github.com/stoa-go/stoa/profile"
)

var _ profile.FieldStore = (*Store)(nil)

// Fields implements [profile.FieldStore].
func (s *Store) Fields(ctx context.Context) ([]profile.Field, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []profile.Field
	for _, f := range s.fields {
		list = append(list, f.Clone())
	}
	slices.SortFunc(list, func(a, b profile.Field) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Name, b.Name))
	})
	return list, nil
}

// SaveField implements [profile.FieldStore].
func (s *Store) SaveField(ctx context.Context, f profile.Field) error {
	f = f.Clone()
	texts := []string{string(f.Of), f.Name, string(f.Type), f.Pattern, string(f.Edit)}
	for _, m := range append([]map[string]string{f.Label, f.Hint}, choiceLabels(f)...) {
		for locale, text := range m {
			texts = append(texts, locale, text)
		}
	}
	for _, c := range f.Choices {
		texts = append(texts, c.Value)
	}
	return save(ctx, s, s.fields, fieldKey(f.Of, f.Name), f.Version, func(f profile.Field) int { return f.Version }, f, texts)
}

// RemoveField implements [profile.FieldStore].
func (s *Store) RemoveField(ctx context.Context, of profile.FieldOf, name string) error {
	return remove(ctx, s, s.fields, fieldKey(of, name))
}

func fieldKey(of profile.FieldOf, name string) string { return string(of) + "." + name }

func choiceLabels(f profile.Field) []map[string]string {
	var out []map[string]string
	for _, c := range f.Choices {
		out = append(out, c.Label)
	}
	return out
}
