package site

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/search"
)

type tunePreviewParams struct {
	Queries string `query:"q" max:"4000" lines:"true"`
	Locale  string `query:"language" max:"35"`
	Own     string `query:"own" max:"3"`
}

type tunePreviewBody struct {
	Fault    string
	Action   string
	Inputs   []input
	Added    []string
	Removed  []string
	Rows     []tuneComparison
	Same     []string // queries for which nothing changes
	Publish  bool     // there is a draft
	Note     input
	Revision int
	Live     int
}

type tuneComparison struct {
	Query         string
	Asked         bool
	Totals        string
	Before, After []tuneHit
}

type tuneHit struct {
	Title, Href, Locale string
	Tags                []string
	Changed             bool
}

// tunePreview shows what the draft would do, before it goes live.
func (s *Site) tunePreview(w http.ResponseWriter, r *http.Request) error {
	return s.showTunePreview(w, r, http.StatusOK, tunePreviewBody{})
}

func (s *Site) showTunePreview(w http.ResponseWriter, r *http.Request, status int, b tunePreviewBody) error {
	ctx, v := r.Context(), visitOf(r.Context())
	query := v.Query
	q := tunePreviewParams{Queries: query.Get("q"), Locale: query.Get("language"), Own: query.Get("own")}
	if q.Locale == "" || len(q.Locale) > 35 {
		q.Locale = string(v.Locale)
	}
	live, err := s.engine.LiveTuning(ctx, v.By)
	if err != nil {
		return err
	}
	d, err := s.engine.TuningDraft(ctx, v.By)
	if err != nil {
		return err
	}
	list, err := s.engine.Preview(ctx, v.By, search.Rehearsal{
		Tuning: d.Tuning, Queries: tuneQueries(d.Tuning, live.Tuning, q.Queries), Locale: q.Locale, Own: q.Own == "yes",
	})
	if err != nil {
		return err
	}
	if b.Added, b.Removed, err = s.tuneChanges(ctx, v, live.Tuning, d.Tuning); err != nil {
		return err
	}
	for _, c := range list {
		if !c.Changed() {
			b.Same = append(b.Same, c.Query)
			continue
		}
		b.Rows = append(b.Rows, tuneCompared(v, c))
	}
	b.Action, b.Revision, b.Live = v.link(tunePath+"/preview"), d.Revision, live.Number
	b.Publish = d.Open
	b.Inputs = s.tunePreviewInputs(v, q)
	b.Note.Name, b.Note.Label, b.Note.Kind, b.Note.Max, b.Note.Complete = "note", v.P.T("tune.why"), "text", 500, "off"
	p := s.deskPage(r, v.P.T("tune.preview"), crumb{Title: v.P.T("tune.title"), Href: v.link(tunePath)})
	p.Body = b
	return s.show(w, r, status, "desk-tune-preview", p)
}

func (s *Site) tunePreviewInputs(v *visit, q tunePreviewParams) []input {
	locale := input{Name: "language", Label: v.P.T("tune.as_language"), Kind: "select", Value: q.Locale}
	for _, l := range s.offered(v) {
		locale.Choices = append(locale.Choices, option{string(l), l.Name(v.Locale)})
	}
	return []input{
		{Name: "q", Label: v.P.T("tune.try"), Hint: v.P.T("tune.try_note"), Kind: "lines", Value: q.Queries},
		locale,
		{Name: "own", Label: v.P.T("tune.own"), Kind: "checkbox", Value: yes(q.Own == "yes")},
	}
}

// tuneQueries returns what to try: what was asked for, and otherwise words that
// the draft is about and what is live is not.
func tuneQueries(draft, live search.Tuning, asked string) []string {
	var out []string
	for line := range strings.Lines(asked) {
		out = append(out, strings.TrimSpace(line))
	}
	if strings.TrimSpace(asked) != "" {
		return out
	}
	before := tuneSubjects(live)
	for _, text := range slices.Concat(tuneSubjects(draft), before) {
		if !slices.Contains(out, text) && !(slices.Contains(before, text) && slices.Contains(tuneSubjects(draft), text)) {
			out = append(out, text)
		}
	}
	return out
}

// tuneSubjects returns what readers would type to see what a tuning does.
func tuneSubjects(t search.Tuning) (out []string) {
	for _, p := range t.Pins {
		for _, q := range p.Queries {
			out = append(out, q.Text)
		}
	}
	for _, one := range t.Synonyms {
		out = append(out, one.From...)
	}
	return out
}

// tuneChanges says what a tuning has that another has not, in lines.
func (s *Site) tuneChanges(ctx context.Context, v *visit, from, to search.Tuning) (added, removed []string, err error) {
	titles, err := s.pinTitles(ctx, v, search.Tuning{Pins: slices.Concat(from.Pins, to.Pins)})
	if err != nil {
		return nil, nil, err
	}
	before, after := s.tuneLines(v, from, titles), s.tuneLines(v, to, titles)
	for _, line := range after {
		if !slices.Contains(before, line) {
			added = append(added, line)
		}
	}
	for _, line := range before {
		if !slices.Contains(after, line) {
			removed = append(removed, line)
		}
	}
	return added, removed, nil
}

func tuneCompared(v *visit, c search.Comparison) tuneComparison {
	row := tuneComparison{Query: c.Query, Asked: c.Asked, Totals: v.P.T("tune.totals", "before", c.TotalBefore, "after", c.TotalAfter)}
	for _, d := range c.Before {
		row.Before = append(row.Before, tuneHitOf(v, d, false))
	}
	for _, d := range c.After {
		row.After = append(row.After, tuneHitOf(v, d, true))
	}
	return row
}

