package site

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func importPath(id string) string { return transferPath + "/" + escape(id) }

// An importLine is an import in the list of them.
type importLine struct {
	Title, Href, State, When, Who string
	Running                       bool
}

// importLines returns the newest imports, to those who import.
func (s *Site) importLines(ctx context.Context, v *visit) (out []importLine, err error) {
	list, err := s.db.imports(ctx, 20)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, j := range list {
		if err := s.nameIn(ctx, v, names, j.Person); err != nil {
			return nil, err
		}
		out = append(out, importLine{
			Title: j.Facts.Known, Href: v.link(importPath(j.ID)), State: importStateText(v, j), When: v.P.DateTime(j.At, i18n.StyleMedium),
			Who: names[j.Person], Running: !j.ended(),
		})
	}
	return out, nil
}

func importStateText(v *visit, j importJob) string {
	if j.State == importDone && j.Facts.Try {
		return v.P.T("imports.state_tried")
	}
	return v.P.T("imports.state_" + string(j.State))
}

type importBody struct {
	importLine
	Running      bool
	Try          bool
	Still        bool   // the page is not to show itself again
	Here, Toggle string // this page, and the one that does or does not
	Events       string
	Cancel, Run  string // where to send that, empty if that cannot be
	Undo         string
	Undoes       int    // articles
	Undone       string // when
	Key          string
	JSON, CSV    string
	Fault        string
	Progress     importEvent
	Counts       []string
	Kinds        []faultKind
	Changes      []transferChange
	MoreChanges  int
	Kept         int // problems that are kept, if these are not all
}

type transferChange struct {
	Title, Href string
	New         bool
}

// A faultKind is what several things have in common that could not be taken in.
type faultKind struct {
	Title string
	N     int
	Cases []string
	More  int
}

// mostCases is how many problems of a kind the page lists.
const mostCases = 50

