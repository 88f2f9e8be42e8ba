package kbtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

var binContract = []promise{
	{"Bin", "what is in the bin is kept whole, seen by no reader, counted nowhere, and listed at the desk only when the bin is asked for", checkBin},
	{"BinQuiet", "nothing lists feedback on, notes beside, reviews of, plans for or verifications of what is in the bin, and all do when it is taken out", checkBinQuiet},
	{"Purge", "PurgeArticle removes an article with all there is about it, frees its slugs and tells of a change, and touches no other", checkPurge},
	{"PurgeRefused", "PurgeArticle removes nothing at another version, outside the bin, or of people who are held", checkPurgeRefused},
}

// binned stores an article that zoe put into the bin.
func binned(t testing.TB, s kb.Store, id string) kb.Article {
	t.Helper()
	a := article(id)
	save(t, s, a)
	a.Version, a.DeletedAt, a.DeletedBy, a.UpdatedAt = 2, t0.Add(time.Hour), "zoe", t0.Add(time.Hour)
	require.NoError(t, s.SaveArticle(t.Context(), a))
	return a
}

func checkBin(t testing.TB, s kb.Store) {
	_, before, err := s.Stamps(t.Context())
	require.NoError(t, err)
	save(t, s, article("b"))
	a := binned(t, s, "a")
	got, err := s.Article(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, a, got)
	_, after, err := s.Stamps(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, before, after)
	shown, _, err := s.Articles(t.Context(), kb.ArticleQuery{Visible: true})
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, ids(shown))
	all, _, err := s.Articles(t.Context(), kb.ArticleQuery{})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, ids(all), "who looks at all there is sees the bin as well")
	counts, err := s.CountArticles(t.Context())
	require.NoError(t, err)
	require.Len(t, counts, 1)
	require.Equal(t, 1, counts[0].Articles)
	for _, bin := range []bool{false, true} {
		page, _, err := s.Manuscripts(t.Context(), kb.DeskScope{}, kb.ManuscriptQuery{Binned: bin})
		require.NoError(t, err)
		require.Equal(t, map[bool][]string{false: {"b"}, true: {"a"}}[bin], ids(page))
		n, err := s.CountManuscripts(t.Context(), kb.DeskScope{}, kb.ManuscriptQuery{Binned: bin}, 9)
		require.NoError(t, err)
		require.Equal(t, 1, n)
	}
	holder, err := s.Holder(t.Context(), "on-a")
	require.NoError(t, err)
	require.Equal(t, "a", holder, "its address is nobody else's")
}

// about counts what is listed about articles.
func about(t testing.TB, s kb.Store) []int {
	t.Helper()
	said, _, err := s.Feedback(t.Context(), kb.FeedbackQuery{})
	require.NoError(t, err)
	reviews, _, err := s.Reviews(t.Context(), kb.ReviewQuery{})
	require.NoError(t, err)
	plans, _, err := s.Plans(t.Context(), kb.PlanQuery{})
	require.NoError(t, err)
	ends, _, err := s.Expiring(t.Context(), kb.ExpiryQuery{})
	require.NoError(t, err)
	notes, _, err := s.Notes(t.Context(), kb.NoteQuery{})
	require.NoError(t, err)
	return []int{len(said), len(reviews), len(plans), len(ends), len(notes)}
}

// surround stores all that there can be about an article.
func surround(t testing.TB, s kb.Store, id string) {
	t.Helper()
	require.NoError(t, s.AddFeedback(t.Context(), kb.Feedback{ID: "f-" + id, Article: id, Locale: "en", Revision: 1, Person: "reader", Input: "h", At: t0, UpdatedAt: t0, Version: 1}))
	require.NoError(t, s.SaveReview(t.Context(), review("r-"+id, id)))
	require.NoError(t, s.SavePlan(t.Context(), plan("p-"+id, id)))
	require.NoError(t, s.SaveVerification(t.Context(), verification(id)))
	require.NoError(t, s.SaveNote(t.Context(), note("n-"+id, id, func(n *kb.Note) { n.Author = "noa" })))
	require.NoError(t, s.SaveWorking(t.Context(), working("ann", id)))
	require.NoError(t, s.KeepLock(t.Context(), kb.Lock{Article: id, Locale: "en", Person: "ann", Since: t0, Until: t0.Add(time.Hour)}))
	require.NoError(t, s.SaveRedirects(t.Context(), kb.Redirect{From: "/old/" + id, To: "article/" + id}))
}

