package profile_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

func TestAddPerson(t *testing.T) {
	p := newPortal(t)
	ann, gus := p.as(t, "ann"), p.as(t, "gus")
	for _, tt := range []struct {
		name string
		by   profile.Actor
		add  profile.Person
		want error
	}{
		{"anonymous", profile.Actor{}, profile.Person{Name: "N"}, profile.ErrForbidden},
		{"a customer", p.as(t, "bob"), profile.Person{Name: "N"}, profile.ErrForbidden},
		{"an agent, who only reads", gus, profile.Person{Name: "N"}, profile.ErrForbidden},
		{"a manager", ann, profile.Person{Name: "N"}, nil},
		{"a manager, with a customer", ann, profile.Person{Name: "N", Account: "acme", Roles: []profile.Role{"customer"}}, nil},
		{"a manager, with another manager", ann, profile.Person{Name: "N", Roles: []profile.Role{"manager"}}, nil},
		{"a manager, elsewhere", ann, profile.Person{Name: "N", Account: "zeta"}, profile.ErrForbidden},
		{"a manager, with a role she lacks", ann, profile.Person{Name: "N", Roles: []profile.Role{"partner"}}, profile.ErrForbidden},
		{"a manager, with staff", ann, profile.Person{Name: "N", Roles: []profile.Role{"customer", "agent"}}, profile.ErrForbidden},
		{"a manager, with attributes", ann, profile.Person{Name: "N", Attributes: map[string][]string{"a": {"b"}}}, profile.ErrForbidden},
		{"a manager, choosing an id", ann, profile.Person{ID: "mine", Name: "N"}, profile.ErrForbidden},
		{"an administrator", root, profile.Person{ID: "new", Name: "N", Account: "zeta", Roles: []profile.Role{"agent", "partner"}}, nil},
		{"of an unknown account", root, profile.Person{Name: "N", Account: "nope"}, profile.ErrInvalid},
		{"with an id that is taken", root, profile.Person{ID: "bob", Name: "N"}, profile.ErrConflict},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p.events.take()
			got, err := p.SavePerson(t.Context(), tt.by, tt.add)
			require.ErrorIs(t, err, tt.want)
			if tt.want != nil {
				require.Empty(t, p.events.take())
				require.Zero(t, got)
				return
			}
			require.NotEmpty(t, got.ID)
			require.Equal(t, 1, got.Version)
			require.Equal(t, day, got.CreatedAt)
			require.Equal(t, []string{"person.saved person/" + got.ID + " by " + tt.by.ID}, p.events.take())
			_, err = p.Person(t.Context(), tt.by, got.ID)
			require.NoError(t, err)
		})
	}
}

