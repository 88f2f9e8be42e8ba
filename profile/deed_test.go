package profile_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// A book is an Auditor that remembers, or refuses.
type book struct {
	deeds  []profile.Deed
	by     []profile.Actor
	refuse error
}

func (b *book) Audit(_ context.Context, by profile.Actor, d profile.Deed) (int64, error) {
	if b.refuse != nil {
		return 0, b.refuse
	}
	b.deeds, b.by = append(b.deeds, d), append(b.by, by)
	return int64(len(b.deeds)), nil
}

// said returns the deeds in short, and forgets them.
func (b *book) said() string {
	var out []string
	for _, d := range b.deeds {
		text := d.Action
		if d.Outcome != profile.OutcomeDone {
			text += " " + string(d.Outcome)
		}
		out = append(out, strings.TrimSpace(text+" "+d.Person+d.Subject))
	}
	b.deeds, b.by = nil, nil
	return strings.Join(out, "; ")
}

// An audited directory has an administrator, an agent, a manager and a customer.
func auditedDirectory(t *testing.T) (*profile.Directory, *memprofile.Store, *book) {
	t.Helper()
	store, b := memprofile.New(), &book{}
	require.NoError(t, store.SaveAccount(t.Context(), profile.Account{ID: "acme", Name: "Acme", Version: 1}))
	for id, role := range map[string]profile.Role{"root": profile.RoleAdmin, "gus": profile.RoleAgent, "mia": profile.RoleManager, "ann": profile.RoleCustomer} {
		p := profile.Person{ID: id, Name: "Name of " + id, Email: id + "@example.com", Roles: []profile.Role{role}, Version: 1}
		if id == "mia" || id == "ann" {
			p.Account = "acme"
		}
		require.NoError(t, store.SavePerson(t.Context(), p))
	}
	return profile.NewDirectory(store, &profile.Options{Audit: b}), store, b
}

func actorOf(t *testing.T, d *profile.Directory, id string) profile.Actor {
	t.Helper()
	a, err := d.Actor(t.Context(), id)
	require.NoError(t, err)
	return a
}

// auditedCalls are operations, by whom they are made, and what is written down.
var auditedCalls = []struct {
	by, want string
	call     func(ctx context.Context, d *profile.Directory, by profile.Actor) error
}{
	{"root", "person.read ann", readPerson("ann")},
	{"ann", "", readPerson("ann")},
	{"mia", "person.read ann", readPerson("ann")},
	{"ann", "", readPerson("root")},
	{"root", "person.changed ann", changePerson("ann", func(p *profile.Person) { p.Name = "Zq" })},
	{"root", "person.changed ann", changePerson("ann", func(p *profile.Person) { p.Roles = []profile.Role{profile.RoleManager} })},
	{"gus", "person.changed refused ann", changePerson("ann", func(p *profile.Person) { p.Roles = []profile.Role{profile.RoleAdmin} })},
	{"mia", "person.changed refused ann", changePerson("ann", func(p *profile.Person) { p.Roles = []profile.Role{profile.RoleAgent} })},
	{"root", "person.changed ann; person.changed failed ann", changePerson("ann", func(p *profile.Person) { p.Locale = "\u0000" })},
	{"mia", "person.disabled ann", func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		_, err := d.DisablePerson(ctx, by, "ann")
		return err
	}},
	{"mia", "", func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		_, err := d.DisablePerson(ctx, by, "gus")
		return err
	}},
	{"root", "person.added zed", func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		_, err := d.SavePerson(ctx, by, profile.Person{ID: "zed", Name: "Zed"})
		return err
	}},
	{"root", "person.removed ann", func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		return d.RemovePerson(ctx, by, "ann")
	}},
	{"gus", "person.removed refused ann", func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		return d.RemovePerson(ctx, by, "ann")
	}},
	{"root", "account.added", saveAccount("globex")},
	{"gus", "account.changed refused", saveAccount("globex")},
	{"root", "segment.added segment/eu", saveSegment},
	{"mia", "segment.changed refused segment/eu", saveSegment},
	{"gus", "segment.removed refused segment/eu", func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		return d.RemoveSegment(ctx, by, "eu")
	}},
	{"root", "field.added field/person.phone", saveField},
	{"gus", "field.added refused field/person.phone", saveField},
	{"root", "person.exported ann", exportOf("ann")},
	{"ann", "person.exported ann", exportOf("ann")},
	{"gus", "person.exported refused ann", exportOf("ann")},
	{"root", "person.erased ann", eraseAll("ann")},
	{"gus", "person.erased refused ann", eraseAll("ann")},
	{"ann", "person.erased ann", eraseAll("ann")},
	{"root", "access.read ann", func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		_, err := d.Access(ctx, by, "ann")
		return err
	}},
	{"root", "access.tried ann", func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		_, err := d.TryAccess(ctx, by, profile.Person{ID: "ann", Name: "A", Roles: []profile.Role{profile.RoleAdmin}})
		return err
	}},
}

