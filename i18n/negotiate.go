package i18n

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// A Request is what is known of the language a reader wants. Every part may be
// empty and hostile.
type Request struct {
	Path           string // of the URL, without the prefix the portal is mounted at
	Preference     string // saved for the reader: a locale
	AcceptLanguage string // the header
	Country        string // two letters, from a header the host's proxy sets
}

// A Reason says what decided a negotiation.
type Reason string

// The reasons, in the order they are tried.
const (
	ReasonPath       Reason = "path"
	ReasonPreference Reason = "preference"
	ReasonHeader     Reason = "header"
	ReasonCountry    Reason = "country"
	ReasonDefault    Reason = "default"
)

// NegotiatorOptions configure a Negotiator. Nil means the zero value.
type NegotiatorOptions struct {
	// Countries adds to or replaces the languages of countries, the most
	// likely first: {"CH": {"de", "fr", "it"}}. Nil means the library's,
	// which take a country's most spoken official languages.
	Countries map[string][]Locale
}

// A Negotiator chooses among the languages a portal offers. It is safe for
// concurrent use. A portal with languages that only some may see yet makes a
// second one for them, with Offering.
type Negotiator struct {
	offered   []Locale
	index     map[string]int // lower-case tag to its place in offered
	bases     []string
	matcher   language.Matcher
	fallback  int
	countries map[string][]Locale
}

// NewNegotiator returns a Negotiator for the offered locales; def, which is
// taken when nothing else decides, is one of them.
func NewNegotiator(def Locale, offered []Locale, opts *NegotiatorOptions) (*Negotiator, error) {
	n := &Negotiator{countries: officialLanguages}
	if opts != nil && opts.Countries != nil {
		n.countries = maps.Clone(officialLanguages)
		maps.Copy(n.countries, opts.Countries)
	}
	if err := n.offer(def, offered); err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	return n, nil
}

// Offering returns a Negotiator that differs only in what it offers. The
// default stays, and is offered too if the list leaves it out.
func (n *Negotiator) Offering(offered ...Locale) (*Negotiator, error) {
	m := &Negotiator{countries: n.countries}
	if !slices.Contains(offered, n.Default()) {
		offered = append(slices.Clip(offered), n.Default())
	}
	if err := m.offer(n.Default(), offered); err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	return m, nil
}

func (n *Negotiator) offer(def Locale, offered []Locale) error {
	n.offered, n.index = slices.Clone(offered), make(map[string]int, len(offered))
	tags := make([]language.Tag, len(offered))
	for i, l := range offered {
		if err := checkCanonical(l); err != nil {
			return err
		}
		tags[i] = l.tag()
		n.bases = append(n.bases, base(l))
		n.index[strings.ToLower(string(l))] = i
	}
	n.fallback = slices.Index(offered, def)
	if n.fallback < 0 {
		return fmt.Errorf("default locale %q is not offered: %w", def, ErrInvalid)
	}
	n.matcher = language.NewMatcher(tags)
	return nil
}

// base is the language, with the Norwegians as one.
func base(l Locale) string {
	switch b := l.Language(); b {
	case "no", "nn":
		return "nb"
	case "cmn":
		return "zh"
	default:
		return b
	}
}

// Offered returns the offered locales in their order.
func (n *Negotiator) Offered() []Locale { return slices.Clone(n.offered) }

// Default returns the locale taken when nothing else decides.
func (n *Negotiator) Default() Locale { return n.offered[n.fallback] }

// Pick returns the offered locale that fits best, and what decided. The path's
// prefix comes first, then the saved preference, the header, the country, the
// default. The same request always gets the same answer.
func (n *Negotiator) Pick(r Request) (Locale, Reason) {
	if l, _, ok := n.SplitPath(r.Path); ok {
		return l, ReasonPath
	}
	if i, ok := n.match(r.Preference); ok {
		return n.offered[i], ReasonPreference
	}
	if i, ok := n.fromHeader(r.AcceptLanguage); ok {
		return n.offered[i], ReasonHeader
	}
	if i, ok := n.fromCountry(r.Country); ok {
		return n.offered[i], ReasonCountry
	}
	return n.Default(), ReasonDefault
}

