package kbtest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

var blockContract = []promise{
	{"Blocks", "Blocks returns the newest version of each block as it was given, BlockVersions all of them, newest first", checkBlocks},
	{"BlockVersion", "SaveBlock returns ErrConflict unless Version is one more than stored, ErrNotFound for a later one of nothing", checkBlockVersion},
	{"BlockStamp", "SaveBlock returns ErrConflict if any block has changed since the stamp; of concurrent ones, one succeeds", checkBlockStamp},
	{"BlockAliasing", "changing a block given to or got from a store changes nothing inside it", checkBlockAliasing},
	{"BlockUses", "BlockUses returns what includes a block in a revision that is the newest or that readers are shown, and no others", checkBlockUses},
	{"BlockChanges", "saving a block tells of the articles that include one of those that show it, and of no others, and changes the content stamp", checkBlockChanges},
	{"RemoveBlock", "RemoveBlock removes a block with its versions unless it changed, another did, or an article that is not in the bin shows it", checkRemoveBlock},
	{"BlockBad", "text, times and contexts that are bad keep a block out, and nothing is found by such text", checkBlockBad},
}

func block(name string, change ...func(*kb.Block)) kb.Block {
	b := kb.Block{
		Name: name, Audience: profile.NewAudience("public"), Source: "en", Texts: kb.Words{"en": "Text of " + name, "ar": "نص '؟"},
		Author: "ann", Note: "why", UpdatedAt: t0, Version: 1,
	}
	for _, f := range change {
		f(&b)
	}
	return b
}

// saveBlock stores a block among those there are.
func saveBlock(t testing.TB, s kb.Store, b kb.Block, shown ...string) error {
	t.Helper()
	_, stamp, err := s.Blocks(t.Context())
	require.NoError(t, err)
	return s.SaveBlock(t.Context(), b, stamp, append(shown, b.Name))
}

