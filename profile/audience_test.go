package profile_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

func TestParseAudience(t *testing.T) {
	for _, tt := range []struct {
		name  string
		terms []string
		want  profile.Audience
	}{
		{"nothing is nobody", nil, profile.Audience{}},
		{"sorted, without doubles", []string{"b", "a", "b"}, profile.Audience{"a", "b"}},
		{"parts sorted, without doubles", []string{"b+a+b"}, profile.Audience{"a+b"}},
		{"a narrower term is superfluous", []string{"a+b", "a", "c+b"}, profile.Audience{"a", "b+c"}},
		{"public makes the rest superfluous", []string{"a", "public", "b+c"}, profile.Audience{"public"}},
		{"public adds nothing to a conjunction", []string{"public+a"}, profile.Audience{"a"}},
		{"spaces around names", []string{" a + b "}, profile.Audience{"a+b"}},
		{"one person, account, role", []string{"person:Ann@x.com", "account:ACME", "role:agent"},
			profile.Audience{"account:ACME", "person:Ann@x.com", "role:agent"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := profile.ParseAudience(tt.terms)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestParseAudienceRefuses(t *testing.T) {
	long := make([]string, profile.MaxTerms+1)
	for i := range long {
		long[i] = fmt.Sprint("a", i)
	}
	for name, terms := range map[string][]string{
		"empty term":      {""},
		"empty part":      {"a+"},
		"capitals":        {"Partner"},
		"a space inside":  {"my partners"},
		"a line break":    {"a\nstaff"},
		"nothing after :": {"person:"},
		"two colons":      {"person:a:b"},
		"odd start":       {"-a"},
		"not ASCII":       {"größe"},
		"too many parts":  {"a+b+c+d+e+f+g+h+i"},
		"too long":        {strings.Repeat("a", 256)},
		"too many terms":  long,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := profile.ParseAudience(terms)
			require.ErrorIs(t, err, profile.ErrInvalid)
		})
	}
}

func TestNewAudiencePanics(t *testing.T) {
	require.Panics(t, func() { profile.NewAudience("Not Valid") })
}

func TestAudienceJSON(t *testing.T) {
	for _, a := range []profile.Audience{{}, profile.Public(), profile.NewAudience("partner", "signed-in+region-eu")} {
		text, err := json.Marshal(a)
		require.NoError(t, err)
		var back profile.Audience
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, a, back)
	}
	var a profile.Audience
	require.ErrorIs(t, json.Unmarshal([]byte(`["Nope!"]`), &a), profile.ErrInvalid)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"a":1}`), &a), profile.ErrInvalid)
	require.NoError(t, json.Unmarshal([]byte(`null`), &a))
	require.True(t, a.Nobody(), "null is nobody")
}

// An intersection may be longer than anything that somebody may write, and
// still has to come back from a database.
func TestIntersectionSurvivesJSON(t *testing.T) {
	var a, b []string
	for i := range 20 {
		a = append(a, "a"+strings.Repeat("x", i))
		b = append(b, "b"+strings.Repeat("x", i)+"+c+d+e+f+g")
	}
	both := profile.NewAudience(a...).And(profile.NewAudience(b...))
	require.Len(t, both, 400)
	text, err := json.Marshal(both)
	require.NoError(t, err)
	var back profile.Audience
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, both, back)
}

// segments are the names that random audiences and actors are made of.
var segments = []string{
	profile.SegmentPublic, profile.SegmentSignedIn, profile.SegmentStaff,
	"person:ann", "account:acme", "role:agent", "partner", "region-eu", "vip", "beta",
}

func randomAudience(r *rand.Rand) profile.Audience {
	terms := make([]string, r.IntN(5))
	for i := range terms {
		parts := make([]string, 1+r.IntN(3))
		for j := range parts {
			parts[j] = segments[r.IntN(len(segments))]
		}
		terms[i] = strings.Join(parts, "+")
	}
	return profile.NewAudience(terms...)
}

func randomActor(r *rand.Rand) profile.Actor {
	var a profile.Actor
	if r.IntN(4) > 0 {
		a.ID = pick(r, "ann", "bob")
		a.Account = pick(r, "acme", "zeta", "")
		a.Roles = []profile.Role{pick(r, profile.RoleCustomer, profile.RolePartner, profile.RoleAgent, profile.RoleManager)}
	}
	for _, s := range segments {
		if r.IntN(3) == 0 {
			a.Segments = append(a.Segments, s) // the built-in ones too, which must not help
		}
	}
	return a
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// fulfils is the meaning of audiences once more, written another way.
func fulfils(a profile.Actor, audience profile.Audience) bool {
	has := map[string]bool{
		"public": true, "signed-in": a.ID != "",
		"person:ann": a.ID == "ann", "account:acme": a.ID != "" && a.Account == "acme",
		"role:agent": a.ID != "" && slices.Contains(a.Roles, "agent"),
		"staff":      a.ID != "" && slices.Contains(a.Roles, "agent"),
	}
	for _, s := range a.Segments {
		if _, builtIn := has[s]; !builtIn {
			has[s] = true
		}
	}
	for _, term := range audience {
		all := true
		for _, part := range strings.Split(term, "+") {
			all = all && has[part]
		}
		if all {
			return true
		}
	}
	return false
}

func TestAdmitsIsWhatTheTermsSay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	admitted := 0
	for range 20_000 {
		actor, audience := randomActor(r), randomAudience(r)
		want := fulfils(actor, audience)
		if want {
			admitted++
		}
		require.Equal(t, want, actor.Sight().Admits(audience), "%+v and %v", actor, audience)
	}
	require.Greater(t, admitted, 2_000, "the test has to see both answers")
	require.Less(t, admitted, 18_000)
}

func TestAndIsIntersection(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		actor, a, b := randomActor(r), randomAudience(r), randomAudience(r)
		s := actor.Sight()
		require.Equal(t, s.Admits(a) && s.Admits(b), s.Admits(a.And(b)), "%+v, %v and %v", actor, a, b)
	}
}

func TestAndIsCanonical(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 5_000 {
		a, b := randomAudience(r), randomAudience(r)
		both := a.And(b)
		require.Equal(t, profile.NewAudience(both...), both)
		require.ElementsMatch(t, both, b.And(a), "the order does not matter")
		require.ElementsMatch(t, a, a.And(a), "nor does repeating it")
	}
}

// Whatever stands deep in a tree of categories is seen at most by those who see
// all that it stands in.
func TestAdv_46_ChildIsWithinParents(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 2_000 {
		own := make([]profile.Audience, 1+r.IntN(12)) // of each category
		parent := make([]int, len(own))
		effective := make([]profile.Audience, len(own))
		for i := range own {
			own[i], parent[i], effective[i] = randomAudience(r), -1, nil
			effective[i] = own[i]
			if i > 0 {
				parent[i] = r.IntN(i)
				effective[i] = own[i].And(effective[parent[i]])
			}
		}
		s := randomActor(r).Sight()
		for i := range own {
			for at := i; at >= 0 && s.Admits(effective[i]); at = parent[at] {
				require.True(t, s.Admits(own[at]))
			}
		}
	}
}

func TestAdv_44_NobodyByDefault(t *testing.T) {
	admin := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	require.False(t, admin.Sight().Admits(nil))
	require.False(t, admin.Sight().Admits(profile.Audience{""}))
	require.True(t, profile.Audience(nil).Nobody())
	require.True(t, profile.Public().And(nil).Nobody())
}

func FuzzParseAudience(f *testing.F) {
	for _, s := range []string{"public", "a+b,c", "person:x@y=z", "A", " a + b ,public+x", "a+a+a,a", "\x00", "role:\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := profile.ParseAudience(strings.Split(text, ","))
		if err != nil {
			require.ErrorIs(t, err, profile.ErrInvalid)
			return
		}
		again, err := profile.ParseAudience(a)
		require.NoError(t, err, "what it returns is valid")
		require.Equal(t, a, again, "and canonical")
		for _, row := range a.Rows() {
			require.NotContains(t, row.Segment, "+")
			require.NotContains(t, row.Segment, "\n")
		}
	})
}

// some returns an audience of n terms that have nothing to do with those of
// another prefix.
func some(prefix string, n int) profile.Audience {
	terms := make([]string, n)
	for i := range terms {
		terms[i] = fmt.Sprint(prefix, i)
	}
	return profile.NewAudience(terms...)
}

// TestIntersectionsAreBounded: what takes more terms than an index keeps is
// nobody, at once, and what is only written at length stays what it is.
func TestIntersectionsAreBounded(t *testing.T) {
	begin := time.Now()
	require.Len(t, some("a", 32).And(some("b", 32)), profile.MaxEffective)
	require.True(t, some("a", 32).And(some("b", 33)).Nobody())
	require.True(t, some("a", profile.MaxTerms).And(some("b", profile.MaxTerms)).Nobody())
	a := some("a", profile.MaxTerms)
	require.Equal(t, a, a.And(a))
	require.Equal(t, a, a.And(append(some("b", 20), a...)))
	require.Equal(t, some("a", 10), a.And(some("a", 10)))
	deep := some("a", 32).And(some("b", 32))
	require.Equal(t, deep, deep.And(some("a", 32)))
	require.Equal(t, deep, some("b", 32).And(deep))
	require.True(t, deep.And(some("c", 2)).Nobody())
	require.Less(t, time.Since(begin), time.Second)
}

// TestStoredAudiencesAreReadAsTheyAre: reading costs no more than there is to
// read. What was stored is in its canonical form already.
func TestStoredAudiencesAreReadAsTheyAre(t *testing.T) {
	var back profile.Audience
	require.NoError(t, json.Unmarshal([]byte(`["b","a+b","a+c"]`), &back))
	require.Equal(t, profile.Audience{"b", "a+b", "a+c"}, back)
	text, err := json.Marshal(make([]string, profile.MaxEffective+1))
	require.NoError(t, err)
	require.ErrorIs(t, json.Unmarshal(text, &back), profile.ErrInvalid)
}
