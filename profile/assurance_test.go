package profile_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

func TestRequireAssurance(t *testing.T) {
	reached := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusAccepted) })
	step := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusSeeOther) })
	all := []profile.Assurance{profile.AssuranceNone, profile.AssuranceLink, profile.AssuranceSignIn, profile.AssuranceStrong}
	for _, want := range all {
		for _, has := range all {
			for otherwise, step := range map[int]http.Handler{http.StatusSeeOther: step, http.StatusForbidden: nil} {
				r := httptest.NewRequest(http.MethodPost, "/", nil)
				w := httptest.NewRecorder()
				profile.RequireAssurance(want, step)(reached).ServeHTTP(w, r.WithContext(profile.NewContext(r.Context(), profile.Actor{ID: "ann", Assurance: has})))
				if has >= want {
					otherwise = http.StatusAccepted
				}
				require.Equal(t, otherwise, w.Code, "%d for %d", has, want)
			}
		}
	}
	w := httptest.NewRecorder()
	profile.RequireAssurance(profile.AssuranceSignIn, nil)(reached).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	require.Equal(t, http.StatusForbidden, w.Code, "without an actor nobody is sure")
}
