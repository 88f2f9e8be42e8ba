package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A writing is an article in one language as somebody has it before them: as it
// is kept, or as they typed it.
type writing struct {
	Article string // ID, "" of a new one
	Locale  string
	Version int    // of the article when they began
	Head    int    // newest revision of the text when they began, 0 if there was none
	Base    string // digest of what all languages shared when they began
	Key     string // of a new one: sent twice it makes one article
	Text    kb.Text
	Meta    kb.Meta
	Add     string // article to be added to the related ones, as it was typed

	Continues bool // it goes on from what was kept unsaved
}

// writingOf returns an article in a language as it is kept.
func writingOf(a kb.Article, locale string, rev kb.Revision) writing {
	t, _ := a.In(locale)
	m := metaOf(a)
	return writing{
		Article: a.ID, Locale: locale, Version: a.Version, Head: t.Head, Base: baseOf(m), Meta: m,
		Text: kb.Text{Title: rev.Title, Slug: t.Slug, Summary: rev.Summary, Body: rev.Body, SEOTitle: rev.SEOTitle, Description: rev.Description},
	}
}

func metaOf(a kb.Article) kb.Meta {
	return kb.Meta{
		Category: a.Category, Kind: a.Kind, Audience: a.Audience, Products: a.Products, Tags: a.Tags, Related: a.Related,
		Fields: a.Fields, Order: a.Order, Owner: a.Owner,
	}
}

// baseOf returns a text that differs when m does.
func baseOf(m kb.Meta) string {
	for _, list := range []*[]string{(*[]string)(&m.Audience), &m.Products, &m.Tags, &m.Related} {
		if len(*list) == 0 {
			*list = nil
		}
	}
	if len(m.Fields) == 0 {
		m.Fields = nil
	}
	data, err := json.Marshal(m)
	if err != nil {
		panic(err) // texts and numbers
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// maxWriting is how much of a form is kept in memory; the rest of the portal
// lets no more through.
const maxWriting = 1 << 20

// typedWriting returns what somebody typed. What they cannot change is as in
// kept.
func (s *Site) typedWriting(r *http.Request, kept writing, arranges bool) (writing, error) {
	if err := readable(r.ParseMultipartForm(maxWriting)); err != nil {
		return kept, err
	}
	value := func(name string) string { return strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n") }
	line := func(name string) string { return strings.TrimSpace(value(name)) }
	w := kept
	w.Version, w.Head, w.Base, w.Key = number(line("version")), number(line("head")), line("base"), line("key")
	w.Continues = line("continues") != ""
	w.Text = kb.Text{Title: line("title"), Slug: line("slug"), Summary: line("summary"), Body: value("body"), Note: line("note"), SEOTitle: kept.Text.SEOTitle, Description: kept.Text.Description}
	for name, to := range map[string]*string{"seo_title": &w.Text.SEOTitle, "description": &w.Text.Description} {
		if _, asked := r.PostForm[name]; asked {
			*to = line(name)
		}
	}
	if !arranges {
		return w, nil
	}
	w.Meta = kb.Meta{
		Kind: kb.Kind(line("kind")), Category: line("category"), Owner: kept.Meta.Owner, Order: number(line("order")),
		Products: slices.Concat(r.PostForm["products"], listOfWords(line("more_products"))), Tags: listOfWords(line("tags")), Related: r.PostForm["related"],
		Audience: slices.Concat(r.PostForm["audience"], listOfWords(line("terms"))),
	}
	if _, asked := r.PostForm["owner"]; asked {
		w.Meta.Owner = line("owner")
	}
	if _, asked := r.PostForm["order"]; !asked {
		w.Meta.Order = kept.Meta.Order
	}
	w.Meta.Fields = typedFields(s.library.Type(w.Meta.Kind), r, zoneOf(visitOf(r.Context()).By))
	if canonical, err := profile.ParseAudience(w.Meta.Audience); err == nil {
		w.Meta.Audience = canonical
	}
	w.Add = line("add")
	return w, nil
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// listOfWords returns what is between commas.
func listOfWords(text string) []string {
	var out []string
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",،、\n", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// localTime is how browsers send a time.
const localTime = "2006-01-02T15:04"

// typedFields returns the values of the fields of a type. Times are those of the
// zone.
func typedFields(t kb.Type, r *http.Request, zone *time.Location) map[string]string {
	out := map[string]string{}
	for _, f := range t.Fields {
		value := strings.TrimSpace(r.PostFormValue("fields." + f.Key))
		if at, err := time.ParseInLocation(localTime, value, zone); err == nil && f.Kind == kb.FieldTime {
			value = at.UTC().Format(time.RFC3339)
		}
		if value != "" {
			out[f.Key] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// rebase lets a writing go on from a newer version of its article, if nobody has
// changed there what it changes. Who changed nothing of what all languages share
// takes over what others made of it.
func (w *writing) rebase(now kb.Article) bool {
	t, _ := now.In(w.Locale)
	if t.Head != w.Head {
		return false
	}
	m := metaOf(now)
	if base := baseOf(m); base != w.Base {
		if baseOf(w.Meta) != w.Base {
			return false
		}
		w.Meta, w.Base = m, base
	}
	w.Version = now.Version
	return true
}

// keepWriting saves what somebody typed. Changes of others elsewhere in the
// article are no conflict.
func (s *Site) keepWriting(ctx context.Context, by profile.Actor, w *writing) (kb.Article, error) {
	for range 3 {
		a, err := s.library.Rework(ctx, by, w.Article, w.Locale, w.Version, w.Text, w.Meta)
		if !errors.Is(err, kb.ErrConflict) {
			return a, err
		}
		now, fault := s.library.Manuscript(ctx, by, w.Article)
		if fault != nil {
			return kb.Article{}, fault
		}
		if now.Version == w.Version || !w.rebase(now) {
			return now, err
		}
	}
	return kb.Article{}, kb.ErrConflict
}
