package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
)

// auditRoutes are the pages of the record of who did what.
func (s *Site) auditRoutes() []route {
	reads := func(serve web.Func) web.Func { return s.permitted(profile.PermissionAuditRead, serve) }
	return []route{
		{"GET /admin/audit", nothing + "who did what, to those who may read it", reads(s.auditPage)},
		{"POST /admin/audit/check", nothing + "whether the record is whole", reads(s.checkAudit)},
		{"POST /admin/audit/export", nothing + "who did what, to those who may read it", reads(s.exportAudit)},
	}
}

// auditKinds are the kinds of actions that the page offers to look for.
var auditKinds = []string{
	"access", "account", "audit", "connection", "field", "erasure", "hold", "identity", "invitation", "media", "page", "person", "retention", "promotion", "role", "rule", "segment", "session", "sessions", "view",
}

type auditBody struct {
	Filters []input
	Wrong   bool
	Rows    []auditRow
	First   string
	Next    string
	Hidden  []fact // what the export asks for
	Mark    input
	Report  *auditReport // nil if nothing was checked
}

type auditReport struct {
	Checked string
	Whole   bool
	Mark    string
	Faults  []string
}

// An auditRow is an entry as the page shows it.
type auditRow struct {
	audit.Entry
	What    string // what was done
	Who     string // did it
	Behalf  string // in whose place
	Whom    string // whom it is about
	Ended   string // how, if not well
	Network string
	Changes []auditChange
}

// An auditChange is a change with a name for what was changed, where the portal
// has one.
type auditChange struct {
	profile.Change
	Name string
}

// changesIn returns changes in the words of whoever reads of them.
func changesIn(v *visit, changes []profile.Change) []auditChange {
	out := make([]auditChange, len(changes))
	for i, c := range changes {
		out[i].Change = c
		if key := "audit.field." + c.Field; v.P.Has(key) {
			out[i].Name, out[i].From, out[i].To = v.P.T(key), yesNo(v, c.From), yesNo(v, c.To)
		}
	}
	return out
}

func yesNo(v *visit, text string) string {
	switch text {
	case "true":
		return v.P.T("audit.yes")
	case "false":
		return v.P.T("audit.no")
	}
	return text
}

type auditParams struct {
	Person  string `query:"person" form:"person" max:"200"`
	Part    string `query:"part" form:"part" max:"20"`
	Action  string `query:"action" form:"action" max:"100"`
	Outcome string `query:"outcome" form:"outcome" max:"20"`
	From    string `query:"from" form:"from" max:"20"`
	To      string `query:"to" form:"to" max:"20"`
	After   string `query:"after" form:"after"`
	Format  string `query:"format" form:"format" max:"10"`
	Mark    string `query:"mark" form:"mark" max:"200"`
}

// query turns what was asked for into a query; days are the visitor's.
func (q auditParams) query(zone *time.Location) (audit.Query, error) {
	out, f := audit.Query{After: q.After, Action: q.Action, Limit: 50}, errs.Fields{}
	person := strings.TrimSpace(q.Person)
	switch q.Part {
	case "who":
		out.Who = person
	case "whom":
		out.Whom = person
	default:
		out.Anyone = person
	}
	if outcome := profile.Outcome(q.Outcome); q.Outcome == "done" {
		outcome = profile.OutcomeDone
		out.Outcome = &outcome
	} else if q.Outcome != "" {
		out.Outcome = &outcome
	}
	var err error
	if out.From, err = day(q.From, zone); err != nil {
		f.Add("from", "error.field.bad_date", nil)
	}
	if out.To, err = day(q.To, zone); err != nil {
		f.Add("to", "error.field.bad_date", nil)
	} else if !out.To.IsZero() {
		out.To = out.To.AddDate(0, 0, 1)
	}
	return out, f.Err()
}

// day returns when a day begins, and for none the zero time.
func day(text string, zone *time.Location) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	return time.ParseInLocation(time.DateOnly, text, zone)
}

// auditPage shows what was done, the newest first.
func (s *Site) auditPage(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[auditParams](r)
	if err != nil {
		return err
	}
	return s.showAudit(w, r, q, nil)
}

