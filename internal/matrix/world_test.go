package matrix_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/memcases"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/kb/courses/memcourses"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/assets/memassets"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/layout/memlayout"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/report"
)

// roles are the columns of the tables.
var roles = []string{"anyone", "customer", "foreigner", "manager", "partner", "agent", "author", "owner", "translator", "reviewer", "moderator", "admin", "writer"}

func person(id, account string, roles ...profile.Role) profile.Actor {
	return profile.Actor{ID: id, Account: account, Roles: roles}
}

// people are who stands behind the roles.
var people = map[string]profile.Actor{
	"anyone":     {},
	"customer":   person("ann", "acme", profile.RoleCustomer),
	"foreigner":  person("cem", "globex", profile.RoleCustomer),
	"manager":    person("mia", "acme", profile.RoleManager),
	"partner":    person("pat", "resell", profile.RolePartner),
	"agent":      person("gus", "", profile.RoleAgent),
	"author":     person("omar", "", profile.RoleAuthor),
	"owner":      person("ines", "", profile.RoleAuthor),
	"translator": person("taro", "", profile.RoleTranslator),
	"reviewer":   person("rosa", "", profile.RoleReviewer),
	"moderator":  person("mo", "", profile.RoleModerator),
	"admin":      person("root", "", profile.RoleAdmin),
	"writer":     writer(),
}

// writer has by a role that the team made what authors have, and must come to
// the same everywhere.
func writer() profile.Actor {
	by := person("wim", "", "staff.writer")
	by.Grants = slices.Sorted(slices.Values(profile.DefaultPolicy()[profile.RoleAuthor]))
	return by
}

// others are people of whom somebody might want to know, by state.
var others = map[string]profile.Actor{
	"colleague": person("bob", "acme", profile.RoleCustomer),
	"chief":     person("max", "acme", profile.RoleManager),
	"stranger":  person("sven", "globex", profile.RoleCustomer),
	"employee":  person("eva", "", profile.RoleAgent),
}

// A world is all front types over stores that hold one thing in each state, each
// with a canary: words that are nowhere else.
type world struct {
	store   kb.Store
	library *kb.Library
	keeping *memprofile.Store
	people  *profile.Directory
	engine  *search.Engine
	tunings *memsearch.Tunings
	trials  *memsearch.Trials
	events  *recorder
	now     *clock
	article map[string]kb.Article // by state
	start   uint64                // snapshot
	last    uint64                // snapshot after the call before
	clicks  map[string]string     // tokens of hits, by group
	answer  string                // token of an answer

	personal

	pages    *memlayout.Store
	arranger *layout.Arranger
	visits   time.Time // when everybody came

	things    *memassets.Store
	inventory *assets.Inventory
	lessons   *memcourses.Store
	school    *courses.School
	folder    *memcases.Store
	cases     *cases.Desk
	inquiry   map[string]string // IDs of cases, by state
	log       *audit.Log
	analyst   *insight.Analyst
	reporter  *report.Reporter
}

// A build is what worlds are built from, for those that are built wrong.
type build struct {
	policy   profile.Policy
	store    func(kb.Store) kb.Store
	source   func(search.Source) search.Source
	people   func(keeping) keeping
	links    func(profile.LinkStore) profile.LinkStore
	pages    func(layout.Store) layout.Store
	things   func(assets.Store) assets.Store
	lessons  func(courses.Store) courses.Store
	anyTitle bool // of things on shelves
}

// sound is how a world is built.
var sound = build{policy: profile.DefaultPolicy()}

