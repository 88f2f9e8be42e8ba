package courses

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// What a course may have at most.
const (
	maxModules   = 50
	maxLessons   = 200 // in all modules
	maxQuestions = 100 // in a quiz
	maxOptions   = 12  // of a question
	maxListed    = 20  // topics, needed courses, accepted texts
	maxMinutes   = 24 * 60
	maxSeats     = 100_000
)

func (s Settings) check(f errs.Fields) {
	if s.Slug != "" {
		valid.Note(f, "slug", valid.Slug(s.Slug))
	}
	if _, err := profile.ParseAudience(s.Audience); err != nil {
		valid.Note(f, "audience", err)
	}
	if _, err := profile.ParseAudience(s.Admits); err != nil {
		valid.Note(f, "admits", err)
	}
	checkChoice(f, "entry", s.Entry, Entries())
	checkList(f, "topics", s.Topics, valid.TextTag)
	checkList(f, "needs", s.Needs, valid.TextID)
	if s.Price.Amount < 0 || s.Price.Amount > 1_000_000_000 {
		f.Add("price", "error.field.range", map[string]any{"min": 0, "max": 1_000_000_000})
	}
	if s.Price.Amount != 0 && !currency(s.Price.Currency) {
		f.Add("currency", "error.asset.currency", nil)
	}
	checkNumber(f, "months", s.Months, 0, 1200)
	checkNumber(f, "rank", s.Rank, -1_000_000, 1_000_000)
}

