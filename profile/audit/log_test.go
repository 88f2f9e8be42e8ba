package audit_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/audit/memaudit"
	"github.com/stoa-go/stoa/profile/profiletest"
)

var (
	root = profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}, Session: "s-1"}
	ann  = profile.Actor{ID: "zqann", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}}
)

// A world is a log with a clock.
type world struct {
	*audit.Log
	store *memaudit.Store
	now   time.Time
}

func newWorld(change ...func(*audit.Options)) *world {
	w := &world{store: memaudit.New(), now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	o := audit.Options{Key: []byte("key"), Now: func() time.Time { return w.now }}
	for _, f := range change {
		f(&o)
	}
	w.Log = audit.NewLog(w.store, &o)
	return w
}

func (w *world) write(t *testing.T, by profile.Actor, d profile.Deed) int64 {
	t.Helper()
	n, err := w.Audit(t.Context(), by, d)
	require.NoError(t, err)
	return n
}

func TestWhoIsWrittenDown(t *testing.T) {
	w := newWorld()
	viewing := ann
	viewing.Viewer, viewing.Session = "root", "s-2"
	w.write(t, root, profile.Deed{Action: "person.changed", Person: "zqann", Changes: []profile.Change{{Field: "roles", To: "x\x00\xff"}}})
	w.write(t, viewing, profile.Deed{Action: "view.opened", Person: "zqann", Subject: "page/x"})
	w.write(t, profile.Actor{ID: "system"}, profile.Deed{Action: "segment.changed"})
	w.write(t, profile.Actor{}, profile.Deed{Action: "session.begun", Outcome: profile.OutcomeRefused})
	list, next, err := w.Entries(t.Context(), root, audit.Query{})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Equal(t, []audit.Kind{audit.KindNobody, audit.KindSystem, audit.KindStaff, audit.KindStaff}, []audit.Kind{list[0].As, list[1].As, list[2].As, list[3].As})
	require.Equal(t, []string{"root", "zqann", "zqann", "s-2"}, []string{list[2].Actor, list[2].Behalf, list[2].Person, list[2].Session})
	require.Equal(t, "x\uFFFD", list[3].Changes[0].To)
	_, _, err = w.Entries(t.Context(), ann, audit.Query{})
	require.ErrorIs(t, err, profile.ErrForbidden)
	kept, err := w.store.Chain(t.Context(), 0, 10)
	require.NoError(t, err)
	for _, e := range kept {
		text, err := json.Marshal(e)
		require.NoError(t, err)
		require.NotContains(t, string(text), "zqann", "people are not in entries")
		require.NotContains(t, string(text), "root")
	}
}

func TestPagesAndFilters(t *testing.T) {
	w := newWorld()
	for i := range 7 {
		w.now = w.now.Add(time.Hour)
		w.write(t, []profile.Actor{root, ann}[i%2], profile.Deed{Action: []string{"person.changed", "segment.added"}[i%2], Person: "bob"})
	}
	page, next, err := w.Entries(t.Context(), root, audit.Query{Limit: 3})
	require.NoError(t, err)
	require.Len(t, page, 3)
	rest, end, err := w.Entries(t.Context(), root, audit.Query{Limit: 4, After: next})
	require.NoError(t, err)
	require.Len(t, rest, 4)
	require.Empty(t, end)
	require.Equal(t, page[2].Seq-1, rest[0].Seq)
	_, _, err = w.Entries(t.Context(), root, audit.Query{Limit: 3, After: next, Who: "root"})
	require.ErrorIs(t, err, profile.ErrInvalid, "a token belongs to its filters")
	_, _, err = w.Entries(t.Context(), root, audit.Query{After: "x"})
	require.ErrorIs(t, err, profile.ErrInvalid)
	for name, c := range map[string]struct {
		q    audit.Query
		want int
	}{
		"who": {audit.Query{Who: "root"}, 4}, "whom": {audit.Query{Whom: "bob"}, 7}, "anyone": {audit.Query{Anyone: "zqann"}, 3},
		"unknown": {audit.Query{Who: "nobody"}, 0}, "prefix of somebody": {audit.Query{Who: "roo"}, 0},
		"action": {audit.Query{Action: "segment"}, 3}, "period": {audit.Query{From: w.now.Add(-time.Hour), To: w.now}, 1},
	} {
		n := 0
		for _, err := range w.All(t.Context(), root, c.q) {
			require.NoError(t, err, name)
			n++
		}
		require.Equal(t, c.want, n, name)
	}
}

func TestReadsOnce(t *testing.T) {
	w := newWorld()
	read := profile.Deed{Action: "person.read", Person: "zqann"}
	require.NotZero(t, w.write(t, root, read))
	require.Zero(t, w.write(t, root, read))
	require.NotZero(t, w.write(t, root, profile.Deed{Action: "person.read", Person: "bob"}))
	other := root
	other.Session = "s-9"
	require.NotZero(t, w.write(t, other, read), "another browser")
	w.now = w.now.Add(11 * time.Minute)
	require.NotZero(t, w.write(t, root, read))
	require.NotZero(t, w.write(t, root, profile.Deed{Action: "person.changed", Person: "zqann"}))
	require.NotZero(t, w.write(t, root, profile.Deed{Action: "person.changed", Person: "zqann"}))
}

func TestRefusalsAreBounded(t *testing.T) {
	w := newWorld(func(o *audit.Options) { o.PerHour = 20 })
	n := 0
	for range 100 {
		if w.write(t, ann, profile.Deed{Action: "segment.change", Outcome: profile.OutcomeRefused}) != 0 {
			n++
		}
	}
	require.Equal(t, 2, n, "a tenth at once")
	require.NotZero(t, w.write(t, profile.Actor{ID: "eve"}, profile.Deed{Action: "segment.change", Outcome: profile.OutcomeRefused}))
	require.NotZero(t, w.write(t, ann, profile.Deed{Action: "person.changed"}), "what is done is always written down")
}

func TestAbout(t *testing.T) {
	w := newWorld()
	w.write(t, root, profile.Deed{Action: "person.read", Person: "zqann"})
	w.now = w.now.Add(time.Hour)
	since := w.now
	viewing := ann
	viewing.Viewer = "root"
	w.write(t, root, profile.Deed{Action: "person.changed", Person: "zqann", Account: "acme", Why: "secret", Changes: []profile.Change{{Field: "attributes.risk", To: profile.Masked}, {Field: "zone"}}})
	w.write(t, viewing, profile.Deed{Action: "view.opened", Person: "zqann", Subject: "page/x"})
	w.write(t, ann, profile.Deed{Action: "person.changed", Person: "zqann"})
	w.write(t, root, profile.Deed{Action: "person.changed", Person: "bob"})
	list, _, err := w.About(t.Context(), ann, "zqann", since, "", 10)
	require.NoError(t, err)
	require.Len(t, list, 2, "of others, since then, about ann")
	require.Equal(t, "view.opened", list[0].Action)
	require.Equal(t, []profile.Change{{Field: "zone"}}, list[1].Changes, "attributes may be hidden")
	for _, e := range list {
		require.Equal(t, audit.KindStaff, e.As)
		require.Empty(t, e.Actor+e.Session+e.Network+e.Why+e.Hash+e.Behalf)
	}
	list, _, err = w.About(t.Context(), root, "zqann", since, "", 10)
	require.NoError(t, err)
	require.Equal(t, "root", list[0].Actor, "those who may read all of it are told")
	page, next, err := w.About(t.Context(), ann, "zqann", since, "", 1)
	require.NoError(t, err)
	require.Len(t, page, 1)
	page, next, err = w.About(t.Context(), ann, "zqann", since, next, 1)
	require.NoError(t, err)
	require.Equal(t, "person.changed", page[0].Action)
	require.Empty(t, next)
	for _, by := range []profile.Actor{{}, {ID: "bob"}, viewing} {
		_, _, err := w.About(t.Context(), by, "zqann", since, "", 10)
		require.ErrorIs(t, err, profile.ErrForbidden)
	}
}

func TestExports(t *testing.T) {
	w := newWorld()
	w.write(t, root, profile.Deed{Action: "person.changed", Person: "=cmd()", Why: "@SUM(1)", Subject: "a,\"b\"\nc", Account: "-1"})
	var out bytes.Buffer
	require.ErrorIs(t, w.WriteCSV(t.Context(), ann, audit.Query{}, &out), profile.ErrForbidden)
	require.ErrorIs(t, w.WriteJSON(t.Context(), ann, audit.Query{}, &out), profile.ErrForbidden)
	require.Zero(t, out.Len())
	require.NoError(t, w.WriteCSV(t.Context(), root, audit.Query{Action: "person"}, &out))
	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Len(t, rows[1], len(rows[0]))
	text := strings.Join(rows[1], "|")
	require.Contains(t, text, "|'=cmd()|")
	require.Contains(t, text, "|'@SUM(1)|")
	require.Contains(t, text, "|'-1|")
	out.Reset()
	require.NoError(t, w.WriteJSON(t.Context(), root, audit.Query{}, &out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 5, "exports and refusals are written down too")
	var first struct{ Action, Actor string }
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &first))
	require.Equal(t, "audit.exported", first.Action)
	require.Equal(t, "root", first.Actor)
}

