package scimprofile_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/scimprofile"
	"github.com/stoa-go/stoa/profile/sqlprofile"
)

// members are the ids in a group, sorted.
func (s *service) members(t testing.TB, group string) []string {
	t.Helper()
	ids := []string{}
	list, _ := s.ok(t, 200, "GET", "/Groups/"+group, "").body["members"].([]any)
	for _, m := range list {
		ids = append(ids, m.(map[string]any)["value"].(string))
	}
	slices.Sort(ids)
	return ids
}

func TestGroups(t *testing.T) {
	s := newService(t)
	list := s.ok(t, 200, "GET", "/Groups", "")
	require.EqualValues(t, 2, list.body["totalResults"], "the role of staff is not for customers")
	found := s.ok(t, 200, "GET", "/Groups"+query(`displayName eq "support MANAGERS"`)+"&excludedAttributes=members", "")
	require.Equal(t, "managers", found.at("Resources", 0, "id"))
	require.Nil(t, found.at("Resources", 0, "members"))
	require.EqualValues(t, 0, s.ok(t, 200, "GET", "/Groups"+query(`displayName eq "Support agents"`), "").body["totalResults"])
	require.EqualValues(t, 0, s.ok(t, 200, "GET", "/Groups"+query(`externalId eq "x"`), "").body["totalResults"])
	require.Equal(t, []string{"ann"}, s.members(t, "managers"))
	s.fails(t, 400, "invalidFilter", "GET", "/Groups"+query(`members eq "ann"`), "")
	s.fails(t, 409, "uniqueness", "POST", "/Groups", `{"displayName":"Support managers","externalId":"x"}`)
	for _, name := range []string{"Support agents", "Others", ""} {
		s.fails(t, 400, "invalidValue", "POST", "/Groups", `{"displayName":"`+name+`"}`)
	}
	user := s.ok(t, 200, "GET", "/Users/ann", "")
	require.Equal(t, "managers", user.at("groups", 0, "value"))
}

func TestGroupMembers(t *testing.T) {
	s := newService(t)
	a, b, c := s.create(t, "a@acme.example"), s.create(t, "b@acme.example"), s.create(t, "c@acme.example")
	member := func(ids ...string) string {
		out := "["
		for i, id := range ids {
			if i > 0 {
				out += ","
			}
			out += `{"value":"` + id + `"}`
		}
		return out + "]"
	}
	for _, step := range []struct {
		says, op string
		want     []string
	}{
		{"add (Entra)", `{"op":"Add","path":"members","value":` + member(a, b) + `}`, []string{a, b, "ann"}},
		{"add again", `{"op":"add","path":"members","value":` + member(a) + `}`, []string{a, b, "ann"}},
		{"remove by filter (Okta)", `{"op":"remove","path":"members[value eq \"` + a + `\"]"}`, []string{b, "ann"}},
		{"remove by value (Entra)", `{"op":"Remove","path":"members","value":` + member("ann") + `}`, []string{b}},
		{"remove who is not in it", `{"op":"remove","path":"members[value eq \"nobody\"]"}`, []string{b}},
		{"add without a path", `{"op":"add","value":{"members":` + member(c) + `}}`, []string{b, c}},
		{"one that is no list", `{"op":"add","path":"members","value":{"value":"` + a + `"}}`, []string{a, b, c}},
		{"replace", `{"op":"replace","path":"members","value":` + member(b, "ann") + `}`, []string{"ann", b}},
		{"its own name", `{"op":"replace","value":{"id":"managers","displayName":"Support managers"}}`, []string{"ann", b}},
		{"its own name by path", `{"op":"replace","path":"displayName","value":"Support managers"}`, []string{"ann", b}},
		{"an id of theirs", `{"op":"add","path":"externalId","value":"x"}`, []string{"ann", b}},
		{"remove all", `{"op":"remove","path":"members"}`, []string{}},
	} {
		slices.Sort(step.want)
		s.ok(t, 200, "PATCH", "/Groups/managers", patch(step.op))
		require.Equal(t, step.want, s.members(t, "managers"), step.says)
	}
	s.ok(t, 200, "PATCH", "/Groups/managers", patch(`{"op":"add","path":"members","value":`+member(a, b)+`}`, `{"op":"remove","path":"members[value eq \"`+a+`\"]"}`, `{"op":"add","path":"members","value":`+member(c)+`}`))
	require.ElementsMatch(t, []string{b, c}, s.members(t, "managers"), "in order, and each counts")
	s.ok(t, 200, "PUT", "/Groups/managers", `{"displayName":"Support managers","members":`+member(a)+`}`)
	require.Equal(t, []string{a}, s.members(t, "managers"))
	require.Equal(t, []profile.Role{profile.RoleCustomer, profile.RoleManager}, s.person(t, a).Roles)
	require.Equal(t, []profile.Role{profile.RoleCustomer}, s.person(t, "ann").Roles, "other roles stay")
	etag := s.ok(t, 200, "GET", "/Groups/managers", "").Header().Get("ETag")
	s.ok(t, 304, "GET", "/Groups/managers", "", "If-None-Match", etag)
	s.fails(t, 412, "", "PUT", "/Groups/managers", `{"displayName":"Support managers","members":[]}`, "If-Match", `W/"other"`)
	s.ok(t, 200, "PUT", "/Groups/managers", `{"displayName":"Support managers","members":`+member(a, b)+`}`, "If-Match", etag)
	s.fails(t, 412, "", "PATCH", "/Groups/managers", patch(`{"op":"add","path":"members","value":`+member(c)+`}`), "If-Match", etag)
	s.ok(t, 204, "DELETE", "/Groups/managers", "")
	require.Empty(t, s.members(t, "managers"))

	for kind, ops := range map[string][]string{
		"invalidValue": {`{"op":"add","path":"members","value":[{"value":"nobody"}]}`, `{"op":"add","path":"members","value":[{"value":"` + a + `"},{"value":"carl"}]}`, `{"op":"add","path":"members","value":["` + a + `"]}`, `{"op":"add","path":"members","value":"` + a + `"}`, `{"op":"add","value":[]}`},
		"invalidPath":  {`{"op":"add","path":"members[value eq \"` + a + `\"]","value":"x"}`, `{"op":"remove","path":"members[display eq \"a\"]"}`, `{"op":"remove","path":"members.value"}`, `{"op":"replace","path":"schemas","value":[]}`},
		"mutability":   {`{"op":"replace","path":"displayName","value":"Others"}`, `{"op":"replace","value":{"displayName":"Others"}}`, `{"op":"remove","path":"displayName"}`},
	} {
		for _, op := range ops {
			s.fails(t, 400, kind, "PATCH", "/Groups/managers", patch(op))
		}
	}
	require.Empty(t, s.members(t, "managers"), "nothing of it was kept")
}

