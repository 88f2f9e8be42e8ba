package site

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestTypedIsKept: whatever happens to a session and however long a text is,
// nobody loses what they wrote.
func TestTypedIsKept(t *testing.T) {
	s := open(t, behindProxy)
	as := serve(t, s)
	nobody, place := as(""), anyCategory(t, s)
	typed := url.Values{"body": {"Long work\n\n<b>"}, "title": {"A title"}, "comment": {"Said"}, "quote": {"Quoted"}, "head": {"7"}}

	t.Run("in every form of the desk, by whoever the browser has forgotten", func(t *testing.T) {
		n := 0
		for _, r := range s.deskPages() {
			path, isForm := strings.CutPrefix(r.Pattern, "POST ")
			if !isForm {
				continue
			}
			n++
			from := fmt.Sprintf("198.51.100.%d", n) // nobody may ask so much
			path = regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "x")
			for _, accept := range []string{"text/html", "*/*", ""} {
				a := nobody.send("/en"+path, typed, "save", "Accept", accept, "X-Forwarded-For", from)
				require.Equal(t, 403, a.Status, "%s %q", path, accept)
				require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
				require.Contains(t, a.Body, "Long work\n\n&lt;b&gt;</textarea>", path)
				require.Contains(t, a.Body, `type="text" value="A title"`, path)
				require.Contains(t, a.Body, `<input type="hidden" name="head" value="7">`)
				require.Contains(t, a.Body, `action="/en`+path+`"`)
			}
			require.Equal(t, 404, nobody.send("/en"+path, typed, "save", "Accept", "application/json", "X-Forwarded-For", from).Status, path)
			require.Equal(t, 404, as("tom").send("/en"+path, typed, "save", "Accept", "text/html", "X-Forwarded-For", from).Status, path)
		}
		require.Greater(t, n, 20)
	})
	closed := write(t, s, draft("For members", profile.NewAudience(profile.SegmentSignedIn), place))
	slug := closed.Translations[0].Slug
	t.Run("in what readers say of an article that is not for everybody", func(t *testing.T) {
		for _, form := range []string{"feedback", "suggestion"} {
			there := nobody.post("/de/articles/"+slug+"/"+form, typed)
			require.Equal(t, 403, there.Status)
			require.Contains(t, there.Body, "Sie sind abgemeldet")
			require.Contains(t, there.Body, ">\nQuoted</textarea>")
			require.NotContains(t, there.Body, "For members")
			require.Contains(t, there.Body, "return_to="+url.QueryEscape("/de/articles/"+slug))
			none := nobody.post("/de/articles/no-such-article/"+form, typed)
			require.Equal(t, 403, none.Status, "whether it is there is not said")
			require.Equal(t, 404, as("tom").post("/de/articles/no-such-article/"+form, typed).Status)
		}
	})
	t.Run("in what readers say whose session has ended", func(t *testing.T) {
		public := write(t, s, draft("For all", profile.Public(), place))
		at := "/en/articles/" + public.Translations[0].Slug + "/suggestion"
		_, cookie := signIn(t, nobody, "tom")
		_, err := s.sessions.RevokeAll(t.Context(), system, "tom", "")
		require.NoError(t, err)
		said := url.Values{"quote": {"Text of For all"}, "comment": {"Not so"}, "key": {"k"}}
		out := nobody.post(at, said, "Cookie", cookie, "Accept", "text/html")
		require.Equal(t, 403, out.Status)
		require.Contains(t, out.Body, ">\nNot so</textarea>")
		require.Contains(t, out.Header.Get("Set-Cookie"), "Max-Age=0", "or nobody could send it again without signing in")
		require.Equal(t, 303, nobody.post(at, said).Status)
	})
	t.Run("if it is too long", func(t *testing.T) {
		ines := as("ines")
		a := write(t, s, draft("Long", profile.Public(), place))
		at := "/en" + editorPath(a.ID, "en")
		form := fields(ines.get(at).Body)
		form.Set("body", strings.Repeat("Long work. ", 3<<20/11))
		form.Set("summary", "Of it")
		for _, do := range []string{"save", "publish", "preview"} {
			got := ines.send(at, form, do)
			require.Contains(t, []int{http.StatusUnprocessableEntity, http.StatusOK}, got.Status)
			require.Equal(t, do == "preview", got.Status == http.StatusOK)
			require.Contains(t, regexp.MustCompile(`This text is too long[^<]*`).FindString(got.Body), "it has 3.1")
			again := fields(got.Body)
			require.Len(t, again.Get("body"), len(form.Get("body")))
			require.Equal(t, "Of it", again.Get("summary"))
		}
		form.Set("body", "Short")
		got := ines.send(at, form, "save")
		require.Equal(t, 303, got.Status, regexp.MustCompile(`class="fault[^<]*<?[^<]*`).FindAllString(got.Body, -1))

		said := ines.post("/en/articles/"+a.Translations[0].Slug+"/suggestion", url.Values{"quote": {"Text of Long"}, "proposal": {strings.Repeat("x", 2<<20)}})
		require.Equal(t, 422, said.Status)
		require.Contains(t, said.Body, strings.Repeat("x", 2<<20))
		require.Contains(t, said.Body, "8,000 characters")

		form.Set("body", strings.Repeat("x", maxTyped))
		beyond := ines.send("/de"+editorPath(a.ID, "en"), form, "save", "Accept", "text/html")
		require.Equal(t, http.StatusRequestEntityTooLarge, beyond.Status)
		require.Contains(t, beyond.Body, "Gehen Sie im Browser zurück")
		require.Equal(t, 413, ines.post("/en/sign-out", url.Values{"x": {strings.Repeat("x", 2<<20)}}).Status, "elsewhere nobody writes")
	})
	require.Less(t, int64(kb.MaxBody), int64(maxTyped))
}
