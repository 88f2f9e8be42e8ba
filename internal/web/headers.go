package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// HeaderOptions loosen or extend what SecurityHeaders sends. Every list adds
// sources, such as "https://cdn.example.com", to the host's own origin.
type HeaderOptions struct {
	FrameAncestors []string      // who may frame the pages, 'self' included if wanted; nil means nobody
	Scripts        []string      // nil means the own origin only
	Styles         []string      // nil means the own origin only
	Images         []string      // nil means the own origin and data: URLs
	Media          []string      // nil means the own origin only
	Fonts          []string      // nil means the own origin only
	Connect        []string      // where scripts may send requests; nil means the own origin only
	Frames         []string      // what pages may frame; nil means nothing
	FormActions    []string      // where forms may go; nil means the own origin only
	HSTS           time.Duration // how long browsers insist on HTTPS; zero means nothing is said about it
}

// SecurityHeaders sets the headers that narrow what a browser does with an
// answer, before the handler runs, so that a handler may replace one. The
// Content-Security-Policy allows no inline script or style and no plug-ins. A
// nil opts means the strictest of all.
func SecurityHeaders(opts *HeaderOptions) func(http.Handler) http.Handler {
	if opts == nil {
		opts = &HeaderOptions{}
	}
	headers := opts.headers()
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			for _, pair := range headers {
				h.Set(pair[0], pair[1])
			}
			next.ServeHTTP(w, r)
		})
	}
}

func (o *HeaderOptions) headers() [][2]string {
	headers := [][2]string{
		{"Content-Security-Policy", o.policy()},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "same-origin"},
		{"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=(), browsing-topics=()"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
	}
	if len(o.FrameAncestors) == 0 {
		headers = append(headers, [2]string{"X-Frame-Options", "DENY"})
	}
	if o.HSTS > 0 {
		headers = append(headers, [2]string{"Strict-Transport-Security", "max-age=" + strconv.Itoa(int(o.HSTS.Seconds())) + "; includeSubDomains"})
	}
	return headers
}

func (o *HeaderOptions) policy() string {
	directives := []string{
		"default-src 'none'",
		sources("script-src 'self'", o.Scripts),
		sources("style-src 'self'", o.Styles),
		sources("img-src 'self' data:", o.Images),
		sources("media-src 'self'", o.Media),
		sources("font-src 'self'", o.Fonts),
		sources("connect-src 'self'", o.Connect),
		sources("form-action 'self'", o.FormActions),
		"manifest-src 'self'",
		"base-uri 'none'",
		"object-src 'none'",
	}
	if len(o.Frames) > 0 {
		directives = append(directives, sources("frame-src", o.Frames))
	}
	if len(o.FrameAncestors) == 0 {
		return strings.Join(append(directives, "frame-ancestors 'none'"), "; ")
	}
	return strings.Join(append(directives, sources("frame-ancestors", o.FrameAncestors)), "; ")
}

// sources adds sources to a directive. One with a separator in it would change
// the policy around it, so it panics at start-up.
func sources(directive string, more []string) string {
	for _, s := range more {
		if s == "" || strings.ContainsAny(s, "; ,\r\n\t") || strings.HasPrefix(s, "'unsafe") {
			panic("web: " + strconv.Quote(s) + " is not a source for " + directive)
		}
		directive += " " + s
	}
	return directive
}

// CrossOrigin refuses requests of unsafe methods that a browser sends for
// another site, with http.CrossOriginProtection. Trusted are origins that may,
// such as "https://shop.example.com"; one that is no origin is an error.
func CrossOrigin(trusted ...string) (func(http.Handler) http.Handler, error) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := protection.Check(r); err != nil {
				WriteError(w, r, nil, errCrossOrigin())
				return
			}
			next.ServeHTTP(w, r)
		})
	}, nil
}
