package site

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/search/seo"
)

// What a memory keeps at most, in bytes.
const (
	mostPages = 64 << 20
	mostFound = 16 << 20
)

// A memory keeps what costs much to find out about the library. Everything is
// kept under the library's stamp, which changes with anything in it, and under
// what the reader may see: nothing old is shown, and nothing to anybody else.
// Nothing is kept under what a visitor can make up.
type memory struct {
	found *lru.Cache[foundKey, found]
	pages *lru.Cache[pageKey, builtPage]
	files *lru.Cache[foundKey, []seo.File] // of sitemaps

	// What stands in built pages for what differs between requests. All
	// instances use the same, so that a page is the same from each of them.
	formKey string // key of the form
	origin  string // scheme and host of links, where the configuration says nothing of them
}

func newMemory(secret []byte) memory {
	return memory{
		found: lru.NewWeighed(mostFound, weighFound), pages: lru.NewWeighed(mostPages, weighPage), files: lru.NewWeighed(mostMapped, weighFiles),
		formKey: mark(secret, "form"), origin: "https://" + mark(secret, "origin") + ".invalid",
	}
}

// mark returns a word that no author can write into an article.
func mark(secret []byte, name string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("mark|" + name))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

type foundKey struct {
	what, locale, sight, stamp string
}

type found struct {
	entries []kb.Entry
	until   time.Time
}

// keptExtra is about what keeping a value takes besides its texts.
const keptExtra = 256

func weighFound(key foundKey, f found) int {
	size := keptExtra + len(key.what) + len(key.locale) + len(key.sight) + len(key.stamp)
	for _, e := range f.entries {
		size += keptExtra + len(e.Title) + len(e.Summary) + len(e.Slug)
		for _, l := range e.Languages {
			size += keptExtra + len(l.Slug)
		}
	}
	return size
}

func weighPage(key pageKey, p builtPage) int {
	return keptExtra + len(key.path) + len(key.stamp) + len(key.sight) + len(key.laid) + len(p.html)
}

// stamp returns what changes with anything in the library.
func (s *Site) stamp(ctx context.Context) (string, error) {
	categories, content, err := s.articles.Stamps(ctx)
	return categories + "|" + content, err
}

// remembered returns the articles that find finds for a visit, or those it found
// for the same readers since the library last changed, but not longer ago than
// lasts: some of what is asked for does not come from the library alone.
func (s *Site) remembered(ctx context.Context, v *visit, what string, lasts time.Duration, find func() ([]kb.Entry, error)) ([]kb.Entry, error) {
	stamp, err := s.stamp(ctx)
	if err != nil {
		return nil, err
	}
	key := foundKey{what, string(v.Wanted), v.By.Sight().Key(), stamp}
	now := s.cfg.Now()
	if known, ok := s.memory.found.Load(key); ok && now.Before(known.until) {
		return known.entries, nil
	}
	entries, err := find()
	if err == nil {
		s.memory.found.Store(key, found{entries, now.Add(lasts)})
	}
	return entries, err
}

// A pageKey names a page of content as visitors see it who are not signed in:
// to them it is the same until the library changes, at whatever host they ask, as
// far as it is arranged the same for them.
type pageKey struct {
	path, stamp, sight string
	laid               string // key of the layout: what else a page shows may be arranged
	wanted, spoken     i18n.Locale
	offered            *i18n.Negotiator
}

type builtPage struct {
	html  []byte
	until time.Time
}

// builtOnce returns what build builds for a page, or what it built before for
// the same path and readers, but not longer ago than lasts. A page that is
// somebody's own, that an address with parameters asks for, or that is asked for
// at an odd host is built each time.
func (s *Site) builtOnce(r *http.Request, lasts time.Duration, build func(*http.Request) ([]byte, error)) ([]byte, error) {
	v := visitOf(r.Context())
	if !v.By.Anonymous() || len(v.Query) > 0 || lasts == 0 || !plainOrigin(v.Origin) {
		return build(r)
	}
	stamp, err := s.stamp(r.Context())
	if err != nil {
		return nil, err
	}
	key := pageKey{v.Path, stamp, v.By.Sight().Key(), s.layoutOf(r).Key, v.Wanted, v.Locale, s.languages.all.Load()}
	now := s.cfg.Now()
	if page, ok := s.memory.pages.Load(key); ok && now.Before(page.until) {
		return s.atHome(page.html, v), nil
	}
	html, err := build(s.anywhere(r))
	if err != nil {
		return nil, err
	}
	s.memory.pages.Store(key, builtPage{html, now.Add(lasts)})
	return s.atHome(html, v), nil
}

// anywhere returns a request for the same page at no host in particular.
func (s *Site) anywhere(r *http.Request) *http.Request {
	if s.cfg.BaseURL != "" {
		return r
	}
	v := *visitOf(r.Context())
	v.Origin = s.memory.origin
	return r.WithContext(context.WithValue(r.Context(), visitKey{}, &v))
}

// atHome puts the host that was asked for into a page.
func (s *Site) atHome(html []byte, v *visit) []byte {
	if s.cfg.BaseURL != "" {
		return html
	}
	return bytes.ReplaceAll(html, []byte(s.memory.origin), []byte(v.Origin))
}

// plainOrigin reports whether an origin can stand in any part of a page as it
// is: a host may have signs in it that would have to be escaped.
func plainOrigin(origin string) bool {
	_, host, _ := strings.Cut(origin, "://")
	return len(host) < 300 && strings.Trim(host, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_:[]") == ""
}
