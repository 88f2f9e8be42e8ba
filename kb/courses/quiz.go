package courses

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// A QuizPage is how a quiz stands for somebody.
type QuizPage struct {
	Questions int
	Mark      int // percent that passes
	Tries     int // attempts in all
	Left      int // attempts that can still be begun
	Passed    bool
	Best      int      // percent of the best attempt
	Sheet     *Sheet   // the open attempt; nil if there is none
	Results   []Result // of ended attempts, the last one first
}

// A Sheet is an attempt that waits to be answered. It holds no answers.
type Sheet struct {
	Attempt   int
	BegunAt   time.Time
	Questions []Asked
}

// Asked is a question as it is put.
type Asked struct {
	ID      string
	Kind    QuestionKind
	Prompt  Said
	Choices []Choice // none for a text
	Points  int
}

// A Choice is one of several answers, by its place in the attempt's own order.
type Choice struct {
	Value string // "1", "2", ...
	Text  Said
}

// A Result is what became of an attempt.
type Result struct {
	Attempt int
	EndedAt time.Time
	Points  int
	Of      int
	Percent int
	Passed  bool
	Answers []Answered
}

// Answered is a question with what was given.
type Answered struct {
	Prompt  Said
	Given   []Said
	Good    bool
	Right   []Said // nil while the quiz can still be tried
	Explain Said
}

// arranged is a question in the order of one attempt.
type arranged struct {
	Question
	shown []Option // in the order in which they are put
}

// arrange puts a quiz into the order of an attempt: the same each time. Options to
// be put in order never come in the right one.
func (q Quiz) arrange(enrolment string, a Attempt) []arranged {
	out := make([]arranged, len(q.Questions))
	for i, question := range q.Questions {
		out[i] = arranged{question, slices.Clone(question.Options)}
		if !q.Shuffle && question.Kind != QuestionOrder {
			continue
		}
		shuffle(out[i].shown, enrolment, a.Lesson, strconv.Itoa(a.Number), question.ID)
		if question.Kind == QuestionOrder && inOrder(question.Options, out[i].shown) {
			out[i].shown = append(out[i].shown[1:], out[i].shown[0])
		}
	}
	if q.Shuffle {
		shuffle(out, enrolment, a.Lesson, strconv.Itoa(a.Number))
	}
	return out
}

func inOrder(a, b []Option) bool {
	return slices.EqualFunc(a, b, func(a, b Option) bool { return a.ID == b.ID })
}

// shuffle puts a list into an order that only the seed decides.
func shuffle[T any](list []T, seed ...string) {
	sum := sha256.Sum256([]byte(strings.Join(seed, "|")))
	r := rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])))
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

func (s *School) quizPage(ctx context.Context, p Page, l Lesson, source string) (QuizPage, error) {
	out := QuizPage{Questions: len(l.Quiz.Questions), Mark: l.Quiz.Mark(), Tries: l.Quiz.Tries()}
	done := p.Mine.attempts(l.ID)
	out.Left = max(0, out.Tries-len(done))
	for _, a := range done {
		out.Passed = out.Passed || a.Passed
		out.Best = max(out.Best, a.Percent())
	}
	for _, a := range slices.Backward(done) {
		quiz, err := s.quizOf(ctx, p.ID, a)
		if err != nil {
			return QuizPage{}, err
		}
		order := quiz.arrange(p.Mine.ID, a)
		if a.Open() {
			out.Sheet = &Sheet{Attempt: a.Number, BegunAt: a.BegunAt, Questions: put(order, p.Locale, source)}
			continue
		}
		out.Results = append(out.Results, result(order, a, p.Locale, source, out.Passed || out.Left == 0 && out.Sheet == nil))
	}
	return out, nil
}

