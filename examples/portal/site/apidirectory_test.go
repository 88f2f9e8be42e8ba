package site

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDirectoryAPI: what pages do with people and organisations a program does
// with the same rights, in its reader's language, and with the same proof of who
// asks.
func TestDirectoryAPI(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	send := func(c *client, method, path, body string, header ...string) answer {
		return c.do(method, "/api/v1"+path, body, append(header, "Content-Type", "application/json")...)
	}
	for path, statuses := range map[string][3]int{ // by tom, a customer; priya, who looks after her organisation; ruth, an administrator
		"/people/tom": {200, 200, 200}, "/people/sverre": {404, 404, 200}, "/people?account=aldergate": {200, 200, 200}, "/accounts": {403, 403, 200}, "/accounts/aldergate": {200, 200, 200},
		"/people/tom/access": {404, 404, 200}, "/people/tom/sessions": {200, 404, 200}, "/segments": {403, 403, 200}, "/segment-facts": {403, 403, 200}, "/fields/person": {200, 200, 200},
		"/form-rules/account?country=DE": {200, 200, 200}, "/invitations": {403, 200, 200}, "/connections": {403, 403, 200}, "/me/sessions": {200, 200, 200}, "/me/address": {200, 200, 200},
	} {
		require.Equal(t, statuses, [3]int{as("tom").get("/api/v1" + path).Status, as("priya").get("/api/v1" + path).Status, as("ruth").get("/api/v1" + path).Status}, path)
		require.Contains(t, []int{401, 404}, as("").get("/api/v1"+path).Status, path)
	}
	require.NotContains(t, as("priya").get("/api/v1/people").Body, "sverre")

	// Faults of fields are told in the reader's language.
	tom := as("tom").get("/api/v1/people/tom")
	require.Equal(t, "no-store", tom.Header.Get("Cache-Control"))
	var person map[string]any
	require.NoError(t, json.Unmarshal([]byte(tom.Body), &person))
	for _, name := range []string{"id", "created_at", "updated_at", "version"} {
		delete(person, name)
	}
	person["zone"] = "Europe/Atlantis"
	wrong, err := json.Marshal(person)
	require.NoError(t, err)
	refused := send(as("tom"), http.MethodPut, "/people/tom", string(wrong), "If-Match", tom.Header.Get("Etag"))
	require.Equal(t, 422, refused.Status)
	require.Contains(t, refused.Body, "Please enter a time zone")
	require.Contains(t, send(as("lucia"), http.MethodPut, "/people/lucia", `{"name":7}`, "If-Match", `"1"`).Body, `"name":"Aquí`, "in the language of who asks")
	person["zone"] = "Europe/Vienna"
	good, err := json.Marshal(person)
	require.NoError(t, err)
	require.Equal(t, 200, send(as("tom"), http.MethodPut, "/people/tom", string(good), "If-Match", tom.Header.Get("Etag")).Status)
	require.Contains(t, as("tom").get("/en/account").Body, "Europe/Vienna", "the page shows it")
	require.Equal(t, 412, send(as("tom"), http.MethodPut, "/people/tom", string(good), "If-Match", tom.Header.Get("Etag")).Status)

	// An invitation is handed over where no mail goes out, once.
	const new = `{"address":"new@aldergate.example.com","roles":["customer"]}`
	made := send(as("priya"), http.MethodPost, "/invitations", new, "Idempotency-Key", "k")
	require.Equal(t, 201, made.Status)
	var i struct{ ID, Link string }
	require.NoError(t, json.Unmarshal([]byte(made.Body), &i))
	require.Equal(t, 200, as("").get(i.Link[len(as("").server.URL):]).Status)
	require.Contains(t, send(as("priya"), http.MethodPost, "/invitations", new, "Idempotency-Key", "k").Body, `"link":""`)
	require.Contains(t, as("priya").get("/en/account/organisation").Body, "new@aldergate.example.com")
	require.Equal(t, 204, send(as("priya"), http.MethodDelete, "/invitations/"+i.ID, "").Status)

	// A session that began a while ago is told to prove more; other sites' forms do nothing.
	c := as("")
	_, ruth := signIn(t, c, "ruth")
	connection := `{"kind":"directory","name":"Okta","account":"aldergate"}`
	unsure := send(c, http.MethodPost, "/connections", connection, "Cookie", ruth)
	require.Equal(t, 403, unsure.Status)
	require.Contains(t, unsure.Body, "fresh sign-in")
	require.Contains(t, send(as("ruth"), http.MethodPost, "/connections", connection).Body, `"secret":"stoa-`)
	for _, path := range []string{"/people/tom/export", "/people/tom/erasure"} {
		require.Contains(t, send(c, http.MethodPost, path, `{"mode":"delete"}`, "Cookie", ruth).Body, "fresh sign-in", path)
	}
	require.Equal(t, 403, send(c, http.MethodDelete, "/me/sessions", "", "Cookie", ruth, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").Status)
	require.Contains(t, c.get("/api/v1/me", "Cookie", ruth).Body, `"sure":false`)
	require.Contains(t, c.get("/api/v1/me/sessions", "Cookie", ruth).Body, `"current":true`)
	require.Contains(t, send(as("tom"), http.MethodPost, "/people/tom/export", "").Body, `"person":"tom"`)
	require.Contains(t, as("").get("/openapi.json").Body, "/api/v1/people/{id}/access")

	// The portal is arranged for programs as it is on pages.
	require.Contains(t, as("tom").get("/api/v1/layout/pages/home").Body, `"menus":{"`)
	require.NotContains(t, as("tom").get("/api/v1/layout/pages/home").Body, `"/admin/people"`)
	require.Contains(t, as("ruth").get("/api/v1/layout/rules").Body, `"rules":[`)
	require.Equal(t, 403, as("tom").get("/api/v1/layout/rules").Status)
	require.Equal(t, 204, send(as("tom"), http.MethodPost, "/layout/reset", "").Status)
}
