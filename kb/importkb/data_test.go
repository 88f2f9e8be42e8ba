package importkb_test

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/kb/sqlkb"
	"github.com/stoa-go/stoa/profile"
)

var admin = profile.Actor{ID: "system", Roles: []profile.Role{profile.RoleAdmin}}

// A row is a line of the data, read by other means than the importer's.
type row struct {
	ID, Lang, Category, Title, Status string
	Order                             int
	RedirectFrom                      []string  `json:"redirect_from"`
	Created, Updated, Translated      time.Time `json:"-"`
	SourceURL                         string    `json:"source_url"`
}

// data returns the folder of a data set and what is in it.
func data(t testing.TB, name string) (string, []row) {
	t.Helper()
	root := os.Getenv("STOA_TEST_DATA")
	if root == "" {
		t.Skip("STOA_TEST_DATA is not set: it names a folder with real help centres")
	}
	dir := filepath.Join(root, "kb", name)
	text, err := os.ReadFile(filepath.Join(dir, "articles.jsonl"))
	require.NoError(t, err)
	var rows []row
	for line := range strings.Lines(string(text)) {
		var r row
		var dates struct{ Created, Updated, Translated *time.Time }
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		require.NoError(t, json.Unmarshal([]byte(line), &dates))
		for to, from := range map[*time.Time]*time.Time{&r.Created: dates.Created, &r.Updated: dates.Updated, &r.Translated: dates.Translated} {
			if from != nil {
				*to = from.UTC()
			}
		}
		rows = append(rows, r)
	}
	return dir, rows
}

func bundle(t testing.TB, dir string) kb.Bundle {
	t.Helper()
	b, err := importkb.Path(dir)
	require.NoError(t, err)
	return b
}

// run imports b and returns what it reports; nothing may be wrong.
func run(t testing.TB, l *kb.Library, b kb.Bundle) kb.ImportReport {
	t.Helper()
	r, err := l.Import(t.Context(), admin, b, nil)
	require.NoError(t, err)
	require.Empty(t, r.Problems)
	return r
}

func stamps(t testing.TB, s kb.Store) [2]string {
	t.Helper()
	places, content, err := s.Stamps(t.Context())
	require.NoError(t, err)
	return [2]string{places, content}
}

// byExternal returns all articles by the names they had.
func byExternal(t testing.TB, s kb.Store) map[string]kb.Article {
	t.Helper()
	page, _, err := s.Articles(t.Context(), kb.ArticleQuery{Limit: 100_000})
	require.NoError(t, err)
	out := map[string]kb.Article{}
	for _, a := range page {
		out[a.External] = a
	}
	require.Len(t, out, len(page))
	return out
}

// stores runs f on each store.
func stores(t *testing.T, f func(t *testing.T, s kb.Store)) {
	t.Run("memory", func(t *testing.T) { f(t, memkb.New()) })
	t.Run("sqlite", func(t *testing.T) {
		write, read := testdb.SQLitePair(t)
		require.NoError(t, sqlkb.Migrate(t.Context(), write.DB))
		f(t, sqlkb.New(write).WithReader(read))
	})
	t.Run("postgres", func(t *testing.T) { f(t, postgres(t, testdb.Postgres(t))) })
}

func postgres(t *testing.T, db *sqlx.DB) kb.Store {
	require.NoError(t, sqlkb.Migrate(t.Context(), db.DB))
	return sqlkb.New(db)
}

// TestHelpCentre imports a help centre in four languages whole.
func TestHelpCentre(t *testing.T) {
	dir, rows := data(t, "logingov-help")
	stores(t, func(t *testing.T, s kb.Store) {
		l := kb.NewLibrary(s, nil)
		r := run(t, l, bundle(t, dir))
		require.Equal(t, []int{55, 220, 55, 0}, []int{r.Articles, r.Texts, r.Created, r.Updated})
		articles := byExternal(t, s)
		for _, a := range articles {
			require.Equal(t, []string{"en", "es", "fr", "zh"}, a.Live())
			require.Equal(t, "en", a.Source)
		}
		for _, row := range rows {
			a := articles[row.ID]
			tr, ok := a.In(row.Lang)
			require.True(t, ok)
			require.Equal(t, row.Title, tr.Title)
			require.Equal(t, row.Updated, tr.UpdatedAt)
			require.Equal(t, row.Created, tr.PublishedAt)
		}
		oldAddresses(t, l, rows, articles)
		inOrder(t, l, rows)
		again(t, s, dir, 55)
	})
}

