package profile_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

func named(key profile.Role, permissions ...profile.Permission) profile.CustomRole {
	return profile.CustomRole{Key: key, Name: map[string]string{"en": "Name of " + string(key)}, Permissions: permissions}
}

// saveRole keeps r for root.
func (p *portal) saveRole(t *testing.T, r profile.CustomRole) profile.CustomRole {
	t.Helper()
	kept, err := p.SaveRole(t.Context(), root, r)
	require.NoError(t, err)
	return kept
}

func (p *portal) give(t *testing.T, by profile.Actor, id string, roles ...profile.Role) error {
	t.Helper()
	person, err := p.store.Person(t.Context(), id)
	require.NoError(t, err)
	person.Roles, person.Attributes = roles, nil
	_, err = p.SavePerson(t.Context(), by, person)
	return err
}

var may = profile.DefaultPolicy().May

func TestCustomRoleCountsAtOnce(t *testing.T) {
	p := newPortal(t)
	lead := p.saveRole(t, named("staff.lead", "segments.write", "segments.read"))
	require.Equal(t, []profile.Permission{"segments.read", "segments.write"}, lead.Permissions)
	require.False(t, may(p.as(t, "gus"), "segments.write"))
	require.NoError(t, p.give(t, root, "gus", "agent", "staff.lead"))
	gus := p.as(t, "gus")
	require.Equal(t, lead.Permissions, gus.Grants)
	require.True(t, may(gus, "segments.write"))
	_, err := p.SaveSegment(t.Context(), gus, profile.Segment{Name: "new", Title: "T", Rule: cond("id", profile.OpKnown)})
	require.NoError(t, err)

	lead.Permissions = []profile.Permission{"segments.read"}
	lead = p.saveRole(t, lead)
	require.False(t, may(p.as(t, "gus"), "segments.write"), "taken out of the role")
	require.NoError(t, p.give(t, root, "gus", "agent"))
	require.Empty(t, p.as(t, "gus").Grants, "taken from the person")

	// Another instance follows within Options.RulesFor.
	require.NoError(t, p.give(t, root, "gus", "staff.lead"))
	require.True(t, may(p.as(t, "gus"), "segments.read"))
	lead.Permissions, lead.Version = nil, lead.Version+1
	require.NoError(t, p.store.SaveRole(t.Context(), lead))
	p.now = p.now.Add(999 * time.Millisecond)
	require.True(t, may(p.as(t, "gus"), "segments.read"))
	p.now = p.now.Add(time.Millisecond)
	require.False(t, may(p.as(t, "gus"), "segments.read"))
}

func TestCustomRoleIsChecked(t *testing.T) {
	p := newPortal(t)
	for name, tt := range map[string]struct {
		role  profile.CustomRole
		field string
	}{
		"no kind":           {named("lead"), "key"},
		"another kind":      {named("boss.lead"), "key"},
		"kind alone":        {named("staff."), "key"},
		"capitals":          {named("staff.Lead"), "key"},
		"a built-in one":    {named("admin"), "key"},
		"spaces":            {named("staff.a b"), "key"},
		"no name":           {profile.CustomRole{Key: "staff.a"}, "name"},
		"no language":       {profile.CustomRole{Key: "staff.a", Name: map[string]string{"x y": "N"}}, "name"},
		"unknown":           {named("staff.a", "root.everything"), "permissions"},
		"staff's, outside":  {named("member.a", "directory.read"), "permissions"},
		"managers of staff": {profile.CustomRole{Key: "staff.a", Name: map[string]string{"en": "N"}, Members: true}, "members"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := p.SaveRole(t.Context(), root, tt.role)
			require.ErrorIs(t, err, profile.ErrInvalid)
			wrong, ok := errors.AsType[errs.Fields](err)
			require.True(t, ok)
			require.Contains(t, wrong, tt.field)
		})
	}
	list, err := p.store.Roles(t.Context())
	require.NoError(t, err)
	require.Empty(t, list)
}

