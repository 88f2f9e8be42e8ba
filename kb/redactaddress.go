package kb

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The forms of postal addresses. Words that stand in many sentences, such as
// "Platz 3" and "2 place", count only with what else an address has: a name with
// a capital, a postcode, a place.
const (
	capital  = `\p{Lu}[\p{L}'’.-]+`
	postUK   = `(?:GIR ?0AA|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9][ABEHMNPRVWXY]) ?[0-9][ABD-HJLNP-UW-Z]{2})`
	stateUS  = `(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])`
	postUS   = stateUS + `[ \n]{1,2}[0-9]{5}(?:-[0-9]{4})?`
	places   = capital + `(?:[ -]` + capital + `){0,3}`
	streetEN = `(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Crescent|Cres|Place|Pl|Square|Sq|Terrace|Ter|Way|Boulevard|Blvd|Gardens|Gdns|Grove|Hill|Mews|Parade|Row|Walk|Highway|Hwy|Parkway|Pkwy|Circle|Cir)`
	roomEN   = `(?:Flat|Apt|Apartment|Unit|Suite|Ste|#)\.? ?[0-9A-Za-z]{1,5}`
	// restEN is what follows a street: a flat, a place, a postcode.
	restEN = `(?:,? ` + roomEN + `)?(?:(?:,\s*|\s*\n)` + places + `){0,3}(?:,?\s+` + places + `)??(?:,?\s+(?:` + postUK + `|` + postUS + `))?`

	postDE   = `(?:(?:DE?|AT?|CH)-)?[0-9]{4,5}[ \n]{1,2}` + capital
	houseDE  = `\s[0-9]{1,4}(?: ?[a-zA-Z]\b)?(?:\s?[-–/]\s?[0-9]{1,4}[a-z]?)?`
	strongDE = `(?:straße|strasse|str\.|gasse|allee|chaussee|promenade|straat)`
	weakDE   = `(?:weg|platz|ring|damm|ufer|steig|graben|markt|hof|berg|tor)`
	intoDE   = `(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den|Hinter der|Vor dem)`

	smallFR = `(?:(?:de|du|des|la|le|les|aux|au|à|en|sur|sous)\s|l['’]|d['’]|de l['’]|de la\s)`
	postFR  = `(?:,?\s+[0-9]{5}\s` + capital + `(?:[ -]` + capital + `){0,3}(?: Cedex(?: [0-9]{1,2})?)?)`
	smallES = `(?:(?:de|del|de la|de las|de los|la|las|los|el)\s)`
	postES  = `(?:,?\s+[0-9]{5}\s` + capital + `(?: ` + capital + `){0,2})`

	digitJA = `[0-9０-９]`
	dashJA  = `[-‐‑–−－ー―の]`
	wordJA  = `[\p{Han}\p{Hiragana}\p{Katakana}ー]`
	postJA  = `〒\s?` + digitJA + `{3}` + dashJA + `?` + digitJA + `{4}`
	landJA  = `(?:東京都|北海道|京都府|大阪府|\p{Han}{2,3}県)`
	blockJA = digitJA + `{1,3}(?:丁目|番地?|号|` + dashJA + digitJA + `{1,4})(?:` + digitJA + `{1,4}(?:番地?|号室?)|` + dashJA + digitJA + `{1,4}){0,3}`
)

// An addressForm is how addresses are written somewhere. If it is checked
// further, ok does that.
type addressForm struct {
	re   *regexp.Regexp
	ok   func(string) bool
	ends bool // letters may stand beside it: its script has no spaces
}

