package site

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
)

// TestSync: two portals on one database follow a folder, each change is taken
// once, and the desk says what became of it.
func TestSync(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "docs")
	file := func(name, text string) {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	file("okapi.md", "# Okapi\n\nStripes.")
	file("odd.md", "---\nstatus: perhaps\n---\nText")
	folder := func(c *Config) { c.Sync = dir }
	dsn := testdb.PostgresDSN(t)
	s, second := open(t, on(dsn), folder), open(t, on(dsn), folder)
	both := func() (changes int) {
		for _, one := range []*Site{s, second} {
			before, err := s.db.setting(t.Context(), mirrorSetting+"docs")
			require.NoError(t, err)
			_, err = one.mirror.Sync(t.Context())
			require.NoError(t, err)
			if after, err := s.db.setting(t.Context(), mirrorSetting+"docs"); err == nil && after != before {
				changes++
			}
		}
		return changes
	}
	file("odd.md", "---\nstatus: published\n---\nText")
	require.Equal(t, 1, both(), "one of two does it")
	as := serve(t, second)
	require.Contains(t, as("").get("/en/articles/okapi").Body, "Stripes.")
	id := kb.ImportedID("docs", "okapi")
	a, err := s.library.Manuscript(t.Context(), system, id)
	require.NoError(t, err)
	ruth, err := s.people.Actor(t.Context(), "ruth")
	require.NoError(t, err)
	_, err = s.library.Edit(t.Context(), ruth, id, "en", a.Version, kb.Text{Title: "Okapi", Slug: "okapi", Body: "Spots."})
	require.NoError(t, err)
	require.Contains(t, as("ruth").get("/en/desk/articles/"+id+"/en").Body, "<code>okapi.md</code>")
	file("okapi.md", "# Okapi\n\nMore stripes.")
	file("odd.md", "---\nstatus: perhaps\n---\nText")
	both()
	page := as("ruth").get("/en" + transferPath).Body
	for _, text := range []string{"odd.md", "Edits that a file has replaced", "by Ruth Adeyemi", "/desk/articles/" + id + "/en/diff?from=2&amp;to=3", "<code>okapi.md</code>"} {
		require.Contains(t, page, text)
	}
	require.Equal(t, 200, as("ruth").get("/en/desk/articles/"+id+"/en/diff?from=2&to=3").Status)
	require.Equal(t, 404, as("ines").get("/en"+transferPath).Status)
	p := browser.Open(t, still(390))
	p.Go(as("").server.URL + "/en/demo")
	p.Submit(`form:has([value="ruth"]) button`)
	p.Go(as("").server.URL + "/en" + transferPath)
	require.Empty(t, p.Axe())

	_, err = Open(t.Context(), Config{Data: t.TempDir(), Sync: filepath.Join(dir, "nothing")})
	require.ErrorContains(t, err, "-sync")
}
