package opensearchsearch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

// A record is a document as the server keeps it.
type record struct {
	ID         string   `json:"id"`
	Group      string   `json:"group"`
	Serves     []string `json:"serves"`
	Audience   []string `json:"audience"`
	Compound   []string `json:"compound"`
	Facets     []string `json:"facets"`
	Language   string   `json:"language"`
	Own        string   `json:"own"`
	Updated    int64    `json:"updated"`
	Factor     float64  `json:"factor"`
	Title      []string `json:"title"`
	Text       []string `json:"text"`
	TitleChars []string `json:"titlechars"`
	TextChars  []string `json:"textchars"`
	Words      []string `json:"words"`
	Front      string   `json:"front"`
	Spelled    []string `json:"spelled"`
	Doc        stored   `json:"doc"`
}

// stored is what is shown of a document.
type stored struct {
	Document search.Document `json:"document"`
	Body     string          `json:"body"`
}

func (x *Index) record(d search.Document) record {
	d.UpdatedAt = d.UpdatedAt.UTC().Truncate(time.Microsecond)
	l := x.library.Of(d.Locale)
	texts := textsOf(l, d)
	r := record{
		ID: key(d.ID), Group: key(d.Group), Serves: keys(d.Serves), Audience: d.Audience, Language: l.Code, Own: key(lexis.Base(d.Locale)),
		Updated: d.UpdatedAt.UnixMicro(), Factor: lexis.WeightFactor(lexis.WeightStep(d.Weight)),
		Title: texts.title, Text: texts.text, TitleChars: texts.titleChars, TextChars: texts.textChars,
		Words: typedWords(d.Title), Front: front(d.Title), Spelled: texts.spelled,
	}
	for _, t := range d.Audience {
		if strings.Contains(t, "+") {
			r.Compound = append(r.Compound, t)
		}
	}
	for name, values := range d.Facets {
		for _, v := range values {
			r.Facets = append(r.Facets, facetKey(name, v))
		}
	}
	r.Doc.Body, d.Body = d.Body, ""
	r.Doc.Document = d
	return r
}

func keys(texts []string) []string {
	var out []string
	for _, text := range texts {
		out = append(out, key(text))
	}
	return out
}

// recordID is the name of a document on the server, which takes 512 bytes. None
// is that of the state.
func recordID(id string) string {
	if name := "d:" + id; len(name) <= 512 {
		return name
	}
	sum := sha256.Sum256([]byte(id))
	return "h:" + hex.EncodeToString(sum[:])
}

// texts are the terms of a document, for each of its texts in one string. The
// server puts a gap between them, so that no phrase reaches from one into another.
type texts struct {
	title, text, titleChars, textChars []string
	spelled                            []string
}

// textsOf cuts the texts of a document into terms. A keyword counts like a word
// of the title.
func textsOf(l *lexis.Language, d search.Document) texts {
	var t texts
	spelled := map[string]bool{}
	add := func(text string, title bool) {
		terms, chars := termsOf(l, text, spelled)
		t.text, t.textChars = append(t.text, terms), append(t.textChars, chars)
		if title {
			t.title, t.titleChars = append(t.title, terms), append(t.titleChars, chars)
		}
	}
	add(d.Title, true)
	if !strings.Contains(d.Body, d.Summary) {
		add(d.Summary, false)
	}
	add(d.Body, false)
	for _, k := range d.Keywords {
		add(k, true)
	}
	for word := range spelled {
		t.spelled = append(t.spelled, spelledKey(word))
	}
	slices.Sort(t.spelled)
	return t
}

// termsOf returns the terms of a text, and its characters of scripts without
// spaces, and notes words that others may be corrected to.
func termsOf(l *lexis.Language, text string, spelled map[string]bool) (terms, chars string) {
	var t, c strings.Builder
	text = lexis.ComposedForm(text)
	l.Words(text, func(k lexis.Token, w lexis.Word) {
		if w.Term == "" {
			return
		}
		if k.Pair {
			first := text[k.Start:lexis.CharacterEnd(text, k.Start)]
			c.WriteString(term(l.Look(first, lexis.WholeToken(first)).Term) + " ")
		}
		if !k.Last {
			t.WriteString(term(w.Term) + " ")
		}
		if !w.Pair && lexis.Spellable(w.Surface) {
			spelled[w.Surface] = true
		}
	})
	return t.String(), c.String()
}

// spelledKey returns a word with what is asked for before it, in characters that
// mean nothing in any language: where it begins and how long it is.
func spelledKey(word string) string {
	return spelledPrefix(word, utf8.RuneCountInString(word)) + word
}

func spelledPrefix(word string, length int) string {
	first, _ := utf8.DecodeRuneInString(word)
	return fmt.Sprintf("%x-%02d:", first, length)
}

// typedWords returns the words of a title as they are compared with what somebody
// types.
func typedWords(title string) []string {
	var out []string
	title = lexis.ComposedForm(title)
	for t := range lexis.Tokens(title) {
		out = append(out, key(lexis.Typed(title[t.Start:t.End])))
	}
	return out
}

// front returns the beginning of a title as it is compared with what somebody
// types.
func front(text string) string { return key(lexis.Typed(lexis.ComposedForm(text))) }
