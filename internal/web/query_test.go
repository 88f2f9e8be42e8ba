package web_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

type paging struct {
	After string `query:"after" max:"4096"`
	Limit int    `query:"limit" default:"20" clamp:"1,100"`
}

type listQuery struct {
	paging
	Text   string    `query:"q" max:"16"`
	Status []string  `query:"status"`
	Years  []int16   `query:"year"`
	Since  time.Time `query:"since"`
	Open   bool      `query:"open"`
	Mine   *bool     `query:"mine"`
	Ratio  float64   `query:"ratio"`
	Level  level     `query:"level"`
	Size   uint8     `query:"size" clamp:"0,10"`
	Other  string    // not a parameter
}

func query[T any](raw string) (T, error) {
	r := httptest.NewRequest("GET", "/", nil)
	r.URL.RawQuery = raw
	return web.Query[T](r)
}

func TestQuery(t *testing.T) {
	no := false
	for raw, want := range map[string]listQuery{
		"":                                  {paging: paging{Limit: 20}},
		"limit=":                            {paging: paging{Limit: 20}},
		"limit=7&after=x%20y":               {paging: paging{Limit: 7, After: "x y"}},
		"limit=0":                           {paging: paging{Limit: 1}},
		"limit=-5":                          {paging: paging{Limit: 1}},
		"limit=101":                         {paging: paging{Limit: 100}},
		"limit=99999999999999999999999":     {paging: paging{Limit: 100}},
		"limit=-99999999999999999999999":    {paging: paging{Limit: 1}},
		"size=300":                          {paging: paging{Limit: 20}, Size: 10},
		"status=a&status=b&year=1&year=-2":  {paging: paging{Limit: 20}, Status: []string{"a", "b"}, Years: []int16{1, -2}},
		"since=2026-11-21T10:00:00%2B02:00": {paging: paging{Limit: 20}, Since: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)},
		"open=1&mine=false&ratio=1.5":       {paging: paging{Limit: 20}, Open: true, Mine: &no, Ratio: 1.5},
		"level=high":                        {paging: paging{Limit: 20}, Level: "high"},
		"Other=x&odd=1&odd=2&Limit=3":       {paging: paging{Limit: 20}},
		"q=" + url.QueryEscape("日本語 🔥"):     {paging: paging{Limit: 20}, Text: "日本語 🔥"},
	} {
		got, err := query[listQuery](raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, got, raw)
	}
}

func TestQueryNamesTheFault(t *testing.T) {
	for raw, want := range map[string]map[string]string{
		"limit=1&limit=2":                     {"limit": "repeated"},
		"limit=1&limit=1":                     {"limit": "repeated"},
		"q=a&q=b&open=x":                      {"q": "repeated", "open": "want_boolean"},
		"limit=&limit=":                       {"limit": "repeated"},
		"mine=1&mine=0":                       {"mine": "repeated"},
		"limit=x":                             {"limit": "want_integer"},
		"limit=1e3":                           {"limit": "want_integer"},
		"limit=0x10":                          {"limit": "want_integer"},
		"limit=1_0":                           {"limit": "want_integer"},
		"limit=%201":                          {"limit": "want_integer"},
		"limit=١":                             {"limit": "want_integer"},
		"size=-1":                             {"size": "want_integer"},
		"year=1&year=32768":                   {"year": "range"},
		"ratio=NaN":                           {"ratio": "want_number"},
		"ratio=-Inf":                          {"ratio": "want_number"},
		"ratio=0x1p3":                         {"ratio": "want_number"},
		"ratio=1e999":                         {"ratio": "range"},
		"open=yes":                            {"open": "want_boolean"},
		"since=yesterday":                     {"since": "format"},
		"level=none":                          {"level": "format"},
		"q=a%00b":                             {"q": "characters"},
		"q=a%0Ab":                             {"q": "characters"},
		"q=%ff":                               {"q": "characters"},
		"q=12345678901234567":                 {"q": "too_long"},
		"status=" + strings.Repeat("a", 1025): {"status": "too_long"},
		strings.Repeat("status=a&", 101):      {"status": "repeated"},
	} {
		_, err := query[listQuery](raw)
		var f errs.Fields
		require.ErrorAs(t, err, &f, raw)
		got := map[string]string{}
		for name, m := range f {
			got[name] = strings.TrimPrefix(m.Key, "error.field.")
		}
		require.Equal(t, want, got, raw)
	}
	for _, raw := range []string{"q=%", "q=%zz", "a;b", "q=a;limit=5", "q=" + strings.Repeat("a", 9000), strings.Repeat("x=1&", 3000)} {
		_, err := query[listQuery](raw)
		require.ErrorIs(t, err, errs.Invalid, "%.40s", raw)
	}
}

func TestABadClampPanicsInTheFirstTest(t *testing.T) {
	type bad struct {
		N int `query:"n" clamp:"1"`
	}
	require.Panics(t, func() { _, _ = query[bad]("n=1") })
	require.Panics(t, func() {
		web.NewAPI("x", nil).Handle(web.Op{Method: "GET", Path: "/a", Name: "a", Summary: "A.", Policy: "p", Params: bad{}}, nil)
	}, "and before that at start-up")
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{"limit=5&q=a", "status=a&status=b", "since=2026-11-21T10:00:00Z", "%", ";", "limit=1&limit=2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := query[listQuery](raw)
		if err != nil {
			require.ErrorIs(t, err, errs.Invalid)
			return
		}
		require.True(t, q.Limit >= 1 && q.Limit <= 100)
		require.LessOrEqual(t, len(q.Text), 16)
		require.NotContains(t, q.Text+strings.Join(q.Status, ""), "\x00")
	})
}
