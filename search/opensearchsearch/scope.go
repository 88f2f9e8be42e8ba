package opensearchsearch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// An outline is what is known of an index as a whole, and shown to nobody. It is
// where to look: what somebody sees is counted over what they may see.
type outline struct {
	compounds []string // terms with "+" in audiences
	languages []string // codes of languages that texts are in
	at        time.Time
}

// stale is how old an outline may be: as long may a document be hidden whose
// audience has a new term with "+", or that is in a new language, if another
// instance wrote it.
const stale = time.Second

const (
	maxCompounds = 10_000 // terms with "+"; a document of others is hidden
	maxLanguages = 100
)

// forget makes the next search ask for the outline.
func (x *Index) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.outline = nil
	x.outlines++
}

func (x *Index) outlined(ctx context.Context) (*outline, error) {
	x.mu.Lock()
	known, before, now := x.outline, x.outlines, x.opts.Now()
	x.mu.Unlock()
	if known != nil && now.Sub(known.at).Abs() < stale {
		return known, nil
	}
	got, err := x.ask(ctx, x.name, object{"size": 0, "aggs": object{
		fieldCompound: termsCount(fieldCompound, maxCompounds), fieldLanguage: termsCount(fieldLanguage, maxLanguages),
	}})
	if err != nil {
		return nil, err
	}
	fresh := &outline{at: now}
	if fresh.compounds, err = got.keys(fieldCompound); err != nil {
		return nil, err
	}
	if fresh.languages, err = got.keys(fieldLanguage); err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.outlines == before { // nobody wrote in between
		x.outline = fresh
	}
	return fresh, nil
}

func termsCount(field string, size int) object {
	return object{"terms": object{"field": field, "size": size}}
}

// keys returns the values that were counted under a name, in order.
func (a *answer) keys(name string) ([]string, error) {
	counted, err := a.aggregation(name)
	if err != nil {
		return nil, err
	}
	list, err := counted.list()
	var out []string
	for _, b := range list {
		out = append(out, b.Key)
	}
	slices.Sort(out)
	return out, err
}

// A scope is what somebody may see who reads a language. Every search whose
// answer shows is within one: it is part of the query, and nothing is left out
// of an answer afterwards.
type scope struct {
	filters   []object
	languages []string // that texts may be in
}

func (x *Index) scope(ctx context.Context, sight profile.Sight, locale string) (scope, error) {
	o, err := x.outlined(ctx)
	if err != nil {
		return scope{}, err
	}
	s := scope{languages: o.languages, filters: []object{terms(fieldAudience, sight.Terms(o.compounds)...)}}
	if locale != "" {
		s.filters = append(s.filters, terms(fieldServes, key(locale)))
	}
	return s, nil
}

// within returns a query for what passes the scope and some filters.
func (s scope) within(filters ...object) object {
	return filtered(slices.Concat(s.filters, filters)...)
}

// A census is a request in the languages of what the asker may see, with what is
// counted there.
type census struct {
	scope
	readings []*lexis.Reading
	ranking  *lexis.Ranking
	count    []int // documents that have each unit
	pinned   int   // documents of groups that are pinned
}

// counts are the names under which a census counts.
func countOf(kind string, number int) string { return fmt.Sprintf("%s%d", kind, number) }

const (
	countText, countTitle       = "text", "title"
	countOther, countOtherTitle = "other", "othertitle"
	countPinned, countLanguages = "pinned", "languages"
	countUnits                  = "units"
)
