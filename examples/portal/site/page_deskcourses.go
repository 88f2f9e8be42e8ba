package site

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

// teaches are the permissions of those who work on courses.
var teaches = []profile.Permission{profile.PermissionContentWrite, profile.PermissionContentPublish, profile.PermissionCoursesTeach}

func (s *Site) deskCourseRoutes() []route {
	return []route{
		{"GET /desk/courses", "desk courses", s.deskCourses},
		{"POST /desk/courses", nothing + "answers with what was sent", s.addCourse},
		{"GET /desk/courses/{id}", "desk courses", s.deskCourse},
		{"POST /desk/courses/{id}", nothing + "answers like the page", s.saveDeskCourse},
		{"GET /desk/courses/{id}/lessons/{lesson}", "desk courses", s.deskLesson},
		{"POST /desk/courses/{id}/lessons/{lesson}", nothing + "answers like the page", s.saveDeskLesson},
		{"GET /desk/courses/{id}/learners", "desk courses", s.deskLearners},
		{"POST /desk/courses/{id}/learners", nothing + "leads back", s.actOnLearner},
	}
}

type deskCoursesBody struct {
	Rows        []deskCourseRow
	Form        *sheet // nil for those who do not write
	First, Next string
}

type deskCourseRow struct {
	courses.Course
	Name  courses.Said
	Href  string
	State string // message key
	Look  string
}

func (s *Site) deskCourseRow(v *visit, c courses.Course) deskCourseRow {
	row := deskCourseRow{Course: c, Name: c.Title.In(string(v.Locale), c.Source), Href: v.link("/desk/courses/" + escape(c.ID)), State: "teach.status_" + string(c.Status)}
	switch c.Status {
	case courses.StatusDraft:
		row.Look = "tag-draft"
	case courses.StatusClosed:
		row.Look = "tag-off"
	}
	return row
}

// deskCourses lists the courses that the visitor sees at the desk.
func (s *Site) deskCourses(w http.ResponseWriter, r *http.Request) error {
	return s.showDeskCourses(w, r, http.StatusOK, nil, nil)
}

func (s *Site) showDeskCourses(w http.ResponseWriter, r *http.Request, status int, typed url.Values, faults map[string]string) error {
	v := visitOf(r.Context())
	list, next, err := s.school.Desk(r.Context(), v.By, v.Query.Get("after"), coursesPerPage)
	if err != nil {
		return err
	}
	var b deskCoursesBody
	for _, c := range list {
		b.Rows = append(b.Rows, s.deskCourseRow(v, c))
	}
	if s.policy.May(v.By, profile.PermissionContentWrite) {
		key := s.memory.formKey
		if typed.Get("key") != "" {
			key = typed.Get("key")
		}
		b.Form = &sheet{Action: v.link("/desk/courses"), Submit: v.P.T("teach.add"), Hidden: []option{{"key", key}}, Wrong: len(faults) > 0, Basics: []input{
			{Name: "title", Label: v.P.T("teach.title"), Kind: "text", Value: typed.Get("title"), Required: true, Max: 200},
			{Name: "source", Label: v.P.T("nav.language"), Kind: "select", Value: typed.Get("source"), Choices: s.tongueChoices(v)},
		}}
		b.Form.Faults = note(faults, b.Form.Basics)
	}
	p := s.deskPage(r, v.P.T("courses.title"))
	b.First, b.Next = pager(p, next)
	p.Body = b
	return s.show(w, r, status, "desk-courses", p)
}

// tongueChoices are the languages that courses are written in.
func (s *Site) tongueChoices(v *visit) (out []option) {
	for _, l := range s.cfg.Locales {
		out = append(out, option{l, i18n.Locale(l).Name(v.Locale)})
	}
	return out
}

func (s *Site) addCourse(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v, source := visitOf(r.Context()), r.PostFormValue("source")
	c, err := s.school.Create(r.Context(), v.By, courses.Draft{
		Source: source, Settings: courses.Settings{Audience: profile.NewAudience(profile.SegmentStaff)}, Key: r.PostFormValue("key"),
		Content: courses.Content{Title: courses.Words{source: strings.TrimSpace(r.PostFormValue("title"))}},
	})
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		return s.showDeskCourses(w, r, http.StatusUnprocessableEntity, r.PostForm, v.P.Fields(wrong))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/desk/courses/"+escape(c.ID)), http.StatusSeeOther)
	return nil
}