// quizOf returns the quiz that an attempt is at, as it was then.
func (s *School) quizOf(ctx context.Context, course string, a Attempt) (Quiz, error) {
	content, err := s.content(ctx, course, a.Revision)
	if err != nil {
		return Quiz{}, err
	}
	l, ok := content.Lesson(a.Lesson)
	if !ok {
		return Quiz{}, ErrNotFound
	}
	return l.Quiz, nil
}

func put(order []arranged, in, source string) []Asked {
	out := make([]Asked, len(order))
	for i, q := range order {
		out[i] = Asked{ID: q.ID, Kind: q.Kind, Prompt: q.Prompt.In(in, source), Points: q.Worth()}
		for n, o := range q.shown {
			out[i].Choices = append(out[i].Choices, Choice{strconv.Itoa(n + 1), o.Text.In(in, source)})
		}
	}
	return out
}

func result(order []arranged, a Attempt, in, source string, tell bool) Result {
	out := Result{Attempt: a.Number, EndedAt: a.EndedAt, Points: a.Points, Of: a.Of, Percent: a.Percent(), Passed: a.Passed}
	for _, q := range order {
		one := Answered{Prompt: q.Prompt.In(in, source), Good: q.good(a.Given[q.ID]), Explain: q.Explain.In(in, source)}
		for _, given := range a.Given[q.ID] {
			one.Given = append(one.Given, q.word(given, in, source))
		}
		if tell {
			for _, right := range q.right() {
				one.Right = append(one.Right, q.word(right, in, source))
			}
		}
		out.Answers = append(out.Answers, one)
	}
	return out
}

// word returns what an answer is in words.
func (q Question) word(answer, in, source string) Said {
	for _, o := range q.Options {
		if o.ID == answer {
			return o.Text.In(in, source)
		}
	}
	return Said{Text: answer, Locale: in}
}

// right returns the right answer as it is kept.
func (q Question) right() (out []string) {
	if q.Kind == QuestionText {
		return q.Accept[:min(1, len(q.Accept))]
	}
	for _, o := range q.Options {
		if o.Right || q.Kind == QuestionOrder {
			out = append(out, o.ID)
		}
	}
	return out
}

// good reports whether an answer is right.
func (q Question) good(given []string) bool {
	switch q.Kind {
	case QuestionText:
		return len(given) == 1 && slices.ContainsFunc(q.Accept, func(text string) bool { return plain(text) == plain(given[0]) })
	case QuestionOrder:
		return slices.Equal(given, q.right())
	}
	return slices.Equal(slices.Sorted(slices.Values(given)), slices.Sorted(slices.Values(q.right())))
}

// plain is a text as answers are compared: without case, width, spaces around it
// and more than one between words.
func plain(text string) string {
	return strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(text))), " ")
}

// Begin begins an attempt at a quiz, or returns the one that is open: there is one
// at a time, whichever tab it was begun in. When none is left it is ErrTooMany.
func (s *School) Begin(ctx context.Context, by profile.Actor, course, lesson string) (Attempt, error) {
	if err := s.atQuiz(ctx, by, course, lesson); err != nil {
		return Attempt{}, wrap(err, "quiz", lesson)
	}
	var out Attempt
	_, err := s.change(ctx, by, course, by.ID, func(e *Enrolment, did *steps) error {
		content, err := s.learnt(ctx, *e, course)
		if err != nil {
			return err
		}
		l, ok := content.Lesson(lesson)
		if !ok {
			return ErrNotFound
		}
		before := e.attempts(lesson)
		for _, a := range before {
			if out = a; a.Open() {
				return errNothing
			}
		}
		if len(before) >= l.Quiz.Tries() {
			return say(ErrTooMany, "attempts")
		}
		out = Attempt{Lesson: lesson, Number: len(before) + 1, Revision: e.Revision, BegunAt: s.clock()}
		e.Attempts = append(e.Attempts, out)
		did.add("quiz.begun", "lesson/"+lesson, "course", course, "attempt", strconv.Itoa(out.Number))
		return nil
	})
	if err != nil {
		return Attempt{}, wrap(err, "quiz", lesson)
	}
	return out, nil
}

