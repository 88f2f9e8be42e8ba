package memprofile

import (
	"context"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.SuppressionStore = (*Store)(nil)

// Suppression implements [profile.SuppressionStore].
func (s *Store) Suppression(ctx context.Context, address string) (profile.Suppression, error) {
	if err := ctx.Err(); err != nil {
		return profile.Suppression{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	row, ok := s.suppressions[address]
	if !ok {
		return profile.Suppression{}, errs.NotFound
	}
	return row.Clone(), nil
}

// SaveSuppression implements [profile.SuppressionStore].
func (s *Store) SaveSuppression(ctx context.Context, row profile.Suppression) error {
	row = row.Clone()
	row.Since, row.At, row.RetriedAt = stored.Time(row.Since), stored.Time(row.At), stored.Time(row.RetriedAt)
	texts := append([]string{row.Address, string(row.Kind), row.Status}, row.Keys...)
	return save(ctx, s, s.suppressions, row.Address, row.Version, func(s profile.Suppression) int { return s.Version }, row, texts)
}

// RemoveSuppression implements [profile.SuppressionStore].
func (s *Store) RemoveSuppression(ctx context.Context, address string) error {
	return remove(ctx, s, s.suppressions, address)
}