func readPerson(id string) func(context.Context, *profile.Directory, profile.Actor) error {
	return func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		_, err := d.Person(ctx, by, id)
		return err
	}
}

func changePerson(id string, change func(*profile.Person)) func(context.Context, *profile.Directory, profile.Actor) error {
	return func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		p := profile.Person{ID: id, Name: "Name of " + id, Email: id + "@example.com", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}, Version: 1}
		change(&p)
		_, err := d.SavePerson(ctx, by, p)
		return err
	}
}

func saveAccount(id string) func(context.Context, *profile.Directory, profile.Actor) error {
	return func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		_, err := d.SaveAccount(ctx, by, profile.Account{ID: id, Name: "N"})
		return err
	}
}

func saveSegment(ctx context.Context, d *profile.Directory, by profile.Actor) error {
	_, err := d.SaveSegment(ctx, by, profile.Segment{Name: "eu", Title: "EU", Rule: profile.Rule{Fact: profile.FactID, Op: profile.OpIn, Values: []string{"ann"}}})
	return err
}

func saveField(ctx context.Context, d *profile.Directory, by profile.Actor) error {
	_, err := d.SaveField(ctx, by, profile.Field{Of: profile.FieldOfPerson, Name: "phone", Label: map[string]string{"en": "P"}})
	return err
}

func exportOf(id string) func(context.Context, *profile.Directory, profile.Actor) error {
	return func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		return d.Export(ctx, by, id, &bytes.Buffer{})
	}
}

func eraseAll(id string) func(context.Context, *profile.Directory, profile.Actor) error {
	return func(ctx context.Context, d *profile.Directory, by profile.Actor) error {
		_, err := d.EraseEverything(ctx, by, id, profile.EraseModeDelete)
		return err
	}
}

func TestWhatIsWrittenDown(t *testing.T) {
	for i, c := range auditedCalls {
		d, _, b := auditedDirectory(t)
		by := actorOf(t, d, c.by)
		b.said()
		_ = c.call(t.Context(), d, by)
		for _, deed := range b.deeds {
			for _, change := range deed.Changes {
				for _, word := range []string{"Name of", "@example", "Zq", "Zed", `"ann"`} {
					require.NotContains(t, change.From+change.To, word, "%s", deed.Action)
				}
			}
		}
		want := c.want
		if strings.Contains(want, "failed") {
			want = "" // what the rules refuse is not begun
		}
		require.Equal(t, want, b.said(), "call %d by %s", i, c.by)
	}
}

// TestNothingHappensUnwritten: what cannot be written down is not done.
func TestNothingHappensUnwritten(t *testing.T) {
	for i, c := range auditedCalls {
		if c.want == "" || strings.Contains(c.want, "refused") || strings.Contains(c.want, "failed") {
			continue
		}
		d, store, b := auditedDirectory(t)
		by := actorOf(t, d, c.by)
		before := everything(t, store)
		b.refuse = errors.New("disk full")
		require.ErrorIs(t, c.call(t.Context(), d, by), profile.ErrUnavailable, "call %d", i)
		require.Equal(t, before, everything(t, store), "call %d by %s", i, c.by)
	}
}

func everything(t *testing.T, s *memprofile.Store) []any {
	t.Helper()
	people, _, err := s.People(t.Context(), profile.PersonQuery{Limit: 100})
	require.NoError(t, err)
	accounts, _, err := s.Accounts(t.Context(), profile.AccountQuery{Limit: 100})
	require.NoError(t, err)
	segments, err := s.Segments(t.Context())
	require.NoError(t, err)
	fields, err := s.Fields(t.Context())
	require.NoError(t, err)
	return []any{people, accounts, segments, fields}
}