// atQuiz reports why the actor cannot take a quiz.
func (s *School) atQuiz(ctx context.Context, by profile.Actor, course, lesson string) error {
	if !learns(by) {
		return ErrForbidden
	}
	_, l, err := s.lesson(ctx, by, course, lesson, by.Locale)
	if err == nil && l.Kind != LessonQuiz {
		err = ErrNotFound
	}
	return err
}

// Answer ends an attempt with answers, by question: values of choices, in their
// order for QuestionOrder, or the text. A question without an answer is an error
// at the field "q.ID", and the attempt stays open. Of answers sent twice the
// first count.
func (s *School) Answer(ctx context.Context, by profile.Actor, course, lesson string, attempt int, values map[string][]string) (Attempt, error) {
	if err := s.atQuiz(ctx, by, course, lesson); err != nil {
		return Attempt{}, wrap(err, "quiz", lesson)
	}
	var out Attempt
	_, err := s.change(ctx, by, course, by.ID, func(e *Enrolment, did *steps) error {
		i := slices.IndexFunc(e.Attempts, func(a Attempt) bool { return a.Lesson == lesson && a.Number == attempt })
		if i < 0 {
			return ErrNotFound
		}
		if out = e.Attempts[i]; !out.Open() {
			return errNothing
		}
		quiz, err := s.quizOf(ctx, course, out)
		if err != nil {
			return err
		}
		if err := out.grade(quiz, e.ID, values, s.clock()); err != nil {
			return err
		}
		e.Attempts[i] = out
		name := "quiz.failed"
		if out.Passed {
			name = "quiz.passed"
		}
		did.add(name, "lesson/"+lesson, "course", course, "attempt", strconv.Itoa(attempt), "percent", strconv.Itoa(out.Percent()))
		if _, done := e.Finished[lesson]; out.Passed && !done {
			return s.finish(ctx, e, did, lesson)
		}
		return nil
	})
	if err != nil {
		return Attempt{}, wrap(err, "quiz", lesson)
	}
	return out, nil
}

// grade ends a with what was answered.
func (a *Attempt) grade(quiz Quiz, enrolment string, values map[string][]string, at time.Time) error {
	f := errs.Fields{}
	a.Given, a.Points, a.Of = map[string][]string{}, 0, 0
	for _, q := range quiz.arrange(enrolment, *a) {
		given, ok := q.read(values[q.ID])
		if !ok {
			f.Add("q."+q.ID, "error.course.answer_"+string(q.Kind), nil)
			continue
		}
		a.Given[q.ID] = given
		a.Of += q.Worth()
		if q.good(given) {
			a.Points += q.Worth()
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	a.EndedAt, a.Passed = at, a.Percent() >= quiz.Mark()
	return nil
}

// read turns the values of a form into an answer as it is kept, and reports
// whether it is one at all.
func (q arranged) read(values []string) (given []string, ok bool) {
	if q.Kind == QuestionText {
		if len(values) != 1 || strings.TrimSpace(values[0]) == "" || valid.Text(values[0], valid.TextTitle) != nil {
			return nil, false
		}
		return []string{strings.TrimSpace(values[0])}, true
	}
	for _, v := range values {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > len(q.shown) || strconv.Itoa(n) != v {
			return nil, false
		}
		id := q.shown[n-1].ID
		if slices.Contains(given, id) {
			return nil, false
		}
		given = append(given, id)
	}
	switch q.Kind {
	case QuestionSingle:
		return given, len(given) == 1
	case QuestionOrder:
		return given, len(given) == len(q.shown)
	}
	return given, len(given) > 0
}

func checkName(f errs.Fields, name string) { valid.Note(f, "name", valid.Text(name, valid.TextName)) }

// String names the attempt, for logs.
func (a Attempt) String() string { return fmt.Sprintf("%s#%d", a.Lesson, a.Number) }
