package memprofile

import (
	"cmp"
	"context"
	"slices"

	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.RoleStore = (*Store)(nil)

// Roles implements [profile.RoleStore].
func (s *Store) Roles(ctx context.Context) ([]profile.CustomRole, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []profile.CustomRole
	for _, r := range s.roles {
		list = append(list, r.Clone())
	}
	slices.SortFunc(list, func(a, b profile.CustomRole) int { return cmp.Compare(a.Key, b.Key) })
	return list, nil
}

// SaveRole implements [profile.RoleStore].
func (s *Store) SaveRole(ctx context.Context, r profile.CustomRole) error {
	r = r.Clone()
	r.CreatedAt, r.UpdatedAt = stored.Time(r.CreatedAt), stored.Time(r.UpdatedAt)
	texts := []string{string(r.Key), r.Origin}
	for _, m := range []map[string]string{r.Name, r.About} {
		for locale, text := range m {
			texts = append(texts, locale, text)
		}
	}
	for _, p := range r.Permissions {
		texts = append(texts, string(p))
	}
	return save(ctx, s, s.roles, string(r.Key), r.Version, func(r profile.CustomRole) int { return r.Version }, r, texts)
}

// RemoveRole implements [profile.RoleStore].
func (s *Store) RemoveRole(ctx context.Context, key profile.Role) error {
	return remove(ctx, s, s.roles, string(key))
}
