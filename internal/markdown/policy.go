package markdown

import (
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// A class says how an element behaves in a tree.
type class int

const (
	phrase class = iota // runs within text
	block               // ends a paragraph
	void                // has no content
	part                // needs an owner: see owners
)

// elements are those that may be in the result. None of them changes how the
// browser reads what is in it; that is what keeps text from becoming markup.
var elements = classes(map[class]string{
	phrase: "a abbr b bdi bdo cite code del dfn em i ins kbd mark q rp rt ruby s samp small span strong sub sup time u var",
	block:  "aside blockquote details div dl figcaption figure h1 h2 h3 h4 h5 h6 ol p pre section summary table ul",
	void:   "br hr img wbr",
	part:   "caption dd dt li tbody td tfoot th thead tr",
})

const (
	ownersOfItems = " ul ol "
	ownersOfTerms = " dl "
	ownersOfParts = " table "
	ownersOfRows  = " thead tbody tfoot table "
	ownersOfCells = " tr thead tbody tfoot table "
)

// owners says which element a part is a child of.
var owners = map[string]string{
	"li": ownersOfItems,
	"dt": ownersOfTerms, "dd": ownersOfTerms,
	"caption": ownersOfParts, "thead": ownersOfParts, "tbody": ownersOfParts, "tfoot": ownersOfParts,
	"tr": ownersOfRows,
	"td": ownersOfCells, "th": ownersOfCells,
}

// skipped are dropped with what is in them, raw likewise; the text of raw ones
// is not markup. Every other element that is not allowed leaves its content.
var (
	skipped = set("applet math object select svg template")
	raw     = set("iframe noembed noframes noscript script style title")
)

func classes(names map[class]string) map[string]class {
	all := map[string]class{}
	for c, list := range names {
		for name := range strings.FieldsSeq(list) {
			all[name] = c
		}
	}
	return all
}

func set(list string) map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(list) {
		all[name] = true
	}
	return all
}

func isHeading(name string) bool {
	return len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6'
}

// matching returns a regular expression for a whole attribute.
func matching(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`\A(?:` + pattern + `)\z`)
}

// identifier is what an id may be. It is compiled once, as that takes longer
// than all the rest of a policy.
var identifier = sync.OnceValue(func() *regexp.Regexp { return matching(`[\p{L}\p{M}\p{N}_:.-]{1,200}`) })

// newPolicy returns the policy that has the last word. labels are the only
// names that an element may have besides its text.
func newPolicy(labels []string) *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	for name := range elements {
		p.AllowNoAttrs().OnElements(name)
	}
	allowText(p)
	allowTargets(p)
	allowTables(p)
	allowRoles(p, labels)
	return p
}

func allowText(p *bluemonday.Policy) {
	p.AllowAttrs("id").Matching(identifier()).Globally()
	p.AllowAttrs("dir").Matching(matching(`ltr|rtl|auto`)).Globally()
	p.AllowAttrs("lang").Matching(matching(`[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}`)).Globally()
	p.AllowAttrs("title").OnElements("abbr", "dfn", "a", "img")
	p.AllowAttrs("datetime").Matching(matching(`[0-9TWPHMSYDZ:. +-]{1,40}`)).OnElements("time", "del", "ins")
	p.AllowAttrs("start", "value").Matching(matching(`-?[0-9]{1,9}`)).OnElements("ol", "li")
	p.AllowAttrs("reversed").Matching(matching(`|reversed`)).OnElements("ol")
	p.AllowAttrs("type").Matching(matching(`[1AaIi]`)).OnElements("ol")
	p.AllowAttrs("open").Matching(matching(`|open`)).OnElements("details")
}

func allowTargets(p *bluemonday.Policy) {
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(matching(`noopener(?: nofollow ugc)?`)).OnElements("a")
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(matching(`[1-9][0-9]{0,3}`)).OnElements("img")
	p.AllowAttrs("loading").Matching(matching(`lazy`)).OnElements("img")
}

func allowTables(p *bluemonday.Policy) {
	p.AllowAttrs("align").Matching(matching(`left|right|center`)).OnElements("td", "th")
	p.AllowAttrs("colspan", "rowspan").Matching(matching(`[1-9][0-9]?`)).OnElements("td", "th")
	p.AllowAttrs("scope").Matching(matching(`row|col|rowgroup|colgroup`)).OnElements("th")
}

// allowRoles allows what this package itself adds.
func allowRoles(p *bluemonday.Policy, labels []string) {
	p.AllowAttrs("class").Matching(matching(`note note-(note|tip|important|warning|caution)`)).OnElements("aside")
	p.AllowAttrs("class").Matching(matching(`note-title`)).OnElements("p")
	p.AllowAttrs("class").Matching(matching(`language-[A-Za-z0-9_+#.-]{1,40}`)).OnElements("code")
	p.AllowAttrs("class").Matching(matching(`task`)).OnElements("span")
	p.AllowAttrs("class").Matching(matching(`scroll|footnotes`)).OnElements("div")
	p.AllowAttrs("class").Matching(matching(`footnote-(ref|backref)`)).OnElements("a")
	p.AllowAttrs("role").Matching(matching(`note`)).OnElements("aside")
	p.AllowAttrs("role").Matching(matching(`img`)).OnElements("span")
	p.AllowAttrs("role").Matching(matching(`group|doc-endnotes`)).OnElements("div")
	p.AllowAttrs("role").Matching(matching(`doc-noteref|doc-backlink`)).OnElements("a")
	p.AllowAttrs("tabindex").Matching(matching(`0`)).OnElements("div", "pre")
	names := make([]string, len(labels))
	for i, label := range labels {
		names[i] = regexp.QuoteMeta(label)
	}
	p.AllowAttrs("aria-label").Matching(matching(strings.Join(names, "|"))).OnElements("a", "div", "span")
}
