package site

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// The pages below /desk are for those who write, translate, review and publish.
// To everybody else they do not exist.

// works are the permissions of those who work on articles, any of which opens a
// part of the desk that is for all of them.
var works = []profile.Permission{profile.PermissionContentWrite, profile.PermissionContentTranslate, profile.PermissionContentPublish, profile.PermissionContentReview}

// drafts are the permissions of those who write at the desk at all: of those, and
// of who only drafts and sees there what is theirs.
var drafts = append(slices.Clip(works), profile.PermissionContentDraft)

// writesDrafts are the permissions of those who make articles of what was said.
var writesDrafts = []profile.Permission{profile.PermissionContentWrite, profile.PermissionContentDraft}

// A deskPart is a part of the desk: an entry of its menu, with the pages below
// it. Whoever has none of the permissions sees neither.
type deskPart struct {
	Path, Title, Note string // the texts are message keys
	Needs             []profile.Permission
	Routes            func(*Site) []route
}

// deskRoutes are the parts of the desk in the order of its menu. A part adds one
// line, and its pages are guarded.
func deskRoutes() []deskPart {
	return []deskPart{
		{deskCasesPath, "cases.desk", "cases.desk_note", seesCases, (*Site).deskCaseRoutes},
		{"/desk/articles", "desk.articles", "desk.articles_note", drafts, (*Site).deskArticleRoutes},
		{deskCategoriesPath, "cats.title", "cats.note", []profile.Permission{profile.PermissionContentOrganise}, (*Site).deskCategoryRoutes},
		{blocksPath, "blocks.title", "blocks.note", works, (*Site).blockRoutes},
		{replacePath, "replace.title", "replace.note", []profile.Permission{profile.PermissionContentWrite, profile.PermissionContentTranslate}, (*Site).replaceRoutes},
		{brokenPath, "broken.title", "broken.note", works, (*Site).brokenRoutes},
		{binPath, "bin.title", "bin.note", drafts, (*Site).binRoutes},
		{"/desk/inbox", "process.inbox", "process.inbox_note", drafts, (*Site).inboxRoutes},
		{"/desk/calendar", "process.calendar", "process.calendar_note", works, (*Site).calendarRoutes},
		{"/desk/courses", "courses.title", "teach.note", teaches, (*Site).deskCourseRoutes},
		{mediaPath, "media.title", "media.note", mediaNeeds, (*Site).mediaRoutes},
		{transferPath, "transfer.title", "transfer.note", []profile.Permission{profile.PermissionContentImport}, (*Site).transferRoutes},
		{"/desk/feedback", "said.title", "said.note", saidNeeds, (*Site).feedbackRoutes},
		{"/desk/health", "health.title", "health.desk_note", works, (*Site).healthRoutes},
		{tunePath, "tune.title", "tune.note", []profile.Permission{profile.PermissionSearchTune}, (*Site).tuneRoutes},
		{sourcesPath, "sources.title", "sources.note", []profile.Permission{profile.PermissionSearchTune}, (*Site).sourceRoutes},
		{"/desk/draft", "draft.title", "draft.note", writesDrafts, (*Site).draftRoutes},
	}
}

// A deskTask is something to do for whoever is at the desk.
type deskTask struct {
	Title string // what, with how much of it
	Path  string // where it is done, with its query
}

// deskTasks are who finds things to do, in the order in which they are shown.
// None is asked for who may not do what it finds.
func (s *Site) deskTasks() []func(context.Context, *visit) ([]deskTask, error) {
	return []func(context.Context, *visit) ([]deskTask, error){
		s.caseTasks, s.unsavedTasks, s.articleTasks, s.processTasks, s.feedbackTasks, s.noteTasks,
	}
}

// deskPages are the home of the desk and the pages of its parts.
func (s *Site) deskPages() []route {
	pages := []route{{"GET /desk", "desk", s.signedIn(s.deskHome)}}
	for _, part := range deskRoutes() {
		for _, r := range part.Routes(s) {
			r.Serve = s.atDesk(part.Needs, r.Serve)
			pages = append(pages, r)
		}
	}
	return pages
}

// atDesk serves those who have any of the permissions. Whoever is not signed in
// is asked to, whether there is such a page or not; nobody else knows of it.
func (s *Site) atDesk(needs []profile.Permission, serve web.Func) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		by := visitOf(r.Context()).By
		if s.mayAny(by, needs) {
			web.NoStore(w)
			return serve(w, r)
		}
		if given, err := s.typedByNobody(w, r); given {
			return err
		}
		if by.Anonymous() && reads(r) {
			return s.leadIn(w, r)
		}
		return s.refused(r)
	}
}

// reads reports whether a request only looks at something.
func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

func (s *Site) mayAny(by profile.Actor, needs []profile.Permission) bool {
	return slices.ContainsFunc(needs, func(p profile.Permission) bool { return s.policy.May(by, p) })
}

// deskOf returns the parts of the desk that somebody has.
func (s *Site) deskOf(by profile.Actor) (out []deskPart) {
	for _, part := range deskRoutes() {
		if s.mayAny(by, part.Needs) {
			out = append(out, part)
		}
	}
	return out
}

// A deskEntry is an entry of the desk's menu.
type deskEntry struct {
	Title, Href string
	Current     bool
}

// Desk returns the menu of the desk for whoever sees the page.
func (p *page) Desk() []deskEntry {
	out := []deskEntry{{p.P.T("desk.home"), p.link("/desk"), p.Path == "/desk"}}
	for _, part := range p.desk {
		here := p.Path == part.Path || strings.HasPrefix(p.Path, part.Path+"/")
		out = append(out, deskEntry{p.P.T(part.Title), p.link(part.Path), here})
	}
	return out
}

// deskPage returns a page of the desk. Its crumbs lead to the desk, and further
// to the places given.
func (s *Site) deskPage(r *http.Request, title string, places ...crumb) *page {
	v := visitOf(r.Context())
	p := s.newPage(r, title)
	p.NoIndex = true
	p.Crumbs = append(append(s.crumbs(v), crumb{Title: v.P.T("desk.title"), Href: v.link("/desk")}), places...)
	return p
}

type deskBody struct {
	Tasks []deskTask
	Parts []deskPart
}

// deskHome says what there is to do.
func (s *Site) deskHome(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	b := deskBody{Parts: s.deskOf(v.By)}
	if len(b.Parts) == 0 {
		return s.refused(r)
	}
	for _, find := range s.deskTasks() {
		tasks, err := find(r.Context(), v)
		if err != nil {
			return err
		}
		b.Tasks = append(b.Tasks, tasks...)
	}
	p := s.deskPage(r, v.P.T("desk.title"))
	p.Crumbs, p.Body = s.crumbs(v), b
	return s.show(w, r, http.StatusOK, "desk", p)
}