func newWorld(t *testing.T, b build) *world {
	t.Helper()
	good := kb.Store(memkb.New())
	w := &world{
		store: good, keeping: memprofile.New(), events: &recorder{}, now: &clock{}, article: map[string]kb.Article{}, pages: memlayout.New(), things: memassets.New(), lessons: memcourses.New(), folder: memcases.New(),
		personal: personal{letters: memprofile.NewLinks(), cookies: map[string]*http.Cookie{}, session: map[string]string{"unknown": "no-such"}, invited: map[string]string{"nowhere": "no-such"}},
	}
	secret := []byte("0123456789abcdef")
	w.library = kb.NewLibrary(good, &kb.Options{Now: w.now.time, Secret: secret})
	w.fill(t)
	w.fillDirectory(t)
	w.fillFields(t)
	w.connect(t, sound)
	w.fillPersonal(t)
	used := good
	if b.store != nil {
		used = b.store(good)
	}
	w.library = kb.NewLibrary(used, &kb.Options{Policy: b.policy, Events: w.events, Now: w.now.time, Secret: secret})
	source := w.library.Source()
	if b.source != nil {
		source = b.source(source)
	}
	w.connect(t, b)
	w.arrange(t, b)
	w.stock(t, b)
	w.teach(t, b)
	w.ask(t, b)
	w.watch(t, b)
	w.reporter = newReporter(t, w.now.time, b)
	w.writeDown(t, b)
	w.tune(t)
	w.engine = search.NewEngine(memsearch.New(), &search.Options{
		Sources: []search.Source{source}, Policy: b.policy, Events: w.events, Now: w.now.time, Secret: secret, Tuning: w.tunings, Trials: w.trials,
		Leanings: func(context.Context, profile.Actor) (out []search.Leaning, _ error) {
			for _, term := range []string{profile.SegmentStaff, "beta"} {
				out = append(out, search.Leaning{Facet: search.FacetAudience, Value: term, Weight: 1, Because: "segment"})
			}
			return out, nil
		},
	})
	require.NoError(t, w.engine.Refresh(t.Context()))
	w.clicks = map[string]string{}
	for _, by := range people {
		res, err := w.engine.Search(t.Context(), by, search.Query{Text: "guide", Limit: 50})
		require.NoError(t, err)
		for _, h := range res.Hits {
			w.clicks[h.Group] = h.Click
		}
	}
	for state := range w.article {
		found, err := w.engine.Search(t.Context(), people["admin"], search.Query{Text: "guide canary-" + state})
		require.NoError(t, err)
		if found.Answer != nil {
			w.answer = found.Answer.Token
		}
	}
	w.start = w.snapshot()
	w.last = w.start
	return w
}

// fill writes one article and one category for each state.
func (w *world) fill(t *testing.T) {
	w.block(t)
	_, err := w.library.PutMedia(t.Context(), people["admin"], "spare.png", picture("spare"))
	require.NoError(t, err)
	w.category(t, "open", "", "public")
	w.category(t, "staff-only", "", "staff")
	w.category(t, "below-staff", "cat-staff-only", "public")
	w.category(t, "acme-only", "", "account:acme")
	w.write(t, "published", "open", true, "public")
	w.write(t, "signed-in", "open", true, "signed-in")
	w.write(t, "staff", "open", true, "staff")
	w.write(t, "acme", "open", true, "account:acme")
	w.write(t, "shut", "below-staff", true, "public")
	w.write(t, "shut-acme", "acme-only", true, "public")
	w.write(t, "draft", "open", false, "public")
	w.write(t, "draft-acme", "open", false, "account:acme")
	a := w.write(t, "archived", "open", true, "public")
	a, err = w.library.Archive(t.Context(), people["admin"], a.ID, "en", a.Version)
	require.NoError(t, err)
	w.article["archived"] = a
	w.article["missing"] = kb.Article{ID: "missing", Version: 1}
}

// block makes the block that operations on blocks are about.
func (w *world) block(t *testing.T) {
	t.Helper()
	_, err := w.library.SaveBlock(t.Context(), people["admin"], kb.Block{Name: "shared", Audience: profile.Public(), Texts: kb.Words{"en": "x"}})
	require.NoError(t, err)
}

func (w *world) category(t *testing.T, state, parent, audience string) {
	t.Helper()
	_, err := w.library.SaveCategory(t.Context(), people["admin"], kb.Category{
		ID: "cat-" + state, Parent: parent, Audience: profile.NewAudience(audience),
		Labels: map[string]kb.Label{"en": {Title: "canary-" + state, Slug: "cat-" + state}},
	})
	require.NoError(t, err)
	require.NoError(t, w.library.SaveRedirects(t.Context(), people["admin"], kb.Redirect{From: "/old/cat-" + state, To: "category/cat-" + state}))
}

