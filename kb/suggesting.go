package kb

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// A Suggestion is how somebody would have an article mended: what is wrong with
// a passage, or what should stand in its place.
type Suggestion struct {
	Article  string
	Locale   string // language they read it in
	Quote    string // the words that it is about, as they stand on the page
	Proposal string // what should stand there; empty if they do not say
	Reason   Reason // what is wrong with them, or empty
	Comment  string
	Tell     bool   // tell them when it is mended, if they have signed in
	Key      string // idempotency key
}

// MaxQuote is how long a quote and a proposal may be, in characters.
const MaxQuote = 8000

// Suggest keeps how somebody would have an article mended that they may read. It
// joins what readers said, for those who write; the article does not change. The
// same suggestion again with the same key is kept once, as by [Library.Rate].
func (l *Library) Suggest(ctx context.Context, by profile.Actor, s Suggestion) (Feedback, error) {
	f, err := l.suggest(ctx, by, s)
	if err != nil {
		return Feedback{}, fmt.Errorf("suggest for article %s: %w", s.Article, err)
	}
	return f, nil
}

func (l *Library) suggest(ctx context.Context, by profile.Actor, s Suggestion) (Feedback, error) {
	a, _, err := l.visible(ctx, by, s.Article)
	if err != nil {
		return Feedback{}, err
	}
	s.Quote, s.Proposal, s.Comment = plainLines(s.Quote), plainLines(s.Proposal), plainLines(s.Comment)
	if err := s.check(); err != nil {
		return Feedback{}, err
	}
	if err := l.checkQuote(ctx, by, s); err != nil {
		return Feedback{}, err
	}
	if by.Anonymous() && !l.unnamed.admit(a.ID, l.clock()) {
		return Feedback{}, ErrTooMany
	}
	f := l.feedback(ctx, by, a, Opinion{Article: s.Article, Locale: s.Locale, Reason: s.Reason, Comment: s.Comment})
	f.ID, f.Kind, f.Input = feedbackID(ctx, by, "kb.suggest", s.Key), FeedbackFlag, idem.Hash(s)
	f.Quote, f.Proposal, f.Tell = s.Quote, s.Proposal, s.Tell && !by.Anonymous()
	if f.Proposal != "" {
		f.Kind = FeedbackEdit
	}
	return l.say(ctx, by, f.opened(), analytics.Event{Name: "article.suggested", Props: map[string]string{"kind": string(f.Kind)}})
}

// plainLines returns a text as forms and programs alike send it.
func plainLines(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

func (s Suggestion) check() error {
	f := errs.Fields{}
	if s.Quote == "" && s.Proposal != "" || s.Quote == "" && s.Comment == "" {
		f.Add("quote", "error.field.required", nil)
	}
	if s.Quote != "" && s.Proposal == "" && s.Comment == "" && s.Reason == "" {
		f.Add("comment", "error.field.required", nil)
	}
	if s.Quote != "" && s.Quote == s.Proposal {
		f.Add("proposal", "error.suggestion.same", nil)
	}
	checkProse(f, "quote", s.Quote, MaxQuote)
	checkProse(f, "proposal", s.Proposal, MaxQuote)
	checkProse(f, "comment", s.Comment, MaxComment)
	checkReason(f, s.Reason)
	if err := f.Err(); err != nil || s.Key == "" {
		return err
	}
	return idem.CheckKey(s.Key)
}

func checkProse(f errs.Fields, field, text string, most int) {
	if utf8.RuneCountInString(text) > most {
		f.Add(field, "error.field.too_long", map[string]any{"max": most})
	}
	if !clean(text) {
		f.Add(field, "error.field.characters", nil)
	}
}

// checkQuote checks that what s is about stands in the article as by reads it.
// Spaces, punctuation and capitals do not count: browsers copy them in different
// ways.
func (l *Library) checkQuote(ctx context.Context, by profile.Actor, s Suggestion) error {
	wanted := letters(s.Quote)
	if s.Quote == "" {
		return nil
	}
	p, err := l.cachedPage(ctx, by, s.Article, s.Locale)
	if err != nil {
		return err
	}
	shown := []string{p.Title, p.Summary, wordsIn(string(p.Text.HTML))}
	for _, f := range p.Fields {
		shown = append(shown, f)
	}
	for _, f := range p.Films {
		shown = append(shown, wordsIn(string(f.Transcript(""))))
	}
	if wanted == "" || !strings.Contains(letters(strings.Join(shown, " ")), wanted) {
		return errs.Field("quote", "error.suggestion.elsewhere", nil)
	}
	return nil
}

// letters returns the letters and digits of a text, all of them small.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFC.String(text))
}

// wordsIn returns the words of a piece of a page.
func wordsIn(page string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(page)); z.Next() != html.ErrorToken; {
		if t := z.Token(); t.Type == html.TextToken {
			b.WriteString(t.Data)
		}
	}
	return b.String()
}