func checkBlocks(t testing.TB, s kb.Store) {
	all, _, err := s.Blocks(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
	require.NoError(t, saveBlock(t, s, block("b")))
	require.NoError(t, saveBlock(t, s, block("a")))
	second := block("b", func(b *kb.Block) {
		b.Version, b.Audience, b.Texts, b.Source, b.Author, b.Note = 2, profile.NewAudience("partner", "staff"), kb.Words{"de": "Neu"}, "de", "bob", ""
	})
	require.NoError(t, saveBlock(t, s, second))
	all, _, err = s.Blocks(t.Context())
	require.NoError(t, err)
	require.Equal(t, []kb.Block{block("a"), second}, all)
	versions, err := s.BlockVersions(t.Context(), "b", 0, 10)
	require.NoError(t, err)
	require.Equal(t, []kb.Block{second, block("b")}, versions)
	for _, c := range []struct{ before, limit, want int }{{0, 1, 2}, {2, 10, 1}, {3, 10, 2}} {
		versions, err = s.BlockVersions(t.Context(), "b", c.before, c.limit)
		require.NoError(t, err)
		require.Equal(t, c.want, versions[0].Version)
	}
	versions, err = s.BlockVersions(t.Context(), "nope", 0, 10)
	require.NoError(t, err)
	require.Empty(t, versions)
}

func checkBlockVersion(t testing.TB, s kb.Store) {
	require.NoError(t, saveBlock(t, s, block("b")))
	for _, version := range []int{1, 3} {
		err := saveBlock(t, s, block("b", func(b *kb.Block) { b.Version, b.Author = version, "mallory" }))
		require.ErrorIs(t, err, kb.ErrConflict)
	}
	require.ErrorIs(t, saveBlock(t, s, block("nope", func(b *kb.Block) { b.Version = 2 })), kb.ErrNotFound)
	all, _, err := s.Blocks(t.Context())
	require.NoError(t, err)
	require.Equal(t, []kb.Block{block("b")}, all)
}

func checkBlockStamp(t testing.TB, s kb.Store) {
	_, empty, err := s.Blocks(t.Context())
	require.NoError(t, err)
	require.NoError(t, saveBlock(t, s, block("a")))
	require.ErrorIs(t, s.SaveBlock(t.Context(), block("b"), empty, nil), kb.ErrConflict)
	_, stamp, err := s.Blocks(t.Context())
	require.NoError(t, err)
	require.ErrorIs(t, s.SaveBlock(t.Context(), block("b"), "odd", nil), kb.ErrConflict)
	const n = 6
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = s.SaveBlock(t.Context(), block(string(rune('k'+i))), stamp, nil) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.ErrorIs(t, err, kb.ErrConflict)
	}
	require.Equal(t, 1, won)
	all, _, err := s.Blocks(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
}

func checkBlockAliasing(t testing.TB, s kb.Store) {
	given := block("b")
	require.NoError(t, saveBlock(t, s, given))
	given.Texts["en"], given.Audience[0] = "x", "x"
	for range 2 {
		all, _, err := s.Blocks(t.Context())
		require.NoError(t, err)
		require.Equal(t, []kb.Block{block("b")}, all)
		all[0].Texts["en"], all[0].Audience[0] = "x", "x"
		versions, err := s.BlockVersions(t.Context(), "b", 0, 1)
		require.NoError(t, err)
		require.Equal(t, []kb.Block{block("b")}, versions)
		versions[0].Texts["en"] = "x"
	}
}

// including returns a revision that includes blocks.
func including(a kb.Article, locale string, number int, blocks ...string) kb.Revision {
	r := revision(a, locale, number)
	r.Blocks = blocks
	return r
}

func use(article, locale string, live bool) kb.BlockUse {
	return kb.BlockUse{Article: article, Locale: locale, Live: live}
}

func checkBlockUses(t testing.TB, s kb.Store) {
	a, b := article("a1"), article("b1")
	require.NoError(t, s.SaveArticle(t.Context(), a, including(a, "de", 1, "x"), including(a, "en", 1, "x", "y")))
	require.NoError(t, s.SaveArticle(t.Context(), b, including(b, "de", 1), including(b, "en", 1, "y")))
	rev, err := s.Revision(t.Context(), "a1", "en", 1)
	require.NoError(t, err)
	require.Equal(t, []string{"x", "y"}, rev.Blocks)
	uses := func(names ...string) []kb.BlockUse {
		out, err := s.BlockUses(t.Context(), names)
		require.NoError(t, err)
		return out
	}
	require.Equal(t, []kb.BlockUse{use("a1", "de", false), use("a1", "en", true)}, uses("x"))
	require.Equal(t, []kb.BlockUse{use("a1", "de", false), use("a1", "en", true), use("b1", "en", true)}, uses("x", "y", "nope"))
	require.Empty(t, uses("nope"))
	require.Empty(t, uses())
	next := article("a1", func(a *kb.Article) { a.Version, a.Translations[1].Head = 2, 2 })
	require.NoError(t, s.SaveArticle(t.Context(), next, including(next, "en", 2, "z")))
	require.Equal(t, []kb.BlockUse{use("a1", "en", true)}, uses("y")[:1], "readers are shown the first")
	require.Equal(t, []kb.BlockUse{use("a1", "en", false)}, uses("z"))
	third := article("a1", func(a *kb.Article) { a.Version, a.Translations[1].Head, a.Translations[1].Live = 3, 3, 3 })
	require.NoError(t, s.SaveArticle(t.Context(), third, including(third, "en", 3)))
	require.Equal(t, []kb.BlockUse{use("b1", "en", true)}, uses("y"))
	require.Empty(t, uses("z"), "neither the newest nor shown")
}

func checkBlockChanges(t testing.TB, s kb.Store) {
	for id, names := range map[string][]string{"a1": {"x"}, "b1": {"y"}, "c1": nil} {
		a := article(id)
		require.NoError(t, s.SaveArticle(t.Context(), a, including(a, "de", 1), including(a, "en", 1, names...)))
	}
	_, cursor, err := s.Changes(t.Context(), "", 100)
	require.NoError(t, err)
	changed := func() []string {
		ids, next, err := s.Changes(t.Context(), cursor, 100)
		require.NoError(t, err)
		cursor = next
		slices.Sort(ids)
		return slices.Compact(ids)
	}
	for changed() != nil {
		continue
	}
	_, before, err := s.Stamps(t.Context())
	require.NoError(t, err)
	require.NoError(t, saveBlock(t, s, block("x")))
	require.Equal(t, []string{"a1"}, changed())
	_, after, err := s.Stamps(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, before, after)
	require.NoError(t, saveBlock(t, s, block("z"), "x", "y"))
	require.Equal(t, []string{"a1", "b1"}, changed())
	require.ErrorIs(t, saveBlock(t, s, block("x")), kb.ErrConflict)
	require.Empty(t, changed(), "nothing was done")
	require.NoError(t, saveBlock(t, s, block("nowhere")))
	require.Empty(t, changed())
}

func checkBlockBad(t testing.TB, s kb.Store) {
	a := article("a1")
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		for _, spoil := range []func(*kb.Block){
			func(b *kb.Block) { b.Texts["en"] = bad },
			func(b *kb.Block) { b.Texts[bad] = "x" },
			func(b *kb.Block) { b.Note = bad },
			func(b *kb.Block) { b.Author = bad },
		} {
			require.ErrorIs(t, saveBlock(t, s, block("b", spoil)), kb.ErrInvalid)
		}
		require.ErrorIs(t, s.SaveArticle(t.Context(), a, including(a, "en", 1, bad)), kb.ErrInvalid)
		versions, err := s.BlockVersions(t.Context(), bad, 0, 1)
		require.NoError(t, err)
		require.Empty(t, versions)
		uses, err := s.BlockUses(t.Context(), []string{bad})
		require.NoError(t, err)
		require.Empty(t, uses)
	}
	require.ErrorIs(t, saveBlock(t, s, block("b", func(b *kb.Block) { b.UpdatedAt = b.UpdatedAt.AddDate(9000, 0, 0) })), kb.ErrInvalid)
	_, stamp, err := s.Blocks(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.SaveBlock(ctx, block("b"), stamp, nil), context.Canceled)
	_, _, err = s.Blocks(ctx)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.BlockVersions(ctx, "b", 0, 1)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.BlockUses(ctx, []string{"b"})
	require.ErrorIs(t, err, context.Canceled)
	all, _, err := s.Blocks(t.Context())
	require.NoError(t, err)
	require.Empty(t, all)
}

