package site

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/diff"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

// historyRoutes are the pages of what became of texts.
func (s *Site) historyRoutes() []route {
	return []route{
		{"GET /desk/articles/{id}/{locale}/history", "desk editor", s.articleHistory},
		{"GET /desk/articles/{id}/{locale}/diff", "desk editor", s.articleDiff},
		{"POST /desk/articles/{id}/{locale}/restore", nothing + "leads back", s.restoreText},
	}
}

// revisionsPerPage is how many revisions a page of the history has.
const revisionsPerPage = 25

type historyBody struct {
	Rows    []historyRow
	Next    string
	First   string
	Writes  bool
	Version int
	Restore string // address to restore at
	Links   backlinkList
}

type historyRow struct {
	kb.Revision
	Who    string
	Live   bool
	Newest bool
	Before string // address of what it changed, "" of the first
	Since  string // address of what has changed since, "" of the newest
}

type historyParams struct {
	Before int `query:"before" clamp:"0,1000000000"`
}

// articleHistory shows who saved what of a text and why.
func (s *Site) articleHistory(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[historyParams](r)
	if err != nil {
		return err
	}
	a, t, err := s.openText(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	list, err := s.library.Revisions(r.Context(), v.By, a.ID, t.Locale, q.Before, revisionsPerPage+1)
	if err != nil {
		return err
	}
	at := v.link(editorPath(a.ID, t.Locale))
	b := historyBody{Version: a.Version, Restore: at + "/restore", Writes: s.library.MayWrite(v.By, a, t.Locale)}
	if len(list) > revisionsPerPage {
		list = list[:revisionsPerPage]
		b.Next = at + "/history?before=" + strconv.Itoa(list[len(list)-1].Number)
	}
	if q.Before > 0 {
		b.First = at + "/history"
	}
	names := map[string]string{}
	for _, rev := range list {
		if err := s.nameIn(r.Context(), v, names, rev.Author); err != nil {
			return err
		}
		row := historyRow{Revision: rev, Who: names[rev.Author], Live: t.Visible() && rev.Number == t.Live, Newest: rev.Number == t.Head}
		if rev.Number > 1 {
			row.Before = diffPath(at, rev.Number-1, rev.Number)
		}
		if !row.Newest {
			row.Since = diffPath(at, rev.Number, t.Head)
		}
		b.Rows = append(b.Rows, row)
	}
	if b.Links, err = s.backlinksBeside(r.Context(), v, a); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("history.title"), s.articlesCrumb(v), crumb{Title: t.Title, Href: at, Locale: t.Locale})
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-history", p)
}

func diffPath(at string, from, to int) string {
	return at + "/diff?from=" + strconv.Itoa(from) + "&to=" + strconv.Itoa(to)
}

// openText returns the article that a request is about, and its text in the
// language of the path.
func (s *Site) openText(r *http.Request) (kb.Article, kb.Translation, error) {
	a, err := s.manuscript(r)
	if err != nil {
		return a, kb.Translation{}, err
	}
	t, ok := a.In(r.PathValue("locale"))
	if !ok {
		return a, t, kb.ErrNotFound
	}
	return a, t, nil
}

type diffBody struct {
	From, To historyRow
	Lang     i18n.Locale
	Parts    []diffPart
	Editor   string
	History  string
}

// A diffPart is what became of one part of a text.
type diffPart struct {
	Label string // message key
	Lines []diffLine
	Prose bool // it has several lines
}

// A diffLine is a stretch of what became of a text, or how many lines of it were
// left out where nothing changed.
type diffLine struct {
	Spans []diff.Span
	Left  int
}

