package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

func french(audience profile.Audience, place, name string) kb.Draft {
	return kb.Draft{
		Locale: "fr", Text: kb.Text{Title: "Changer la pile " + name, Slug: "changer-la-pile-" + name, Body: "Ouvrez le boîtier."},
		Meta: kb.Meta{Category: place, Kind: kb.KindHowTo, Audience: audience}, Key: name,
	}
}

// TestLanguagesOfContent: a language that only content is written in is offered
// to readers, and around such a text the interface speaks one that it has.
func TestLanguagesOfContent(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	place := anyCategory(t, s)
	a := write(t, s, french(profile.Public(), place, "a"))

	require.Equal(t, 404, as("").get("/fr/articles/changer-la-pile-a").Status, "nobody has looked yet")
	require.NoError(t, s.learnLanguages(t.Context()))
	require.NoError(t, s.engine.Refresh(t.Context()))

	for _, tt := range []struct {
		name, path, accept string
		want, not          []string
	}{
		{"article", "/fr/articles/changer-la-pile-a", "", []string{
			`<html lang="en" dir="ltr">`, `<article class="text" lang="fr" dir="ltr">`, "Ouvrez le boîtier.", "Was this helpful?",
			`<span class="drop-label" lang="fr" dir="ltr">Français</span>`, `href="/fr/categories"`, `hreflang="fr" href="http`,
		}, []string{"not available"}},
		{"the interface speaks what else the reader knows", "/fr/articles/changer-la-pile-a", "fr, de;q=0.5", []string{
			`<html lang="de" dir="ltr">`, "Ouvrez le boîtier.", "War das hilfreich?",
		}, nil},
		{"home by header", "/", "fr, de;q=0.5", []string{`<html lang="de" dir="ltr">`, `href="/fr/categories"`, "Changer la pile a"}, nil},
		{"in another language there is a note", "/de/articles/changer-la-pile-a", "", []string{`<html lang="de"`, `lang="fr"`, "Ouvrez le boîtier.", `class="notice"`}, nil},
		{"search in the language", "/fr/search?q=pile", "", []string{`<html lang="en"`, "Changer la ", `action="/fr/search"`}, nil},
		{"search finds what there is no French of", "/fr/search?q=sensor+offline", "", []string{`<html lang="en"`, "/fr/articles/sensor-shows-offline"}, nil},
		{"English where there is no French", "/fr/articles/sensor-shows-offline", "", []string{"Sensor shows offline", `class="notice"`}, nil},
		{"sitemaps", "/sitemap.xml", "", []string{"/sitemaps/fr-1.xml</loc>"}, nil},
		{"sitemap", "/sitemaps/fr-1.xml", "", []string{"/fr/articles/changer-la-pile-a</loc>"}, nil},
		{"robots", "/robots.txt", "", []string{"Disallow: /fr/search"}, nil},
		{"switch", "/en/", "", nil, []string{`<button class="drop-item" type="submit" lang="fr"`}},
		{"switch around a text", "/fr/articles/changer-la-pile-a", "", []string{`<button class="drop-item" type="submit" lang="fr"`}, nil},
		{"errors", "/fr/nowhere", "", []string{"We could not find this page"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := as("").get(tt.path, "Accept-Language", tt.accept)
			for _, want := range tt.want {
				require.Contains(t, page.Body, want)
			}
			for _, not := range tt.not {
				require.NotContains(t, page.Body, not)
			}
		})
	}
	require.Equal(t, "fr", as("").get("/fr/articles/changer-la-pile-a").Header.Get("Content-Language"))

	_, err := s.library.Archive(t.Context(), system, a.ID, "fr", a.Version)
	require.NoError(t, err)
	require.NoError(t, s.learnLanguages(t.Context()))
	require.Equal(t, 404, as("").get("/fr/contact").Status, "what is not written any more is not offered")
}

// TestLanguagesTellNothing: that there is a text in a language which the reader
// may not see does not show in the languages offered.
func TestLanguagesTellNothing(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	before := as("").get("/en/contact").Body
	write(t, s, french(profile.NewAudience(profile.SegmentStaff), anyCategory(t, s), "b"))
	d := french(profile.Public(), anyCategory(t, s), "c")
	_, err := s.library.Create(t.Context(), system, d)
	require.NoError(t, err)
	require.NoError(t, s.learnLanguages(t.Context()))
	require.Equal(t, before, as("").get("/en/contact").Body)
	require.Equal(t, 404, as("").get("/fr/contact").Status)
	require.Contains(t, as("jonas").get("/en/articles/changer-la-pile-b").Body, "Ouvrez le boîtier.", "those who may read it can")
}

// TestLanguagesOfTheInterface are those of the configuration, the default first.
func TestLanguagesOfTheInterface(t *testing.T) {
	s := open(t, func(c *Config) { c.Locales = []string{"de", "en-GB", "de"} })
	as := serve(t, s)
	require.Contains(t, as("").get("/", "Accept-Language", "").Body, `<html lang="de" dir="ltr">`)
	require.Contains(t, as("").get("/en-gb/").Body, `<html lang="en-GB" dir="ltr">`)
	require.Contains(t, as("").get("/ja/contact").Body, `<html lang="de" dir="ltr">`, "there are texts in Japanese, but the interface is not to speak it")
	_, err := Open(t.Context(), Config{Data: t.TempDir(), Locales: []string{"tlh"}})
	require.ErrorContains(t, err, `-locales: there are no texts in "tlh"`)
}

// TestLanguagesAddedLater starts again with one more language: its readers find
// what is written in it, though the index was made before.
func TestLanguagesAddedLater(t *testing.T) {
	cfg := Config{Data: t.TempDir(), Demo: true, Locales: []string{"en"}}
	s, err := Open(t.Context(), cfg)
	require.NoError(t, err)
	require.NoError(t, s.engine.Refresh(t.Context()))
	require.NoError(t, s.Close())
	s = open(t, func(c *Config) { c.Data, c.Locales = cfg.Data, []string{"en", "de", "es"} })
	for _, reader := range []string{"de", "de-AT"} {
		res, err := s.engine.Search(t.Context(), profile.Actor{}, search.Query{Text: "Sensor offline", Locale: reader})
		require.NoError(t, err)
		require.NotZero(t, res.Total, reader)
		require.Equal(t, "de", res.Hits[0].Locale)
	}
}