func (s *Site) showAudit(w http.ResponseWriter, r *http.Request, q auditParams, report *auditReport) error {
	v, status := visitOf(r.Context()), http.StatusOK
	b := auditBody{Report: report, Mark: input{Name: "mark", Label: v.P.T("audit.mark"), Hint: v.P.T("audit.mark_note"), Kind: "text", Value: q.Mark, Max: 200, Complete: "off"}}
	query, err := q.query(zoneOf(v.By))
	var faults map[string]string
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		status, faults, b.Wrong = http.StatusUnprocessableEntity, v.P.Fields(wrong), true
	}
	b.Filters = s.auditFilters(v, q, faults)
	p := s.newPage(r, v.P.T("audit.title"))
	if !b.Wrong {
		list, next, err := s.audit.Entries(r.Context(), v.By, query)
		if err != nil {
			return err
		}
		if b.Rows, err = s.auditRows(r.Context(), v, list); err != nil {
			return err
		}
		at := &url.URL{Path: v.link("/admin/audit")}
		if next != "" {
			at.RawQuery = q.values("after", next)
			b.Next = at.String()
		}
		if q.After != "" {
			at.RawQuery = q.values()
			b.First = at.String()
		}
	}
	for _, in := range b.Filters {
		if in.Value != "" {
			b.Hidden = append(b.Hidden, fact{in.Name, in.Value})
		}
	}
	p.NoIndex, p.Body, p.Crumbs = true, b, s.adminCrumbs(v)
	return s.show(w, r, status, "audit", p)
}

// values spells the filters as a query, with more.
func (q auditParams) values(more ...string) string {
	out := url.Values{}
	pairs := append([]string{"person", q.Person, "part", q.Part, "action", q.Action, "outcome", q.Outcome, "from", q.From, "to", q.To}, more...)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out.Set(pairs[i], pairs[i+1])
		}
	}
	return out.Encode()
}

func (s *Site) auditFilters(v *visit, q auditParams, faults map[string]string) []input {
	choose := func(name, value string, keys ...string) input {
		in := input{Name: name, Label: v.P.T("audit." + name), Kind: "select", Value: value, Choices: []option{{"", v.P.T("people.any")}}}
		for _, key := range keys {
			in.Choices = append(in.Choices, option{key, v.P.T("audit." + name + "." + key)})
		}
		return in
	}
	kind := input{Name: "action", Label: v.P.T("audit.kind"), Kind: "select", Value: q.Action, Choices: []option{{"", v.P.T("people.any")}}}
	for _, k := range auditKinds {
		kind.Choices = append(kind.Choices, option{k, v.P.T("audit.kind." + k)})
	}
	if q.Action != "" && !slices.Contains(auditKinds, q.Action) {
		kind.Choices = append(kind.Choices, option{q.Action, actionName(v, q.Action)})
	}
	filters := []input{
		{Name: "person", Label: v.P.T("audit.person"), Kind: "text", Value: q.Person, Max: 200, Complete: "off"},
		choose("part", q.Part, "who", "whom"), kind, choose("outcome", q.Outcome, "done", "refused", "failed"),
		{Name: "from", Label: v.P.T("audit.from"), Kind: "date", Value: q.From},
		{Name: "to", Label: v.P.T("audit.to"), Kind: "date", Value: q.To},
	}
	note(faults, filters)
	return filters
}

// actionName returns what an action is called, and of one that the portal has no
// words for its name.
func actionName(v *visit, action string) string {
	if key := "audit.action." + strings.ReplaceAll(action, ".", "_"); v.P.Has(key) {
		return v.P.T(key)
	}
	return action
}

func (s *Site) auditRows(ctx context.Context, v *visit, list []audit.Entry) ([]auditRow, error) {
	names, out := map[string]string{}, make([]auditRow, len(list))
	for i, e := range list {
		row := auditRow{Entry: e, What: actionName(v, e.Action), Network: e.Network, Changes: changesIn(v, e.Changes)}
		for _, one := range []struct {
			id   string
			into *string
		}{{e.Actor, &row.Who}, {e.Behalf, &row.Behalf}, {e.Person, &row.Whom}} {
			if err := s.nameIn(ctx, v, names, one.id); err != nil {
				return nil, err
			}
			*one.into = names[one.id]
		}
		if e.As == audit.KindSystem {
			row.Who = v.P.T("audit.system")
		}
		if e.Outcome != profile.OutcomeDone {
			row.Ended = v.P.T("audit.outcome." + string(e.Outcome))
		}
		out[i] = row
	}
	return out, nil
}

