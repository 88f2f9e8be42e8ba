package site

import (
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/kb/courses"
)

// Quizzes are written as text, a line for each part:
//
//	? a question with one right answer      ?? one with several
//	+ a right answer                        - a wrong one
//	= an accepted text                      1. an entry to be put in order
//	! what is explained after answering
//
// In another language the same lines say the same in the same places.

// quizText returns a quiz as it is written in a language.
func quizText(q courses.Quiz, locale string) string {
	var b strings.Builder
	line := func(mark, text string) { b.WriteString(mark + " " + text + "\n") }
	for i, question := range q.Questions {
		if i > 0 {
			b.WriteString("\n")
		}
		mark := "?"
		if question.Kind == courses.QuestionMultiple {
			mark = "??"
		}
		line(mark, question.Prompt[locale])
		for _, o := range question.Options {
			switch {
			case question.Kind == courses.QuestionOrder:
				line("1.", o.Text[locale])
			case o.Right:
				line("+", o.Text[locale])
			default:
				line("-", o.Text[locale])
			}
		}
		for _, text := range question.Accept {
			line("=", text)
		}
		if text := question.Explain[locale]; text != "" {
			line("!", text)
		}
	}
	return b.String()
}

// parseQuiz reads what quizText writes. Parts keep what they had in the same place
// before: their IDs and their texts in other languages.
func parseQuiz(text, locale string, old courses.Quiz) (courses.Quiz, error) {
	q := old
	q.Questions = nil
	for line := range strings.SplitSeq(valid.Newlines(text), "\n") {
		mark, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest = strings.TrimSpace(rest)
		if mark == "" {
			continue
		}
		if mark == "?" || mark == "??" {
			q.Questions = append(q.Questions, askedBefore(old, len(q.Questions), mark == "??", rest, locale))
			continue
		}
		if len(q.Questions) == 0 || !addLine(&q.Questions[len(q.Questions)-1], mark, rest, locale, old, len(q.Questions)-1) {
			return q, errs.Field("quiz", "teach.quiz_line", map[string]any{"line": strings.TrimSpace(line)})
		}
	}
	return q, nil
}

func askedBefore(old courses.Quiz, at int, several bool, prompt, locale string) courses.Question {
	kind := courses.QuestionSingle
	if several {
		kind = courses.QuestionMultiple
	}
	q := courses.Question{Kind: kind, Prompt: courses.Words{}, Explain: courses.Words{}}
	if at < len(old.Questions) {
		was := old.Questions[at]
		q.ID, q.Points = was.ID, was.Points
		q.Prompt, q.Explain = without(was.Prompt, locale), without(was.Explain, locale)
	}
	q.Prompt[locale] = prompt
	return q
}

// without returns a copy of words, but for one language.
func without(w courses.Words, locale string) courses.Words {
	out := courses.Words{}
	for tag, text := range w {
		if tag != locale {
			out[tag] = text
		}
	}
	return out
}

func addLine(q *courses.Question, mark, text, locale string, old courses.Quiz, at int) bool {
	switch mark {
	case "!":
		q.Explain[locale] = text
		return true
	case "=":
		q.Kind = courses.QuestionText
		q.Accept = append(q.Accept, text)
		return true
	case "1.":
		q.Kind = courses.QuestionOrder
	case "+", "-":
	default:
		return false
	}
	o := courses.Option{Text: courses.Words{}, Right: mark == "+"}
	if n := len(q.Options); at < len(old.Questions) && n < len(old.Questions[at].Options) {
		was := old.Questions[at].Options[n]
		o.ID, o.Text = was.ID, without(was.Text, locale)
	}
	o.Text[locale] = text
	q.Options = append(q.Options, o)
	return true
}
