package kb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

func TestFrames(t *testing.T) {
	w := newWorld(t)
	for address, want := range map[string]string{
		"https://www.youtube.com/watch?v=abcdefghijk":          "https://www.youtube-nocookie.com/embed/abcdefghijk",
		"https://youtu.be/abcdefghijk?t=3":                     "https://www.youtube-nocookie.com/embed/abcdefghijk",
		"https://vimeo.com/12345":                              "https://player.vimeo.com/video/12345?dnt=1",
		"http://www.youtube.com/watch?v=abcdefghijk":           "",
		"https://evil.example/https://youtu.be/abcdefghijk":    "",
		"https://youtu.be.evil.example/abcdefghijk":            "",
		"https://www.youtube.com/watch?v=abc\"onload=\"x":      "",
		"https://vimeo.com/1\nhttps://evil.example":            "",
		"javascript:alert(1)//https://youtu.be/abcdefghijk":    "",
		"https://user@youtu.be/abcdefghijk":                    "",
		"https://www.youtube.com/redirect?q=https://youtu.be/": "",
	} {
		f, ok := w.Frame(address)
		require.Equal(t, want != "", ok, address)
		require.Equal(t, want, f.Address, address)
	}
	require.Equal(t, []string{"https://player.vimeo.com", "https://www.youtube-nocookie.com"}, w.FrameOrigins())
	o := w.options()
	o.Providers = []kb.Provider{{Name: "bad", Match: "(", Frame: "https://a.example/"}, {Name: "open", Match: "https://(.*)", Frame: "https://$1/"}, {Name: "plain", Match: "x", Frame: "http://a.example/"}}
	require.Empty(t, kb.NewLibrary(w.store, o).FrameOrigins())
}

// TestEmbeds: a paragraph that is one link to a provider says where it is shown,
// and stays a link.
func TestEmbeds(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	const frame = `data-frame="https://www.youtube-nocookie.com/embed/abcdefghijk"`
	for body, shown := range map[string]bool{
		"[The film](https://youtu.be/abcdefghijk)":                    true,
		":::embed https://www.youtube.com/watch?v=abcdefghijk&t=1":    true,
		"Text\n:::embed https://youtu.be/abcdefghijk\nmore":           true,
		"See [the film](https://youtu.be/abcdefghijk) first.":         false,
		"[The film](https://other.example/abcdefghijk)":               false,
		"```\n:::embed https://youtu.be/abcdefghijk\n```":             false,
		":::for staff\n[The film](https://youtu.be/abcdefghijk)\n:::": false,
	} {
		a := w.show(kb.Draft{Text: kb.Text{Title: "Film", Body: body}, Meta: draft("x", "open", "public").Meta})
		html := string(w.reads(anyone, a.ID).Text.HTML)
		if !shown {
			require.NotContains(t, html, "data-frame", body)
			continue
		}
		require.Contains(t, html, frame, body)
		require.Contains(t, html, `<a href="https://`, body)
		require.NotContains(t, html, "<iframe")
	}
	a := w.show(kb.Draft{Text: kb.Text{Title: "Other", Body: ":::embed https://films.example/1\n"}, Meta: draft("x", "open", "public").Meta})
	found, err := w.Findings(w.ctx(), reviewer, a.ID, "en")
	require.NoError(t, err)
	codes := map[string]string{}
	for _, f := range found {
		codes[f.Code] = f.Ref
	}
	require.Equal(t, "https://films.example/1", codes[kb.CodeEmbedUnknown])
}
