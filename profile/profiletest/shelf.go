package profiletest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestShelfStore runs the contract of [profile.ShelfStore] as subtests. open
// must return an empty store each time it is called.
func TestShelfStore(t *testing.T, open func(t *testing.T) profile.ShelfStore) {
	suitetest.Run(t, []suitetest.Promise[profile.ShelfStore]{
		{"RoundTrip", "Items returns what PutItem was given, with times in UTC", checkShelfRoundTrip},
		{"Again", "an item put again is there once, changed, and where it was unless viewed is set; it never moves back", checkShelfAgain},
		{"Full", "one item more than most is ErrTooMany and changes nothing; what is there may change still", checkShelfFull},
		{"Viewed", "where viewed is set the oldest items make room", checkShelfViewed},
		{"Race", "of concurrent items no more are kept than the list holds", checkShelfRace},
		{"Filter", "Items returns what matches every field that is set", checkShelfFilter},
		{"Pages", "following positions visits every match once, the newest first and then by list and reference in byte order", checkShelfPages},
		{"BadPosition", "a position that was not given out is ErrInvalid", checkShelfPosition},
		{"Remove", "RemoveItems forgets what matches, whatever the page, and nothing else; no person is ErrInvalid", checkShelfRemove},
		{"Followers", "Followers returns everybody who has the reference on the list at a level that is not none, by person in byte order", checkShelfFollowers},
		{"NoAliasing", "changing a map given to or got from a store changes nothing inside it", checkShelfAliasing},
		{"Text", "text survives as it is; a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkShelfText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkShelfCancelled},
	}, open)
}

const plenty = 1000

func newItem(ref string, change ...func(*profile.ShelfItem)) profile.ShelfItem {
	i := profile.ShelfItem{
		Person: "ann", List: "favourites", Ref: ref, Title: "About " + ref, Level: "all",
		Data: map[string]string{"q": "it's \"?\" $1", "page": "2"}, At: t0,
	}
	for _, f := range change {
		f(&i)
	}
	return i
}

func minutes(n int) func(*profile.ShelfItem) {
	return func(i *profile.ShelfItem) { i.At = t0.Add(time.Duration(n) * time.Minute) }
}

func ofPerson(person string) func(*profile.ShelfItem) {
	return func(i *profile.ShelfItem) { i.Person = person }
}

func on(list string) func(*profile.ShelfItem) {
	return func(i *profile.ShelfItem) { i.List = list }
}

func putItems(t *testing.T, s profile.ShelfStore, items ...profile.ShelfItem) {
	t.Helper()
	for _, i := range items {
		require.NoError(t, s.PutItem(t.Context(), i, plenty, false))
	}
}

func itemsOf(t *testing.T, s profile.ShelfStore, q profile.ShelfQuery) []profile.ShelfItem {
	t.Helper()
	page, _, err := s.Items(t.Context(), q)
	require.NoError(t, err)
	return page
}

func refs(items []profile.ShelfItem) []string {
	out := []string{}
	for _, i := range items {
		out = append(out, i.Ref)
	}
	return out
}

func annsRefs(t *testing.T, s profile.ShelfStore) []string {
	t.Helper()
	return refs(itemsOf(t, s, profile.ShelfQuery{Person: "ann"}))
}

func checkShelfRoundTrip(t *testing.T, s profile.ShelfStore) {
	want := []profile.ShelfItem{newItem("article/1"), {Person: "ann", List: "favourites", Ref: "article/2", At: t0.Add(-time.Microsecond)}}
	for _, i := range want {
		given := i.Clone()
		given.At = i.At.In(somewhere())
		putItems(t, s, given)
	}
	page, next, err := s.Items(t.Context(), profile.ShelfQuery{Person: "ann", List: "favourites"})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Len(t, page, 2)
	require.Empty(t, page[1].Data)
	page[1].Data = nil
	require.Equal(t, want, page)
}

func checkShelfAgain(t *testing.T, s profile.ShelfStore) {
	changed := func(n int) profile.ShelfItem {
		return newItem("article/1", minutes(n), func(i *profile.ShelfItem) {
			i.Title, i.Level, i.Data = "Changed", "none", map[string]string{"new": "1"}
		})
	}
	putItems(t, s, newItem("article/1", minutes(1)), newItem("article/2", minutes(2)), changed(3))
	require.Equal(t, []profile.ShelfItem{newItem("article/2", minutes(2)), changed(1)}, itemsOf(t, s, profile.ShelfQuery{Person: "ann"}))
	require.NoError(t, s.PutItem(t.Context(), newItem("article/1", minutes(4)), plenty, true))
	require.Equal(t, []profile.ShelfItem{newItem("article/1", minutes(4)), newItem("article/2", minutes(2))}, itemsOf(t, s, profile.ShelfQuery{Person: "ann"}))
	require.NoError(t, s.PutItem(t.Context(), changed(3), plenty, true))
	require.Equal(t, []profile.ShelfItem{changed(4), newItem("article/2", minutes(2))}, itemsOf(t, s, profile.ShelfQuery{Person: "ann"}))
}

func checkShelfFull(t *testing.T, s profile.ShelfStore) {
	putItems(t, s, newItem("a/0", ofPerson("bob")), newItem("a/0", on("follows")))
	for i := range 3 {
		require.NoError(t, s.PutItem(t.Context(), newItem(numbered("a/", i)), 3, false))
	}
	require.ErrorIs(t, s.PutItem(t.Context(), newItem("a/new"), 3, false), errs.TooMany)
	require.NoError(t, s.PutItem(t.Context(), newItem("a/01", func(i *profile.ShelfItem) { i.Title = "Changed" }), 3, false))
	page := itemsOf(t, s, profile.ShelfQuery{Person: "ann", List: "favourites"})
	require.Equal(t, []string{"a/00", "a/01", "a/02"}, refs(page))
	require.Equal(t, "Changed", page[1].Title)
	require.NoError(t, s.PutItem(t.Context(), newItem("a/01"), 2, false), "a list that is too long since the limit fell")
}

func checkShelfViewed(t *testing.T, s profile.ShelfStore) {
	putItems(t, s, newItem("a/0", ofPerson("bob")), newItem("a/0", on("follows"), minutes(-9)))
	for _, i := range []profile.ShelfItem{newItem("a/1", minutes(1)), newItem("a/2", minutes(2)), newItem("a/3", minutes(3)), newItem("a/1", minutes(4)), newItem("a/4", minutes(5))} {
		require.NoError(t, s.PutItem(t.Context(), i, 3, true))
	}
	require.Equal(t, []string{"a/4", "a/1", "a/3"}, refs(itemsOf(t, s, profile.ShelfQuery{Person: "ann", List: "favourites"})))
	require.NoError(t, s.PutItem(t.Context(), newItem("a/9", minutes(5)), 2, true))
	require.Equal(t, []string{"a/4", "a/9"}, refs(itemsOf(t, s, profile.ShelfQuery{Person: "ann", List: "favourites"})))
	require.Equal(t, []string{"a/4", "a/9", "a/0"}, annsRefs(t, s), "other lists keep theirs")
	require.Len(t, itemsOf(t, s, profile.ShelfQuery{Person: "bob"}), 1)
}

func checkShelfRace(t *testing.T, s profile.ShelfStore) {
	for _, viewed := range []bool{false, true} {
		list, failures := on(map[bool]string{false: "kept", true: "viewed"}[viewed]), make([]error, 8)
		var wg sync.WaitGroup
		for i := range failures {
			wg.Go(func() { failures[i] = s.PutItem(t.Context(), newItem(numbered("a/", i), list), 3, viewed) })
		}
		wg.Wait()
		kept := 0
		for _, err := range failures {
			if err == nil {
				kept++
				continue
			}
			require.False(t, viewed, "the oldest should have made room: %v", err)
			require.True(t, errors.Is(err, errs.TooMany), err)
		}
		if !viewed {
			require.Equal(t, 3, kept)
		}
	}
	require.Len(t, itemsOf(t, s, profile.ShelfQuery{Person: "ann", List: "kept"}), 3)
	require.Len(t, itemsOf(t, s, profile.ShelfQuery{Person: "ann", List: "viewed"}), 3)
}

func checkShelfFilter(t *testing.T, s profile.ShelfStore) {
	putItems(t, s, newItem("a/1", minutes(4)), newItem("a/2", minutes(3)), newItem("a/1", on("follows"), minutes(2)), newItem("A/1", minutes(1)), newItem("a/1", ofPerson("bob")))
	for _, c := range []struct {
		q    profile.ShelfQuery
		want []string
	}{
		{profile.ShelfQuery{Person: "ann"}, []string{"favourites a/1", "favourites a/2", "follows a/1", "favourites A/1"}},
		{profile.ShelfQuery{Person: "ann", List: "favourites"}, []string{"favourites a/1", "favourites a/2", "favourites A/1"}},
		{profile.ShelfQuery{Person: "ann", Ref: "a/1"}, []string{"favourites a/1", "follows a/1"}},
		{profile.ShelfQuery{Person: "ann", List: "follows", Ref: "a/1"}, []string{"follows a/1"}},
		{profile.ShelfQuery{Person: "ann", List: "follows", Ref: "a/2"}, []string{}},
		{profile.ShelfQuery{Person: "Ann"}, []string{}},
		{profile.ShelfQuery{}, []string{}},
	} {
		got := []string{}
		for _, i := range itemsOf(t, s, c.q) {
			got = append(got, i.List+" "+i.Ref)
		}
		require.Equal(t, c.want, got, "%+v", c.q)
	}
}

func checkShelfPages(t *testing.T, s profile.ShelfStore) {
	putItems(t, s, newItem("a/b", minutes(1)), newItem("a/new", minutes(2)), newItem("a/B", minutes(1)), newItem("a/old"),
		newItem("a/a", minutes(1)), newItem("a/0", on("zlast"), minutes(1)), newItem("a/z", on("Z"), minutes(1)))
	want := []string{"a/new", "a/z", "a/B", "a/a", "a/b", "a/0", "a/old"}
	for _, limit := range []int{1, 2, 3, 7, 8} {
		got := follow(t, limit, func(after string) ([]profile.ShelfItem, string, error) {
			return s.Items(t.Context(), profile.ShelfQuery{Person: "ann", After: after, Limit: limit})
		})
		require.Equal(t, want, refs(got), "pages of %d", limit)
	}
	for i := range 51 {
		putItems(t, s, newItem(numbered("a/", i), ofPerson("many")))
	}
	require.Len(t, itemsOf(t, s, profile.ShelfQuery{Person: "many"}), profile.DefaultLimit)
}

func checkShelfPosition(t *testing.T, s profile.ShelfStore) {
	putItems(t, s, newItem("a/1"))
	now := cursor.FormatTime(t0)
	for _, bad := range []string{"x", "!", cursor.Encode(now), cursor.Encode(now, "l"), cursor.Encode("then", "l", "r"), cursor.Encode("a", "b", "c", "d")} {
		_, _, err := s.Items(t.Context(), profile.ShelfQuery{Person: "ann", After: bad})
		require.ErrorIs(t, err, profile.ErrInvalid, "%q", bad)
		if _, err := cursor.Decode(bad, 1); err != nil {
			_, _, err := s.Followers(t.Context(), profile.FollowerQuery{List: "follows", Ref: "a/1", After: bad})
			require.ErrorIs(t, err, profile.ErrInvalid, "%q", bad)
		}
	}
}

func checkShelfRemove(t *testing.T, s profile.ShelfStore) {
	all := []profile.ShelfItem{newItem("a/1"), newItem("a/2"), newItem("a/1", on("follows")), newItem("a/1", ofPerson("ann2"))}
	for _, c := range []struct {
		q    profile.ShelfQuery
		gone int
		left []string
	}{
		{profile.ShelfQuery{Person: "ann", List: "favourites", Ref: "a/1"}, 1, []string{"a/2", "a/1"}},
		{profile.ShelfQuery{Person: "ann", List: "favourites", Ref: "a/3"}, 0, []string{"a/1", "a/2", "a/1"}},
		{profile.ShelfQuery{Person: "ann", List: "favourites", Limit: 1}, 2, []string{"a/1"}},
		{profile.ShelfQuery{Person: "ann", Ref: "a/1"}, 2, []string{"a/2"}},
		{profile.ShelfQuery{Person: "ann"}, 3, []string{}},
		{profile.ShelfQuery{Person: "nobody"}, 0, []string{"a/1", "a/2", "a/1"}},
	} {
		putItems(t, s, all...)
		n, err := s.RemoveItems(t.Context(), c.q)
		require.NoError(t, err)
		require.Equal(t, c.gone, n, "%+v", c.q)
		require.Equal(t, c.left, annsRefs(t, s), "%+v", c.q)
		require.Len(t, itemsOf(t, s, profile.ShelfQuery{Person: "ann2"}), 1)
	}
	putItems(t, s, all...)
	for _, q := range []profile.ShelfQuery{{}, {List: "favourites"}, {Ref: "a/1"}} {
		_, err := s.RemoveItems(t.Context(), q)
		require.ErrorIs(t, err, profile.ErrInvalid)
	}
	require.Len(t, annsRefs(t, s), 3)
}

func checkShelfFollowers(t *testing.T, s profile.ShelfStore) {
	follows := func(person, level, ref string) profile.ShelfItem {
		return newItem(ref, on("follows"), ofPerson(person), func(i *profile.ShelfItem) { i.Level = level })
	}
	putItems(t, s, follows("cid", "important", "a/1"), follows("ann", "all", "a/1"), follows("bob", "none", "a/1"), follows("Dan", "all", "a/1"),
		follows("eve", "all", "a/2"), follows("fay", "all", "A/1"), newItem("a/1", ofPerson("gil")))
	at := newItem("a/1").At
	want := []profile.Follower{{Person: "Dan", Level: "all", Since: at}, {Person: "ann", Level: "all", Since: at}, {Person: "cid", Level: "important", Since: at}}
	for _, limit := range []int{1, 2, 3, 4} {
		got := follow(t, limit, func(after string) ([]profile.Follower, string, error) {
			return s.Followers(t.Context(), profile.FollowerQuery{List: "follows", Ref: "a/1", After: after, Limit: limit})
		})
		require.Equal(t, want, got, "pages of %d", limit)
	}
	for i := range 51 {
		putItems(t, s, follows(numbered("p", i), "all", "a/9"))
	}
	page, next, err := s.Followers(t.Context(), profile.FollowerQuery{List: "follows", Ref: "a/9"})
	require.NoError(t, err)
	require.NotEmpty(t, next)
	require.Len(t, page, profile.DefaultLimit)
}

func checkShelfAliasing(t *testing.T, s profile.ShelfStore) {
	given := newItem("a/1")
	putItems(t, s, given)
	given.Data["q"] = "spoilt"
	got := itemsOf(t, s, profile.ShelfQuery{Person: "ann"})
	require.Equal(t, []profile.ShelfItem{newItem("a/1")}, got)
	got[0].Data["q"] = "spoilt"
	require.Equal(t, []profile.ShelfItem{newItem("a/1")}, itemsOf(t, s, profile.ShelfQuery{Person: "ann"}))
}

func checkShelfText(t *testing.T, s profile.ShelfStore) {
	for _, text := range suitetest.OddTexts() {
		want := newItem(text, ofPerson(text), on(text), func(i *profile.ShelfItem) {
			i.Title, i.Level, i.Data = text, text, map[string]string{text: text}
		})
		putItems(t, s, want)
		require.Equal(t, []profile.ShelfItem{want}, itemsOf(t, s, profile.ShelfQuery{Person: text, List: text, Ref: text}), "text %q", text)
		page, _, err := s.Followers(t.Context(), profile.FollowerQuery{List: text, Ref: text})
		require.NoError(t, err)
		require.Equal(t, []profile.Follower{{Person: text, Level: text, Since: want.At}}, page)
	}
	for _, bad := range []string{"a\x00b", "\xff"} {
		for _, change := range []func(*profile.ShelfItem){
			func(i *profile.ShelfItem) { i.Ref = bad },
			func(i *profile.ShelfItem) { i.Title = bad },
			func(i *profile.ShelfItem) { i.Data = map[string]string{"x": bad} },
			func(i *profile.ShelfItem) { i.Data = map[string]string{bad: "x"} },
		} {
			require.ErrorIs(t, s.PutItem(t.Context(), newItem("a/1", change), plenty, false), profile.ErrInvalid)
		}
	}
	require.Empty(t, annsRefs(t, s))
}

func checkShelfCancelled(t *testing.T, s profile.ShelfStore) {
	putItems(t, s, newItem("a/1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.PutItem(ctx, newItem("a/2"), plenty, false), context.Canceled)
	_, _, err := s.Items(ctx, profile.ShelfQuery{Person: "ann"})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.RemoveItems(ctx, profile.ShelfQuery{Person: "ann"})
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = s.Followers(ctx, profile.FollowerQuery{List: "follows", Ref: "a/1"})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []string{"a/1"}, annsRefs(t, s))
}
