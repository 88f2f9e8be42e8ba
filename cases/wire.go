package cases

import (
	"time"

	"github.com/stoa-go/stoa/profile"
)

// Wire structs are what the JSON API speaks. They are apart from the types of
// the desk so that neither holds the other back.

type caseWire struct {
	ID         string              `json:"id"`
	Reference  string              `json:"reference" doc:"what people quote"`
	Kind       Key                 `json:"kind"`
	Subject    string              `json:"subject"`
	State      State               `json:"state" doc:"open, in_progress, waiting, solved or closed"`
	Status     Key                 `json:"status,omitempty" doc:"as the team calls it"`
	Priority   Priority            `json:"priority"`
	Urgency    Level               `json:"urgency"`
	Impact     Level               `json:"impact,omitempty"`
	Requester  string              `json:"requester" doc:"ID of a person"`
	OpenedBy   string              `json:"opened_by,omitempty"`
	Account    string              `json:"account,omitempty"`
	Private    bool                `json:"private"`
	Escalated  bool                `json:"escalated"`
	People     []participantWire   `json:"people"`
	Queue      Key                 `json:"queue,omitempty"`
	Assignee   string              `json:"assignee,omitempty"`
	Channel    Channel             `json:"channel"`
	Locale     string              `json:"locale"`
	Product    string              `json:"product,omitempty"`
	Fields     map[string][]string `json:"fields" doc:"what the form of its kind asks"`
	Articles   []string            `json:"articles" doc:"references of what helps"`
	Tags       []string            `json:"tags,omitempty"`
	Links      []linkWire          `json:"links"`
	Solution   string              `json:"solution,omitempty" doc:"ID of the entry that is proposed as the solution"`
	RepliedAt  time.Time           `json:"replied_at,omitzero" doc:"when staff first answered"`
	CreatedAt  time.Time           `json:"created_at"`
	UpdatedAt  time.Time           `json:"updated_at"`
	SolvedAt   time.Time           `json:"solved_at,omitzero"`
	ClosedAt   time.Time           `json:"closed_at,omitzero"`
	Version    int                 `json:"version" doc:"for If-Match"`
	MayComment bool                `json:"may_comment"`
	MayDecide  bool                `json:"may_decide" doc:"accept or reject the proposed solution"`
}

type participantWire struct {
	Person  string    `json:"person"`
	Comment bool      `json:"comment" doc:"may add to the case"`
	Added   time.Time `json:"added"`
	By      string    `json:"by"`
}

type linkWire struct {
	Kind LinkKind `json:"kind"`
	Case string   `json:"case"`
}

type casesWire struct {
	Cases []caseWire `json:"cases"`
	Next  string     `json:"next,omitempty"`
}

type entryWire struct {
	ID       string    `json:"id"`
	Kind     EntryKind `json:"kind"`
	Author   string    `json:"author,omitempty"`
	BehalfOf string    `json:"behalf_of,omitempty"`
	Side     Side      `json:"side,omitempty" doc:"customer or staff"`
	Internal bool      `json:"internal"`
	Body     string    `json:"body,omitempty" doc:"Markdown"`
	Channel  Channel   `json:"channel"`
	Changes  []Change  `json:"changes,omitempty"`
	Files    []string  `json:"files,omitempty"`
	At       time.Time `json:"at"`
}

type entriesWire struct {
	Entries []entryWire `json:"entries"`
	Next    string      `json:"next,omitempty"`
}

type draftWire struct {
	Kind      Key                 `json:"kind" validate:"required"`
	Subject   string              `json:"subject" validate:"required"`
	Body      string              `json:"body" validate:"required" doc:"Markdown"`
	Fields    map[string][]string `json:"fields,omitempty"`
	Product   string              `json:"product,omitempty"`
	Urgency   Level               `json:"urgency,omitempty" doc:"low, medium or high"`
	Private   bool                `json:"private,omitempty"`
	Requester string              `json:"requester,omitempty" doc:"whom it is opened for, by those who answer cases"`
	People    []invitedWire       `json:"people,omitempty"`
	Articles  []string            `json:"articles,omitempty"`
	Follows   string              `json:"follows,omitempty" doc:"ID of the case that it came of"`
	Locale    string              `json:"locale,omitempty"`
}

type invitedWire struct {
	Person  string `json:"person" validate:"required"`
	Comment bool   `json:"comment"`
}

type messageWire struct {
	Body     string `json:"body" validate:"required" doc:"Markdown"`
	Internal bool   `json:"internal,omitempty" doc:"only those who work on cases see it"`
	Solution bool   `json:"solution,omitempty" doc:"propose it as the solution"`
	Status   Key    `json:"status,omitempty" doc:"where the case stands after it"`
}

