package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/stoa-go/stoa/internal/errs"
)

// A PermissionInfo is an entry of the catalogue of permissions: what custom roles
// are put together from, and how pages explain it. Each capability has a function
// Permissions that returns its own, and the host hands them to
// [Directory.RegisterPermissions].
type PermissionInfo struct {
	Permission Permission
	Members    bool   // roles of customers may have it; false means that only roles of staff may
	Name       string // message key of what it is called; required
	About      string // message key of what it lets somebody do; required
}

// Group returns the part of the portal that a permission is about: "kb".
func (i PermissionInfo) Group() string {
	group, _, _ := strings.Cut(string(i.Permission), ".")
	return group
}

// Permissions returns those that this package and [analytics] check. A Directory
// knows them without being told.
func Permissions() []PermissionInfo {
	return []PermissionInfo{
		{PermissionDirectoryRead, false, "permission.directory_read", "permission.directory_read_about"},
		{PermissionDirectoryWrite, false, "permission.directory_write", "permission.directory_write_about"},
		{PermissionRolesGrant, false, "permission.directory_roles", "permission.directory_roles_about"},
		{PermissionImpersonate, false, "permission.directory_viewas", "permission.directory_viewas_about"},
		{PermissionRolesWrite, false, "permission.roles_write", "permission.roles_write_about"},
		{PermissionMembersRead, true, "permission.members_read", "permission.members_read_about"},
		{PermissionMembersWrite, true, "permission.members_write", "permission.members_write_about"},
		{PermissionSegmentsRead, false, "permission.segments_read", "permission.segments_read_about"},
		{PermissionSegmentsWrite, false, "permission.segments_write", "permission.segments_write_about"},
		{PermissionEventsRead, false, "permission.analytics_read", "permission.analytics_read_about"},
	}
}

// A catalogue is the permissions that there are.
type catalogue struct {
	mu   sync.RWMutex
	list []PermissionInfo
}

// RegisterPermissions adds permissions to the catalogue, at the start of a program. The same
// again changes nothing. A custom role that has a permission which nobody
// registered does without it.
func (d *Directory) RegisterPermissions(list ...PermissionInfo) error {
	d.catalogue.mu.Lock()
	defer d.catalogue.mu.Unlock()
	for _, info := range list {
		if !validSegment(string(info.Permission)) || info.Name == "" || info.About == "" {
			return fmt.Errorf("register permission %q: it needs a name and a text about it: %w", info.Permission, errs.Invalid)
		}
		switch have, ok := infoOf(d.catalogue.list, info.Permission); {
		case !ok:
			d.catalogue.list = append(slices.Clip(d.catalogue.list), info)
		case have != info:
			return fmt.Errorf("register permission %q: it is there and differs: %w", info.Permission, errs.Conflict)
		}
	}
	d.forgetRules()
	return nil
}

// Permissions returns the catalogue: all that is registered, a part of the portal
// after the other.
func (d *Directory) Permissions() []PermissionInfo {
	list := d.catalogue.all()
	slices.SortStableFunc(list, func(a, b PermissionInfo) int { return cmp.Compare(a.Group(), b.Group()) })
	return list
}

func (c *catalogue) all() []PermissionInfo {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.list)
}

func infoOf(list []PermissionInfo, p Permission) (PermissionInfo, bool) {
	i := slices.IndexFunc(list, func(info PermissionInfo) bool { return info.Permission == p })
	if i < 0 {
		return PermissionInfo{}, false
	}
	return list[i], true
}
