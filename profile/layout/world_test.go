package layout_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/layout/memlayout"
)

var (
	t0   = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	root = profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	ann  = profile.Actor{ID: "ann", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}}
)

func text(en string) layout.Label { return layout.Label{Texts: map[string]string{"en": en}} }

func item(id string, change ...func(*layout.Item)) layout.Item {
	it := layout.Item{ID: id, Label: text(id), Address: "/" + id, Audience: profile.Public()}
	for _, c := range change {
		c(&it)
	}
	return it
}

func pinned(it *layout.Item) { it.Pinned = true }

func only(terms ...string) func(*layout.Item) {
	return func(it *layout.Item) { it.Audience = profile.NewAudience(terms...) }
}

func meant(segments ...string) func(*layout.Item) {
	return func(it *layout.Item) { it.For = segments }
}

func menu(items ...layout.Item) layout.Menu { return layout.Menu{Name: "main", Items: items} }

func siteOf(items ...layout.Item) layout.Site {
	return layout.Site{Menus: []layout.Menu{menu(items...)}}
}

// numbered returns n items, i0 to in.
func numbered(n int) []layout.Item {
	out := make([]layout.Item, n)
	for i := range out {
		out[i] = item("i" + strconv.Itoa(i))
	}
	return out
}

func block(id string) layout.Block {
	return layout.Block{ID: id, Kind: "card", Audience: profile.Public(), Data: map[string]string{"category": "hub"}}
}

// A world is a portal with a clock that tests move.
type world struct {
	*layout.Arranger
	store layout.Store
	site  layout.Site
	mu    sync.Mutex
	now   time.Time
	seen  []analytics.Event
	opts  layout.Options
}

func newWorld(t testing.TB, site layout.Site, change ...func(*layout.Options)) *world {
	t.Helper()
	w := &world{store: memlayout.New(), site: site, now: t0}
	w.opts = layout.Options{Now: w.clock, Events: analytics.RecorderFunc(func(_ context.Context, e analytics.Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.seen = append(w.seen, e)
	})}
	for _, c := range change {
		c(&w.opts)
	}
	w.Arranger = w.instance(t)
	return w
}

// instance returns one more Arranger over the same store.
func (w *world) instance(t testing.TB) *layout.Arranger {
	t.Helper()
	a, err := layout.NewArranger(w.site, w.store, &w.opts)
	require.NoError(t, err)
	return a
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// events returns what was recorded since it was last asked.
func (w *world) events() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, e := range w.seen {
		out = append(out, e.Name+" "+e.Subject)
	}
	w.seen = nil
	return out
}

var visits int

// visit returns a visit that begins now.
func (w *world) visit() layout.Visit {
	visits++
	return layout.Visit{ID: fmt.Sprintf("visit-%d", visits), Began: w.clock()}
}

// used keeps uses of the day before, as they are after Flush.
func (w *world) used(t testing.TB, who profile.Actor, counts map[string]int) {
	t.Helper()
	for ref, n := range counts {
		use := layout.Use{Who: layout.WhoPerson(who.ID), Ref: ref, Day: w.clock().AddDate(0, 0, -1).Format(time.DateOnly), N: n}
		require.NoError(t, w.store.AddUses(context.Background(), []layout.Use{use}))
	}
}

// rule saves a rule and waits until visits go by it. What is pinned now may not
// have been when a rule for it was saved.
func (w *world) rule(t testing.TB, r layout.Rule) layout.Rule {
	t.Helper()
	saved, err := w.SaveRule(context.Background(), root, r)
	if err != nil && strings.HasSuffix(err.Error(), "ref: error.layout.pinned") {
		saved, err = r, w.keep(r)
	}
	require.NoError(t, err)
	w.pass(6 * time.Second)
	return saved
}

// keep puts a rule into the store that the site refuses.
func (w *world) keep(r layout.Rule) error {
	book, err := w.store.Rulebook(context.Background(), time.Time{})
	if err != nil {
		return err
	}
	r.Version = 1
	book.Revision, book.From, book.Rules = book.Revision+1, w.clock(), append(book.Rules, r)
	slices.SortFunc(book.Rules, func(a, b layout.Rule) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID)) })
	return w.store.SaveRulebook(context.Background(), book, time.Time{})
}

func (w *world) promote(t testing.TB, p layout.Promotion) layout.Promotion {
	t.Helper()
	if p.Slot == "" {
		p.Slot = "home/aside"
	}
	if p.Title == nil {
		p.Title = map[string]string{"en": p.ID}
	}
	if p.Audience == nil {
		p.Audience = profile.Public()
	}
	saved, err := w.SavePromotion(context.Background(), root, p)
	require.NoError(t, err)
	return saved
}

// ids spells a menu: an item that moved has a star.
func ids(links []layout.Link) []string {
	out := []string{}
	for _, l := range links {
		id := l.ID
		if l.Reason.Moved() {
			id += "*"
		}
		out = append(out, id)
	}
	return out
}

func (w *world) main(by profile.Actor, v layout.Visit) []string {
	return ids(w.Arrange(context.Background(), by, v, "home").Menus["main"])
}

func offers(l layout.Layout, slot string) []string {
	out := []string{}
	for _, o := range l.Shown[slot] {
		out = append(out, o.ID)
	}
	return out
}

func (w *world) aside(by profile.Actor, v layout.Visit) []string {
	return offers(w.Arrange(context.Background(), by, v, "home"), "aside")
}
