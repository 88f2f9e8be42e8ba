package layout

import (
	"github.com/stoa-go/stoa/i18n"
)

// A Layout is what one visitor sees of a site on a page. It is shared between
// requests: read it, and change nothing in it.
type Layout struct {
	Brand string
	Page  string
	Arm   string // "layout=arranged" or "layout=declared", for [analytics.Event.Arms]
	Key   string // the same for layouts of one site that look the same, [Arranger.Order] included: for caches of pages
	Menus map[string][]Link
	Slots map[string][]Panel
	Shown map[string][]Offer // promotions by slot
}

// The arms: who is compared with whom.
const (
	ArmArranged = "layout=arranged"
	ArmDeclared = "layout=declared" // left as declared, to tell what arranging brings about
)

// A Link is an item of a menu where it stands for the visitor.
type Link struct {
	ID       string
	Label    Label
	Address  string
	Icon     string
	Reason   Reason // why it moved; zero for one that did not
	Children []Link
}

// A Panel is a block where it stands for the visitor.
type Panel struct {
	ID     string
	Kind   string
	Title  Label
	Data   map[string]string
	Reason Reason // why it moved; zero for one that did not
}

// An Offer is a promotion chosen for the visitor.
type Offer struct {
	ID      string
	Title   map[string]string
	Text    map[string]string
	Action  map[string]string
	Address string
}

// A Place is where something that the site does not declare was put, see
// [Arranger.Order].
type Place struct {
	ID     string
	Reason Reason
}

// A Reason says why something stands where it was not declared. Pages show it.
type Reason struct {
	Key   string            // of a text in the catalogs; "" means that nothing moved
	Texts map[string]string // what an administrator wrote in its place, by language
}

// Keys of the texts of reasons.
const (
	ReasonUse  = "layout.reason.use"  // because they use it often
	ReasonRule = "layout.reason.rule" // because a rule of the portal's says so
)

// Moved reports whether what has the reason moved at all.
func (r Reason) Moved() bool { return r.Key != "" }

// In returns the reason in a language, or "".
func (r Reason) In(c *i18n.Catalog, locale i18n.Locale) string {
	switch {
	case !r.Moved():
		return ""
	case len(r.Texts) > 0:
		return textIn(r.Texts, c, locale)
	}
	return c.In(locale).T(r.Key)
}

// TitleIn returns the title of the offer in a language.
func (o Offer) TitleIn(c *i18n.Catalog, locale i18n.Locale) string {
	return textIn(o.Title, c, locale)
}

// TextIn returns what the offer says in a language.
func (o Offer) TextIn(c *i18n.Catalog, locale i18n.Locale) string { return textIn(o.Text, c, locale) }

// ActionIn returns what the link of the offer says in a language.
func (o Offer) ActionIn(c *i18n.Catalog, locale i18n.Locale) string {
	return textIn(o.Action, c, locale)
}
