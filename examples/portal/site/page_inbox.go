package site

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// inboxRoutes are the pages of what waits for somebody at the desk.
func (s *Site) inboxRoutes() []route {
	return []route{
		{"GET /desk/inbox", "desk", s.inbox},
		{"GET /desk/reviews/{id}", "desk", s.reviewPage},
		{"POST /desk/reviews/{id}/verdict", "desk", s.decideReview},
		{"POST /desk/reviews/{id}/withdrawal", nothing + "leads back", s.withdrawReview},
		{"GET /desk/articles/{id}/{locale}/process", "desk", s.processPage},
		{"POST /desk/articles/{id}/{locale}/reviews", "desk", s.requestReview},
		{"POST /desk/articles/{id}/{locale}/plans", "desk", s.makePlan},
		{"POST /desk/articles/{id}/{locale}/verification", nothing + "leads back", s.verifyArticle},
		{"POST /desk/plans/{id}/cancellation", nothing + "leads back", s.cancelPlan},
	}
}

type inboxBody struct {
	Sections []inboxSection
	Notice   string
}

// An inboxSection is one reason for which things wait.
type inboxSection struct {
	ID, Title, None string
	Rows            []inboxRow
	Next            string // address of the rest
}

// An inboxRow is one thing that waits.
type inboxRow struct {
	Title, Locale string // of the text
	Language      string // its name, if the article has several
	Href          string
	Facts         []string
	Note          string // what somebody said
	State         string // message key
	Look          string // class of the tag
}

type inboxParams struct {
	Reviews string `query:"reviews"` // tokens of later pages
	Asked   string `query:"asked"`
	Due     string `query:"due"`
}

// inboxPerPage is how many things of each kind a page shows.
const inboxPerPage = 20

// soon is how far ahead the inbox looks for verifications that run out.
const soon = 30 * wholeDay

