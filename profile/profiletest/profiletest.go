// Package profiletest checks implementations of [profile.Store]. Whoever keeps
// people in a CRM or a directory service runs the same suite as the stores of
// this module:
//
//	func TestStore(t *testing.T) {
//		profiletest.TestStore(t, func(t *testing.T) profile.Store {
//			return crmprofile.New(newFakeCRM(t))
//		})
//	}
package profiletest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestStore runs the contract of [profile.Store] as subtests. open must return
// an empty store each time it is called.
func TestStore(t *testing.T, open func(t *testing.T) profile.Store) {
	suitetest.Run(t, contract(), open)
}

func contract() []suitetest.Promise[profile.Store] {
	return []suitetest.Promise[profile.Store]{
		{"Person/RoundTrip", "Person returns what SavePerson was given, without Key and with times in UTC", checkPersonRoundTrip},
		{"Person/Bare", "a person with nothing but an ID, a name and times survives", checkPersonBare},
		{"Person/Taken", "SavePerson with Version 1 returns ErrConflict for an ID that exists, and changes nothing", checkPersonTaken},
		{"Person/Missing", "reads, changes and removals of unknown IDs return ErrNotFound", checkPersonMissing},
		{"Person/Change", "SavePerson replaces every field of the version before", checkPersonChange},
		{"Person/Version", "SavePerson returns ErrConflict unless Version is one more than stored", checkPersonVersion},
		{"Person/Race", "of concurrent changes to one version exactly one succeeds, of concurrent creates too", checkPersonRace},
		{"Person/Remove", "RemovePerson forgets the person, whose ID is free again", checkPersonRemove},
		{"Person/NoAliasing", "changing a slice or map given to or got from a store changes nothing inside it", checkPersonAliasing},
		{"Person/Filter", "People returns what matches every field that is set", checkPersonFilter},
		{"Person/Pages", "following positions visits every match once, by name and ID in byte order", checkPersonPages},
		{"Person/Limit", "People returns at most Limit people, 50 if it is 0", checkPersonLimit},
		{"Person/BadPosition", "a position that was not given out is ErrInvalid", checkPersonPosition},
		{"Person/OddText", "text survives as it is and is only text: quotes, placeholders, patterns, emoji, right-to-left", checkPersonText},
		{"Person/BadText", "a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkPersonBadText},
		{"Account/RoundTrip", "Account returns what SaveAccount was given, without Key and with times in UTC", checkAccountRoundTrip},
		{"Account/Versions", "SaveAccount keeps the rules of versions", checkAccountVersions},
		{"Account/NoAliasing", "changing a slice or map given to or got from a store changes nothing inside it", checkAccountAliasing},
		{"Account/Pages", "following positions visits every account once, by name and ID in byte order", checkAccountPages},
		{"Segment/RoundTrip", "Segments returns what SaveSegment was given, by name in byte order", checkSegmentRoundTrip},
		{"Segment/Versions", "SaveSegment keeps the rules of versions, RemoveSegment forgets", checkSegmentVersions},
		{"Segment/NoAliasing", "changing a rule given to or got from a store changes nothing inside it", checkSegmentAliasing},
		{"Apart", "a person, an account and a segment may have the same ID", checkApart},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkCancelled},
	}
}

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

// somewhere is not UTC.
func somewhere() *time.Location { return time.FixedZone("somewhere", 5*3600+1800) }

func newPerson(id string, change ...func(*profile.Person)) profile.Person {
	p := profile.Person{
		ID: id, Name: "Ann Ash", Email: "ann@acme.example", Account: "acme",
		Roles: []profile.Role{profile.RoleCustomer, profile.RoleManager}, Locale: "de-AT", Zone: "Europe/Vienna",
		Attributes: map[string][]string{"team": {"ops", "dev"}, "tier": {"1"}},
		CreatedAt:  t0, UpdatedAt: t0.Add(time.Second), LockedAt: t0.Add(time.Minute), Version: 1, Origin: "hash",
	}
	for _, f := range change {
		f(&p)
	}
	return p
}

func newAccount(id string, change ...func(*profile.Account)) profile.Account {
	a := profile.Account{
		ID: id, Name: "Acme", Plan: "enterprise", Country: "AT", Products: []string{"hub", "cloud"},
		Attributes: map[string][]string{"region": {"emea"}},
		CreatedAt:  t0, UpdatedAt: t0.Add(time.Second), LockedAt: t0.Add(time.Minute), Version: 1, Origin: "hash",
	}
	for _, f := range change {
		f(&a)
	}
	return a
}

func newSegment(name string, change ...func(*profile.Segment)) profile.Segment {
	s := profile.Segment{
		Name: name, Title: "Certified partners", Description: "Whose papers are in order",
		Rule: profile.Rule{All: []profile.Rule{
			{Fact: profile.FactRole, Op: profile.OpIn, Values: []string{"partner", "it's <&> \"odd\""}},
			{Any: []profile.Rule{{Fact: "person.papers", Op: profile.OpKnown}}},
		}},
		CreatedAt: t0, UpdatedAt: t0.Add(time.Second), Version: 1, Origin: "hash",
	}
	for _, f := range change {
		f(&s)
	}
	return s
}

func savePeople(t *testing.T, s profile.Store, people ...profile.Person) {
	t.Helper()
	for _, p := range people {
		require.NoError(t, s.SavePerson(t.Context(), p))
	}
}

func personIDs(people []profile.Person) []string {
	out := []string{}
	for _, p := range people {
		out = append(out, p.ID)
	}
	return out
}

// follow collects all pages of a list, whose length it bounds.
func follow[T any](t *testing.T, limit int, list func(after string) ([]T, string, error)) []T {
	t.Helper()
	var got []T
	after := ""
	for range 100 {
		page, next, err := list(after)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page), limit)
		got = append(got, page...)
		if next == "" {
			return got
		}
		require.NotEmpty(t, page, "a page that is not the last has rows")
		after = next
	}
	require.Fail(t, "the list does not end")
	return nil
}

func numbered(prefix string, i int) string { return fmt.Sprintf("%s%02d", prefix, i) }