func (w *world) write(t *testing.T, state, category string, publish bool, audience string) kb.Article {
	t.Helper()
	ctx, admin := t.Context(), people["admin"]
	_, err := w.library.PutMedia(ctx, admin, "m-"+state+".png", picture(state))
	require.NoError(t, err)
	a, err := w.library.Create(ctx, admin, kb.Draft{
		Text: kb.Text{Title: "guide canary-" + state, Slug: "s-" + state, Summary: "canary-" + state, Body: "canary-" + state + " ![x](media:m-" + state + ".png)\n\n:::internal\nfor staff alone\n:::\n"},
		Meta: kb.Meta{Category: "cat-" + category, Kind: kb.KindHowTo, Audience: profile.NewAudience(audience), Tags: []string{"canary-" + state}, Owner: "ines"},
		Key:  state,
	})
	require.NoError(t, err)
	if publish {
		a, err = w.library.Publish(ctx, admin, a.ID, "en", a.Version)
		require.NoError(t, err)
	}
	require.NoError(t, w.library.SaveRedirects(ctx, admin, kb.Redirect{From: "/old/" + state, To: "article/" + a.ID}))
	require.NoError(t, w.store.AddFeedback(ctx, kb.Feedback{ID: "f-" + state, Article: a.ID, Locale: "en", Comment: "remark-" + state, At: w.now.time()}))
	w.review(t, state, a)
	w.note(t, state, a)
	w.article[state] = a
	return a
}

// picture returns the smallest picture, different for each state.
func picture(state string) []byte { return []byte("\x89PNG\r\n\x1a\ncanary-" + state) }

func (w *world) fillDirectory(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	for _, id := range []string{"acme", "globex", "resell"} {
		require.NoError(t, w.keeping.SaveAccount(ctx, profile.Account{ID: id, Name: "canary-account-" + id, Attributes: attributes(id), Version: 1}))
	}
	for role, by := range people {
		if !by.Anonymous() {
			require.NoError(t, w.keeping.SavePerson(ctx, profile.Person{ID: by.ID, Name: role, Account: by.Account, Roles: by.Roles, Attributes: attributes(by.ID), Version: 1}))
		}
	}
	w.fillRoles(t)
	for state, o := range others {
		require.NoError(t, w.keeping.SavePerson(ctx, profile.Person{
			ID: o.ID, Name: "canary-" + state, Email: "canary-" + state + "@example.com", Account: o.Account, Roles: o.Roles, Attributes: attributes(state), Version: 1,
		}))
	}
	require.NoError(t, w.keeping.SaveSegment(ctx, profile.Segment{
		Name: "partner", Title: "canary-segment", Rule: profile.Rule{Fact: profile.FactPlan, Op: profile.OpIn, Values: []string{"x"}}, Version: 1,
	}))
}

// canaries returns the words that a role must never read.
func (w *world) canaries(p policy, role string) []string {
	var out []string
	hide := func(known bool, words ...string) {
		if !known {
			out = append(out, words...)
		}
	}
	for _, state := range states["article"] {
		hide(p.knows(role, state, "kb.Article", "kb.Manuscript"), "canary-"+state+" ", "canary-"+state+"]", "canary-"+state+"<")
		hide(p.knows(role, state, "kb.Feedback"), "remark-"+state+" ")
	}
	for _, state := range states["category"] {
		hide(p.knows(role, state, "kb.Category", "kb.CategoryDraft"), "canary-"+state+" ")
	}
	for _, state := range states["person"] {
		hide(p.knows(role, state, "profile.Person"), "canary-"+state+" ", "canary-"+state+"@")
	}
	for _, state := range states["account"] {
		hide(p.knows(role, state, "profile.Account"), "canary-account-"+state)
	}
	hide(p.knows(role, "-", "profile.Segments"), "canary-segment")
	for _, state := range states["role"] {
		hide(p.knows(role, state, "profile.Role"), "canary-role-"+state)
	}
	return slices.Concat(out, personalCanaries(p, role), layoutCanaries(p, role), assetCanaries(p, role), courseCanaries(p, role), caseCanaries(p, role))
}

// snapshot tells apart what is stored.
func (w *world) snapshot() uint64 {
	return digest(w.store, w.keeping, w.letters, w.pages, w.things, w.lessons, w.folder, w.tunings, w.trials)
}

// subject returns the ID of a person in a state, as by sees it.
func subject(by profile.Actor, state string) string {
	if state == "self" && !by.Anonymous() {
		return by.ID
	}
	if o, ok := others[state]; ok {
		return o.ID
	}
	return "unknown"
}

// A clock stands still between calls.
type clock struct{ minutes int }

func (c *clock) add() { c.minutes++ }

func (c *clock) time() time.Time {
	return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(c.minutes) * time.Minute)
}

// A recorder counts events.
type recorder struct {
	mu sync.Mutex
	n  int
}

func (r *recorder) Record(context.Context, analytics.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
}

func (r *recorder) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

// lists reports whether any element of a list is the one.
func lists[T any](list []T, is func(T) bool) bool { return slices.ContainsFunc(list, is) }
