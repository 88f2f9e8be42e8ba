package kb

import (
	"context"
	"html"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/markdown"
)

// stage is what films stand in that stand alone.
const stage = `<div class="player">`

// HTML returns the film for a page: label says what it is, for those who cannot
// see it. It plays when the reader wants it, without a script.
func (f Film) HTML(label string) template.HTML {
	var b strings.Builder
	element := "video"
	if strings.HasPrefix(f.Type, "audio/") {
		element = "audio"
	}
	if label == "" {
		label = f.About
	}
	if label == "" {
		label = f.Name
	}
	b.WriteString("<" + element + ` controls="" preload="metadata"`)
	attribute := func(name, value string) {
		if value != "" {
			b.WriteString(" " + name + `="` + html.EscapeString(value) + `"`)
		}
	}
	if element == "video" {
		b.WriteString(` playsinline=""`)
		attribute("poster", f.Poster)
	}
	attribute("src", f.Path)
	attribute("aria-label", label)
	b.WriteString(">")
	for _, t := range f.Tracks {
		b.WriteString(`<track kind="captions"`)
		attribute("src", t.Path)
		attribute("srclang", t.Locale)
		attribute("label", i18n.Locale(t.Locale).Autonym())
		if f.At && t.Locale == f.SaidIn {
			b.WriteString(` default=""`)
		}
		b.WriteString("/>")
	}
	b.WriteString(`<a href="` + html.EscapeString(f.Path) + `">` + html.EscapeString(label) + `</a></` + element + ">")
	return template.HTML(b.String())
}

// Transcript returns what is said in the film, to be opened below it, or nothing
// if there are no captions. title is what it is called.
func (f Film) Transcript(title string) template.HTML {
	if len(f.Said) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<details class="transcript"><summary>` + html.EscapeString(title) + `</summary><div lang="` + html.EscapeString(f.SaidIn) + `" dir="` + string(i18n.Locale(f.SaidIn).Dir()) + `">`)
	for _, p := range f.Said {
		b.WriteString("<p>" + html.EscapeString(p) + "</p>")
	}
	b.WriteString("</div></details>")
	return template.HTML(b.String())
}

var cueTags = regexp.MustCompile(`<[^<>]*>`)

const longParagraph = 300 // characters after which what is said goes on in a new one

// cueText returns what captions say, in paragraphs.
func cueText(data []byte) []string {
	var out []string
	var b strings.Builder
	for block := range strings.SplitSeq(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n\n") {
		_, text, ok := strings.Cut(block, "-->")
		if _, text, _ = strings.Cut(text, "\n"); !ok {
			continue // the head, a note, or how they look
		}
		text = html.UnescapeString(cueTags.ReplaceAllString(text, ""))
		text = strings.Join(strings.Fields(text), " ")
		if b.Len() > longParagraph && strings.ContainsAny(b.String()[b.Len()-3:], ".!?。！？؟") {
			out = append(out, b.String())
			b.Reset()
		}
		if b.Len() > 0 && text != "" {
			b.WriteByte(' ')
		}
		b.WriteString(text)
	}
	if b.Len() > 0 {
		out = append(out, b.String())
	}
	return out
}

// Locale returns the language of captions, as their name says it, and "" of all
// else.
func (m Media) Locale() string {
	parts := captionsName.FindStringSubmatch(m.Name)
	if m.Type != captionsType || parts == nil {
		return ""
	}
	return canonical(parts[2])
}

// captionsFor reports whether a medium is captions in a language, or in one that
// its readers understand as well: "de" for "de-AT", and the other way about.
func (m Media) captionsFor(locale string) bool {
	tongue := m.Locale()
	return above(locale, tongue) || above(tongue, locale)
}

// above reports whether a language is another, or what that is a kind of.
func above(tag, other string) bool {
	for ; tag != ""; tag = parent(tag) {
		if tag == other {
			return true
		}
	}
	return false
}

// captionsMissing says that a film has none of the captions that it needs.
func captionsMissing(place, name string, with []Media, language string) Finding {
	f := Finding{Code: CodeCaptionsMissing, Place: place, Ref: name, Severity: SeverityWarning,
		Message: errs.Message{Key: "finding.captions_missing", Args: map[string]any{"name": name}}}
	if slices.ContainsFunc(with, func(m Media) bool { return m.Type == captionsType }) {
		f.Code, f.Message.Key = CodeCaptionsLanguage, "finding.captions_language"
		f.Message.Args["language"] = language
	}
	return f
}

// filmWords returns what is said in a film by its captions in all languages.
func (l *Library) filmWords(ctx context.Context, name string) (string, error) {
	with, err := l.company(ctx, name)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, one := range with {
		if one.Type != captionsType {
			continue
		}
		m, err := l.store.Media(ctx, one.Name)
		if err != nil {
			return "", absentIsFine(err)
		}
		b.WriteString(strings.Join(cueText(m.Data), "\n") + "\n")
	}
	return b.String(), nil
}

// screen returns what shows films in the place of pictures in a text.
func (l *Library) screen(films map[string]Film, locale string, transcripts bool) func(name, alt string, alone bool) (string, bool) {
	title := l.drawer(locale).Label(markdown.LabelTranscript)
	return func(name, alt string, alone bool) (string, bool) {
		f, ok := films[name]
		if !ok {
			return "", false
		}
		out := f.HTML(alt)
		if alone && transcripts {
			out += f.Transcript(title)
		}
		return string(out), true
	}
}
