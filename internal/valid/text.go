package valid

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

// A TextKind names a kind of text field; all limits on text are in one table.
type TextKind string

// The kinds of text. Those marked as lines may hold line breaks and tabs.
const (
	TextID       TextKind = "id"       // a record's or a foreign system's id
	TextKey      TextKind = "key"      // a machine name: a field, a setting
	TextLocale   TextKind = "locale"   // a language tag
	TextTag      TextKind = "tag"      // a label put on something
	TextName     TextKind = "name"     // of a person, an account, a category
	TextSlug     TextKind = "slug"     // the readable part of an address
	TextTitle    TextKind = "title"    // of an article, a topic, a course
	TextSubject  TextKind = "subject"  // of a case or a message
	TextQuery    TextKind = "query"    // what somebody searches for
	TextURL      TextKind = "url"      // a web address
	TextEmail    TextKind = "email"    // a mail address
	TextFilename TextKind = "filename" // of an attachment
	TextReason   TextKind = "reason"   // why somebody did something; lines
	TextSummary  TextKind = "summary"  // a paragraph; lines
	TextComment  TextKind = "comment"  // feedback, a review, a short reply; lines
	TextMessage  TextKind = "message"  // a case reply, a chat turn, a post; lines
	TextBody     TextKind = "body"     // an article; lines
)

// A textLimit bounds a kind of text in runes, which is what people count, and
// in bytes, which is what it costs.
type textLimit struct {
	runes, bytes int
	lines        bool
}

func limitOf(k TextKind) (textLimit, bool) {
	switch k {
	case TextID:
		return textLimit{128, 128, false}, true
	case TextKey:
		return textLimit{64, 64, false}, true
	case TextLocale:
		return textLimit{35, 35, false}, true
	case TextTag:
		return textLimit{50, 200, false}, true
	case TextName:
		return textLimit{120, 480, false}, true
	case TextSlug:
		return textLimit{120, 480, false}, true
	case TextTitle, TextSubject:
		return textLimit{200, 800, false}, true
	case TextQuery:
		return textLimit{256, 256, false}, true
	case TextURL:
		return textLimit{2000, 2000, false}, true
	case TextEmail:
		return textLimit{254, 254, false}, true
	case TextFilename:
		return textLimit{255, 255, false}, true
	}
	return limitOfLines(k)
}

func limitOfLines(k TextKind) (textLimit, bool) {
	switch k {
	case TextReason:
		return textLimit{1_000, 4_000, true}, true
	case TextSummary:
		return textLimit{1_000, 4_000, true}, true
	case TextComment:
		return textLimit{4_000, 16_000, true}, true
	case TextMessage:
		return textLimit{20_000, 80_000, true}, true
	case TextBody:
		return textLimit{200_000, 800_000, true}, true
	}
	return textLimit{}, false
}

// TextKinds returns every kind.
func TextKinds() []TextKind {
	return []TextKind{
		TextID, TextKey, TextLocale, TextTag, TextName, TextSlug, TextTitle, TextSubject, TextQuery,
		TextURL, TextEmail, TextFilename, TextReason, TextSummary, TextComment, TextMessage, TextBody,
	}
}

// MaxRunes returns the most runes that a text of the kind may have, 0 for a
// kind that does not exist.
func MaxRunes(kind string) int {
	l, _ := limitOf(TextKind(kind))
	return l.runes
}

// Text checks that s is valid UTF-8 within the limits of the kind and free of
// control characters: no NUL, and line breaks ("\n", see Newlines) and tabs
// only where the kind has lines. One-line kinds also refuse the characters
// that turn the direction of what stands around them. Empty text is fine;
// whether it is needed is another question. An unknown kind panics.
func Text(s string, kind TextKind) error {
	l, ok := limitOf(kind)
	if !ok {
		panic("valid: there is no kind of text named " + string(kind))
	}
	// Bytes first: nothing else is looked at in what is too long to look at.
	if len(s) > l.bytes || utf8.RuneCountInString(s) > l.runes {
		return say("too_long", map[string]any{"max": l.runes})
	}
	if !utf8.ValidString(s) {
		return say("encoding", nil)
	}
	if strings.ContainsFunc(s, l.forbids) {
		return say("characters", nil)
	}
	if kind == TextName && s != "" && !strings.ContainsFunc(s, visible) {
		return say("required", nil)
	}
	return nil
}

// visible reports whether a character can be seen. Those that only look like
// space belong to scripts, where they stand beside others.
func visible(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !strings.ContainsRune("\u115f\u1160\u2800\u3164\uffa0", r)
}

func (l textLimit) forbids(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return !l.lines
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return true
	case l.lines:
		return false
	}
	return r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e'
}

// Newlines returns s with every line break written as "\n". Browsers send
// "\r\n" from text areas, so forms call it before anything is checked.
func Newlines(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
}

// Note files the message of err under a field. A nil err notes nothing; an
// error that does not explain itself reads as "not valid".
func Note(f errs.Fields, field string, err error) {
	if err == nil {
		return
	}
	m := messageOf(err)
	f.Add(field, m.Key, m.Args)
}
