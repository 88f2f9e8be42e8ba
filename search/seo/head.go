package seo

import (
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Head is what the head of a page says to search engines, and to those who show
// a link to it.
type Head struct {
	Title       string // as links show it, without the name of the site
	Description string
	NoIndex     bool // search engines should not keep it: no address is named, and no data
	Canonical   string
	Alternates  []Alternate // the page in other languages and its own, without [Default]
	Default     string      // address for readers of any other language, empty for none
	Feeds       []Feed
	Card        Card
	Data        []Thing
}

// A Feed is one that a page names.
type Feed struct {
	Title string
	Href  string
	Type  string // empty means Atom
}

// A Card is what is shown of a page where somebody shares its address: Open
// Graph, and what Twitter adds to it. Title, description, address and languages
// are those of the [Head].
type Card struct {
	SiteName  string
	Type      string    // "article", "website", "video.other"; empty means "website"
	Locale    string    // a language tag
	Image     string    // absolute address of a picture, or empty
	ImageAlt  string    // what is to be seen in it
	Large     bool      // the picture is worth the width of the card
	Published time.Time // of an article
	Modified  time.Time //
}

// Links returns the alternates as a page names them: sorted by language, each
// once, with the one for all others at the end.
func (h Head) Links() []Alternate {
	var out []Alternate
	for _, a := range h.Alternates {
		if !slices.ContainsFunc(out, func(have Alternate) bool { return have.Lang == a.Lang }) {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b Alternate) int { return strings.Compare(a.Lang, b.Lang) })
	if h.Default != "" && len(out) > 0 {
		out = append(out, Alternate{Default, h.Default})
	}
	return out
}

// headHTML has an element in each line.
var headHTML = template.Must(template.New("head").Parse(`{{with .Description}}<meta name="description" content="{{.}}">
{{end}}{{if .NoIndex}}<meta name="robots" content="noindex">
{{else}}{{with .Canonical}}<link rel="canonical" href="{{.}}">
{{end}}{{range .Links}}<link rel="alternate" hreflang="{{.Lang}}" href="{{.Href}}">
{{end}}{{end}}{{range .Feeds}}<link rel="alternate" type="{{if .Type}}{{.Type}}{{else}}application/atom+xml{{end}}" title="{{.Title}}" href="{{.Href}}">
{{end}}{{$c := .Card}}{{with $c.SiteName}}<meta property="og:site_name" content="{{.}}">
{{end}}<meta property="og:type" content="{{or $c.Type "website"}}">
<meta property="og:title" content="{{.Title}}">
{{with .Description}}<meta property="og:description" content="{{.}}">
{{end}}{{if not .NoIndex}}{{with .Canonical}}<meta property="og:url" content="{{.}}">
{{end}}{{end}}{{with $c.Locale}}<meta property="og:locale" content="{{$c.Territory .}}">
{{range $.Others}}<meta property="og:locale:alternate" content="{{$c.Territory .}}">
{{end}}{{end}}{{with $c.Image}}<meta property="og:image" content="{{.}}">
{{with $c.ImageAlt}}<meta property="og:image:alt" content="{{.}}">
{{end}}{{end}}{{if eq $c.Type "article"}}{{if not $c.Published.IsZero}}<meta property="article:published_time" content="{{$c.Published.Format "2006-01-02T15:04:05Z07:00"}}">
{{end}}{{if not $c.Modified.IsZero}}<meta property="article:modified_time" content="{{$c.Modified.Format "2006-01-02T15:04:05Z07:00"}}">
{{end}}{{end}}<meta name="twitter:card" content="{{if and $c.Large $c.Image}}summary_large_image{{else}}summary{{end}}">
`))

// Others returns the languages besides the page's own, for its card.
func (h Head) Others() []string {
	var out []string
	if h.NoIndex {
		return nil
	}
	for _, a := range h.Links() {
		if a.Lang != Default && a.Lang != h.Card.Locale {
			out = append(out, a.Lang)
		}
	}
	return out
}

// Territory writes a language tag as Open Graph has it.
func (c Card) Territory(lang string) string { return strings.ReplaceAll(lang, "-", "_") }

// HTML returns the elements, without the title.
func (h Head) HTML() (template.HTML, error) {
	var b strings.Builder
	if err := headHTML.Execute(&b, h); err != nil {
		return "", err
	}
	if h.NoIndex {
		return template.HTML(b.String()), nil
	}
	script, err := Script(h.Data...)
	return template.HTML(b.String()) + script, err
}

// CheckAlternates says which pages name others that do not name them, or not
// themselves: engines then take no notice of any of it. Pages are named by their
// canonical address.
func CheckAlternates(pages map[string][]Alternate) []Fault {
	names := func(page, other string) bool {
		return slices.ContainsFunc(pages[page], func(a Alternate) bool { return a.Href == other })
	}
	var out []Fault
	for _, page := range slices.Sorted(maps.Keys(pages)) {
		if len(pages[page]) > 0 && !names(page, page) {
			out = append(out, Fault{page, "does not name itself", false})
		}
		for _, a := range pages[page] {
			_, known := pages[a.Href]
			switch {
			case a.Lang == Default:
			case !known:
				out = append(out, Fault{page, "names " + a.Href + ", which is no page", false})
			case !names(a.Href, page):
				out = append(out, Fault{page, "is not named by " + a.Href, false})
			}
		}
	}
	return out
}