// oldAddresses follows every address that a text was ever found at.
func oldAddresses(t *testing.T, l *kb.Library, rows []row, articles map[string]kb.Article) {
	followed := 0
	for _, row := range rows {
		from := row.RedirectFrom
		if _, rest, ok := strings.Cut(row.SourceURL, "://"); ok {
			_, path, _ := strings.Cut(rest, "/")
			from = append(from, "/"+path)
		}
		for _, path := range from {
			ref, err := l.Redirect(t.Context(), profile.Actor{}, path, "en")
			require.NoError(t, err, path)
			require.Equal(t, []string{articles[row.ID].ID, row.Lang}, []string{ref.ID, ref.Locale}, path)
			_, err = l.Article(t.Context(), profile.Actor{}, ref.ID, ref.Locale)
			require.NoError(t, err)
			followed++
		}
	}
	require.Equal(t, 760, followed)
}

// inOrder checks that each category lists its articles as its authors did.
func inOrder(t *testing.T, l *kb.Library, rows []row) {
	want := map[string][]row{}
	for _, r := range rows {
		if r.Lang == "en" {
			want[r.Category] = append(want[r.Category], r)
		}
	}
	tree, err := l.Categories(t.Context(), profile.Actor{}, "en")
	require.NoError(t, err)
	require.Len(t, tree, len(want))
	for _, place := range tree {
		page, next, err := l.Articles(t.Context(), profile.Actor{}, kb.Query{Category: place.ID, Locale: "en", Limit: 200})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Len(t, page, place.Articles)
		category := strings.ReplaceAll(place.Slug, " ", "-")
		list := want[category]
		require.Len(t, page, len(list), category)
		order := map[string]int{}
		for _, r := range list {
			order[r.Title] = r.Order
		}
		require.True(t, slices.IsSortedFunc(page, func(a, b kb.Entry) int { return cmp.Compare(order[a.Title], order[b.Title]) }), category)
	}
}

// again imports the same once more, which changes nothing, and then with one
// text changed, which makes one revision.
func again(t *testing.T, s kb.Store, dir string, articles int) {
	before := stamps(t, s)
	r := run(t, kb.NewLibrary(s, nil), bundle(t, dir))
	require.Equal(t, []int{articles, 0, 0, 0, 0}, []int{r.Unchanged, r.Created, r.Updated, r.Categories, r.Media})
	require.Equal(t, before, stamps(t, s))

	b := bundle(t, dir)
	b.Items[7].Body += "\n\nOne more line."
	r = run(t, kb.NewLibrary(s, nil), b)
	require.Equal(t, []int{articles - 1, 0, 1}, []int{r.Unchanged, r.Created, r.Updated})
	for _, a := range byExternal(t, s) {
		for _, tr := range a.Translations {
			want := 1
			if a.External == b.Items[7].External && tr.Locale == b.Items[7].Locale {
				want = 2
			}
			require.Equal(t, []int{want, want}, []int{tr.Head, tr.Live}, "%s in %s", a.External, tr.Locale)
		}
	}
}

// TestTwelveLanguages imports the same articles in twelve languages, some of
// them translated before their source was last changed.
func TestTwelveLanguages(t *testing.T) {
	dir, rows := data(t, "projectops-multilang")
	source := map[string]row{}
	for _, r := range rows {
		if r.Lang == "en" {
			source[r.ID] = r
		}
	}
	stores(t, func(t *testing.T, s kb.Store) {
		l := kb.NewLibrary(s, nil)
		begin := time.Now()
		r := run(t, l, bundle(t, dir))
		t.Logf("%d texts in %v", r.Texts, time.Since(begin).Round(time.Millisecond))
		require.Equal(t, []int{114, 1368, 114}, []int{r.Articles, r.Texts, r.Created})
		articles := byExternal(t, s)
		stale := 0
		for _, row := range rows {
			a := articles[row.ID]
			require.Len(t, a.Live(), 12)
			tr, _ := a.In(row.Lang)
			require.Equal(t, row.Updated, tr.UpdatedAt)
			old := row.Lang != "en" && row.Translated.Before(source[row.ID].Updated)
			require.Equal(t, old, a.Stale(tr), "%s in %s", row.ID, row.Lang)
			if old {
				stale++
			}
		}
		require.Equal(t, 360, stale)
		again(t, s, dir, 114)
	})
}

