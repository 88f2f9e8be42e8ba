package memkb

import (
	"cmp"
	"context"
)

// Installation implements [kb.CategoryStore].
func (s *Store) Installation(ctx context.Context, fresh string) (string, error) {
	if err := cmp.Or(ctx.Err(), checkText(fresh)); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.portal = cmp.Or(s.portal, fresh)
	return s.portal, nil
}
