package site

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// A visit is what every page needs to know of a request: who asks, in which
// language, and for which path without the language's prefix.
type visit struct {
	By     profile.Actor
	Wanted i18n.Locale // language of content and of links
	Locale i18n.Locale // language of the page around it: Wanted, or one with texts for the interface
	P      *i18n.Printer
	Path   string // without language prefix
	Query  url.Values
	Prefix bool   // the language was in the path
	Origin string // scheme and host of absolute links
	Alert  string // what has just happened
	Brand  layout.Brand

	Entering bool // they are between here and a provider, on no page

	Prefs profile.Preferences // how they want pages; nothing for a visitor who is nobody

	stay layout.Visit   // which visit this is, for what must not move while it lasts
	laid *layout.Layout // how the portal is arranged for them, once somebody has asked
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// withVisit picks the language, takes its prefix off the path and puts both
// where pages and error messages find them.
func (s *Site) withVisit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		by := profile.FromContext(r.Context())
		v := &visit{By: by, Path: r.URL.Path, Query: r.URL.Query(), Origin: s.origin(r), Brand: s.brandOf(r)}
		s.cameTo(r, by, v.Brand)
		if _, rest, ok := s.languages.SplitPath(r.URL.Path); ok {
			v.Path, v.Prefix = rest, true
		}
		ask := i18n.Request{
			Path: r.URL.Path, Preference: string(s.preference(r, by)), AcceptLanguage: r.Header.Get("Accept-Language"), Country: s.country(r),
		}
		v.Wanted, v.Locale = s.languages.Pick(ask)
		s.ownTongue(v, ask)
		v.Prefs = s.preferencesOf(r, by)
		v.P = s.catalog.In(v.Locale).InZone(zoneOf(by)).WithFormats(v.Prefs.Formats())
		w.Header().Add("Vary", "Accept-Language, Cookie")
		w.Header().Set("Content-Language", string(v.Wanted))
		ctx := context.WithValue(r.Context(), visitKey{}, v)
		ctx = web.WithTranslator(ctx, v.P.Message)
		r2 := r.WithContext(ctx)
		r2.URL = cloneURL(r.URL, v.Path)
		next.ServeHTTP(w, r2)
	})
}

func cloneURL(u *url.URL, path string) *url.URL {
	c := *u
	c.Path, c.RawPath = path, ""
	return &c
}

// preference returns the language that a visitor has chosen: the one in their
// profile, or the one they last switched to.
func (s *Site) preference(r *http.Request, by profile.Actor) i18n.Locale {
	if c, err := r.Cookie(localeCookie); err == nil {
		if l, err := i18n.ParseLocale(c.Value); err == nil {
			return l
		}
	}
	l, _ := i18n.ParseLocale(by.Locale)
	return l
}

// country returns where a trusted proxy says that a visitor is.
func (s *Site) country(r *http.Request) string {
	if s.cfg.Country == "" || !web.FromProxy(r, s.cfg.Proxies) {
		return ""
	}
	return r.Header.Get(s.cfg.Country)
}

func zoneOf(by profile.Actor) *time.Location {
	zone, err := i18n.ParseZone(by.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// origin returns what absolute links begin with.
func (s *Site) origin(r *http.Request) string {
	if s.cfg.BaseURL != "" {
		return s.brandOrigin(r)
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// link returns the address of a path in the visit's language.
func (v *visit) link(path string) string { return i18n.JoinPath(v.Wanted, path) }

// inLanguage returns the address of a path in a language, or without one in the
// visit's.
func (v *visit) inLanguage(locale, path string) string {
	if locale == "" {
		return v.link(path)
	}
	return i18n.JoinPath(i18n.Locale(locale), path)
}

// relink returns an address that may have another language's prefix in the
// visit's language, so that following it does not change the interface.
func (s *Site) relink(v *visit, path string) string {
	if !strings.HasPrefix(path, "/") { // it leads elsewhere
		return path
	}
	if _, rest, ok := s.languages.SplitPath(path); ok {
		return v.link(rest)
	}
	return v.link(path)
}
