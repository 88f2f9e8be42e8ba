package gathered_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/gathered"
	"github.com/stoa-go/stoa/search/gathered/gatheredtest"
	"github.com/stoa-go/stoa/search/searchtest"
)

func open(t *testing.T, path string) *gathered.File {
	t.Helper()
	f, err := gathered.OpenFile(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestFile(t *testing.T) {
	gatheredtest.TestStore(t, func(t *testing.T) gathered.Store { return open(t, filepath.Join(t.TempDir(), "store")) })
}

type source struct{ *gathered.Log }

func (source) Name() string { return "docs" }

func doc(key, text string) gathered.Entry {
	group := "page/" + key
	return gathered.Entry{Key: key, Document: search.Document{
		ID: group + "@en", Group: group, Kind: "page", Locale: "en", Title: key, Body: text, Path: "https://example.com/" + key,
		UpdatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}}
}

func options() *gathered.Options {
	return &gathered.Options{Locales: []string{"en", "de"}, Finish: func(d *search.Document) { d.Audience = profile.Public() }}
}

// TestSource: a log over either store is what a source consists of.
func TestSource(t *testing.T) {
	for name, store := range map[string]func(t *testing.T) (gathered.Store, func() gathered.Store){
		"memory": func(*testing.T) (gathered.Store, func() gathered.Store) {
			m := gathered.NewMemory()
			return m, func() gathered.Store { return m }
		},
		"file": func(t *testing.T) (gathered.Store, func() gathered.Store) {
			path := filepath.Join(t.TempDir(), "store")
			return open(t, path), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			searchtest.TestSource(t, func(t *testing.T) (search.Source, searchtest.Fixture) {
				s, again := store(t)
				log := gathered.NewLog(s, options())
				f := searchtest.Fixture{
					Put: func(key, text string) (string, error) {
						_, err := log.Keep(t.Context(), doc(key, text))
						return "page/" + key, err
					},
					Remove: func(key string) error {
						_, err := log.Keep(t.Context(), gathered.Entry{Key: key})
						return err
					},
				}
				f.Reopen = func() search.Source {
					if again != nil {
						log = gathered.NewLog(again(), options())
						return source{log}
					}
					file := s.(*gathered.File)
					require.NoError(t, file.Close())
					path := file.Path()
					log = gathered.NewLog(open(t, path), options())
					return source{log}
				}
				return source{log}, f
			})
		})
	}
}

// TestFileEnds: what was cut off is lost and nothing else; what is damaged begins
// anew with another epoch, so that nobody goes on from there.
func TestFileEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	f := open(t, path)
	before, err := f.Epoch(t.Context())
	require.NoError(t, err)
	for _, key := range []string{"a", "b"} {
		require.NoError(t, f.Put(t.Context(), doc(key, "text"), "page/"+key))
	}
	require.NoError(t, f.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		content string
		keys    int
		same    bool
	}{
		"whole":          {string(whole), 2, true},
		"cut in a line":  {string(whole[:len(whole)-9]), 1, true},
		"without an end": {string(whole[:len(whole)-1]), 1, true},
		"empty":          {"", 0, false},
		"no epoch":       {strings.SplitN(string(whole), "\n", 2)[1], 0, false},
		"nonsense":       {strings.Replace(string(whole), `"key"`, `"k`, 1), 0, false},
		"of another":     {"\x00\x01\n", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store")
			require.NoError(t, os.WriteFile(path, []byte(c.content), 0o600))
			f := open(t, path)
			notes, err := f.Notes(t.Context())
			require.NoError(t, err)
			require.Len(t, notes, c.keys)
			epoch, err := f.Epoch(t.Context())
			require.NoError(t, err)
			require.Equal(t, c.same, epoch == before)
			require.NoError(t, f.Put(t.Context(), doc("c", "text"), "page/c"))
			require.NoError(t, f.Close())
			notes, err = open(t, path).Notes(t.Context())
			require.NoError(t, err)
			require.Len(t, notes, c.keys+1)
		})
	}
}

// TestFileStaysSmall: what is no longer needed is left out, and cursors stay.
func TestFileStaysSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	f := open(t, path)
	log := gathered.NewLog(f, options())
	_, err := log.Keep(t.Context(), doc("gone", "text"))
	require.NoError(t, err)
	_, err = log.Keep(t.Context(), gathered.Entry{Key: "gone"})
	require.NoError(t, err)
	_, cursor, err := log.Changes(t.Context(), "", 10)
	require.NoError(t, err)
	for i := range 40 {
		_, err := log.Keep(t.Context(), doc("a", strings.Repeat("word ", 20_000)+string(rune('a'+i%26))))
		require.NoError(t, err)
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(2<<20), "40 texts of 100 kB were written")
	for range 2 {
		changes, next, err := log.Changes(t.Context(), cursor, 10)
		require.NoError(t, err)
		require.Len(t, changes, 1)
		require.Equal(t, "page/a", changes[0].Group)
		again, _, err := log.Changes(t.Context(), next, 10)
		require.NoError(t, err)
		require.Empty(t, again)
		require.NoError(t, f.Close())
		f = open(t, path)
		log = gathered.NewLog(f, options())
	}
	all, _, err := log.Changes(t.Context(), "", 10)
	require.NoError(t, err)
	require.Equal(t, "page/gone", all[0].Group, "that it is gone is remembered")
	require.Empty(t, all[0].Documents)
}

// TestServes: each reader is served one version of a group, whatever was gathered.
func TestServes(t *testing.T) {
	log := gathered.NewLog(gathered.NewMemory(), &gathered.Options{Locales: []string{"de", "en", "ja"}})
	for key, locale := range map[string]string{"a": "fr", "b": "en", "c": "en", "d": "nl"} {
		e := doc(key, "text")
		e.Document.Group, e.Document.Locale = "page/one", locale
		_, err := log.Keep(t.Context(), e)
		require.NoError(t, err)
	}
	changes, _, err := log.Changes(t.Context(), "", 10)
	require.NoError(t, err)
	got := map[string][]string{}
	for _, d := range changes[len(changes)-1].Documents {
		got[d.Title] = d.Serves
	}
	require.Equal(t, map[string][]string{"a": {"fr"}, "b": {"en", "de", "ja"}, "d": {"nl"}}, got)
}

// TestStamp: who finishes documents in another way hands all of them out again.
func TestStamp(t *testing.T) {
	store := gathered.NewMemory()
	_, err := gathered.NewLog(store, nil).Keep(t.Context(), doc("a", "text"))
	require.NoError(t, err)
	_, cursor, err := gathered.NewLog(store, &gathered.Options{Stamp: "public"}).Changes(t.Context(), "", 10)
	require.NoError(t, err)
	_, _, err = gathered.NewLog(store, &gathered.Options{Stamp: "staff"}).Changes(t.Context(), cursor, 10)
	require.ErrorIs(t, err, search.ErrRebuild)
}
