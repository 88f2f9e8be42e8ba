package site

import (
	"context"
	"embed"
	"io/fs"
	"slices"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
)

//go:embed messages
var messages embed.FS

const localeCookie = "stoa_locale"

// openLanguages loads the texts of the interface. It is offered in the languages
// of the configuration, or in all there are texts for.
func (s *Site) openLanguages(ctx context.Context) (err error) {
	own, err := fs.Sub(messages, "messages")
	if err != nil {
		return err
	}
	s.catalog, err = i18n.New(&i18n.Options{Layers: []fs.FS{own}, Log: s.cfg.Log})
	if err != nil {
		return err
	}
	if len(s.cfg.Locales) == 0 {
		s.cfg.Locales = []string{"en", "de", "es", "ja", "ar"}
	}
	var offered []i18n.Locale
	for _, l := range s.cfg.Locales {
		locale, err := i18n.ParseLocale(l)
		if err != nil {
			return err
		}
		offered = append(offered, locale)
	}
	s.languages, err = i18n.NewNegotiator(offered[0], offered, nil)
	return err
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

// path is where readers find what content links to.
func (s *Site) path(r kb.Ref) string {
	locale := i18n.Locale(r.Locale)
	if r.Asked != "" {
		locale = i18n.Locale(r.Asked)
	}
	switch r.Kind {
	case "media":
		return "/media/" + escape(r.Slug)
	case "category":
		return i18n.JoinPath(locale, "/categories/"+escape(r.Slug))
	}
	return i18n.JoinPath(locale, "/articles/"+escape(r.Slug))
}

// word translates the few words that rendering adds to texts.
func (s *Site) word(locale, word string) string {
	return s.catalog.In(i18n.Locale(locale)).T("markdown.label." + word)
}
