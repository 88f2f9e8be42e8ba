package importkb_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// states keep what mirrors know; while broken is set they lose it.
type states struct {
	kept   map[string]string
	broken bool
}

func (s *states) MirrorState(_ context.Context, name string) (string, error) {
	return s.kept[name], nil
}

func (s *states) SetMirrorState(_ context.Context, name, state string) error {
	if s.broken {
		return errors.New("killed")
	}
	s.kept[name] = state
	return nil
}

// A mirrorWorld is a folder and what a library makes of it.
type mirrorWorld struct {
	*testing.T
	dir     string
	library *kb.Library
	states  *states
	mirror  *importkb.Mirror
}

func newMirrorWorld(t *testing.T) *mirrorWorld {
	w := &mirrorWorld{T: t, dir: filepath.Join(t.TempDir(), "docs"), states: &states{kept: map[string]string{}}}
	require.NoError(t, os.Mkdir(w.dir, 0o755))
	w.library = kb.NewLibrary(memkb.New(), &kb.Options{Locales: []string{"en", "de"}})
	w.mirror = w.again()
	return w
}

func (w *mirrorWorld) again() *importkb.Mirror {
	m, err := importkb.NewMirror(w.library, w.states, importkb.MirrorOptions{Folder: w.dir, By: admin})
	require.NoError(w, err)
	return m
}