type deskCourseBody struct {
	Row      deskCourseRow
	In       string // language that is written
	Tabs     []deskTab
	Notice   string
	Faults   []string
	Settings *sheet
	Texts    *sheet
	Modules  []deskModule
	AddPart  *sheet
	Dates    []deskDate
	AddDate  *sheet
	Learners string // address, "" for those who may not see them
	Public   string // address for readers, "" if there is none
	Publish  bool
	Changed  bool // there is content that learners do not get yet
	Action   string
}

// A courseForm is what was typed into one of the forms of a course.
type courseForm struct {
	which  string
	typed  url.Values
	faults map[string]string
}

func (f courseForm) of(which string) (url.Values, map[string]string) {
	if f.which != which {
		return nil, nil
	}
	return f.typed, f.faults
}

func (s *Site) deskCourse(w http.ResponseWriter, r *http.Request) error {
	return s.showDeskCourse(w, r, http.StatusOK, courseForm{})
}

// courseWrittenIn returns the language in which the visitor writes a course.
func (s *Site) courseWrittenIn(v *visit, c courses.Course) string {
	if in := v.Query.Get("in"); slices.Contains(s.cfg.Locales, in) {
		return in
	}
	return c.Source
}

func (s *Site) showDeskCourse(w http.ResponseWriter, r *http.Request, status int, f courseForm) error {
	ctx, v := r.Context(), visitOf(r.Context())
	c, rev, err := s.school.Manuscript(ctx, v.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	base, in := "/desk/courses/"+escape(c.ID), s.courseWrittenIn(v, c)
	b := deskCourseBody{Row: s.deskCourseRow(v, c), In: in, Action: v.link(base) + "?in=" + in, Publish: s.policy.May(v.By, profile.PermissionContentPublish), Changed: c.Live != c.Head}
	if done := v.Query.Get("done"); slices.Contains([]string{"saved", "published", "closed"}, done) && status == http.StatusOK {
		b.Notice = v.P.T("teach.done_" + done)
	}
	for _, l := range s.cfg.Locales {
		b.Tabs = append(b.Tabs, deskTab{Name: i18n.Locale(l).Name(v.Locale), Href: v.link(base) + "?in=" + l, Current: l == in})
	}
	if c.Status != courses.StatusDraft {
		b.Public = v.link(coursePath(c.Slug))
	}
	b.Settings, b.Texts, b.AddPart = s.settingsSheet(v, c, f), s.textsSheet(v, c, rev, in, f), s.partSheet(v, c, rev, f)
	for _, part := range []*sheet{b.Settings, b.Texts, b.AddPart} {
		part.Action, part.Version = b.Action, c.Version
	}
	b.outline(v, rev, c, in, base, f)
	if s.policy.May(v.By, profile.PermissionCoursesTeach) {
		b.Learners = v.link(base + "/learners")
		if err := s.addDates(ctx, v, c, &b, f); err != nil {
			return err
		}
	}
	_, others := f.of("publish")
	b.Faults = faultsAt(v, rev.Content, others, in, c.Source)
	p := s.deskPage(r, b.Row.Name.Text, crumb{Title: v.P.T("courses.title"), Href: v.link("/desk/courses")})
	p.Body = b
	return s.show(w, r, status, "desk-course", p)
}

func typedOr(typed url.Values, name, otherwise string) string {
	if typed == nil {
		return otherwise
	}
	return typed.Get(name)
}

func (s *Site) settingsSheet(v *visit, c courses.Course, f courseForm) *sheet {
	typed, faults := f.of("settings")
	var entries []option
	for _, e := range courses.Entries() {
		entries = append(entries, option{string(e), v.P.T("teach.entry_" + string(e))})
	}
	sum := ""
	if !c.Free() {
		sum = c.Price.Plain()
	}
	out := &sheet{Submit: v.P.T("form.save"), Hidden: []option{{"do", "settings"}}, Wrong: len(faults) > 0, Basics: []input{
		{Name: "slug", Label: v.P.T("teach.slug"), Kind: "text", Value: typedOr(typed, "slug", c.Slug), Max: 100},
		{Name: "audience", Label: v.P.T("teach.audience"), Hint: v.P.T("teach.audience_note"), Kind: "text", Value: typedOr(typed, "audience", strings.Join(c.Audience, ", ")), Max: 500},
		{Name: "topics", Label: v.P.T("teach.topics"), Hint: v.P.T("teach.commas"), Kind: "text", Value: typedOr(typed, "topics", strings.Join(c.Topics, ", ")), Max: 500},
		{Name: "entry", Label: v.P.T("teach.entry"), Kind: "select", Value: typedOr(typed, "entry", string(c.Entry)), Choices: entries},
		{Name: "admits", Label: v.P.T("teach.admits"), Hint: v.P.T("teach.admits_note"), Kind: "text", Value: typedOr(typed, "admits", strings.Join(c.Admits, ", ")), Max: 500},
		{Name: "price", Label: v.P.T("courses.price"), Hint: v.P.T("teach.price_note"), Kind: "text", Value: typedOr(typed, "price", sum), Max: 30},
		{Name: "needs", Label: v.P.T("courses.needs"), Hint: v.P.T("teach.needs_note"), Kind: "text", Value: typedOr(typed, "needs", strings.Join(c.Needs, ", ")), Max: 500},
		{Name: "in_order", Label: v.P.T("teach.in_order"), Kind: "checkbox", Value: typedOr(typed, "in_order", yes(c.InOrder))},
		{Name: "certificate", Label: v.P.T("courses.with_certificate"), Kind: "checkbox", Value: typedOr(typed, "certificate", yes(c.Certificate))},
		{Name: "months", Label: v.P.T("teach.months"), Kind: "text", Mode: "numeric", Value: typedOr(typed, "months", strconv.Itoa(c.Months)), Max: 4},
	}}
	out.Faults = note(faults, out.Basics)
	return out
}

func (s *Site) textsSheet(v *visit, c courses.Course, rev courses.Revision, in string, f courseForm) *sheet {
	typed, faults := f.of("texts")
	out := &sheet{Submit: v.P.T("form.save"), Hidden: []option{{"do", "texts"}}, Wrong: len(faults) > 0, Basics: []input{
		{Name: "title", Label: v.P.T("teach.title"), Kind: "text", Value: typedOr(typed, "title", rev.Title[in]), Required: in == c.Source, Max: 200},
		{Name: "summary", Label: v.P.T("teach.summary"), Kind: "lines", Value: typedOr(typed, "summary", rev.Summary[in]), Max: 500},
		{Name: "about", Label: v.P.T("teach.about"), Hint: v.P.T("teach.markdown"), Kind: "lines", Value: typedOr(typed, "about", rev.About[in])},
	}}
	out.Faults = note(faults, out.Basics)
	return out
}

// partSheet asks for another lesson, in a module that is there or a new one.
func (s *Site) partSheet(v *visit, c courses.Course, rev courses.Revision, f courseForm) *sheet {
	typed, faults := f.of("part")
	modules := []option{{"", v.P.T("teach.new_module")}}
	for _, m := range rev.Modules {
		modules = append(modules, option{m.ID, m.Title.In(string(v.Locale), c.Source).Text})
	}
	var kinds []option
	for _, k := range courses.LessonKinds() {
		kinds = append(kinds, option{string(k), v.P.T("courses.kind_" + string(k))})
	}
	out := &sheet{Submit: v.P.T("teach.add_lesson"), Hidden: []option{{"do", "part"}}, Wrong: len(faults) > 0, Basics: []input{
		{Name: "module", Label: v.P.T("teach.module"), Kind: "select", Value: typed.Get("module"), Choices: modules},
		{Name: "module_title", Label: v.P.T("teach.module_title"), Kind: "text", Value: typed.Get("module_title"), Max: 200},
		{Name: "lesson_title", Label: v.P.T("teach.lesson_title"), Kind: "text", Value: typed.Get("lesson_title"), Required: true, Max: 200},
		{Name: "kind", Label: v.P.T("teach.kind"), Kind: "select", Value: typed.Get("kind"), Choices: kinds},
	}}
	out.Faults = note(faults, out.Basics)
	return out
}

// saveDeskCourse does what one of the forms of a course says.
func (s *Site) saveDeskCourse(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, v, id, do := r.Context(), visitOf(r.Context()), r.PathValue("id"), r.PostFormValue("do")
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	c, rev, err := s.school.Manuscript(ctx, v.By, id)
	if err != nil {
		return err
	}
	in, done := s.courseWrittenIn(v, c), "saved"
	d := courses.Draft{Settings: c.Settings, Content: rev.Content.Clone()}
	switch do {
	case "settings":
		if err = typedSettings(&d, r.PostForm); err == nil {
			_, err = s.school.Save(ctx, v.By, id, version, d)
		}
	case "texts":
		typedCourseTexts(&d, r.PostForm, in)
		_, err = s.school.Save(ctx, v.By, id, version, d)
	case "part":
		if err = typedPart(&d, r.PostForm, c.Source); err == nil {
			_, err = s.school.Save(ctx, v.By, id, version, d)
		}
	case "module", "module_up", "module_down", "lesson_up", "lesson_down":
		if err = arrangeOutline(&d.Content, do, r.PostForm, in); err == nil {
			_, err = s.school.Save(ctx, v.By, id, version, d)
		}
	case "publish":
		done = "published"
		_, err = s.school.Publish(ctx, v.By, id, version)
	case "close":
		done = "closed"
		_, err = s.school.Close(ctx, v.By, id, version)
	case "date":
		err = s.saveDate(r, id, in)
	case "cancel_date":
		err = s.cancelDate(r, id)
	default:
		return errs.Invalid
	}
	return s.afterForm(w, r, err, "/desk/courses/"+escape(id)+"?in="+in+"&done="+done, func(status int, faults map[string]string) error {
		return s.showDeskCourse(w, r, status, courseForm{which: do, typed: r.PostForm, faults: faults})
	})
}

func parted(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '،' || r == '、' })
}