// changesOf returns what became of a text, part by part; of the body, lines far
// from any change are left out.
func changesOf(from, to kb.Revision) []diffPart {
	out := []diffPart{}
	for _, part := range []diffPart{
		{"write.title", []diffLine{{Spans: diff.Words(from.Title, to.Title)}}, false},
		{"write.summary", []diffLine{{Spans: diff.Words(from.Summary, to.Summary)}}, false},
		{"outside.seo_title", []diffLine{{Spans: diff.Words(from.SEOTitle, to.SEOTitle)}}, false},
		{"outside.description", []diffLine{{Spans: diff.Words(from.Description, to.Description)}}, false},
		{"write.body", foldedSpans(diff.Words(from.Body, to.Body)), true},
	} {
		if changed(part.Lines) {
			out = append(out, part)
		}
	}
	return out
}

func changed(lines []diffLine) bool {
	for _, l := range lines {
		for _, s := range l.Spans {
			if s.Op != diff.OpSame {
				return true
			}
		}
	}
	return false
}

// around is how many lines are shown before and after a change.
const around = 3

// foldedSpans leaves out what is far from any change.
func foldedSpans(spans []diff.Span) []diffLine {
	var out []diffLine
	var now []diff.Span
	for i, s := range spans {
		lines := strings.SplitAfter(s.Text, "\n")
		before, after := around, around
		if i == 0 {
			before = 0
		}
		if i == len(spans)-1 {
			after = 0
		}
		if s.Op != diff.OpSame || len(lines) <= before+after+2 {
			now = append(now, s)
			continue
		}
		now = append(now, diff.Span{Op: diff.OpSame, Text: strings.Join(lines[:before], "")})
		out = append(out, diffLine{Spans: now}, diffLine{Left: len(lines) - before - after})
		now = []diff.Span{{Op: diff.OpSame, Text: strings.Join(lines[len(lines)-after:], "")}}
	}
	return append(out, diffLine{Spans: now})
}

type diffParams struct {
	From int `query:"from" clamp:"1,1000000000"`
	To   int `query:"to" clamp:"0,1000000000"`
}

// articleDiff shows how one revision of a text became another.
func (s *Site) articleDiff(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[diffParams](r)
	if err != nil {
		return err
	}
	a, t, err := s.openText(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	from, err := s.revisionRow(r.Context(), v, a, t, q.From)
	if err != nil {
		return err
	}
	to, err := s.revisionRow(r.Context(), v, a, t, q.To)
	if err != nil {
		return err
	}
	at := v.link(editorPath(a.ID, t.Locale))
	b := diffBody{From: from, To: to, Lang: i18n.Locale(t.Locale), Parts: changesOf(from.Revision, to.Revision), Editor: at, History: at + "/history"}
	p := s.deskPage(r, v.P.T("history.diff"), s.articlesCrumb(v), crumb{Title: t.Title, Href: at, Locale: t.Locale}, crumb{Title: v.P.T("history.title"), Href: b.History})
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-diff", p)
}

// revisionRow returns a revision with its text; number 0 is the newest.
func (s *Site) revisionRow(ctx context.Context, v *visit, a kb.Article, t kb.Translation, number int) (historyRow, error) {
	rev, err := s.library.Revision(ctx, v.By, a.ID, t.Locale, number)
	if err != nil {
		return historyRow{}, err
	}
	names := map[string]string{}
	err = s.nameIn(ctx, v, names, rev.Author)
	return historyRow{Revision: rev, Who: names[rev.Author], Live: t.Visible() && rev.Number == t.Live, Newest: rev.Number == t.Head}, err
}

// restoreText makes an old text the newest one.
func (s *Site) restoreText(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	a, t, err := s.openText(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	n := number(r.PostFormValue("number"))
	note := v.P.T("history.restored", "n", n)
	for range 3 { // others may have changed the article elsewhere; what they did stays
		if _, err = s.library.Restore(r.Context(), v.By, a.ID, t.Locale, a.Version, n, note); !errors.Is(err, kb.ErrConflict) {
			break
		}
		if a, err = s.library.Manuscript(r.Context(), v.By, a.ID); err != nil {
			break
		}
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link(editorPath(a.ID, t.Locale))+"?done=restored", http.StatusSeeOther)
	return nil
}
