package profile

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
)

// NoticeTexts returns the English texts of a Notifier by their keys, for
// catalogues.
func NoticeTexts() map[string]string {
	return map[string]string{
		"notice.why":             "You get this because you follow it or it is about you.",
		"notice.open":            "Open",
		"notice.settings":        "Choose what we write to you about",
		"notice.unsubscribe":     "Stop these messages",
		"notice.digest.daily":    "Your daily summary ({n})",
		"notice.digest.weekly":   "Your weekly summary ({n})",
		"notice.stop.title":      "Stop these messages?",
		"notice.stop.one":        "You will get no more messages of this kind by this way.",
		"notice.stop.all":        "You will get no more messages by this way, except about your security.",
		"notice.stop.button":     "Stop them",
		"notice.stop.done.title": "Done",
		"notice.stop.done":       "You will get no more of these messages. You can change that among your preferences.",
		"notice.stop.bad.title":  "This link is not valid",
		"notice.stop.bad":        "It may have been cut off. You can choose what we write to you about among your preferences.",
	}
}

// text returns a text in a language. Without a catalogue it is English, and for
// keys of others what the notice is about.
func (n *Notifier) text(locale, key string, args map[string]any) string {
	if n.opts.Text != nil {
		return n.opts.Text(locale, key, args)
	}
	text := cmp.Or(NoticeTexts()[key], "{title}")
	for name, value := range args {
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(value))
	}
	return text
}

func (t NoticeText) args(note Notice) map[string]any {
	args := map[string]any{}
	for key, value := range note.Data {
		args[key] = value
	}
	for key, value := range t.Args {
		args[key] = value
	}
	args["title"], args["body"] = t.Title, t.Body
	return args
}

// How long the parts of a message are at most, in runes.
const (
	maxNoticeTitle = 200
	maxNoticeBody  = 600
)

// OneLine makes one line of a text, which nothing that reads headers or
// terminals takes for more. Channels do it to all that they cannot escape.
func OneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// flat is OneLine with so many runes at most.
func flat(s string, most int) string {
	runes := []rune(OneLine(s))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}
