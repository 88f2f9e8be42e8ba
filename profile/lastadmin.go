package profile

import (
	"context"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
)

// Somebody administers a portal who may do all that [RoleAdmin] may, by whatever
// roles. The last who does cannot be made less, by themselves or by others: who
// could give the rights back would be gone.

// nobodyElse keeps everybody as they are.
func nobodyElse(Person) bool { return false }

// guarded does something that takes rights away, unless nobody would administer
// the portal then who does now. after returns the roles as they would be, and
// tells who would be gone. field says where the refusal stands in a form; with ""
// it is a conflict.
//
// One is made after the other, in all instances whose store is a [LeaseStore].
func (d *Directory) guarded(ctx context.Context, after func(*roleSet) (*roleSet, func(Person) bool), field string, do func(context.Context) error) error {
	if len(d.policy[RoleAdmin]) == 0 {
		return do(ctx)
	}
	return d.inTurn(ctx, func(ctx context.Context, set *roleSet) error { return d.keepsAdministrator(ctx, set, after, field) }, do)
}

// inTurn does something unless check refuses it, while nobody else does anything
// of the kind.
func (d *Directory) inTurn(ctx context.Context, check func(context.Context, *roleSet) error, do func(context.Context) error) error {
	ctx, done, err := d.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	set, err := d.readRoles(ctx)
	if err == nil {
		err = check(ctx, set)
	}
	if err != nil {
		return err
	}
	return do(ctx)
}

// keepsAdministrator refuses what would leave nobody who administers the portal.
func (d *Directory) keepsAdministrator(ctx context.Context, set *roleSet, after func(*roleSet) (*roleSet, func(Person) bool), field string) error {
	left, gone := after(set)
	some, err := d.somebodyAdministers(ctx, left, gone)
	if err != nil || some {
		return err
	}
	// Where there was nobody before, nothing is lost.
	if some, err = d.somebodyAdministers(ctx, set, nobodyElse); err == nil && some {
		err = lastOne(field, "error.role.last_administrator")
	}
	return err
}

// lastOne is the refusal of what would lose somebody who is needed.
func lastOne(field, key string) error {
	if field == "" {
		return errs.Say(errs.Conflict, key, nil)
	}
	return errs.Field(field, key, nil)
}

// administers reports whether roles permit all that RoleAdmin does.
func (d *Directory) administers(set *roleSet, roles []Role) bool {
	has := set.all(d.policy, roles)
	return len(d.policy[RoleAdmin]) > 0 && !slices.ContainsFunc(d.policy[RoleAdmin], func(p Permission) bool { return !has[p] })
}

// somebodyAdministers looks for one who may sign in and is not gone.
func (d *Directory) somebodyAdministers(ctx context.Context, set *roleSet, gone func(Person) bool) (bool, error) {
	candidates := []Role{RoleAdmin}
	for _, r := range d.allRoles(set) {
		// Who has all of it by several roles has one that permits this.
		if r.Key != RoleAdmin && slices.Contains(r.Permissions, d.policy[RoleAdmin][0]) {
			candidates = append(candidates, r.Key)
		}
	}
	for _, role := range candidates {
		found, err := d.administersWith(ctx, set, role, gone)
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

func (d *Directory) administersWith(ctx context.Context, set *roleSet, role Role, gone func(Person) bool) (bool, error) {
	q := PersonQuery{Role: role, Limit: maxLimit}
	for {
		page, next, err := d.store.People(ctx, q)
		if err != nil {
			return false, err
		}
		for _, p := range page {
			if p.Disabled || gone(p) || !d.administers(set, p.Roles) {
				continue
			}
			if a, err := d.accountOf(ctx, p); err == nil && !a.Disabled {
				return true, nil
			}
		}
		if next == "" {
			return false, nil
		}
		q.After = next
	}
}

// leaves does something that takes rights from one person, see guarded. p is who
// they are after it, nil if they are not here any more.
func (d *Directory) leaves(ctx context.Context, by Actor, old Person, p *Person, field string, do func(context.Context) error) error {
	set, err := d.roleSet(ctx)
	if err != nil {
		return err
	}
	admin := d.loses(old, p, func(q Person) bool { return d.administers(set, q.Roles) })
	manager := d.minds(by, old) && d.loses(old, p, func(q Person) bool { return q.Account == old.Account && d.managesOwn(set, q) })
	if !admin && !manager {
		return do(ctx)
	}
	return d.inTurn(ctx, func(ctx context.Context, set *roleSet) error {
		if admin {
			err := d.keepsAdministrator(ctx, set, func(set *roleSet) (*roleSet, func(Person) bool) {
				return set, func(other Person) bool { return other.ID == old.ID }
			}, field)
			if err != nil {
				return err
			}
		}
		if manager {
			return d.keepsManager(ctx, set, old, field)
		}
		return nil
	}, do)
}

// loses reports whether a person who could do something cannot any more.
func (d *Directory) loses(old Person, p *Person, can func(Person) bool) bool {
	still := p != nil && !p.Disabled && can(*p)
	return !old.Disabled && !still && can(old)
}