func currency(code string) bool {
	return len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func checkNumber(f errs.Fields, field string, n, least, most int) {
	if n < least || n > most {
		f.Add(field, "error.field.range", map[string]any{"min": least, "max": most})
	}
}

func checkChoice[T ~string](f errs.Fields, field string, v T, among []T) {
	var names []string
	for _, one := range among {
		if one == v {
			return
		}
		names = append(names, string(one))
	}
	f.Add(field, "error.field.choice", map[string]any{"choices": strings.Join(names, ", ")})
}

func checkList(f errs.Fields, field string, list []string, kind valid.TextKind) {
	if len(list) > maxListed {
		f.Add(field, "error.field.too_many", map[string]any{"max": maxListed})
		return
	}
	for _, text := range list {
		if strings.TrimSpace(text) == "" {
			f.Add(field, "error.field.required", nil)
		}
		valid.Note(f, field, valid.Text(text, kind))
	}
}

func (w Words) check(f errs.Fields, field string, kind valid.TextKind) {
	if len(w) > 60 {
		f.Add(field, "error.field.too_many", map[string]any{"max": 60})
		return
	}
	for tag, text := range w {
		at := field
		if tag != "" {
			at += "." + tag
		}
		valid.Note(f, at, valid.Locale(tag))
		valid.Note(f, at, valid.Text(text, kind))
	}
}

// check checks what can be kept, though it may be unfinished.
func (c Content) check(f errs.Fields) {
	c.Title.check(f, "title", valid.TextTitle)
	c.Summary.check(f, "summary", valid.TextSummary)
	c.About.check(f, "about", valid.TextBody)
	lessons, _ := c.Size()
	if len(c.Modules) > maxModules || lessons > maxLessons {
		f.Add("modules", "error.field.too_many", map[string]any{"max": maxLessons})
		return
	}
	for i, m := range c.Modules {
		at := "modules[" + strconv.Itoa(i) + "]"
		m.Title.check(f, at+".title", valid.TextTitle)
		for j, l := range m.Lessons {
			l.check(f, at+".lessons["+strconv.Itoa(j)+"]")
		}
	}
	if twice := c.twice(); twice != "" {
		f.Add(twice, "error.course.twice", nil)
	}
}

func (l Lesson) check(f errs.Fields, at string) {
	checkChoice(f, at+".kind", l.Kind, LessonKinds())
	l.Title.check(f, at+".title", valid.TextTitle)
	l.Body.check(f, at+".body", valid.TextBody)
	valid.Note(f, at+".article", valid.Text(l.Article, valid.TextID))
	checkNumber(f, at+".minutes", l.Minutes, 0, maxMinutes)
	checkNumber(f, at+".quiz.pass", l.Quiz.Pass, 0, 100)
	checkNumber(f, at+".quiz.attempts", l.Quiz.Attempts, 0, MaxAttempts)
	if len(l.Quiz.Questions) > maxQuestions {
		f.Add(at+".quiz.questions", "error.field.too_many", map[string]any{"max": maxQuestions})
		return
	}
	for i, q := range l.Quiz.Questions {
		q.check(f, at+".quiz.questions["+strconv.Itoa(i)+"]")
	}
}

func (q Question) check(f errs.Fields, at string) {
	checkChoice(f, at+".kind", q.Kind, QuestionKinds())
	q.Prompt.check(f, at+".prompt", valid.TextSummary)
	q.Explain.check(f, at+".explain", valid.TextSummary)
	checkList(f, at+".accept", q.Accept, valid.TextTitle)
	checkNumber(f, at+".points", q.Points, 0, 100)
	if len(q.Options) > maxOptions {
		f.Add(at+".options", "error.field.too_many", map[string]any{"max": maxOptions})
		return
	}
	for i, o := range q.Options {
		o.Text.check(f, at+".options["+strconv.Itoa(i)+"].text", valid.TextTitle)
	}
}

// twice returns where an ID is that another part has too, or "".
func (c Content) twice() string {
	seen := map[string]bool{}
	again := func(id string) bool {
		was := seen[id]
		seen[id] = true
		return was && id != "" || len(id) > 64
	}
	for i, m := range c.Modules {
		at := "modules[" + strconv.Itoa(i) + "]"
		if again(m.ID) {
			return at
		}
		for j, l := range m.Lessons {
			if l.twice(again) {
				return at + ".lessons[" + strconv.Itoa(j) + "]"
			}
		}
	}
	return ""
}

func (l Lesson) twice(again func(id string) bool) bool {
	if again(l.ID) {
		return true
	}
	for _, q := range l.Quiz.Questions {
		if again(q.ID) {
			return true
		}
		for _, o := range q.Options {
			if again(o.ID) {
				return true
			}
		}
	}
	return false
}

// name gives an ID to every part that has none.
func (c *Content) name() {
	give := func(id *string) {
		if *id == "" {
			*id = idem.New()[:12]
		}
	}
	for i := range c.Modules {
		m := &c.Modules[i]
		give(&m.ID)
		for j := range m.Lessons {
			l := &m.Lessons[j]
			give(&l.ID)
			for k := range l.Quiz.Questions {
				q := &l.Quiz.Questions[k]
				give(&q.ID)
				for n := range q.Options {
					give(&q.Options[n].ID)
				}
			}
		}
	}
}

// complete checks that content can be taught: it has what the course's own
// language needs, and every question can be answered.
func (c Content) complete(source string) error {
	f := errs.Fields{}
	if c.Title[source] == "" {
		f.Add("title", "error.field.required", nil)
	}
	if lessons, _ := c.Size(); lessons == 0 {
		f.Add("modules", "error.course.lessons", nil)
	}
	for i, m := range c.Modules {
		at := "modules[" + strconv.Itoa(i) + "]"
		if m.Title[source] == "" {
			f.Add(at+".title", "error.field.required", nil)
		}
		for j, l := range m.Lessons {
			l.complete(f, at+".lessons["+strconv.Itoa(j)+"]", source)
		}
	}
	return f.Err()
}

func (l Lesson) complete(f errs.Fields, at, source string) {
	if l.Title[source] == "" {
		f.Add(at+".title", "error.field.required", nil)
	}
	switch {
	case l.Kind == LessonText && strings.TrimSpace(l.Body[source]) == "":
		f.Add(at+".body", "error.field.required", nil)
	case l.Kind == LessonArticle && l.Article == "":
		f.Add(at+".article", "error.field.required", nil)
	case l.Kind == LessonQuiz && len(l.Quiz.Questions) == 0:
		f.Add(at+".quiz.questions", "error.course.no_question", nil)
	}
	if l.Kind != LessonQuiz {
		return
	}
	for i, q := range l.Quiz.Questions {
		if !q.answerable(source) {
			f.Add(at+".quiz.questions["+strconv.Itoa(i)+"]", "error.course.question", nil)
		}
	}
}

// answerable reports whether a question has all that it takes to be answered.
func (q Question) answerable(source string) bool {
	right := 0
	for _, o := range q.Options {
		if o.Text[source] == "" {
			return false
		}
		if o.Right {
			right++
		}
	}
	if q.Prompt[source] == "" {
		return false
	}
	switch q.Kind {
	case QuestionSingle:
		return len(q.Options) > 1 && right == 1
	case QuestionMultiple:
		return len(q.Options) > 1 && right > 0
	case QuestionText:
		return len(q.Accept) > 0
	}
	return len(q.Options) > 1
}

func (s Session) check(at time.Time) error {
	f := errs.Fields{}
	if s.Course == "" {
		f.Add("course", "error.field.required", nil)
	}
	s.Title.check(f, "title", valid.TextTitle)
	for field, t := range map[string]time.Time{"starts": s.Starts, "ends": s.Ends} {
		if t.IsZero() || t.Year() < 2000 || t.Year() > 9000 {
			f.Add(field, "error.field.bad_date", nil)
		}
	}
	if !s.Ends.After(s.Starts) || s.Ends.Sub(s.Starts) > 60*24*time.Hour {
		f.Add("ends", "error.course.period", nil)
	}
	if s.Until.After(s.Starts) {
		f.Add("until", "error.course.until", nil)
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" || s.Zone == "Local" {
		f.Add("zone", "error.course.zone", nil)
	}
	if s.Language != "" {
		valid.Note(f, "language", valid.Locale(s.Language))
	}
	valid.Note(f, "place", valid.Text(s.Place, valid.TextTitle))
	if s.Link != "" {
		_, err := valid.SafeURL(s.Link)
		if u, bad := url.Parse(s.Link); err == nil && (bad != nil || u.Host == "") {
			err = ErrInvalid
		}
		valid.Note(f, "link", err)
	}
	checkNumber(f, "seats", s.Seats, 1, maxSeats)
	if s.Version == 1 && s.Begun(at) {
		f.Add("starts", "error.course.past", nil)
	}
	return f.Err()
}
