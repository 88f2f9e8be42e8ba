package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/stoa-go/stoa/examples/portal/demo"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/profile"
)

// seed puts the demo's people and content in, if the portal is a demo. What is
// there already stays as it is.
func (s *Site) seed(ctx context.Context) (err error) {
	if !s.cfg.Demo {
		return nil
	}
	if s.world, err = demo.Read(); err != nil {
		return err
	}
	return s.db.alone(ctx, aloneSeed, func(ctx context.Context) error {
		return errors.Join(s.seedPeople(ctx), s.seedThings(ctx), s.seedAddresses(ctx), s.seedArticles(ctx), s.seedOffers(ctx), s.seedCourses(ctx), s.seedCases(ctx), s.seedPast(ctx))
	})
}

func (s *Site) seedPeople(ctx context.Context) error {
	for _, a := range s.world.Accounts {
		if err := s.seedAccount(ctx, a); err != nil {
			return fmt.Errorf("demo account %s: %w", a.ID, err)
		}
	}
	for _, segment := range demoSegments {
		if _, err := s.people.SaveSegment(ctx, system, segment); unlessThere(err) != nil {
			return fmt.Errorf("demo segment %s: %w", segment.Name, err)
		}
	}
	state, err := s.db.setting(ctx, demoPeople)
	if err != nil || state == "done" {
		return err
	}
	for _, p := range s.world.People {
		if err := s.seedPerson(ctx, p); err != nil {
			return fmt.Errorf("demo person %s: %w", p.ID, err)
		}
	}
	return s.db.set(ctx, demoPeople, "done")
}

// demoPeople is the setting that says that the demo's people have come: who has
// deleted their account since does not come back.
const demoPeople = "demo people"

// demoSegments are the rules that the demo's content is written for.
var demoSegments = []profile.Segment{
	{
		Name: "partner", Title: "Partners", Description: "Installers and resellers who work with us.",
		Rule: profile.Rule{Fact: profile.FactRole, Op: profile.OpIn, Values: []string{string(profile.RolePartner)}},
	},
	{
		Name: "regulated", Title: "Regulated customers", Description: "Customers on the plan for regulated industries.",
		Rule: profile.Rule{Fact: profile.FactPlan, Op: profile.OpIn, Values: []string{"regulated"}},
	},
	{
		Name: "team-plan", Title: "Team customers", Description: "Customers on the plan for teams.",
		Rule: profile.Rule{Fact: profile.FactPlan, Op: profile.OpIn, Values: []string{"team"}},
	},
	{
		Name: "hub-1-owners", Title: "Owners of a Hub 1", Description: "Customers who still have a Hub 1.",
		Rule: profile.Rule{All: []profile.Rule{
			{Fact: profile.FactOfAccount + "products", Op: profile.OpIn, Values: []string{"hub-1"}},
			{Fact: profile.FactPlan, Op: profile.OpNotIn, Values: []string{"internal"}},
		}},
	},
}

func (s *Site) seedAccount(ctx context.Context, a demo.Account) error {
	_, err := s.people.SaveAccount(ctx, system, profile.Account{
		ID: a.ID, Name: a.Name, Plan: a.Plan, Country: a.Country, Attributes: attributes(a.Attributes),
	})
	return unlessThere(err)
}

func (s *Site) seedPerson(ctx context.Context, p demo.Person) error {
	roles := make([]profile.Role, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = profile.Role(r)
	}
	_, err := s.people.SavePerson(ctx, system, profile.Person{
		ID: p.ID, Account: p.Account, Name: p.Name, Email: p.Email, Roles: roles, Locale: p.Locale, Zone: p.Zone,
		Attributes: attributes(p.Attributes),
	})
	return unlessThere(err)
}

// unlessThere forgives that something is there already: somebody may have
// changed it since.
func unlessThere(err error) error {
	if errors.Is(err, profile.ErrConflict) {
		return nil
	}
	return err
}

// attributes turns the demo's values into lists of texts.
func attributes(m map[string]any) map[string][]string {
	out := map[string][]string{}
	for k, v := range m {
		if list, ok := v.([]any); ok {
			for _, item := range list {
				out[k] = append(out[k], fmt.Sprint(item))
			}
			continue
		}
		out[k] = []string{fmt.Sprint(v)}
	}
	return out
}

// demoContent is the setting that says how far the demo's articles came: one
// that was stopped half-way is completed by the next start, one that is done is
// left to its authors.
const demoContent = "demo content"

// seedArticles imports the demo's articles the first time, into a library that
// is empty.
func (s *Site) seedArticles(ctx context.Context) error {
	state, err := s.db.setting(ctx, demoContent)
	if err != nil || state == "done" {
		return err
	}
	tree, err := s.library.Categories(ctx, system, "en")
	if err != nil || state == "" && len(tree) > 0 {
		return err
	}
	if err := s.db.set(ctx, demoContent, "begun"); err != nil {
		return err
	}
	if err := s.importDemo(ctx); err != nil {
		return err
	}
	return s.db.set(ctx, demoContent, "done")
}

func (s *Site) importDemo(ctx context.Context) error {
	bundle, err := importkb.Folder(demo.Files(), "demo")
	if err != nil {
		return err
	}
	report, err := s.library.Import(ctx, system, bundle, nil)
	if err != nil {
		return err
	}
	if len(report.Problems) > 0 {
		return fmt.Errorf("demo articles: %w", report.Problems[0])
	}
	return nil
}

// demoPeople returns the people to be signed in as, by organisation: those of the
// demo, and those who have joined since.
func (s *Site) demoPeople(r *http.Request) ([]demoAccount, error) {
	var out []demoAccount
	for _, a := range s.world.Accounts {
		account := demoAccount{Name: a.Name, About: a.About}
		for _, p := range s.world.People {
			here, err := s.isHere(r, p.ID)
			if err != nil {
				return nil, err
			}
			if here && p.Account == a.ID {
				account.People = append(account.People, demoPerson{ID: p.ID, Name: p.Name, About: p.About, Roles: p.Roles, Locale: p.Locale})
			}
		}
		if len(account.People) > 0 {
			out = append(out, account)
		}
	}
	joined, err := s.joinedSince(r)
	if err != nil || len(joined) == 0 {
		return out, err
	}
	since := demoAccount{Name: visitOf(r.Context()).P.T("demo.joined"), Ours: true}
	for _, p := range joined {
		one := demoPerson{ID: p.ID, Name: p.Name, Locale: p.Locale}
		for _, role := range p.Roles {
			one.Roles = append(one.Roles, underscored(string(role)))
		}
		since.People = append(since.People, one)
	}
	return append(out, since), nil
}

// isHere reports whether somebody of the demo can still be signed in as: people
// delete their accounts.
func (s *Site) isHere(r *http.Request, id string) (bool, error) {
	_, err := s.people.Actor(r.Context(), id)
	if errors.Is(err, profile.ErrNotFound) || errors.Is(err, profile.ErrForbidden) {
		return false, nil
	}
	return err == nil, err
}

// productName returns what a product is called.
func (s *Site) productName(id string) string {
	i := slices.IndexFunc(s.world.Products, func(p demo.Product) bool { return p.ID == id })
	if i < 0 {
		return id
	}
	return s.world.Products[i].Name
}