// What is wrong in a store, or comes from a version that knew more, permits
// nothing.
func TestUnusableRolesPermitNothing(t *testing.T) {
	p := newPortal(t)
	for _, r := range []profile.CustomRole{named("member.odd", "directory.read", "members.read"), named("staff.later", "moon.land", "segments.read"), named("admin", "members.read")} {
		r.Version = 1
		require.NoError(t, p.store.SaveRole(t.Context(), r))
	}
	p.now = p.now.Add(time.Second)
	person, err := p.store.Person(t.Context(), "bob")
	require.NoError(t, err)
	person.Roles = []profile.Role{"customer", "member.odd", "staff.gone"}
	person.Version++
	require.NoError(t, p.store.SavePerson(t.Context(), person))
	bob := p.as(t, "bob")
	require.Equal(t, []profile.Permission{"members.read"}, bob.Grants)
	require.Equal(t, []profile.Role{"customer", "member.odd"}, bob.Roles)
	require.False(t, bob.Staff(), "a role that there is not makes nobody staff")
	require.NotContains(t, bob.Sight().Segments(), "role:staff.gone")
	require.NoError(t, p.give(t, root, "gus", "staff.later"))
	require.Equal(t, []profile.Permission{"segments.read"}, p.as(t, "gus").Grants)
	require.True(t, p.as(t, "gus").Staff())
}

func TestWhoDefinesRoles(t *testing.T) {
	p := newPortal(t)
	p.saveRole(t, named("staff.definer", "directory.read", "roles.write", "segments.read"))
	p.saveRole(t, named("staff.strong", "directory.read", "directory.write"))
	require.NoError(t, p.give(t, root, "gus", "staff.definer"))
	gus := p.as(t, "gus")
	for name, tt := range map[string]struct {
		by   profile.Actor
		role profile.CustomRole
		want error
	}{
		"nobody":              {profile.Actor{}, named("staff.a"), profile.ErrForbidden},
		"a manager":           {p.as(t, "ann"), named("member.a"), profile.ErrForbidden},
		"what one has":        {gus, named("staff.a", "segments.read"), nil},
		"nothing":             {gus, named("staff.b"), nil},
		"what one has not":    {gus, named("staff.c", "directory.write"), profile.ErrForbidden},
		"of customers":        {gus, named("member.c", "members.write"), profile.ErrForbidden},
		"one that is above":   {gus, profile.CustomRole{Key: "staff.strong", Name: map[string]string{"en": "N"}, Version: 1}, profile.ErrForbidden},
		"one that is unknown": {root, profile.CustomRole{Key: "staff.none", Name: map[string]string{"en": "N"}, Version: 1}, profile.ErrNotFound},
		"an old version":      {root, profile.CustomRole{Key: "staff.strong", Name: map[string]string{"en": "N"}, Version: 7}, profile.ErrConflict},
		"one that is there":   {root, named("staff.strong"), profile.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := p.SaveRole(t.Context(), tt.by, tt.role)
			require.ErrorIs(t, err, tt.want)
		})
	}
	require.ErrorIs(t, p.RemoveRole(t.Context(), gus, "staff.strong", ""), profile.ErrForbidden)
	require.NoError(t, p.RemoveRole(t.Context(), gus, "staff.b", ""))
	again := p.saveRole(t, named("staff.strong", "directory.write", "directory.read"))
	require.Equal(t, 1, again.Version, "the same again is the first")
}

func TestWhoGivesCustomRoles(t *testing.T) {
	p := newPortal(t)
	p.saveRole(t, named("staff.lead", "segments.read"))
	p.saveRole(t, named("staff.power", "directory.write"))
	p.saveRole(t, named("member.special"))
	buyer := named("member.buyer", "members.read")
	buyer.Members = true
	p.saveRole(t, buyer)
	over := named("member.over", "members.read", "members.write")
	over.Members = true
	p.saveRole(t, over)
	p.saveRole(t, named("staff.giver", "directory.read", "directory.write", "directory.roles"))
	require.NoError(t, p.give(t, root, "gus", "staff.giver"))
	require.NoError(t, p.give(t, root, "pia", "member.special"))
	ann, gus := p.as(t, "ann"), p.as(t, "gus")
	for name, tt := range map[string]struct {
		by   profile.Actor
		whom string
		role profile.Role
		want error
	}{
		"a manager, what is for them to give":  {ann, "bob", "member.buyer", nil},
		"a manager, all that they have":        {ann, "bob", "member.over", nil},
		"a manager, what is not":               {ann, "bob", "member.special", profile.ErrForbidden},
		"a manager, staff's":                   {ann, "bob", "staff.lead", profile.ErrForbidden},
		"a manager, elsewhere":                 {ann, "carl", "member.buyer", profile.ErrNotFound},
		"a manager, to somebody above":         {ann, "pia", "member.buyer", profile.ErrForbidden},
		"a manager, to themselves":             {ann, "ann", "staff.lead", profile.ErrForbidden},
		"a customer":                           {p.as(t, "bob"), "bob", "member.buyer", profile.ErrForbidden},
		"who may give, more than they have":    {gus, "bob", "staff.lead", profile.ErrForbidden},
		"who may give, less than they have":    {gus, "carl", "staff.power", nil},
		"who may give, what permits nothing":   {gus, "carl", "member.special", nil},
		"an administrator, what there is not":  {root, "carl", "staff.nothing", profile.ErrForbidden},
		"an administrator, what nobody fixed":  {root, "carl", "host-made", nil},
		"an administrator, all that there are": {root, "carl", "staff.power", nil},
	} {
		t.Run(name, func(t *testing.T) {
			person, err := p.store.Person(t.Context(), tt.whom)
			require.NoError(t, err)
			require.ErrorIs(t, p.give(t, tt.by, tt.whom, append(person.Roles, tt.role)...), tt.want)
			if tt.want == nil {
				may, err := p.MayGrant(t.Context(), tt.by, tt.role)
				require.NoError(t, err)
				require.True(t, may)
				require.NoError(t, p.give(t, root, tt.whom, person.Roles...))
			}
		})
	}
	// Who got more than somebody cannot be changed, viewed or removed by them.
	require.NoError(t, p.give(t, root, "bob", "customer", "staff.power"))
	_, err := p.DisablePerson(t.Context(), ann, "bob")
	require.ErrorIs(t, err, profile.ErrForbidden)
}

