package profile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
)

func TestReservedSegmentsAreNotGranted(t *testing.T) {
	granted := []string{"public", "signed-in", "staff", "person:ann", "account:acme", "role:admin", "vip"}
	s := profile.Actor{Segments: granted}.Sight()
	require.Equal(t, []string{"public", "vip"}, s.Segments())
	s = profile.Actor{ID: "eve", Account: "evil", Roles: []profile.Role{"customer"}, Segments: granted}.Sight()
	require.Equal(t, []string{"account:evil", "person:eve", "public", "role:customer", "signed-in", "vip"}, s.Segments())
}

// A name that could be read as another one, or as two, must count for nothing.
func TestOddNamesCountForNothing(t *testing.T) {
	odd := profile.Actor{
		ID: "eve\nstaff", Account: "a+b", Roles: []profile.Role{"x\nstaff", "y+staff"},
		Segments: []string{"partner+vip", "vip\npartner", "", "Vip", "+"},
	}
	require.Equal(t, []string{"public", "signed-in"}, odd.Sight().Segments())
	require.NotContains(t, odd.Sight().Terms([]string{"partner+vip"}), "partner+vip")
}

func TestSightKey(t *testing.T) {
	a := profile.Actor{ID: "ann", Segments: []string{"x", "y"}}
	b := profile.Actor{ID: "ann", Segments: []string{"y", "x", "x"}}
	require.Equal(t, a.Sight().Key(), b.Sight().Key())
	b.Account = "acme"
	require.NotEqual(t, a.Sight().Key(), b.Sight().Key())
	require.NotEqual(t, profile.Actor{}.Sight().Key(), a.Sight().Key())
}

func TestTermsSayTheSameAsAdmits(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 500 {
		index := make([]profile.Audience, 40) // one for each document
		var compound []string
		for i := range index {
			index[i] = randomAudience(r)
			for _, term := range index[i] {
				if strings.Contains(term, "+") {
					compound = append(compound, term)
				}
			}
		}
		s := randomActor(r).Sight()
		terms := s.Terms(compound)
		for _, audience := range index {
			visible := slices.ContainsFunc(audience, func(term string) bool { return slices.Contains(terms, term) })
			require.Equal(t, s.Admits(audience), visible, "%v and %v", s.Segments(), audience)
		}
	}
}

func TestWhereSaysTheSameAsAdmits(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		r := rand.New(rand.NewPCG(11, 12))
		index := fillSight(t, db, r)
		hits := 0
		for range 300 {
			s := randomActor(r).Sight()
			var want []string
			for ref, audience := range index {
				if s.Admits(audience) {
					want = append(want, ref)
				}
			}
			cond, args := s.Where("sight_term", "doc.ref", 2)
			var got []string
			query := `select ref from doc where kind = $1 and ` + cond
			require.NoError(t, db.SelectContext(t.Context(), &got, query, append([]any{"doc"}, args...)...))
			require.ElementsMatch(t, want, got, "%v", s.Segments())
			hits += len(got)
		}
		require.Positive(t, hits)
	})
}

// fillSight makes 60 rows, each with a random audience.
func fillSight(t *testing.T, db *sqlx.DB, r *rand.Rand) map[string]profile.Audience {
	t.Helper()
	tx := db.MustBegin()
	for _, q := range []string{
		`create table doc (ref text primary key, kind text not null)`,
		`create table sight_term (ref text not null, term text not null, parts integer not null, segment text not null,
			primary key (ref, term, segment))`,
	} {
		_, err := tx.ExecContext(t.Context(), q)
		require.NoError(t, err)
	}
	index := map[string]profile.Audience{}
	for i := range 60 {
		ref := fmt.Sprint("d", i)
		index[ref] = randomAudience(r)
		_, err := tx.ExecContext(t.Context(), `insert into doc (ref, kind) values ($1, 'doc')`, ref)
		require.NoError(t, err)
		for _, row := range index[ref].Rows() {
			_, err := tx.ExecContext(t.Context(), `insert into sight_term (ref, term, parts, segment) values ($1, $2, $3, $4)`,
				ref, row.Term, row.Parts, row.Segment)
			require.NoError(t, err)
		}
	}
	require.NoError(t, tx.Commit())
	return index
}

func BenchmarkSight(b *testing.B) {
	a := profile.Actor{ID: "ann", Account: "acme", Roles: []profile.Role{profile.RoleCustomer, profile.RoleManager}}
	for i := range 50 {
		a.Segments = append(a.Segments, fmt.Sprint("segment-", i))
	}
	audience := profile.NewAudience("partner", "signed-in+segment-40")
	for b.Loop() {
		if !a.Sight().Admits(audience) {
			b.Fatal("not admitted")
		}
	}
}

func TestSightWith(t *testing.T) {
	agent := profile.Actor{ID: "bob", Segments: []string{"may:cases.queue.support", "eu"}}
	work := profile.NewAudience("may:cases.queue.support")
	require.False(t, agent.Sight().Admits(work), "no rule grants it")
	with := agent.Sight().With("may:cases.queue.support", "may:cases.queue.support", "staff", "may:", "may:a b", "account:acme")
	require.True(t, with.Admits(work))
	require.True(t, with.Admits(profile.NewAudience("may:cases.queue.support+eu")))
	require.False(t, with.Admits(profile.NewAudience("staff")), "only names of what somebody may do")
	require.Equal(t, []string{"eu", "may:cases.queue.support", "person:bob", "public", "signed-in"}, with.Segments())
	require.False(t, agent.Sight().Admits(work), "the first sight is as it was")
}
