package matrix_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/addressprofile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/pushprofile"
	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/profile/smsprofile"
	"github.com/stoa-go/stoa/profile/webhookprofile"
	"github.com/stoa-go/stoa/search"
)

// keeping is a store of everything that package profile keeps but links.
type keeping interface {
	profile.Store
	profile.FieldStore
	profile.RoleStore
	profile.PreferenceStore
	profile.ConsentStore
	profile.ShelfStore
	profile.SessionStore
	profile.IdentityStore
	profile.NoticeStore
	profile.EndpointStore
	profile.ConnectionStore
	profile.SuppressionStore
}

// A personal is the front types of package profile beside the Directory, over
// what is kept of each person.
type personal struct {
	sessions    *profile.Sessions
	identities  *profile.Identities
	links       *profile.Links
	invitations *profile.Invitations
	connections *profile.Connections
	notifier    *profile.Notifier
	bounces     *profile.Bounces
	hooks       *webhookprofile.Channel
	push        *pushprofile.Channel
	phones      *smsprofile.Phones
	addresses   *profile.Addresses
	texts       *texts
	desk        *profile.Handler

	letters *memprofile.Links
	cookies map[string]*http.Cookie // by person
	session map[string]string       // IDs, by person
	invited map[string]string       // IDs of invitations, by account

	connected string // ID of a connection
}

// year is longer than any test goes on by the clock.
const year = 365 * 24 * time.Hour

// connect makes the front types that a build asks for.
func (w *world) connect(t *testing.T, b build) {
	t.Helper()
	kept, letters := keeping(w.keeping), profile.LinkStore(w.letters)
	if b.people != nil {
		kept = b.people(kept)
	}
	if b.links != nil {
		letters = b.links(letters)
	}
	secret := []byte("0123456789abcdef")
	w.people = profile.NewDirectory(kept, &profile.Options{Policy: b.policy, Events: w.events, Now: w.now.time, Secret: secret, Titles: w.titles(b)})
	require.NoError(t, w.people.RegisterPermissions(slices.Concat(kb.Permissions(), search.Permissions(), assets.Permissions(), audit.Permissions(), retention.Permissions(), courses.Permissions(), cases.Permissions())...))
	w.people.Register(profile.LinkKeeper(letters, kept), profile.EndpointKeeper(kept, profile.ChannelPush, profile.ChannelSMS, profile.ChannelWebhook))
	w.sessions = profile.NewSessions(kept, w.people, &profile.SessionOptions{Idle: year, Life: year, Events: w.events, Now: w.now.time})
	w.identities = profile.NewIdentities(kept, w.people, w.sessions)
	w.links = profile.NewLinks(letters, &profile.LinkOptions{Events: w.events, Now: w.now.time})
	w.invitations = profile.NewInvitations(w.links, w.people, &profile.InvitationOptions{
		Send: func(context.Context, profile.Invitation, string) error { return nil }, Life: year, PerHour: 200,
	})
	w.connections = profile.NewConnections(kept, w.people, &profile.ConnectionOptions{Secret: secret, Events: w.events, Now: w.now.time})
	var err error
	w.notifier, err = profile.NewNotifier(kept, w.people, &profile.NotifierOptions{Kinds: w.kinds(), Secret: secret, Now: w.now.time})
	require.NoError(t, err)
	w.bounces = profile.NewBounces(kept, w.people, &profile.BounceOptions{Now: w.now.time})
	w.addresses = profile.NewAddresses(addressprofile.NewList([]profile.Address{{Street: []string{"Damrak 1"}, PostalCode: "1012 LG", City: "Amsterdam", Country: "NL"}}), &profile.AddressOptions{PerMinute: 1000})
	w.desk = profile.NewHandler(w.people, &profile.HandlerOptions{
		Sessions: w.sessions, Invitations: w.invitations, Connections: w.connections, Identities: w.identities, Bounces: w.bounces, Addresses: w.addresses,
	})
	w.hooks = webhookprofile.New(kept, &webhookprofile.Options{Now: w.now.time})
	w.texts = &texts{sent: map[string]string{}}
	w.phones, err = smsprofile.NewPhones(kept, letters, w.texts.send, smsprofile.PhoneOptions{Secret: secret, Now: w.now.time})
	require.NoError(t, err)
	w.push, err = pushprofile.New(kept, pushKey, "mailto:ops@example.com", &pushprofile.Options{Now: w.now.time})
	require.NoError(t, err)
}

// pushKey is the portal's; making one takes longer than making a world.
var pushKey = pushprofile.GenerateKey()

// titles tells what is on shelves: notes to everybody, articles to who may
// read them.
func (w *world) titles(b build) profile.Titles {
	return profile.TitlesFunc(func(ctx context.Context, by profile.Actor, refs []string) (map[string]string, error) {
		out := map[string]string{}
		for _, ref := range refs {
			id, ok := strings.CutPrefix(ref, "article/")
			if !ok {
				out[ref] = "a note"
			} else if list, err := w.library.Entries(ctx, by, []string{id}, "en"); err != nil {
				return nil, err
			} else if len(list) == 1 || b.anyTitle {
				out[ref] = "an article"
			}
		}
		return out, nil
	})
}

