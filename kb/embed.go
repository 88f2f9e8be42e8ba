package kb

import (
	"html"
	"html/template"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Provider is somewhere else whose films and the like can be shown in a page.
type Provider struct {
	Name  string // "YouTube"
	Match string // regular expression of whole addresses, "https://example\.com/watch/(\d+)"
	Frame string // address of the frame, "https://player.example.com/$1"; its host must be fixed
}

// DefaultProviders returns YouTube, shown without its cookies, and Vimeo.
func DefaultProviders() []Provider {
	return []Provider{
		{
			Name:  "YouTube",
			Match: `https://(?:(?:www|m)\.)?(?:youtube\.com/(?:watch\?v=|live/|shorts/|embed/)|youtu\.be/|youtube-nocookie\.com/embed/)([A-Za-z0-9_-]{11})(?:[?&#].*)?`,
			Frame: "https://www.youtube-nocookie.com/embed/$1",
		},
		{Name: "Vimeo", Match: `https://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{1,12})(?:[?#].*)?`, Frame: "https://player.vimeo.com/video/$1?dnt=1"},
	}
}

// A Frame is where something is shown by its provider.
type Frame struct {
	Provider string // name
	Address  string // for the frame
}

type provider struct {
	Provider
	match *regexp.Regexp
}

// providersOf returns those that can be used; what is wrong with others is logged.
func providersOf(list []Provider, log *slog.Logger) []provider {
	if list == nil {
		list = DefaultProviders()
	}
	var out []provider
	for _, p := range list {
		match, err := regexp.Compile(`\A(?:` + p.Match + `)\z`)
		if err != nil || p.origin() == "" {
			log.Error("provider of frames cannot be used", "provider", p.Name, "match", p.Match, "frame", p.Frame)
			continue
		}
		out = append(out, provider{p, match})
	}
	return out
}

// origin returns "https://host" of the frames, or "" if it is not fixed.
func (p Provider) origin() string {
	u, err := url.Parse(p.Frame)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(u.Host, "${}; ,'*") {
		return ""
	}
	return "https://" + u.Host
}

// Frame returns where an address is shown, if it is that of a provider.
func (l *Library) Frame(address string) (Frame, bool) {
	for _, p := range l.providers {
		if m := p.match.FindStringSubmatchIndex(address); m != nil {
			return Frame{p.Name, string(p.match.ExpandString(nil, p.Provider.Frame, address, m))}, true
		}
	}
	return Frame{}, false
}

// FrameOrigins returns where frames come from, for the frame-src of a
// Content-Security-Policy.
func (l *Library) FrameOrigins() []string {
	var out []string
	for _, p := range l.providers {
		out = append(out, p.origin())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// loneLink is a paragraph of one link, as it is written after cleaning.
var loneLink = regexp.MustCompile(`<p(?: dir="[a-z]+")?>(<a href="([^"<>]*)"[^<>]*>[^<>]*</a>)</p>`)

// framed says of paragraphs that are one link to a provider where that is shown.
// They stay links; nothing is asked of the provider before a reader wants it.
func (l *Library) framed(text template.HTML) template.HTML {
	if len(l.providers) == 0 || !strings.Contains(string(text), `<a href="https://`) {
		return text
	}
	return template.HTML(loneLink.ReplaceAllStringFunc(string(text), func(p string) string {
		m := loneLink.FindStringSubmatch(p)
		f, ok := l.Frame(html.UnescapeString(m[2]))
		if !ok {
			return p
		}
		return `<div class="embed" data-frame="` + html.EscapeString(f.Address) + `" data-provider="` + html.EscapeString(f.Provider) + `"><p>` + m[1] + `</p></div>`
	}))
}

// CodeEmbedUnknown is the code of findings about what was to be shown in a page
// and is of no provider that is: it stays a link.
const CodeEmbedUnknown = "embed_unknown"

var embedLine = regexp.MustCompile(`(?mi)^:{3,}[ \t]*embed[ \t]+(https?://\S+?):*[ \t]*$`)

// embedFindings returns what cannot be shown in a page though the text or a field
// asks for it.
func (l *Library) embedFindings(t Type, body string, fields map[string]string) []Finding {
	var out []Finding
	note := func(place, address string) {
		if _, ok := l.Frame(address); !ok {
			out = append(out, Finding{Code: CodeEmbedUnknown, Place: place, Ref: address, Severity: SeverityWarning,
				Message: errs.Message{Key: "finding.embed_unknown", Args: map[string]any{"address": address}}})
		}
	}
	for _, m := range embedLine.FindAllStringSubmatch(body, -1) {
		note("body", m[1])
	}
	for _, f := range t.Fields {
		if v := fields[f.Key]; v != "" && f.Kind == FieldEmbed && !strings.HasPrefix(v, filmScheme) {
			note("fields."+f.Key, v)
		}
	}
	return out
}
