package signintest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/stretchr/testify/require"
)

// A Browser keeps cookies and follows no redirects by itself. Make one with
// [World.Browser].
type Browser struct {
	*http.Client
	world *World
}

// A Page is an answer as a browser has it.
type Page struct {
	Status   int
	Location string
	Body     string
	Header   http.Header
}

// Browser returns a browser without cookies.
func (w *World) Browser() *Browser {
	jar, err := cookiejar.New(nil)
	require.NoError(w.T, err)
	return &Browser{world: w, Client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Open asks for an address, or a path of the portal, with headers in pairs.
func (b *Browser) Open(address string, header ...string) Page {
	b.world.T.Helper()
	return b.Send(http.MethodGet, address, nil, header...)
}

// Submit sends a form, with headers in pairs.
func (b *Browser) Submit(address string, form url.Values, header ...string) Page {
	b.world.T.Helper()
	return b.Send(http.MethodPost, address, strings.NewReader(form.Encode()), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)...)
}

// FromElsewhere submits a form from another site: it brings no cookies, for all
// of the portal's are Lax, and takes those that it gets.
func (b *Browser) FromElsewhere(address string, form url.Values, header ...string) Page {
	b.world.T.Helper()
	bare := &Browser{world: b.world, Client: &http.Client{CheckRedirect: b.CheckRedirect}}
	got := bare.Submit(address, form, append([]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "document"}, header...)...)
	b.Jar.SetCookies(b.portal(), (&http.Response{Header: got.Header}).Cookies())
	return got
}

// Send sends a request, with headers in pairs.
func (b *Browser) Send(method, address string, body io.Reader, header ...string) Page {
	t := b.world.T
	t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.world.Server.URL + address
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	require.NoError(t, err)
	r.Header.Set("Accept", "text/html")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := b.Do(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return Page{resp.StatusCode, resp.Header.Get("Location"), string(data), resp.Header}
}

// Who is whom the portal takes the browser for, and how surely.
func (b *Browser) Who() string {
	b.world.T.Helper()
	return b.Open("/who").Body
}

// Cookies returns the portal's cookies in the browser.
func (b *Browser) Cookies() map[string]string {
	out := map[string]string{}
	for _, c := range b.Jar.Cookies(b.portal()) {
		out[c.Name] = c.Value
	}
	return out
}

// SetCookies gives the browser cookies of the portal.
func (b *Browser) SetCookies(cookies map[string]string) {
	var list []*http.Cookie
	for name, value := range cookies {
		list = append(list, &http.Cookie{Name: name, Value: value, Path: "/"})
	}
	b.Jar.SetCookies(b.portal(), list)
}

func (b *Browser) portal() *url.URL {
	u, err := url.Parse(b.world.Server.URL)
	require.NoError(b.world.T, err)
	return u
}

// RequireNobody fails if anybody was signed in or anything was promised.
func (w *World) RequireNobody(got Page, browsers ...*Browser) {
	t := w.T
	t.Helper()
	require.GreaterOrEqual(t, got.Status, 400, "%s", got.Body)
	require.Less(t, got.Status, 600)
	require.NotEqual(t, http.StatusInternalServerError, got.Status, "what is refused is explained: %s", got.Body)
	require.Empty(t, got.Location)
	require.Empty(t, w.AllSessions())
	for _, b := range browsers {
		require.Equal(t, " 0", b.Who())
		require.NotContains(t, b.Cookies(), "stoa_session")
	}
}

// RequireUnsaid fails if a secret was logged, recorded or shown.
func (w *World) RequireUnsaid(page Page, secrets ...string) {
	t := w.T
	t.Helper()
	said := w.Logs.String() + w.Events.String() + page.Body
	for _, s := range secrets {
		if s != "" {
			require.NotContains(t, said, s)
		}
	}
}
