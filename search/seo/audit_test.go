package seo_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/search/seo"
)

const enough = "<p>" + "Switch it off, wait a moment and switch it on. The light is green. " + "Open the lid and take out the old part. Put in the new one and close the lid. Hold the key down until you hear a tone. It is ready now. " + "If the light is red, ask us. We are glad to help. Keep the box. It is good to have it when you move.</p>"

func good() seo.Draft {
	return seo.Draft{
		Locale: "en", Title: "Replace the battery of a sensor", Summary: "How to open a sensor, change its battery and see that it works again.", Levels: true,
		HTML: "<h2>Before you begin</h2>" + enough + `<h2>Steps</h2><h3>Open it</h3><p><a href="/x">All about batteries</a> <img src="a.png" alt="The lid"></p>`,
	}
}

func TestAudit(t *testing.T) {
	long := strings.Repeat("many words ", 40)
	for name, tc := range map[string]struct {
		change func(*seo.Draft)
		want   []string
	}{
		"nothing to mend":       {func(*seo.Draft) {}, nil},
		"no title":              {func(d *seo.Draft) { d.Title = " " }, []string{"title_missing title"}},
		"short title":           {func(d *seo.Draft) { d.Title = "Battery" }, []string{"title_short title"}},
		"long title":            {func(d *seo.Draft) { d.Title = long }, []string{"title_long title"}},
		"wide title":            {func(d *seo.Draft) { d.Locale, d.Title = "ja", "センサーの電池を交換する" }, nil},
		"too wide a title":      {func(d *seo.Draft) { d.Locale, d.Title = "ja", strings.Repeat("電池", 17) }, []string{"title_long title"}},
		"title twice":           {func(d *seo.Draft) { d.Others = []string{"x", "replace  the Battery of a sensor"} }, []string{"title_twice title"}},
		"no description":        {func(d *seo.Draft) { d.Summary = "" }, []string{"description_missing description"}},
		"short description":     {func(d *seo.Draft) { d.Summary = "All of it." }, []string{"description_short description"}},
		"long description":      {func(d *seo.Draft) { d.Summary = long }, []string{"description_long description"}},
		"title for description": {func(d *seo.Draft) { d.Summary = d.Title }, []string{"description_title description"}},
		"first heading":         {func(d *seo.Draft) { d.HTML += "<h1>Again</h1>" }, []string{"heading_first body Again"}},
		"first heading of its own": {func(d *seo.Draft) {
			d.Levels = false
			d.HTML = "<h1>Own</h1>" + d.HTML
		}, nil},
		"skipped":           {func(d *seo.Draft) { d.HTML = "<h3>Deep</h3>" + d.HTML }, []string{"heading_skipped body Deep"}},
		"up again":          {func(d *seo.Draft) { d.HTML += "<h2>Next</h2>" }, nil},
		"empty heading":     {func(d *seo.Draft) { d.HTML += "<h2> <span></span></h2>" }, []string{"heading_empty body"}},
		"pictured heading":  {func(d *seo.Draft) { d.HTML += `<h2><img src=x alt="Lid"></h2>` }, nil},
		"heading twice":     {func(d *seo.Draft) { d.HTML += "<h2>steps</h2>" }, []string{"heading_twice body steps"}},
		"empty link":        {func(d *seo.Draft) { d.HTML += `<a href="/y"> </a>` }, []string{"link_empty body /y"}},
		"anchor":            {func(d *seo.Draft) { d.HTML += `<a id="here"></a>` }, nil},
		"pictured link":     {func(d *seo.Draft) { d.HTML += `<a href="/y"><img src=x alt="Map"></a>` }, nil},
		"labelled link":     {func(d *seo.Draft) { d.HTML += `<a href="/y" aria-label="Map">¶</a>` }, nil},
		"address":           {func(d *seo.Draft) { d.HTML += `<a href="https://y.example">https://y.example</a>` }, []string{"link_address body https://y.example"}},
		"picture":           {func(d *seo.Draft) { d.HTML += `<img src="/m/a.png">` }, []string{"image_undescribed body /m/a.png"}},
		"decoration":        {func(d *seo.Draft) { d.HTML += `<img src="/m/a.png" role="presentation">` }, nil},
		"thin":              {func(d *seo.Draft) { d.HTML = "<p>Soon.</p>" }, []string{"text_thin body"}},
		"thin, and rightly": {func(d *seo.Draft) { d.HTML, d.AllowsShort = "<p>Soon.</p>", true }, nil},
		"hard": {func(d *seo.Draft) {
			d.HTML = "<p>" + strings.Repeat("Notwithstanding institutional considerations regarding interoperability, organisational responsibilities necessitate comprehensive documentation and continuously demonstrable accountability. ", 5) + "</p>"
		}, []string{"text_hard body"}},
		"hard, but nobody knows": {func(d *seo.Draft) {
			d.Locale = "fi"
			d.HTML = "<p>" + strings.Repeat("Notwithstanding institutional considerations regarding interoperability. ", 20) + "</p>"
		}, nil},
		"code is no prose": {func(d *seo.Draft) {
			d.HTML += "<pre>" + strings.Repeat("internationalisation_configuration_of_accountability ", 80) + "</pre>"
		}, nil},
		"their words": {func(d *seo.Draft) { d.Asked = []seo.Asked{{"how do I replace my batteries", 4}} }, nil},
		"other words": {func(d *seo.Draft) { d.Asked = []seo.Asked{{"change accumulator", 4}} }, []string{"words_missing title change accumulator"}},
		"words in German": {func(d *seo.Draft) {
			d.Locale, d.Title, d.Asked = "de", "Batterie des Sensors tauschen", []seo.Asked{{"wie tausche ich die Batterien", 1}}
		}, nil},
		"words in Japanese": {func(d *seo.Draft) {
			d.Locale, d.Title, d.Asked = "ja", "センサーの電池を交換する", []seo.Asked{{"電池の交換", 2}, {"充電池", 1}}
		}, []string{"words_missing title 充電池"}},
		"words in Arabic": {func(d *seo.Draft) {
			d.Locale, d.Title, d.Asked = "ar", "استبدال بطارية المستشعر", []seo.Asked{{"كيف استبدال بطاريه", 2}, {"شحن", 1}}
		}, []string{"words_missing title شحن"}},
		"not HTML": {func(d *seo.Draft) { d.HTML += "<<<>&#x0;</a></h2" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := good()
			tc.change(&d)
			var got []string
			for _, f := range seo.Audit(d) {
				got = append(got, strings.TrimSpace(f.Code+" "+f.Place+" "+f.Ref))
			}
			require.Equal(t, tc.want, got)
		})
	}
}

