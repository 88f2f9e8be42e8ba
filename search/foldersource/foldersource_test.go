package foldersource_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/foldersource"
	"github.com/stoa-go/stoa/search/gathered"
	"github.com/stoa-go/stoa/search/searchtest"
)

const link = "https://docs.example/{page}"

func source(t testing.TB, folder string, store gathered.Store, change ...func(*foldersource.Options)) *foldersource.Source {
	t.Helper()
	opts := foldersource.Options{Link: link}
	for _, f := range change {
		f(&opts)
	}
	s, err := foldersource.New("docs", folder, store, opts)
	require.NoError(t, err)
	return s
}

// write writes files, by path; "" removes one.
func write(t testing.TB, folder string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if text == "" {
			require.NoError(t, os.Remove(file))
			continue
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
}

// found reads a source from its start, by what is beyond the host.
func found(t testing.TB, s search.Source) map[string]search.Document {
	t.Helper()
	changes, _, err := s.Changes(t.Context(), "", 1000)
	require.NoError(t, err)
	out := map[string]search.Document{}
	for _, c := range changes {
		for _, d := range c.Documents {
			out[strings.TrimPrefix(d.Path, "https://docs.example/")] = d
		}
	}
	return out
}

// TestSource: a folder is a source like any other.
func TestSource(t *testing.T) {
	searchtest.TestSource(t, func(t *testing.T) (search.Source, searchtest.Fixture) {
		folder, path := t.TempDir(), filepath.Join(t.TempDir(), "docs")
		store, err := gathered.OpenFile(path)
		require.NoError(t, err)
		t.Cleanup(func() { _ = store.Close() })
		s := source(t, folder, store)
		read := func() error { _, err := s.Read(context.WithoutCancel(t.Context())); return err }
		group := func(key string) (string, error) {
			changes, _, err := s.Changes(context.WithoutCancel(t.Context()), "", 1000)
			for _, c := range changes {
				for _, d := range c.Documents {
					if d.Path == "https://docs.example/"+key {
						return c.Group, err
					}
				}
			}
			return "", err
		}
		return s, searchtest.Fixture{
			Put: func(key, text string) (string, error) {
				// A file is there whole, or as it was before.
				file := filepath.Join(folder, key+".md")
				if err := os.WriteFile(file+".new", []byte("# "+key+"\n\n"+text), 0o600); err != nil {
					return "", err
				}
				if err := os.Rename(file+".new", file); err != nil {
					return "", err
				}
				if err := read(); err != nil {
					return "", err
				}
				return group(key)
			},
			Remove: func(key string) error {
				if err := os.Remove(filepath.Join(folder, key+".md")); err != nil {
					return err
				}
				return read()
			},
			Reopen: func() search.Source {
				require.NoError(t, store.Close())
				store, err = gathered.OpenFile(path)
				require.NoError(t, err)
				s = source(t, folder, store)
				return s
			},
		}
	})
}

// TestFiles: what is found of files, and what is not.
func TestFiles(t *testing.T) {
	folder, outside := t.TempDir(), t.TempDir()
	write(t, outside, map[string]string{"secret.md": "# CANARY"})
	write(t, folder, map[string]string{
		"guide/reset.md":     "---\ntitle: Reset\nsummary: How\ntags: [hub]\nupdated: 2026-01-02\n---\n# Other\n\nHold the **button**.\n\n:::internal\nCANARY\n:::\n",
		"guide/reset.de.md":  "# Zurücksetzen\n\nKnopf halten.",
		"partner.md":         "---\naudience: [partner]\n---\n# Partner\n\ntext",
		"page.html":          `<html lang="es"><title>Página</title><nav>CANARY</nav><main><p>texto</p></main>`,
		"note_one.txt":       "plain",
		"draft.md":           "---\ndraft: true\n---\n# CANARY",
		"quiet.md":           "---\nsearch: false\n---\n# CANARY",
		"nobody.md":          "---\naudience: []\n---\n# CANARY",
		"typo.md":            "---\naudience: {a: b}\n---\n# CANARY",
		"capital.md":         "---\nAudience: [partner]\nTitle: 42\nTags: a, b\n---\ntext",
		"closed.md":          "---\nAUDIENCE: nobody\n---\n# CANARY",
		"unpublished.md":     "---\nPublished: false\n---\n# CANARY",
		"archived.md":        "---\narchived: true\n---\n# CANARY",
		"alias.md":           "---\ntitle: &a CANARY\nsummary: *a\n---\n# CANARY",
		"guide.ios.md":       "# For phones\n\ntext",
		"de/folder.md":       "# Im Ordner\n\nText",
		"folder.md":          "# In the folder\n\ntext",
		"broken.md":          "---\ntitle: [\n---\n# CANARY",
		"bad.docx":           "PK CANARY",
		"huge.txt":           strings.Repeat("CANARY ", 200_000),
		"picture.png":        "CANARY",
		".git/config.md":     "# CANARY",
		".hidden.md":         "# CANARY",
		"node_modules/x.md":  "# CANARY",
		"drafts/deep/one.md": "# CANARY",
		"a b/ü.md":           "# Odd\n\ntext",
	})
	for name, to := range map[string]string{"link.md": filepath.Join(outside, "secret.md"), "up": outside, "loop": folder, "page-link.md": filepath.Join(folder, "partner.md")} {
		require.NoError(t, os.Symlink(to, filepath.Join(folder, name)))
	}
	s := source(t, folder, gathered.NewMemory(), func(o *foldersource.Options) {
		o.Exclude, o.MaxBytes = []string{"node_modules", "drafts/**"}, 1<<20
	})
	report, err := s.Read(t.Context())
	require.NoError(t, err)
	docs := found(t, s)
	var paths []string
	for path, d := range docs {
		paths = append(paths, path)
		require.NotContains(t, d.Title+d.Body+d.Summary, "CANARY", path)
	}
	require.ElementsMatch(t, []string{
		"guide/reset", "guide/reset.de", "partner", "page", "note_one", "a%20b/%C3%BC", "capital", "guide.ios", "de/folder", "folder",
	}, paths)
	require.Equal(t, 10, report.Files)
	var problems []string
	for _, p := range report.Problems {
		problems = append(problems, p.File)
	}
	require.ElementsMatch(t, []string{"nobody.md", "typo.md", "alias.md", "broken.md", "bad.docx", "huge.txt"}, problems)

	reset := docs["guide/reset"]
	require.Equal(t, []string{"Reset", "How", "en"}, []string{reset.Title, reset.Summary, reset.Locale})
	require.Contains(t, reset.Body, "Hold the button.")
	require.Equal(t, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), reset.UpdatedAt)
	require.Equal(t, reset.Group, docs["guide/reset.de"].Group)
	require.Equal(t, "de", docs["guide/reset.de"].Locale)
	require.Equal(t, profile.NewAudience("partner"), docs["partner"].Audience)
	require.Equal(t, "es", docs["page"].Locale)
	capital := docs["capital"]
	require.Equal(t, profile.NewAudience("partner"), capital.Audience, "whatever its letters")
	require.Equal(t, []string{"42", "a", "b"}, append([]string{capital.Title}, capital.Keywords...))
	require.Equal(t, "en", docs["guide.ios"].Locale, "no language is meant")
	require.Equal(t, "de", docs["de/folder"].Locale)
	require.Equal(t, docs["folder"].Group, docs["de/folder"].Group)
	require.Equal(t, "note one", docs["note_one"].Title)
}

