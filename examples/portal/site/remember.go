package site

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/lru"
)

// A memory keeps what costs much to find out about the library. Everything is
// kept under the library's stamp, which changes with anything in it, and under
// what the reader may see: nothing old is shown, and nothing to anybody else.
type memory struct {
	found *lru.Cache[foundKey, found]
	pages *lru.Cache[pageKey, builtPage]

	formKey string // stands in built pages for the key of their form, which is another each time
}

func newMemory() memory {
	return memory{found: lru.New[foundKey, found](8192), pages: lru.New[pageKey, builtPage](1024), formKey: idem.New()}
}

type foundKey struct {
	what, locale, sight, stamp string
}

type found struct {
	value any
	until time.Time
}

// stamp returns what changes with anything in the library.
func (s *Site) stamp(ctx context.Context) (string, error) {
	categories, content, err := s.articles.Stamps(ctx)
	return categories + "|" + content, err
}

// remembered returns what find finds for a visit, or what it found for the same
// readers since the library last changed, but not longer ago than lasts: some of
// what is asked for does not come from the library alone.
func remembered[T any](ctx context.Context, s *Site, v *visit, what string, lasts time.Duration, find func() (T, error)) (T, error) {
	stamp, err := s.stamp(ctx)
	if err != nil {
		var none T
		return none, err
	}
	key := foundKey{what, string(v.Wanted), v.By.Sight().Key(), stamp}
	now := s.cfg.Now()
	if known, ok := s.memory.found.Load(key); ok && now.Before(known.until) {
		return known.value.(T), nil
	}
	value, err := find()
	if err == nil {
		s.memory.found.Store(key, found{value, now.Add(lasts)})
	}
	return value, err
}

// A pageKey names a page of content as visitors see it who are not signed in:
// to them it is the same until the library changes.
type pageKey struct {
	origin, path, stamp, sight string
	wanted, spoken             i18n.Locale
	offered                    *i18n.Negotiator
}

type builtPage struct {
	html  []byte
	until time.Time
}

// builtOnce returns what build builds for a page, or what it built before for
// the same address and readers, but not longer ago than lasts. A page that is
// somebody's own or that an address with parameters asks for is built each time.
func (s *Site) builtOnce(ctx context.Context, v *visit, lasts time.Duration, build func() ([]byte, error)) ([]byte, error) {
	if !v.By.Anonymous() || len(v.Query) > 0 || lasts == 0 {
		return build()
	}
	stamp, err := s.stamp(ctx)
	if err != nil {
		return nil, err
	}
	key := pageKey{v.Origin, v.Path, stamp, v.By.Sight().Key(), v.Wanted, v.Locale, s.languages.all.Load()}
	now := s.cfg.Now()
	if page, ok := s.memory.pages.Load(key); ok && now.Before(page.until) {
		return page.html, nil
	}
	html, err := build()
	if err == nil {
		s.memory.pages.Store(key, builtPage{html, now.Add(lasts)})
	}
	return html, err
}
