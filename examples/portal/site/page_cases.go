package site

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

const casesPath = "/cases"

// caseRoutes are the pages on which customers ask people, and read what these
// answered.
func (s *Site) caseRoutes() []route {
	return []route{
		{"GET /cases", "cases", s.signedIn(s.caseList)},
		{"GET /cases/new", nothing + "a form, with what a search finds", s.signedIn(s.caseForm)},
		{"POST /cases/new", "case form", s.typing(s.openCase)},
		{"GET /cases/new/answers", "case form", s.signedIn(s.caseAnswers)},
		{"GET /cases/{reference}", "cases", s.signedIn(s.casePage)},
		{"GET /cases/{reference}/transcript", "cases", s.signedIn(s.caseTranscript)},
		{"GET /cases/{reference}/edit", "cases", s.signedIn(s.caseEditor(casesPath))},
		{"POST /cases/{reference}/edit", "case form", s.typing(s.editCase(casesPath))},
		{"POST /cases/{reference}/{act}", "case form", s.typing(s.actOnCase(casesPath))},
	}
}

// typing serves forms that people write in: what somebody wrote whom nobody knows
// any more is given back.
func (s *Site) typing(serve web.Func) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		if given, err := s.typedByNobody(w, r); given {
			return err
		}
		return s.signedIn(serve)(w, r)
	}
}

type casesParams struct {
	View      string `query:"view" max:"20"`
	State     string `query:"state" max:"20"`
	Reference string `query:"reference" max:"40"`
	After     string `query:"after"`
}

// Views of a person's cases.
const (
	viewFollowing    = "following"
	viewOrganisation = "organisation"
)

// stateOngoing stands for all states in which there is something to do.
const stateOngoing = "ongoing"

var ongoing = []cases.State{cases.StateOpen, cases.StateProgress, cases.StateWaiting}

type casesBody struct {
	Views       []deskEntry
	Filters     []input
	View        string // as it stands in the address
	Rows        []caseRow
	First, Next string
	Sifted      bool   // there may be others
	Unknown     string // a reference that leads nowhere
	Notice      string
}

// A caseRow is a case as lists show it.
type caseRow struct {
	Title, Href string
	Facts       []string
	Status      string
	Look        string
	Tags        []string
}

