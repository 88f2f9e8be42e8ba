package profile_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/profile"
)

// get returns the answer to a GET.
func (c *counter) get(t *testing.T, who, url string) *httptest.ResponseRecorder {
	t.Helper()
	return webtest.Scenario{URL: below + url, Prepare: c.as(t, who)}.Serve(c.Handler)
}

func TestSessionsOverHTTP(t *testing.T) {
	c := newCounter(t)
	var mine struct{ Sessions []struct{ ID string } }
	require.NoError(t, json.Unmarshal(c.get(t, "bob", "/me/sessions").Body.Bytes(), &mine))
	require.Len(t, mine.Sessions, 2)
	first, second := mine.Sessions[0].ID, mine.Sessions[1].ID
	by := c.portal.as(t, "bob")
	by.Session = second
	here := webtest.Scenario{URL: below + "/me/sessions", Prepare: func(r *http.Request) *http.Request { return r.WithContext(profile.NewContext(r.Context(), by)) }}
	require.Equal(t, 1, strings.Count(here.Serve(c.Handler).Body.String(), `"current":true`))
	require.NotContains(t, c.get(t, "bob", "/me/sessions").Body.String(), `"current":true`, "the request comes from none")
	c.run(t,
		line{who: "bob", url: "/me/sessions", status: 200, want: `"via":"demo" "agent":"Browser`, not: "secret subject ticket"},
		line{who: "root", url: "/people/bob/sessions", status: 200, want: first + " " + second},
		line{who: "ann", url: "/people/bob/sessions", status: 404},
		line{who: "gus", method: "DELETE", url: "/me/sessions/" + first, status: 404},
		line{who: "gus", method: "DELETE", url: "/people/bob/sessions/" + first, status: 404},
		line{who: "bob", method: "DELETE", url: "/me/sessions/" + first, status: 204},
		line{who: "bob", method: "DELETE", url: "/me/sessions/" + first, status: 404},
		line{who: "carl", method: "DELETE", url: "/people/bob/sessions", status: 404},
		line{who: "root", method: "DELETE", url: "/people/bob/sessions", status: 200, want: `{"ended":1}`},
		line{who: "bob", url: "/me/sessions", status: 200, want: `{"sessions":[]}`},
		line{who: "gus", method: "DELETE", url: "/me/sessions", status: 200, want: `{"ended":1}`},
	)
}