func TestVerifyIsForThoseWhoMayRead(t *testing.T) {
	w := newWorld()
	_, err := w.Verify(t.Context(), ann)
	require.ErrorIs(t, err, profile.ErrForbidden)
	for range 3 {
		w.write(t, root, profile.Deed{Action: "person.changed"})
	}
	r, err := w.Verify(t.Context(), root)
	require.NoError(t, err)
	require.True(t, r.Whole())
	other := audit.NewLog(w.store, &audit.Options{Key: []byte("another")})
	r, err = other.Verify(t.Context(), root)
	require.NoError(t, err)
	require.Len(t, r.Faults, 3, "who has not the key makes no entries")
	n, err := w.Prune(t.Context(), w.now.Add(time.Hour), nil, 2)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	r, err = w.Verify(t.Context(), root)
	require.NoError(t, err)
	require.Equal(t, int64(1), r.Checked)
	require.True(t, r.Whole(), "the chain begins where pruning ended")
}

func TestKeeper(t *testing.T) {
	profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) {
		w := newWorld()
		other := ann
		other.ID = "zqann2"
		for _, by := range []profile.Actor{ann, other} {
			w.write(t, by, profile.Deed{Action: "person.changed", Person: by.ID})
			w.write(t, root, profile.Deed{Action: "person.read", Person: by.ID})
		}
		return w.Keeper(), []string{`"zqann"`}
	})
}