// caseList lists what somebody has asked, what they follow, or what their
// organisation asks.
func (s *Site) caseList(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[casesParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	b := casesBody{View: q.View, Sifted: q.State != "" || q.After != "", Unknown: strings.TrimSpace(q.Reference)}
	if b.Unknown != "" {
		c, err := s.helpdesk.Case(ctx, v.By, b.Unknown)
		if err == nil {
			http.Redirect(w, r, v.link(casePath(c.Reference)), http.StatusSeeOther)
			return nil
		} else if !errors.Is(err, cases.ErrNotFound) {
			return err
		}
	}
	if v.Query.Get("done") == "solved" {
		b.Notice = v.P.T("cases.solved_thanks")
	}
	list, next, err := s.helpdesk.Cases(ctx, v.By, q.query(v.By))
	if err != nil {
		return err
	}
	if b.Rows, err = s.caseRows(ctx, v, list, casePath); err != nil {
		return err
	}
	p := s.newPage(r, v.P.T("cases.title"))
	b.First, b.Next = pager(p, next)
	b.Views, b.Filters = s.caseViews(v, q), caseFilters(v, q)
	p.NoIndex, p.Body, p.Crumbs = true, b, s.crumbs(v)
	return s.show(w, r, http.StatusOK, "cases", p)
}

func (q casesParams) query(by profile.Actor) cases.Query {
	out := cases.Query{After: q.After, Limit: thingsPerPage}
	switch q.View {
	case viewFollowing:
		out.Follower = by.ID
	case viewOrganisation:
		out.Account = cmpText(by.Account, "-") // nobody's is everybody's
	default:
		out.Requester = by.ID
	}
	switch q.State {
	case "":
	case stateOngoing:
		out.States = ongoing
	default:
		out.States = []cases.State{cases.State(q.State)}
	}
	return out
}

func (s *Site) caseViews(v *visit, q casesParams) []deskEntry {
	out := []deskEntry{{v.P.T("cases.mine"), v.link(casesPath), q.View == ""}, {v.P.T("cases.following"), v.link(casesPath + "?view=" + viewFollowing), q.View == viewFollowing}}
	if v.By.Account != "" && s.policy.May(v.By, profile.PermissionCasesColleagues) {
		out = append(out, deskEntry{v.P.T("cases.of_organisation"), v.link(casesPath + "?view=" + viewOrganisation), q.View == viewOrganisation})
	}
	return out
}

func caseFilters(v *visit, q casesParams) []input {
	state := input{Name: "state", Label: v.P.T("cases.state"), Kind: "select", Value: q.State, Choices: []option{{"", v.P.T("people.any")}, {stateOngoing, v.P.T("cases.ongoing")}}}
	for _, one := range cases.States() {
		state.Choices = append(state.Choices, option{string(one), v.P.T("cases.state_" + string(one))})
	}
	return []input{state, {Name: "reference", Label: v.P.T("cases.reference"), Kind: "serial", Value: q.Reference, Max: 40}}
}

// caseLooks are the classes of the tags of cases by their state.
var caseLooks = map[cases.State]string{cases.StateWaiting: "tag-lock", cases.StateSolved: "tag-good", cases.StateClosed: "tag-off"}

// caseRows draws cases for lists, which lead where path says.
func (s *Site) caseRows(ctx context.Context, v *visit, list []cases.Case, path func(reference string) string) ([]caseRow, error) {
	names := map[string]string{}
	var out []caseRow
	for _, c := range list {
		row := caseRow{Title: c.Subject, Href: v.link(path(c.Reference)), Status: s.caseStatus(v, c), Look: caseLooks[c.State], Tags: c.Tags}
		row.Facts = []string{c.Reference, s.caseKind(v, c.Kind)}
		for _, id := range []string{c.Requester, c.Assignee} {
			if err := s.nameIn(ctx, v, names, id); err != nil {
				return nil, err
			}
		}
		if c.Requester != v.By.ID {
			row.Facts = append(row.Facts, names[c.Requester])
		}
		if c.Assignee != "" {
			row.Facts = append(row.Facts, v.P.T("said.by", "name", names[c.Assignee]))
		}
		if c.Priority == cases.PriorityHigh || c.Priority == cases.PriorityUrgent {
			row.Facts = append(row.Facts, v.P.T("cases.priority_"+string(c.Priority)))
		}
		if c.Escalated {
			row.Facts = append(row.Facts, v.P.T("cases.escalated"))
		}
		row.Facts = append(row.Facts, v.P.Relative(c.TouchedAt))
		out = append(out, row)
	}
	return out, nil
}

// caseStatus returns where a case stands, in the words for whoever reads it.
func (s *Site) caseStatus(v *visit, c cases.Case) string {
	if name := s.statusName(v, c.Status, s.helpdesk.Rights(v.By, c).Notes); name != "" {
		return name
	}
	return v.P.T("cases.state_" + string(c.State))
}

func (s *Site) statusName(v *visit, key cases.Key, staff bool) string {
	for _, one := range s.casework.Statuses {
		switch {
		case one.Key != key:
		case staff:
			return one.Names.In(string(v.Locale))
		default:
			return one.Public.In(string(v.Locale))
		}
	}
	return ""
}

func (s *Site) caseKind(v *visit, key cases.Key) string {
	for _, one := range s.casework.Kinds {
		if one.Key == key {
			return one.Names.In(string(v.Locale))
		}
	}
	return string(key)
}

func (s *Site) caseQueue(v *visit, key cases.Key) string {
	for _, one := range s.casework.Queues {
		if one.Key == key {
			return one.Names.In(string(v.Locale))
		}
	}
	return string(key)
}