// kinds are the notices that people have: of articles, and of nothing else.
func (w *world) kinds() []profile.NoticeKind {
	return []profile.NoticeKind{
		{Name: "article", Title: "notice.title", Resolve: func(ctx context.Context, to profile.Actor, n profile.Notice) (profile.NoticeText, error) {
			list, err := w.library.Entries(ctx, to, []string{strings.TrimPrefix(n.Subject, "article/")}, "en")
			if err != nil || len(list) == 0 {
				return profile.NoticeText{}, errors.Join(err, profile.ErrNotFound)
			}
			return profile.NoticeText{Title: list[0].Title, Body: list[0].Summary}, nil
		}},
		{Name: "note", Title: "notice.title", Resolve: func(_ context.Context, _ profile.Actor, n profile.Notice) (profile.NoticeText, error) {
			return profile.NoticeText{Title: n.Data["text"]}, nil
		}},
	}
}

// subjectOf is who a person is at the provider of identities.
func subjectOf(id string) string { return "canary-subject-" + stateOf(id) }

// stateOf returns the state in which a person is, or their ID if they ask
// themselves.
func stateOf(id string) string {
	for state, o := range others {
		if o.ID == id {
			return state
		}
	}
	return id
}

// everyone returns the IDs of all people that there are.
func everyone() (out []string) {
	for _, role := range roles {
		if !people[role].Anonymous() {
			out = append(out, people[role].ID)
		}
	}
	for _, state := range states["person"] {
		if o, ok := others[state]; ok {
			out = append(out, o.ID)
		}
	}
	return out
}

// attributes returns a value for each field, and one for none.
func attributes(state string) map[string][]string {
	out := map[string][]string{"loose": {"canary-loose-" + state}}
	for field := range fieldEdits {
		out[field] = []string{"canary-" + field + "-" + state}
	}
	return out
}

func (w *world) fillFields(t *testing.T) {
	t.Helper()
	for name, edit := range fieldEdits {
		for _, of := range []profile.FieldOf{profile.FieldOfPerson, profile.FieldOfAccount} {
			require.NoError(t, w.keeping.SaveField(t.Context(), profile.Field{
				Name: name, Of: of, Type: profile.FieldText, Label: map[string]string{"en": "canary-label-" + name}, Edit: edit, Version: 1,
			}))
		}
	}
}

// fillPersonal keeps one thing of each kind for everybody.
func (w *world) fillPersonal(t *testing.T) {
	t.Helper()
	_, made, err := w.connections.Make(t.Context(), people["admin"], profile.ConnectionDraft{Kind: profile.ConnectionDirectory, Name: "canary-connection", Account: "acme"})
	require.NoError(t, err)
	w.connected = made.ID
	for _, id := range everyone() {
		w.fillOf(t, id, stateOf(id))
		w.fillNotices(t, id, stateOf(id))
		w.fillAddresses(t, id, stateOf(id))
	}
	for role, by := range people {
		if !by.Anonymous() {
			w.signIn(t, role, by.ID)
		}
	}
	for _, account := range []string{"acme", "globex"} {
		i, err := w.invitations.Invite(t.Context(), people["admin"], profile.InvitationDraft{Address: "canary-invited-" + account + "@example.com", Account: account})
		require.NoError(t, err)
		w.invited[account] = i.ID
	}
	require.NoError(t, w.letters.MakeLink(t.Context(), profile.Link{
		ID: "known", Purpose: "guest", Subject: "case/1", Address: "known@example.com", MadeBy: "bob", Uses: 1,
		Data: map[string]string{"note": "canary-errand"}, MadeAt: w.now.time(), ExpiresAt: w.now.time().Add(year), Secret: "known",
	}))
}

func (w *world) fillOf(t *testing.T, id, state string) {
	t.Helper()
	ctx, now := t.Context(), w.now.time()
	require.NoError(t, w.keeping.SavePreferences(ctx, id, profile.Preferences{Notices: map[string][]string{"canary-prefs-" + state: {"inbox"}}, Version: 1, SavedAt: now}))
	require.NoError(t, w.keeping.AddConsent(ctx, profile.Consent{ID: "c-" + id, Person: id, Purpose: "newsletter", Wording: "canary-consent-" + state, Given: true, Via: "portal", At: now}))
	put := func(ref string) {
		item := profile.ShelfItem{Person: id, List: profile.ListFavourites, Ref: ref, Data: map[string]string{"note": "canary-shelf-" + state}, At: now}
		require.NoError(t, w.keeping.PutItem(ctx, item, 500, false))
	}
	put("note/" + id)
	for _, a := range w.about(id) {
		put("article/" + a.ID)
	}
	require.NoError(t, w.keeping.StartSession(ctx, profile.Session{
		ID: "s-" + id, Person: id, Via: "demo", Agent: "canary-agent-" + state, Secret: "canary-hash-" + state, StartedAt: now, SeenAt: now, ExpiresAt: now.Add(year),
	}))
	w.session[id] = "s-" + id
	require.NoError(t, w.keeping.Link(ctx, profile.Identity{Via: "idp", Subject: subjectOf(id), Person: id, LinkedAt: now}))
}

