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
		circle, err := Circle(id, []string{need}, s.needsOf(ctx))
		if err != nil {
			return err
		}
		if circle {
			f.Add("needs", "error.course.circle", map[string]any{"name": need})
		}
	}
	return nil
}

// needsOf returns the courses that one needs, none of one that is not there.
func (s *School) needsOf(ctx context.Context) func(string) ([]string, error) {
	return func(id string) ([]string, error) {
		c, err := s.store.Course(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return nil, nil
		}
		return c.Needs, err
	}
}

// Circle reports whether any of the courses in needs is a course, or has to be
// preceded by it at whatever remove. needsOf returns what one needs. Stores ask
// it of what a course did not need before.
func Circle(course string, needs []string, needsOf func(id string) ([]string, error)) (bool, error) {
	seen := slices.Clone(needs)
	for i := 0; i < len(seen); i++ {
		if seen[i] == course {
			return true, nil
		}
		more, err := needsOf(seen[i])
		if err != nil {
			return false, err
		}
		for _, need := range more {
			if !slices.Contains(seen, need) {
				seen = append(seen, need)
			}
		}
	}
	return false, nil
}

// NewNeeds returns what c needs that it did not need as old.
func (c Course) NewNeeds(old Course) (out []string) {
	for _, need := range c.Needs {
		if !slices.Contains(old.Needs, need) {
			out = append(out, need)
		}
	}
	return out
}
