package kbtest

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

var mediaContract = []promise{
	{"Media", "Media returns what was last put under a name, with all that is said of it", checkMedia},
	{"MediaUses", "MediaUses tells which articles show a medium in any revision, by whom, and in one that readers are shown", checkMediaUses},
	{"MediaInFields", "an article whose fields name a medium uses it, until they no longer do", checkMediaInFields},
	{"MediaList", "ListMedia returns what matches every set field, without bytes, newest first, by pages", checkMediaList},
	{"MediaUnused", "what no article uses now is unused, whatever its history shows", checkMediaUnused},
	{"MediaWithFilm", "what goes with a film that an article uses is not unused", checkMediaWithFilm},
	{"MediaTotal", "MediaTotal counts media and their bytes, MediaOf knows their hashes", checkMediaTotal},
	{"MediaDescribe", "DescribeMedia changes what is said and nothing else", checkMediaDescribe},
	{"MediaRemove", "RemoveMedia removes what is unused, and returns ErrConflict for what is used", checkMediaRemove},
	{"MediaText", "the words of a medium are kept until something else is put in its place", checkMediaText},
	{"MediaTextChanges", "words that change tell of the articles that use the medium or a block that shows it, and of no others", checkMediaTextChanges},
	{"MediaBad", "text and contexts that are bad change no medium, and find none", checkMediaBad},
}

// medium returns a file; each change adjusts it.
func medium(name string, change ...func(*kb.Media)) kb.Media {
	m := kb.Media{
		Name: name, Type: "application/pdf", Size: 1 << 40, Hash: "h-" + name, About: "About " + name, Words: kb.TextWaiting, Tries: 2,
		Owner: "ann", External: "docs", Stem: "s-" + name, At: t0,
	}
	for _, f := range change {
		f(&m)
	}
	return m
}

func putMedia(t testing.TB, s kb.Store, media ...kb.Media) {
	t.Helper()
	for _, m := range media {
		require.NoError(t, s.PutMedia(t.Context(), m))
	}
}

func mediaNames(t testing.TB, s kb.Store, q kb.MediaQuery) []string {
	t.Helper()
	names := []string{}
	for {
		page, next, err := s.ListMedia(t.Context(), q)
		require.NoError(t, err)
		for _, m := range page {
			names = append(names, m.Name)
		}
		if next == "" {
			return names
		}
		q.After = next
	}
}

func checkMedia(t testing.TB, s kb.Store) {
	m := kb.Media{Name: "leds.svg", Type: "image/svg+xml", Data: []byte("\x00\xff<svg>"), Hash: "h1", Owner: "ann", External: "docs", At: t0}
	require.NoError(t, s.PutMedia(t.Context(), m))
	m.Data[0] = 'x'
	got, err := s.Media(t.Context(), m.Name)
	require.NoError(t, err)
	require.True(t, bytes.Equal([]byte("\x00\xff<svg>"), got.Data))
	m.Data, m.Hash, m.Owner, m.External = []byte("other"), "h2", "bob", ""
	require.NoError(t, s.PutMedia(t.Context(), m))
	got, err = s.Media(t.Context(), m.Name)
	require.NoError(t, err)
	require.Equal(t, m, got)
}

// showing returns the first revision of a text that shows media.
func showing(a kb.Article, locale string, number int, media ...string) kb.Revision {
	r := revision(a, locale, number)
	r.Media = media
	return r
}

