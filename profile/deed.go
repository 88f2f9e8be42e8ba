package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// An Auditor writes down who did what. The package audit has one that keeps it
// in a chain which shows what was taken out or changed.
//
// Unlike a [analytics.Recorder] it may refuse: a change that cannot be written
// down is not made. A Deed is written before it is done; what then ends with an
// error is written down a second time, with Of and OutcomeFailed. So what is
// done is always written down, and what is written down may not have been done
// only if the program died in between.
//
// Implementations must be safe for concurrent use and must keep a Deed before
// they return.
type Auditor interface {
	// Audit keeps a deed of an actor and returns the number that later ones name
	// it by.
	Audit(ctx context.Context, by Actor, d Deed) (n int64, err error)
}

// A Deed is something that somebody does or tries to do. It holds no words
// about people: what is sensitive is [Masked].
type Deed struct {
	Action  string   // what is done: "person.changed"
	Subject string   // what to, as "kind/id"; empty if Person says it
	Person  string   // whom it is about, or empty
	Account string   // organisation that it is about, or empty
	Outcome Outcome  // empty means that it is about to be done
	Changes []Change // fields, before and after
	Why     string   // reason that was given, or empty
	Of      int64    // number of the deed that this is the outcome of, or 0
}

// A Change is what became of one field.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// An Outcome is how a deed ended.
type Outcome string

// The outcomes of deeds.
const (
	OutcomeDone    Outcome = ""        // it was about to be done, and no later deed says that it failed
	OutcomeRefused Outcome = "refused" // it was not permitted
	OutcomeFailed  Outcome = "failed"  // it ended with an error, which does not say that nothing was done
)

// Masked stands in a Change for what the field holds.
const Masked = "•••"

// masked returns what an audit may say of a value.
func masked(value string) string {
	if value == "" {
		return ""
	}
	return Masked
}

type networkKey struct{}

// NetworkOf returns the network that the request of a context comes from, as
// "203.0.113.0/24" or "2001:db8:1::/48": enough to tell one place from another,
// and no address of somebody. It is empty without a [Middleware].
func NetworkOf(ctx context.Context) string {
	network, _ := ctx.Value(networkKey{}).(string)
	return network
}