func TestWhatManagersAreTold(t *testing.T) {
	p := newPortal(t)
	buyer := named("member.buyer", "members.read")
	buyer.Members = true
	p.saveRole(t, buyer)
	p.saveRole(t, named("member.secret"))
	p.saveRole(t, named("staff.secret"))
	keys := func(by string) (out []profile.Role) {
		list, err := p.Roles(t.Context(), p.as(t, by))
		require.NoError(t, err)
		for _, r := range list {
			require.Empty(t, r.Origin)
			out = append(out, r.Key)
		}
		return out
	}
	require.Equal(t, []profile.Role{"customer", "manager", "member.buyer"}, keys("ann"))
	require.Equal(t, []profile.Role{"customer"}, keys("bob"))
	require.Subset(t, keys("gus"), []profile.Role{"admin", "member.secret", "staff.secret"})
	_, err := p.Roles(t.Context(), profile.Actor{})
	require.ErrorIs(t, err, profile.ErrForbidden)
	_, err = p.Role(t.Context(), p.as(t, "ann"), "staff.secret")
	require.ErrorIs(t, err, profile.ErrNotFound)
	one, err := p.Role(t.Context(), root, "staff.secret")
	require.NoError(t, err)
	require.True(t, one.Grantable && one.Changeable && !one.Fixed)
	names, err := p.RoleNames(t.Context(), "member.buyer", "admin", "staff.none")
	require.NoError(t, err)
	require.Equal(t, map[profile.Role]map[string]string{"member.buyer": {"en": "Name of member.buyer"}}, names)
}

func TestRemoveRole(t *testing.T) {
	p := newPortal(t)
	p.saveRole(t, named("member.old", "members.read"))
	p.saveRole(t, named("member.new"))
	p.saveRole(t, named("staff.new"))
	require.NoError(t, p.give(t, root, "bob", "customer", "member.old"))
	require.NoError(t, p.give(t, root, "carl", "member.old"))
	for role, want := range map[profile.Role]error{"admin": profile.ErrForbidden, "customer": profile.ErrForbidden, "staff.none": profile.ErrNotFound, "member.old": profile.ErrConflict} {
		require.ErrorIs(t, p.RemoveRole(t.Context(), root, role, ""), want, role)
	}
	require.ErrorIs(t, p.RemoveRole(t.Context(), root, "member.old", "member.old"), profile.ErrInvalid)
	require.ErrorIs(t, p.RemoveRole(t.Context(), root, "member.old", "staff.new"), profile.ErrInvalid, "customers become no staff by the way")
	require.ErrorIs(t, p.RemoveRole(t.Context(), root, "member.old", "member.none"), profile.ErrForbidden)

	trial, err := p.TryRemoveRole(t.Context(), root, "member.old", "member.new")
	require.NoError(t, err)
	require.Equal(t, 2, trial.People.People)
	require.Equal(t, []profile.PermissionCount{{Permission: "members.read", People: 2}}, trial.Loses)
	require.NoError(t, p.RemoveRole(t.Context(), root, "member.old", "member.new"))
	require.Equal(t, []profile.Role{"customer", "member.new"}, p.as(t, "bob").Roles)
	require.Equal(t, []profile.Role{"member.new"}, p.as(t, "carl").Roles)
	require.Empty(t, p.as(t, "bob").Grants)

	// Somebody who got it while it was removed has nothing, and gets nothing of a
	// new role with its key.
	person, err := p.store.Person(t.Context(), "bob")
	require.NoError(t, err)
	person.Roles, person.Version = append(person.Roles, "member.old"), person.Version+1
	require.NoError(t, p.store.SavePerson(t.Context(), person))
	_, err = p.SaveRole(t.Context(), root, named("member.old", "members.write"))
	require.ErrorIs(t, err, profile.ErrInvalid)
	require.NoError(t, p.give(t, root, "bob", "customer"))
	p.saveRole(t, named("member.old", "members.write"))
}