func checkBinQuiet(t testing.TB, s kb.Store) {
	save(t, s, article("b"))
	a := binned(t, s, "a")
	surround(t, s, "a")
	surround(t, s, "b")
	require.Equal(t, []int{1, 1, 1, 1, 1}, about(t, s))
	a.Version, a.DeletedAt, a.DeletedBy = 3, time.Time{}, ""
	require.NoError(t, s.SaveArticle(t.Context(), a))
	require.Equal(t, []int{2, 2, 2, 2, 2}, about(t, s))
}

func checkPurge(t testing.TB, s kb.Store) {
	save(t, s, article("b"))
	a := binned(t, s, "a")
	a.Version++
	shows := revision(a, "en", 2)
	shows.Media, shows.Blocks = []string{"m.png"}, []string{"safety"}
	require.NoError(t, s.SaveArticle(t.Context(), a, shows))
	surround(t, s, "a")
	surround(t, s, "b")
	_, cursor, err := s.Changes(t.Context(), "", 100)
	require.NoError(t, err)
	purged, err := s.PurgeArticle(t.Context(), "a", a.Version, []string{"nobody", ""})
	require.NoError(t, err)
	require.True(t, purged)
	changed, _, err := s.Changes(t.Context(), cursor, 100)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, changed)
	require.Equal(t, []int{1, 1, 1, 1, 1}, about(t, s))
	checkNothingOf(t, s, "a")
	for _, kept := range []func() error{
		func() error { _, err := s.Revision(t.Context(), "b", "en", 1); return err },
		func() error { _, err := s.Working(t.Context(), "ann", "b", "en"); return err },
		func() error { _, err := s.Redirect(t.Context(), "/old/b"); return err },
		func() error { _, err := s.Holder(t.Context(), "on-b"); return err },
	} {
		require.NoError(t, kept())
	}
	save(t, s, article("c", func(c *kb.Article) { c.Translations[1].Slug = "on-a" }))
}

// checkNothingOf checks that nothing is kept of an article.
func checkNothingOf(t testing.TB, s kb.Store, id string) {
	t.Helper()
	for what, get := range map[string]func() error{
		"article":  func() error { _, err := s.Article(t.Context(), id); return err },
		"revision": func() error { _, err := s.Revision(t.Context(), id, "en", 1); return err },
		"slug":     func() error { _, err := s.Slug(t.Context(), "on-"+id); return err },
		"draft":    func() error { _, err := s.Holder(t.Context(), "zu-"+id); return err },
		"redirect": func() error { _, err := s.Redirect(t.Context(), "/old/"+id); return err },
		"feedback": func() error { _, err := s.FeedbackByID(t.Context(), "f-"+id); return err },
		"review":   func() error { _, err := s.Review(t.Context(), "r-"+id); return err },
		"plan":     func() error { _, err := s.Plan(t.Context(), "p-"+id); return err },
		"note":     func() error { _, err := s.Note(t.Context(), "n-"+id); return err },
		"unsaved":  func() error { _, err := s.Working(t.Context(), "ann", id, "en"); return err },
	} {
		require.ErrorIs(t, get(), kb.ErrNotFound, what)
	}
	media, err := s.MediaUses(t.Context(), "m.png")
	require.NoError(t, err)
	require.Empty(t, media)
	blocks, err := s.BlockUses(t.Context(), []string{"safety"})
	require.NoError(t, err)
	require.Empty(t, blocks)
	locks, err := s.Locks(t.Context(), id, t0)
	require.NoError(t, err)
	require.Empty(t, locks)
	verified, err := s.Verifications(t.Context(), []string{id})
	require.NoError(t, err)
	require.Empty(t, verified)
}

func checkPurgeRefused(t testing.TB, s kb.Store) {
	save(t, s, article("b"))
	a := binned(t, s, "a")
	surround(t, s, "a")
	for _, tt := range []struct {
		id      string
		version int
		want    error
	}{{"none", 1, kb.ErrNotFound}, {"a\x00", 1, kb.ErrNotFound}, {"a", 1, kb.ErrConflict}, {"a", 3, kb.ErrConflict}, {"b", 1, kb.ErrConflict}} {
		purged, err := s.PurgeArticle(t.Context(), tt.id, tt.version, nil)
		require.ErrorIs(t, err, tt.want, tt.id)
		require.False(t, purged)
	}
	a.Version, a.Owner = 3, "olga" // "ann" wrote it
	require.NoError(t, s.SaveArticle(t.Context(), a))
	for _, person := range []string{"ann", "reader", "zoe", "olga", "noa"} {
		purged, err := s.PurgeArticle(t.Context(), "a", 3, []string{"else", person})
		require.NoError(t, err)
		require.False(t, purged, person)
	}
	got, err := s.Article(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, a, got)
}
