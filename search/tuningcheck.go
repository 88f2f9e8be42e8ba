package search

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

// at returns the name of a field of the entry i of a list.
func at(list string, i int) func(field string) string {
	return func(field string) string { return list + "." + strconv.Itoa(i) + "." + field }
}

func count(f errs.Fields, field string, n, most int) {
	if n > most {
		f.Add(field, "error.search.tuning.many", map[string]any{"max": most})
	}
}

func (s Synonym) check(f errs.Fields, field func(string) string) {
	checkLocale(f, field("locale"), s.Locale)
	checkPhrases(f, field("from"), s.From)
	checkPhrases(f, field("to"), s.To)
	switch {
	case len(s.From) == 0:
		f.Add(field("from"), "error.search.tuning.words", nil)
	case len(s.To) == 0 && (!s.TwoWay || len(s.From) < 2):
		f.Add(field("to"), "error.search.tuning.words", nil)
	case !s.TwoWay && len(s.To) > 0 && !slices.ContainsFunc(s.To, func(to string) bool { return !s.means(to) }):
		f.Add(field("to"), "error.search.tuning.same", nil)
	}
}

// means reports whether a text is one of those that a synonym is for.
func (s Synonym) means(text string) bool {
	return slices.ContainsFunc(s.From, func(from string) bool { return foldWords(from) == foldWords(text) })
}

func checkPhrases(f errs.Fields, field string, list []string) {
	count(f, field, len(list), maxSides)
	for _, text := range list {
		checkPhrase(f, field, text, maxPhrase)
	}
}

func checkPhrase(f errs.Fields, field, text string, most int) {
	terms := parse(text).terms
	_, words := measure(text, maxWords)
	switch {
	case len(terms) == 0:
		f.Add(field, "error.search.tuning.words", nil)
	case words > most:
		f.Add(field, "error.search.tuning.phrase", map[string]any{"max": most})
	case utf8.RuneCountInString(text) > maxTuned:
		f.Add(field, "error.search.tuning.long", map[string]any{"max": maxTuned})
	}
}

func checkLocale(f errs.Fields, field, tag string) {
	odd := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	}
	if tag != "" && (len(tag) < 2 || len(tag) > maxTuneLocale || strings.ContainsFunc(tag, odd)) {
		f.Add(field, "error.search.tuning.locale", nil)
	}
}

func (p Pin) check(f errs.Fields, field func(string) string) {
	checkLocale(f, field("locale"), p.Locale)
	count(f, field("queries"), len(p.Queries), maxPatterns)
	count(f, field("groups"), len(p.Groups), maxPinned)
	if len(p.Queries) == 0 {
		f.Add(field("queries"), "error.search.tuning.words", nil)
	}
	for _, q := range p.Queries {
		checkPhrase(f, field("queries"), q.Text, maxWords)
		if q.Match != MatchExact && q.Match != MatchWords {
			f.Add(field("match"), "error.search.tuning.match", nil)
		}
	}
	if len(p.Groups) == 0 {
		f.Add(field("groups"), "error.search.tuning.groups", nil)
	}
	for _, g := range p.Groups {
		if kind, id, ok := strings.Cut(g, "/"); !ok || kind == "" || id == "" || len(g) > maxValue || strings.Contains(g, " ") {
			f.Add(field("groups"), "error.search.tuning.group", map[string]any{"group": clip(g, 60)})
		}
	}
	if !p.Until.IsZero() && !p.Until.After(p.From) {
		f.Add(field("until"), "error.search.tuning.until", nil)
	}
}

func (w StopWord) check(f errs.Fields, field func(string) string) {
	checkLocale(f, field("locale"), w.Locale)
	checkPhrase(f, field("word"), w.Word, 1)
}