// nameIn puts the name of a person into names. Whoever reads the record knows
// who people are; that is no look at their profile.
func (s *Site) nameIn(ctx context.Context, v *visit, names map[string]string, id string) error {
	if _, known := names[id]; known || id == "" {
		return nil
	}
	names[id] = id
	if strings.HasPrefix(id, "p-") {
		names[id] = v.P.T("audit.gone")
	}
	p, err := s.keeping.Person(ctx, id)
	if errors.Is(err, profile.ErrNotFound) {
		return nil
	}
	names[id] = p.Name
	return err
}

// checkAudit goes through the record and says whether it is whole, and whether a
// mark that somebody noted is still in it.
func (s *Site) checkAudit(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	q := auditParams{Mark: strings.TrimSpace(r.PostFormValue("mark"))}
	var marks []audit.Mark
	if q.Mark != "" {
		m, ok := parseMark(q.Mark)
		if !ok {
			return s.showAudit(w, r, q, &auditReport{Faults: []string{v.P.T("audit.mark_unread")}})
		}
		marks = append(marks, m)
	}
	found, err := s.audit.Verify(r.Context(), v.By, marks...)
	if err != nil {
		return err
	}
	report := &auditReport{Checked: v.P.Number(found.Checked), Whole: found.Whole(), Mark: markText(found.Head)}
	for _, f := range found.Faults {
		report.Faults = append(report.Faults, v.P.T("audit.fault."+string(f.Is), "n", strconv.FormatInt(f.Seq, 10)))
	}
	return s.showAudit(w, r, q, report)
}

// markText spells the end of the record so that it can be noted.
func markText(m audit.Mark) string { return strconv.FormatInt(m.Seq, 10) + ":" + m.Hash }

func parseMark(text string) (audit.Mark, bool) {
	number, hash, ok := strings.Cut(text, ":")
	n, err := strconv.ParseInt(number, 10, 64)
	return audit.Mark{Seq: n, Hash: hash}, ok && err == nil && n > 0 && hash != ""
}

// exportAudit hands over what the filters select.
func (s *Site) exportAudit(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Form[auditParams](w, r, 0)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	query, err := q.query(zoneOf(v.By))
	if err != nil {
		return err
	}
	write, kind, name := s.audit.WriteCSV, "text/csv; charset=utf-8", "audit.csv"
	if q.Format == "json" {
		write, kind, name = s.audit.WriteJSON, "application/jsonl", "audit.jsonl"
	}
	query.After = ""
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	out := &begun{w: w}
	err = write(r.Context(), v.By, query, out)
	if err != nil && out.any {
		s.cfg.Log.ErrorContext(r.Context(), "export cut off", "err", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// lookedAt returns what others did that concerns whoever asks.
func (s *Site) lookedAt(ctx context.Context, v *visit, after string) (rows []auditRow, next string, err error) {
	p, err := s.keeping.Person(ctx, v.By.ID)
	if errors.Is(err, profile.ErrNotFound) || v.By.Viewer != "" {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	list, next, err := s.audit.About(ctx, v.By, v.By.ID, p.CreatedAt, after, 20)
	if err != nil {
		return nil, "", err
	}
	for _, e := range list {
		row := auditRow{Entry: e, What: actionName(v, e.Action), Who: v.P.T("audit.as." + string(e.As)), Changes: changesIn(v, e.Changes)}
		if e.As == audit.KindNobody {
			row.Who = v.P.T("audit.as.nobody")
		}
		if e.Outcome != profile.OutcomeDone {
			row.Ended = v.P.T("audit.outcome." + string(e.Outcome))
		}
		rows = append(rows, row)
	}
	return rows, next, nil
}
