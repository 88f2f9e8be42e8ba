package blevesearch

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/profile"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// A census says which documents somebody may see who reads a language, and
// counts them. Whatever a score depends on is counted over these documents and
// no others: what the asker may not see has no influence on anything shown.
type census struct {
	admitted  []*roaring.Bitmap // by part
	total     int               // documents admitted
	languages []languageCensus  // of those documents, by code

	rarities *lru.Cache[string, float64] // of terms, those that were looked up
}

const maxRarities = 1 << 14 // terms that are remembered

// rarity returns how rare a term is among the admitted documents.
func (c *census) rarity(term string, count func() (int, error)) (float64, error) {
	if known, ok := c.rarities.Load(term); ok {
		return known, nil
	}
	n, err := count()
	if err != nil {
		return 0, err
	}
	found := lexis.Rarity(c.total, n)
	c.rarities.Store(term, found)
	return found, nil
}

// languageCensus counts the documents in one language.
type languageCensus struct {
	*lexis.Language
	average map[string]float64 // length of a field
}

// A view is what is known of one state of the index, for as long as it lasts.
type view struct {
	snapshot *scorch.IndexSnapshot
	dir      string // where its files are

	mu        sync.Mutex
	compounds []string // terms with "+" in audiences
	counted   bool     // whether compounds is filled
	censuses  map[string]*census
}

const maxCensuses = 64 // kept for one state

// open returns the parts of the view for one search.
func (v *view) open() []*part {
	var parts []*part
	for _, s := range v.snapshot.Segments() {
		parts = append(parts, newPart(s))
	}
	return parts
}

// take returns the census for a sight and a language, and notes in parts who is
// admitted.
func (v *view) take(ctx context.Context, lib lexis.Library, parts []*part, sight profile.Sight, locale string) (*census, error) {
	compounds, err := v.compoundTerms(ctx, parts)
	if err != nil {
		return nil, err
	}
	terms := sight.Terms(compounds)
	key := locale + "\x00" + strings.Join(terms, "\x00")
	v.mu.Lock()
	c := v.censuses[key]
	v.mu.Unlock()
	if c == nil {
		if c, err = newCensus(ctx, lib, parts, terms, locale); err != nil {
			return nil, err
		}
		v.mu.Lock()
		if len(v.censuses) >= maxCensuses {
			clear(v.censuses)
		}
		v.censuses[key] = c
		v.mu.Unlock()
	}
	for i, p := range parts {
		p.admitted = c.admitted[i]
	}
	return c, nil
}

// compoundTerms returns the compound terms of all audiences.
func (v *view) compoundTerms(ctx context.Context, parts []*part) ([]string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.counted {
		return v.compounds, nil
	}
	var terms []string
	for _, p := range parts {
		err := p.each(ctx, fieldKey, keyCompound, func(term string) (bool, error) {
			terms = append(terms, strings.Clone(term[len(keyCompound):]))
			return true, nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(terms)
	v.compounds, v.counted = slices.Compact(terms), true
	return v.compounds, nil
}

func newCensus(ctx context.Context, lib lexis.Library, parts []*part, terms []string, locale string) (*census, error) {
	c := &census{rarities: lru.New[string, float64](maxRarities)}
	for _, p := range parts {
		admitted, err := p.admit(terms, locale)
		if err != nil {
			return nil, err
		}
		p.admitted = admitted
		c.admitted = append(c.admitted, admitted)
		c.total += int(admitted.GetCardinality())
	}
	err := c.countLanguages(ctx, lib, parts)
	return c, err
}

// admit returns the documents whose audience has one of the terms and that
// serve the locale.
func (p *part) admit(terms []string, locale string) (*roaring.Bitmap, error) {
	admitted := roaring.New()
	for _, t := range terms {
		b, err := p.having(fieldKey, keyAudience+t)
		if err != nil {
			return nil, err
		}
		if b != nil {
			admitted.Or(b)
		}
	}
	if removed := p.snapshot.Deleted(); removed != nil {
		admitted.AndNot(removed)
	}
	if locale == "" {
		return admitted, nil
	}
	b, err := p.having(fieldKey, keyServes+locale)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return roaring.New(), nil
	}
	admitted.And(b)
	return admitted, nil
}

// countLanguages finds the languages of the admitted documents and how long
// these are on average.
func (c *census) countLanguages(ctx context.Context, lib lexis.Library, parts []*part) error {
	docs := map[string]int{}
	for _, p := range parts {
		err := p.each(ctx, fieldKey, keyLanguage, func(term string) (bool, error) {
			n, err := p.count(fieldKey, term)
			docs[term[len(keyLanguage):]] += n
			return true, err
		})
		if err != nil {
			return err
		}
	}
	for code, n := range docs {
		if n == 0 {
			continue
		}
		l := languageCensus{Language: lib.Coded(code), average: map[string]float64{}}
		for _, field := range []string{fieldTitle, fieldText} {
			sum, err := sumBits(ctx, parts, lengthPrefix(code, field))
			if err != nil {
				return err
			}
			l.average[field] = float64(sum) / float64(n)
		}
		c.languages = append(c.languages, l)
	}
	slices.SortFunc(c.languages, func(a, b languageCensus) int { return strings.Compare(a.Code, b.Code) })
	return nil
}

// sumBits returns the sum of a number over all admitted documents.
func sumBits(ctx context.Context, parts []*part, prefix string) (sum int, err error) {
	for _, p := range parts {
		err := p.each(ctx, fieldKey, prefix, func(term string) (bool, error) {
			n, err := p.count(fieldKey, term)
			sum += n << bitOf(term)
			return true, err
		})
		if err != nil {
			return 0, err
		}
	}
	return sum, nil
}