func TestInvitationsOverHTTP(t *testing.T) {
	c := newCounter(t)
	const new = `{"address":"new@acme.example","name":"Newton","roles":["customer"]}`
	c.fails = errors.New("no mail today")
	c.run(t, line{who: "ann", method: "POST", url: "/invitations", header: "Idempotency-Key: k", body: new, status: 503})
	c.fails = nil
	c.run(t,
		line{who: "ann", url: "/invitations", status: 200, want: `{"invitations":[]}`},
		line{who: "ann", method: "POST", url: "/invitations", header: "Idempotency-Key: k", body: new, status: 201, want: `"account":"acme" "made_by":"ann" "link":"https://help.example/join/`},
		line{who: "ann", method: "POST", url: "/invitations", header: "Idempotency-Key: k", body: new, status: 201, want: `"link":"" "made_by":"ann"`},
		line{who: "ann", method: "POST", url: "/invitations", header: "Idempotency-Key: k", body: `{"address":"other@acme.example"}`, status: 409},
		line{who: "ann", method: "POST", url: "/invitations", body: `{"address":"nobody","locale":"x_"}`, status: 422, want: `"address" "locale"`},
		line{who: "ann", method: "POST", url: "/invitations", body: `{"address":"a@b.example","account":"zeta"}`, status: 403},
		line{who: "ann", method: "POST", url: "/invitations", body: `{"address":"a@b.example","roles":["admin"]}`, status: 403},
		line{who: "root", method: "POST", url: "/invitations", body: `{"address":"a@b.example","roles":["agent"]}`, status: 403, want: "profile.assurance"},
		line{who: "root!", method: "POST", url: "/invitations", body: `{"address":"a@b.example","roles":["agent"]}`, status: 201, want: `"account":""`},
		line{who: "ann", url: "/invitations", status: 200, want: `"address":"new@acme.example"`, not: "join a@b.example"},
		line{who: "root", url: "/invitations?nowhere=true", status: 200, want: `"address":"a@b.example"`, not: "new@acme"},
		line{who: "root", url: "/invitations", status: 200, want: `{"invitations":[]}`},
		line{who: "ann", url: "/invitations?nowhere=true", status: 403},
		line{who: "ann", url: "/invitations?account=zeta", status: 403},
	)
	require.Equal(t, []string{"new@acme.example", "new@acme.example", "a@b.example"}, c.sent, "one letter failed, a retry sends none")
	var list struct{ Invitations []struct{ ID string } }
	require.NoError(t, json.Unmarshal(c.get(t, "ann", "/invitations").Body.Bytes(), &list))
	id := list.Invitations[0].ID
	c.run(t,
		line{who: "bob", method: "DELETE", url: "/invitations/" + id, status: 404},
		line{who: "ann", method: "DELETE", url: "/invitations/" + id, status: 204},
		line{who: "ann", method: "DELETE", url: "/invitations/" + id, status: 410},
		line{who: "ann", url: "/invitations", status: 200, want: `{"invitations":[]}`},
	)
	for n := range 19 {
		body := fmt.Sprintf(`{"address":"new%d@acme.example"}`, n)
		s := webtest.Scenario{Method: "POST", URL: below + "/invitations", Body: body, Prepare: c.as(t, "ann")}
		require.Equal(t, 201, s.Serve(c.Handler).Code)
	}
	s := webtest.Scenario{Method: "POST", URL: below + "/invitations", Body: new, Prepare: c.as(t, "ann")}
	answer := s.Serve(c.Handler)
	require.Equal(t, 429, answer.Code)
	require.Equal(t, "3600", answer.Header().Get("Retry-After"))
}

func TestConnectionsOverHTTP(t *testing.T) {
	c := newCounter(t)
	const okta = `{"kind":"directory","name":"Okta","account":"acme"}`
	c.run(t,
		line{who: "root", method: "POST", url: "/connections", body: okta, status: 403, want: "profile.assurance"},
		line{who: "gus", method: "POST", url: "/connections", body: okta, status: 403},
		line{who: "root!", method: "POST", url: "/connections", header: "Idempotency-Key: k", body: okta, status: 201, want: `"secret":"stoa- "used_at":null "ended_at":null "made_by":"root"`},
		line{who: "root!", method: "POST", url: "/connections", header: "Idempotency-Key: k", body: okta, status: 409, not: "stoa-"},
		line{who: "root!", method: "POST", url: "/connections", body: `{"kind":"door","name":"","account":"nowhere"}`, status: 422, want: `"kind" "name"`},
		line{who: "root", url: "/connections", status: 200, want: `"name":"Okta"`, not: "secret stoa-"},
	)
	var list struct{ Connections []struct{ ID string } }
	require.NoError(t, json.Unmarshal(c.get(t, "root", "/connections").Body.Bytes(), &list))
	id := list.Connections[0].ID
	c.run(t,
		line{who: "ann", method: "DELETE", url: "/connections/" + id, status: 403},
		line{who: "root", method: "DELETE", url: "/connections/" + id, status: 204},
		line{who: "root", method: "DELETE", url: "/connections/" + id, status: 404},
		line{who: "root", url: "/connections", status: 200, want: `"ended_at":"2026-`},
	)
}

