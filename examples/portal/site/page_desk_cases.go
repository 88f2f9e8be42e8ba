package site

import (
	"context"
	"net/http"
	"slices"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

const deskCasesPath = "/desk/cases"

// seesCases are the permissions of those who see how cases are worked on.
var seesCases = []profile.Permission{profile.PermissionCasesRead}

// deskCaseRoutes are the pages of those who answer customers.
func (s *Site) deskCaseRoutes() []route {
	answers := func(serve web.Func) web.Func { return s.permitted(profile.PermissionCasesAnswer, serve) }
	return []route{
		{"GET /desk/cases", "desk cases", s.deskCases},
		{"GET /desk/cases/new", nothing + "a form, and the name of who is asked for", answers(s.deskCaseForm)},
		{"POST /desk/cases/new", "case form", answers(s.openCaseFor)},
		{"GET /desk/cases/{reference}", "desk cases", s.deskCase},
		{"GET /desk/cases/{reference}/edit", "desk cases", s.caseEditor(deskCasesPath)},
		{"POST /desk/cases/{reference}/edit", "case form", s.editCase(deskCasesPath)},
		{"POST /desk/cases/{reference}/{act}", "case form", s.actOnCase(deskCasesPath)},
	}
}

type deskCasesParams struct {
	View     string `query:"view" max:"20"`
	Queue    string `query:"queue" max:"40"`
	Kind     string `query:"kind" max:"40"`
	Priority string `query:"priority" max:"20"`
	Tag      string `query:"tag" max:"50"`
	Product  string `query:"product" max:"120"`
	Order    string `query:"order" max:"20"`
	After    string `query:"after"`
}

// Views of those who answer.
const (
	viewMine       = "mine"
	viewUnassigned = "unassigned"
	viewOpen       = "open"
	viewEscalated  = "escalated"
	viewWaiting    = "waiting"
	viewOver       = "over"
)

var deskCaseViews = []string{viewMine, viewUnassigned, viewOpen, viewEscalated, viewWaiting, viewOver}

// query is what a page lists.
func (q deskCasesParams) query(by profile.Actor) cases.Query {
	out := cases.Query{Product: q.Product, Tag: q.Tag, Order: cases.Order(cmpText(q.Order, string(cases.OrderUrgent))), After: q.After, Limit: thingsPerPage}
	if q.Queue != "" {
		out.Queues = []cases.Key{cases.Key(q.Queue)}
	}
	if q.Kind != "" {
		out.Kinds = []cases.Key{cases.Key(q.Kind)}
	}
	if q.Priority != "" {
		out.Priority = []cases.Priority{cases.Priority(q.Priority)}
	}
	out.States = ongoing
	switch q.View {
	case viewUnassigned:
		out.Assignee = new("")
	case viewOpen:
	case viewEscalated:
		out.Escalated = true
	case viewWaiting:
		out.States = []cases.State{cases.StateWaiting}
	case viewOver:
		out.States = []cases.State{cases.StateSolved, cases.StateClosed}
	default:
		out.Assignee = &by.ID
	}
	return out
}

type deskCasesBody struct {
	Views       []viewEntry
	Filters     []input
	View        string
	Rows        []caseRow
	First, Next string
	New         string // where a case is opened for somebody, or empty
}

// A viewEntry is a view with how many cases are in it.
type viewEntry struct {
	deskEntry
	Count string
}

// mostCounted is how many cases of a view are counted.
const mostCounted = 100

// deskCases lists what there is to answer.
func (s *Site) deskCases(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[deskCasesParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	if !slices.Contains(deskCaseViews, q.View) {
		q.View = viewMine
	}
	b := deskCasesBody{View: q.View}
	list, next, err := s.helpdesk.Cases(ctx, v.By, q.query(v.By))
	if err != nil {
		return err
	}
	if b.Rows, err = s.caseRows(ctx, v, list, deskCasePath); err != nil {
		return err
	}
	if b.Views, err = s.countedViews(ctx, v, q.View); err != nil {
		return err
	}
	b.Filters = s.deskCaseFilters(v, q)
	if s.mayAny(v.By, opensCases) {
		b.New = v.link(deskCasesPath + "/new")
	}
	p := s.deskPage(r, v.P.T("cases.desk"))
	b.First, b.Next = pager(p, next)
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-cases", p)
}

func (s *Site) countedViews(ctx context.Context, v *visit, current string) ([]viewEntry, error) {
	var out []viewEntry
	for _, view := range deskCaseViews {
		one := viewEntry{deskEntry: deskEntry{v.P.T("cases.view_" + view), v.link(deskCasesPath) + "?view=" + view, view == current}}
		if view != viewOver {
			n, err := s.helpdesk.Count(ctx, v.By, deskCasesParams{View: view}.query(v.By), mostCounted)
			if err != nil {
				return nil, err
			}
			one.Count = unreadText(v, min(n, mostCounted-1), n == mostCounted)
		}
		out = append(out, one)
	}
	return out, nil
}

func (s *Site) deskCaseFilters(v *visit, q deskCasesParams) []input {
	locale, everything := string(v.Locale), option{"", v.P.T("people.any")}
	queue := input{Name: "queue", Label: v.P.T("cases.field_queue"), Kind: "select", Value: q.Queue, Choices: []option{everything}}
	for _, one := range s.casework.Queues {
		queue.Choices = append(queue.Choices, option{string(one.Key), one.Names.In(locale)})
	}
	kind := input{Name: "kind", Label: v.P.T("cases.field_kind"), Kind: "select", Value: q.Kind, Choices: []option{everything}}
	for _, one := range s.casework.Kinds {
		kind.Choices = append(kind.Choices, option{string(one.Key), one.Names.In(locale)})
	}
	priority := priorityInput(v, q.Priority)
	priority.Choices = append([]option{everything}, priority.Choices...)
	order := input{Name: "order", Label: v.P.T("cases.order"), Kind: "select", Value: cmpText(q.Order, string(cases.OrderUrgent))}
	for _, one := range []cases.Order{cases.OrderUrgent, cases.OrderOldest, cases.OrderCreated, cases.OrderTouched} {
		order.Choices = append(order.Choices, option{string(one), v.P.T("cases.order_" + string(one))})
	}
	product := input{Name: "product", Label: v.P.T("cases.product"), Kind: "select", Value: q.Product, Choices: []option{everything}}
	for _, one := range s.world.Products {
		product.Choices = append(product.Choices, option{one.ID, one.Name})
	}
	out := []input{kind, priority, {Name: "tag", Label: v.P.T("cases.tag"), Kind: "text", Value: q.Tag, Max: 50}, product, order}
	if len(s.casework.Queues) > 1 {
		out = append([]input{queue}, out...)
	}
	return out
}

// priorities in the order of forms.
var priorities = []cases.Priority{cases.PriorityLow, cases.PriorityNormal, cases.PriorityHigh, cases.PriorityUrgent}

func priorityInput(v *visit, value string) input {
	in := input{Name: "priority", Label: v.P.T("cases.field_priority"), Kind: "select", Value: value}
	for _, one := range priorities {
		in.Choices = append(in.Choices, option{string(one), v.P.T("cases.priority_" + string(one))})
	}
	return in
}

// caseTasks are the cases that wait for who is at the desk.
func (s *Site) caseTasks(ctx context.Context, v *visit) (tasks []deskTask, err error) {
	if !s.mayAny(v.By, opensCases) {
		return nil, nil
	}
	for _, view := range []string{viewMine, viewUnassigned, viewEscalated} {
		q := deskCasesParams{View: view}.query(v.By)
		if view == viewMine {
			q.States = []cases.State{cases.StateOpen, cases.StateProgress}
		}
		n, err := s.helpdesk.Count(ctx, v.By, q, mostTasks)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			tasks = append(tasks, deskTask{v.P.T("cases.todo_"+view, "n", n), deskCasesPath + "?view=" + view})
		}
	}
	return tasks, nil
}