// inbox shows what waits for whoever is at the desk.
func (s *Site) inbox(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[inboxParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	p := s.deskPage(r, v.P.T("process.inbox"))
	var b inboxBody
	if key := processNotices[v.Query.Get("done")]; key != "" {
		b.Notice = v.P.T(key)
	}
	for _, part := range []func(context.Context, *page, inboxParams) (inboxSection, error){s.inboxReviews, s.inboxDue, s.inboxAsked} {
		section, err := part(ctx, p, q)
		if err != nil {
			return err
		}
		b.Sections = append(b.Sections, section)
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-inbox", p)
}

// processNotices say what was done.
var processNotices = map[string]string{
	"decided": "process.done_decided", "withdrawn": "process.done_withdrawn", "asked": "process.done_asked", "planned": "process.done_planned",
	"cancelled": "process.done_cancelled", "verified": "process.done_verified", "unverified": "process.done_unverified",
}

func (s *Site) inboxReviews(ctx context.Context, p *page, q inboxParams) (inboxSection, error) {
	out := inboxSection{ID: "reviews", Title: p.P.T("process.for_me"), None: p.P.T("process.for_me_none")}
	list, next, err := s.library.Reviews(ctx, p.By, kb.ReviewList{Mine: true, After: q.Reviews, Limit: inboxPerPage})
	if err != nil {
		return out, err
	}
	out.Rows, err = s.reviewRows(ctx, p, list)
	out.Next = nextOf(p, "reviews", next)
	return out, err
}

// nextOf is the address of the rest of a section, if there is any.
func nextOf(p *page, name, token string) string {
	if token == "" {
		return ""
	}
	return p.With(name, token)
}

func (s *Site) inboxAsked(ctx context.Context, p *page, q inboxParams) (inboxSection, error) {
	out := inboxSection{ID: "asked", Title: p.P.T("process.by_me"), None: p.P.T("process.by_me_none")}
	list, next, err := s.library.Reviews(ctx, p.By, kb.ReviewList{
		Asked: true, States: []kb.ReviewState{kb.ReviewOpen, kb.ReviewRejected, kb.ReviewApproved}, After: q.Asked, Limit: inboxPerPage,
	})
	if err != nil {
		return out, err
	}
	out.Rows, err = s.reviewRows(ctx, p, list)
	out.Next = nextOf(p, "asked", next)
	return out, err
}

// manuscriptsOf returns articles at the desk by ID; those that the visitor does
// not see are not among them.
func (s *Site) manuscriptsOf(ctx context.Context, v *visit, ids []string) (map[string]kb.Article, error) {
	out := map[string]kb.Article{}
	if len(ids) == 0 {
		return out, nil
	}
	page, _, err := s.library.Manuscripts(ctx, v.By, kb.ManuscriptQuery{IDs: ids, Limit: len(ids)})
	for _, a := range page {
		out[a.ID] = a
	}
	return out, err
}

// reviewLooks are the classes of the tags of reviews by their state.
var reviewLooks = map[kb.ReviewState]string{kb.ReviewApproved: "tag-good", kb.ReviewRejected: "tag-lock"}

func (s *Site) reviewRows(ctx context.Context, p *page, list []kb.Review) ([]inboxRow, error) {
	var ids []string
	for _, r := range list {
		ids = append(ids, r.Article)
	}
	articles, err := s.manuscriptsOf(ctx, p.visit, ids)
	if err != nil {
		return nil, err
	}
	var rows []inboxRow
	for _, r := range list {
		a, ok := articles[r.Article]
		if !ok {
			continue
		}
		row := s.textRow(p.visit, a, r.Locale, "/desk/reviews/"+escape(r.ID))
		row.State, row.Look = "process.state_"+string(r.State), reviewLooks[r.State]
		if r.State == kb.ReviewOpen && r.Superseded(a) {
			row.State = "process.state_superseded"
		}
		if name, err := s.workerName(ctx, r.By); err != nil {
			return nil, err
		} else if name != "" && r.By != p.By.ID {
			row.Facts = append(row.Facts, p.P.T("process.asked_by", "name", name))
		}
		row.Facts = append(row.Facts, p.P.Relative(r.CreatedAt))
		if !r.Due.IsZero() {
			row.Facts = append(row.Facts, p.P.T("process.until", "when", p.P.DateTime(r.Due, i18n.StyleMedium)))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// workerName returns the name of somebody who works at the desk, as those who
// work there with them know it, or "".
func (s *Site) workerName(ctx context.Context, person string) (string, error) {
	p, err := s.people.Person(ctx, system, person)
	if errors.Is(err, profile.ErrNotFound) {
		return "", nil
	}
	return p.Name, err
}

// textRow is a text in a list.
func (s *Site) textRow(v *visit, a kb.Article, locale, path string) inboxRow {
	t, _ := a.In(locale)
	row := inboxRow{Title: t.Title, Locale: locale, Href: v.link(path)}
	if len(a.Translations) > 1 {
		row.Language = i18n.Locale(locale).Name(v.Locale)
	}
	return row
}

// inboxDue are the articles of the visitor whose verification runs out, or has.
func (s *Site) inboxDue(ctx context.Context, p *page, q inboxParams) (inboxSection, error) {
	out := inboxSection{ID: "due", Title: p.P.T("process.due"), None: p.P.T("process.due_none")}
	list, next, err := s.library.Expiring(ctx, p.By, kb.ExpiryList{Mine: true, Until: s.cfg.Now().Add(soon), After: q.Due, Limit: inboxPerPage})
	if err != nil {
		return out, err
	}
	out.Rows, err = s.dueRows(ctx, p, list)
	out.Next = nextOf(p, "due", next)
	return out, err
}

func (s *Site) dueRows(ctx context.Context, p *page, list []kb.Verification) ([]inboxRow, error) {
	var ids []string
	for _, d := range list {
		ids = append(ids, d.Article)
	}
	articles, err := s.manuscriptsOf(ctx, p.visit, ids)
	if err != nil {
		return nil, err
	}
	var rows []inboxRow
	for _, d := range list {
		a, ok := articles[d.Article]
		if !ok {
			continue
		}
		row := s.textRow(p.visit, a, a.Source, processPath(a.ID, a.Source))
		row.Facts = []string{p.P.T("process.holds_until", "when", p.P.Date(d.Until, i18n.StyleMedium))}
		if !d.Holds(s.cfg.Now()) {
			row.State, row.Look = "process.lapsed", "tag-lock"
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// processTasks are the reviews and verifications that wait for somebody.
func (s *Site) processTasks(ctx context.Context, v *visit) (tasks []deskTask, err error) {
	reviews, _, err := s.library.Reviews(ctx, v.By, kb.ReviewList{Mine: true, Limit: mostTasks})
	if err != nil {
		return nil, err
	}
	if n := len(reviews); n > 0 {
		tasks = append(tasks, deskTask{v.P.T("process.todo_reviews", "n", n), "/desk/inbox#reviews"})
	}
	due, _, err := s.library.Expiring(ctx, v.By, kb.ExpiryList{Mine: true, Until: s.cfg.Now().Add(soon), Limit: mostTasks})
	if n := len(due); n > 0 {
		tasks = append(tasks, deskTask{v.P.T("process.todo_due", "n", n), "/desk/inbox#due"})
	}
	return tasks, err
}

// mostTasks is how far things that wait are counted.
const mostTasks = 100

// moment reads what a browser sends for a minute, on the visitor's clocks.
func moment(v *visit, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.ParseInLocation(localMinute, text, v.P.Zone())
}