// A customer's provider reaches its own
// account, and nobody who is staff.
func TestCustomersReachTheirOwnAccount(t *testing.T) {
	s := newService(t)
	s.add(t, "spy", "acme", profile.RoleAgent) // staff who sits in the account
	for _, id := range []string{"carl", "gus", "scim", "spy", "nobody", "%20", "..%2f..%2fcarl"} {
		for _, c := range [][]string{
			{"GET", ""}, {"DELETE", ""}, {"PUT", newUser("x@acme.example")}, {"PATCH", patch(`{"op":"replace","value":{"active":false}}`)},
		} {
			s.fails(t, 404, "", c[0], "/Users/"+id, c[1])
		}
	}
	require.NotContains(t, s.ok(t, 200, "GET", "/Users", "").Body.String(), "carl")
	for _, filter := range []string{`userName eq "carl@zeta.example"`, `id eq "carl"`, `emails.value eq "gus@us.example"`, `id eq "spy"`} {
		require.EqualValues(t, 0, s.ok(t, 200, "GET", "/Users"+query(filter), "").body["totalResults"], filter)
	}
	for _, c := range [][]string{{"GET", ""}, {"DELETE", ""}, {"PUT", `{"displayName":"Support agents","members":[{"value":"ann"}]}`}, {"PATCH", patch(`{"op":"add","path":"members","value":[{"value":"ann"}]}`)}} {
		s.fails(t, 404, "", c[0], "/Groups/agents", c[1])
	}
	for _, id := range []string{"carl", "gus", "spy"} {
		s.fails(t, 400, "invalidValue", "PATCH", "/Groups/managers", patch(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`))
		s.ok(t, 200, "PATCH", "/Groups/managers", patch(`{"op":"remove","path":"members[value eq \"`+id+`\"]"}`))
	}
	for id, roles := range map[string][]profile.Role{"carl": {profile.RoleCustomer}, "gus": {profile.RoleAgent}, "spy": {profile.RoleAgent}} {
		p := s.person(t, id)
		require.Equal(t, 1, p.Version, id)
		require.Equal(t, roles, p.Roles)
	}
	// The account of a user is the token's, whatever the body says.
	id := s.create(t, "new@acme.example", `"account":"zeta"`, `"roles":[{"value":"admin"}]`, `"groups":[{"value":"agents"}]`, `"entitlements":["staff"]`)
	require.Equal(t, "acme", s.person(t, id).Account)
	require.Equal(t, []profile.Role{profile.RoleCustomer}, s.person(t, id).Roles)
	s.token = zetaToken
	s.fails(t, 404, "", "GET", "/Users/"+id, "")
	s.token = staffToken
	s.fails(t, 404, "", "GET", "/Users/"+id, "")
	s.ok(t, 200, "PATCH", "/Groups/agents", patch(`{"op":"remove","path":"members[value eq \"gus\"]"}`))
	require.Empty(t, s.person(t, "gus").Roles)
}

func TestTokenWithRoles(t *testing.T) {
	s := newService(t, func(o *scimprofile.Options) {
		o.Tokens[0].Roles = []profile.Role{profile.RolePartner, profile.RoleAgent}
	})
	require.EqualValues(t, 1, s.ok(t, 200, "GET", "/Groups", "").body["totalResults"], "a list of roles lifts no barrier")
	s.fails(t, 404, "", "DELETE", "/Groups/managers", "")
	s.fails(t, 404, "", "GET", "/Groups/agents", "")
	s.ok(t, 200, "PATCH", "/Groups/partners", patch(`{"op":"add","path":"members","value":[{"value":"ann"}]}`))
}

// An actor who may not do it cannot be made to.
func TestActorWithoutRights(t *testing.T) {
	s := newService(t, func(o *scimprofile.Options) {
		o.Actor = profile.Actor{ID: "weak", Roles: []profile.Role{profile.RoleAgent}}
	})
	s.fails(t, 403, "", "POST", "/Users", newUser("x@acme.example"))
	s.fails(t, 403, "", "PATCH", "/Users/ann", patch(`{"op":"replace","value":{"active":false}}`))
	s.fails(t, 403, "", "DELETE", "/Users/ann", "")
}

func TestFilters(t *testing.T) {
	s := newService(t)
	s.create(t, `quote\"d`, `"emails":[]`)
	require.EqualValues(t, 1, s.ok(t, 200, "GET", "/Users"+query(`userName eq "quote\"d"`), "").body["totalResults"])
	require.EqualValues(t, 2, s.ok(t, 200, "GET", "/Users"+query(`active eq True`), "").body["totalResults"])
	for _, filter := range []string{
		"x", "userName", "userName eq", `userName eq ann`, `userName eq 'ann'`, `userName co "ann"`, `userName eq "a" or userName eq "b"`, `not (userName eq "a")`,
		`userName eq "ann`, `userName pr`, `password eq "x"`, `userName eq null`, `userName eq 1`, `userName eq {}`, `emails[type eq "work" eq "x"`, `title eq "x"`,
		fmt.Sprintf("userName eq %q", make([]byte, 2000)), `"userName" eq "x"`, `userName eq "a"; drop table stoa_person`,
	} {
		s.fails(t, 400, "invalidFilter", "GET", "/Users"+query(filter), "")
	}
	for _, empty := range []string{`externalId eq ""`, `emails.value eq ""`} {
		require.EqualValues(t, 0, s.ok(t, 200, "GET", "/Users"+query(empty), "").body["totalResults"], "what is not there equals nothing")
	}
}

// on runs a test on a service in memory and on both databases, twice as often
// as there are instances.
func on(t *testing.T, f func(t *testing.T, first, second *service)) {
	two := func(t *testing.T, store profile.Store) {
		first := serviceOn(t, store)
		o := options(t)
		d := profile.NewDirectory(store, nil)
		p, err := scimprofile.New(d, o)
		require.NoError(t, err)
		second := &service{Directory: d, store: store, now: day, token: acmeToken, handler: stripped(p)}
		f(t, first, second)
	}
	t.Run("memory", func(t *testing.T) { two(t, memprofile.New()) })
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, sqlprofile.Migrate(t.Context(), db.DB))
		two(t, sqlprofile.New(db))
	})
}

