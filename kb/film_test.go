package kb_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

const (
	webm   = "\x1a\x45\xdf\xa3 moving"
	cuesEn = "WEBVTT\n\nNOTE nothing said\n\n00:00.000 --> 00:02.000\n<v Ines>Turn &amp; pull.\n\n00:02.000 --> 00:03.000\nCanary words.\n"
	cuesDe = "1\n00:00:00,000 --> 00:00:02,000\nDrehen und ziehen.\n"
)

// filmed is a world with three films, each with captions: one in an open text,
// one in a part of it for some, and one in the field of an article.
func filmed(t *testing.T) (*world, kb.Article) {
	w := newFiledWorld(t)
	w.place("open", "", "public")
	for name, text := range map[string]string{
		"all.webm": webm, "all.en.vtt": cuesEn, "all.de.srt": cuesDe, "all.png": png,
		"acme.webm": webm + "2", "acme.en.vtt": strings.ReplaceAll(cuesEn, "Canary", "Acme"),
	} {
		_, err := w.upload(reviewer, name, text)
		require.NoError(t, err, name)
	}
	d := draft("films", "open", "public")
	d.Body = "![How to turn](media:all.webm)\n\n:::for account:acme\n![b](media:acme.webm)\n:::\n"
	return w, w.show(d)
}

const png = "\x89PNG\r\n\x1a\n0000"

func TestFilmInText(t *testing.T) {
	w, a := filmed(t)
	p, err := w.Article(w.ctx(), anyone, a.ID, "de")
	require.NoError(t, err)
	text := string(p.Text.HTML)
	for _, part := range []string{
		`<div class="player"><video controls="" preload="metadata" playsinline="" poster="/media/all.png" src="/media/all.webm" aria-label="How to turn">`,
		`<track kind="captions" src="/media/all.de.vtt" srclang="de" label="Deutsch" default=""/>`,
		`<track kind="captions" src="/media/all.en.vtt" srclang="en" label="English"/>`,
		`<details class="transcript"><summary>Transcript</summary><div lang="de" dir="ltr"><p>Drehen und ziehen.</p>`,
	} {
		require.Contains(t, text, part)
	}
	require.NotContains(t, text, "autoplay")
	require.NotContains(t, text, "acme")
	require.Len(t, p.Films, 1)
	require.Empty(t, p.Files, "what is shown need not be downloaded as well")
	p, err = w.Article(w.ctx(), anyone, a.ID, "ja")
	require.NoError(t, err)
	require.Contains(t, string(p.Text.HTML), "<p>Turn &amp; pull. Canary words.</p>")
	require.NotContains(t, string(p.Text.HTML), "default=")
}

// TestFilmCompany: who sees a film sees what goes with it, and nobody else; and
// nobody gets at captions by naming a film after them, or into a film that
// readers are shown.
func TestFilmCompany(t *testing.T) {
	w, _ := filmed(t)
	for _, c := range []struct {
		by   profile.Actor
		name string
		sees bool
	}{
		{anyone, "all.en.vtt", true}, {anyone, "all.png", true}, {anyone, "acme.webm", false}, {anyone, "acme.en.vtt", false}, {ann, "acme.en.vtt", true},
	} {
		_, err := w.content(c.by, c.name)
		require.Equal(t, c.sees, err == nil, "%s %s: %v", c.by.ID, c.name, err)
	}
	_, err := w.upload(reviewer, "secret.en.vtt", cuesEn)
	require.NoError(t, err)
	_, err = w.upload(author, "secret.mp4", "0000ftypisom")
	require.NoError(t, err)
	d := draft("trap", "open", "public")
	d.Body = "![x](media:secret.mp4)"
	_, err = w.Create(w.ctx(), author, d)
	require.NoError(t, err)
	_, err = w.content(author, "secret.en.vtt")
	require.ErrorIs(t, err, kb.ErrNotFound)
	shown, err := w.Preview(w.ctx(), author, "en", d.Meta, d.Body)
	require.NoError(t, err)
	require.NotContains(t, string(shown.Text.HTML), "Canary")
	_, err = w.upload(author, "all.fr.vtt", cuesEn)
	require.ErrorIs(t, err, kb.ErrForbidden, "readers would see it at once")
	_, err = w.upload(author, "mine.webm", webm)
	require.NoError(t, err)
	_, err = w.upload(author, "mine.fr.vtt", cuesEn)
	require.NoError(t, err)
}

// TestFilmWords: what is said is found by those who see the film.
func TestFilmWords(t *testing.T) {
	w, a := filmed(t)
	require.NoError(t, w.DoDue(t.Context()))
	body, at := w.indexed("", a.ID)
	require.Contains(t, body, "Canary words")
	require.Contains(t, body, "Drehen und ziehen")
	require.NotContains(t, body, "Acme words")
	_, err := w.Upload(w.ctx(), reviewer, kb.Upload{Name: "all.en.vtt", Replace: true, Content: reading(strings.ReplaceAll(cuesEn, "Canary", "Other"))})
	require.NoError(t, err)
	require.NoError(t, w.DoDue(t.Context()))
	body, at = w.indexed(at, a.ID)
	require.Contains(t, body, "Other words")
	require.NotContains(t, body, "Canary words")
	require.NoError(t, w.RemoveFromFilm(w.ctx(), reviewer, "all.en.vtt"))
	require.NoError(t, w.DoDue(t.Context()))
	body, _ = w.indexed(at, a.ID)
	require.NotContains(t, body, "Other words")
}

