package matrix_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// A seesAll store shows every article to everybody.
type seesAll struct{ kb.Store }

func (s seesAll) Articles(ctx context.Context, q kb.ArticleQuery) ([]kb.Article, string, error) {
	q.Sight, q.Categories = nil, nil
	return s.Store.Articles(ctx, q)
}

// An openDoors store has no closed categories.
type openDoors struct{ kb.Store }

func (s openDoors) Categories(ctx context.Context) ([]kb.Category, string, error) {
	all, stamp, err := s.Store.Categories(ctx)
	for i := range all {
		all[i].Audience = profile.Public()
	}
	return all, stamp, err
}

// A showsDrafts store takes drafts for what readers are shown.
type showsDrafts struct{ kb.Store }

func (s showsDrafts) Article(ctx context.Context, id string) (kb.Article, error) {
	a, err := s.Store.Article(ctx, id)
	for i := range a.Translations {
		a.Translations[i].Status, a.Translations[i].Live = kb.StatusPublished, a.Translations[i].Head
	}
	return a, err
}

// A looseTongue store tells in its errors what it was asked about.
type looseTongue struct{ kb.Store }

func (s looseTongue) Article(ctx context.Context, id string) (kb.Article, error) {
	a, err := s.Store.Article(ctx, id)
	if err == nil && slices.Contains(a.Audience, "account:acme") {
		return a, &told{a.Translations[0].Title + " is secret"}
	}
	return a, err
}

type told struct{ text string }

func (t *told) Error() string { return t.text }
func (t *told) Unwrap() error { return kb.ErrNotFound }

// A busyStore writes when it is read.
type busyStore struct{ kb.Store }

func (s busyStore) Slug(ctx context.Context, slug string) (string, error) {
	id, err := s.Store.Slug(ctx, slug)
	if err == nil {
		s.Store.AddFeedback(ctx, kb.Feedback{ID: "visit " + slug, Article: id})
	}
	return id, err
}

// An openSource hands everything to the index as public.
type openSource struct{ search.Source }

func (o openSource) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	changes, next, err := o.Source.Changes(ctx, after, limit)
	for _, c := range changes {
		for i := range c.Documents {
			c.Documents[i].Audience = profile.Public()
		}
	}
	return changes, next, err
}

// generous is the policy with one permission more for a role.
func generous(role profile.Role, more ...profile.Permission) profile.Policy {
	p := profile.DefaultPolicy()
	p[role] = append(slices.Clone(p[role]), more...)
	return p
}

// A twin is a world in which one check is missing.
type twin struct {
	name   string
	build  build
	ops    []string
	caught func(v verdict) bool
}

func contentTwins() []twin {
	store := func(wrap func(kb.Store) kb.Store) build { return build{policy: profile.DefaultPolicy(), store: wrap} }
	return []twin{
		{"customers write", build{policy: generous(profile.RoleCustomer, profile.PermissionContentWrite)}, []string{"kb.Edit", "kb.Create"}, wrong},
		{"authors publish", build{policy: generous(profile.RoleAuthor, profile.PermissionContentPublish)}, []string{"kb.Publish"}, wrong},
		{"moderators organise", build{policy: generous(profile.RoleModerator, profile.PermissionContentOrganise)}, []string{"kb.SaveCategory"}, wrong},
		{"managers read the directory", build{policy: generous(profile.RoleManager, profile.PermissionDirectoryRead)}, []string{"profile.People"}, leaking},
		{"agents write the directory", build{policy: generous(profile.RoleAgent, profile.PermissionDirectoryWrite)}, []string{"profile.SavePerson"}, wrong},
		{"agents tune", build{policy: generous(profile.RoleAgent, profile.PermissionSearchTune)}, []string{"search.Rebuild"}, wrong},
		{"customers see what colleagues ask", build{policy: generous(profile.RoleCustomer, profile.PermissionCasesColleagues)}, []string{"cases.Cases"}, leaking},
		{"authors read cases", build{policy: generous(profile.RoleAuthor, profile.PermissionCasesRead)}, []string{"cases.Entries"}, leaking},
		{"authors answer", build{policy: generous(profile.RoleAuthor, profile.PermissionCasesRead, profile.PermissionCasesAnswer)}, []string{"cases.Move"}, wrong},
		{"lists admit all", store(func(s kb.Store) kb.Store { return seesAll{s} }), []string{"kb.Articles"}, leaking},
		{"categories admit all", store(func(s kb.Store) kb.Store { return openDoors{s} }), []string{"kb.Article", "kb.Categories"}, leaking},
		{"drafts are shown", store(func(s kb.Store) kb.Store { return showsDrafts{s} }), []string{"kb.Article"}, wrong},
		{"errors tell", store(func(s kb.Store) kb.Store { return looseTongue{s} }), []string{"kb.Manuscript"}, leaking},
		{"refusals leave traces", store(func(s kb.Store) kb.Store { return busyStore{s} }), []string{"kb.Find"}, tracing},
		{"all is public to search", build{policy: profile.DefaultPolicy(), source: func(s search.Source) search.Source { return openSource{s} }}, []string{"search.Search", "search.Suggest", "search.Related"}, leaking},
	}
}

// TestTwins checks worlds in which one check is missing. Each must be found out;
// that the same operations are fine in a world that is whole, [TestMatrix] shows.
func TestTwins(t *testing.T) {
	long(t)
	p, err := readPolicy()
	require.NoError(t, err)
	for _, twin := range slices.Concat(contentTwins(), alone(personalTwins()), alone(assetTwins())) {
		t.Run(twin.name, func(t *testing.T) {
			ops := slices.DeleteFunc(operations(), func(op operation) bool { return !slices.Contains(twin.ops, op.name) })
			require.Len(t, ops, len(twin.ops))
			open := func(t *testing.T) *world { return newWorld(t, twin.build) }
			v := judge(t, p, ops, open)
			require.True(t, twin.caught(v), "%+v", v)
		})
	}
}

func wrong(v verdict) bool   { return len(v.wrong) > 0 }
func leaking(v verdict) bool { return len(v.leaks) > 0 }
func tracing(v verdict) bool { return len(v.traces) > 0 }