// Of changes at the same time none is lost, on two instances.
func TestChangesAtTheSameTime(t *testing.T) {
	on(t, func(t *testing.T, first, second *service) {
		ids := []string{}
		for i := range 8 {
			ids = append(ids, first.create(t, fmt.Sprintf("u%d@acme.example", i)))
		}
		var wg sync.WaitGroup
		at := func(i int) *service { return []*service{first, second}[i%2] }
		for i, id := range ids {
			wg.Go(func() {
				at(i).ok(t, 200, "PATCH", "/Groups/managers", patch(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`))
			})
			wg.Go(func() {
				at(i+1).ok(t, 200, "PATCH", "/Groups/partners", patch(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`))
			})
			wg.Go(func() { at(i).ok(t, 200, "PATCH", "/Users/"+id, patch(`{"op":"replace","path":"title","value":"T"}`)) })
			wg.Go(func() {
				at(i+1).ok(t, 200, "PATCH", "/Users/"+id, patch(`{"op":"replace","value":{"active":"False"}}`))
			})
		}
		wg.Wait()
		for _, id := range ids {
			p := first.person(t, id)
			require.Equal(t, []profile.Role{profile.RoleCustomer, profile.RoleManager, profile.RolePartner}, p.Roles)
			require.Equal(t, []string{"T"}, p.Attributes["title"])
			require.True(t, p.Disabled)
			require.Equal(t, 5, p.Version)
		}
	})
}

// Of two creates of one name at the same time one succeeds.
func TestOneOfANameAtTheSameTime(t *testing.T) {
	on(t, func(t *testing.T, first, second *service) {
		codes := make([]int, 12)
		var wg sync.WaitGroup
		for i := range codes {
			wg.Go(func() {
				s := []*service{first, second}[i%2]
				codes[i] = s.do(t, "POST", "/Users", newUser("same@acme.example", fmt.Sprintf(`"externalId":"x-%d"`, i))).Code
			})
		}
		wg.Wait()
		slices.Sort(codes)
		require.Equal(t, 201, codes[0])
		require.Equal(t, slices.Repeat([]int{409}, 11), codes[1:])
		require.EqualValues(t, 1, first.ok(t, 200, "GET", "/Users"+query(`userName eq "same@acme.example"`), "").body["totalResults"])
	})
}
