package site

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

//go:embed messages
var messages embed.FS

// Texts returns the texts of the interface: a layer for each topic, whose keys
// are in no other.
func Texts() (layers []fs.FS) {
	topics, err := messages.ReadDir("messages")
	for _, topic := range topics {
		var layer fs.FS
		if layer, err = fs.Sub(messages, path.Join("messages", topic.Name())); err != nil {
			break
		}
		layers = append(layers, layer)
	}
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return layers
}

const localeCookie = "stoa_locale"

// languages are those a reader can choose: the ones the interface has texts in,
// and the ones that only content is written in. Around a text in one of these,
// the interface speaks another language that the reader knows.
type languages struct {
	texts *i18n.Negotiator
	all   atomic.Pointer[i18n.Negotiator]
}

// Offered returns all languages, those of the interface first.
func (l *languages) Offered() []i18n.Locale { return l.all.Load().Offered() }

// Default is the language of whoever asks for none.
func (l *languages) Default() i18n.Locale { return l.texts.Default() }

// SplitPath takes a language off the front of a path.
func (l *languages) SplitPath(path string) (i18n.Locale, string, bool) {
	return l.all.Load().SplitPath(path)
}

// Pick returns the language that a request is for, and the one that the
// interface speaks around it.
func (l *languages) Pick(r i18n.Request) (wanted, spoken i18n.Locale) {
	wanted, _ = l.all.Load().Pick(r)
	r.Path, r.Preference = "", string(wanted)
	spoken, _ = l.texts.Pick(r)
	return wanted, spoken
}

// openLanguages loads the texts of the interface. It is offered in the languages
// of the configuration, or in all there are texts for.
func (s *Site) openLanguages(context.Context) (err error) {
	if s.catalog = s.cfg.catalog; s.catalog == nil {
		if s.catalog, err = i18n.New(&i18n.Options{Layers: Texts(), Log: s.cfg.Log}); err != nil {
			return err
		}
	}
	if len(s.cfg.Locales) == 0 {
		s.cfg.Locales = []string{"en", "de", "es", "ja", "ar"}
	}
	var offered []i18n.Locale
	for i, l := range s.cfg.Locales {
		locale, err := i18n.ParseLocale(l)
		if err != nil || !s.speaks(locale) {
			return fmt.Errorf("-locales: there are no texts in %q; take of %s", l, texts(s.catalog))
		}
		if s.cfg.Locales[i] = string(locale); !slices.Contains(offered, locale) {
			offered = append(offered, locale)
		}
	}
	s.languages.texts, err = i18n.NewNegotiator(offered[0], offered, nil)
	s.languages.all.Store(s.languages.texts)
	return err
}

// speaks reports whether there are texts of the interface in a language.
func (s *Site) speaks(l i18n.Locale) bool {
	p := s.catalog.In(l)
	return p.Locale().Language() == l.Language() && p.Has("nav.home")
}

// texts names the languages that a catalog has texts in.
func texts(c *i18n.Catalog) string {
	var names []string
	for _, l := range c.Locales() {
		names = append(names, string(l))
	}
	return strings.Join(names, ", ")
}

// learnLanguages offers the languages that content is written in, besides those
// of the interface. It counts what everybody may read: that a language is
// offered tells nobody of what they may not.
func (s *Site) learnLanguages(ctx context.Context) error {
	offered := s.languages.texts.Offered()
	known := len(offered)
	for e, err := range s.library.All(ctx, profile.Actor{}, kb.Query{Limit: 200}) {
		if err != nil {
			return err
		}
		for _, l := range e.Languages {
			if locale, err := i18n.ParseLocale(l.Locale); err == nil && !slices.Contains(offered, locale) {
				offered = append(offered, locale)
			}
		}
	}
	slices.Sort(offered[known:])
	if slices.Equal(offered, s.languages.Offered()) {
		return nil
	}
	all, err := s.languages.texts.Offering(offered...)
	if err == nil {
		s.languages.all.Store(all)
	}
	return err
}

// languagesEvery is how soon a new language of content is offered.
const languagesEvery = time.Minute

// followLanguages learns of new languages until ctx is done.
func (s *Site) followLanguages(ctx context.Context) error {
	for {
		if err := s.learnLanguages(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.WarnContext(ctx, "languages of content not read", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(languagesEvery):
		}
	}
}

// choose picks the language in which a reader is shown content.
func (s *Site) choose(asked string, have []string) string {
	locales := make([]i18n.Locale, len(have))
	for i, h := range have {
		locales[i] = i18n.Locale(h)
	}
	if shown, ok := s.catalog.Choose(i18n.Locale(asked), locales...); ok && slices.Contains(locales, shown.In) {
		return string(shown.In)
	}
	return have[0]
}

// path is where readers find what content links to. A language that is not
// offered, whoever asked for it, has no addresses.
func (s *Site) path(r kb.Ref) string {
	locale := i18n.Locale(r.Locale)
	if asked := i18n.Locale(r.Asked); slices.Contains(s.languages.Offered(), asked) {
		locale = asked
	}
	locale = s.addressed(locale)
	switch r.Kind {
	case "media":
		return i18n.JoinPath("", "/media/"+escape(r.Slug))
	case "category":
		return i18n.JoinPath(locale, "/categories/"+escape(r.Slug))
	}
	return i18n.JoinPath(locale, "/articles/"+escape(r.Slug))
}

// addressed returns the language in whose addresses a text is found: its own, one
// that it is a region of, or the default.
func (s *Site) addressed(l i18n.Locale) i18n.Locale {
	offered := s.languages.Offered()
	for tag := string(l); tag != ""; {
		if slices.Contains(offered, i18n.Locale(tag)) {
			return i18n.Locale(tag)
		}
		tag = tag[:max(strings.LastIndexByte(tag, '-'), 0)]
	}
	return s.languages.Default()
}

// slugAt returns the slug of the article that an address of the portal leads to.
func (s *Site) slugAt(address string) (string, bool) {
	if base := strings.TrimSuffix(s.cfg.BaseURL, "/"); base != "" {
		address = strings.TrimPrefix(address, base)
	}
	u, err := url.Parse(address)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return "", false
	}
	rest := u.Path
	if _, within, ok := s.languages.SplitPath(u.Path); ok {
		rest = within
	}
	slug, ok := strings.CutPrefix(strings.TrimSuffix(rest, "/"), "/articles/")
	return slug, ok && slug != "" && !strings.Contains(slug, "/")
}

// word translates the few words that rendering adds to texts, where there is a
// translation.
func (s *Site) word(locale, word string) string {
	p := s.catalog.In(i18n.Locale(locale))
	if key := "markdown.label." + word; p.Has(key) {
		return p.T(key)
	}
	return ""
}
