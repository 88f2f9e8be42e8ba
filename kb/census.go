package kb

import (
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// A census is what follows from all articles and categories together, as of a
// stamp of the content. It is taken once after each change.
type census struct {
	stamp    string
	counts   []Count
	segments map[string]bool // that any audience names
}

// takeCensus returns the census as of now.
func (l *Library) takeCensus(ctx context.Context) (*census, error) {
	_, stamp, err := l.store.Stamps(ctx)
	if err != nil {
		return nil, err
	}
	if c := l.census.Load(); c != nil && c.stamp == stamp {
		return c, nil
	}
	counts, err := l.store.CountArticles(ctx)
	if err != nil {
		return nil, err
	}
	f, err := l.categories(ctx)
	if err != nil {
		return nil, err
	}
	c := &census{stamp: stamp, counts: counts, segments: map[string]bool{}}
	for _, n := range counts {
		c.name(n.Audience)
	}
	for _, place := range f.byID {
		c.name(place.Audience)
	}
	l.census.Store(c)
	return c, nil
}

func (c *census) name(audience profile.Audience) {
	for _, term := range audience {
		for part := range strings.SplitSeq(term, "+") {
			c.segments[part] = true
		}
	}
}

// sightKey is equal for actors who see the same of all there is: it has only
// those of their segments that any audience names. It holds for the census's
// stamp; what was counted may be newer, but then the stamp is no longer in use.
func (c *census) sightKey(by profile.Actor) string {
	mine := slices.DeleteFunc(by.Sight().Segments(), func(s string) bool { return !c.segments[s] })
	return strings.Join(mine, "\n")
}
