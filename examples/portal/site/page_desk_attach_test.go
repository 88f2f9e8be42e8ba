package site

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// TestAttachWithoutScript: a file comes into a text that is being written, and
// nothing of that is lost, whatever is wrong with the file.
func TestAttachWithoutScript(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	ines, ruth := as("ines"), as("ruth")
	places, err := s.library.Places(t.Context(), system, "en")
	require.NoError(t, err)
	d := draft("With a file", profile.Public(), "")
	d.Category = places[0].ID
	at := "/en/desk/articles/" + write(t, s, d).ID + "/en"
	t.Run("is for those who write", func(t *testing.T) {
		for _, person := range []string{"", "tom", "jonas"} {
			require.Equal(t, unseen(person), as(person).get(at+"/file").Status, person)
			require.Equal(t, refusal(person), as(person).sendMedium(at+"/file", "a.pdf", pdf).Status, person)
			require.Equal(t, unseen(person), as(person).get("/en/desk/articles/new/file").Status, person)
		}
	})
	t.Run("keeps what was typed and adds what shows the file, once", func(t *testing.T) {
		form := fields(ruth.get(at).Body)
		form.Set("body", "Half a sen")
		require.Equal(t, at+"/file", ruth.send(at, form, "attach").Header.Get("Location"))
		require.NotContains(t, as("").get("/en/articles/"+d.Slug).Body, "Half a sen")
		for _, c := range []struct{ file, content, says string }{
			{"", "", "required"}, {"empty.pdf", "", "required"}, {"lies.pdf", "<html>", "not what its name says"},
			{"a.exe", "MZ", "cannot be kept"}, {"big.png", "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 5<<20), "5 MB"},
		} {
			got := ruth.sendMedium(at+"/file", c.file, c.content, "about", "The plan")
			require.Equal(t, 422, got.Status, c.file)
			for _, part := range []string{`aria-invalid="true"`, `value="The plan"`} {
				require.Contains(t, got.Body, part, c.file)
			}
		}
		for range 2 {
			got := ruth.sendMedium(at+"/file", "plan.pdf", pdf, "about", "The plan")
			require.Equal(t, at+"?done=file&unsaved=1#f-body", got.Header.Get("Location"), got.Body)
		}
		back := ruth.get(at + "?done=file&unsaved=1")
		require.Contains(t, back.Body, "Nothing has been saved yet")
		form = fields(back.Body)
		require.Equal(t, "Half a sen\n\n[The plan](media:plan.pdf)\n", form.Get("body"))
		require.Equal(t, at+"/file", ruth.send(at, form, "attach").Header.Get("Location"), "it goes on from what is kept")
		require.Equal(t, 303, ruth.send(at, form, "save").Status)
	})
	t.Run("takes files that are longer than texts may be", func(t *testing.T) {
		got := ruth.sendMedium(at+"/file", "long.txt", strings.Repeat("a long text\n", 200_000))
		require.Equal(t, 303, got.Status, got.Body)
	})
	t.Run("does not forget an earlier text unasked", func(t *testing.T) {
		form := fields(ruth.get(at).Body)
		form.Set("changed", "1")
		form.Set("body", "Earlier")
		require.Equal(t, 200, ruth.send(at+"/unsaved", form, "").Status)
		form.Set("body", "Later")
		form.Del("changed")
		got := ruth.send(at, form, "attach")
		require.Equal(t, 409, got.Status)
		require.Contains(t, got.Body, "An earlier text of yours")
		require.Equal(t, "Earlier", fields(ruth.get(at+"?unsaved=1").Body).Get("body"))
		again := fields(got.Body)
		require.Equal(t, "Later", again.Get("body"))
		require.Equal(t, 303, ruth.send(at, again, "attach").Status)
		require.Equal(t, "Later", fields(ruth.get(at+"?unsaved=1").Body).Get("body"))
	})
	t.Run("serves an article that is not there yet", func(t *testing.T) {
		form := fields(ines.get("/en/desk/articles/new?kind=faq&locale=de").Body)
		form.Set("title", "Frisch")
		form.Set("locale", "de")
		to := ines.send("/en/desk/articles/new", form, "attach").Header.Get("Location")
		require.Equal(t, "/en/desk/articles/new/file?kind=faq&locale=de", to)
		require.Contains(t, ines.get(to).Body, "Frisch")
		back := ines.sendMedium(to, "neu.txt", "words").Header.Get("Location")
		require.Equal(t, "/en/desk/articles/new?done=file&kind=faq&locale=de&unsaved=1#f-body", back)
		form = fields(ines.get(strings.TrimSuffix(back, "#f-body")).Body)
		require.Equal(t, []string{"Frisch", "faq", "de"}, []string{form.Get("title"), form.Get("kind"), form.Get("locale")})
		require.True(t, strings.HasSuffix(form.Get("body"), "[neu.txt](media:neu.txt)\n"), form.Get("body"))
	})
	t.Run("says what is wrong with the rest first", func(t *testing.T) {
		form := fields(ines.get("/en/desk/articles/new?kind=faq&locale=en").Body)
		form.Set("add", "no such article")
		got := ines.send("/en/desk/articles/new", form, "attach")
		require.Equal(t, 422, got.Status)
		require.Contains(t, got.Body, `value="no such article"`)
		require.Equal(t, 404, ines.post("/en/desk/articles/nothing/en/file", url.Values{}).Status)
	})
}