func TestIdentitiesAndAddressOverHTTP(t *testing.T) {
	c := newCounter(t)
	c.run(t,
		line{who: "root", method: "POST", url: "/people/bob/identities", body: `{"via":"idp","subject":"b-1"}`, status: 403, want: "profile.assurance"},
		line{who: "root!", method: "POST", url: "/people/bob/identities", body: `{"via":"idp","subject":"b-1"}`, status: 201, want: `"via":"idp","subject":"b-1"`},
		line{who: "root!", method: "POST", url: "/people/carl/identities", body: `{"via":"idp","subject":"b-1"}`, status: 409},
		line{who: "root!", method: "POST", url: "/people/bob/identities", body: `{"via":""}`, status: 422, want: `"via" "subject"`},
		line{who: "bob", url: "/people/bob/identities", status: 200, want: `"subject":"b-1"`},
		line{who: "carl", method: "DELETE", url: "/identities?via=idp&subject=b-1", status: 404},
		line{who: "bob", method: "DELETE", url: "/identities?via=idp&subject=b-1", status: 204},
		line{who: "bob", method: "DELETE", url: "/identities?via=idp&subject=b-1", status: 404},

		line{who: "bob", url: "/me/address", status: 200, want: `"held":true,"kind":"hard" "since":"2026-`},
		line{who: "ann", url: "/me/address", status: 200, want: `{"held":false,"kind":"","since":null}`},
		line{who: "bob", method: "POST", url: "/me/address/retry", status: 204},
		line{who: "bob", url: "/me/address", status: 200, want: `"held":false`},
	)
}

func TestPrivacyOverHTTP(t *testing.T) {
	c := newCounter(t)
	c.run(t,
		line{who: "bob", method: "POST", url: "/people/bob/export", status: 403, want: "profile.assurance", not: "Name"},
		line{who: "bob!", method: "POST", url: "/people/bob/export", status: 200, want: `{"person":"bob" "left_out":[] "secret`},
		line{who: "bob!", method: "POST", url: "/people/ann/export", status: 404, not: "Name"},
		line{who: "ann!", method: "POST", url: "/people/bob/export", status: 403, not: "Name"},
		line{who: "root!", method: "POST", url: "/people/bob/export", status: 200, want: `"left_out":["notices","shelf"]`},
		line{who: "root!", method: "POST", url: "/people/bob/erasure", body: `{"mode":"hide"}`, status: 422, want: `"mode"`},
		line{who: "root!", method: "POST", url: "/people/root/erasure", body: `{"mode":"delete"}`, status: 403},
		line{who: "ann!", method: "POST", url: "/people/bob/erasure", body: `{"mode":"delete"}`, status: 403},
		line{who: "bob", method: "POST", url: "/people/bob/erasure", body: `{"mode":"delete"}`, status: 403, want: "profile.assurance"},
		line{who: "bob!", method: "POST", url: "/people/bob/erasure", body: `{"mode":"delete"}`, status: 200, want: `"kept":"person","removed":1`},
		line{who: "root!", method: "POST", url: "/people/bob/erasure", body: `{"mode":"pseudonymise"}`, status: 200, want: `"kept":"person","removed":0`},
	)
	_, err := c.store.Person(t.Context(), "bob")
	require.ErrorIs(t, err, profile.ErrNotFound)
}

// TestExportCutOff: half a document is none.
func TestExportCutOff(t *testing.T) {
	c := newCounter(t)
	c.Register(profile.NewKeeper("zoo", broken, nil))
	s := webtest.Scenario{Method: "POST", URL: below + "/people/bob/export", Prepare: c.as(t, "bob!")}
	require.Panics(t, func() { s.Serve(c.Handler) }, "the connection is cut")
}

// TestOtherAssurance: a host whose people cannot prove more says so.
func TestOtherAssurance(t *testing.T) {
	p := newPortal(t)
	h := profile.NewHandler(p.Directory, &profile.HandlerOptions{Sure: profile.AssuranceSignIn})
	c := &counter{portal: p}
	s := webtest.Scenario{Method: "POST", URL: "/people/bob/export", Prepare: c.as(t, "bob")}
	require.Equal(t, 200, s.Serve(h).Code)
	for _, path := range []string{"/me/sessions", "/invitations", "/connections", "/people/bob/identities", "/me/address"} {
		require.Equal(t, 404, webtest.Scenario{URL: path, Prepare: c.as(t, "root")}.Serve(h).Code, "what is not there is not served: %s", path)
	}
}

// broken hands over something and then fails.
func broken(context.Context, string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		if yield("a lion", nil) {
			yield(nil, errors.New("the gate is shut"))
		}
	}
}