func checkMediaUses(t testing.TB, s kb.Store) {
	uses := func(want ...kb.MediaUse) {
		t.Helper()
		got, err := s.MediaUses(t.Context(), "leds.svg")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	inA1, inA2 := kb.MediaUse{Article: "a1", Author: "ann"}, kb.MediaUse{Article: "a2", Author: "ann"}
	live := func(u kb.MediaUse) kb.MediaUse { u.Live = true; return u }
	uses()
	a, b := article("a1"), article("a2")
	require.NoError(t, s.SaveArticle(t.Context(), a, showing(a, "de", 1, "other.png"), showing(a, "en", 1, "leds.svg", "other.png")))
	require.NoError(t, s.SaveArticle(t.Context(), b, showing(b, "de", 1, "leds.svg"), revision(b, "en", 1)))
	uses(live(inA1), inA2)
	a.Version, a.Translations[1].Head = 2, 2
	require.NoError(t, s.SaveArticle(t.Context(), a, revision(a, "en", 2)))
	uses(live(inA1), inA2)
	a.Version, a.Translations[1].Live = 3, 2
	require.NoError(t, s.SaveArticle(t.Context(), a))
	uses(inA1, inA2)
	b.Version, b.Translations[0].Status, b.Translations[0].Live = 2, kb.StatusArchived, 1
	require.NoError(t, s.SaveArticle(t.Context(), b))
	uses(inA1, inA2)
	b.Version, b.Translations[0].Status = 3, kb.StatusPublished
	require.NoError(t, s.SaveArticle(t.Context(), b))
	uses(inA1, live(inA2))
	again := showing(a, "en", 3, "leds.svg")
	again.Author = "bob"
	a.Version, a.Translations[1].Head, a.Translations[1].Live = 4, 3, 3
	require.NoError(t, s.SaveArticle(t.Context(), a, again))
	uses(inA1, kb.MediaUse{Article: "a1", Author: "bob", Live: true}, live(inA2))
}

func checkMediaInFields(t testing.TB, s kb.Store) {
	named := kb.MediaUse{Article: "a1"}
	uses := func(want ...kb.MediaUse) {
		t.Helper()
		got, err := s.MediaUses(t.Context(), "intro.mp4")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	a := article("a1", func(a *kb.Article) {
		a.Media = []string{"intro.mp4", "intro.vtt"}
		a.Translations[1].Status = kb.StatusDraft
		a.Translations[1].Live = 0
	})
	save(t, s, a, article("a2"))
	uses(named)
	a.Version, a.Translations[1].Status, a.Translations[1].Live = 2, kb.StatusPublished, 1
	require.NoError(t, s.SaveArticle(t.Context(), a))
	named.Live = true
	uses(named)
	got, err := s.Article(t.Context(), "a1")
	require.NoError(t, err)
	require.Equal(t, a.Media, got.Media)
	a.Version, a.Media = 3, []string{"other.mp4"}
	require.NoError(t, s.SaveArticle(t.Context(), a))
	uses()
}

func checkMediaList(t testing.TB, s kb.Store) {
	putMedia(t, s,
		medium("b.pdf"), medium("a_b.pdf", func(m *kb.Media) { m.At = t0.Add(-time.Hour) }), medium("c.pdf", func(m *kb.Media) { m.Owner = "bob" }),
		medium("Ärzte.PNG", func(m *kb.Media) { m.Type, m.Data, m.At = "image/png", []byte{1}, t0.Add(time.Hour) }),
		medium("d.pdf", func(m *kb.Media) { m.Words = kb.TextRead }), medium("e.txt", func(m *kb.Media) { m.Type = "application/pdfx" }),
	)
	page, next, err := s.ListMedia(t.Context(), kb.MediaQuery{Limit: 1})
	require.NoError(t, err)
	require.NotEmpty(t, next)
	require.Equal(t, []kb.Media{medium("Ärzte.PNG", func(m *kb.Media) { m.Type, m.At = "image/png", t0.Add(time.Hour) })}, page)
	all := []string{"Ärzte.PNG", "b.pdf", "c.pdf", "d.pdf", "e.txt", "a_b.pdf"}
	for limit := range 4 {
		require.Equal(t, all, mediaNames(t, s, kb.MediaQuery{Limit: limit}), "pages of %d", limit)
	}
	for _, c := range []struct {
		q    kb.MediaQuery
		want []string
	}{
		{kb.MediaQuery{Name: "ärz"}, []string{"Ärzte.PNG"}},
		{kb.MediaQuery{Name: "a_b"}, []string{"a_b.pdf"}},
		{kb.MediaQuery{Name: "%"}, []string{}},
		{kb.MediaQuery{Types: []string{"image/"}}, []string{"Ärzte.PNG"}},
		{kb.MediaQuery{Types: []string{"application/pdf", "image/"}}, []string{"Ärzte.PNG", "b.pdf", "c.pdf", "d.pdf", "a_b.pdf"}},
		{kb.MediaQuery{Types: []string{}}, []string{}},
		{kb.MediaQuery{Owner: "bob"}, []string{"c.pdf"}},
		{kb.MediaQuery{Words: kb.TextRead}, []string{"d.pdf"}},
		{kb.MediaQuery{Owner: "ann", Name: "pdf", Words: kb.TextWaiting}, []string{"b.pdf", "a_b.pdf"}},
	} {
		require.Equal(t, c.want, mediaNames(t, s, c.q), "%+v", c.q)
	}
	_, _, err = s.ListMedia(t.Context(), kb.MediaQuery{After: "nope"})
	require.ErrorIs(t, err, kb.ErrInvalid)
}

func checkMediaUnused(t testing.TB, s kb.Store) {
	putMedia(t, s, medium("live.png"), medium("head.png"), medium("past.png"), medium("never.png"), medium("field.png"), medium("block.png"))
	unused := func(want ...string) {
		t.Helper()
		require.Equal(t, want, mediaNames(t, s, kb.MediaQuery{Unused: true, Except: []string{"block.png"}, Limit: 2}))
	}
	unused("field.png", "head.png", "live.png", "never.png", "past.png")
	a := article("a1")
	require.NoError(t, s.SaveArticle(t.Context(), a, revision(a, "de", 1), showing(a, "en", 1, "past.png")))
	unused("head.png", "live.png", "never.png")
	a.Version, a.Translations[1].Head, a.Translations[1].Live = 2, 2, 2
	require.NoError(t, s.SaveArticle(t.Context(), a, showing(a, "en", 2, "live.png")))
	a.Version, a.Translations[1].Head = 3, 3
	require.NoError(t, s.SaveArticle(t.Context(), a, showing(a, "en", 3, "head.png")))
	unused("never.png", "past.png")
}

func checkMediaWithFilm(t testing.TB, s kb.Store) {
	film := func(m *kb.Media) { m.Type, m.Stem = "video/mp4", "film" }
	with := func(m *kb.Media) { m.Type, m.Stem = "text/vtt", "film" }
	putMedia(t, s,
		medium("film.mp4", film), medium("film.webm", film), medium("film.en.vtt", with), medium("film.png", with), medium("other.en.vtt", with, func(m *kb.Media) { m.Stem = "other" }),
		medium("plain.txt", func(m *kb.Media) { m.Stem = "" }), medium("plain.mp4", film, func(m *kb.Media) { m.Stem = "" }),
	)
	unused := func(want ...string) {
		t.Helper()
		require.Equal(t, want, mediaNames(t, s, kb.MediaQuery{Unused: true, Limit: 2}))
	}
	all := []string{"film.en.vtt", "film.mp4", "film.png", "film.webm", "other.en.vtt", "plain.mp4", "plain.txt"}
	unused(all...)
	a := article("a1")
	require.NoError(t, s.SaveArticle(t.Context(), a, revision(a, "de", 1), showing(a, "en", 1, "film.mp4", "plain.mp4")))
	unused("film.webm", "other.en.vtt", "plain.txt")
	a.Version, a.Translations[1].Head, a.Translations[1].Live = 2, 2, 2
	require.NoError(t, s.SaveArticle(t.Context(), a, revision(a, "en", 2)))
	unused(all...)
	a.Version, a.Media = 3, []string{"film.webm"}
	require.NoError(t, s.SaveArticle(t.Context(), a))
	unused("film.mp4", "other.en.vtt", "plain.mp4", "plain.txt")
	got, err := s.Media(t.Context(), "film.mp4")
	require.NoError(t, err)
	require.Equal(t, "film", got.Stem)
}

func checkMediaTotal(t testing.TB, s kb.Store) {
	n, bytes, err := s.MediaTotal(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
	require.Zero(t, bytes)
	putMedia(t, s, medium("a.pdf"), medium("b.pdf", func(m *kb.Media) { m.Hash = "h-a.pdf" }), medium("c.pdf", func(m *kb.Media) { m.Size = 7 }))
	n, bytes, err = s.MediaTotal(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.Equal(t, int64(2<<40+7), bytes)
	have, err := s.MediaOf(t.Context(), []string{"h-c.pdf", "nope", "h-a.pdf", "h-a.pdf"})
	require.NoError(t, err)
	require.Equal(t, []string{"h-a.pdf", "h-c.pdf"}, have)
	have, err = s.MediaOf(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, have)
}

func checkMediaDescribe(t testing.TB, s kb.Store) {
	require.ErrorIs(t, s.DescribeMedia(t.Context(), "a.pdf", "x"), kb.ErrNotFound)
	putMedia(t, s, medium("a.pdf", func(m *kb.Media) { m.Data = []byte("x") }), medium("b.pdf"))
	require.NoError(t, s.SaveMediaText(t.Context(), "a.pdf", "h-a.pdf", kb.MediaText{State: kb.TextRead, Tries: 3, Text: "words"}, nil))
	require.NoError(t, s.DescribeMedia(t.Context(), "a.pdf", "نص '؟"))
	got, err := s.Media(t.Context(), "a.pdf")
	require.NoError(t, err)
	require.Equal(t, medium("a.pdf", func(m *kb.Media) { m.Data, m.About, m.Words, m.Tries = []byte("x"), "نص '؟", kb.TextRead, 3 }), got)
	texts, err := s.MediaTexts(t.Context(), []string{"a.pdf"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"a.pdf": "words"}, texts)
	other, err := s.Media(t.Context(), "b.pdf")
	require.NoError(t, err)
	require.Equal(t, medium("b.pdf"), other)
}

func checkMediaRemove(t testing.TB, s kb.Store) {
	require.ErrorIs(t, s.RemoveMedia(t.Context(), "nope.png"), kb.ErrNotFound)
	putMedia(t, s, medium("text.png"), medium("field.png"), medium("free.png"))
	a := article("a1")
	require.NoError(t, s.SaveArticle(t.Context(), a, showing(a, "de", 1, "text.png"), revision(a, "en", 1)))
	for _, name := range []string{"text.png", "field.png"} {
		require.ErrorIs(t, s.RemoveMedia(t.Context(), name), kb.ErrConflict)
		_, err := s.Media(t.Context(), name)
		require.NoError(t, err)
	}
	require.NoError(t, s.RemoveMedia(t.Context(), "free.png"))
	_, err := s.Media(t.Context(), "free.png")
	require.ErrorIs(t, err, kb.ErrNotFound)
	require.Equal(t, []string{"field.png", "text.png"}, mediaNames(t, s, kb.MediaQuery{}))
}

func checkMediaText(t testing.TB, s kb.Store) {
	putMedia(t, s, medium("a.pdf"), medium("b.pdf"))
	read := kb.MediaText{State: kb.TextRead, Tries: 1, Text: "some words"}
	require.ErrorIs(t, s.SaveMediaText(t.Context(), "a.pdf", "other", read, nil), kb.ErrNotFound)
	require.ErrorIs(t, s.SaveMediaText(t.Context(), "nope.pdf", "h-a.pdf", read, nil), kb.ErrNotFound)
	require.NoError(t, s.SaveMediaText(t.Context(), "a.pdf", "h-a.pdf", read, nil))
	texts := func() map[string]string {
		out, err := s.MediaTexts(t.Context(), []string{"a.pdf", "b.pdf", "nope.pdf"})
		require.NoError(t, err)
		return out
	}
	require.Equal(t, map[string]string{"a.pdf": "some words"}, texts())
	got, err := s.Media(t.Context(), "a.pdf")
	require.NoError(t, err)
	require.Equal(t, medium("a.pdf", func(m *kb.Media) { m.Words, m.Tries = kb.TextRead, 1 }), got)
	putMedia(t, s, medium("a.pdf", func(m *kb.Media) { m.Hash = "h2" }))
	require.Empty(t, texts())
}

func checkMediaTextChanges(t testing.TB, s kb.Store) {
	putMedia(t, s, medium("a.pdf"))
	inText, inField, inBlock := article("a1"), article("a2"), article("a3")
	inField.Media = []string{"a.pdf"}
	including := revision(inBlock, "en", 1)
	including.Blocks = []string{"shared"}
	require.NoError(t, s.SaveArticle(t.Context(), inText, revision(inText, "de", 1), showing(inText, "en", 1, "a.pdf")))
	save(t, s, inField, article("a4"))
	require.NoError(t, s.SaveArticle(t.Context(), inBlock, revision(inBlock, "de", 1), including))
	all, after := []string{}, ""
	follow := func() []string {
		t.Helper()
		all = all[:0]
		for {
			ids, next, err := s.Changes(t.Context(), after, 10)
			require.NoError(t, err)
			all = append(all, ids...)
			if next == after || len(ids) == 0 {
				return all
			}
			after = next
		}
	}
	follow()
	_, before, err := s.Stamps(t.Context())
	require.NoError(t, err)
	words := kb.MediaText{State: kb.TextRead, Text: "words"}
	require.NoError(t, s.SaveMediaText(t.Context(), "a.pdf", "h-a.pdf", words, []string{"shared"}))
	require.ElementsMatch(t, []string{"a1", "a2", "a3"}, follow())
	_, now, err := s.Stamps(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, before, now)
	words.Tries = 2
	require.NoError(t, s.SaveMediaText(t.Context(), "a.pdf", "h-a.pdf", words, []string{"shared"}))
	require.Empty(t, follow(), "the words are as they were")
}

func checkMediaBad(t testing.TB, s kb.Store) {
	putMedia(t, s, medium("a.pdf"))
	for _, text := range []string{"a\x00b", "a\xffb"} {
		require.ErrorIs(t, s.PutMedia(t.Context(), medium("b.pdf", func(m *kb.Media) { m.About = text })), kb.ErrInvalid)
		require.ErrorIs(t, s.DescribeMedia(t.Context(), "a.pdf", text), kb.ErrInvalid)
		require.ErrorIs(t, s.RemoveMedia(t.Context(), text), kb.ErrNotFound)
		require.ErrorIs(t, s.SaveMediaText(t.Context(), "a.pdf", "h-a.pdf", kb.MediaText{Text: text}, nil), kb.ErrInvalid)
		require.ErrorIs(t, s.SaveMediaText(t.Context(), text, "h-a.pdf", kb.MediaText{}, nil), kb.ErrNotFound)
		require.Empty(t, mediaNames(t, s, kb.MediaQuery{Name: text}))
		require.Empty(t, mediaNames(t, s, kb.MediaQuery{Types: []string{text}}))
		texts, err := s.MediaTexts(t.Context(), []string{text})
		require.NoError(t, err)
		require.Empty(t, texts)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"ListMedia":     func() error { _, _, err := s.ListMedia(ctx, kb.MediaQuery{}); return err },
		"MediaTotal":    func() error { _, _, err := s.MediaTotal(ctx); return err },
		"MediaOf":       func() error { _, err := s.MediaOf(ctx, []string{"h"}); return err },
		"DescribeMedia": func() error { return s.DescribeMedia(ctx, "a.pdf", "x") },
		"RemoveMedia":   func() error { return s.RemoveMedia(ctx, "a.pdf") },
		"SaveMediaText": func() error { return s.SaveMediaText(ctx, "a.pdf", "h-a.pdf", kb.MediaText{Text: "x"}, nil) },
		"MediaTexts":    func() error { _, err := s.MediaTexts(ctx, []string{"a.pdf"}); return err },
	} {
		require.ErrorIs(t, call(), context.Canceled, name)
	}
	got, err := s.Media(t.Context(), "a.pdf")
	require.NoError(t, err)
	require.Equal(t, medium("a.pdf"), got)
}