func commas(text string) (out []string) {
	for _, part := range parted(text) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func typedSettings(d *courses.Draft, form url.Values) error {
	s := &d.Settings
	s.Slug, s.Audience, s.Topics = form.Get("slug"), commas(form.Get("audience")), commas(form.Get("topics"))
	s.Entry, s.Admits, s.Needs = courses.Entry(form.Get("entry")), commas(form.Get("admits")), commas(form.Get("needs"))
	s.InOrder, s.Certificate = form.Get("in_order") == "yes", form.Get("certificate") == "yes"
	var err error
	if s.Months, err = strconv.Atoi(typedOr(form, "months", "0")); err != nil {
		return errs.Field("months", "error.field.range", map[string]any{"min": 0, "max": 1200})
	}
	s.Price = i18n.Money{}
	if sum := strings.TrimSpace(form.Get("price")); sum != "" {
		if s.Price, err = i18n.ParseMoney(sum); err != nil {
			return errs.Field("price", "teach.bad_price", nil)
		}
	}
	return nil
}

func typedCourseTexts(d *courses.Draft, form url.Values, in string) {
	d.Title, d.Summary, d.About = reworded(d.Title, in, form.Get("title")), reworded(d.Summary, in, form.Get("summary")), reworded(d.About, in, form.Get("about"))
}

func typedPart(d *courses.Draft, form url.Values, source string) error {
	title := strings.TrimSpace(form.Get("lesson_title"))
	if title == "" {
		return errs.Field("lesson_title", "error.field.required", nil)
	}
	at := slices.IndexFunc(d.Modules, func(m courses.Module) bool { return m.ID == form.Get("module") && m.ID != "" })
	if at < 0 {
		module := strings.TrimSpace(form.Get("module_title"))
		if module == "" {
			return errs.Field("module_title", "error.field.required", nil)
		}
		d.Modules = append(d.Modules, courses.Module{Title: courses.Words{source: module}})
		at = len(d.Modules) - 1
	}
	d.Modules[at].Lessons = append(d.Modules[at].Lessons, courses.Lesson{Kind: courses.LessonKind(form.Get("kind")), Title: courses.Words{source: title}})
	return nil
}
