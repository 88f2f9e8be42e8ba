package site

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/retention"
)

// TestRetentionPages: an administrator decides how long things are kept and whose
// must be; who is held is told why, and erased once nothing holds them.
func TestRetentionPages(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	_, tom := signIn(t, c, "tom")
	_, ruth := signIn(t, c, "ruth")
	get := func(who, path string) answer { return c.get(path, "Cookie", who) }
	post := func(who, path string, form url.Values) answer { return c.post(path, form, "Cookie", who) }
	confirm := func(who string) string {
		a := post(who, "/en/account/confirm", nil)
		require.Equal(t, 303, a.Status)
		who, _, _ = strings.Cut(a.Header.Get("Set-Cookie"), ";")
		return who
	}
	t.Run("to nobody else", func(t *testing.T) {
		require.Equal(t, 404, get(tom, "/en/admin/retention").Status)
		for _, path := range []string{"holds", "classes/notices", "classes/notices/prune"} {
			require.Equal(t, 404, post(tom, "/en/admin/retention/"+path, url.Values{"person": {"priya"}, "days": {"8"}}).Status)
		}
		require.Contains(t, get(ruth, "/en/admin").Body, "/en/admin/retention")
	})
	t.Run("periods", func(t *testing.T) {
		for _, bad := range []string{"", "0", "-5", "3", "99999", "soon"} {
			a := post(ruth, "/en/admin/retention/classes/notices", url.Values{"days": {bad}, "version": {"0"}})
			require.Equal(t, 422, a.Status, bad)
			require.Contains(t, a.Body, "-fault")
			require.Contains(t, a.Body, `value="`+bad+`"`)
		}
		tried := post(ruth, "/en/admin/retention/classes/notices", url.Values{"days": {"8"}, "version": {"0"}, "do": {"try"}})
		require.Equal(t, 200, tried.Status)
		require.Contains(t, tried.Body, "With this period: Nothing is too old.")
		for range 2 {
			require.Equal(t, 303, post(ruth, "/en/admin/retention/classes/notices", url.Values{"days": {"90"}, "version": {"0"}}).Status)
		}
		require.Equal(t, 409, post(ruth, "/en/admin/retention/classes/notices", url.Values{"days": {"91"}, "version": {"0"}}).Status)
		require.Equal(t, 404, post(ruth, "/en/admin/retention/classes/soul", url.Values{"days": {"90"}}).Status)
		require.Contains(t, get(ruth, "/en/admin/retention?done=saved").Body, `value="90"`)
		require.Contains(t, post(ruth, "/en/admin/retention/classes/notices/prune", nil).Header.Get("Location"), "/confirm")
	})
	ruth = confirm(ruth)
	t.Run("removing now", func(t *testing.T) {
		a := post(ruth, "/en/admin/retention/classes/notices/prune", nil)
		require.Equal(t, "/en/admin/retention?done=pruned&n=0", a.Header.Get("Location"))
		require.Contains(t, get(ruth, a.Header.Get("Location")).Body, "Nothing had to be removed.")
	})
	t.Run("a hold", func(t *testing.T) {
		for _, bad := range []url.Values{
			{}, {"person": {"tom"}, "ground": {"claims"}}, {"person": {"nobody"}, "ground": {"claims"}, "reason": {"x"}}, {"person": {"tom"}, "ground": {"whim"}, "reason": {"x"}},
			{"person": {"tom"}, "ground": {"claims"}, "reason": {"x"}, "until": {"2001-01-01"}}, {"person": {"tom"}, "ground": {"claims"}, "reason": {"x"}, "until": {"then"}},
		} {
			require.Equal(t, 422, post(ruth, "/en/admin/retention/holds", bad).Status, bad)
		}
		good := url.Values{"person": {"tom"}, "ground": {"claims"}, "reason": {"Your claim <b>of May</b> is open."}, "key": {"k1"}}
		for range 2 {
			require.Equal(t, 303, post(ruth, "/en/admin/retention/holds", good).Status)
		}
		list, err := s.holds.List(t.Context(), system, retention.HoldQuery{})
		require.NoError(t, err)
		require.Len(t, list, 1)
		tom = confirm(tom)
		require.NotContains(t, get(tom, "/en/account/privacy").Body, `id="erasures"`)
		refused := post(tom, "/en/account/privacy/delete", url.Values{"name": {"Tom Whitlock"}})
		require.Equal(t, "/en/account/privacy#erasures", refused.Header.Get("Location"))
		page := get(tom, "/en/account/privacy").Body
		require.Contains(t, page, "Your claim &lt;b&gt;of May&lt;/b&gt; is open.")
		require.Contains(t, page, "Legal claims")
		require.NotContains(t, page, "Ruth", "who decided it is not told")
		require.NotContains(t, get(ruth, "/en/account/privacy").Body, `id="erasures"`)
		_, rest, _ := strings.Cut(page, `action="/en/account/privacy/erasures/`)
		id, _, _ := strings.Cut(rest, "/")
		admin := get(ruth, "/en/admin/retention").Body
		require.Contains(t, admin, "still held")
		require.Contains(t, admin, "asked by Tom Whitlock")
		again := post(ruth, "/en/admin/retention/requests/"+id, nil)
		require.Equal(t, 409, again.Status)
		require.Contains(t, again.Body, `action="/en/admin/retention/holds`, "the page is there again, with why")
		require.Contains(t, get(ruth, "/en/admin/audit?action=hold").Body, "Held somebody’s data")
		require.Equal(t, 303, post(ruth, "/en/admin/retention/holds/"+list[0].ID+"/release", nil).Status)
		require.NotContains(t, get(ruth, "/en/admin/retention").Body, "still held")
		require.Equal(t, 303, post(ruth, "/en/admin/retention/requests/"+id, nil).Status)
		_, err = s.people.Person(t.Context(), system, "tom")
		require.ErrorIs(t, err, profile.ErrNotFound)
		require.Equal(t, http.StatusUnauthorized, get(tom, "/api/v1/me").Status, "the session is over")
	})
}

func TestKeepOption(t *testing.T) {
	for _, bad := range []map[string]int{{"soul": 10}, {"notices": 1}, {"notices": 100000}} {
		_, err := Open(t.Context(), Config{Data: t.TempDir(), Keep: bad})
		require.ErrorContains(t, err, "-keep")
	}
}
