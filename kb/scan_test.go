package kb_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A guard is a scanner that finds one word, and is sometimes away.
type guard struct {
	away  bool
	seen  int
	deeds []profile.Deed
}

func (g *guard) Scan(_ context.Context, r io.Reader) (string, error) {
	data, err := io.ReadAll(r)
	g.seen += len(data)
	if g.away {
		return "", errors.Join(err, errors.New("nobody is there"))
	}
	if strings.Contains(string(data), "harmful") {
		return "Test.Harmful", err
	}
	return "", err
}

func (g *guard) Audit(_ context.Context, _ profile.Actor, d profile.Deed) (int64, error) {
	g.deeds = append(g.deeds, d)
	return int64(len(g.deeds)), nil
}

const (
	drawing = `<svg xmlns="http://www.w3.org/2000/svg"><title>hub</title></svg>`
	spoken  = "WEBVTT\n\n00:01.000 --> 00:04.000\nhello\n"
)

// importMedium imports one, and returns what became of it.
func (w *world) importMedium(name, text string) error {
	report, err := w.Import(w.ctx(), admin, kb.Bundle{Name: "old", Media: []kb.MediaItem{{Name: name, Path: name, Data: []byte(text)}}}, nil)
	for _, p := range report.Problems {
		err = errors.Join(err, errs.Fields(p.Fields))
	}
	return err
}

// TestScan: nothing is kept in which something is found, or that nobody looked
// at, whichever way it comes.
func TestScan(t *testing.T) {
	g := &guard{}
	w := newFiledWorld(t, func(o *kb.Options) { o.Scanner, o.Audit = g, g })
	catalog, err := i18n.New(nil)
	require.NoError(t, err)
	ways := map[string]func(text string) error{
		"a file":   func(text string) error { _, err := w.upload(author, "manual.pdf", manual+text); return err },
		"captions": func(text string) error { _, err := w.upload(author, "film.en.vtt", spoken+text); return err },
		"a picture": func(text string) error {
			_, err := w.PutMedia(w.ctx(), author, "hub.svg", []byte(drawing+text))
			return err
		},
		"an import":  func(text string) error { return w.importMedium("notes.txt", "all about hubs "+text) },
		"a painting": func(text string) error { return w.importMedium("old.svg", drawing+text) },
	}
	for name, send := range ways {
		t.Run(name, func(t *testing.T) {
			g.away, g.deeds = false, nil
			err := send("harmful")
			require.ErrorIs(t, err, kb.ErrInvalid)
			require.Contains(t, err.Error(), "error.upload.infected")
			require.Len(t, g.deeds, 1)
			require.Equal(t, profile.OutcomeRefused, g.deeds[0].Outcome)
			require.Equal(t, "Test.Harmful", g.deeds[0].Why)
			g.away, g.deeds = true, nil
			err = send("")
			require.Error(t, err)
			require.Equal(t, "This file could not be checked for harmful content just now, so it was not kept. Please try again in a few minutes.", catalog.In("en").Error(err))
			require.Empty(t, g.deeds)
			list, _, err := w.ListMedia(w.ctx(), reviewer, kb.MediaList{})
			require.NoError(t, err)
			require.Empty(t, list)
		})
	}
	g.away = false
	for _, send := range ways {
		require.NoError(t, send(""))
	}
	require.Positive(t, g.seen)
}
