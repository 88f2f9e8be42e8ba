package kbtest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

var workingPromises = []promise{
	{"Working", "Working returns what SaveWorking was given last for the same person and text, times in UTC to the microsecond", checkWorking},
	{"Workings", "Workings returns what a person has and nothing of others, newest first", checkWorkings},
	{"WorkingApart", "what somebody has not saved changes no stamp, and dropping it drops nothing else", checkWorkingApart},
	{"Locks", "Locks returns those of an article that last, by language and beginning; a lock that is kept up keeps its beginning", checkLocks},
	{"LocksEnd", "a lock that has ended is nobody's, and begins anew", checkLocksEnd},
	{"WorkingText", "NUL and broken UTF-8 are ErrInvalid to write, and nothing to read", checkWorkingText},
	{"WorkingCancelled", "a cancelled context stops every call and writes nothing", checkWorkingCancelled},
}

func working(person, article string, change ...func(*kb.Working)) kb.Working {
	w := kb.Working{
		Person: person, Article: article, Locale: "en", Version: 3, Head: 2, Base: "base",
		Text: kb.Text{Title: "It's $1 %", Slug: "s", Summary: "الملخص", Body: "# Body\n\n😀 ", Note: "n", SEOTitle: "s", Description: "d"},
		Meta: kb.Meta{
			Category: "c", Kind: kb.KindFAQ, Audience: profile.NewAudience("partner", "staff"), Products: []string{"p"}, Tags: []string{"t"},
			Related: []string{"r"}, Fields: map[string]string{"starts": "soon"}, Order: 7, Owner: "o",
		},
		At: t0.In(time.FixedZone("X", 7200)),
	}
	for _, f := range change {
		f(&w)
	}
	return w
}

func checkWorking(t testing.TB, s kb.Store) {
	_, err := s.Working(t.Context(), "ann", "a", "en")
	require.ErrorIs(t, err, kb.ErrNotFound)
	w := working("ann", "a")
	require.NoError(t, s.SaveWorking(t.Context(), w))
	w.Meta.Tags[0], w.Meta.Fields["starts"] = "changed", "changed"
	want := working("ann", "a", func(w *kb.Working) { w.At = t0 })
	got, err := s.Working(t.Context(), "ann", "a", "en")
	require.NoError(t, err)
	require.Equal(t, want, got)
	got.Meta.Tags[0] = "changed"
	got, err = s.Working(t.Context(), "ann", "a", "en")
	require.NoError(t, err)
	require.Equal(t, want, got, "what was got is not what is kept")
	next := kb.Working{Person: "ann", Article: "a", Locale: "en", Text: kb.Text{Body: "less"}, At: t0.Add(time.Hour)}
	require.NoError(t, s.SaveWorking(t.Context(), next))
	got, err = s.Working(t.Context(), "ann", "a", "en")
	require.NoError(t, err)
	require.Equal(t, next, got)
	for _, other := range [][3]string{{"bob", "a", "en"}, {"ann", "", "en"}, {"ann", "a", "de"}} {
		_, err = s.Working(t.Context(), other[0], other[1], other[2])
		require.ErrorIs(t, err, kb.ErrNotFound, other)
	}
}

func checkWorkings(t testing.TB, s kb.Store) {
	at := func(minutes int) func(*kb.Working) {
		return func(w *kb.Working) { w.At = t0.Add(time.Duration(minutes) * time.Minute) }
	}
	german := func(w *kb.Working) { w.Locale = "de" }
	for _, w := range []kb.Working{working("ann", "b", at(1)), working("ann", "a", at(1)), working("ann", "a", at(1), german), working("ann", "", at(2)), working("bob", "a", at(9))} {
		require.NoError(t, s.SaveWorking(t.Context(), w))
	}
	names := func(person string, limit int) []string {
		list, err := s.Workings(t.Context(), person, limit)
		require.NoError(t, err)
		out := []string{}
		for _, w := range list {
			require.Equal(t, person, w.Person)
			require.Equal(t, "# Body\n\n😀 ", w.Text.Body)
			out = append(out, w.Article+"/"+w.Locale)
		}
		return out
	}
	require.Equal(t, []string{"/en", "a/de", "a/en", "b/en"}, names("ann", 10))
	require.Equal(t, []string{"/en", "a/de"}, names("ann", 2))
	require.Equal(t, []string{"a/en"}, names("bob", 10))
	require.Empty(t, names("zoe", 10))
	require.Empty(t, names("", 10))
}

func checkWorkingApart(t testing.TB, s kb.Store) {
	save(t, s, article("a"))
	places, content, err := s.Stamps(t.Context())
	require.NoError(t, err)
	for _, w := range []kb.Working{working("ann", "a"), working("bob", "a"), working("ann", "")} {
		require.NoError(t, s.SaveWorking(t.Context(), w))
	}
	require.NoError(t, s.KeepLock(t.Context(), kb.Lock{Article: "a", Locale: "en", Person: "ann", Since: t0, Until: t0.Add(time.Minute)}))
	require.NoError(t, s.DropWorking(t.Context(), "ann", "a", "en"))
	require.NoError(t, s.DropWorking(t.Context(), "ann", "a", "en"), "there is nothing left to drop")
	for _, left := range [][2]string{{"bob", "a"}, {"ann", ""}} {
		_, err := s.Working(t.Context(), left[0], left[1], "en")
		require.NoError(t, err, left)
	}
	_, err = s.Working(t.Context(), "ann", "a", "en")
	require.ErrorIs(t, err, kb.ErrNotFound)
	p, c, err := s.Stamps(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{places, content}, []string{p, c})
}

