package lexis

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/ar"
	"github.com/blevesearch/bleve/v2/analysis/lang/bg"
	"github.com/blevesearch/bleve/v2/analysis/lang/ca"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/analysis/lang/ckb"
	"github.com/blevesearch/bleve/v2/analysis/lang/cs"
	"github.com/blevesearch/bleve/v2/analysis/lang/da"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/analysis/lang/el"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/es"
	"github.com/blevesearch/bleve/v2/analysis/lang/eu"
	"github.com/blevesearch/bleve/v2/analysis/lang/fa"
	"github.com/blevesearch/bleve/v2/analysis/lang/fi"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/analysis/lang/ga"
	"github.com/blevesearch/bleve/v2/analysis/lang/gl"
	"github.com/blevesearch/bleve/v2/analysis/lang/hi"
	"github.com/blevesearch/bleve/v2/analysis/lang/hr"
	"github.com/blevesearch/bleve/v2/analysis/lang/hu"
	"github.com/blevesearch/bleve/v2/analysis/lang/hy"
	"github.com/blevesearch/bleve/v2/analysis/lang/id"
	"github.com/blevesearch/bleve/v2/analysis/lang/in"
	"github.com/blevesearch/bleve/v2/analysis/lang/it"
	"github.com/blevesearch/bleve/v2/analysis/lang/nl"
	"github.com/blevesearch/bleve/v2/analysis/lang/no"
	"github.com/blevesearch/bleve/v2/analysis/lang/pt"
	"github.com/blevesearch/bleve/v2/analysis/lang/ro"
	"github.com/blevesearch/bleve/v2/analysis/lang/ru"
	"github.com/blevesearch/bleve/v2/analysis/lang/sv"
	"github.com/blevesearch/bleve/v2/analysis/lang/tr"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/token/stop"
	"github.com/blevesearch/bleve/v2/registry"
)

// shipped lists the languages that bleve has an analyzer for. Its parts are
// used as they are, but for the cutting into words, which is ours.
var shipped = map[string]string{
	"ar": ar.AnalyzerName, "ckb": ckb.AnalyzerName, "da": da.AnalyzerName, "de": de.AnalyzerName, "en": en.AnalyzerName,
	"es": es.AnalyzerName, "fa": fa.AnalyzerName, "fi": fi.AnalyzerName, "fr": fr.AnalyzerName, "hi": hi.AnalyzerName,
	"hr": hr.AnalyzerName, "hu": hu.AnalyzerName, "it": it.AnalyzerName, "nl": nl.AnalyzerName, "no": no.AnalyzerName,
	"pt": pt.AnalyzerName, "ro": ro.AnalyzerName, "ru": ru.AnalyzerName, "sv": sv.AnalyzerName,
	"tr": tr.AnalyzerName,
}

// composed lists the languages that bleve has parts for: the filters before the
// stop words, and the list of these.
var composed = map[string]struct {
	surface []string
	stop    string
}{
	"bg":  {[]string{lowercase.Name}, bg.StopName},
	"ca":  {[]string{lowercase.Name, ca.ElisionName}, ca.StopName},
	"cjk": {[]string{cjk.WidthName, lowercase.Name}, ""},
	"cs":  {[]string{lowercase.Name}, cs.StopName},
	"el":  {[]string{lowercase.Name}, el.StopName},
	"eu":  {[]string{lowercase.Name}, eu.StopName},
	"ga":  {[]string{ga.ElisionName, lowercase.Name}, ga.StopName},
	"gl":  {[]string{lowercase.Name}, gl.StopName},
	"hy":  {[]string{lowercase.Name}, hy.StopName},
	"id":  {[]string{lowercase.Name}, id.StopName},
	"in":  {[]string{lowercase.Name, in.NormalizeName}, ""},
	"und": {[]string{lowercase.Name}, ""},
}

// related lists languages that are treated as another one.
var related = map[string]string{
	"zh": "cjk", "ja": "cjk", "ko": "cjk", "yue": "cjk", "nb": "no", "nn": "no", "bs": "hr", "sr": "hr", "ms": "id", "in": "id",
	"bn": "in", "mr": "in", "gu": "in", "pa": "in", "ta": "in", "te": "in", "kn": "in", "ml": "in", "or": "in", "ne": "in",
}