func checkBlocksOf(t *testing.T, s PersonStore) {
	by := func(author string, version int) kb.Block {
		return block("b", func(b *kb.Block) { b.Author, b.Version = author, version })
	}
	require.NoError(t, saveBlock(t, s, by("zqann", 1)))
	require.NoError(t, saveBlock(t, s, by("zqann2", 2)))
	mine, err := s.BlocksBy(t.Context(), "zqann")
	require.NoError(t, err)
	require.Equal(t, []kb.Block{by("zqann", 1)}, mine)
	for _, nobody := range []string{"", "zq", "a\x00b"} {
		none, err := s.BlocksBy(t.Context(), nobody)
		require.NoError(t, err)
		require.Empty(t, none)
	}
	_, _, err = s.ForgetPerson(t.Context(), "zqann", "gone-1")
	require.NoError(t, err)
	versions, err := s.BlockVersions(t.Context(), "b", 0, 10)
	require.NoError(t, err)
	require.Equal(t, []kb.Block{by("zqann2", 2), by("gone-1", 1)}, versions)
}

func checkRemoveBlock(t testing.TB, s kb.Store) {
	remove := func(name string, version int) error {
		_, stamp, err := s.Blocks(t.Context())
		require.NoError(t, err)
		return s.RemoveBlock(t.Context(), name, version, stamp)
	}
	require.ErrorIs(t, remove("a", 1), kb.ErrNotFound)
	require.NoError(t, saveBlock(t, s, block("a")))
	_, old, err := s.Blocks(t.Context())
	require.NoError(t, err)
	require.NoError(t, saveBlock(t, s, block("b")))
	require.ErrorIs(t, s.RemoveBlock(t.Context(), "a", 1, old), kb.ErrConflict)
	require.NoError(t, saveBlock(t, s, block("a", func(b *kb.Block) { b.Version = 2 })))
	require.ErrorIs(t, remove("a", 1), kb.ErrConflict)
	require.ErrorIs(t, remove("a\x00", 2), kb.ErrNotFound)
	a := article("a")
	require.NoError(t, s.SaveArticle(t.Context(), a, including(a, "en", 1, "a"), revision(a, "de", 1)))
	require.ErrorIs(t, remove("a", 2), kb.ErrConflict, "readers are shown it")
	a.Version, a.DeletedAt = 2, t0
	require.NoError(t, s.SaveArticle(t.Context(), a))
	_, before, err := s.Stamps(t.Context())
	require.NoError(t, err)
	_, full, err := s.Blocks(t.Context())
	require.NoError(t, err)
	require.NoError(t, remove("a", 2))
	_, after, err := s.Stamps(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, before, after)
	versions, err := s.BlockVersions(t.Context(), "a", 0, 10)
	require.NoError(t, err)
	require.Empty(t, versions)
	later := func(b *kb.Block) { b.UpdatedAt = b.UpdatedAt.Add(time.Second) }
	require.NoError(t, saveBlock(t, s, block("a", later)))
	require.NoError(t, saveBlock(t, s, block("a", later, func(b *kb.Block) { b.Version = 2 })))
	require.ErrorIs(t, s.RemoveBlock(t.Context(), "b", 1, full), kb.ErrConflict, "the same name and version of another block")
	require.NoError(t, remove("b", 1))
}
