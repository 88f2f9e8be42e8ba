package insight

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
)

// A summary is how all articles did when they were looked at.
type summary struct {
	Articles int
	Score    int // of all together
	Codes    map[Code]int
}

func (s *summary) add(list map[string]Health) {
	for _, h := range list {
		s.Articles++
		s.Score += h.Score
		seen := map[Code]bool{}
		for _, c := range h.Causes {
			if !seen[c.Code] {
				s.Codes[c.Code]++
			}
			seen[c.Code] = true
		}
	}
}

// An Overview is how all that there is does.
type Overview struct {
	Articles int
	Score    int // average of all articles
	Codes    map[Code]int
	At       time.Time // when all articles were looked at
	Days     []Day     // of the window, oldest first, each once
}

// A Day is what happened on one.
type Day struct {
	Day   string
	Score int // average of all articles when they were looked at; -1 if nobody did
	Counts
	Searches int // if they were of enough people
}

// Overview returns how all articles do together, and what happened in the window,
// to those who publish: others would learn how much there is that they do not
// see.
func (a *Analyst) Overview(ctx context.Context, by profile.Actor) (Overview, error) {
	if !a.opts.Policy.May(by, profile.PermissionContentPublish) {
		return Overview{}, fmt.Errorf("overview: %w", ErrForbidden)
	}
	rows, err := a.store.Days(ctx, SeriesAll, "", a.since(), analytics.Day(a.clock()))
	if err != nil {
		return Overview{}, fmt.Errorf("overview: %w", err)
	}
	searches, err := a.searched(ctx)
	if err != nil {
		return Overview{}, fmt.Errorf("overview: %w", err)
	}
	past, _, err := a.store.Items(ctx, ItemQuery{Kind: itemAll, Limit: int(a.opts.Keep/day) + 2})
	if err != nil {
		return Overview{}, fmt.Errorf("overview: %w", err)
	}
	slices.SortFunc(past, func(a, b Item) int { return strings.Compare(a.ID, b.ID) })
	o := Overview{Codes: map[Code]int{}}
	scores := map[string]int{}
	for _, i := range past {
		var s summary
		if json.Unmarshal(i.Body, &s) != nil {
			continue
		}
		scores[i.ID] = s.Score / cmp.Or(s.Articles, 1)
		o.Articles, o.Score, o.Codes, o.At = s.Articles, scores[i.ID], s.Codes, i.At
	}
	counts := map[string]Counts{}
	for _, r := range rows {
		counts[r.Day] = r.Counts
	}
	for at := a.clock().Add(-a.opts.Window); !at.After(a.clock()); at = at.Add(day) {
		d := Day{Day: analytics.Day(at), Score: -1, Counts: counts[analytics.Day(at)], Searches: searches[analytics.Day(at)]}
		if s, ok := scores[d.Day]; ok {
			d.Score = s
		}
		o.Days = append(o.Days, d)
	}
	return o, nil
}