// A Library has all languages.
type Library map[string]*Language

// NewLibrary returns the languages. Whatever bleve lacks is treated as "und":
// words in lower case.
func NewLibrary() (Library, error) {
	cache := registry.NewCache()
	lib := Library{}
	for code, analyzer := range shipped {
		l, err := adopt(cache, code, analyzer)
		if err != nil {
			return nil, fmt.Errorf("language %s: %w", code, err)
		}
		lib[code] = l
	}
	for code, parts := range composed {
		l, err := compose(cache, code, parts.surface, parts.stop)
		if err != nil {
			return nil, fmt.Errorf("language %s: %w", code, err)
		}
		lib[code] = l
	}
	lib["en"].stem = slices.Concat([]analysis.TokenFilter{foldAccents{}}, lib["en"].stem)
	return lib, nil
}

// adopt takes one of bleve's analyzers apart at its stop words.
func adopt(cache *registry.Cache, code, analyzer string) (*Language, error) {
	a, err := cache.AnalyzerNamed(analyzer)
	if err != nil {
		return nil, err
	}
	d, ok := a.(*analysis.DefaultAnalyzer)
	if !ok {
		return nil, fmt.Errorf("analyzer of type %T", a)
	}
	i := slices.IndexFunc(d.TokenFilters, func(f analysis.TokenFilter) bool { _, ok := f.(*stop.StopTokensFilter); return ok })
	if i < 0 {
		return nil, fmt.Errorf("analyzer without stop words")
	}
	return &Language{
		Code: code, surface: d.TokenFilters[:i], stop: d.TokenFilters[i], stem: d.TokenFilters[i+1:],
		splits: len(d.CharFilters) > 0,
	}, nil
}

func compose(cache *registry.Cache, code string, surface []string, stopName string) (*Language, error) {
	l := &Language{Code: code}
	for _, name := range surface {
		f, err := cache.TokenFilterNamed(name)
		if err != nil {
			return nil, err
		}
		l.surface = append(l.surface, f)
	}
	if stopName == "" {
		return l, nil
	}
	f, err := cache.TokenFilterNamed(stopName)
	l.stop = f
	return l, err
}

// Base returns the language of a BCP 47 tag, without region or script.
func Base(tag string) string {
	code, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	return code
}

// Of returns how the language of a BCP 47 tag is treated.
func (lib Library) Of(tag string) *Language {
	code := Base(tag)
	if code == "cjk" {
		return lib["und"] // that is our name, and nobody else's
	}
	if r, ok := related[code]; ok {
		code = r
	}
	return lib.Coded(code)
}

// Coded returns the language with a code that [library.of] gave to one.
func (lib Library) Coded(code string) *Language {
	if l, ok := lib[code]; ok {
		return l
	}
	return lib["und"]
}

// probe has words that each language's parts change in their own way.
const probe = "Resetting the hubs l'étrangère's Häuser zurückgesetzten coöperaties naïve الكتاب والمستخدمين کتاب‌ها नेपाली पुस्तकों " +
	"настройками καλημέρα დაბადების İstanbul'da gözlükçüler asetuksissa beállításokat ändringarna configurações impostazioni " +
	"configuraciones paramètres 設定パスワードｶﾞ 비밀번호를 วิธีรีเซ็ต e-mail 3.5 x_y E-17 U.S."

// Describe writes how each language turns words into terms: whatever changes
// that, be it a new release of bleve, changes what is written.
func (lib Library) Describe(to io.Writer) {
	for _, code := range slices.Sorted(maps.Keys(lib)) {
		lib[code].Words(probe, func(_ Token, w Word) { _, _ = fmt.Fprintf(to, "%q ", w.Term) })
	}
}

// Stem returns what the forms of a word have in common in the language of a tag.
func (lib Library) Stem(tag, word string) string {
	if term := lib.Of(tag).Look(word, WholeToken(word)).Term; term != "" {
		return term
	}
	return word
}