type editWire struct {
	Subject   *string             `json:"subject,omitempty"`
	Product   *string             `json:"product,omitempty"`
	Urgency   *Level              `json:"urgency,omitempty"`
	Private   *bool               `json:"private,omitempty"`
	Fields    map[string][]string `json:"fields,omitempty" doc:"all of the form"`
	Kind      *Key                `json:"kind,omitempty"`
	Impact    *Level              `json:"impact,omitempty"`
	Priority  *Priority           `json:"priority,omitempty"`
	Queue     *Key                `json:"queue,omitempty"`
	Tags      *[]string           `json:"tags,omitempty"`
	Escalated *bool               `json:"escalated,omitempty"`
}

type reasonWire struct {
	Reason string `json:"reason,omitempty"`
}

type statusWire struct {
	Status Key    `json:"status" validate:"required"`
	Reason string `json:"reason,omitempty"`
}

type stateWire struct {
	Open   bool   `json:"open" doc:"true to open it again, false to close it"`
	Reason string `json:"reason,omitempty"`
}

type decisionWire struct {
	Accepted bool   `json:"accepted"`
	Reason   string `json:"reason,omitempty" doc:"why it did not help; required then"`
}

type assigneeWire struct {
	Person string `json:"person" doc:"empty means nobody"`
}

type followWire struct {
	Comment bool `json:"comment" doc:"may add to the case"`
}

type referenceWire struct {
	Reference string `json:"reference" validate:"required" doc:"\"article/ID\""`
}

type kindWire struct {
	Key         Key         `json:"key"`
	Name        string      `json:"name"`
	About       string      `json:"about,omitempty"`
	Prompt      string      `json:"prompt,omitempty" doc:"what to write"`
	AsksUrgency bool        `json:"asks_urgency"`
	Private     bool        `json:"private" doc:"colleagues do not see it"`
	Fields      []fieldWire `json:"fields"`
}

type fieldWire struct {
	Name     string            `json:"name"`
	Label    string            `json:"label"`
	Hint     string            `json:"hint,omitempty"`
	Type     profile.FieldType `json:"type"`
	Long     bool              `json:"long"`
	Required bool              `json:"required"`
	Choices  []choiceWire      `json:"choices,omitempty"`
	Pattern  string            `json:"pattern,omitempty"`
	Min      int               `json:"min,omitempty"`
	Max      int               `json:"max,omitempty"`
	Many     int               `json:"many,omitempty"`
	When     []Condition       `json:"when,omitempty" doc:"asked only if all of these hold"`
}

type choiceWire struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

func (d *Desk) wire(by profile.Actor, c Case) caseWire {
	rights := d.Rights(by, c)
	out := caseWire{
		ID: c.ID, Reference: c.Reference, Kind: c.Kind, Subject: c.Subject, State: c.State, Status: c.Status, Priority: c.Priority, Urgency: c.Urgency,
		Impact: c.Impact, Requester: c.Requester, OpenedBy: c.OpenedBy, Account: c.Account, Private: c.Private, Escalated: c.Escalated, Queue: c.Queue,
		Assignee: c.Assignee, Channel: c.Channel, Locale: c.Locale, Product: c.Product, Fields: c.Fields, Articles: orNone(c.Articles), Tags: c.Tags,
		Solution: c.Solution, RepliedAt: c.RepliedAt, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, SolvedAt: c.SolvedAt, ClosedAt: c.ClosedAt,
		Version: c.Version, MayComment: rights.Comment, MayDecide: rights.Decide, People: []participantWire{}, Links: []linkWire{},
	}
	if out.Fields == nil {
		out.Fields = map[string][]string{}
	}
	for _, p := range c.People {
		out.People = append(out.People, participantWire(p))
	}
	for _, l := range c.Links {
		out.Links = append(out.Links, linkWire(l))
	}
	return out
}

// orNone shows no list as an empty one.
func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func wireOfEntry(e Entry) entryWire {
	return entryWire{
		ID: e.ID, Kind: e.Kind, Author: e.Author, BehalfOf: e.BehalfOf, Side: e.Side, Internal: e.Internal, Body: e.Body, Channel: e.Channel,
		Changes: e.Changes, Files: e.Files, At: e.At,
	}
}

func wireOfKind(k Kind, locale string) kindWire {
	out := kindWire{
		Key: k.Key, Name: k.Names.In(locale), About: k.About.In(locale), Prompt: k.Prompts.In(locale), AsksUrgency: k.Asks, Private: k.Private,
		Fields: []fieldWire{},
	}
	for _, f := range k.Fields {
		w := fieldWire{
			Name: f.Name, Label: f.Label.In(locale), Hint: f.Hint.In(locale), Type: or(f.Type, profile.FieldText), Long: f.Long, Required: f.Required,
			Pattern: f.Pattern, Min: f.Min, Max: f.Max, Many: f.Many, When: f.When,
		}
		for _, c := range f.Choices {
			w.Choices = append(w.Choices, choiceWire{c.Value, Words(c.Label).In(locale)})
		}
		out.Fields = append(out.Fields, w)
	}
	return out
}
