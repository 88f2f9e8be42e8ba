package profile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/sqlprofile"
)

// A pigeonry is a channel whose receiver throws repeated messages away.
type pigeonry struct {
	name string

	mu   sync.Mutex
	fail func(m profile.Message) (before, after error)
	sent []profile.Message // as they arrived
	keys []string          // without repeated ones
}

func (p *pigeonry) Name() string { return p.name }

func (p *pigeonry) Send(ctx context.Context, m profile.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var before, after error
	if p.fail != nil {
		before, after = p.fail(m)
	}
	if before != nil {
		return before
	}
	p.sent = append(p.sent, m)
	if !slices.Contains(p.keys, m.Key) {
		p.keys = append(p.keys, m.Key)
	}
	return after
}

// titles returns what was sent to a person, item by item.
func (p *pigeonry) titles(person string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := []string{}
	for _, m := range p.sent {
		if m.To.ID == person {
			var titles []string
			for _, i := range m.Items {
				titles = append(titles, i.Title)
			}
			out = append(out, strings.Join(titles, "+"))
		}
	}
	return out
}

// articles are what notices are about, and who may read them.
type articles struct {
	mu     sync.Mutex
	titles map[string]string
	hidden map[string]bool // "person article"
	down   bool
}

func (a *articles) resolve(_ context.Context, to profile.Actor, n profile.Notice) (profile.NoticeText, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := strings.TrimPrefix(n.Subject, "article/")
	title, ok := a.titles[id]
	switch {
	case a.down:
		return profile.NoticeText{}, errors.New("articles: database is down")
	case !ok || a.hidden[to.ID+" "+id]:
		return profile.NoticeText{}, fmt.Errorf("article %s: %w", id, profile.ErrNotFound)
	}
	return profile.NoticeText{Title: title, Body: "by version " + n.Data["version"], Path: "/articles/" + id}, nil
}

type store interface {
	profile.Store
	profile.NoticeStore
}

// A world is a portal with people, something to read and two channels.
type world struct {
	*testing.T
	store    store
	people   *profile.Directory
	notifier *profile.Notifier
	opts     profile.NotifierOptions
	articles *articles
	mail     *pigeonry
	push     *pigeonry
	log      *bytes.Buffer
	db       *sqlx.DB // nil in memory
	ahead    time.Duration
}

var admin = profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}

func (w *world) now() time.Time { return time.Now().Add(w.ahead) }

// inWorlds runs f on each kind of store. In memory time stands still until it is
// moved; in databases what is due is made due.
func inWorlds(t *testing.T, f func(w *world)) {
	t.Run("memory", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { f(newWorld(t, memprofile.New(), nil)) })
	})
	t.Run("databases", func(t *testing.T) {
		testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
			require.NoError(t, sqlprofile.Migrate(t.Context(), db.DB))
			f(newWorld(t, sqlprofile.New(db), db))
		})
	})
}

func newWorld(t *testing.T, s store, db *sqlx.DB) *world {
	w := &world{T: t, store: s, db: db, log: &bytes.Buffer{}, mail: &pigeonry{name: "mail"}, push: &pigeonry{name: "push"}}
	w.articles = &articles{titles: map[string]string{"vpn": "Canary-VPN", "disk": "Canary-Disk"}, hidden: map[string]bool{}}
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.people = profile.NewDirectory(s, &profile.Options{Logger: log, Now: w.now})
	for _, id := range []string{"ann", "bob", "cy"} {
		w.person(id)
	}
	w.opts = profile.NotifierOptions{
		Kinds: []profile.NoticeKind{
			{Name: "article.updated", Title: "notice.article.updated", Channels: []string{"inbox", "mail", "push"}, Resolve: w.articles.resolve},
			{Name: "article.touched", Title: "notice.article.touched", Minor: true, Resolve: w.articles.resolve},
			{Name: "article.commented", Title: "notice.article.commented", Channels: []string{"inbox", "mail"}, Resolve: w.articles.resolve},
			{Name: "sign-in.new", Title: "notice.sign-in", Channels: []string{"inbox", "mail"}, Fixed: true, Urgency: profile.UrgencyHigh, Resolve: w.articles.resolve},
		},
		Channels: []profile.Channel{w.mail, w.push}, Base: "https://help.example/", Secret: []byte("0123456789abcdef"), Logger: log, Now: w.now,
	}
	w.notifier = w.instance()
	return w
}

