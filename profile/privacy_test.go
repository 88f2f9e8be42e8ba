package profile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// notes is a Keeper of the host's own.
type notes struct {
	of     map[string][]string
	failed error
	during func()
}

func (n *notes) Name() string { return "notes" }

func (n *notes) Export(_ context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for _, note := range n.of[person] {
			if !yield(map[string]string{"note": note}, nil) {
				return
			}
		}
		if n.failed != nil {
			yield(nil, n.failed)
		}
	}
}

func (n *notes) Erase(_ context.Context, person string, how profile.Erasure) (profile.Erased, error) {
	if n.failed != nil {
		return profile.Erased{}, n.failed
	}
	if n.during != nil {
		n.during()
	}
	list := n.of[person]
	delete(n.of, person)
	if how.Pseudonym == "" {
		return profile.Erased{Removed: len(list)}, nil
	}
	if len(list) > 0 {
		n.of[how.Pseudonym] = append(n.of[how.Pseudonym], "a note")
	}
	return profile.Erased{Renamed: len(list)}, nil
}

func (p *portal) settle(t *testing.T, id string) {
	t.Helper()
	by := p.as(t, id)
	_, err := p.SavePreferences(t.Context(), by, id, profile.Preferences{Theme: profile.ThemeDark})
	require.NoError(t, err)
	_, err = p.Consent(t.Context(), by, newsletter(id, true))
	require.NoError(t, err)
	p.shelve(t, by, profile.ListFavourites, "article/of-"+id)
	p.events.take()
}

type document struct {
	Person  string                      `json:"person"`
	At      time.Time                   `json:"at"`
	LeftOut []string                    `json:"left_out"`
	Kept    map[string][]map[string]any `json:"kept"`
}

func (p *portal) export(t *testing.T, by profile.Actor, person string) document {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, p.Export(t.Context(), by, person, &b))
	var doc document
	require.NoError(t, json.Unmarshal(b.Bytes(), &doc), b.String())
	return doc
}

func TestExport(t *testing.T) {
	p := newPortal(t)
	p.Register(&notes{of: map[string][]string{"bob": {"first", "second"}}})
	p.settle(t, "bob")
	p.settle(t, "ann")
	doc := p.export(t, p.as(t, "bob"), "bob")
	require.Equal(t, "bob", doc.Person)
	require.Empty(t, doc.LeftOut)
	require.Equal(t, "bob@acme.example", doc.Kept["person"][0]["email"])
	require.Equal(t, map[string]any{"note": []any{"secret of bob"}}, doc.Kept["person"][0]["attributes"], "what pages do not show is there too")
	require.Equal(t, "dark", doc.Kept["preferences"][0]["theme"])
	require.Equal(t, "newsletter", doc.Kept["consents"][0]["purpose"])
	require.Equal(t, []any{"favourites", "article/of-bob"}, []any{doc.Kept["shelf"][0]["list"], doc.Kept["shelf"][0]["ref"]})
	require.Equal(t, []map[string]any{{"note": "first"}, {"note": "second"}}, doc.Kept["notes"])
	require.Contains(t, doc.Kept, "sessions", "a Keeper with nothing says so")
	require.Contains(t, doc.Kept, "notices")

	doc = p.export(t, root, "bob")
	require.Equal(t, []string{"notices", "shelf"}, doc.LeftOut, "what only they may see, an administrator does not take out either")
	require.NotContains(t, doc.Kept, "shelf")
	require.NotContains(t, doc.Kept, "notices", "they tell what somebody follows")
	require.Equal(t, []string{"person.exported person/bob by bob", "person.exported person/bob by root"}, p.events.take())
}

