package assets

import (
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

const maxID = 128

// checkID takes what can stand in an address as it is.
func checkID(f errs.Fields, id string) {
	if id == "" || len(id) > maxID || strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") != "" {
		f.Add("id", "error.profile.id", map[string]any{"max": maxID})
	}
}

// checkHolder needs somebody: what is nobody's would be seen by nobody.
func checkHolder(f errs.Fields, h Holder) {
	if h.Person == "" && h.Account == "" {
		f.Add("account", "error.field.required", nil)
	}
	valid.Note(f, "person", valid.Text(h.Person, valid.TextID))
	valid.Note(f, "account", valid.Text(h.Account, valid.TextID))
}

// checkText needs a text of a kind.
func checkText(f errs.Fields, field, text string, kind valid.TextKind) {
	if strings.TrimSpace(text) == "" {
		f.Add(field, "error.field.required", nil)
		return
	}
	valid.Note(f, field, valid.Text(text, kind))
}

func checkTexts(f errs.Fields, field string, list []string) {
	if len(list) > maxListed {
		f.Add(field, "error.field.too_many", map[string]any{"max": maxListed})
		return
	}
	for i, text := range list {
		checkText(f, field+"["+strconv.Itoa(i)+"]", text, valid.TextID)
	}
}

func checkTime(f errs.Fields, field string, t time.Time) {
	if y := t.Year(); t.IsZero() || y < 1900 || y > 9000 {
		f.Add(field, "error.field.bad_date", nil)
	}
}

func madeOf(s string, from, to rune) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < from || r > to })
}