// TestFindingsSpeak: each code has a text in every language that says all it is
// given.
func TestFindingsSpeak(t *testing.T) {
	catalog, err := i18n.New(nil)
	require.NoError(t, err)
	for _, l := range catalog.Locales() {
		for _, code := range seo.Codes() {
			require.True(t, catalog.In(l).Has("seo."+code), "%s: %s", l, code)
		}
	}
	d := good()
	d.Asked = []seo.Asked{{"change accumulator", 4}}
	f := seo.Audit(d)
	require.Contains(t, catalog.In("en").Message(f[0].Message), "“change accumulator” (4 times)")
	require.Contains(t, catalog.In("en").Message(f[0].Message), "accumulator")
}

func TestReadability(t *testing.T) {
	text := map[string][2]string{
		"en": {"The cat sat on the mat. ", "Institutional considerations necessitate comprehensive interdepartmental documentation. "},
		"de": {"Der Hund lag auf dem Bett. ", "Datenschutzgrundverordnungskonforme Verarbeitungstätigkeiten erfordern Einwilligungserklärungen. "},
		"es": {"El sol da luz y calor. ", "Consideraciones institucionales extraordinarias requieren documentación interdepartamental. "},
		"fr": {"Le chat dort sur le lit. ", "Considérations institutionnelles extraordinaires nécessitant documentation interdépartementale. "},
	}
	for locale, pair := range text {
		easy, ok := seo.Readability(locale+"-XX", strings.Repeat(pair[0], 20))
		require.True(t, ok, locale)
		difficult, ok := seo.Readability(locale, strings.Repeat(pair[1], 20))
		require.True(t, ok, locale)
		require.Greater(t, easy, 70.0, locale)
		require.Less(t, difficult, 30.0, locale)
		_, ok = seo.Readability(locale, pair[0])
		require.False(t, ok, "a sentence says nothing")
	}
	for _, locale := range []string{"ja", "ar", "fi", ""} {
		_, ok := seo.Readability(locale, strings.Repeat(text["en"][0], 20))
		require.False(t, ok, locale)
	}
}