func TestTryRole(t *testing.T) {
	p := newPortal(t)
	p.saveRole(t, named("staff.desk", "segments.read", "segments.write"))
	require.NoError(t, p.give(t, root, "gus", "agent", "staff.desk")) // agents read segments anyway
	p.add(t, "eva", "us", "staff.desk")
	p.add(t, "out", "us", "staff.desk")
	_, err := p.DisablePerson(t.Context(), root, "out")
	require.NoError(t, err)
	trial, err := p.TryRole(t.Context(), root, profile.CustomRole{Key: "staff.desk", Permissions: []profile.Permission{"analytics.read"}})
	require.NoError(t, err)
	require.Equal(t, 2, trial.People.People)
	require.Equal(t, []profile.PermissionCount{{Permission: "analytics.read", People: 2}}, trial.Gains)
	require.Equal(t, []profile.PermissionCount{{Permission: "segments.read", People: 1}, {Permission: "segments.write", People: 2}}, trial.Loses)
	require.Len(t, p.as(t, "eva").Grants, 2, "nothing was kept")
	_, err = p.TryRole(t.Context(), p.as(t, "gus"), named("staff.desk"))
	require.ErrorIs(t, err, profile.ErrForbidden)
}

func TestLastAdministratorStays(t *testing.T) {
	p := newPortal(t)
	all := append([]profile.Permission{}, profile.DefaultPolicy()[profile.RoleAdmin]...)
	require.NoError(t, p.RegisterPermissions(infos(all)...))
	rootself := p.as(t, "root")
	require.ErrorIs(t, p.give(t, rootself, "root", "agent"), profile.ErrInvalid, "the only one")
	owner := p.saveRole(t, named("staff.owner", all...))
	require.NoError(t, p.give(t, root, "gus", "staff.owner"))
	gus := p.as(t, "gus")
	require.NoError(t, p.give(t, gus, "root", "agent"), "there is another, by a role of the team's")
	less := owner.Clone()
	less.Permissions = slices.DeleteFunc(less.Permissions, func(one profile.Permission) bool { return one == profile.PermissionRolesWrite })
	_, err := p.SaveRole(t.Context(), gus, less)
	require.ErrorIs(t, err, profile.ErrInvalid, "all of them at once")
	require.ErrorIs(t, p.RemoveRole(t.Context(), gus, "staff.owner", "agent"), profile.ErrInvalid)
	_, err = p.DisablePerson(t.Context(), root, "gus")
	require.ErrorIs(t, err, profile.ErrConflict)
	require.ErrorIs(t, p.RemovePerson(t.Context(), root, "gus"), profile.ErrConflict)
	_, err = p.EraseEverything(t.Context(), root, "gus", profile.EraseModeDelete)
	require.ErrorIs(t, err, profile.ErrConflict)
	us, err := p.Account(t.Context(), root, "us")
	require.NoError(t, err)
	us.Disabled = true
	_, err = p.SaveAccount(t.Context(), root, us)
	require.ErrorIs(t, err, profile.ErrConflict)
	require.True(t, may(p.as(t, "gus"), profile.PermissionRolesWrite), "all of it was refused")

	p.add(t, "second", "acme", profile.RoleAdmin)
	_, err = p.SaveRole(t.Context(), root, less)
	require.NoError(t, err)
}

func infos(list []profile.Permission) (out []profile.PermissionInfo) {
	for _, p := range list {
		if !slices.ContainsFunc(profile.Permissions(), func(i profile.PermissionInfo) bool { return i.Permission == p }) {
			out = append(out, profile.PermissionInfo{Permission: p, Name: "n", About: "a"})
		}
	}
	return out
}

