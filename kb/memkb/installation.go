package memkb

import (
	"cmp"
	"context"

	"github.com/stoa-go/stoa/internal/stored"
)

// Installation implements [kb.CategoryStore].
func (s *Store) Installation(ctx context.Context, fresh string) (string, error) {
	if err := cmp.Or(ctx.Err(), stored.CheckText(fresh)); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.portal = cmp.Or(s.portal, fresh)
	return s.portal, nil
}
