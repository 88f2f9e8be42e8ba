package assets_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
)

// TestHandler is the API, request by request.
func TestHandler(t *testing.T) {
	s := newShop(t)
	acme := assets.Holder{Account: "acme"}
	s.asset(t, "hub", acme)
	s.purchase(t, "p", acme)
	s.entitlement(t, "e", acme)
	s.entitlement(t, "forever", assets.Holder{Person: "ann"}, func(e *assets.Entitlement) { e.To, e.Quotas, e.Channels = time.Time{}, nil, nil })
	h := s.Handler()
	for _, c := range []struct {
		name         string
		by           profile.Actor
		method, path string
		body, header string
		status       int
		has, not     []string
	}{
		{"products", ann, "GET", "/products", "", "", 200, []string{`"id":"hub"`, `"warranty_state":"active"`, `"next":""`}, []string{"origin", "registered_by"}},
		{"of a person", gus, "GET", "/products?person=nobody", "", "", 200, []string{`"products":[]`}, nil},
		{"of an organisation", gus, "GET", "/products?account=acme", "", "", 200, []string{`"id":"hub"`}, nil},
		{"of others", cem, "GET", "/products", "", "", 200, []string{`"products":[]`}, nil},
		{"one of others", cem, "GET", "/products/hub", "", "", 404, nil, []string{"HB2"}},
		{"nobody's", profile.Actor{}, "GET", "/products", "", "", 401, nil, nil},
		{"a bad token", ann, "GET", "/products?after=x", "", "", 422, nil, nil},
		{"register", ann, "POST", "/products", `{"serial":"t1-4f2a-09c3","installed_at":"2026-03-01"}`, "Idempotency-Key: k1", 201, []string{`"serial":"T1-4F2A-09C3"`, `"confirmed":false`, `"installed_at":"2026-03-01"`}, nil},
		{"register again", ann, "POST", "/products", `{"serial":"t1-4f2a-09c3","installed_at":"2026-03-01"}`, "Idempotency-Key: k1", 201, []string{`"version":1`}, nil},
		{"a wrong serial", ann, "POST", "/products", `{"serial":"nonsense"}`, "Idempotency-Key: k2", 422, []string{`"serial"`, "error.asset.serial_form"}, nil},
		{"a wrong day", ann, "POST", "/products", `{"serial":"T1-4F2A-09C4","installed_at":"03/01/2026"}`, "Idempotency-Key: k3", 422, []string{`installed_at`}, nil},
		{"an unknown field", ann, "POST", "/products", `{"serial":"T1-4F2A-09C4","confirmed":true}`, "Idempotency-Key: k4", 422, []string{`confirmed`}, nil},
		{"change without a version", mia, "PUT", "/products/hub", `{"site":"Murcia"}`, "", 428, nil, nil},
		{"change", mia, "PUT", "/products/hub", `{"site":"Murcia"}`, `If-Match: "1"`, 200, []string{`"site":"Murcia"`, `"version":2`}, nil},
		{"change an old one", mia, "PUT", "/products/hub", `{"site":"Murcia"}`, `If-Match: "1"`, 412, nil, nil},
		{"change what is everybody's", ann, "PUT", "/products/hub", `{"site":"x"}`, `If-Match: "2"`, 403, nil, nil},
		{"purchases", mia, "GET", "/purchases", "", "", 200, []string{`"number":"SO-p"`, `"amount":15800`}, []string{"origin"}},
		{"purchases of the organisation", ann, "GET", "/purchases", "", "", 200, []string{`"purchases":[]`}, nil},
		{"a purchase", mia, "GET", "/purchases/p", "", "", 200, []string{`"quantity":2`}, nil},
		{"entitlements", ann, "GET", "/entitlements", "", "", 200, []string{`"left":120`, `"to":null`}, nil},
		{"spend", gus, "POST", "/entitlements/e/spendings", `{"unit":"minute","n":100}`, "Idempotency-Key: s1", 201, []string{`"left":20`}, nil},
		{"spend again", gus, "POST", "/entitlements/e/spendings", `{"unit":"minute","n":100}`, "Idempotency-Key: s1", 201, []string{`"left":20`}, nil},
		{"spend too much", gus, "POST", "/entitlements/e/spendings", `{"unit":"minute","n":100}`, "Idempotency-Key: s2", 429, nil, nil},
		{"spend without a key", gus, "POST", "/entitlements/e/spendings", `{"unit":"minute","n":1}`, "", 422, nil, nil},
		{"spend as a customer", ann, "POST", "/entitlements/e/spendings", `{"unit":"minute","n":1}`, "Idempotency-Key: s3", 403, nil, nil},
		{"cover", ann, "GET", "/cover?product_id=hub&channel=phone", "", "", 200, []string{`"level":"priority"`, `"why":""`}, nil},
		{"no cover", cem, "GET", "/cover", "", "", 200, []string{`"level":""`, `"why":"nothing"`}, nil},
		{"unregister", mia, "DELETE", "/products/hub", "", `If-Match: "2"`, 204, nil, nil},
		{"gone", mia, "GET", "/products/hub", "", "", 404, nil, nil},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		if c.body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		if name, value, ok := strings.Cut(c.header, ": "); ok {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(profile.NewContext(t.Context(), c.by)))
		require.Equal(t, c.status, w.Code, "%s: %s", c.name, w.Body)
		for _, text := range c.has {
			require.Contains(t, w.Body.String(), text, c.name)
		}
		for _, text := range c.not {
			require.NotContains(t, w.Body.String(), text, c.name)
		}
		if c.status >= 400 {
			require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
		}
	}
}
