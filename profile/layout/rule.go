package layout

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// A Rule of an administrator moves, holds or hides one item or block for those
// whom it is meant for. It never opens anything, and what is pinned in the site
// itself obeys no rule.
type Rule struct {
	ID     string            `json:"id" doc:"Its name, which never changes." validate:"required,max=64"`
	Do     Action            `json:"do" doc:"What it does." validate:"required,oneof=promote demote pin hide"`
	Ref    string            `json:"ref" doc:"The id of an item or a block, or of anything else that is ordered, such as category/hub." validate:"required,max=128"`
	For    Match             `json:"for,omitzero" doc:"Whom it is meant for."`
	Reason map[string]string `json:"reason,omitempty" doc:"What readers are told of why it stands there, by language."`
	Order  int               `json:"order,omitempty" doc:"Of several rules that fit, those with a lower number come first."`
	Off    bool              `json:"off,omitempty" doc:"Whether it is kept and does nothing."`

	SavedBy string    `json:"saved_by,omitempty" doc:"Who saved it; set by the Arranger."`
	SavedAt time.Time `json:"saved_at,omitzero" doc:"When; set by the Arranger."`
	Version int       `json:"version,omitempty" doc:"0 in a new one; each change adds 1."`
}

// An Action is what a rule does.
type Action string

// The actions.
const (
	ActionPromote Action = "promote" // to the front
	ActionDemote  Action = "demote"  // to the end
	ActionPin     Action = "pin"     // stays where it was declared, whatever use says
	ActionHide    Action = "hide"    // is not shown
)

// Clone returns a copy that shares nothing with r.
func (r Rule) Clone() Rule {
	r.For, r.Reason = r.For.clone(), maps.Clone(r.Reason)
	return r
}

// A Rulebook is all rules as they are from a moment on. Each change makes a new
// one, and a visit goes by the one of its beginning: that is why nothing moves
// while somebody is there, on whichever instance.
type Rulebook struct {
	Revision int       // from 1; 0 is the empty one before all others
	From     time.Time // visits that begin at this time or later go by it
	Rules    []Rule    // by Order and ID
}

// Clone returns a copy that shares nothing with b.
func (b Rulebook) Clone() Rulebook {
	b.Rules = slices.Clone(b.Rules)
	for i, r := range b.Rules {
		b.Rules[i] = r.Clone()
	}
	return b
}

func (b Rulebook) find(id string) int {
	return slices.IndexFunc(b.Rules, func(r Rule) bool { return r.ID == id })
}

func sortRules(rules []Rule) {
	slices.SortFunc(rules, func(a, b Rule) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID)) })
}

const maxRules = 200

// check reports what is wrong with r for a site with the given IDs.
func (r Rule) check(site *plant) error {
	f := errs.Fields{}
	if !validID(r.ID) {
		f.Add("id", "error.layout.id", nil)
	}
	if !slices.Contains([]Action{ActionPromote, ActionDemote, ActionPin, ActionHide}, r.Do) {
		f.Add("do", "error.layout.action", nil)
	}
	valid.Note(f, "ref", valid.Text(r.Ref, valid.TextID))
	switch {
	case !site.knows(r.Ref):
		f.Add("ref", "error.layout.ref", nil)
	case site.pinned(r.Ref):
		f.Add("ref", "error.layout.pinned", nil)
	}
	r.For.check("for", f)
	checkTexts("reason", r.Reason, valid.TextTitle, f)
	return f.Err()
}

// dynamic reports whether a reference is to something that the site does not
// declare, "category/hub".
func dynamic(ref string) bool {
	kind, id, ok := strings.Cut(ref, "/")
	return ok && validID(kind) && id != "" && valid.Text(ref, valid.TextID) == nil
}
