// Package casestest checks implementations of [cases.Store], and helps to test
// what is built on one.
//
//	func TestStore(t *testing.T) {
//		casestest.TestStore(t, func(t *testing.T) cases.Store { return mystore.New() })
//	}
package casestest

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestStore runs the contract of [cases.Store] as subtests. open must return an
// empty store each time it is called.
func TestStore(t *testing.T, open func(t *testing.T) cases.Store) {
	suitetest.Run(t, contract(), open)
}

func contract() []suitetest.Promise[cases.Store] {
	return []suitetest.Promise[cases.Store]{
		{"RoundTrip", "what was saved comes back as it was, with times in UTC to the microsecond", checkRoundTrip},
		{"Versions", "Save keeps the rules of versions", checkVersions},
		{"Reference", "a reference is there once, and leads to its case", checkReference},
		{"Batch", "several cases are saved all or not at all", checkBatch},
		{"Impossible", "a case named twice, an entry of no case, a compound audience and a priority that is none are ErrInvalid", checkImpossible},
		{"Entries", "entries come in order, after a number, internal ones only if asked for", checkEntries},
		{"Gapless", "entries have the numbers that follow, without gaps, and IDs of their own", checkGapless},
		{"Race", "of those who save a version at once exactly one does", checkRace},
		{"NothingLost", "whoever saves again after ErrConflict loses nothing, and gaps nothing", checkNothingLost},
		{"Filters", "a query selects what it says, and nothing else", checkFilters},
		{"Sight", "a list and a count hold what a sight admits, each once, and nothing else", checkSight},
		{"Moved", "who loses or gains the sight of a case does so at once", checkMoved},
		{"Orders", "each order is what it says, and ties go by ID", checkOrders},
		{"Pages", "pages hold everything once, in any order and with any filter", checkPages},
		{"Token", "a token or an order that is none is ErrInvalid", checkToken},
		{"Count", "Count counts what the list holds, and no more than most", checkCount},
		{"Changes", "every change is told, the last of each case after the cursor", checkChanges},
		{"Wait", "WaitChanges returns when something changed, or the context is done", checkWait},
		{"BadCursor", "a cursor of somewhere else is search.ErrRebuild", checkBadCursor},
		{"Forget", "Forget takes a person out wherever one is named, with what they wrote, and nobody else", checkForget},
		{"Naming", "Naming finds the cases that name a person, page by page", checkNaming},
		{"Purge", "Purge removes cases with their entries and links to them, and nothing else", checkPurge},
		{"OddText", "text survives as it is and is only text", checkOddText},
		{"BadText", "a NUL or what is not UTF-8 is ErrInvalid, and nothing is found by it", checkBadText},
		{"BadTimes", "times that cannot be read back are ErrInvalid", checkBadTimes},
		{"NoAliasing", "changing what was given to or got from a store changes nothing inside it", checkAliasing},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkCancelled},
	}
}

var t0 = time.Date(2026, 3, 2, 9, 30, 0, 123456000, time.UTC)

// NewCase returns a case in its first version, without entries, changed by edit.
func NewCase(id string, edit ...func(*cases.Case)) cases.Case {
	c := cases.Case{
		ID: id, Reference: "ref-" + id, Kind: "question", Subject: "Case " + id, Status: "new", State: cases.StateOpen,
		Priority: cases.PriorityNormal, Impact: cases.LevelMedium, Urgency: cases.LevelMedium, Requester: "ann", Queue: "support",
		Channel: cases.ChannelPortal, Locale: "en", CreatedAt: t0, UpdatedAt: t0, TouchedAt: t0,
		Audience: profile.NewAudience("person:ann"), Input: "hash of " + id, Version: 1,
	}
	for _, f := range edit {
		f(&c)
	}
	return c
}

// NewEntry returns the entry of a case with a number.
func NewEntry(of string, number int, edit ...func(*cases.Entry)) cases.Entry {
	e := cases.Entry{
		ID: of + "-" + strconv.Itoa(number), Case: of, Number: number, Kind: cases.EntryReply, Author: "ann", Side: cases.SideCustomer,
		Body: "Text " + strconv.Itoa(number), Channel: cases.ChannelPortal, At: t0.Add(time.Duration(number) * time.Minute), Input: "in",
	}
	for _, f := range edit {
		f(&e)
	}
	return e
}

// full returns a case with something in every place.
func full(id string) cases.Case {
	return NewCase(id, func(c *cases.Case) {
		c.OpenedBy, c.Account, c.Private, c.Assignee, c.Escalated, c.Product = "cem", "acme", true, "dan", true, "x-100"
		c.People = []cases.Participant{{Person: "eve", Comment: true, Added: t0, By: "ann"}, {Person: "fay", Added: t0, By: "eve"}}
		c.Fields = map[string][]string{"version": {"1", "2"}, "serial": {"S-1"}}
		c.Articles, c.Tags = []string{"article/a", "article/b"}, []string{"vip", "loud"}
		c.Links = []cases.Link{{Kind: cases.LinkRelated, Case: "other"}, {Kind: cases.LinkParent, Case: "larger"}}
		c.Solution, c.RepliedAt, c.WaitingAt, c.SolvedAt, c.ClosedAt = "e-1", t0.Add(1), t0.Add(2), t0.Add(3*time.Second), t0.Add(time.Hour)
		c.RepliedAt, c.WaitingAt = t0.Add(time.Microsecond), t0.Add(2*time.Microsecond)
		c.UpdatedAt, c.TouchedAt = t0.Add(time.Minute), t0.Add(2*time.Minute)
		c.Audience = profile.NewAudience("may:cases.queue.support", "person:ann", "person:eve", "person:fay")
	})
}

// save stores cases and entries, which must succeed.
func save(t testing.TB, s cases.Store, list []cases.Case, entries ...cases.Entry) {
	t.Helper()
	require.NoError(t, s.Save(t.Context(), list, entries))
}

// read returns a case that must be there.
func read(t testing.TB, s cases.Store, id string) cases.Case {
	t.Helper()
	c, err := s.Case(t.Context(), id)
	require.NoError(t, err)
	return c
}

// list returns the IDs of everything that a query selects, through every page.
func list(t testing.TB, s cases.Store, q cases.Query) []string {
	t.Helper()
	ids := []string{}
	for range 1000 {
		page, next, err := s.Cases(t.Context(), q)
		require.NoError(t, err)
		if q.Limit > 0 {
			require.LessOrEqual(t, len(page), q.Limit)
		}
		for _, c := range page {
			ids = append(ids, c.ID)
		}
		if next == "" {
			return ids
		}
		q.After = next
	}
	require.Fail(t, "there is no last page")
	return nil
}
