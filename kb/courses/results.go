package courses

import (
	"context"

	"github.com/stoa-go/stoa/profile"
)

// Results are what became of a course's learners, in numbers.
type Results struct {
	Title   Said
	States  map[State]int
	Lessons []LessonResult // of the live revision, in order
}

// A LessonResult is how many finished a lesson, and how its quiz went.
type LessonResult struct {
	ID       string
	Title    Said
	Kind     LessonKind
	Learners int // who are in the course, with any revision that has the lesson
	Finished int
	Quiz     *QuizResult // nil if it is none
}

// A QuizResult is how a quiz went.
type QuizResult struct {
	Attempts  int // ended ones
	Passed    int
	Scores    [10]int // attempts by percent: 0 to 9, 10 to 19, ... 90 to 100
	Questions []QuestionResult
}

// A QuestionResult is how a question was answered.
type QuestionResult struct {
	Prompt Said
	Asked  int
	Good   int
}

// Results counts what became of a course's learners. It takes
// [profile.PermissionCoursesTeach], and goes through all of them.
func (s *School) Results(ctx context.Context, by profile.Actor, course, locale string) (Results, error) {
	c, err := s.taught(ctx, by, course)
	if err != nil {
		return Results{}, wrap(err, "results of", course)
	}
	content, err := s.content(ctx, course, max(c.Live, 1))
	if err != nil {
		return Results{}, wrap(err, "results of", course)
	}
	in := s.pick(locale, content.Title.languages(c.Source))
	out := Results{Title: content.Title.In(in, c.Source), States: map[State]int{}}
	var lessons []Lesson
	for _, l := range content.Each {
		lessons = append(lessons, l)
		out.Lessons = append(out.Lessons, emptyResult(l, in, c.Source))
	}
	for e, err := range all(func(after string) ([]Enrolment, string, error) {
		return s.store.Enrolments(ctx, EnrolmentQuery{Course: course, After: after, Limit: maxLimit})
	}) {
		if err != nil {
			return Results{}, wrap(err, "results of", course)
		}
		out.States[e.State]++
		for i := range out.Lessons {
			out.Lessons[i].count(e, lessons[i])
		}
	}
	return out, nil
}

func emptyResult(l Lesson, in, source string) LessonResult {
	r := LessonResult{ID: l.ID, Title: l.Title.In(in, source), Kind: l.Kind}
	if l.Kind != LessonQuiz {
		return r
	}
	r.Quiz = &QuizResult{}
	for _, q := range l.Quiz.Questions {
		r.Quiz.Questions = append(r.Quiz.Questions, QuestionResult{Prompt: q.Prompt.In(in, source)})
	}
	return r
}

func (r *LessonResult) count(e Enrolment, l Lesson) {
	if e.State.In() {
		r.Learners++
	}
	if _, done := e.Finished[r.ID]; done {
		r.Finished++
	}
	if r.Quiz == nil {
		return
	}
	for _, a := range e.attempts(r.ID) {
		if !a.Open() {
			r.Quiz.count(a, l.Quiz)
		}
	}
}

func (r *QuizResult) count(a Attempt, quiz Quiz) {
	r.Attempts++
	if a.Passed {
		r.Passed++
	}
	r.Scores[min(9, a.Percent()/10)]++
	for i, q := range quiz.Questions {
		given, asked := a.Given[q.ID]
		if !asked {
			continue
		}
		r.Questions[i].Asked++
		if q.good(given) {
			r.Questions[i].Good++
		}
	}
}
