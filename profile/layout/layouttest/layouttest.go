// Package layouttest checks implementations of [layout.Store]. Whoever keeps
// rules and trails elsewhere runs the same suite as the stores of this module:
//
//	func TestStore(t *testing.T) {
//		layouttest.TestStore(t, func(t *testing.T) layout.Store { return mylayout.New(newFake(t)) })
//	}
package layouttest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// TestStore runs the contract of [layout.Store] as subtests. open must return an
// empty store each time it is called.
func TestStore(t *testing.T, open func(t *testing.T) layout.Store) {
	suitetest.Run(t, contract(), open)
}

func contract() []suitetest.Promise[layout.Store] {
	return []suitetest.Promise[layout.Store]{
		{"Rules/RoundTrip", "Rulebook returns what SaveRulebook was given, with times in UTC, and the zero one at first", checkBookRoundTrip},
		{"Rules/At", "Rulebook returns the newest that is in force at a time", checkBookAt},
		{"Rules/Revisions", "SaveRulebook takes the next revision only, and of concurrent ones exactly one", checkBookRevisions},
		{"Rules/Keep", "SaveRulebook forgets nothing that a visit may still go by", checkBookKeep},
		{"Rules/NoAliasing", "changing a rulebook given to or got from a store changes nothing inside it", checkBookAliasing},
		{"Promotion/RoundTrip", "Promotions returns what SavePromotion was given, by ID in byte order", checkPromotionRoundTrip},
		{"Promotion/Versions", "SavePromotion keeps the rules of versions, RemovePromotion forgets", checkPromotionVersions},
		{"Promotion/NoAliasing", "changing a promotion given to or got from a store changes nothing inside it", checkPromotionAliasing},
		{"Choice/RoundTrip", "Choice returns what SaveChoice was given without Forget, and the zero one at first", checkChoiceRoundTrip},
		{"Choice/Versions", "SaveChoice takes the next version only, and of concurrent ones exactly one", checkChoiceVersions},
		{"Choice/Forget", "SaveChoice with Forget removes the uses of the same person, and nothing if it fails", checkChoiceForget},
		{"Use/Adds", "AddUses adds to what is kept for the same person, reference and day", checkUseAdds},
		{"Use/Whole", "AddUses adds all or nothing", checkUseWhole},
		{"Use/Race", "no use that is added at the same time as another is lost", checkUseRace},
		{"Start/First", "Begin keeps the first start of a visit and returns it from then on", checkStartFirst},
		{"Start/Race", "of concurrent starts of a visit one wins everywhere", checkStartRace},
		{"Start/NoAliasing", "changing a start given to or got from a store changes nothing inside it", checkStartAliasing},
		{"Show/Merges", "SaveShow keeps the first times of a visit and adds those that were missing", checkShowMerges},
		{"Trail/Order", "Trail returns uses, starts and shows of one person, in byte order", checkTrailOrder},
		{"Forget", "Forget removes all of one person, nothing of others, and counts it", checkForget},
		{"Prune", "Prune removes what is older than its kind is kept, but no dismissal", checkPrune},
		{"OddText", "text survives as it is and is only text; a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkCancelled},
	}
}

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

func newRule(id string, change ...func(*layout.Rule)) layout.Rule {
	r := layout.Rule{
		ID: id, Do: layout.ActionPromote, Ref: "category/hub",
		For:    layout.Match{Any: []string{"partner", "beta"}, All: []string{"region-eu"}, None: []string{"trial"}},
		Reason: map[string]string{"en": "It's \"for\" <partners> & $1", "ar": "\u0634\u0631\u0643\u0627\u0621"},
		Order:  -3, Off: true, SavedBy: "root", SavedAt: t0, Version: 1,
	}
	for _, c := range change {
		c(&r)
	}
	return r
}

func newBook(revision int, from time.Time, rules ...layout.Rule) layout.Rulebook {
	return layout.Rulebook{Revision: revision, From: from, Rules: rules}
}

func newPromotion(id string, change ...func(*layout.Promotion)) layout.Promotion {
	p := layout.Promotion{
		ID: id, Slot: "home/aside", Title: map[string]string{"en": "It's new", "de": "Neu"}, Text: map[string]string{"en": "?$1 😀"},
		Action: map[string]string{"en": "Look"}, Address: "/new?a=b&c=<d>", Audience: profile.Audience{"partner", "staff"},
		For:  layout.Match{Any: []string{"partner"}, All: []string{"a"}, None: []string{"b"}},
		From: "2026-03-01T09:00", To: "2026-04-01T09:00", Zone: "Europe/Vienna", PerPerson: 5, PerDay: 2, Priority: -1, Holdout: 10, Off: true,
		SavedBy: "root", SavedAt: t0, Version: 1,
	}
	for _, c := range change {
		c(&p)
	}
	return p
}

func add(t *testing.T, s layout.Store, uses ...layout.Use) {
	t.Helper()
	require.NoError(t, s.AddUses(t.Context(), uses))
}

func trail(t *testing.T, s layout.Store, who layout.Who) layout.Trail {
	t.Helper()
	got, err := s.Trail(t.Context(), who)
	require.NoError(t, err)
	return got
}

func book(t *testing.T, s layout.Store, at time.Time) layout.Rulebook {
	t.Helper()
	b, err := s.Rulebook(t.Context(), at)
	require.NoError(t, err)
	return b
}

func saveBook(t *testing.T, s layout.Store, b layout.Rulebook) {
	t.Helper()
	require.NoError(t, s.SaveRulebook(t.Context(), b, t0.AddDate(-1, 0, 0)))
}

func promotions(t *testing.T, s layout.Store) []layout.Promotion {
	t.Helper()
	list, err := s.Promotions(t.Context())
	require.NoError(t, err)
	return list
}

func numbered(prefix string, i int) string { return fmt.Sprintf("%s%02d", prefix, i) }
