package layout_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

const whole = `{
  "menus": [{"name": "main", "items": [
    {"id": "home", "label": {"key": "nav.home"}, "address": "/", "icon": "home", "audience": ["public"], "pinned": true},
    {"id": "help", "label": {"texts": {"en": "Help", "de": "Hilfe"}}, "audience": ["signed-in"], "for": ["partner"], "children": [
      {"id": "guides", "label": {"texts": {"en": "Guides"}}, "address": "https://docs.example.com/a?b=c", "audience": ["partner", "staff"]}
    ]}
  ]}],
  "pages": [{"name": "home", "slots": [
    {"name": "cards", "blocks": [{"id": "popular", "kind": "articles", "data": {"limit": "5"}, "audience": ["public"]}]},
    {"name": "aside", "fixed": true, "offers": 1}
  ]}],
  "theme": {"light": {"brand": "#004080"}, "round": 4, "fonts": {"sans": ["Inter", "sans-serif"]}},
  "brands": [{"id": "acme", "hosts": ["help.acme.example"], "name": "Acme", "sender": "help@acme.example", "locales": ["en", "pt-BR"]}]
}`

func TestLoad(t *testing.T) {
	s, err := layout.Load(strings.NewReader(whole))
	require.NoError(t, err)
	require.Equal(t, "#004080", s.Theme.Light["brand"].String())
	require.Equal(t, profile.Audience{"partner", "staff"}, s.Menus[0].Items[1].Children[0].Audience)
	require.Equal(t, []i18n.Locale{"en", "pt-BR"}, s.Brand("help.acme.example").Locales)
	_, err = layout.NewArranger(*s, nil, nil)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"":                                     "json",
		`{"menus": [}`:                         "json",
		`{"menu": []}`:                         "menu: ",
		`{"menus": {}}`:                        "menus: ",
		whole + whole:                          "json",
		strings.Repeat(" ", 1<<20+1):           "",
		`{"theme": {"light": {"ink": "red"}}}`: "theme.light",
		`{"theme": {"round": 1, "round": 2}}`:  "theme.round",
		`{"menus": [{"name": "m", "items": [{"id": "x", "adress": "/"}]}]}`:                      "menus[0].items[0].adress",
		`{"menus": [{"name": "m", "items": [{"id": "x", "address": "/", "audience": ["A!"]}]}]}`: "menus[0].items[0].audience",
	} {
		_, err := layout.Load(strings.NewReader(name))
		require.Error(t, err, name)
		require.ErrorContains(t, err, text, name)
	}
}