// networkOf cuts an address to its network.
func networkOf(addr netip.Addr) string {
	if !addr.IsValid() {
		return ""
	}
	addr = addr.Unmap().WithZone("")
	bits := 48
	if addr.Is4() {
		bits = 24
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// audited writes a deed down, does it, and says if that failed.
func (d *Directory) audited(ctx context.Context, by Actor, deed Deed, do func() error) error {
	if d.audit == nil {
		return do()
	}
	n, err := d.audit.Audit(ctx, by, deed)
	if err != nil {
		return unwritten(deed, err)
	}
	if err = do(); err == nil {
		return nil
	}
	deed.Of, deed.Outcome, deed.Changes = n, OutcomeFailed, nil
	// The request may be over; that it failed is still to be known.
	if _, untold := d.audit.Audit(context.WithoutCancel(ctx), by, deed); untold != nil {
		d.log.ErrorContext(ctx, "failure of a deed not written down", "action", deed.Action, "of", n, "error", untold)
	}
	return err
}

// unwritten says that something was not done since it could not be written down.
func unwritten(deed Deed, err error) error {
	if errors.Is(err, errs.Unavailable) {
		return fmt.Errorf("audit of %s: %w", deed.Action, err)
	}
	return fmt.Errorf("audit of %s: %w: %s", deed.Action, errs.Unavailable, err.Error())
}

// denied writes down that something was not permitted, and returns err. Who has
// not signed in tries all sorts of things; web servers log that.
func (d *Directory) denied(ctx context.Context, by Actor, deed Deed, err error) error {
	if d.audit == nil || by.Anonymous() || !errors.Is(err, ErrForbidden) {
		return err
	}
	deed.Outcome, deed.Changes = OutcomeRefused, nil
	if _, untold := d.audit.Audit(context.WithoutCancel(ctx), by, deed); untold != nil {
		d.log.ErrorContext(ctx, "refusal not written down", "action", deed.Action, "error", untold)
	}
	return err
}

// looked writes down that somebody reads what is another person's.
func (d *Directory) looked(ctx context.Context, by Actor, action, person string) error {
	if d.audit == nil || by.ID == person {
		return nil
	}
	deed := Deed{Action: action, Person: person}
	if _, err := d.audit.Audit(ctx, by, deed); err != nil {
		return unwritten(deed, err)
	}
	return nil
}

// A diff collects what changed.
type diff []Change

func (c *diff) plain(field, from, to string) {
	if from != to {
		*c = append(*c, Change{field, from, to})
	}
}

func (c *diff) masked(field, from, to string) {
	if from != to {
		*c = append(*c, Change{field, masked(from), masked(to)})
	}
}

func (c *diff) attributes(from, to map[string][]string) {
	names := slices.Sorted(maps.Keys(from))
	for _, name := range slices.Concat(names, slices.Sorted(maps.Keys(to))) {
		if !slices.ContainsFunc(*c, func(one Change) bool { return one.Field == "attributes."+name }) {
			c.masked("attributes."+name, strings.Join(from[name], "\x00"), strings.Join(to[name], "\x00"))
		}
	}
}

func personChanges(old, p Person) []Change {
	var c diff
	c.masked("name", old.Name, p.Name)
	c.masked("email", old.Email, p.Email)
	c.plain("account", old.Account, p.Account)
	c.plain("roles", roleList(old.Roles), roleList(p.Roles))
	c.plain("locale", old.Locale, p.Locale)
	c.plain("zone", old.Zone, p.Zone)
	c.plain("disabled", strconv.FormatBool(old.Disabled), strconv.FormatBool(p.Disabled))
	c.attributes(old.Attributes, p.Attributes)
	return c
}

func accountChanges(old, a Account) []Change {
	var c diff
	c.plain("name", old.Name, a.Name)
	c.plain("plan", old.Plan, a.Plan)
	c.plain("country", old.Country, a.Country)
	c.plain("products", strings.Join(old.Products, ", "), strings.Join(a.Products, ", "))
	c.plain("disabled", strconv.FormatBool(old.Disabled), strconv.FormatBool(a.Disabled))
	c.attributes(old.Attributes, a.Attributes)
	return c
}

func segmentChanges(old, s Segment) []Change {
	var c diff
	c.plain("title", old.Title, s.Title)
	c.plain("description", old.Description, s.Description)
	c.plain("rule", ruleText(old.Rule), ruleText(s.Rule))
	return c
}

// ruleText spells a rule without the values that say who somebody is.
func ruleText(r Rule) string {
	if r.Fact == "" && len(r.All) == 0 && len(r.Any) == 0 {
		return ""
	}
	text, err := json.Marshal(r.masked())
	if err != nil {
		return Masked
	}
	return string(text)
}

// masked returns r without the values that say who somebody is.
func (r Rule) masked() Rule {
	if r.Fact == FactID || strings.HasPrefix(r.Fact, FactPerson) {
		r.Values = []string{fmt.Sprintf("%s (%d)", Masked, len(r.Values))}
	}
	r.All, r.Any = slices.Clone(r.All), slices.Clone(r.Any)
	for _, list := range [][]Rule{r.All, r.Any} {
		for i := range list {
			list[i] = list[i].masked()
		}
	}
	return r
}

func fieldChanges(old, f Field) []Change {
	var c diff
	c.plain("type", string(old.Type), string(f.Type))
	c.plain("edit", string(old.Edit), string(f.Edit))
	c.plain("required", strconv.FormatBool(old.Required), strconv.FormatBool(f.Required))
	c.plain("pattern", old.Pattern, f.Pattern)
	return c
}

func roleList(roles []Role) string {
	var names []string
	for _, r := range roles {
		names = append(names, string(r))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// savedAs names what saving something with a version does.
func savedAs(kind string, version int) string {
	if version == 0 {
		return kind + ".added"
	}
	return kind + ".changed"
}