// locks returns who holds an article at a time, in short.
func locks(t testing.TB, s kb.Store, article string, at time.Time) []string {
	t.Helper()
	list, err := s.Locks(t.Context(), article, at)
	require.NoError(t, err)
	out := []string{}
	for _, k := range list {
		require.Equal(t, article, k.Article)
		require.Equal(t, time.UTC, k.Since.Location())
		out = append(out, fmt.Sprintf("%s/%s %d-%d", k.Locale, k.Person, k.Since.Sub(t0)/time.Second, k.Until.Sub(t0)/time.Second))
	}
	return out
}

func hold(t testing.TB, s kb.Store, article, locale, person string, since, until int) {
	t.Helper()
	zone := time.FixedZone("X", 3600)
	at := func(seconds int) time.Time { return t0.Add(time.Duration(seconds) * time.Second).In(zone) }
	require.NoError(t, s.KeepLock(t.Context(), kb.Lock{Article: article, Locale: locale, Person: person, Since: at(since), Until: at(until)}))
}

func checkLocks(t testing.TB, s kb.Store) {
	hold(t, s, "a", "en", "bob", 5, 90)
	hold(t, s, "a", "en", "ann", 7, 90)
	hold(t, s, "a", "de", "zoe", 9, 90)
	hold(t, s, "b", "en", "ann", 1, 90)
	require.Equal(t, []string{"de/zoe 9-90", "en/bob 5-90", "en/ann 7-90"}, locks(t, s, "a", t0))
	hold(t, s, "a", "en", "bob", 40, 130)
	hold(t, s, "a", "en", "ann", 41, 60)
	require.Equal(t, []string{"de/zoe 9-90", "en/bob 5-130", "en/ann 7-60"}, locks(t, s, "a", t0))
	require.NoError(t, s.DropLock(t.Context(), "a", "en", "bob"))
	require.NoError(t, s.DropLock(t.Context(), "a", "en", "bob"), "there is nothing left to drop")
	require.Equal(t, []string{"de/zoe 9-90", "en/ann 7-60"}, locks(t, s, "a", t0))
	require.Equal(t, []string{"en/ann 1-90"}, locks(t, s, "b", t0))
	require.Empty(t, locks(t, s, "c", t0))
}

func checkLocksEnd(t testing.TB, s kb.Store) {
	hold(t, s, "a", "en", "ann", 0, 60)
	hold(t, s, "a", "en", "bob", 0, 90)
	require.Equal(t, []string{"en/bob 0-90"}, locks(t, s, "a", t0.Add(time.Minute)), "one that ends then has ended")
	require.Len(t, locks(t, s, "a", t0.Add(time.Minute-time.Microsecond)), 2)
	hold(t, s, "a", "en", "ann", 60, 120)
	require.Equal(t, []string{"en/bob 0-90", "en/ann 60-120"}, locks(t, s, "a", t0.Add(time.Minute)))
	hold(t, s, "a", "en", "zoe", 100, 200)
	require.Equal(t, []string{"en/ann 60-120", "en/zoe 100-200"}, locks(t, s, "a", t0), "what has ended is gone")
}

func checkWorkingText(t testing.TB, s kb.Store) {
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		for _, change := range []func(*kb.Working){
			func(w *kb.Working) { w.Text.Body = bad }, func(w *kb.Working) { w.Meta.Tags[0] = bad }, func(w *kb.Working) { w.Meta.Fields[bad] = "x" },
			func(w *kb.Working) { w.Person = bad },
		} {
			require.ErrorIs(t, s.SaveWorking(t.Context(), working("ann", "a", change)), kb.ErrInvalid)
		}
		require.ErrorIs(t, s.KeepLock(t.Context(), kb.Lock{Article: bad, Locale: "en", Person: "ann", Since: t0, Until: t0}), kb.ErrInvalid)
		_, err := s.Working(t.Context(), bad, "a", "en")
		require.ErrorIs(t, err, kb.ErrNotFound)
		require.NoError(t, s.DropWorking(t.Context(), bad, "a", "en"))
		require.NoError(t, s.DropLock(t.Context(), bad, "a", "en"))
		require.Empty(t, locks(t, s, bad, t0))
	}
	list, err := s.Workings(t.Context(), "ann", 10)
	require.NoError(t, err)
	require.Empty(t, list)
}

func checkWorkingCancelled(t testing.TB, s kb.Store) {
	require.NoError(t, s.SaveWorking(t.Context(), working("ann", "a")))
	hold(t, s, "a", "en", "ann", 0, 60)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Working(ctx, "ann", "a", "en")
	_, listErr := s.Workings(ctx, "ann", 9)
	_, locksErr := s.Locks(ctx, "a", t0)
	for i, err := range []error{
		err, listErr, locksErr, s.SaveWorking(ctx, working("ann", "b")), s.DropWorking(ctx, "ann", "a", "en"),
		s.KeepLock(ctx, kb.Lock{Article: "b", Locale: "en", Person: "ann", Since: t0, Until: t0.Add(time.Hour)}), s.DropLock(ctx, "a", "en", "ann"),
	} {
		require.ErrorIs(t, err, context.Canceled, "call %d", i)
	}
	list, err := s.Workings(t.Context(), "ann", 9)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Len(t, locks(t, s, "a", t0), 1)
	require.Empty(t, locks(t, s, "b", t0))
}