var addressForms = []addressForm{
	{re: farthest(`(?:` + roomEN + `,? )?[0-9]{1,5}[A-Za-z]?(?:[-/][0-9]{1,4})?,? (?:[NSEW]{1,2}\.? )?(?:` + capital + ` ){1,4}` + streetEN + `\b\.?` + restEN)},
	{re: farthest(`(?i)[0-9]{1,4}[a-z]? (?:[\p{L}'’]{3,} ){1,2}(?:street|road|avenue|lane|boulevard)\b(?:, ?[\p{L}]{3,} ` + postUK + `)?`), ok: plainStreet},
	{re: farthest(`P\.? ?O\.? ?Box [0-9]{1,6}(?:(?:,\s*|\s*\n)` + places + `){0,2}(?:,?\s+(?:` + postUK + `|` + postUS + `))?|(?:Postfach|Apartado(?: de [Cc]orreos)?) [0-9][0-9 ]{1,7}[0-9](?:,?\s+` + postDE + `)?`)},
	{re: farthest(places + `, ?` + postUS)},
	{re: farthest(postUK), ok: notMeasure},
	{re: farthest(strings.ReplaceAll(strings.ToLower(postUK), " ?", " ")), ok: notMeasure},

	{re: farthest(`(?:\p{Lu}[\p{L}.-]*` + strongDE + `|(?:\p{Lu}[\p{L}-]+[ -]){1,3}(?:Straße|Strasse|Str\.|Gasse|Allee))` + houseDE + `(?:,?\s+` + postDE + `)?`)},
	{re: farthest(`(?:\p{Lu}[\p{L}-]*` + weakDE + `|\p{Lu}[\p{L}-]+ (?:Weg|Platz|Ring|Damm|Ufer|Markt)|` + intoDE + ` \p{Lu}[\p{L}-]+)` + houseDE + `(?:,\s*|\s*\n|\s)` + postDE)},
	{re: farthest(`(?:DE?-[0-9]{5}|(?:AT?|CH)-[0-9]{4}) ` + capital)},

	{re: farthest(`[0-9]{1,4}(?: ?(?:bis|ter|quater))?,?\s(?:(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Bb]d|[Cc]hemin|[Ii]mpasse|[Aa]llée)\s` + smallFR + `*[\p{L}'’-]{3,}(?:[ -]\p{Lu}[\p{L}'’-]+){0,4}|(?:[Pp]lace|[Qq]uai|[Rr]oute|[Ss]quare|[Cc]ours|[Pp]assage|[Ff]aubourg|[Vv]illa)\s` + smallFR + `*\p{Lu}[\p{L}'’-]+(?:[ -]\p{Lu}[\p{L}'’-]+){0,4})` + postFR + `?`)},
	{re: farthest(`(?:C/|(?:[Cc]alle|[Aa]vda\.?|[Aa]v\.|[Aa]venida|[Pp]laza|[Pp]za\.?|[Pp]aseo|[Cc]amino|[Cc]arretera|[Cc]tra\.?|[Rr]onda|[Tt]ravesía|[Pp]asaje)\s)\s?` + smallES + `*\p{Lu}[\p{L}.-]+(?:\s` + smallES + `*\p{Lu}[\p{L}.-]+){0,4},?\s(?:n\.?º\s?|nº\s?|núm\.\s?)?[0-9]{1,4}\b(?:,?\s[0-9]{1,2}\.?[ºª](?:\s?[A-Za-z]\b)?)?` + postES + `?`)},

	{re: farthest(`(?:` + postJA + `\s*)?` + landJA + wordJA + `{1,12}?[市区町村郡]` + wordJA + `{0,20}?` + blockJA + `(?:\s?[\p{Katakana}ー]{2,15}\s?` + digitJA + `{1,4}(?:号室)?)?`), ends: true},
	{re: farthest(`(?:` + postJA + `\s*)?\p{Han}{1,5}[市区]` + wordJA + `{1,12}?` + digitJA + `{1,2}(?:丁目` + digitJA + `{1,3}(?:番地?|` + dashJA + `)` + digitJA + `{0,3}号?|` + dashJA + digitJA + `{1,3}` + dashJA + digitJA + `{1,3})`), ends: true},
	{re: farthest(postJA), ends: true},
}

// farthest returns a form that finds all that belongs to an address, with the
// place behind the street.
func farthest(pattern string) *regexp.Regexp {
	re := regexp.MustCompile(pattern)
	re.Longest()
	return re
}

// findAddresses returns the places of postal addresses in a text.
func findAddresses(text string) (out []found) {
	for _, form := range addressForms {
		for _, at := range form.re.FindAllStringIndex(text, -1) {
			at[1] -= len(text[at[0]:at[1]]) - len(strings.TrimRight(text[at[0]:at[1]], ".,-'’"))
			if (form.ends || apart(text, at[0], at[1])) && (form.ok == nil || form.ok(text[at[0]:at[1]])) {
				out = append(out, found{at[0], at[1], RedactAddress})
			}
		}
	}
	return out
}

// apart reports whether neither letters nor digits go on before or after a place.
func apart(text string, from, to int) bool {
	goesOn := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return !goesOn(before) && !goesOn(after)
}

// noStreets are words before "road" and its like in sentences that are about none
// in particular.
var noStreets = []string{"the", "and", "for", "our", "your", "this", "that", "lane", "way", "down", "off", "per", "along", "from", "cars", "miles", "metres", "meters", "houses"}

// plainStreet reports whether small letters name a street.
func plainStreet(s string) bool {
	street, _, _ := strings.Cut(strings.ToLower(s), ",")
	words := strings.Fields(street)
	return !slices.ContainsFunc(words[:len(words)-1], func(w string) bool { return slices.Contains(noStreets, w) })
}

var measure = regexp.MustCompile(`(?i)[0-9](?:GB|TB|PB|GH|st|nd|rd|th)$`)

// notMeasure leaves "E5 8GB" and "s2 1st" alone, which have the form of a
// postcode.
func notMeasure(s string) bool { return !measure.MatchString(s) }