func (w *world) fillNotices(t *testing.T, id, state string) {
	t.Helper()
	now := w.now.time()
	posts := []profile.NoticePost{{Notice: profile.Notice{
		ID: "note-" + id, Person: id, Kind: "note", Subject: "note/1", Data: map[string]string{"text": "canary-notice-" + state}, Inbox: true, At: now,
	}}}
	for of, a := range w.about(id) {
		posts = append(posts, profile.NoticePost{Notice: profile.Notice{ID: "about-" + of + "-" + id, Person: id, Kind: "article", Subject: "article/" + a.ID, Inbox: true, At: now}})
	}
	require.NoError(t, w.keeping.AddNotices(t.Context(), posts))
}

// about returns the articles that a person has put aside and is told of, by
// state: all for those who ask.
func (w *world) about(id string) map[string]kb.Article {
	if stateOf(id) != id {
		return nil
	}
	return w.article
}

// fillAddresses keeps where things are sent to.
func (w *world) fillAddresses(t *testing.T, id, state string) {
	t.Helper()
	ctx, now := t.Context(), w.now.time()
	data := map[string]string{"secret": "canary-secret-" + state}
	require.NoError(t, w.keeping.SaveEndpoint(ctx, profile.Endpoint{
		ID: "hook-" + id, Person: id, Channel: profile.ChannelWebhook, Address: hookOf(id), Data: data, Agent: "canary-hook-" + state, CreatedAt: now,
	}))
	require.NoError(t, w.keeping.SaveEndpoint(ctx, profile.Endpoint{
		ID: profile.EndpointID(profile.ChannelPush, pushOf(id)), Person: id, Channel: profile.ChannelPush, Address: pushOf(id), Data: data, Agent: "canary-push-" + state, CreatedAt: now,
	}))
	require.NoError(t, w.letters.MakeLink(ctx, profile.Link{
		ID: "l-" + id, Purpose: "guest", Subject: "case/" + id, Address: "canary-link-" + state + "@example.com", MadeBy: id, Uses: 1,
		MadeAt: now, ExpiresAt: now.Add(year), Secret: "canary-letter-" + state,
	}))
}

// signIn gives somebody a browser in which they have signed in.
func (w *world) signIn(t *testing.T, role, id string) {
	t.Helper()
	rec := httptest.NewRecorder()
	_, err := w.sessions.Start(rec, httptest.NewRequest(http.MethodPost, "/", nil), profile.SignIn{Person: id, Via: "demo"})
	require.NoError(t, err, role)
	w.cookies[id] = rec.Result().Cookies()[0]
}

// browser returns a request from somebody's browser.
func (w *world) browser(by profile.Actor) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	if c, ok := w.cookies[by.ID]; ok {
		r.AddCookie(c)
	}
	return r
}

// personalCanaries returns the words on people that a role must never read.
func personalCanaries(p policy, role string) []string {
	var out []string
	for _, state := range states["person"] {
		for _, secret := range []struct {
			words []string
			ops   []string
		}{
			{[]string{"own", "managed", "kept"}, []string{"profile.Person/fields"}},
			{[]string{"concealed", "loose"}, []string{"profile.Person/concealed"}},
			{[]string{"prefs"}, []string{"profile.Preferences", "profile.Export"}},
			{[]string{"consent"}, []string{"profile.Consents", "profile.Export"}},
			{[]string{"shelf"}, []string{"profile.Shelf"}},
			{[]string{"notice"}, []string{"profile.Notifier.Inbox"}},
			{[]string{"agent"}, []string{"profile.Sessions.List", "profile.Export"}},
			{[]string{"subject"}, []string{"profile.Identities.List", "profile.Export"}},
			{[]string{"hook"}, []string{"webhookprofile.List", "profile.Export"}},
			{[]string{"push", "link"}, []string{"profile.Export"}},
			{[]string{"secret", "hash", "letter"}, nil},
		} {
			if !p.knows(role, state, secret.ops...) {
				for _, word := range secret.words {
					out = append(out, "canary-"+word+"-"+state)
				}
			}
		}
	}
	for _, account := range states["account"] {
		if !p.knows(role, account, "profile.Account/fields") {
			out = append(out, "canary-own-"+account, "canary-managed-"+account, "canary-kept-"+account)
		}
		if !p.knows(role, account, "profile.Account/concealed") {
			out = append(out, "canary-concealed-"+account, "canary-loose-"+account)
		}
		if !p.knows(role, account, "profile.Invitations.List") {
			out = append(out, "canary-invited-"+account)
		}
	}
	if !p.knows(role, "concealed", "profile.Fields") {
		out = append(out, "canary-label-concealed")
	}
	if !p.knows(role, "-", "profile.Connections.List") {
		out = append(out, "canary-connection")
	}
	return append(out, "canary-errand")
}