// instance returns another Notifier on the same store.
func (w *world) instance() *profile.Notifier {
	n, err := profile.NewNotifier(w.store, w.people, &w.opts)
	require.NoError(w, err)
	return n
}

func (w *world) person(id string) {
	_, err := w.people.SavePerson(w.Context(), admin, profile.Person{ID: id, Name: "Name of " + id, Email: id + "@acme.example", Zone: "Europe/Vienna"})
	require.NoError(w, err)
}

func (w *world) change(id string, change func(*profile.Person)) {
	p, err := w.people.Person(w.Context(), admin, id)
	require.NoError(w, err)
	change(&p)
	_, err = w.people.SavePerson(w.Context(), admin, p)
	require.NoError(w, err)
}

func (w *world) actor(id string) profile.Actor {
	a, err := w.people.Actor(w.Context(), id)
	require.NoError(w, err)
	return a
}

func (w *world) prefer(id string, change func(*profile.Preferences)) {
	by := profile.Actor{ID: id}
	p, err := w.people.Preferences(w.Context(), by, id)
	require.NoError(w, err)
	change(&p)
	_, err = w.people.SavePreferences(w.Context(), by, id, p)
	require.NoError(w, err)
}

func (w *world) follow(id, ref, level string) {
	_, err := w.people.Shelve(w.Context(), profile.Actor{ID: id}, profile.ShelfItem{List: profile.ListFollows, Ref: ref, Level: level})
	require.NoError(w, err)
}

func updated(id, version string, to ...string) profile.Occurrence {
	return profile.Occurrence{Kind: "article.updated", Subject: "article/" + id, Key: id + "@" + version, Data: map[string]string{"version": version}, To: to}
}

func (w *world) notify(o profile.Occurrence) {
	w.Helper()
	require.NoError(w, w.notifier.Notify(w.Context(), o))
}

func (w *world) drain() int {
	w.Helper()
	n, err := w.notifier.Drain(w.Context())
	require.NoError(w, err)
	return n
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	w.Helper()
	if w.db == nil {
		time.Sleep(d)
		return
	}
	w.ahead += d
	require.NoError(w, sqldb.New(w.db).Write(w.Context(), func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(w.Context(), tx, `update stoa_outbox set due_at = null where status = 'pending' and due_at <= $1`, sqldb.At(w.now()))
		return err
	}))
}

// at moves the clock to the next time that Vienna's show so.
func (w *world) at(clock string) {
	w.Helper()
	zone, err := time.LoadLocation("Europe/Vienna")
	require.NoError(w, err)
	t, err := time.Parse("15:04", clock)
	require.NoError(w, err)
	now := w.now().In(zone)
	next := time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), 0, 0, zone)
	if !next.After(now) {
		next = time.Date(now.Year(), now.Month(), now.Day()+1, t.Hour(), t.Minute(), 0, 0, zone)
	}
	w.pass(next.Sub(now))
}

// kept returns all that the tables hold, and the log.
func (w *world) kept() string {
	out := w.log.String()
	if w.db == nil {
		return out
	}
	for _, table := range []string{"stoa_notice", "stoa_notice_digest", "stoa_outbox", "stoa_outbox_attempt"} {
		rows, err := w.db.QueryxContext(w.Context(), `select * from `+table)
		require.NoError(w, err)
		for rows.Next() {
			values, err := rows.SliceScan()
			require.NoError(w, err)
			for _, v := range values {
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				out += fmt.Sprint(v, " ")
			}
		}
		require.NoError(w, rows.Close())
	}
	return out
}

func (w *world) inbox(id string) []string {
	w.Helper()
	items, next, err := w.notifier.Inbox(w.Context(), w.actor(id), profile.NoticeQuery{})
	require.NoError(w, err)
	require.Empty(w, next)
	out := []string{}
	for _, i := range items {
		out = append(out, i.Title)
	}
	return out
}

func (w *world) unread(id string) int {
	w.Helper()
	n, more, err := w.notifier.Unread(w.Context(), w.actor(id))
	require.NoError(w, err)
	require.False(w, more)
	return n
}
