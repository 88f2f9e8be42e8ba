package kbtest_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stoa-go/stoa/kb"
)

var brokenTargets = []broke{
	{"forgets what is named to be read next", "Related", linking(func(_ *kb.LinkQuery, page func() ([]kb.LinkUse, string, error)) ([]kb.LinkUse, string, error) {
		uses, next, err := page()
		return slices.DeleteFunc(uses, func(u kb.LinkUse) bool { return u.Locale == "" }), next, err
	})},
	{"is never told of links", "DueLinks", dueing(func(_ []kb.LinkKind, _ []kb.LinkTarget) []kb.LinkTarget { return nil })},
	{"confuses languages of places", "DueLinks", dueing(func(_ []kb.LinkKind, list []kb.LinkTarget) []kb.LinkTarget {
		return slices.DeleteFunc(list, func(t kb.LinkTarget) bool { return t.Locale == "de" })
	})},
	{"looks once and never again", "LinksAsked", func(s kb.Store) faulty {
		seen := map[kb.Link]bool{}
		return faulty{faultyLinks: faultyLinks{
			due: func(ctx context.Context, kinds []kb.LinkKind, by time.Time, limit int) ([]kb.LinkTarget, error) {
				list, err := s.DueLinks(ctx, kinds, by, limit)
				return slices.DeleteFunc(list, func(t kb.LinkTarget) bool { return seen[t.Link] }), err
			},
			saveTo: func(ctx context.Context, t kb.LinkTarget) error {
				seen[t.Link] = true
				return s.SaveLinkTarget(ctx, t)
			},
		}}
	}},
	{"takes what was seen before a change", "SaveLinkTarget", func(s kb.Store) faulty {
		return faulty{faultyLinks: faultyLinks{saveTo: func(ctx context.Context, t kb.LinkTarget) error {
			if err := s.SaveLinkTarget(ctx, t); !errors.Is(err, kb.ErrConflict) {
				return err
			}
			return nil
		}}}
	}},
	{"forgets what a server answered", "SaveLinkTarget", func(s kb.Store) faulty {
		return faulty{faultyLinks: faultyLinks{saveTo: func(ctx context.Context, t kb.LinkTarget) error {
			t.Status = 0
			return s.SaveLinkTarget(ctx, t)
		}}}
	}},
	{"takes drafts with faults for shown", "LinkFaults", faulting(func(_ *kb.FaultQuery, list []kb.LinkFault) []kb.LinkFault {
		for i := range list {
			list[i].Use.Live = true
		}
		return list
	})},
	{"tells all faults whatever the state", "LinkFaults", faulting(func(q *kb.FaultQuery, list []kb.LinkFault) []kb.LinkFault {
		q.States = nil
		return list
	})},
	{"begins its faults anew on each page", "LinkFaultsBad", faulting(func(q *kb.FaultQuery, list []kb.LinkFault) []kb.LinkFault {
		q.After = ""
		return list
	})},
}

// dueing changes what is due.
func dueing(change func([]kb.LinkKind, []kb.LinkTarget) []kb.LinkTarget) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyLinks: faultyLinks{due: func(ctx context.Context, kinds []kb.LinkKind, by time.Time, limit int) ([]kb.LinkTarget, error) {
			list, err := s.DueLinks(ctx, kinds, by, limit)
			return change(kinds, list), err
		}}}
	}
}

// faulting changes what is asked for, and what is found.
func faulting(change func(*kb.FaultQuery, []kb.LinkFault) []kb.LinkFault) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyLinks: faultyLinks{faults: func(ctx context.Context, q kb.FaultQuery) ([]kb.LinkFault, string, error) {
			change(&q, nil)
			list, next, err := s.LinkFaults(ctx, q)
			return change(&q, list), next, err
		}}}
	}
}