func (s *Site) importPage(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	j, err := s.db.importOf(r.Context(), r.PathValue("job"))
	if err != nil {
		return err
	}
	names := map[string]string{}
	if err := s.nameIn(r.Context(), v, names, j.Person); err != nil {
		return err
	}
	here := v.link(importPath(j.ID))
	b := importBody{
		importLine: importLine{Title: j.Facts.Known, State: importStateText(v, j), When: v.P.DateTime(j.At, i18n.StyleMedium), Who: names[j.Person]},
		Running:    !j.ended(), Try: j.Facts.Try, Here: here, Key: s.memory.formKey, Progress: s.importEvent(v, j),
	}
	b.Still = v.Query.Get("still") != ""
	if b.Toggle = here + "?still=1"; b.Still {
		b.Toggle = here
	}
	if b.Running {
		b.Events = here + "/events"
		if j.State != importCancelling {
			b.Cancel = here + "/cancel"
		}
	}
	if j.again() {
		b.Run = here + "/run"
	}
	if b.Undoes = j.undoable(); b.Undoes > 0 && s.policy.May(v.By, profile.PermissionContentPublish) {
		b.Undo = here + "/undo"
	}
	if !j.Facts.Undone.IsZero() {
		b.Undone = v.P.DateTime(j.Facts.Undone, i18n.StyleMedium)
	}
	if j.Facts.Fault != "" {
		b.Fault = v.P.Message(errs.Message{Key: j.Facts.Fault, Args: j.Facts.FaultArgs})
	}
	s.describe(v, j, &b)
	p := s.deskPage(r, j.Facts.Known, crumb{Title: v.P.T("transfer.title"), Href: v.link(transferPath)})
	if b.Running && !b.Still {
		p.Again = here
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-import", p)
}

// describe says what came of an import that has ended.
func (s *Site) describe(v *visit, j importJob, b *importBody) {
	if !j.ended() || j.Facts.Started.IsZero() {
		return
	}
	r := j.Facts.Report
	b.JSON, b.CSV = b.Here+"/report.json", b.Here+"/report.csv"
	b.Counts = []string{
		v.P.T("transfer.counts", "created", r.Created, "updated", r.Updated, "unchanged", r.Unchanged),
		v.P.T("transfer.besides", "pictures", r.Media, "places", r.Categories, "addresses", r.Redirects),
	}
	for _, c := range r.Changes {
		row := transferChange{Title: c.Title, New: c.New}
		if !b.Try || !c.New {
			row.Href = v.link("/desk/articles/" + escape(c.Article))
		}
		b.Changes = append(b.Changes, row)
	}
	b.MoreChanges = r.Created + r.Updated - len(r.Changes)
	b.Kinds = faultKinds(v, r.Problems)
	if len(r.Problems) < j.Facts.Faults {
		b.Kept = len(r.Problems)
	}
}

// faultKinds gathers problems by what they have in common, the most frequent first.
func faultKinds(v *visit, problems []kb.Problem) []faultKind {
	kinds := map[string]*faultKind{}
	for _, p := range problems {
		title := kindOfFault(v, p)
		k := kinds[title]
		if k == nil {
			k = &faultKind{Title: title}
			kinds[title] = k
		}
		if k.N++; k.N <= mostCases {
			k.Cases = append(k.Cases, explainIn(v.P, p))
		} else {
			k.More++
		}
	}
	out := []faultKind{}
	for _, title := range slices.Sorted(maps.Keys(kinds)) {
		out = append(out, *kinds[title])
	}
	slices.SortStableFunc(out, func(a, b faultKind) int { return b.N - a.N })
	return out
}

// kindOfFault returns a problem's reason without what is particular to it.
func kindOfFault(v *visit, p kb.Problem) string {
	if len(p.Fields) > 0 {
		return v.P.T("imports.kind_fields", "fields", strings.Join(slices.Sorted(maps.Keys(p.Fields)), ", "))
	}
	return particulars.ReplaceAllString(reasonIn(v.P, p), "…")
}

// An importEvent is how far an import is, in words of the reader.
type importEvent struct {
	State string `json:"state"`
	Say   string `json:"say"` // how far it is
	Done  int    `json:"done"`
	Total int    `json:"total"`
	Rate  string `json:"rate"`
	Fault string `json:"fault"`
}

func (s *Site) importEvent(v *visit, j importJob) importEvent {
	f := j.Facts
	e := importEvent{State: importStateText(v, j), Done: f.Done, Total: f.Total}
	switch {
	case f.Total > 0:
		e.Say = v.P.T("imports.progress", "done", f.Done, "total", f.Total)
	case j.State == importWaiting:
		e.Say = v.P.T("imports.waits")
	case !j.ended():
		e.Say = v.P.T("imports.reads")
	}
	if f.Rate > 0 {
		e.Rate = v.P.T("imports.rate", "n", max(1, int(math.Round(f.Rate))))
	}
	if f.Faults > 0 {
		e.Fault = v.P.T("imports.faults", "n", f.Faults)
	}
	return e
}

// importEvents tells an open page how far an import is.
func (s *Site) importEvents(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.db.importOf(r.Context(), r.PathValue("job")); err != nil {
		return err
	}
	return s.stream(w, r, s.tellImport)
}

func (s *Site) tellImport(r *http.Request, stream *web.EventStream) {
	v, last := visitOf(r.Context()), ""
	for {
		j, err := s.db.importOf(r.Context(), r.PathValue("job"))
		if err == nil {
			data, err := json.Marshal(s.importEvent(v, j))
			if err != nil {
				return
			}
			if text := string(data); text != last && !stream.Send(web.Event{Name: "progress", Data: text}) {
				return
			} else if last = text; j.ended() {
				stream.Send(web.Event{Name: "ended", Data: "{}"})
				return
			}
		}
		select {
		case <-r.Context().Done():
			return
		case <-time.After(s.imports.every):
		}
	}
}

// cancelImport ends an import that has not ended.
func (s *Site) cancelImport(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("job")
	if _, err := s.db.importOf(r.Context(), id); err != nil {
		return err
	}
	if err := s.db.cancelImport(r.Context(), id, s.cfg.Now().Add(-importSilence)); err != nil {
		return err
	}
	http.Redirect(w, r, visitOf(r.Context()).link(importPath(id)), http.StatusSeeOther)
	return nil
}

// runImport imports the file of an import that was a trial, or did not end well.
func (s *Site) runImport(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	old, err := s.db.importOf(r.Context(), r.PathValue("job"))
	if err != nil {
		return err
	}
	id, err := s.againImport(r.Context(), v.By, old, r.PostFormValue("key"))
	if err == errTooMany { //nolint:errorlint // it is ours, and nothing is around it
		return errs.TooMany
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link(importPath(id)), http.StatusSeeOther)
	return nil
}