func (w *mirrorWorld) file(name, text string) {
	path := filepath.Join(w.dir, name)
	require.NoError(w, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(w, os.WriteFile(path, []byte(text), 0o644))
}

func (w *mirrorWorld) sync() importkb.MirrorReport {
	w.Helper()
	r, err := w.mirror.Sync(w.Context())
	require.NoError(w, err)
	return r
}

// article returns what readers find at an address; its title is empty if they
// find nothing.
func (w *mirrorWorld) article(slug string) kb.Page {
	found, err := w.library.Find(w.Context(), profile.Actor{}, "en", slug)
	if errors.Is(err, kb.ErrNotFound) {
		return kb.Page{}
	}
	require.NoError(w, err)
	p, err := w.library.Article(w.Context(), profile.Actor{}, found.ID, "en")
	require.NoError(w, err)
	return p
}

// TestMirror follows a folder through its life.
func TestMirror(t *testing.T) {
	w := newMirrorWorld(t)
	w.file("guide/pair.md", "# Pair\n\nHold the button. See [reset](reset.md).")
	w.file("guide/reset.md", "# Reset\n\nTen seconds.")
	w.file("guide/reset.de.md", "# Zurücksetzen\n\nZehn Sekunden.")
	w.file("guide/odd.md", "---\nstatus: perhaps\n---\nText")
	r := w.sync()
	require.Equal(t, 2, r.Created)
	require.Len(t, r.Problems, 1)
	require.Equal(t, "guide/odd.md", r.Problems[0].File)
	reset, pair := w.article("reset"), w.article("pair")
	require.Contains(t, string(pair.Text.HTML), "/articles/reset")
	require.Zero(t, w.sync().Conflicts)

	t.Run("a change is taken, what has not changed stays", func(*testing.T) {
		at := w.states.kept["docs"]
		w.sync()
		require.Equal(t, at, w.states.kept["docs"], "nothing has changed")
		w.file("guide/pair.md", "# Pair\n\nHold it long. See [reset](reset.md).")
		w.file("guide/odd.md", "---\nstatus: published\n---\nText")
		r := w.sync()
		require.Equal(t, []int{1, 1}, []int{r.Created, r.Updated})
		require.Empty(t, r.Problems)
		pair = w.article("pair")
		require.Contains(t, string(pair.Text.HTML), "Hold it long")
		require.Contains(t, string(pair.Text.HTML), "/articles/reset", "links to what has not changed")
	})
	t.Run("a file that moves is the same article", func(*testing.T) {
		require.NoError(t, os.Rename(filepath.Join(w.dir, "guide/reset.md"), filepath.Join(w.dir, "guide/start-over.md")))
		require.Zero(t, w.sync().Archived)
		require.Equal(t, reset.Article, w.article("start-over").Article)
		found, err := w.library.Find(t.Context(), profile.Actor{}, "en", "reset")
		require.NoError(t, err)
		require.Equal(t, kb.Found{Ref: kb.Ref{Kind: "article", ID: reset.Article, Locale: "en", Slug: "start-over"}, Moved: true}, found)
		w.file("guide/start-over.md", "# Start over\n\nTwelve seconds.")
		w.sync()
		require.Equal(t, "Start over", w.article("start-over").Title)
		w.file("guide/reset.md", "# Another reset\n\nSomething else.")
		require.Equal(t, 1, w.sync().Created)
		require.NotEqual(t, reset.Article, w.article("another-reset").Article+w.article("reset-2").Article)
		require.Equal(t, "Start over", w.article("start-over").Title)
	})
	t.Run("an edit in the library lasts until the file changes, and is not lost", func(*testing.T) {
		a, err := w.library.Manuscript(t.Context(), admin, pair.Article)
		require.NoError(t, err)
		a, err = w.library.Edit(t.Context(), admin, a.ID, "en", a.Version, kb.Text{Title: "Pair", Slug: "pair", Body: "Mine."})
		require.NoError(t, err)
		_, err = w.library.Publish(t.Context(), admin, a.ID, "en", a.Version)
		require.NoError(t, err)
		w.file("guide/odd.md", "---\nstatus: published\n---\nOther text")
		require.Empty(t, w.sync().Conflicts)
		require.Contains(t, string(w.article("pair").Text.HTML), "Mine.")
		w.file("guide/pair.md", "# Pair\n\nTheirs.")
		r := w.sync()
		require.Len(t, r.Conflicts, 1)
		c := r.Conflicts[0]
		require.Equal(t, []string{pair.Article, "en", "guide/pair.md"}, []string{c.Article, c.Locale, c.File})
		require.Contains(t, string(w.article("pair").Text.HTML), "Theirs.")
		rev, err := w.library.Revision(t.Context(), admin, c.Article, "en", c.Revision)
		require.NoError(t, err)
		require.Equal(t, "Mine.", rev.Body)
		w.file("guide/pair.md", "# Pair\n\nTheirs again.")
		require.Len(t, w.sync().Conflicts, 1, "what the folder itself wrote is no conflict")
	})
	t.Run("what is gone is archived, and comes back with its file", func(*testing.T) {
		require.NoError(t, os.Remove(filepath.Join(w.dir, "guide/pair.md")))
		require.Equal(t, 1, w.sync().Archived)
		require.Empty(t, w.article("pair").Title)
		w.file("guide/pair.md", "# Pair\n\nBack.")
		w.sync()
		require.Equal(t, pair.Article, w.article("pair").Article)
		w.file("guide/pair.md", "---\nstatus: what\n---\nBack.")
		require.Len(t, w.sync().Problems, 1)
		require.Equal(t, "Pair", w.article("pair").Title, "a file that cannot be read is not gone")
	})
	t.Run("who was killed goes on", func(*testing.T) {
		w.file("guide/pair.md", "# Pair\n\nHalf done.")
		w.states.broken = true
		_, err := w.mirror.Sync(t.Context())
		require.Error(t, err)
		w.states.broken = false
		w.mirror = w.again()
		require.Len(t, w.sync().Conflicts, 1, "none of its own making")
		require.Contains(t, string(w.article("pair").Text.HTML), "Half done.")
	})
	t.Run("an empty folder archives nothing", func(*testing.T) {
		require.NoError(t, os.Rename(filepath.Join(w.dir, "guide"), filepath.Join(w.dir, ".guide")))
		_, err := w.mirror.Sync(t.Context())
		require.Error(t, err)
		require.NotEmpty(t, w.article("pair").Title)
	})
}

// TestMirrorRuns: what stands still is taken within seconds.
func TestMirrorRuns(t *testing.T) {
	w := newMirrorWorld(t)
	w.file("pair.md", "# Pair\n\nHold the button.")
	synctest.Test(t, func(t *testing.T) {
		m, err := importkb.NewMirror(w.library, w.states, importkb.MirrorOptions{Folder: w.dir, By: admin})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- m.Run(ctx) }()
		time.Sleep(5 * time.Second)
		require.Equal(t, "Pair", w.article("pair").Title)
		cancel()
		require.NoError(t, <-done)
	})
	_, err := importkb.NewMirror(w.library, w.states, importkb.MirrorOptions{Folder: filepath.Join(w.dir, "nothing")})
	require.Error(t, err)
}