// A lostStore takes changes and says that it cannot.
type lostStore struct{ *memprofile.Store }

func (lostStore) SavePerson(context.Context, profile.Person) error { return errors.New("no answer") }

func TestAFailureIsWrittenDownToo(t *testing.T) {
	_, store, b := auditedDirectory(t)
	d := profile.NewDirectory(lostStore{store}, &profile.Options{Audit: b})
	by := actorOf(t, d, "root")
	require.Error(t, changePerson("ann", func(p *profile.Person) { p.Zone = "Europe/Vienna" })(t.Context(), d, by))
	require.Len(t, b.deeds, 2)
	require.Equal(t, int64(1), b.deeds[1].Of)
	require.Equal(t, profile.OutcomeFailed, b.deeds[1].Outcome)
	require.Equal(t, []profile.Change{{Field: "zone", To: "Europe/Vienna"}}, b.deeds[0].Changes)
}

// TestSessionsAreWrittenDown follows a sign-in, a look as somebody else, and
// what is opened meanwhile.
func TestSessionsAreWrittenDown(t *testing.T) {
	d, store, b := auditedDirectory(t)
	s := profile.NewSessions(store, d, nil)
	var cookies []*http.Cookie
	request := func(method, path string) *http.Request {
		r := httptest.NewRequest(method, path, nil)
		r.RemoteAddr = "203.0.113.77:1"
		for _, c := range cookies {
			r.AddCookie(c)
		}
		return r
	}
	rec := httptest.NewRecorder()
	made, err := s.Start(rec, request("POST", "/"), profile.SignIn{Person: "root", Via: "demo"})
	require.NoError(t, err)
	cookies = rec.Result().Cookies()
	require.Equal(t, made.ID, b.by[0].Session)
	require.Equal(t, "session.begun rootvia/demo", b.said())
	_, err = s.Start(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), profile.SignIn{Person: "whoever", Via: "demo"})
	require.Error(t, err)
	require.Equal(t, "session.begun refused via/demo", b.said(), "what was typed is not kept")
	var network string
	serve := profile.Middleware(s, &profile.MiddlewareOptions{Audit: b})(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		network = profile.NetworkOf(r.Context())
	}))
	get := func(path string) int {
		w := httptest.NewRecorder()
		serve.ServeHTTP(w, request("GET", path))
		return w.Code
	}
	require.Equal(t, 200, get("/before"))
	require.Empty(t, b.said())
	require.Equal(t, "203.0.113.0/24", network)
	by, err := s.Authenticate(request("GET", "/"))
	require.NoError(t, err)
	require.Equal(t, made.ID, by.Session)
	require.NoError(t, s.View(request("POST", "/"), by, "ann"))
	require.Equal(t, 200, get("/articles/hub?q=x"))
	require.Equal(t, "root", b.by[1].Viewer)
	require.Equal(t, "view.begun ann; view.opened annpage/articles/hub", b.said())
	b.refuse = errors.New("disk full")
	require.Equal(t, 503, get("/articles/hub"), "what cannot be written down is not shown")
	b.refuse = nil
	require.NoError(t, s.EndView(request("POST", "/")))
	require.Equal(t, "view.ended ann", b.said())
	b.refuse = errors.New("disk full")
	require.ErrorIs(t, s.View(request("POST", "/"), by, "ann"), profile.ErrUnavailable)
	current, err := s.Current(request("GET", "/"))
	require.NoError(t, err)
	require.Empty(t, current.Viewing)
	b.refuse = nil
	_, err = s.List(t.Context(), by, "ann")
	require.NoError(t, err)
	_, err = s.RevokeAll(t.Context(), by, "ann", "")
	require.NoError(t, err)
	require.NoError(t, s.End(httptest.NewRecorder(), request("POST", "/")))
	require.Equal(t, "sessions.read ann; session.revoked ann; session.ended root", b.said())
	agent := actorOf(t, d, "gus")
	require.ErrorIs(t, s.View(request("POST", "/"), agent, "ann"), profile.ErrForbidden)
	require.Empty(t, b.said(), "whoever has no session views nothing")
}
