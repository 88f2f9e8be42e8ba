package mailprofile

import (
	"bytes"
	"encoding/base32"
	"html/template"
	"net/mail"
	"strings"
	texttemplate "text/template"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
)

// letter writes a message as a mail.
func (c *Channel) letter(m profile.Message) (*gomail.Msg, error) {
	letter, from := gomail.NewMsg(gomail.WithNoDefaultUserAgent()), c.senderOf(m)
	letter.FromMailAddress(from.address)
	to, err := mail.ParseAddress(m.To.Email)
	if err != nil || to.Address != m.To.Email {
		return nil, profile.ErrInvalid
	}
	letter.ToMailAddress(&mail.Address{Name: profile.OneLine(m.To.Name), Address: to.Address})
	if from.replyTo != "" {
		if err := letter.ReplyTo(from.replyTo); err != nil {
			return nil, err
		}
	}
	letter.Subject(profile.OneLine(m.Line))
	letter.SetDateWithValue(m.At)
	letter.SetMessageIDWithValue(plainKey(m.Key) + "@" + from.domain)
	letter.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: holiday replies stay away
	letter.SetGenHeader("X-Auto-Response-Suppress", "All")
	if err := unsubscribable(letter, m.Unsubscribe); err != nil {
		return nil, err
	}
	var text, html bytes.Buffer
	page := sheet{m, from.look, string(i18n.Locale(m.To.Locale).Dir())}
	if err := textPart.Execute(&text, page); err != nil {
		return nil, err
	}
	if err := htmlPart.Execute(&html, page); err != nil {
		return nil, err
	}
	letter.SetBodyString(gomail.TypeTextPlain, text.String())
	letter.AddAlternativeString(gomail.TypeTextHTML, html.String())
	return letter, nil
}

// A sheet is a message and what it is written on.
type sheet struct {
	profile.Message
	Brand look
	Dir   string
}

// unsubscribable adds the headers of RFC 8058. The standard allows them with
// https only; a portal without it, on somebody's desk, has the link in the text.
func unsubscribable(letter *gomail.Msg, address string) error {
	if !strings.HasPrefix(address, "https://") {
		return nil
	}
	return letter.SetListUnsubscribeOneClick(address)
}

// plainKey is the key as a part of a Message-ID.
func plainKey(key string) string {
	if key != "" && len(key) <= 64 && strings.IndexFunc(key, func(r rune) bool { return r > 127 || !unicode.IsLetter(r) && !unicode.IsDigit(r) }) < 0 {
		return key
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(key))
}

var textPart = texttemplate.Must(texttemplate.New("text").Funcs(texttemplate.FuncMap{"line": profile.OneLine}).Parse(
	`{{$group := ""}}{{range .Items}}{{if and .Group (ne .Group $group)}}{{$group = .Group}}== {{line .Group}} ==

{{end}}{{line .Title}}
{{with .Body}}{{line .}}
{{end}}{{.URL}}

{{end}}-- 
{{with .Brand.Name}}{{line .}}{{with $.Brand.Home}} {{.}}{{end}}
{{end}}{{with .Why}}{{line .}}
{{end}}{{with .Settings}}{{line $.SettingsAs}}: {{.}}
{{end}}{{with .Unsubscribe}}{{line $.UnsubAs}}: {{.}}
{{end}}`))

// The HTML part needs no pictures and nothing from elsewhere, so that reading it
// tells nobody that it was read. Tables, and styles on each element, are what
// all mail programs show alike.
var htmlPart = template.Must(template.New("html").Funcs(template.FuncMap{"line": profile.OneLine}).Parse(`<!doctype html>
<html lang="{{.To.Locale}}" dir="{{.Dir}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light"><title>{{line .Line}}</title></head>
<body dir="{{.Dir}}" style="margin:0;padding:0;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;color:#1a1a1a;background:#f2f4f3">
<div dir="{{.Dir}}" style="max-width:36em;margin:0 auto;padding:24px 16px">
{{with .Brand.Name}}<p dir="auto" style="margin:0;padding:14px 24px;border-radius:8px 8px 0 0;font-weight:600;color:{{$.Brand.Ink}};background:{{$.Brand.Colour}}">{{if $.Brand.Home}}<a href="{{$.Brand.Home}}" style="color:{{$.Brand.Ink}};text-decoration:none">{{line .}}</a>{{else}}{{line .}}{{end}}</p>
{{end}}<div style="padding:8px 24px 20px;border-radius:{{if .Brand.Name}}0 0 8px 8px{{else}}8px{{end}};background:#ffffff">
{{$group := ""}}{{range .Items}}{{if and .Group (ne .Group $group)}}{{$group = .Group}}<h2 dir="auto" style="font-size:14px;color:#555555;margin:24px 0 0">{{line .Group}}</h2>
{{end}}<h1 dir="auto" style="font-size:18px;line-height:1.3;margin:16px 0 4px"><a href="{{.URL}}" style="color:{{$.Brand.Link}}">{{line .Title}}</a></h1>
{{with .Body}}<p dir="auto" style="margin:0 0 8px">{{line .}}</p>
{{end}}{{if $.Open}}<p style="margin:12px 0 8px"><a href="{{.URL}}" style="display:inline-block;padding:8px 16px;border-radius:6px;text-decoration:none;color:{{$.Brand.Ink}};background:{{$.Brand.Colour}}">{{line $.Open}}</a></p>
{{end}}{{end}}</div>
<p dir="auto" style="font-size:13px;color:#555555;margin:16px 24px 0">{{line .Why}}</p>
<p style="font-size:13px;color:#555555;margin:4px 24px 0">{{with .Settings}}<a href="{{.}}" style="color:#555555">{{line $.SettingsAs}}</a>{{end}}{{with .Unsubscribe}} · <a href="{{.}}" style="color:#555555">{{line $.UnsubAs}}</a>{{end}}</p>
</div></body></html>
`))
