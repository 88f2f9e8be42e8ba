package kb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A Conversation is what was said in a case or a thread, as the capability that
// keeps it hands it over.
type Conversation struct {
	Source Source   // where it is kept
	Title  string   // what it is about
	Locale string   // language of it; empty means the default one
	Kind   Kind     // type of the article to be made; empty means troubleshooting
	People []string // names of those who take part, which are taken out
	Turns  []Turn
}

// A Turn is what somebody said in a conversation.
type Turn struct {
	Role     TurnRole
	Text     string
	At       time.Time
	Accepted bool // it is the answer that helped
}

// A TurnRole says who speaks.
type TurnRole string

// The roles.
const (
	TurnAsker  TurnRole = "asker"  // has the problem
	TurnHelper TurnRole = "helper" // answers
)

// MaxTurns is how many turns of a conversation are read, and MaxConversation how
// long they may be together, in bytes.
const (
	MaxTurns        = 500
	MaxConversation = 256 << 10
)

// A Drafted is what [Library.DraftFrom] made of a conversation. Nothing of it is
// kept.
type Drafted struct {
	Draft    Draft
	Source   Source
	Turns    []RedactedTurn // the conversation, for whoever checks the draft
	Redacted []Redaction    // all that was taken out, each original once
}

// A RedactedTurn is a turn without personal data.
type RedactedTurn struct {
	Turn
	Redacted []Redaction
}

// DraftFrom makes a draft of a conversation, by the template of its type: what
// was asked first is the symptom, the accepted answer or else the last one is the
// fix. Personal data are taken out, by [Options.Redactor] and the names of those
// who take part. Somebody has to read it before it is kept, see [Library.CreateFrom].
func (l *Library) DraftFrom(_ context.Context, by profile.Actor, c Conversation) (Drafted, error) {
	if !l.MayCreate(by) {
		return Drafted{}, fmt.Errorf("draft from conversation: %w", ErrForbidden)
	}
	if c.Kind == "" {
		c.Kind = KindTroubleshooting
	}
	if c.Locale = canonical(c.Locale); c.Locale == "" {
		c.Locale = l.locales[0]
	}
	if err := l.checkConversation(c); err != nil {
		return Drafted{}, fmt.Errorf("draft from conversation: %w", err)
	}
	r := l.redactor.Naming(c.People...)
	d := Drafted{Source: c.Source, Draft: Draft{Locale: c.Locale, Meta: Meta{Kind: c.Kind, Owner: by.ID}}}
	seen := map[string]bool{}
	note := func(list []Redaction) {
		for _, one := range list {
			if !seen[one.Original] {
				seen[one.Original] = true
				d.Redacted = append(d.Redacted, one)
			}
		}
	}
	title, taken := r.Redact(plainLines(c.Title))
	note(taken)
	for _, t := range c.Turns {
		t.Text, taken = r.Redact(plainLines(t.Text))
		note(taken)
		d.Turns = append(d.Turns, RedactedTurn{t, taken})
	}
	d.Draft.Title = shorten(strings.Join(strings.Fields(title), " "), MaxTitle)
	d.Draft.Body = l.Type(c.Kind).bodyFrom(c.Locale, question(d.Turns), answer(d.Turns))
	return d, nil
}

func (l *Library) checkConversation(c Conversation) error {
	f := errs.Fields{}
	size := 0
	for _, t := range c.Turns {
		size += len(t.Text)
		if !clean(t.Text) {
			f.Add("turns", "error.field.characters", nil)
		}
		if t.Role != TurnAsker && t.Role != TurnHelper {
			f.Add("turns", "error.field.invalid", nil)
		}
	}
	switch {
	case len(c.Turns) == 0:
		f.Add("turns", "error.field.required", nil)
	case len(c.Turns) > MaxTurns:
		f.Add("turns", "error.field.too_many", map[string]any{"max": MaxTurns})
	case size > MaxConversation:
		f.Add("turns", "error.field.too_long", map[string]any{"max": MaxConversation})
	}
	if !slices.Contains(l.kinds(), c.Kind) {
		f.Add("kind", "error.field.choice", map[string]any{"choices": listed(l.kinds())})
	}
	text(f, "title", c.Title, 0, MaxTitle*4)
	checkLocale(f, "locale", c.Locale)
	c.Source.check(f)
	return f.Err()
}

func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// question returns what was asked first, all turns until somebody answered.
func question(turns []RedactedTurn) string {
	var out []string
	for _, t := range turns {
		if t.Role != TurnAsker {
			if len(out) > 0 {
				break
			}
			continue
		}
		out = append(out, t.Text)
	}
	return strings.Join(out, "\n\n")
}

// answer returns what helped: what was accepted, or else what was answered last.
func answer(turns []RedactedTurn) string {
	last := ""
	for _, t := range turns {
		if t.Accepted {
			return t.Text
		}
		if t.Role == TurnHelper {
			last = t.Text
		}
	}
	return last
}

// The keys of sections that a conversation fills, in types that have them.
var (
	askSections    = []string{"symptom", "question", "problem", "summary"}
	answerSections = []string{"fix", "solution", "answer", "steps"}
)

// bodyFrom returns a text of the type with what was asked and what helped where
// it belongs, and without headings where the type knows none.
func (t Type) bodyFrom(locale, asked, helped string) string {
	var b strings.Builder
	put := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			b.WriteString(text + "\n\n")
		}
	}
	left := []string{asked, helped}
	for _, s := range t.Sections {
		fill := ""
		for i, keys := range [][]string{askSections, answerSections} {
			for _, key := range keys {
				if s.Key == key && left[i] != "" {
					fill, left[i] = left[i], ""
				}
			}
		}
		if fill == "" && !s.Required {
			continue
		}
		b.WriteString("## " + s.Names.In(locale) + "\n\n")
		if put(escapeMarks(fill)); fill == "" {
			put(s.Start)
		}
	}
	if t.Kind != KindFAQ { // whose title asks
		put(escapeMarks(left[0]))
	}
	put(escapeMarks(left[1]))
	return strings.TrimSpace(b.String()) + "\n"
}

// escapeMarks keeps what people typed from being read as the structure of a text:
// headings, parts for some readers, and blocks.
func escapeMarks(text string) string {
	for strings.Contains(text, ":::") {
		text = strings.ReplaceAll(text, ":::", "::")
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		trimmed := strings.TrimLeft(line, " \t")
		if strings.HasPrefix(trimmed, "#") {
			lines[i] = `\` + trimmed
		}
	}
	return strings.Join(lines, "\n")
}
