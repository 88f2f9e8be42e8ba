// Package audittest checks implementations of [audit.Store]. Whoever keeps
// entries elsewhere runs the same suite as the stores of this module:
//
//	func TestStore(t *testing.T) {
//		audittest.TestStore(t, func(t *testing.T) audit.Store { return myaudit.New(newFake(t)) })
//	}
package audittest

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
)

// TestStore runs the contract of [audit.Store] as subtests. open must return an
// empty store each time it is called.
func TestStore(t *testing.T, open func(t *testing.T) audit.Store) {
	suitetest.Run(t, contract(), open)
}

func contract() []suitetest.Promise[audit.Store] {
	return []suitetest.Promise[audit.Store]{
		{"Append/RoundTrip", "Entries returns what Append was given, with Seq and Hash and times in UTC", checkRoundTrip},
		{"Append/Seal", "seal is given the hash before and the entry with its Seq, and what it returns is kept", checkSeal},
		{"Append/Race", "of entries that are appended at the same time each follows exactly one other", checkRace},
		{"Append/NoAliasing", "changing an entry given to or got from a store changes nothing inside it", checkAliasing},
		{"Entries/Filter", "Entries returns what matches every field that is set", checkFilter},
		{"Entries/Order", "Entries returns the newest first, at most Limit, and no limit is ErrInvalid", checkOrder},
		{"Chain", "Chain returns what comes after a Seq in the order it was written", checkChain},
		{"Prune", "Prune removes from the beginning what is older, a batch at most, and moves the base", checkPrune},
		{"Prune/Late", "Prune stops at the first entry that is not older, whatever comes after it", checkPruneLate},
		{"Prune/Hold", "Prune stops before an entry that concerns a token in hold", checkPruneHold},
		{"Prune/Names", "Prune forgets the tokens of what it removed that no entry has any more, and no others", checkPruneNames},
		{"Name", "Tokens returns the tokens of a person, Persons whom they stand for; a token is one person's", checkNames},
		{"Rename", "Rename puts a pseudonym in a person's place or forgets them, touches nobody else, and counts", checkRename},
		{"OddText", "text survives as it is and is only text", checkText},
		{"BadText", "a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkBadText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkCancelled},
	}
}

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

func newEntry(change ...func(*audit.Entry)) audit.Entry {
	e := audit.Entry{
		At: t0, Action: "person.changed", Outcome: profile.OutcomeFailed, Actor: "p-root", As: audit.KindStaff, Behalf: "p-ann", Person: "p-bob",
		Subject: "segment/eu", Account: "acme", Session: "s1", Network: "203.0.113.0/24",
		Changes: []profile.Change{{Field: "roles", From: "customer", To: "manager"}, {Field: "name", From: "•••", To: "•••"}},
		Why:     "asked for by telephone", Of: 7,
	}
	for _, f := range change {
		f(&e)
	}
	return e
}

// chained is a seal that shows what it was given.
func chained(prev string, e audit.Entry) string {
	if prev != "" {
		prev = prev[:min(len(prev), 8)]
	}
	return strconv.FormatInt(e.Seq, 10) + "<" + prev
}

func add(t *testing.T, s audit.Store, change ...func(*audit.Entry)) audit.Entry {
	t.Helper()
	e, err := s.Append(t.Context(), newEntry(change...), chained)
	require.NoError(t, err)
	return e
}

func all(t *testing.T, s audit.Store, f audit.Filter) []audit.Entry {
	t.Helper()
	if f.Limit == 0 {
		f.Limit = 1000
	}
	list, err := s.Entries(t.Context(), f)
	require.NoError(t, err)
	return list
}

func seqs(list []audit.Entry) []int64 {
	out := []int64{}
	for _, e := range list {
		out = append(out, e.Seq)
	}
	return out
}

func checkRoundTrip(t *testing.T, s audit.Store) {
	given := newEntry(func(e *audit.Entry) { e.At = t0.Add(789 * time.Nanosecond).In(time.FixedZone("elsewhere", 19800)) })
	got, err := s.Append(t.Context(), given, chained)
	require.NoError(t, err)
	want := newEntry()
	want.Seq, want.Hash = 1, "1<"
	require.Equal(t, want, got)
	require.Equal(t, []audit.Entry{want}, all(t, s, audit.Filter{}))
	bare, err := s.Append(t.Context(), audit.Entry{At: t0, Action: "a.b"}, chained)
	require.NoError(t, err)
	require.Equal(t, audit.Entry{Seq: 2, At: t0, Action: "a.b", Hash: "2<1<"}, bare)
	require.Equal(t, bare, all(t, s, audit.Filter{})[0])
}

func checkSeal(t *testing.T, s audit.Store) {
	base, head, err := s.Ends(t.Context())
	require.NoError(t, err)
	require.Zero(t, base)
	require.Zero(t, head)
	add(t, s)
	var prev string
	var given audit.Entry
	e, err := s.Append(t.Context(), newEntry(), func(p string, e audit.Entry) string {
		prev, given = p, e
		return "sealed"
	})
	require.NoError(t, err)
	require.Equal(t, "1<", prev)
	require.Equal(t, int64(2), given.Seq)
	require.Equal(t, e.At, given.At, "the time as it is kept")
	require.Equal(t, "sealed", e.Hash)
	_, head, err = s.Ends(t.Context())
	require.NoError(t, err)
	require.Equal(t, audit.Mark{Seq: 2, Hash: "sealed"}, head)
}

func checkRace(t *testing.T, s audit.Store) {
	const writers, each = 8, 10
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for i := range writers {
		wg.Go(func() {
			for range each {
				_, err := s.Append(t.Context(), newEntry(), func(prev string, e audit.Entry) string { return strconv.FormatInt(e.Seq, 10) + "<" + first(prev) })
				errs[i] = errors.Join(errs[i], err)
			}
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	list, err := s.Chain(t.Context(), 0, 1000)
	require.NoError(t, err)
	require.Len(t, list, writers*each)
	prev := ""
	for i, e := range list {
		require.Equal(t, int64(i+1), e.Seq)
		require.Equal(t, strconv.Itoa(i+1)+"<"+first(prev), e.Hash)
		prev = e.Hash
	}
}

// first returns the number that a hash of checkRace begins with.
func first(hash string) string {
	for i, c := range hash {
		if c == '<' {
			return hash[:i]
		}
	}
	return hash
}

func checkAliasing(t *testing.T, s audit.Store) {
	given := newEntry()
	got, err := s.Append(t.Context(), given, chained)
	require.NoError(t, err)
	given.Changes[0].To, got.Changes[0].To = "spoilt", "spoilt"
	all(t, s, audit.Filter{})[0].Changes[0].To = "spoilt"
	list, err := s.Chain(t.Context(), 0, 1)
	require.NoError(t, err)
	require.Len(t, list[0].Changes, len(given.Changes))
	list[0].Changes[1].To = "spoilt"
	require.Equal(t, newEntry().Changes, all(t, s, audit.Filter{})[0].Changes)
}

func checkFilter(t *testing.T, s audit.Store) {
	add(t, s, func(e *audit.Entry) { e.Actor, e.Behalf, e.Person, e.Action = "p-1", "", "p-2", "person.read" })
	add(t, s, func(e *audit.Entry) { e.Actor, e.Behalf, e.Person, e.Action = "p-2", "p-3", "p-3", "personal.x" })
	add(t, s, func(e *audit.Entry) {
		e.Actor, e.Behalf, e.Person, e.Action, e.Outcome = "p-3", "p-1", "", "person", profile.OutcomeRefused
	})
	add(t, s, func(e *audit.Entry) {
		e.Actor, e.Behalf, e.Person, e.Action, e.Outcome, e.At = "", "", "", "person_x", profile.OutcomeDone, t0.Add(time.Hour)
	})
	refused, done := string(profile.OutcomeRefused), string(profile.OutcomeDone)
	for name, c := range map[string]struct {
		f    audit.Filter
		want []int64
	}{
		"all":         {audit.Filter{}, []int64{4, 3, 2, 1}},
		"who":         {audit.Filter{Who: []string{"p-1", "p-3"}}, []int64{3, 1}},
		"whom":        {audit.Filter{Whom: []string{"p-2"}}, []int64{1}},
		"anyone":      {audit.Filter{Anyone: []string{"p-1"}}, []int64{3, 1}},
		"anyone two":  {audit.Filter{Anyone: []string{"p-2", "p-3"}}, []int64{3, 2, 1}},
		"except":      {audit.Filter{Except: []string{"p-1", "p-2"}}, []int64{4, 3}},
		"nobody":      {audit.Filter{Who: []string{}}, []int64{}},
		"about no":    {audit.Filter{Whom: []string{}}, []int64{}},
		"none at all": {audit.Filter{Anyone: []string{}}, []int64{}},
		"kind":        {audit.Filter{Action: "person"}, []int64{3, 1}},
		"action":      {audit.Filter{Action: "person.read"}, []int64{1}},
		"not pattern": {audit.Filter{Action: "person%"}, []int64{}},
		"refused":     {audit.Filter{Outcome: &refused}, []int64{3}},
		"done":        {audit.Filter{Outcome: &done}, []int64{4}},
		"from":        {audit.Filter{From: t0.Add(time.Minute)}, []int64{4}},
		"from at":     {audit.Filter{From: t0}, []int64{4, 3, 2, 1}},
		"to":          {audit.Filter{To: t0.Add(time.Hour)}, []int64{3, 2, 1}},
		"before":      {audit.Filter{Before: 3}, []int64{2, 1}},
		"together":    {audit.Filter{Anyone: []string{"p-3"}, Before: 3, To: t0.Add(time.Second), Action: "personal"}, []int64{2}},
	} {
		require.Equal(t, c.want, seqs(all(t, s, c.f)), name)
	}
}

func checkOrder(t *testing.T, s audit.Store) {
	for i := range 5 {
		add(t, s, func(e *audit.Entry) { e.At = t0.Add(-time.Duration(i) * time.Hour) })
	}
	require.Equal(t, []int64{5, 4}, seqs(all(t, s, audit.Filter{Limit: 2})))
	require.Equal(t, []int64{3, 2}, seqs(all(t, s, audit.Filter{Limit: 2, Before: 4})))
	for _, limit := range []int{0, -1} {
		_, err := s.Entries(t.Context(), audit.Filter{Limit: limit})
		require.ErrorIs(t, err, profile.ErrInvalid)
	}
}

func checkChain(t *testing.T, s audit.Store) {
	for range 4 {
		add(t, s)
	}
	for _, c := range []struct {
		after int64
		limit int
		want  []int64
	}{{0, 10, []int64{1, 2, 3, 4}}, {2, 10, []int64{3, 4}}, {1, 2, []int64{2, 3}}, {4, 10, []int64{}}, {9, 1, []int64{}}} {
		list, err := s.Chain(t.Context(), c.after, c.limit)
		require.NoError(t, err)
		require.Equal(t, c.want, seqs(list))
	}
}

func checkText(t *testing.T, s audit.Store) {
	odd := `it's "<&>" ? $1 :x %_ \ 😀 ` + "\u0645\u0631\u062d\u0628\u0627"
	add(t, s, func(e *audit.Entry) { e.Why, e.Action, e.Actor, e.Changes[0].From = odd, odd, odd, odd })
	got := all(t, s, audit.Filter{Action: odd, Who: []string{odd}})
	require.Len(t, got, 1)
	require.Equal(t, []string{odd, odd, odd}, []string{got[0].Why, got[0].Actor, got[0].Changes[0].From})
}

func checkBadText(t *testing.T, s audit.Store) {
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		for _, change := range []func(*audit.Entry){
			func(e *audit.Entry) { e.Why = bad }, func(e *audit.Entry) { e.Actor = bad }, func(e *audit.Entry) { e.Changes[1].To = bad },
		} {
			_, err := s.Append(t.Context(), newEntry(change), chained)
			require.ErrorIs(t, err, profile.ErrInvalid)
		}
		require.ErrorIs(t, s.Name(t.Context(), "p-1", bad), profile.ErrInvalid)
	}
	require.Empty(t, all(t, s, audit.Filter{}))
	_, head, err := s.Ends(t.Context())
	require.NoError(t, err)
	require.Zero(t, head)
}

func checkCancelled(t *testing.T, s audit.Store) {
	add(t, s)
	require.NoError(t, s.Name(t.Context(), "p-1", "ann"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Append(ctx, newEntry(), chained)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Entries(ctx, audit.Filter{Limit: 1})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Chain(ctx, 0, 1)
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = s.Ends(ctx)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Prune(ctx, t0.AddDate(1, 0, 0), nil, 10)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.Name(ctx, "p-2", "ann"), context.Canceled)
	_, err = s.Tokens(ctx, "ann")
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Persons(ctx, []string{"p-1"})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Rename(ctx, "ann", "")
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, all(t, s, audit.Filter{}), 1)
	known, err := s.Tokens(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []string{"p-1"}, known)
}
