package profiletest_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// faultyRoles is a good store with one fault: whatever is set replaces it.
type faultyRoles struct {
	profile.RoleStore
	roles  func(ctx context.Context) ([]profile.CustomRole, error)
	save   func(ctx context.Context, r profile.CustomRole) error
	remove func(ctx context.Context, key profile.Role) error
}

func (f faultyRoles) Roles(ctx context.Context) ([]profile.CustomRole, error) {
	if f.roles != nil {
		return f.roles(ctx)
	}
	return f.RoleStore.Roles(ctx)
}

func (f faultyRoles) SaveRole(ctx context.Context, r profile.CustomRole) error {
	if f.save != nil {
		return f.save(ctx, r)
	}
	return f.RoleStore.SaveRole(ctx, r)
}

func (f faultyRoles) RemoveRole(ctx context.Context, key profile.Role) error {
	if f.remove != nil {
		return f.remove(ctx, key)
	}
	return f.RoleStore.RemoveRole(ctx, key)
}

// changedRole returns a store that changes roles before it keeps them.
func changedRole(change func(*profile.CustomRole)) func(profile.RoleStore) faultyRoles {
	return func(s profile.RoleStore) faultyRoles {
		return faultyRoles{save: func(ctx context.Context, r profile.CustomRole) error {
			r = r.Clone()
			change(&r)
			return s.SaveRole(ctx, r)
		}}
	}
}

// brokenRoles lists the faults that the suite must catch.
var brokenRoles = map[string]func(profile.RoleStore) faultyRoles{
	"roles: adds a permission":    changedRole(func(r *profile.CustomRole) { r.Permissions = append(r.Permissions, "directory.write") }),
	"roles: keeps one permission": changedRole(func(r *profile.CustomRole) { r.Permissions = r.Permissions[:min(1, len(r.Permissions))] }),
	"roles: anybody's to give":    changedRole(func(r *profile.CustomRole) { r.Members = true }),
	"roles: nobody's to give":     changedRole(func(r *profile.CustomRole) { r.Members = false }),
	"roles: one name":             changedRole(func(r *profile.CustomRole) { delete(r.Name, "ar") }),
	"roles: no text":              changedRole(func(r *profile.CustomRole) { r.About = nil }),
	"roles: no origin":            changedRole(func(r *profile.CustomRole) { r.Origin = "" }),
	"roles: capitals are small": changedRole(func(r *profile.CustomRole) {
		r.Key = profile.Role(strings.ToLower(string(r.Key)))
	}),
	"roles: without times": changedRole(func(r *profile.CustomRole) { r.UpdatedAt = r.CreatedAt }),
	"roles: unsorted": func(s profile.RoleStore) faultyRoles {
		return faultyRoles{roles: func(ctx context.Context) ([]profile.CustomRole, error) {
			list, err := s.Roles(ctx)
			slices.Reverse(list)
			return list, err
		}}
	},
	"roles: removes what is not there": func(s profile.RoleStore) faultyRoles {
		return faultyRoles{remove: func(ctx context.Context, key profile.Role) error {
			_ = s.RemoveRole(ctx, key)
			return ctx.Err()
		}}
	},
	"roles: removes nothing": func(profile.RoleStore) faultyRoles {
		return faultyRoles{remove: func(ctx context.Context, _ profile.Role) error { return ctx.Err() }}
	},
	"roles: whoever is last wins": func(s profile.RoleStore) faultyRoles {
		return faultyRoles{save: func(ctx context.Context, r profile.CustomRole) error {
			if r.Version > 1 {
				list, err := s.Roles(ctx)
				if err != nil {
					return err
				}
				if i := slices.IndexFunc(list, func(o profile.CustomRole) bool { return o.Key == r.Key }); i >= 0 {
					r.Version = list[i].Version + 1
				}
			}
			return s.SaveRole(ctx, r)
		}}
	},
	"roles: does not notice a cancelled context": func(s profile.RoleStore) faultyRoles {
		return faultyRoles{save: func(ctx context.Context, r profile.CustomRole) error {
			return s.SaveRole(context.WithoutCancel(ctx), r)
		}}
	},
}

// TestSuiteCatchesRoles runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesRoles(t *testing.T) {
	suitetest.Catches(t, brokenRoles, func(t *testing.T, fault func(profile.RoleStore) faultyRoles) {
		profiletest.TestRoleStore(t, func(*testing.T) profile.RoleStore {
			good := memprofile.New()
			f := fault(good)
			f.RoleStore = good
			return f
		})
	})
}
