package site

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/kb/courses"
)

// A quizQuestion is a question of a quiz in the form of a lesson. The names of
// its inputs begin with its place: "q.0.prompt", "q.0.o.2.text".
type quizQuestion struct {
	At, Before, Number int // Number counts from 1
	ID                 string
	Kind               input
	Fixed              bool // its kind cannot be changed: its answers are no options
	Inputs             []input
	Options            []quizOption
	Ordered            bool // the options are in the right order
	Up, Down           bool
}

// A quizOption is one of the options of a question.
type quizOption struct {
	At       int
	ID       string
	Text     input
	Right    input
	Up, Down bool
}

// questionName and optionName name what the inputs of a question, and of one of
// its options, are sent as.
func questionName(at int) string { return "q." + strconv.Itoa(at) + "." }
func optionName(question, at int) string {
	return questionName(question) + "o." + strconv.Itoa(at) + "."
}

// quizButton is what a button says that does something with a part of a quiz.
func quizButton(do string, at ...int) string {
	for _, n := range at {
		do += "." + strconv.Itoa(n)
	}
	return do
}

// quizForm returns the questions of a quiz as a form has them in a language.
func quizForm(v *visit, quiz courses.Quiz, in string, faults map[string]string) []quizQuestion {
	out := make([]quizQuestion, len(quiz.Questions))
	for i, q := range quiz.Questions {
		name := questionName(i)
		one := quizQuestion{
			At: i, Before: max(0, i-1), Number: i + 1, ID: q.ID, Fixed: q.Kind == courses.QuestionText, Ordered: q.Kind == courses.QuestionOrder,
			Up: i > 0, Down: i < len(quiz.Questions)-1,
			Kind:   input{Name: name + "kind", Label: v.P.T("teach.question_kind"), Kind: "select", Value: string(q.Kind), Choices: questionKinds(v, q.Kind == courses.QuestionText)},
			Inputs: []input{{Name: name + "prompt", Label: v.P.T("teach.prompt"), Kind: "lines", Value: q.Prompt[in], Max: 500}},
		}
		if one.Fixed {
			one.Inputs = append(one.Inputs, input{Name: name + "accept", Label: v.P.T("teach.accept"), Hint: v.P.T("teach.accept_note"), Kind: "lines", Value: strings.Join(q.Accept, "\n")})
		}
		one.Inputs = append(one.Inputs,
			input{Name: name + "explain", Label: v.P.T("teach.explain"), Hint: v.P.T("teach.explain_note"), Kind: "lines", Value: q.Explain[in], Max: 500},
			input{Name: name + "points", Label: v.P.T("teach.points"), Kind: "select", Value: strconv.Itoa(q.Worth()), Choices: pointChoices(q.Worth())})
		note(faults, one.Inputs)
		for j, o := range q.Options {
			name := optionName(i, j)
			one.Options = append(one.Options, quizOption{
				At: j, ID: o.ID, Up: j > 0, Down: j < len(q.Options)-1,
				Text:  input{Name: name + "text", Label: v.P.T("teach.option", "n", j+1), Kind: "text", Value: o.Text[in], Max: 200, Error: faults[name+"text"]},
				Right: input{Name: name + "right", Label: v.P.T("teach.right"), Kind: "checkbox", Value: yes(o.Right)},
			})
		}
		out[i] = one
	}
	return out
}

// questionKinds are the kinds that a question can be changed to: between text and
// options there is no way.
func questionKinds(v *visit, text bool) (out []option) {
	for _, k := range courses.QuestionKinds() {
		if (k == courses.QuestionText) == text {
			out = append(out, option{string(k), v.P.T("teach.question_" + string(k))})
		}
	}
	return out
}

// mostPoints is how many points a question is offered. Programs may say more.
const mostPoints = 10

func pointChoices(has int) (out []option) {
	for n := range mostPoints {
		out = append(out, option{strconv.Itoa(n + 1), strconv.Itoa(n + 1)})
	}
	if has > mostPoints {
		out = append(out, option{strconv.Itoa(has), strconv.Itoa(has)})
	}
	return out
}