func TestFilmInField(t *testing.T) {
	w, _ := filmed(t)
	d := draft("tour", "open", "public")
	d.Kind, d.Fields = kb.KindVideo, map[string]string{"source": "media:all.webm"}
	a := w.show(d)
	p, err := w.Article(w.ctx(), anyone, a.ID, "en")
	require.NoError(t, err)
	require.Len(t, p.Films, 1)
	require.Equal(t, []string{"source", "/media/all.webm", "/media/all.png", "en"}, []string{p.Films[0].Field, p.Films[0].Path, p.Films[0].Poster, p.Films[0].SaidIn})
	require.Equal(t, []string{"Turn & pull. Canary words."}, p.Films[0].Said)
	require.NoError(t, w.DoDue(t.Context()))
	body, _ := w.indexed("", a.ID)
	require.Contains(t, body, "Canary words")
	for _, bad := range []string{"media:../x.webm", "media:notes.pdf", "media:"} {
		d.Fields, d.Slug = map[string]string{"source": bad}, "bad"
		_, err := w.Create(w.ctx(), author, d)
		require.Equal(t, map[string]string{"fields.source": "error.field.format"}, fields(t, err), bad)
	}
}

func TestFilmWithoutCaptions(t *testing.T) {
	w, a := filmed(t)
	_, err := w.upload(reviewer, "mute.webm", webm)
	require.NoError(t, err)
	found, err := w.Findings(w.ctx(), reviewer, a.ID, "en")
	require.NoError(t, err)
	require.Empty(t, found)
	d := draft("mute", "open", "public")
	d.Kind, d.Fields, d.Body = kb.KindVideo, map[string]string{"source": "media:mute.webm"}, "![x](media:mute.webm) and ![y](media:all.webm)"
	found, err = w.Findings(w.ctx(), reviewer, w.show(d).ID, "en")
	require.NoError(t, err)
	var places []string
	for _, f := range found {
		require.Equal(t, []any{kb.CodeCaptionsMissing, "mute.webm", kb.SeverityWarning}, []any{f.Code, f.Ref, f.Severity})
		places = append(places, f.Place)
	}
	require.Equal(t, []string{"body", "fields.source"}, places)
}

// TestFilmInOtherLanguage: a text whose readers get captions in other languages
// alone says so, each for its own.
func TestFilmInOtherLanguage(t *testing.T) {
	w, a := filmed(t)
	for _, locale := range []string{"de", "ja", "en-GB"} {
		rev, err := w.Revision(w.ctx(), reviewer, a.ID, "en", 0)
		require.NoError(t, err)
		a, err = w.Edit(w.ctx(), reviewer, a.ID, locale, a.Version, kb.Text{Title: "films " + locale, Body: rev.Body})
		require.NoError(t, err)
	}
	for locale, want := range map[string]string{"en": "", "en-GB": "", "de": "acme.webm", "ja": "acme.webm all.webm"} {
		found, err := w.Findings(w.ctx(), reviewer, a.ID, locale)
		require.NoError(t, err)
		var names []string
		for _, f := range found {
			require.Equal(t, []any{kb.CodeCaptionsLanguage, kb.SeverityWarning, "body"}, []any{f.Code, f.Severity, f.Place})
			names = append(names, f.Ref)
		}
		slices.Sort(names)
		require.Equal(t, want, strings.Join(names, " "), locale)
	}
}

// TestFilmCompanyIsUsed: what goes with a film is used as long as that is, in
// texts, fields and blocks, and goes before it only if whoever publishes says so.
func TestFilmCompanyIsUsed(t *testing.T) {
	w, a := filmed(t)
	for name, text := range map[string]string{"legal.webm": webm + "3", "legal.en.vtt": cuesEn + "\n3", "spare.webm": webm + "4", "spare.en.vtt": cuesEn + "\n4"} {
		_, err := w.upload(reviewer, name, text)
		require.NoError(t, err)
	}
	_, err := w.SaveBlock(w.ctx(), reviewer, kb.Block{Name: "legal", Audience: profile.Public(), Texts: kb.Words{"en": "![x](media:legal.webm)"}})
	require.NoError(t, err)
	unused := func() (names []string) {
		page, _, err := w.ListMedia(w.ctx(), reviewer, kb.MediaList{Unused: true})
		require.NoError(t, err)
		for _, m := range page {
			names = append(names, m.Name)
		}
		slices.Sort(names)
		return names
	}
	require.Equal(t, []string{"spare.en.vtt", "spare.webm"}, unused())
	for name, film := range map[string]string{"all.de.vtt": "all.webm", "all.png": "all.webm", "legal.en.vtt": "legal.webm", "acme.en.vtt": "acme.webm"} {
		users, err := w.MediaUsers(w.ctx(), reviewer, name)
		require.NoError(t, err)
		require.Equal(t, kb.MediaUsers{Films: []string{film}}, users, name)
		err = w.RemoveMedia(w.ctx(), reviewer, name)
		require.ErrorIs(t, err, kb.ErrConflict)
		require.Contains(t, err.Error(), "with_film")
		require.ErrorIs(t, w.RemoveFromFilm(w.ctx(), author, name), kb.ErrNotFound)
	}
	require.ErrorIs(t, w.RemoveFromFilm(w.ctx(), reviewer, "all.webm"), kb.ErrConflict, "the film itself is shown")
	require.NoError(t, w.RemoveFromFilm(w.ctx(), reviewer, "all.de.vtt"))
	w.edit(a, "No films any more.")
	require.NoError(t, w.RemoveMedia(w.ctx(), reviewer, "all.png"))
	require.Equal(t, []string{"acme.en.vtt", "acme.webm", "all.en.vtt", "all.webm", "spare.en.vtt", "spare.webm"}, unused())
}
