package importkb_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// asFile reads an archive from a file of some name.
func asFile(t *testing.T, name string, data []byte) kb.Bundle {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	b, err := importkb.File(path, name, "desk")
	require.NoError(t, err)
	require.Empty(t, b.Problems)
	return b
}

// TestOwnExport: the export of a library finds what it was made from, whatever
// became of that and whatever the file is called.
func TestOwnExport(t *testing.T) {
	l := grown(t)
	z := export(t, l, admin)
	for _, name := range []string{"articles.zip", "articles (1).zip"} {
		b := asFile(t, name, z)
		for _, source := range []string{b.Name, "another name"} {
			b.Name = source
			r := run(t, l, b)
			require.Equal(t, []int{0, 0, 3, 0, 0}, []int{r.Created, r.Updated, r.Unchanged, r.Categories, r.Media})
		}
	}
	require.Equal(t, files(t, z), files(t, export(t, l, admin)))

	id := kb.ImportedID("little", "b")
	a, err := l.Manuscript(t.Context(), admin, id)
	require.NoError(t, err)
	_, err = l.Edit(t.Context(), admin, id, "en", a.Version, kb.Text{Title: "B", Body: "By hand."})
	require.NoError(t, err)
	r := run(t, l, asFile(t, "old.zip", z))
	require.Equal(t, []int{0, 1, 2}, []int{r.Created, r.Updated, r.Unchanged}, "what was edited since is as it was exported")
	require.Equal(t, id, r.Changes[0].Article)

	restored := kb.NewLibrary(memkb.New(), &kb.Options{Locales: []string{"en", "de"}, Files: folder(t)})
	other := asFile(t, "a.zip", z)
	r = run(t, restored, other)
	require.Equal(t, 3, r.Created)
	require.Len(t, r.Made, 3)
	require.NotContains(t, r.Made, id, "elsewhere they are others")
	r = run(t, restored, asFile(t, "renamed.zip", z))
	require.Equal(t, []int{0, 0, 3}, []int{r.Created, r.Updated, r.Unchanged})
}

// TestOwnExportIsNoWayRound: whoever may import, and not see an article, changes
// it in no way.
func TestOwnExportIsNoWayRound(t *testing.T) {
	policy := profile.DefaultPolicy()
	policy[profile.RoleAuthor] = append(policy[profile.RoleAuthor], profile.PermissionContentImport)
	l := kb.NewLibrary(memkb.New(), &kb.Options{Policy: policy})
	run(t, l, kb.Bundle{Name: "x", Items: []kb.Item{{External: "a", Title: "A", Body: "x", Audience: profile.NewAudience("partner")}}})
	b := asFile(t, "x.zip", export(t, l, admin))
	b.Items[0].Body = "mine"
	r, err := l.Import(t.Context(), profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleAuthor}}, b, nil)
	require.NoError(t, err)
	require.Zero(t, r.Updated)
	require.Len(t, r.Problems, 1)
}

// TestNameOfArchive: what a ZIP is known by follows from what is in it.
func TestNameOfArchive(t *testing.T) {
	of := func(file string, entries ...string) string {
		return asFile(t, file, zipped(t, entries...)).Name
	}
	page := "# Page\n\nText.\n"
	require.Equal(t, of("a.zip", "x.md", page, "y.md", page), of("b.zip", "x.md", page+"More.", "y.md", page))
	require.NotEqual(t, of("a.zip", "x.md", page), of("a.zip", "y.md", page))
	require.Equal(t, "manual", of("a.zip", "manual/x.md", page))
	require.Equal(t, "Zendesk Guide at help.example.com", of("a.zip", "articles.json", `{"articles":[{"id":7,"locale":"en","title":"T","body":"x","html_url":"https://help.example.com/hc/en/articles/7"}]}`))
	b, err := importkb.Archive(bytes.NewReader(zipped(t, kb.ManifestFile, `{"format":99,"installation":"x"}`, "x.md", page)), int64(len(zipped(t, kb.ManifestFile, `{"format":99,"installation":"x"}`, "x.md", page))), "")
	require.NoError(t, err)
	require.Empty(t, b.Origin)
	require.Contains(t, b.Problems[0].Reason, "newer version")
}