// TestRawSamples imports what real people wrote as it was found.
func TestRawSamples(t *testing.T) {
	root := os.Getenv("STOA_TEST_DATA")
	if root == "" {
		t.Skip("STOA_TEST_DATA is not set: it names a folder with real help centres")
	}
	b := bundle(t, filepath.Join(root, "kb", "raw-samples"))
	s := memkb.New()
	l := kb.NewLibrary(s, nil)
	r, err := l.Import(t.Context(), admin, b, nil)
	require.NoError(t, err)
	require.Equal(t, 46, r.Texts+len(r.Problems))
	require.Equal(t, r.Articles, r.Created)
	for _, p := range r.Problems {
		require.NotEmpty(t, p.File)
		require.Positive(t, p.Line)
		require.Contains(t, p.Fields, "audience", "another system's audience is refused, not guessed: %v", p)
	}
	for _, a := range byExternal(t, s) {
		for _, tr := range a.Translations {
			page, err := l.Article(t.Context(), profile.Actor{}, a.ID, tr.Locale)
			require.NoError(t, err)
			require.NotEmpty(t, page.Title)
			require.NotContains(t, string(page.Text.HTML), "{%")
			require.NotContains(t, string(page.Text.HTML), "<script")
		}
	}
	before := stamps(t, s)
	r, err = l.Import(t.Context(), admin, b, nil)
	require.NoError(t, err)
	require.Equal(t, r.Articles, r.Unchanged)
	require.Equal(t, before, stamps(t, s))
}

// TestBadLinesAmongGood puts lines that are none between those of a real help
// centre.
func TestBadLinesAmongGood(t *testing.T) {
	dir, _ := data(t, "logingov-help")
	text, err := os.ReadFile(filepath.Join(dir, "articles.jsonl"))
	require.NoError(t, err)
	lines := slices.Collect(strings.Lines(string(text)))
	for i := 200; i >= 0; i -= 50 {
		lines = slices.Insert(lines, i, "{\"id\": broken\n", `{"id":"x","lang":"en","title":"X","audience":["No Term"]}`+"\n")
	}
	b, err := importkb.JSONLines(strings.NewReader(strings.Join(lines, "")), "f.jsonl", "logingov-help")
	require.NoError(t, err)
	s := memkb.New()
	r, err := kb.NewLibrary(s, nil).Import(t.Context(), admin, b, nil)
	require.NoError(t, err)
	require.Equal(t, []int{55, 220, 10}, []int{r.Created, r.Texts, len(r.Problems)})
	for i, p := range r.Problems {
		require.Equal(t, []any{"f.jsonl", 52*(i/2) + i%2 + 1}, []any{p.File, p.Line})
		require.NotEmpty(t, p.Reason)
	}
}

// TestCrash lets the store fail at calls all over an import, before and after
// it did what it was asked, and imports again: nothing is doubled and nothing
// missing.
func TestCrash(t *testing.T) {
	dir, rows := data(t, "logingov-help")
	b := bundle(t, dir)
	names := kbtest.Names{}
	for _, r := range rows {
		names.Redirects = append(names.Redirects, r.RedirectFrom...)
	}
	now := func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
	clean := memkb.New()
	counting := kbtest.NewFailing(clean, 0, kbtest.FaultBefore)
	run(t, kb.NewLibrary(counting, &kb.Options{Now: now}), b)
	want := kbtest.Snapshot(t, clean, names)
	r := rand.New(rand.NewPCG(1, 2))
	for range 6 {
		n := 1 + r.IntN(counting.Calls())
		for _, fault := range []kbtest.Fault{kbtest.FaultBefore, kbtest.FaultAfter} {
			s := memkb.New()
			_, err := kb.NewLibrary(kbtest.NewFailing(s, n, fault), &kb.Options{Now: now}).Import(t.Context(), admin, b, nil)
			require.ErrorIs(t, err, kbtest.ErrInjected)
			run(t, kb.NewLibrary(s, &kb.Options{Now: now}), b)
			require.True(t, want == kbtest.Snapshot(t, s, names), "%s call %d of %d", fault, n, counting.Calls())
		}
	}
	t.Logf("%d calls to the store", counting.Calls())
}
