package site

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
)

func TestTunePages(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	place := anyCategory(t, s)
	a := write(t, s, draft("Zebra crossing", profile.Public(), place))
	secret := write(t, s, draft("Quagga vault", profile.NewAudience("account:brisa"), place))
	require.NoError(t, s.engine.Refresh(t.Context()))
	at := "/en/desk/search"
	for _, who := range []string{"tom", "ines", ""} {
		require.Equal(t, unseen(who), as(who).get(at).Status)
		require.Equal(t, unseen(who), as(who).get(at+"/preview").Status)
		require.Equal(t, refusal(who), as(who).post(at+"/synonyms/new", url.Values{"version": {"0"}, "from": {"x"}, "to": {"y"}}).Status)
	}
	for _, path := range []string{"", "/synonyms/new", "/pins/new", "/stop-words/new", "/preview", "/versions", "/import"} {
		require.Equal(t, 200, as("ruth").get(at+path).Status, path)
	}
	for _, path := range []string{"/synonyms/1", "/synonyms/x", "/words/new", "/versions/1", "/versions/x"} {
		require.Equal(t, 404, as("ruth").get(at+path).Status, path)
	}

	linked := as("ruth").get(at + "/synonyms/new?from=purple+%3Cblinking%3E&locale=de").Body
	require.Contains(t, linked, "\npurple &lt;blinking&gt;</textarea>")
	require.Contains(t, linked, `<option value="de" selected>`)

	t.Run("draft", func(t *testing.T) {
		bad := as("ruth").post(at+"/synonyms/new", url.Values{"version": {"0"}, "from": {"blackwhite <b>"}, "to": {"!"}})
		require.Equal(t, 422, bad.Status)
		require.Contains(t, bad.Body, "blackwhite &lt;b&gt;", "what was typed stays")
		require.Contains(t, bad.Body, `id="f-to-fault">Please enter at least one word.`)
		form := url.Values{"version": {"0"}, "from": {"blackwhite, stripy horse"}, "to": {"zebra\r\n"}}
		for range 2 { // a retry adds nothing twice
			require.Equal(t, at+"?done=saved", as("ruth").post(at+"/synonyms/new", form).Header.Get("Location"))
		}
		require.Equal(t, 1, strings.Count(as("ruth").get(at).Body, "blackwhite, stripy horse also finds zebra"))
		require.NotContains(t, as("").get("/en/search?q=blackwhite").Body, "/articles/zebra-crossing", "a draft changes nothing")
		form.Set("from", "other")
		late := as("ruth").post(at+"/synonyms/new", form)
		require.Equal(t, 409, late.Status)
		require.Contains(t, late.Body, "\nother</textarea>")

		pins := url.Values{"version": {"1"}, "among": {"hoof"}, "groups": {"https://portal.test/en/articles/zebra-crossing?x=1\r\narticle/" + secret.ID + "\r\nnowhere"}}
		bad = as("ruth").post(at+"/pins/new", pins)
		require.Equal(t, 422, bad.Status)
		require.Contains(t, bad.Body, "nowhere is not the address of a page")
		pins.Set("groups", "https://portal.test/en/articles/zebra-crossing?x=1\r\narticle/"+secret.ID)
		require.Equal(t, 303, as("ruth").post(at+"/pins/new", pins).Status)
		require.Equal(t, 303, as("ruth").post(at+"/stop-words/new", url.Values{"version": {"2"}, "word": {"greetings"}, "locale": {"en"}}).Status)
		edited := as("ruth").get(at + "/pins/1").Body
		require.Contains(t, edited, "article/"+a.ID+"\narticle/"+secret.ID)
		require.Contains(t, edited, "\nhoof</textarea>")
		body := as("ruth").get(at).Body
		require.Contains(t, body, "1. Zebra crossing")
		require.NotContains(t, body, "Quagga", "titles are for those who may read them")
	})

	t.Run("preview and live", func(t *testing.T) {
		body := as("ruth").get(at + "/preview").Body
		require.Contains(t, body, "blackwhite, stripy horse also finds zebra")
		require.Contains(t, body, "0 found before, 1 after")
		require.Contains(t, body, ">Pinned</span>")
		require.NotContains(t, body, "Quagga")
		body = as("ruth").get(at + "/preview?q=zebra%0Ahoof&language=en&own=yes").Body
		require.Contains(t, body, "Searches that find the same")
		require.NotContains(t, body, "stripy horse</bdi></h3>")
		require.NotContains(t, body, "Quagga")
		for _, odd := range []string{"?q=%00%ff", "?language=" + strings.Repeat("x", 99), "?q=" + strings.Repeat("a%0A", 500), "?own=maybe"} {
			require.Equal(t, 200, as("ruth").get(at+"/preview"+odd).Status, odd)
		}
		require.Equal(t, 409, as("ruth").post(at+"/live", url.Values{"version": {"2"}, "live": {"0"}}).Status)
		form := url.Values{"version": {"3"}, "live": {"0"}, "note": {"First <i>words</i>"}}
		long := url.Values{"version": {"3"}, "live": {"0"}, "note": {strings.Repeat("x", 501)}}
		require.Equal(t, 422, as("ruth").post(at+"/live", long).Status)
		for range 2 {
			require.Equal(t, at+"?done=live", as("ruth").post(at+"/live", form).Header.Get("Location"))
		}
		require.Contains(t, as("").get("/en/search?q=blackwhite").Body, "/articles/zebra-crossing")
		require.Contains(t, as("").get("/en/search?q=greetings+stripy+horse").Body, "/articles/zebra-crossing")
		hoof := as("").get("/en/search?q=hoof").Body
		require.Contains(t, hoof, "/articles/zebra-crossing")
		require.NotContains(t, hoof, "Quagga")
		require.NotContains(t, as("").get("/de/search?q=zzgreetings").Body, "/articles/zebra-crossing")
	})

	t.Run("versions", func(t *testing.T) {
		for range 2 {
			require.Equal(t, 1, strings.Count(as("ruth").get(at+"/versions").Body, "/desk/search/versions/1\""))
		}
		require.Contains(t, as("ruth").get(at+"/versions").Body, "First &lt;i&gt;words&lt;/i&gt;")
		require.Equal(t, 303, as("ruth").post(at+"/synonyms/1", url.Values{"version": {"3"}, "do": {"remove"}}).Status)
		require.Equal(t, 303, as("ruth").post(at+"/live", url.Values{"version": {"4"}, "live": {"1"}}).Status)
		require.NotContains(t, as("").get("/en/search?q=blackwhite").Body, "/articles/zebra-crossing")
		body := as("ruth").get(at + "/versions/1").Body
		require.Contains(t, body, `<ins class="ins"><bdi>Synonyms: blackwhite, stripy horse also finds zebra`)
		require.NotContains(t, body, "Quagga")
		require.Equal(t, 409, as("ruth").post(at+"/versions/1", url.Values{"version": {"1"}}).Status)
		for range 2 {
			require.Equal(t, at+"?done=restored", as("ruth").post(at+"/versions/1", url.Values{"version": {"2"}}).Header.Get("Location"))
		}
		require.Contains(t, as("").get("/en/search?q=blackwhite").Body, "/articles/zebra-crossing")
		require.Contains(t, as("ruth").get(at+"/versions").Body, "Version 1 brought back")
	})

	t.Run("import and export", func(t *testing.T) {
		bad := as("ruth").post(at+"/import", url.Values{"version": {"4"}, "text": {"en,a,=>,b\nen,a\n"}})
		require.Equal(t, 422, bad.Status)
		require.Contains(t, bad.Body, "Line 2: Please write four cells")
		require.Equal(t, 422, as("ruth").post(at+"/import", url.Values{"version": {"4"}, "text": {"\n# nothing\n"}}).Status)
		form := url.Values{"version": {"4"}, "text": {"en;gallop|run;<=>;canter\r\n;blackwhite|stripy horse;=>;zebra\r\n"}}
		for range 2 {
			require.Equal(t, at+"?done=imported", as("ruth").post(at+"/import", form).Header.Get("Location"))
		}
		got := as("ruth").get(at + "/synonyms.csv")
		require.Equal(t, ",blackwhite|stripy horse,=>,zebra\nen,gallop|run,<=>,canter\n", got.Body)
		require.Contains(t, got.Header.Get("Content-Disposition"), "synonyms.csv")
		require.Equal(t, 409, as("ruth").post(at+"/drop", url.Values{"version": {"4"}}).Status)
		require.Equal(t, 303, as("ruth").post(at+"/drop", url.Values{"version": {"5"}}).Status)
		require.NotContains(t, as("ruth").get(at).Body, "gallop")
	})
	for _, l := range []string{"de", "es", "ja", "ar"} {
		for _, path := range []string{"", "/pins/1", "/preview", "/versions/2", "/import"} {
			require.Equal(t, 200, as("ruth").get("/"+l+"/desk/search"+path).Status)
		}
	}
}

func TestTuneAccessible(t *testing.T) {
	slow(t)
	s := open(t)
	inEveryLook(t, s, "ruth", func(t *testing.T, p *browser.Page, to, check func(string)) {
		at := "/desk/search"
		to(at)
		check("search tuning")
		to(at + "/synonyms/new")
		require.Equal(t, 422, p.Submit(`.sheet button`))
		check("a synonym with errors")
		p.Fill("#f-from", "thermometer, measuring stick")
		p.Fill("#f-to", "sensor")
		require.Equal(t, 200, p.Submit(`.sheet button`))
		to(at + "/pins/new")
		p.Fill("#f-among", "sensor")
		p.Fill("#f-groups", "/en/articles/sensor-shows-offline")
		require.Equal(t, 200, p.Submit(`.sheet button`))
		check("search tuning with a draft")
		to(at + "/preview?q=sensor%0Athermometer%0Ahub")
		check("preview")
		require.Equal(t, 200, p.Submit(`form[action$="/live"] button`))
		to(at + "/versions")
		check("versions")
		to(at + "/versions/1")
		check("a version")
		to(at + "/import")
		p.Fill("#f-text", "en,a,b")
		require.Equal(t, 422, p.Submit(`.sheet button`))
		check("import with errors")
	})
}