// exact returns the place of an offered tag, in any case, without garbage.
func (n *Negotiator) exact(tag string) (int, bool) {
	if len(tag) > MaxLocale {
		return 0, false
	}
	var lower [MaxLocale]byte
	for i := range len(tag) {
		c := tag[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	i, ok := n.index[string(lower[:len(tag)])]
	return i, ok
}

// match returns the offered locale for a wanted tag if it is the same language.
func (n *Negotiator) match(tag string) (int, bool) {
	if tag == "" {
		return 0, false
	}
	if i, ok := n.exact(tag); ok {
		return i, true
	}
	i, fit := n.nearest(tag)
	return i, fit == sameLanguage
}

// fit says how well an offered locale serves a wanted one.
type fit int

const (
	noFit         fit = iota
	otherLanguage     // one its readers mostly know, or theirs in another script
	sameLanguage
)

// nearest asks the matcher. Only its index is used: the tag it returns carries
// the wanted region as an extension, which is no language of ours.
func (n *Negotiator) nearest(tag string) (int, fit) {
	l, err := ParseLocale(tag)
	if err != nil {
		return 0, noFit
	}
	_, i, confidence := n.matcher.Match(l.tag())
	same := n.bases[i] == base(l)
	switch {
	case same && confidence >= language.High:
		return i, sameLanguage
	case same && confidence == language.Low, confidence >= language.High:
		return i, otherLanguage
	}
	return 0, noFit
}

// fromHeader takes the first language in the reader's own order that is
// offered. A related one the reader did not name counts only after them all.
func (n *Negotiator) fromHeader(header string) (int, bool) {
	wants := parseAccept(header)
	second, found := 0, false
	for _, w := range wants.list[:wants.n] {
		if i, ok := n.exact(w.tag); ok {
			return i, true
		}
		switch i, fit := n.nearest(w.tag); {
		case fit == sameLanguage:
			return i, true
		case fit == otherLanguage && !found:
			second, found = i, true
		}
	}
	return second, found
}

// fromCountry takes the first language of the country that is offered.
func (n *Negotiator) fromCountry(code string) (int, bool) {
	if len(code) != 2 || !letters(code) {
		return 0, false
	}
	code = strings.ToUpper(code)
	for _, l := range n.spoken(code) {
		if i, ok := n.match(string(l) + "-" + code); ok {
			return i, true
		}
		if i, ok := n.match(string(l)); ok {
			return i, true
		}
	}
	return 0, false
}

// spoken returns the languages of a country, the likely one where the table
// has none.
func (n *Negotiator) spoken(code string) []Locale {
	if list, ok := n.countries[code]; ok {
		return list
	}
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() {
		return nil
	}
	tag, err := language.Compose(region)
	if err != nil {
		return nil
	}
	likely, confidence := tag.Base()
	if confidence == language.No {
		return nil
	}
	return []Locale{Locale(likely.String())}
}

// officialLanguages are the countries with more than one, or where the likely
// language of a reader of websites is not the one most spoken.
var officialLanguages = map[string][]Locale{
	"BE": {"nl", "fr", "de"}, "CA": {"en", "fr"}, "CH": {"de", "fr", "it"}, "LU": {"fr", "de"},
	"FI": {"fi", "sv"}, "AD": {"ca", "es", "fr"}, "CY": {"el", "tr"}, "MT": {"mt", "en"}, "IE": {"en", "ga"},
	"IN": {"en", "hi"}, "PH": {"en", "fil"}, "SG": {"en", "zh", "ms"}, "MY": {"ms", "en"}, "PK": {"en", "ur"},
	"HK": {"zh-Hant", "en"}, "MO": {"zh-Hant", "pt"}, "TW": {"zh-Hant"},
	"ZA": {"en", "af"}, "KE": {"en", "sw"}, "NG": {"en"}, "GH": {"en"}, "ZW": {"en"}, "ZM": {"en"}, "UG": {"en", "sw"},
	"CM": {"fr", "en"}, "MA": {"ar", "fr"}, "DZ": {"ar", "fr"}, "TN": {"ar", "fr"}, "LB": {"ar", "fr"},
	"IL": {"he", "ar"}, "AE": {"ar", "en"}, "QA": {"ar", "en"}, "BA": {"bs", "hr", "sr"}, "PR": {"es", "en"},
	"UA": {"uk"}, "BY": {"be", "ru"}, "KZ": {"kk", "ru"}, "KG": {"ky", "ru"}, "EE": {"et", "ru"}, "LV": {"lv", "ru"},
	"PY": {"es", "gn"}, "ES": {"es", "ca", "gl", "eu"},
}
