package memsearch

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/words"
	"github.com/stoa-go/stoa/search"
)

// alone reports whether a token is one character of a script written in pairs.
func alone(t string) bool {
	r, size := utf8.DecodeRuneInString(t)
	return size == len(t) && unspaced(r)
}

// within reports whether a pair has a character.
func within(pair, t string) bool {
	return strings.Contains(pair, t) && utf8.RuneCountInString(pair) == 2
}

func found(t token, wanted []string) bool {
	return slices.ContainsFunc(wanted, func(w string) bool { return w == t.text || alone(w) && within(t.text, w) })
}

// show returns the title and the best passage with what was found in them.
func (q *question) show(e *entry, length int) (title, snippet []search.Span) {
	title = spans(e.doc.Title, 0, len(e.doc.Title), q.marked(e.fields[0]))
	if length <= 0 {
		return title, nil
	}
	text, tokens := e.doc.Body, e.fields[1]
	marked := q.marked(tokens)
	if e.doc.Summary != "" && len(marked) == 0 {
		text, tokens = e.doc.Summary, e.fields[2]
		marked = q.marked(tokens)
	}
	from, to := passage(text, tokens, marked, length)
	return title, spans(text, from, to, marked)
}

// passage returns the piece of text of at most length characters that has the
// most words, with a few before the first of them.
func passage(text string, tokens, marked []token, length int) (from, to int) {
	most := 0
	for i, t := range marked {
		end, distinct := skip(text, t.start, length/2), map[string]bool{}
		for j := i; j < len(marked) && marked[j].end <= end; j++ {
			distinct[marked[j].text] = true
		}
		if len(distinct) <= most {
			continue
		}
		most, from = len(distinct), 0
		first, _ := slices.BinarySearchFunc(tokens, t.start, func(u token, at int) int { return cmp.Compare(u.start, at) })
		for j := first; j >= 0 && utf8.RuneCountInString(text[tokens[j].start:t.start]) < length/2; j-- {
			from = tokens[j].start
		}
	}
	return from, skip(text, from, length)
}

// skip returns the place n characters after from.
func skip(text string, from, n int) int {
	for i := range text[from:] {
		if n--; n < 0 {
			return from + i
		}
	}
	return len(text)
}

// spans cuts text[from:to] where marked tokens begin and end.
func spans(text string, from, to int, marked []token) []search.Span {
	var out []search.Span
	first := from
	add := func(end int, match bool) {
		if end > from {
			if n := len(out); n > 0 && out[n-1].Match == match {
				out[n-1].Text += text[from:end]
			} else {
				out = append(out, search.Span{Text: text[from:end], Match: match})
			}
			from = end
		}
	}
	for _, t := range marked {
		if t.start >= first && t.end <= to { // pairs overlap, so add goes on from the last one's end
			add(t.start, false)
			add(t.end, true)
		}
	}
	add(to, false)
	return out
}

// Suggest implements [search.Index].
func (x *Index) Suggest(ctx context.Context, q search.SuggestRequest) ([]search.Suggestion, error) {
	s, err := x.open(ctx)
	typed := tokenize(q.Text)
	if err != nil || len(typed) == 0 {
		return nil, err
	}
	type offer struct {
		search.Suggestion
		foreign, front int
		weight         float64
	}
	var offers []offer
	scope, err := s.visible(ctx, q.Sight, q.Locale)
	if err != nil {
		return nil, err
	}
	for _, e := range scope {
		wanted, ok := continues(e.fields[0], typed)
		if !ok {
			continue
		}
		o := offer{weight: cmp.Or(e.doc.Weight, 1), Suggestion: search.Suggestion{
			ID: e.doc.ID, Group: e.doc.Group, Source: e.doc.Source, Kind: e.doc.Kind, Locale: e.doc.Locale, Path: e.doc.Path,
			UpdatedAt: e.doc.UpdatedAt,
			Title:     spans(e.doc.Title, 0, len(e.doc.Title), slices.DeleteFunc(slices.Clone(e.fields[0]), func(t token) bool { return !found(t, wanted) })),
		}}
		if !strings.HasPrefix(words.Fold(e.doc.Title), words.Fold(q.Text)) {
			o.front = 1
		}
		if foreign(e.doc.Locale, q.Locale) {
			o.foreign = 1
		}
		offers = append(offers, o)
	}
	slices.SortStableFunc(offers, func(a, b offer) int {
		return cmp.Or(cmp.Compare(a.foreign, b.foreign), cmp.Compare(a.front, b.front), cmp.Compare(b.weight, a.weight), b.UpdatedAt.Compare(a.UpdatedAt))
	})
	var out []search.Suggestion
	for _, o := range offers[:min(len(offers), max(q.Limit, 0))] {
		out = append(out, o.Suggestion)
	}
	return out, nil
}

// continues reports whether a title has all the typed words, the last at least
// begun, and returns those of its tokens that are meant.
func continues(title, typed []token) (wanted []string, ok bool) {
	for i, t := range typed {
		at := slices.IndexFunc(title, func(u token) bool {
			return u.text == t.text || i == len(typed)-1 && strings.HasPrefix(u.text, t.text)
		})
		if at < 0 {
			return nil, false
		}
		wanted = append(wanted, title[at].text)
	}
	return wanted, true
}