func TestRegisterPermissions(t *testing.T) {
	p := newPortal(t)
	answer := profile.PermissionInfo{Permission: "cases.answer", Name: "permission.cases_answer", About: "permission.cases_answer_about"}
	require.NoError(t, p.store.SaveRole(t.Context(), profile.CustomRole{Key: "staff.helper", Permissions: []profile.Permission{"cases.answer"}, Version: 1}))
	p.now = p.now.Add(time.Second)
	require.NoError(t, p.give(t, root, "gus", "staff.helper"))
	require.Empty(t, p.as(t, "gus").Grants)
	require.NoError(t, p.RegisterPermissions(answer))
	require.NoError(t, p.RegisterPermissions(answer), "again")
	require.True(t, may(p.as(t, "gus"), "cases.answer"))
	other := answer
	other.Members = true
	require.ErrorIs(t, p.RegisterPermissions(other), profile.ErrConflict)
	require.ErrorIs(t, p.RegisterPermissions(profile.PermissionInfo{Permission: "x.y"}), profile.ErrInvalid)
	groups := []string{}
	for _, info := range p.Permissions() {
		if !slices.Contains(groups, info.Group()) {
			groups = append(groups, info.Group())
		}
	}
	require.Equal(t, []string{"analytics", "cases", "directory", "members", "roles", "segments"}, groups)
}

func TestAccessTellsWhereFrom(t *testing.T) {
	p := newPortal(t)
	p.saveRole(t, named("staff.desk", "segments.read"))
	require.NoError(t, p.give(t, root, "gus", "agent", "staff.desk"))
	a, err := p.Access(t.Context(), root, "gus")
	require.NoError(t, err)
	require.Equal(t, []profile.Role{"agent", "staff.desk"}, a.From["segments.read"])
	require.Equal(t, []profile.Role{"agent"}, a.From["directory.read"])
	tried, err := p.TryAccess(t.Context(), root, profile.Person{ID: "x", Name: "X", Roles: []profile.Role{"staff.desk"}})
	require.NoError(t, err)
	require.Equal(t, []profile.Permission{"segments.read"}, tried.Permissions)
}

func TestRolesWithoutAStore(t *testing.T) {
	d := profile.NewDirectory(bareStore{memprofile.New()}, nil)
	_, err := d.SaveRole(t.Context(), root, named("staff.a"))
	require.ErrorIs(t, err, profile.ErrUnsupported)
	list, err := d.Roles(t.Context(), root)
	require.NoError(t, err)
	require.Len(t, list, 9)
}

// A bareStore keeps no roles.
type bareStore struct{ profile.Store }

// A host's own role may have a key like those of a team, and stays fixed.
func TestRolesOfTheHost(t *testing.T) {
	policy := profile.DefaultPolicy()
	policy["staff.night"] = []profile.Permission{"segments.read"}
	p := newPortal(t, func(o *profile.Options) { o.Policy = policy })
	_, err := p.SaveRole(t.Context(), root, named("staff.night"))
	require.ErrorIs(t, err, profile.ErrInvalid)
	require.ErrorIs(t, p.RemoveRole(t.Context(), root, "staff.night", ""), profile.ErrForbidden)
	require.NoError(t, p.give(t, root, "gus", "staff.night"))
	require.True(t, p.as(t, "gus").Staff())
	require.True(t, policy.May(p.as(t, "gus"), "segments.read"))
}

func TestRoleDeeds(t *testing.T) {
	book := &ledgerOfDeeds{}
	p := newPortal(t, func(o *profile.Options) { o.Audit = book })
	r := p.saveRole(t, named("staff.a", "segments.read"))
	r.Permissions = append(r.Permissions, "segments.write")
	p.saveRole(t, r)
	_, err := p.SaveRole(t.Context(), p.as(t, "ann"), named("staff.b"))
	require.ErrorIs(t, err, profile.ErrForbidden)
	require.NoError(t, p.RemoveRole(t.Context(), root, "staff.a", ""))
	require.Equal(t, []string{"role.added role/staff.a", "role.changed role/staff.a", "role.added role/staff.b refused", "role.removed role/staff.a"}, book.of("role."))
	require.Contains(t, book.changes, profile.Change{Field: "permissions", From: "segments.read", To: "segments.read, segments.write"})
}

// A ledgerOfDeeds remembers what was done.
type ledgerOfDeeds struct {
	lines   []string
	changes []profile.Change
}

func (b *ledgerOfDeeds) Audit(_ context.Context, _ profile.Actor, d profile.Deed) (int64, error) {
	line := d.Action + " " + d.Subject
	if d.Outcome != "" {
		line += " " + string(d.Outcome)
	}
	b.lines, b.changes = append(b.lines, line), append(b.changes, d.Changes...)
	return int64(len(b.lines)), nil
}

func (b *ledgerOfDeeds) of(prefix string) []string {
	return slices.DeleteFunc(slices.Clone(b.lines), func(line string) bool { return len(line) < len(prefix) || line[:len(prefix)] != prefix })
}