// TestOnlyWhatChanged: files that were written anew and say what they did are no
// change, and a folder that is empty or gone takes nothing away.
func TestOnlyWhatChanged(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "docs")
	write(t, folder, map[string]string{"a.md": "# A\n\ntext", "b.md": "# B\n\ntext"})
	s := source(t, folder, gathered.NewMemory())
	_, err := s.Read(t.Context())
	require.NoError(t, err)
	_, cursor, err := s.Changes(t.Context(), "", 10)
	require.NoError(t, err)
	require.NoError(t, os.Chtimes(filepath.Join(folder, "a.md"), time.Time{}, time.Now().Add(time.Hour)))
	report, err := s.Read(t.Context())
	require.NoError(t, err)
	require.Zero(t, report.Changed)
	write(t, folder, map[string]string{"a.md": "", "b.md": ""})
	_, err = s.Read(t.Context())
	require.Error(t, err)
	require.NoError(t, os.Remove(folder))
	_, err = s.Read(t.Context())
	require.Error(t, err)
	require.NotEmpty(t, s.Report().Error)
	changes, _, err := s.Changes(t.Context(), cursor, 10)
	require.NoError(t, err)
	require.Empty(t, changes)
	write(t, folder, map[string]string{"b.md": "# B\n\nother"})
	report, err = s.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{1, 1, 1}, []int{report.Files, report.Changed, report.Removed})
}

func TestNew(t *testing.T) {
	for _, o := range []foldersource.Options{{}, {Link: "https://docs.example/"}, {Link: "javascript:{path}"}, {Link: link, Exclude: []string{"["}}} {
		_, err := foldersource.New("docs", t.TempDir(), gathered.NewMemory(), o)
		require.ErrorIs(t, err, foldersource.ErrInvalid, o.Link)
	}
}