func TestAddPersonIsRepeatable(t *testing.T) {
	p := newPortal(t)
	ann := p.as(t, "ann")
	draft := profile.Person{Name: "New", Key: "form-1"}
	first, err := p.SavePerson(t.Context(), ann, draft)
	require.NoError(t, err)
	p.events.take()
	again, err := p.SavePerson(t.Context(), ann, draft)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Empty(t, p.events.take(), "nothing happened the second time")

	draft.Name = "Newer"
	_, err = p.SavePerson(t.Context(), ann, draft)
	require.ErrorIs(t, err, profile.ErrConflict)
	other, err := p.SavePerson(t.Context(), root, draft)
	require.NoError(t, err, "keys are everybody's own")
	require.NotEqual(t, first.ID, other.ID)
	_, err = p.SavePerson(t.Context(), ann, profile.Person{Name: "N", Key: "bad\nkey"})
	require.ErrorIs(t, err, profile.ErrInvalid)

	var wg sync.WaitGroup
	ids := make([]string, 50)
	for i := range ids {
		wg.Go(func() {
			got, err := p.SavePerson(t.Context(), ann, profile.Person{Name: "One", Key: "form-2"})
			if err == nil {
				ids[i] = got.ID
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		require.Equal(t, ids[0], id)
		require.NotEmpty(t, id)
	}
}

func TestChangePerson(t *testing.T) {
	set := func(change func(*profile.Person)) func(*profile.Person) { return change }
	name := set(func(p *profile.Person) { p.Name = "Other" })
	locale := set(func(p *profile.Person) { p.Locale, p.Zone = "fr", "Europe/Paris" })
	email := set(func(p *profile.Person) { p.Email = "other@acme.example" })
	account := set(func(p *profile.Person) { p.Account = "zeta" })
	attributes := set(func(p *profile.Person) { p.Attributes = map[string][]string{"a": {"b"}} })
	disabled := set(func(p *profile.Person) { p.Disabled = true })
	noRoles := set(func(p *profile.Person) { p.Roles = nil })
	role := func(r profile.Role) func(*profile.Person) {
		return func(p *profile.Person) { p.Roles = append(p.Roles, r) }
	}
	for _, tt := range []struct {
		what, by, whom string
		change         func(*profile.Person)
		want           error
	}{
		{"own name", "bob", "bob", name, nil},
		{"own language", "bob", "bob", locale, nil},
		{"own address", "bob", "bob", email, profile.ErrForbidden},
		{"own account", "bob", "bob", account, profile.ErrForbidden},
		{"own attributes", "bob", "bob", attributes, profile.ErrForbidden},
		{"own roles", "bob", "bob", role("manager"), profile.ErrForbidden},
		{"own roles away", "bob", "bob", noRoles, profile.ErrForbidden},
		{"oneself off", "bob", "bob", disabled, profile.ErrForbidden},
		{"a colleague", "bob", "ann", name, profile.ErrNotFound},
		{"a stranger", "bob", "carl", name, profile.ErrNotFound},
		{"an agent's own name", "gus", "gus", name, nil},
		{"an agent's own roles", "gus", "gus", role("admin"), profile.ErrForbidden},
		{"a customer, by an agent", "gus", "bob", name, profile.ErrForbidden},
		{"a member", "ann", "bob", name, nil},
		{"a member's roles", "ann", "bob", role("manager"), nil},
		{"a member's roles away", "ann", "bob", noRoles, nil},
		{"a member off", "ann", "bob", disabled, nil},
		{"a member's address", "ann", "bob", email, profile.ErrForbidden},
		{"a member's account", "ann", "bob", account, profile.ErrForbidden},
		{"a member's attributes", "ann", "bob", attributes, profile.ErrForbidden},
		{"a member to partner", "ann", "bob", role("partner"), profile.ErrForbidden},
		{"a member to admin", "ann", "bob", role("admin"), profile.ErrForbidden},
		{"herself to admin", "ann", "ann", role("admin"), profile.ErrForbidden},
		{"herself off", "ann", "ann", disabled, profile.ErrForbidden},
		{"a member with a role she lacks", "ann", "pia", name, profile.ErrForbidden},
		{"somebody elsewhere", "ann", "carl", name, profile.ErrNotFound},
		{"staff", "ann", "gus", name, profile.ErrNotFound},
		{"anything", "root", "bob", func(p *profile.Person) { email(p); account(p); attributes(p); noRoles(p) }, nil},
		{"an agent", "root", "gus", role("admin"), nil},
		{"the administrator off", "root", "root", disabled, profile.ErrForbidden},
		{"into no account there is", "root", "bob", func(p *profile.Person) { p.Account = "nope" }, profile.ErrInvalid},
		{"badly", "root", "bob", func(p *profile.Person) { p.Email = "<script>@x" }, profile.ErrInvalid},
	} {
		t.Run(tt.by+" changes "+tt.what, func(t *testing.T) {
			p := newPortal(t)
			by := p.as(t, tt.by)
			before, err := p.store.Person(t.Context(), tt.whom)
			require.NoError(t, err)
			person, err := p.Person(t.Context(), by, tt.whom)
			if err != nil {
				person = before // knowing its id and version must not help
			}
			p.events.take()
			tt.change(&person)
			got, err := p.SavePerson(t.Context(), by, person)
			after, storeErr := p.store.Person(t.Context(), tt.whom)
			require.NoError(t, storeErr)
			require.ErrorIs(t, err, tt.want)
			if tt.want != nil {
				require.Equal(t, before, after, "nothing changed")
				require.Empty(t, p.events.take())
				return
			}
			require.Equal(t, before.Version+1, after.Version)
			require.Equal(t, got.Name, after.Name)
			require.Equal(t, before.CreatedAt, after.CreatedAt)
			if tt.what != "anything" {
				require.Equal(t, before.Attributes, after.Attributes, "what the actor does not see is kept")
			}
			event := "person.saved"
			if after.Disabled {
				event = "person.disabled"
			}
			require.Equal(t, []string{event + " person/" + tt.whom + " by " + tt.by}, p.events.take())
		})
	}
}

func TestChangePersonConflict(t *testing.T) {
	p := newPortal(t)
	bob := p.as(t, "bob")
	person, err := p.Person(t.Context(), bob, "bob")
	require.NoError(t, err)
	person.Name = "First"
	_, err = p.SavePerson(t.Context(), bob, person)
	require.NoError(t, err)
	person.Name = "Second"
	_, err = p.SavePerson(t.Context(), bob, person)
	require.ErrorIs(t, err, profile.ErrConflict)
}

// Whatever the roles of actor and subject, nobody ends up with a role whose
// permissions the actor lacks.
func TestAdv_25_NobodyIsRaisedAboveTheActor(t *testing.T) {
	policy := profile.DefaultPolicy()
	roles := []profile.Role{"customer", "manager", "partner", "agent", "author", "reviewer", "translator", "moderator", "admin"}
	tried, granted := 0, 0
	for _, mine := range roles {
		for _, theirs := range roles {
			for _, wanted := range roles {
				p := newPortal(t)
				p.add(t, "giver", "acme", mine)
				p.add(t, "taker", "acme", theirs)
				by := p.as(t, "giver")
				for _, id := range []string{"taker", "giver"} {
					person, err := p.store.Person(t.Context(), id)
					require.NoError(t, err)
					had := profile.Actor{ID: id, Roles: person.Roles}
					person.Roles = []profile.Role{wanted}
					tried++
					if _, err := p.SavePerson(t.Context(), by, person); err != nil {
						continue
					}
					granted++
					for _, permission := range policy[wanted] {
						require.True(t, policy.May(by, permission) || policy.May(had, permission),
							"%s gave %s to %s, who was %s", mine, wanted, id, theirs)
					}
					require.True(t, !wanted.Staff() || by.Staff() || had.Staff())
				}
			}
		}
	}
	require.Positive(t, granted)
	require.Less(t, granted, tried)
}

func TestAdminMayGrantEverything(t *testing.T) {
	policy := profile.DefaultPolicy()
	for role := range policy {
		require.True(t, policy.MayGrant(root, role), "RoleAdmin lacks a permission of %s", role)
	}
	require.True(t, policy.MayGrant(root, "a-role-of-the-host"))
	policy["super"] = []profile.Permission{"host.everything"}
	require.False(t, policy.MayGrant(root, "super"))
	require.False(t, policy.MayGrant(profile.Actor{Roles: []profile.Role{"admin"}}, "customer"), "nobody has no rights")
	outsider := profile.Actor{ID: "x", Roles: []profile.Role{"hr"}}
	policy["hr"] = []profile.Permission{profile.PermissionRolesGrant, profile.PermissionContentTranslate}
	require.False(t, policy.MayGrant(outsider, profile.RoleTranslator), "who is not staff makes nobody staff")
}

func TestRemovePerson(t *testing.T) {
	p := newPortal(t)
	for by, want := range map[string]error{
		"": profile.ErrNotFound, "carl": profile.ErrNotFound, "bob": profile.ErrForbidden,
		"ann": profile.ErrForbidden, "gus": profile.ErrForbidden,
	} {
		require.ErrorIs(t, p.RemovePerson(t.Context(), p.as(t, by), "bob"), want, "as %q", by)
	}
	require.ErrorIs(t, p.RemovePerson(t.Context(), p.as(t, "root"), "root"), profile.ErrForbidden)
	p.events.take()
	require.NoError(t, p.RemovePerson(t.Context(), root, "bob"))
	require.Equal(t, []string{"person.removed person/bob by root"}, p.events.take())
	_, err := p.Actor(t.Context(), "bob")
	require.ErrorIs(t, err, profile.ErrNotFound)
	require.ErrorIs(t, p.RemovePerson(t.Context(), root, "bob"), profile.ErrNotFound)
}

func TestRemoveNobodyAbove(t *testing.T) {
	policy := profile.DefaultPolicy()
	policy["clerk"] = []profile.Permission{profile.PermissionDirectoryRead, profile.PermissionDirectoryWrite}
	p := newPortal(t, func(o *profile.Options) { o.Policy = policy })
	clerk := profile.Actor{ID: "clerk", Roles: []profile.Role{"clerk"}}
	require.ErrorIs(t, p.RemovePerson(t.Context(), clerk, "root"), profile.ErrForbidden)
	_, err := p.DisablePerson(t.Context(), clerk, "root")
	require.ErrorIs(t, err, profile.ErrForbidden)
	require.NoError(t, p.RemovePerson(t.Context(), clerk, "bob"))
}

func TestDisablePerson(t *testing.T) {
	p := newPortal(t)
	ann := p.as(t, "ann")
	p.events.take()
	got, err := p.DisablePerson(t.Context(), ann, "bob")
	require.NoError(t, err)
	require.True(t, got.Disabled)
	require.Nil(t, got.Attributes)
	_, err = p.Actor(t.Context(), "bob")
	require.ErrorIs(t, err, profile.ErrNotFound)
	_, err = p.DisablePerson(t.Context(), ann, "bob")
	require.NoError(t, err, "twice does no harm")
	got, err = p.EnablePerson(t.Context(), ann, "bob")
	require.NoError(t, err)
	require.False(t, got.Disabled)
	p.as(t, "bob")
	require.Equal(t, []string{"person.disabled person/bob by ann", "person.enabled person/bob by ann"}, p.events.take())

	for whom, want := range map[string]error{
		"ann": profile.ErrForbidden, "pia": profile.ErrForbidden, "carl": profile.ErrNotFound, "nope": profile.ErrNotFound,
	} {
		_, err := p.DisablePerson(t.Context(), ann, whom)
		require.ErrorIs(t, err, want, whom)
	}
	_, err = p.DisablePerson(t.Context(), p.as(t, "gus"), "bob")
	require.ErrorIs(t, err, profile.ErrForbidden)
}

func TestPersonIsChecked(t *testing.T) {
	p := newPortal(t)
	many := map[string][]string{}
	for i := range 65 {
		many["k"+strings.Repeat("x", i%60)+string(rune('a'+i/60))] = []string{"v"}
	}
	for field, change := range map[string]func(*profile.Person){
		"id":               func(p *profile.Person) { p.ID = "a b" },
		"name":             func(p *profile.Person) { p.Name = "" },
		"email":            func(p *profile.Person) { p.Email = `"<script>alert(1)</script>"@evil.com` },
		"roles":            func(p *profile.Person) { p.Roles = []profile.Role{"x\nstaff"} },
		"locale":           func(p *profile.Person) { p.Locale = "no such language" },
		"zone":             func(p *profile.Person) { p.Zone = "Local" },
		"attributes":       func(p *profile.Person) { p.Attributes = map[string][]string{"a b": {"c"}} },
		"attributes.a[0]":  func(p *profile.Person) { p.Attributes = map[string][]string{"a": {"x\x00"}} },
		"attributes.b[0]":  func(p *profile.Person) { p.Attributes = map[string][]string{"b": {strings.Repeat("x", 513)}} },
		"attributes.c":     func(p *profile.Person) { p.Attributes = map[string][]string{"c": make([]string, 201)} },
		"attributes.d[0]":  func(p *profile.Person) { p.Attributes = map[string][]string{"d": {""}} },
		"roles ":           func(p *profile.Person) { p.Roles = make([]profile.Role, 33) },
		"attributes (all)": func(p *profile.Person) { p.Attributes = many },
	} {
		t.Run(field, func(t *testing.T) {
			person := profile.Person{ID: "new", Name: "New", Account: "acme"}
			change(&person)
			_, err := p.SavePerson(t.Context(), root, person)
			require.ErrorIs(t, err, profile.ErrInvalid)
			var fields errs.Fields
			require.ErrorAs(t, err, &fields)
			name, _, _ := strings.Cut(field, " ")
			require.Contains(t, fields, name)
			require.Len(t, fields, 1)
		})
	}
}

func TestPersonIsTidied(t *testing.T) {
	p := newPortal(t)
	got, err := p.SavePerson(t.Context(), root, profile.Person{
		ID: "new", Name: "New", Email: "New@ACME.Example", Roles: []profile.Role{"partner", "agent", "partner"},
		Attributes: map[string][]string{"none": {}, "two": {"b", "a"}},
	})
	require.NoError(t, err)
	require.Equal(t, "New@acme.example", got.Email)
	require.Equal(t, []profile.Role{"agent", "partner"}, got.Roles)
	require.Equal(t, map[string][]string{"two": {"b", "a"}}, got.Attributes)
}

// Whoever may write something may read it, under every policy: a write that is
// let through for somebody who is then told that there is no such person would
// be a way around.
func TestAdv_22_WritingTakesReading(t *testing.T) {
	policy := profile.Policy{
		"writer":  {profile.PermissionDirectoryWrite, profile.PermissionRolesGrant},
		"members": {profile.PermissionMembersWrite},
		"rules":   {profile.PermissionSegmentsWrite},
		"admin":   profile.DefaultPolicy()[profile.RoleAdmin],
	}
	for role := range policy {
		p := newPortal(t, func(o *profile.Options) { o.Policy = policy })
		by := profile.Actor{ID: "x", Account: "acme", Roles: []profile.Role{role}}
		person, err := p.store.Person(t.Context(), "bob")
		require.NoError(t, err)
		_, readErr := p.Person(t.Context(), by, "bob")
		_, writeErr := p.SavePerson(t.Context(), by, person)
		_, disableErr := p.DisablePerson(t.Context(), by, "bob")
		removeErr := p.RemovePerson(t.Context(), by, "bob")
		for _, err := range []error{writeErr, disableErr, removeErr} {
			require.True(t, err != nil || readErr == nil, "%s writes what it does not read", role)
		}
		_, readErr = p.Segments(t.Context(), by)
		_, writeErr = p.SaveSegment(t.Context(), by, profile.Segment{Name: "s", Title: "T", Rule: cond("id", profile.OpKnown)})
		require.True(t, writeErr != nil || readErr == nil, "%s writes rules that it does not read", role)
		_, _, readErr = p.Accounts(t.Context(), by, profile.AccountQuery{})
		_, writeErr = p.SaveAccount(t.Context(), by, profile.Account{ID: "new", Name: "N"})
		require.True(t, writeErr != nil || readErr == nil, "%s writes accounts that it does not read", role)
	}
}
