package site

import (
	"bytes"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/seo"
)

// mostMapped is how much the files of all brands and languages are remembered.
const mostMapped = 1 << 20

// sitemap is the index of the files that list what everybody may read, some for
// each language.
func (s *Site) sitemap(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	var b bytes.Buffer
	if err := seo.WriteIndex(&b, s.mapped(r, v)); err != nil {
		return err
	}
	mapHeaders(w)
	_, err := b.WriteTo(w)
	return err
}

func mapHeaders(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	keepable(w, profile.Actor{}, "private, max-age=300")
}

func (s *Site) mapped(r *http.Request, v *visit) iter.Seq2[seo.URL, error] {
	return func(yield func(seo.URL, error) bool) {
		for _, l := range s.offered(v) {
			files, err := s.mapFiles(r, v, l)
			if err != nil {
				yield(seo.URL{}, err)
				return
			}
			for _, f := range files {
				if !yield(seo.URL{Loc: fmt.Sprintf("%s/sitemaps/%s-%d.xml", v.Origin, l, f.Number), Modified: f.Modified}, nil) {
					return
				}
			}
		}
	}
}

// mapFiles returns the files of a language. To know them, all there is has to be
// gone through; that is not done again until the library changes.
func (s *Site) mapFiles(r *http.Request, v *visit, locale i18n.Locale) ([]seo.File, error) {
	stamp, err := s.stamp(r.Context())
	if err != nil {
		return nil, err
	}
	// How long addresses are decides how many go into a file.
	key := foundKey{"sitemap " + strconv.Itoa(len(v.Origin)), string(locale), v.Brand.ID, stamp}
	if known, ok := s.memory.files.Load(key); ok {
		return known, nil
	}
	var out []seo.File
	for f, err := range s.cfg.maps.Files(s.listingOf(r.Context(), v, locale).all()) {
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	s.memory.files.Store(key, out)
	return out, nil
}

func weighFiles(_ foundKey, files []seo.File) int { return keptExtra * (1 + len(files)) }

// sitemapFile writes one of the files. It is written as it is made: it may have
// tens of megabytes.
func (s *Site) sitemapFile(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "file")
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	rest, ok := strings.CutSuffix(name, ".xml")
	at := strings.LastIndexByte(rest, '-')
	if !ok || at < 0 || !slices.Contains(s.offered(v), i18n.Locale(rest[:at])) {
		return kb.ErrNotFound
	}
	number, err := strconv.Atoi(rest[at+1:])
	if err != nil || strconv.Itoa(number) != rest[at+1:] {
		return kb.ErrNotFound
	}
	return s.cfg.maps.Write(&mapWriter{ResponseWriter: w}, s.listingOf(r.Context(), v, i18n.Locale(rest[:at])).all(), number)
}

// A mapWriter says what it is with the first bytes: before these, there may be no
// such file.
type mapWriter struct {
	http.ResponseWriter
	begun bool
}

func (m *mapWriter) Write(p []byte) (int, error) {
	if !m.begun {
		m.begun = true
		mapHeaders(m.ResponseWriter)
	}
	return m.ResponseWriter.Write(p)
}

// courses yields the courses that everybody may see.
func (l listing) courses(yield func(seo.URL, error) bool) bool {
	q := courses.Query{Locale: string(l.locale), Limit: coursesPerPage}
	for {
		list, next, err := l.s.school.Catalogue(l.ctx, l.anyone, q)
		if err != nil {
			return yield(seo.URL{}, err)
		}
		for _, c := range list {
			if u, ok := l.url(courseLanguages(c.Slug, c.Languages, l.s.offered(l.v)), time.Time{}); ok && !yield(u, nil) {
				return false
			}
		}
		if next == "" {
			return true
		}
		q.After = next
	}
}

// courseLanguages returns the addresses of a course in every offered language.
func courseLanguages(slug string, languages []string, offered []i18n.Locale) []alternate {
	var out []alternate
	for _, l := range offered {
		out = append(out, alternate{l, i18n.JoinPath(l, coursePath(slug)), slices.Contains(languages, string(l))})
	}
	return out
}
