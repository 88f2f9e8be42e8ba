package profile

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// A CustomRole is a role that a team has made: a name for some of the permissions
// that the portal knows. It is given to people as any other role is.
type CustomRole struct {
	Key         Role              // "staff.shift-lead", "member.buyer": its kind, a dot and a name; it never changes
	Name        map[string]string // what people call it, by language; must have one
	About       map[string]string // who has it and why, by language
	Permissions []Permission      // out of the catalogue; of RoleKindMember only those for members
	Members     bool              // managers of organisations may give it to their people; for RoleKindMember only
	CreatedAt   time.Time         // set by the Directory
	UpdatedAt   time.Time         // set by the Directory
	Version     int               // 0 in a new one; each change adds 1

	Origin string // hash of what it was created from; stores keep it, nobody else needs it
}

// Clone returns a copy that shares no slices or maps with r.
func (r CustomRole) Clone() CustomRole {
	r.Name, r.About, r.Permissions = maps.Clone(r.Name), maps.Clone(r.About), slices.Clone(r.Permissions)
	return r
}

// A RoleStore keeps the roles that a team has made. A [Store] may be one; without
// it there are none. There are few: 100 at most.
//
// Implementations must pass profiletest.TestRoleStore.
type RoleStore interface {
	// Roles returns all of them, by key in byte order.
	Roles(ctx context.Context) ([]CustomRole, error)

	// SaveRole keeps r, as SavePerson does with the key as ID.
	SaveRole(ctx context.Context, r CustomRole) error

	// RemoveRole forgets a role, or returns ErrNotFound. People who have it are
	// the Directory's care.
	RemoveRole(ctx context.Context, key Role) error
}

// Limits of custom roles.
const (
	maxCustomRoles     = 100
	maxRoleKey         = 64
	maxRolePermissions = 200
)

// check returns r as it is kept, or what is wrong with it.
func (r CustomRole) check(known []PermissionInfo) (CustomRole, error) {
	f := errs.Fields{}
	if r.Key == "" || r.Key == "staff." || r.Key == "member." {
		f.Add("key", "error.field.required", nil)
	} else if !r.Key.Custom() || len(r.Key) > maxRoleKey || !made(string(r.Key), ".-_", false) {
		f.Add("key", "error.role.key", map[string]any{"max": maxRoleKey})
	}
	if len(r.Name) == 0 {
		f.Add("name", "error.field.required", nil)
	}
	checkTexts(f, "name", r.Name, valid.TextTitle)
	checkTexts(f, "about", r.About, valid.TextSummary)
	if r.Members && r.Key.Staff() {
		f.Add("members", "error.field.mismatch", nil)
	}
	r.Permissions = r.checkPermissions(f, known)
	return r, f.Err()
}

func (r CustomRole) checkPermissions(f errs.Fields, known []PermissionInfo) []Permission {
	if len(r.Permissions) > maxRolePermissions {
		f.Add("permissions", "error.field.too_many", map[string]any{"max": maxRolePermissions})
		return nil
	}
	for _, p := range r.Permissions {
		switch info, ok := infoOf(known, p); {
		case !ok:
			f.Add("permissions", "error.role.permission", map[string]any{"permission": clip(string(p))})
		case !info.Members && !r.Key.Staff():
			f.Add("permissions", "error.role.staff_only", map[string]any{"permission": string(p)})
		}
	}
	return sorted(r.Permissions)
}

// permits returns what r permits. What this program does not know, and what is
// not for customers in a role of theirs, it does not, whatever a store says.
func (r CustomRole) permits(known []PermissionInfo) []Permission {
	return slices.DeleteFunc(slices.Clone(r.Permissions), func(p Permission) bool {
		info, ok := infoOf(known, p)
		return !ok || !info.Members && !r.Key.Staff()
	})
}

func roleChanges(old, r CustomRole) []Change {
	var c diff
	joined := func(list []Permission) string { return strings.Join(texts(list), ", ") }
	for _, locale := range slices.Sorted(maps.Keys(r.Name)) {
		c.plain("name."+locale, old.Name[locale], r.Name[locale])
	}
	for _, locale := range slices.Sorted(maps.Keys(r.About)) {
		c.plain("about."+locale, old.About[locale], r.About[locale])
	}
	c.plain("permissions", joined(old.Permissions), joined(r.Permissions))
	c.plain("members", strconv.FormatBool(old.Members), strconv.FormatBool(r.Members))
	return c
}
