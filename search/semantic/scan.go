package semantic

import (
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// A table is a state as it is searched: a row for each passage of each document.
// Rights are decided once for each audience and list of languages.
type table struct {
	groups []string
	rows   []row
	sights []seen
}

type row struct {
	vector vector
	group  int32
	seen   int32
}

// A seen is who documents are for.
type seen struct {
	audience profile.Audience
	serves   []string
}

// table returns the state as it is searched, made anew after it has changed.
func (s *Store) table() *table {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tabled == nil {
		s.tabled = newTable(&s.state)
	}
	return s.tabled
}

func newTable(st *state) *table {
	t, known := &table{}, map[string]int32{}
	for _, g := range st.Groups {
		t.groups = append(t.groups, g.Name)
		for _, d := range g.Docs {
			name := strings.Join(d.Audience, "\x00") + "\x01" + strings.Join(d.Serves, "\x00")
			n, ok := known[name]
			if !ok {
				n = int32(len(t.sights))
				known[name], t.sights = n, append(t.sights, seen{d.Audience, d.Serves})
			}
			for _, k := range d.Keys {
				if v, ok := st.Vectors[k]; ok {
					t.rows = append(t.rows, row{v, int32(len(t.groups) - 1), n})
				}
			}
		}
	}
	return t
}

// admitted says of each of the sights whether it is admitted and served.
func (t *table) admitted(sight profile.Sight, locale string) []bool {
	out := make([]bool, len(t.sights))
	for i, s := range t.sights {
		out[i] = sight.Admits(s.audience) && (locale == "" || slices.Contains(s.serves, locale))
	}
	return out
}

// nearest returns the groups whose best passage is nearest, nearest first.
func (t *table) nearest(ctx context.Context, q vector, sight profile.Sight, locale string, limit int) ([]search.Neighbour, error) {
	admitted := t.admitted(sight, locale)
	likeness := make([]float64, len(t.groups))
	for i := range t.rows {
		if i%4096 == 4095 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if r := &t.rows[i]; admitted[r.seen] {
			likeness[r.group] = max(likeness[r.group], r.vector.cosine(q))
		}
	}
	var out []search.Neighbour
	for i, c := range likeness {
		if n := (search.Neighbour{Group: t.groups[i], Likeness: c}); c > 0 && (len(out) < limit || nearer(n, out[len(out)-1]) < 0) {
			at, _ := slices.BinarySearchFunc(out, n, nearer)
			out = slices.Insert(out, at, n)
			out = out[:min(len(out), limit)]
		}
	}
	return out, nil
}