func tuneHitOf(v *visit, d search.Compared, after bool) tuneHit {
	hit := tuneHit{Title: d.Title, Href: d.Path, Locale: d.Locale}
	switch {
	case !after && d.Rank == 0:
		hit.Tags = append(hit.Tags, v.P.T("tune.lost"))
	case !after:
		return hit
	case d.Was == 0:
		hit.Tags = append(hit.Tags, v.P.T("tune.found"))
	case d.Was > d.Rank:
		hit.Tags = append(hit.Tags, v.P.T("tune.up", "n", d.Was-d.Rank))
	case d.Was < d.Rank:
		hit.Tags = append(hit.Tags, v.P.T("tune.down", "n", d.Rank-d.Was))
	}
	if d.Pinned && !d.WasPinned && after {
		hit.Tags = append(hit.Tags, v.P.T("tune.pinned"))
	}
	hit.Changed = len(hit.Tags) > 0
	return hit
}

// tuneGoLive makes the draft live as it was shown.
func (s *Site) tuneGoLive(w http.ResponseWriter, r *http.Request) error {
	revision, err := tuneVersionSent(r, "version")
	if err != nil {
		return err
	}
	live, err := tuneVersionSent(r, "live")
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	note := strings.TrimSpace(r.PostFormValue("note"))
	_, err = s.engine.PublishTuning(ctx, v.By, revision, live, note)
	if errors.Is(err, search.ErrConflict) && s.wentLive(ctx, v, live+1, note, 0) {
		err = nil
	}
	return s.afterForm(w, r, err, tunePath+"?done=live", func(status int, faults map[string]string) error {
		return s.showTunePreview(w, r, status, tunePreviewBody{Fault: v.P.Error(err), Note: input{Value: note, Error: faults["note"]}})
	})
}

// wentLive reports whether a version is the visitor's own of a moment ago: they
// have pressed the button twice.
func (s *Site) wentLive(ctx context.Context, v *visit, number int, note string, restored int) bool {
	was, err := s.engine.LiveTuning(ctx, v.By)
	return err == nil && was.Number == number && was.By == v.By.ID && was.Note == note && was.Restored == restored && s.cfg.Now().Sub(was.At) < time.Minute
}

type tuneVersionsBody struct {
	Rows  []tuneVersionRow
	First string
	Next  string
}

type tuneVersionRow struct {
	Number          int
	Href, Who, Note string
	At              time.Time
	Live            bool
	Restored        int
}

type tuneVersionsParams struct {
	Before int `query:"before" clamp:"0,1000000000"`
}

const tuneVersionsPerPage = 20

// tuneVersions lists what was live.
func (s *Site) tuneVersions(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[tuneVersionsParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	live, err := s.engine.LiveTuning(ctx, v.By)
	if err != nil {
		return err
	}
	list, err := s.engine.TuningVersions(ctx, v.By, q.Before, tuneVersionsPerPage)
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("tune.versions"), crumb{Title: v.P.T("tune.title"), Href: v.link(tunePath)})
	b, names := tuneVersionsBody{}, map[string]string{}
	for _, one := range list {
		row, err := s.tuneVersionRow(ctx, v, one, names)
		if err != nil {
			return err
		}
		row.Live = one.Number == live.Number
		b.Rows = append(b.Rows, row)
	}
	if q.Before > 0 {
		b.First = p.With()
	}
	if len(list) == tuneVersionsPerPage && list[len(list)-1].Number > 1 {
		b.Next = p.With("before", numberText(list[len(list)-1].Number, ""))
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-tune-versions", p)
}

func (s *Site) tuneVersionRow(ctx context.Context, v *visit, one search.TuningVersion, names map[string]string) (tuneVersionRow, error) {
	if err := s.nameIn(ctx, v, names, one.By); err != nil {
		return tuneVersionRow{}, err
	}
	return tuneVersionRow{
		Number: one.Number, Href: v.link(tunePath + "/versions/" + numberText(one.Number, "")), Who: names[one.By], Note: one.Note, At: one.At, Restored: one.Restored,
	}, nil
}

type tuneVersionBody struct {
	tuneVersionRow

	Fault          string
	LiveNumber     int
	Lines          []string
	Added, Removed []string // beside what is live
	Restore        string   // address
}

// tuneVersion shows a version and what bringing it back would change.
func (s *Site) tuneVersion(w http.ResponseWriter, r *http.Request) error {
	return s.showTuneVersion(w, r, http.StatusOK, "")
}

func (s *Site) showTuneVersion(w http.ResponseWriter, r *http.Request, status int, fault string) error {
	ctx, v := r.Context(), visitOf(r.Context())
	one, err := s.tuneVersionAsked(r)
	if err != nil {
		return err
	}
	live, err := s.engine.LiveTuning(ctx, v.By)
	if err != nil {
		return err
	}
	b := tuneVersionBody{Fault: fault, LiveNumber: live.Number}
	if b.tuneVersionRow, err = s.tuneVersionRow(ctx, v, one, map[string]string{}); err != nil {
		return err
	}
	titles, err := s.pinTitles(ctx, v, one.Tuning)
	if err != nil {
		return err
	}
	b.Live, b.Lines = one.Number == live.Number, s.tuneLines(v, one.Tuning, titles)
	if b.Added, b.Removed, err = s.tuneChanges(ctx, v, live.Tuning, one.Tuning); err != nil {
		return err
	}
	if !b.Live {
		b.Restore = b.Href
	}
	p := s.deskPage(r, v.P.T("tune.version", "n", one.Number), crumb{Title: v.P.T("tune.title"), Href: v.link(tunePath)}, crumb{Title: v.P.T("tune.versions"), Href: v.link(tunePath + "/versions")})
	p.Body = b
	return s.show(w, r, status, "desk-tune-version", p)
}
