package sqlprofile

import (
	"context"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

// A segment is a segment as the table spells one.
type segment struct {
	Name        string
	Title       string
	Description string
	Rule        sqldb.JSON[profile.Rule]
	CreatedAt   sqldb.Time `db:"created_at"`
	UpdatedAt   sqldb.Time `db:"updated_at"`
	Version     int
	Origin      string
}

const segmentColumns = `name, title, description, rule, created_at, updated_at, version, origin`

// Segments implements [profile.SegmentStore].
func (s *Store) Segments(ctx context.Context) ([]profile.Segment, error) {
	var rows []segment
	err := s.db.Select(ctx, &rows, `select `+segmentColumns+` from stoa_segment order by name`)
	if err != nil {
		return nil, err
	}
	list := make([]profile.Segment, len(rows))
	for i, r := range rows {
		list[i] = profile.Segment{
			Name: r.Name, Title: r.Title, Description: r.Description, Rule: r.Rule.V,
			CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version, Origin: r.Origin,
		}
	}
	return list, nil
}

// SaveSegment implements [profile.SegmentStore].
func (s *Store) SaveSegment(ctx context.Context, seg profile.Segment) error {
	if err := sqldb.CheckText(seg.Name, seg.Title, seg.Description, seg.Origin); err != nil {
		return err
	}
	args := []any{seg.Name, seg.Title, seg.Description, sqldb.JSON[profile.Rule]{V: seg.Rule},
		sqldb.At(seg.CreatedAt), sqldb.At(seg.UpdatedAt), seg.Version, seg.Origin}
	return s.save(ctx, seg.Version, seg.Name,
		query{`insert into stoa_segment (` + segmentColumns + `) values ` + sqldb.Tuples(1, len(args)) + ` on conflict (name) do nothing`, args},
		query{`update stoa_segment set title = $2, description = $3, rule = $4,
			created_at = $5, updated_at = $6, version = $7, origin = $8
			where name = $1 and version = $7 - 1`, args},
		query{`select name from stoa_segment where name = $1`, []any{seg.Name}})
}

// RemoveSegment implements [profile.SegmentStore].
func (s *Store) RemoveSegment(ctx context.Context, name string) error {
	return s.remove(ctx, `delete from stoa_segment where name = $1`, name)
}
