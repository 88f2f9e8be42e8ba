package web_test

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

type feedbackForm struct {
	Helpful bool     `form:"helpful"`
	Reason  string   `form:"reason" lines:"true"`
	Name    string   `form:"name" max:"20"`
	Topics  []string `form:"topic"`
	Stars   int      `form:"stars" default:"3"`
	Admin   bool     // not in the form
}

func form(body, kind string) (feedbackForm, error) {
	r := httptest.NewRequest("POST", "/?name=from+the+query&Admin=true", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return web.Form[feedbackForm](httptest.NewRecorder(), r, 10_000)
}

const urlencoded = "application/x-www-form-urlencoded"

func TestForm(t *testing.T) {
	body := url.Values{"helpful": {"on"}, "reason": {"one\r\ntwo\tthree"}, "name": {"Zoë"}, "topic": {"a", "b"}, "odd": {"1", "2"}, "Admin": {"true"}}.Encode()
	for _, kind := range []string{urlencoded, urlencoded + "; charset=UTF-8"} {
		got, err := form(body, kind)
		require.NoError(t, err)
		require.Equal(t, feedbackForm{Helpful: true, Reason: "one\ntwo\tthree", Name: "Zoë", Topics: []string{"a", "b"}, Stars: 3}, got)
	}
	got, err := form("", urlencoded)
	require.NoError(t, err)
	require.Equal(t, feedbackForm{Stars: 3}, got, "the query is not the form")

	for body, want := range map[string]string{
		"name=a&name=b": "name", "name=a%0D%0Ab": "name", "reason=a%00": "reason", "reason=a%0Db": "reason", "name=%ff": "name", "stars=x": "stars", "helpful=maybe": "helpful", "name=" + strings.Repeat("a", 21): "name",
	} {
		_, err := form(body, urlencoded)
		var f errs.Fields
		require.True(t, errors.As(err, &f), body)
		require.Contains(t, f, want)
	}
	for _, kind := range []string{"", "application/json", "multipart/form-data; boundary=x", "text/plain", urlencoded + "; charset=latin1"} {
		_, err := form("name=a", kind)
		require.ErrorIs(t, err, web.ErrMediaType, kind)
	}
	_, err = form("name=%", urlencoded)
	require.ErrorIs(t, err, errs.Invalid)
	_, err = form("reason="+strings.Repeat("a", 10_000), urlencoded)
	require.ErrorIs(t, err, web.ErrTooLarge)
}
