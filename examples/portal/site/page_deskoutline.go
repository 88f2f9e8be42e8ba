package site

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/kb/courses"
)

// A deskModule is a module of a course at the desk.
type deskModule struct {
	ID, Title string
	Name      *sheet // changes its title
	Lessons   []deskStep
	Up, Down  bool // it can be moved that way
}

// A deskStep is a lesson of one.
type deskStep struct {
	ID, Title, Href, Kind string
	Up, Down              bool
}

func (b *deskCourseBody) outline(v *visit, rev courses.Revision, c courses.Course, in, base string, f courseForm) {
	typed, faults := f.of("module")
	last := len(rev.Modules) - 1
	for i, m := range rev.Modules {
		dm := deskModule{ID: m.ID, Title: m.Title.In(in, c.Source).Text, Up: i > 0, Down: i < last}
		title := input{Name: "module_name", Label: v.P.T("teach.module_name"), Kind: "text", Value: m.Title[in], Max: 200, Row: i + 1}
		dm.Name = &sheet{Action: b.Action + "#outline", Version: c.Version, Submit: v.P.T("form.save"), Hidden: []option{{"do", "module"}, {"module", m.ID}}}
		if typed.Get("module") == m.ID {
			title.Value, title.Error, dm.Name.Wrong = typed.Get("module_name"), faults["modules."+m.ID], len(faults) > 0
		}
		dm.Name.Basics = []input{title}
		for j, l := range m.Lessons {
			dm.Lessons = append(dm.Lessons, deskStep{
				ID: l.ID, Title: l.Title.In(in, c.Source).Text, Href: v.link(base+"/lessons/"+escape(l.ID)) + "?in=" + in, Kind: "courses.kind_" + string(l.Kind),
				Up: i > 0 || j > 0, Down: i < last || j < len(m.Lessons)-1,
			})
		}
		b.Modules = append(b.Modules, dm)
	}
}

// arrangeOutline does with a part of a course what a button beside it says.
func arrangeOutline(c *courses.Content, do string, form url.Values, in string) error {
	if i, j, ok := lessonIn(*c, form.Get("lesson")); ok && do == "lesson_up" {
		lessonUp(c, i, j)
		return nil
	} else if ok && do == "lesson_down" {
		lessonDown(c, i, j)
		return nil
	}
	i := slices.IndexFunc(c.Modules, func(m courses.Module) bool { return m.ID == form.Get("module") })
	switch {
	case i < 0:
		return courses.ErrNotFound
	case do == "module_up" && i > 0:
		c.Modules[i-1], c.Modules[i] = c.Modules[i], c.Modules[i-1]
	case do == "module_down" && i < len(c.Modules)-1:
		c.Modules[i+1], c.Modules[i] = c.Modules[i], c.Modules[i+1]
	case do == "module":
		c.Modules[i].Title = reworded(c.Modules[i].Title, in, form.Get("module_name"))
	}
	return nil
}

// faultsAt returns what is wrong with a course, each with where it is, in the order
// of its parts.
func faultsAt(v *visit, c courses.Content, faults map[string]string, in, source string) (out []string) {
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		text := faults[name]
		_, at := places(strings.NewReplacer("modules[", ".", "].lessons[", ".", "].quiz.questions[", ".", "]", ".").Replace(name))
		if len(at) > 2 {
			text = v.P.T("teach.at_question", "n", at[2]+1, "fault", text)
		}
		if len(at) > 1 && at[0] < len(c.Modules) && at[1] < len(c.Modules[at[0]].Lessons) {
			text = v.P.T("teach.at_lesson", "lesson", c.Modules[at[0]].Lessons[at[1]].Title.In(in, source).Text, "fault", text)
		}
		out = append(out, text)
	}
	return out
}

// lessonUp moves a lesson before the one above it: from the first place of a
// module, to the end of the module before.
func lessonUp(c *courses.Content, i, j int) {
	list := c.Modules[i].Lessons
	switch {
	case j > 0:
		list[j-1], list[j] = list[j], list[j-1]
	case i > 0:
		c.Modules[i-1].Lessons = append(c.Modules[i-1].Lessons, list[0])
		dropLesson(c, i, 0)
	}
}

// lessonDown is the other way.
func lessonDown(c *courses.Content, i, j int) {
	list := c.Modules[i].Lessons
	switch {
	case j < len(list)-1:
		list[j+1], list[j] = list[j], list[j+1]
	case i < len(c.Modules)-1:
		c.Modules[i+1].Lessons = slices.Insert(c.Modules[i+1].Lessons, 0, list[j])
		dropLesson(c, i, j)
	}
}

// dropLesson takes a lesson out, and its module if nothing else is in it.
func dropLesson(c *courses.Content, i, j int) {
	m := &c.Modules[i]
	if m.Lessons = slices.Delete(m.Lessons, j, j+1); len(m.Lessons) == 0 {
		c.Modules = slices.Delete(c.Modules, i, i+1)
	}
}
