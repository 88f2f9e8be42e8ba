package addressprofile_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/addressprofile"
)

var known = []profile.Address{
	{Street: []string{"Invalidenstraße 1"}, PostalCode: "10115", City: "Berlin", Country: "DE"},
	{Street: []string{"Invalidenstraße 12"}, PostalCode: "10115", City: "Berlin", Country: "DE"},
	{Street: []string{"Damrak 1"}, PostalCode: "1012 LG", City: "Amsterdam", Country: "NL"},
}

func TestList(t *testing.T) {
	l := addressprofile.NewList(known)
	for text, want := range map[string]int{"invaliden": 2, "berlin 10115, INVALIDENSTRASSE": 0, "Invalidenstraße, berlin": 2, "straße": 0, "damr": 1, "": 0, "12": 1, "London": 0} {
		list, err := l.Suggest(t.Context(), profile.AddressQuery{Text: text})
		require.NoError(t, err)
		require.Len(t, list, want, text)
	}
	list, err := l.Suggest(t.Context(), profile.AddressQuery{Text: "1", Country: "DE", Limit: 1})
	require.NoError(t, err)
	require.Equal(t, []profile.AddressSuggestion{{ID: "0", Label: "Invalidenstraße 1, 10115 Berlin"}}, list)
	a, err := l.Address(t.Context(), "2")
	require.NoError(t, err)
	require.Equal(t, known[2], a)
	for _, id := range []string{"", "3", "-1", "x"} {
		_, err = l.Address(t.Context(), id)
		require.ErrorIs(t, err, profile.ErrNotFound, id)
	}
}

func TestService(t *testing.T) {
	var asked *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		switch {
		case r.URL.Path == "/v1/suggestions" && r.FormValue("text") == "slow":
			<-r.Context().Done()
		case r.URL.Path == "/v1/suggestions" && r.FormValue("text") == "broken":
			fmt.Fprint(w, "<html>"+strings.Repeat("x", 1<<20))
		case r.URL.Path == "/v1/suggestions" && r.FormValue("text") == "elsewhere":
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		case r.URL.Path == "/v1/suggestions":
			fmt.Fprint(w, `{"suggestions": [{"id": "a/b", "label": "Damrak 1, Amsterdam"}]}`)
		case r.URL.EscapedPath() == "/v1/addresses/a%2Fb":
			fmt.Fprint(w, `{"street": ["Damrak 1"], "postal_code": "1012lg", "city": "Amsterdam", "country": "nl"}`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	open := func(change ...func(*addressprofile.ServiceOptions)) profile.AddressLookup {
		o := &addressprofile.ServiceOptions{Token: "s3cret", Plain: true, Timeout: 300 * time.Millisecond, Allow: func(a netip.Addr) bool { return a.IsLoopback() }}
		for _, f := range change {
			f(o)
		}
		s, err := addressprofile.NewService(server.URL+"/v1/", o)
		require.NoError(t, err)
		return s
	}
	s := open()
	list, err := s.Suggest(t.Context(), profile.AddressQuery{Text: "damrak & co", Country: "NL", Locale: "nl"})
	require.NoError(t, err)
	require.Equal(t, []profile.AddressSuggestion{{ID: "a/b", Label: "Damrak 1, Amsterdam"}}, list)
	require.Equal(t, "country=NL&limit=10&locale=nl&text=damrak+%26+co", asked.URL.RawQuery)
	require.Equal(t, "Bearer s3cret", asked.Header.Get("Authorization"))
	a, err := profile.BoundLookup(s, time.Second).Address(t.Context(), "a/b")
	require.NoError(t, err)
	require.Equal(t, profile.Address{Street: []string{"Damrak 1"}, PostalCode: "1012 LG", City: "Amsterdam", Country: "NL"}, a)
	for _, id := range []string{"", "..", "gone"} {
		_, err = s.Address(t.Context(), id)
		require.ErrorIs(t, err, profile.ErrNotFound, id)
	}
	for _, text := range []string{"slow", "broken", "elsewhere"} {
		_, err = s.Suggest(t.Context(), profile.AddressQuery{Text: text})
		require.ErrorIs(t, err, profile.ErrUnavailable, text)
		require.NotContains(t, err.Error(), "127.0.0.1")
	}
	asked = nil
	_, err = open(func(o *addressprofile.ServiceOptions) { o.Allow = nil }).Suggest(context.Background(), profile.AddressQuery{Text: "damrak"})
	require.ErrorIs(t, err, profile.ErrUnavailable)
	require.Nil(t, asked, "nothing within the network is asked unless it is allowed")
	for _, base := range []string{"", "addresses", "http://a.example", "ftp://a.example", "https://u:p@a.example", "https://a.example/?x=1"} {
		_, err := addressprofile.NewService(base, nil)
		require.ErrorIs(t, err, profile.ErrInvalid, base)
	}
}
