package courses

import (
	"context"
	"errors"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// checkNeeds notes when a course is to need one that is not there for by, or one
// that needs it in turn: nobody could ever begin it. What it needed before is not
// asked about again.
func (s *School) checkNeeds(ctx context.Context, by profile.Actor, id string, had, needs []string, f errs.Fields) error {
	if len(needs) > maxListed || slices.Contains(needs, "") { // which is said elsewhere
		return nil
	}
	for _, need := range needs {
		if slices.Contains(had, need) || need == id {
			continue
		}
		_, err := s.atDesk(ctx, by, need)
		if errors.Is(err, ErrNotFound) {
			f.Add("needs", "error.course.unknown", map[string]any{"name": need})
			continue
		}
		if err != nil {
			return err
		}
		circle, err := s.needsCourse(ctx, need, id)
		if err != nil {
			return err
		}
		if circle {
			f.Add("needs", "error.course.circle", map[string]any{"name": need})
		}
	}
	return nil
}

// needsCourse reports whether one course has to be preceded by another, at
// whatever remove.
func (s *School) needsCourse(ctx context.Context, course, other string) (bool, error) {
	seen := []string{course}
	for i := 0; i < len(seen); i++ {
		c, err := s.store.Course(ctx, seen[i])
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return false, err
		}
		for _, need := range c.Needs {
			if need == other {
				return true, nil
			}
			if !slices.Contains(seen, need) {
				seen = append(seen, need)
			}
		}
	}
	return false, nil
}
