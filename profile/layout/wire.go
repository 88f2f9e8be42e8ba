package layout

import (
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/profile"
)

type rulesWire struct {
	Rules    []Rule    `json:"rules"`
	Revision int       `json:"revision" doc:"Of the whole of them."`
	From     time.Time `json:"from" doc:"Visits that begin then or later go by them."`
}

type promotionsWire struct {
	Promotions []Promotion `json:"promotions"`
}

type choiceWire struct {
	Personal bool `json:"personal" doc:"Whether pages are arranged for the reader."`
}

type usedWire struct {
	Ref string `json:"ref" doc:"The id of an item or a block, or kind/id." validate:"required,max=128"`
}

// A previewWire is somebody to look at a page as.
type previewWire struct {
	Page     string         `json:"page" doc:"Name of a page."`
	Brand    string         `json:"brand,omitempty" doc:"ID of a brand; empty means the first."`
	SignedIn bool           `json:"signed_in,omitempty" doc:"Whether they have signed in."`
	Account  string         `json:"account,omitempty" doc:"Their organisation." validate:"max=128"`
	Roles    []profile.Role `json:"roles,omitempty" doc:"What they are; with any, they have signed in."`
	Segments []string       `json:"segments,omitempty" doc:"The segments they belong to." validate:"max=500"`
	Declared []string       `json:"declared,omitempty" doc:"The segments of what they say or do." validate:"max=500"`
}

// preview is nobody's ID, so that no one's own segment is theirs.
const preview = "-preview"

func (p previewWire) actor() profile.Actor {
	as := profile.Actor{Account: p.Account, Roles: p.Roles, Segments: p.Segments, Declared: p.Declared}
	if p.SignedIn || len(p.Roles) > 0 || p.Account != "" {
		as.ID = preview
	}
	return as
}

type layoutWire struct {
	Brand string                 `json:"brand"`
	Page  string                 `json:"page"`
	Menus map[string][]linkWire  `json:"menus"`
	Slots map[string][]panelWire `json:"slots"`
	Shown map[string][]offerWire `json:"promotions" doc:"By slot."`
}

type linkWire struct {
	ID       string     `json:"id"`
	Label    Label      `json:"label"`
	Address  string     `json:"address"`
	Icon     string     `json:"icon"`
	Reason   reasonWire `json:"reason"`
	Children []linkWire `json:"children"`
}

type panelWire struct {
	ID     string            `json:"id"`
	Kind   string            `json:"kind"`
	Title  Label             `json:"title"`
	Data   map[string]string `json:"data,omitempty"`
	Reason reasonWire        `json:"reason"`
}

type reasonWire struct {
	Key   string            `json:"key" doc:"Empty for what did not move."`
	Texts map[string]string `json:"texts,omitempty"`
}

type offerWire struct {
	ID    string            `json:"id"`
	Title map[string]string `json:"title"`

	Text    map[string]string `json:"text,omitempty"`
	Action  map[string]string `json:"action,omitempty" doc:"What its link says, by language."`
	Address string            `json:"address" doc:"Where its link leads, or empty."`
}

func wireOf(l Layout) layoutWire {
	out := layoutWire{
		Brand: l.Brand, Page: l.Page,
		Menus: map[string][]linkWire{}, Slots: map[string][]panelWire{}, Shown: map[string][]offerWire{},
	}
	for name, links := range l.Menus {
		out.Menus[name] = wireOfLinks(links)
	}
	for name, panels := range l.Slots {
		out.Slots[name] = []panelWire{}
		for _, p := range panels {
			out.Slots[name] = append(out.Slots[name], panelWire{ID: p.ID, Kind: p.Kind, Title: p.Title, Data: p.Data, Reason: reasonWire(p.Reason)})
		}
	}
	for _, slot := range slices.Sorted(maps.Keys(l.Shown)) {
		out.Shown[slot] = []offerWire{}
		for _, o := range l.Shown[slot] {
			out.Shown[slot] = append(out.Shown[slot], offerWire(o))
		}
	}
	return out
}

func wireOfLinks(links []Link) []linkWire {
	out := []linkWire{}
	for _, l := range links {
		out = append(out, linkWire{ID: l.ID, Label: l.Label, Address: l.Address, Icon: l.Icon, Reason: reasonWire(l.Reason), Children: wireOfLinks(l.Children)})
	}
	return out
}