func TestExportTellsNothingOfStaff(t *testing.T) {
	w := newWorld()
	w.write(t, root, profile.Deed{Action: "person.changed", Person: "zqann", Why: "staff-only"})
	w.write(t, ann, profile.Deed{Action: "invitation.accepted", Person: "bob", Changes: []profile.Change{{Field: "roles", To: "of-bob"}}})
	var text strings.Builder
	for v, err := range w.Keeper().Export(t.Context(), "zqann") {
		require.NoError(t, err)
		line, err := json.Marshal(v)
		require.NoError(t, err)
		text.Write(line)
	}
	require.Contains(t, text.String(), "invitation.accepted")
	for _, not := range []string{"root", "staff-only", "bob", "of-bob", "s-1"} {
		require.NotContains(t, text.String(), not)
	}
}

// A downStore keeps nothing.
type downStore struct{ audit.Store }

func (downStore) Append(context.Context, audit.Entry, func(string, audit.Entry) string) (audit.Entry, error) {
	return audit.Entry{}, errors.New("disk full")
}

func TestAStoreThatIsDown(t *testing.T) {
	log := audit.NewLog(downStore{memaudit.New()}, nil)
	_, err := log.Audit(t.Context(), root, profile.Deed{Action: "person.changed"})
	require.ErrorContains(t, err, "disk full")
}