// TestFaults changes one thing of a good site and looks at what Check says, and
// that it says nothing else.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*layout.Site)
		want   string
	}{
		"an id twice":       {func(s *layout.Site) { s.Menus[0].Items[1].Children[0].ID = "home" }, "menus[0].items[1].children[0].id: error.layout.id_taken"},
		"a block's id":      {func(s *layout.Site) { s.Pages[0].Slots[0].Blocks[0].ID = "home" }, "pages[0].slots[0].blocks[0].id: error.layout.id_taken"},
		"an id's form":      {func(s *layout.Site) { s.Menus[0].Items[0].ID = "A b" }, "menus[0].items[0].id: error.layout.id"},
		"a script":          {func(s *layout.Site) { s.Menus[0].Items[0].Address = "javascript:alert(1)" }, "menus[0].items[0].address: error.field.url"},
		"another host":      {func(s *layout.Site) { s.Menus[0].Items[0].Address = "//evil.example" }, "menus[0].items[0].address: error.field.url"},
		"an address's case": {func(s *layout.Site) { s.Menus[0].Items[0].Address = "https://EXAMPLE.com/" }, "menus[0].items[0].address: error.layout.address"},
		"nowhere":           {func(s *layout.Site) { s.Menus[0].Items[0].Address = "" }, "menus[0].items[0].address: error.layout.nowhere"},
		"nobody":            {func(s *layout.Site) { s.Menus[0].Items[0].Audience = nil }, "menus[0].items[0].audience: error.layout.audience"},
		"a bad term":        {func(s *layout.Site) { s.Menus[0].Items[0].Audience = profile.Audience{"A"} }, "menus[0].items[0].audience: error.layout.audience_term"},
		"a segment":         {func(s *layout.Site) { s.Menus[0].Items[0].For = []string{"a+b"} }, "menus[0].items[0].for[0]: error.layout.segment"},
		"no label":          {func(s *layout.Site) { s.Menus[0].Items[0].Label = layout.Label{} }, "menus[0].items[0].label: error.layout.label"},
		"two labels":        {func(s *layout.Site) { s.Menus[0].Items[0].Label.Texts = map[string]string{"en": "x"} }, "menus[0].items[0].label: error.layout.label_both"},
		"a key":             {func(s *layout.Site) { s.Menus[0].Items[0].Label.Key = "No Key" }, "menus[0].items[0].label.key: error.layout.label_key"},
		"a language":        {func(s *layout.Site) { s.Menus[0].Items[1].Label.Texts["pt-br"] = "x" }, "menus[0].items[1].label.texts.pt-br: error.layout.language"},
		"an empty text":     {func(s *layout.Site) { s.Menus[0].Items[1].Label.Texts["en"] = " " }, "menus[0].items[1].label.texts.en: error.field.required"},
		"an icon":           {func(s *layout.Site) { s.Menus[0].Items[0].Icon = "a/b" }, "menus[0].items[0].icon: error.layout.id"},
		"a menu twice":      {func(s *layout.Site) { s.Menus = append(s.Menus, layout.Menu{Name: "main"}) }, "menus[1].name: error.layout.id_taken"},
		"a page twice":      {func(s *layout.Site) { s.Pages = append(s.Pages, layout.Page{Name: "home"}) }, "pages[1].name: error.layout.id_taken"},
		"a slot twice":      {func(s *layout.Site) { s.Pages[0].Slots[1].Name = "cards" }, "pages[0].slots[1].name: error.layout.id_taken"},
		"a kind":            {func(s *layout.Site) { s.Pages[0].Slots[0].Blocks[0].Kind = "" }, "pages[0].slots[0].blocks[0].kind: error.layout.id"},
		"too many offers":   {func(s *layout.Site) { s.Pages[0].Slots[1].Offers = 6 }, "pages[0].slots[1].offers: error.field.out_of_range"},
		"a host":            {func(s *layout.Site) { s.Brands[0].Hosts[0] = "Help.acme" }, "brands[0].hosts[0]: error.layout.host"},
		"a host twice":      {func(s *layout.Site) { s.Brands[0].Hosts = []string{"a.example", "a.example"} }, "brands[0].hosts[1]: error.layout.host_taken"},
		"a sender":          {func(s *layout.Site) { s.Brands[0].Sender = "x" }, "brands[0].sender: error.field.email"},
		"a brand's name":    {func(s *layout.Site) { s.Brands[0].Name = "" }, "brands[0].name: error.field.required"},
		"a brand's theme": {func(s *layout.Site) {
			s.Brands[0].Theme.ContrastDark = layout.Palette{"quiet": layout.Colour{R: 0x88, G: 0x88, B: 0x88}}
		}, "brands[0].theme.contrast_dark.quiet: error.layout.contrast"},
		"a brand's menu": {func(s *layout.Site) {
			s.Brands[0].Menus = []layout.Menu{{Name: "footer", Items: []layout.Item{item("guides")}}}
		}, "brands[0].all_menus[1].items[0].id: error.layout.id_taken"},
		"too deep": {func(s *layout.Site) {
			it := item("d0")
			for _, id := range []string{"d1", "d2", "d3", "d4"} {
				it = item(id, func(o *layout.Item) { o.Children = []layout.Item{it} })
			}
			s.Menus[0].Items = append(s.Menus[0].Items, it)
		}, "menus[0].items[2].children[0].children[0].children[0].children: error.layout.nesting"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := layout.Load(strings.NewReader(whole))
			require.NoError(t, err)
			c.change(s)
			err = s.Check()
			require.ErrorIs(t, err, layout.ErrInvalid)
			var fields errs.Fields
			require.ErrorAs(t, err, &fields)
			require.Equal(t, c.want, fields.Error())
			at, _, _ := strings.Cut(c.want, ": ")
			require.Contains(t, err.Error(), at+": ")
		})
	}
}

// TestChangesAfterwards: what the caller still holds is not what is shown.
func TestChangesAfterwards(t *testing.T) {
	site := siteOf(item("a"), item("b"))
	w := newWorld(t, site)
	site.Menus[0].Items[0].Audience[0] = "staff"
	site.Menus[0].Items[1].ID = "spoilt"
	require.Equal(t, []string{"a", "b"}, w.main(ann, w.visit()))
}

func TestLabels(t *testing.T) {
	c, err := i18n.New(nil)
	require.NoError(t, err)
	l := layout.Label{Texts: map[string]string{"en": "Help", "de": "Hilfe"}}
	require.Equal(t, "Hilfe", l.In(c, "de-AT"))
	require.Equal(t, "Help", l.In(c, "ja"))
	require.NotEmpty(t, layout.Label{Key: "error.not_found"}.In(c, "en"))
	require.Empty(t, layout.Label{}.In(c, "en"))
	require.Equal(t, "for partners", layout.Reason{Key: layout.ReasonRule, Texts: map[string]string{"en": "for partners"}}.In(c, "de"))
	require.Empty(t, layout.Reason{}.In(c, "en"))
}