func TestExportThatFails(t *testing.T) {
	p := newPortal(t)
	p.Register(&notes{of: map[string][]string{"bob": {"first"}}, failed: profile.ErrUnavailable})
	var b bytes.Buffer
	err := p.Export(t.Context(), p.as(t, "bob"), "bob", &b)
	require.ErrorIs(t, err, profile.ErrUnavailable)
	require.ErrorContains(t, err, "notes")
	require.False(t, json.Valid(b.Bytes()), "half an export looks like no whole one")
	p.Register(&notes{})
	err = p.Export(t.Context(), p.as(t, "bob"), "bob", full{})
	require.ErrorIs(t, err, errFull)
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWhoMayExportAndErase(t *testing.T) {
	linked, viewed := profile.Actor{ID: "bob", Assurance: profile.AssuranceLink}, profile.Actor{ID: "bob", Viewer: "root"}
	clerk := profile.Actor{ID: "clerk", Roles: []profile.Role{"clerk"}}
	for _, c := range []struct {
		name          string
		by            profile.Actor
		person        string
		export, erase error
	}{
		{"oneself", profile.Actor{ID: "bob"}, "bob", nil, nil},
		{"an administrator", root, "bob", nil, nil},
		{"an administrator, of who is gone", root, "somebody", nil, nil},
		{"an administrator oneself", root, "root", nil, profile.ErrForbidden},
		{"who could not give the role", clerk, "root", nil, profile.ErrForbidden},
		{"who holds a link", linked, "bob", profile.ErrForbidden, profile.ErrForbidden},
		{"who looks as somebody", viewed, "bob", profile.ErrForbidden, profile.ErrForbidden},
		{"an agent", profile.Actor{ID: "gus", Roles: []profile.Role{profile.RoleAgent}}, "bob", profile.ErrForbidden, profile.ErrForbidden},
		{"a manager", profile.Actor{ID: "ann", Account: "acme", Roles: []profile.Role{profile.RoleManager}}, "bob", profile.ErrForbidden, profile.ErrForbidden},
		{"a stranger", profile.Actor{ID: "carl"}, "bob", profile.ErrNotFound, profile.ErrNotFound},
		{"a stranger, of who is gone", profile.Actor{ID: "carl"}, "somebody", profile.ErrNotFound, profile.ErrNotFound},
		{"nobody", profile.Actor{}, "bob", profile.ErrNotFound, profile.ErrNotFound},
		{"nobody of nobody", profile.Actor{}, "", profile.ErrNotFound, profile.ErrNotFound},
	} {
		p := newPortal(t, func(o *profile.Options) {
			o.Policy = profile.DefaultPolicy()
			o.Policy["clerk"] = []profile.Permission{profile.PermissionDirectoryRead, profile.PermissionDirectoryWrite}
		})
		var b bytes.Buffer
		requireIs(t, p.Export(t.Context(), c.by, c.person, &b), c.export, c.name)
		if c.export != nil {
			require.Empty(t, b.String())
		}
		_, err := p.EraseEverything(t.Context(), c.by, c.person, profile.EraseModeDelete)
		requireIs(t, err, c.erase, c.name)
		if c.erase != nil {
			_, err := p.Person(t.Context(), root, "bob")
			require.NoError(t, err)
		}
	}
}

func TestEraseEverything(t *testing.T) {
	cleaned := 0
	p := newPortal(t, func(o *profile.Options) {
		o.Secret, o.Erased = []byte("a secret of sixteen bytes"), func(context.Context) { cleaned++ }
	})
	n := &notes{of: map[string][]string{"bob": {"first", "second"}, "ann": {"hers"}}}
	p.Register(n)
	p.settle(t, "bob")
	p.settle(t, "ann")
	_, err := p.EraseEverything(t.Context(), root, "bob", "")
	require.ErrorIs(t, err, profile.ErrInvalid)
	require.Zero(t, cleaned)
	report, err := p.EraseEverything(t.Context(), root, "bob", profile.EraseModePseudonym)
	require.NoError(t, err)
	require.Equal(t, 1, cleaned)
	got := map[string][2]int{}
	for _, r := range report {
		got[r.Keeper] = [2]int{r.Removed, r.Renamed}
	}
	for keeper, want := range map[string][2]int{"person": {1, 0}, "preferences": {1, 0}, "shelf": {1, 0}, "consents": {0, 1}, "notes": {0, 2}, "sessions": {0, 0}} {
		require.Equal(t, want, got[keeper], keeper)
	}
	require.Len(t, n.of, 2)
	for name := range n.of {
		require.Regexp(t, `^(ann|gone-[a-z2-7]{26})$`, name)
	}
	// A second time there is nothing to do, and pseudonyms stay the same.
	report, err = p.EraseEverything(t.Context(), root, "bob", profile.EraseModePseudonym)
	require.NoError(t, err)
	for _, r := range report {
		require.Zero(t, r.Removed+r.Renamed, r.Keeper)
	}
	require.Len(t, n.of, 2)
	require.Len(t, p.export(t, p.as(t, "ann"), "ann").Kept["shelf"], 1, "others lose nothing")
	for _, e := range p.events.take() {
		require.NotContains(t, strings.TrimSuffix(e, " by root"), "bob")
	}
}

// The event must not tell who it was, by the person's browser neither.
func TestErasureIsRecordedWithoutThePerson(t *testing.T) {
	var events []analytics.Event
	p := newPortal(t, func(o *profile.Options) {
		o.Events = analytics.RecorderFunc(func(ctx context.Context, e analytics.Event) { events = append(events, e.Complete(ctx)) })
	})
	ctx := analytics.NewContext(t.Context(), analytics.Event{User: "bob", Visitor: "browser-of-bob", Session: "visit-of-bob", Account: "acme", Path: "/account/bob"})
	p.settle(t, "bob")
	events = nil
	_, err := p.EraseEverything(ctx, profile.Actor{ID: "bob", Account: "acme"}, "bob", profile.EraseModeDelete)
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.Equal(t, "delete", events[0].Props["mode"])
	require.Equal(t, "1/0", events[0].Props["shelf"])
	text, err := json.Marshal(events)
	require.NoError(t, err)
	for _, word := range []string{"bob", "acme"} {
		require.NotContains(t, string(text), word)
	}
}

func TestErasureGoesOnAfterAFailure(t *testing.T) {
	p := newPortal(t)
	n := &notes{of: map[string][]string{"bob": {"first"}}, failed: profile.ErrUnavailable}
	p.Register(n)
	p.settle(t, "bob")
	bob := p.as(t, "bob")
	report, err := p.EraseEverything(t.Context(), bob, "bob", profile.EraseModeDelete)
	require.ErrorIs(t, err, profile.ErrUnavailable)
	require.NotContains(t, err.Error(), "bob")
	require.NotEmpty(t, report)
	require.Empty(t, p.shelved(t, bob, profile.ListFavourites), "the other Keepers are asked all the same")
	_, err = p.Person(t.Context(), bob, "bob")
	require.NoError(t, err, "they can sign in and ask again")
	require.Empty(t, p.events.take())
	n.failed = nil
	_, err = p.EraseEverything(t.Context(), bob, "bob", profile.EraseModeDelete)
	require.NoError(t, err)
	require.Empty(t, n.of)
	_, err = p.Person(t.Context(), root, "bob")
	require.ErrorIs(t, err, profile.ErrNotFound)
}

// A request of theirs that is under way may still write.
func TestErasureFindsWhatCameMeanwhile(t *testing.T) {
	p := newPortal(t)
	p.settle(t, "bob")
	bob := p.as(t, "bob")
	times := 0
	p.Register(profile.NewKeeper("zzz",
		func(context.Context, string) iter.Seq2[any, error] { return func(func(any, error) bool) {} },
		func(context.Context, string, profile.Erasure) (profile.Erased, error) {
			if times++; times == 1 {
				p.shelve(t, bob, profile.ListFavourites, "article/late")
			}
			return profile.Erased{}, nil
		}))
	_, err := p.EraseEverything(t.Context(), root, "bob", profile.EraseModeDelete)
	require.NoError(t, err)
	require.Equal(t, 2, times)
	require.Empty(t, p.shelved(t, bob, profile.ListFavourites))
}

func TestKeepersAreKnownByName(t *testing.T) {
	p := newPortal(t)
	p.Register(&notes{of: map[string][]string{"bob": {"old"}}}, &notes{of: map[string][]string{"bob": {"new"}}})
	require.Equal(t, []map[string]any{{"note": "new"}}, p.export(t, p.as(t, "bob"), "bob").Kept["notes"])

	// Sessions that are kept apart.
	apart := memprofile.New()
	require.NoError(t, apart.StartSession(t.Context(), profile.Session{ID: "s1", Person: "bob", Via: "apart", Secret: "hash of s1", StartedAt: day, SeenAt: day, ExpiresAt: day}))
	p.Register(profile.SessionKeeper(apart))
	var b bytes.Buffer
	require.NoError(t, p.Export(t.Context(), p.as(t, "bob"), "bob", &b))
	require.Contains(t, b.String(), `"via":"apart"`)
	require.NotContains(t, b.String(), "hash of s1")
	_, err := p.EraseEverything(t.Context(), root, "bob", profile.EraseModeDelete)
	require.NoError(t, err)
	list, err := apart.Sessions(t.Context(), "bob")
	require.NoError(t, err)
	require.Empty(t, list)
}
