package i18n

import "html/template"

// Funcs returns the printer's methods for html/template. They belong to one
// locale, so a program that has them in its templates clones those for each;
// one that hands the Printer to its templates as data needs none of this and
// writes {{.P.T "home.title"}}.
//
//	{{t "home.title"}}  {{html_t "home.intro" "url" .URL}}  {{date .Created "long"}}
func (p *Printer) Funcs() template.FuncMap {
	return template.FuncMap{
		"t":        p.T,
		"html_t":   p.HTML,
		"lang":     p.Locale,
		"dir":      p.Dir,
		"number":   p.Number,
		"percent":  p.Percent,
		"money":    p.Money,
		"size":     p.Size,
		"date":     p.Date,
		"time":     p.Time,
		"datetime": p.DateTime,
		"relative": p.Relative,
		"duration": p.Duration,
		"list":     p.List,
		"notice":   p.Notice,
	}
}
