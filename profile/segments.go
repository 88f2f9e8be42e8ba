package profile

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
)

// maxSegments is how many segments a portal may have. All are decided for
// every request that a signed-in person makes.
const maxSegments = 500

// Segments returns all segments, by name. It takes [PermissionSegmentsRead].
func (d *Directory) Segments(ctx context.Context, by Actor) ([]Segment, error) {
	if !d.policy.May(by, PermissionSegmentsRead) {
		return nil, fmt.Errorf("segments: %w", ErrForbidden)
	}
	list, err := d.store.Segments(ctx)
	if err != nil {
		return nil, fmt.Errorf("segments: %w", err)
	}
	for i := range list {
		list[i].Origin = ""
	}
	return list, nil
}

// SaveSegment adds s if s.Version is 0, and otherwise replaces the segment that
// has s.Name and s.Version. It takes [PermissionSegmentsWrite]: whoever writes
// the rules decides who sees what. Other instances of the portal follow within
// Options.RulesFor. Adding the same segment again answers with the first.
func (d *Directory) SaveSegment(ctx context.Context, by Actor, s Segment) (Segment, error) {
	if !d.maySegments(by) {
		return Segment{}, d.denied(ctx, by, Deed{Action: "segment.changed", Subject: "segment/" + clip(s.Name)}, fmt.Errorf("save segment: %w", ErrForbidden))
	}
	s = s.Clone()
	s.Name = strings.TrimSpace(s.Name)
	if err := s.check(); err != nil {
		return Segment{}, wrap(err, "segment", s.Name)
	}
	var err error
	if s.Version == 0 {
		s, err = d.addSegment(ctx, by, s)
	} else {
		s, err = d.changeSegment(ctx, by, s)
	}
	if err != nil {
		return Segment{}, wrap(err, "segment", s.Name)
	}
	s.Origin = ""
	return s, nil
}

// RemoveSegment forgets a segment. Nobody belongs to it any more, so what only
// it opened is closed. It takes [PermissionSegmentsWrite].
func (d *Directory) RemoveSegment(ctx context.Context, by Actor, name string) error {
	deed := Deed{Action: "segment.removed", Subject: "segment/" + clip(name)}
	if !d.maySegments(by) {
		return d.denied(ctx, by, deed, wrap(ErrForbidden, "segment", name))
	}
	if err := d.audited(ctx, by, deed, func() error { return d.store.RemoveSegment(ctx, name) }); err != nil {
		return wrap(err, "segment", name)
	}
	d.forgetRules()
	d.record(ctx, by, "segment.removed", "segment/"+name)
	return nil
}

func (d *Directory) maySegments(by Actor) bool {
	return d.policy.May(by, PermissionSegmentsRead) && d.policy.May(by, PermissionSegmentsWrite)
}

func (d *Directory) addSegment(ctx context.Context, by Actor, s Segment) (Segment, error) {
	s.Origin, s.CreatedAt, s.UpdatedAt = "", time.Time{}, time.Time{}
	hash := idem.Hash(s)
	now := d.clock()
	s.Origin, s.CreatedAt, s.UpdatedAt, s.Version = hash, now, now, 1
	insert := func() (Segment, error) {
		have, err := d.store.Segments(ctx)
		if err != nil {
			return s, err
		}
		if _, err := find(have, s.Name); err == nil {
			return s, ErrConflict // a retry is no deed
		} else if len(have) >= maxSegments {
			return s, errs.Field("name", "error.segment.too_many", map[string]any{"max": maxSegments})
		}
		return s, d.keepSegment(ctx, by, Segment{}, s)
	}
	return idem.Once(hash, insert, func() (Segment, string, error) {
		first, err := d.segment(ctx, s.Name)
		return first, first.Origin, err
	})
}

func (d *Directory) changeSegment(ctx context.Context, by Actor, s Segment) (Segment, error) {
	old, err := d.segment(ctx, s.Name)
	if err == nil && old.Version != s.Version {
		err = ErrConflict
	}
	if err != nil {
		return s, err
	}
	s.Origin, s.CreatedAt, s.UpdatedAt = old.Origin, old.CreatedAt, d.clock()
	s.Version++
	return s, d.keepSegment(ctx, by, old, s)
}

// keepSegment stores s in the place of old and says so.
func (d *Directory) keepSegment(ctx context.Context, by Actor, old, s Segment) error {
	deed := Deed{Action: savedAs("segment", old.Version), Subject: "segment/" + s.Name, Changes: segmentChanges(old, s)}
	if err := d.audited(ctx, by, deed, func() error { return d.store.SaveSegment(ctx, s) }); err != nil {
		return err
	}
	d.forgetRules()
	d.record(ctx, by, "segment.saved", "segment/"+s.Name)
	return nil
}

func (d *Directory) segment(ctx context.Context, name string) (Segment, error) {
	list, err := d.store.Segments(ctx)
	if err != nil {
		return Segment{}, err
	}
	return find(list, name)
}

func find(list []Segment, name string) (Segment, error) {
	for _, s := range list {
		if s.Name == name {
			return s, nil
		}
	}
	return Segment{}, ErrNotFound
}
