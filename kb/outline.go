package kb

import (
	"html/template"
	"strings"

	"golang.org/x/net/html"
)

// A Part is a piece of a rendered text: what comes before the first heading of
// the second level, or such a heading and what is below it.
type Part struct {
	Key     string        // of the section of the type that the heading stands for, or empty
	ID      string        // anchor of the heading; empty for what comes before the first
	Title   string        // words of the heading
	Heading template.HTML // the heading, without its element
	HTML    template.HTML // without the heading
	bare    bool          // nothing is in it
}

// outline cuts a sanitised text at its headings of the second level.
func outline(text string) []Part {
	o := outliner{z: html.NewTokenizer(strings.NewReader(text))}
	o.part.bare = true
	for o.z.Next() != html.ErrorToken {
		raw := string(o.z.Raw())
		o.token(o.z.Token(), raw)
	}
	o.flush()
	return o.parts
}

type outliner struct {
	z       *html.Tokenizer
	parts   []Part
	part    Part
	text    strings.Builder
	title   strings.Builder
	heading strings.Builder
	depth   int  // elements that are open
	head    bool // within a heading that parts are cut at
}

func (o *outliner) token(t html.Token, raw string) {
	opens := t.Type == html.StartTagToken && !void[t.Data]
	switch {
	case opens && o.depth == 0 && t.Data == "h2":
		o.flush()
		o.head, o.part = true, Part{ID: attribute(t, "id"), bare: true}
	case o.head && o.depth == 1 && t.Type == html.EndTagToken:
		o.head, o.part.Title = false, strings.TrimSpace(o.title.String())
		o.part.Heading = template.HTML(o.heading.String())
		o.title.Reset()
		o.heading.Reset()
	case o.head:
		o.heading.WriteString(raw)
		if t.Type == html.TextToken {
			o.title.WriteString(t.Data)
		}
	default:
		o.text.WriteString(raw)
		o.part.bare = o.part.bare && !shows(t)
	}
	switch {
	case opens:
		o.depth++
	case t.Type == html.EndTagToken:
		o.depth--
	}
}

// void are the elements that have no end tag.
var void = map[string]bool{"img": true, "br": true, "hr": true, "input": true, "wbr": true, "source": true, "track": true, "col": true}

// shows reports whether a reader sees anything of a token.
func shows(t html.Token) bool {
	switch t.Type {
	case html.TextToken:
		return strings.TrimSpace(t.Data) != ""
	case html.StartTagToken, html.SelfClosingTagToken:
		return t.Data == "img" || t.Data == "video" || t.Data == "iframe"
	}
	return false
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// flush ends the part that is being read.
func (o *outliner) flush() {
	o.part.HTML = template.HTML(strings.TrimSpace(o.text.String()))
	o.text.Reset()
	if o.part.ID != "" || o.part.HTML != "" {
		o.parts = append(o.parts, o.part)
	}
}