// typedQuiz reads the questions of a form. They keep, by their IDs, what they are
// called in other languages.
func typedQuiz(form url.Values, in string, old courses.Quiz) courses.Quiz {
	was := map[string]courses.Question{}
	for _, q := range old.Questions {
		was[q.ID] = q
	}
	old.Questions = nil
	for i := 0; form.Has(questionName(i) + "kind"); i++ {
		name := questionName(i)
		before := was[form.Get(name+"id")]
		delete(was, before.ID)
		q := courses.Question{
			ID: before.ID, Kind: courses.QuestionKind(form.Get(name + "kind")),
			Prompt: reworded(before.Prompt, in, form.Get(name+"prompt")), Explain: reworded(before.Explain, in, form.Get(name+"explain")),
		}
		q.Points, _ = strconv.Atoi(strings.TrimSpace(form.Get(name + "points")))
		for line := range strings.SplitSeq(valid.Newlines(form.Get(name+"accept")), "\n") {
			if line = strings.TrimSpace(line); line != "" {
				q.Accept = append(q.Accept, line)
			}
		}
		q.Options = typedOptions(form, in, i, before.Options)
		old.Questions = append(old.Questions, q)
	}
	return old
}

func typedOptions(form url.Values, in string, question int, old []courses.Option) (out []courses.Option) {
	was := map[string]courses.Option{}
	for _, o := range old {
		was[o.ID] = o
	}
	for i := 0; form.Has(optionName(question, i) + "text"); i++ {
		name := optionName(question, i)
		before := was[form.Get(name+"id")]
		delete(was, before.ID)
		out = append(out, courses.Option{ID: before.ID, Text: reworded(before.Text, in, form.Get(name+"text")), Right: form.Get(name+"right") == "yes"})
	}
	return out
}

// reworded returns words with another text in one language.
func reworded(w courses.Words, locale, text string) courses.Words {
	out := courses.Words{}
	for tag, text := range w {
		if tag != locale {
			out[tag] = text
		}
	}
	if text = strings.TrimSpace(valid.Newlines(text)); text != "" {
		out[locale] = text
	}
	return out
}

// emptyOptions is how many options a new question has, to be filled in.
const emptyOptions = 3

// pressed does with a quiz what a button in its form says, such as
// "option_remove.0.2".
func pressed(q *courses.Quiz, button string, form url.Values) error {
	do, at := places(button)
	if do == "question_add" {
		one := courses.Question{Kind: courses.QuestionKind(form.Get("new_kind"))}
		if one.Kind != courses.QuestionText {
			one.Options = make([]courses.Option, emptyOptions)
		}
		q.Questions = append(q.Questions, one)
		return nil
	}
	if quizButton(do, at...) != button || len(at) == 0 || at[0] >= len(q.Questions) {
		return errs.Invalid
	}
	list, i := &q.Questions[at[0]].Options, at[len(at)-1]
	switch do {
	case "question_up", "question_down", "question_remove":
		return shifted(&q.Questions, strings.TrimPrefix(do, "question_"), i)
	case "option_add":
		*list = append(*list, courses.Option{})
		return nil
	case "option_up", "option_down", "option_remove":
		return shifted(list, strings.TrimPrefix(do, "option_"), i)
	}
	return errs.Invalid
}

// places splits what a button says into what to do and with which part.
func places(button string) (do string, at []int) {
	do, rest, _ := strings.Cut(button, ".")
	for part := range strings.SplitSeq(rest, ".") {
		if n, err := strconv.Atoi(part); err == nil && n >= 0 {
			at = append(at, n)
		}
	}
	return do, at
}

// shifted moves an entry of a list, or removes it.
func shifted[T any](list *[]T, where string, i int) error {
	l := *list
	switch {
	case i >= len(l):
		return errs.Invalid
	case where == "remove":
		*list = slices.Delete(l, i, i+1)
	case where == "up" && i > 0:
		l[i-1], l[i] = l[i], l[i-1]
	case where == "down" && i < len(l)-1:
		l[i+1], l[i] = l[i], l[i+1]
	}
	return nil
}

// filledIn leaves out what nobody has filled in.
func filledIn(q *courses.Quiz) {
	for i := range q.Questions {
		one := &q.Questions[i]
		one.Options = slices.DeleteFunc(one.Options, func(o courses.Option) bool { return len(o.Text) == 0 })
	}
	q.Questions = slices.DeleteFunc(q.Questions, func(q courses.Question) bool {
		return len(q.Prompt) == 0 && len(q.Options) == 0 && len(q.Accept) == 0
	})
}

// questionField names the field of a question as the form of its lesson does:
// "quiz.questions[0].options[2].text.en" is "q.0.o.2.text".
func questionField(name string) string {
	parts := strings.FieldsFunc(strings.TrimPrefix(name, "quiz.questions"), func(r rune) bool { return strings.ContainsRune("[].", r) })
	switch {
	case len(parts) >= 4 && parts[1] == "options":
		return "q." + parts[0] + ".o." + parts[2] + "." + parts[3]
	case len(parts) >= 2:
		return "q." + parts[0] + "." + parts[1]
	}
	return name
}
