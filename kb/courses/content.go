package courses

import (
	"maps"
	"slices"
	"time"
)

// A Revision is the content of a course as somebody saved it. It never changes.
type Revision struct {
	Course string    `json:"course"`
	Number int       `json:"number"` // from 1
	Author string    `json:"author"` // person who saved it
	Note   string    `json:"note"`   // why
	At     time.Time `json:"at"`
	Leads  []Lead    `json:"leads,omitempty"` // what its texts lead to, lessons that are articles apart
	Content
}

// Content is what is taught.
type Content struct {
	Title   Words    `json:"title"`
	Summary Words    `json:"summary,omitempty"`
	About   Words    `json:"about,omitempty"` // Markdown, for those who think of enrolling
	Modules []Module `json:"modules,omitempty"`
}

// A Module is some lessons under a title.
type Module struct {
	ID      string   `json:"id,omitempty"` // empty in a new one
	Title   Words    `json:"title"`
	Lessons []Lesson `json:"lessons,omitempty"`
}

// A LessonKind is how a lesson is taken.
type LessonKind string

// The kinds of lessons.
const (
	LessonText    LessonKind = "text"    // Body is read
	LessonArticle LessonKind = "article" // an article of the library is read
	LessonQuiz    LessonKind = "quiz"    // finished by passing
	LessonSession LessonKind = "session" // finished by attending a [Session]
)

// LessonKinds returns all kinds.
func LessonKinds() []LessonKind {
	return []LessonKind{LessonText, LessonArticle, LessonQuiz, LessonSession}
}

// A Lesson is one step of a course.
type Lesson struct {
	ID      string     `json:"id,omitempty"` // empty in a new one; the same in all revisions that have it
	Kind    LessonKind `json:"kind"`
	Title   Words      `json:"title"`
	Body    Words      `json:"body,omitempty"`    // Markdown; before the questions of a quiz
	Article string     `json:"article,omitempty"` // ID, of LessonArticle
	Minutes int        `json:"minutes,omitempty"` // how long it takes
	Quiz    Quiz       `json:"quiz,omitzero"`     // of LessonQuiz
}

// A Quiz is questions with a mark to reach.
type Quiz struct {
	Questions []Question `json:"questions,omitempty"`
	Pass      int        `json:"pass,omitempty"`     // percent of the points; 0 means 60
	Attempts  int        `json:"attempts,omitempty"` // how often it may be tried; 0 means MaxAttempts
	Shuffle   bool       `json:"shuffle,omitempty"`  // questions and choices come in another order each time
}

// MaxAttempts is how often a quiz may be tried if it does not say, and at most.
const MaxAttempts = 50

// Mark returns the percentage that passes.
func (q Quiz) Mark() int {
	if q.Pass == 0 {
		return 60
	}
	return q.Pass
}

// Tries returns how many attempts there are.
func (q Quiz) Tries() int {
	if q.Attempts == 0 {
		return MaxAttempts
	}
	return q.Attempts
}

// A QuestionKind is how a question is answered.
type QuestionKind string

// The kinds of questions.
const (
	QuestionSingle   QuestionKind = "single"   // one of the options
	QuestionMultiple QuestionKind = "multiple" // all right options and no other
	QuestionText     QuestionKind = "text"     // one of the accepted texts
	QuestionOrder    QuestionKind = "order"    // all options in their order
)

// QuestionKinds returns all kinds.
func QuestionKinds() []QuestionKind {
	return []QuestionKind{QuestionSingle, QuestionMultiple, QuestionText, QuestionOrder}
}

// A Question is one of a quiz.
type Question struct {
	ID      string       `json:"id,omitempty"` // empty in a new one
	Kind    QuestionKind `json:"kind"`
	Prompt  Words        `json:"prompt,omitempty"`
	Options []Option     `json:"options,omitempty"` // of QuestionOrder in the right order
	Accept  []string     `json:"accept,omitempty"`  // of QuestionText; case, width and spaces do not count
	Explain Words        `json:"explain,omitempty"` // shown after answering
	Points  int          `json:"points,omitempty"`  // 0 means 1
}

// Worth returns the points of a right answer.
func (q Question) Worth() int { return max(1, q.Points) }

// An Option is one of several answers.
type Option struct {
	ID    string `json:"id,omitempty"` // empty in a new one
	Text  Words  `json:"text,omitempty"`
	Right bool   `json:"right,omitempty"`
}

// Each ranges over all lessons in their order.
func (c Content) Each(yield func(Module, Lesson) bool) {
	for _, m := range c.Modules {
		for _, l := range m.Lessons {
			if !yield(m, l) {
				return
			}
		}
	}
}

// Lesson returns the lesson with an ID.
func (c Content) Lesson(id string) (Lesson, bool) {
	for _, l := range c.Each {
		if l.ID == id {
			return l, true
		}
	}
	return Lesson{}, false
}

// Size returns how many lessons there are, and how many minutes they take.
func (c Content) Size() (lessons, minutes int) {
	for _, l := range c.Each {
		lessons++
		minutes += l.Minutes
	}
	return lessons, minutes
}

// Clone returns a copy that shares nothing with c.
func (c Content) Clone() Content {
	c.Title, c.Summary, c.About = maps.Clone(c.Title), maps.Clone(c.Summary), maps.Clone(c.About)
	c.Modules = slices.Clone(c.Modules)
	for i := range c.Modules {
		m := &c.Modules[i]
		m.Title, m.Lessons = maps.Clone(m.Title), slices.Clone(m.Lessons)
		for j := range m.Lessons {
			m.Lessons[j] = m.Lessons[j].clone()
		}
	}
	return c
}

func (l Lesson) clone() Lesson {
	l.Title, l.Body = maps.Clone(l.Title), maps.Clone(l.Body)
	l.Quiz.Questions = slices.Clone(l.Quiz.Questions)
	for i := range l.Quiz.Questions {
		q := &l.Quiz.Questions[i]
		q.Prompt, q.Explain, q.Accept, q.Options = maps.Clone(q.Prompt), maps.Clone(q.Explain), slices.Clone(q.Accept), slices.Clone(q.Options)
		for n := range q.Options {
			q.Options[n].Text = maps.Clone(q.Options[n].Text)
		}
	}
	return l
}

// Clone returns a copy that shares nothing with r.
func (r Revision) Clone() Revision {
	r.Content, r.Leads = r.Content.Clone(), slices.Clone(r.Leads)
	return r
}

// Texts returns every text in r.
func (r Revision) Texts() []string {
	out := append([]string{r.Course, r.Author, r.Note}, r.Title.texts(r.Summary, r.About)...)
	for _, lead := range r.Leads {
		out = append(out, lead.Lesson, lead.Article)
	}
	for _, m := range r.Modules {
		out = append(append(out, m.ID), m.Title.texts()...)
		for _, l := range m.Lessons {
			out = append(out, l.texts()...)
		}
	}
	return out
}

func (l Lesson) texts() []string {
	out := append([]string{l.ID, string(l.Kind), l.Article}, l.Title.texts(l.Body)...)
	for _, q := range l.Quiz.Questions {
		out = append(append(out, q.ID, string(q.Kind)), q.Accept...)
		out = append(out, q.Prompt.texts(q.Explain)...)
		for _, o := range q.Options {
			out = append(append(out, o.ID), o.Text.texts()...)
		}
	}
	return out
}
