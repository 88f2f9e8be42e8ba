package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// A FactInfo describes a fact to those who write rules.
type FactInfo struct {
	Name     string            // as rules ask for it: "plan", "person.team", "behaviour.visits.30d"
	Label    map[string]string // what people call it, by language; empty for those that the library knows
	Type     FieldType         // of its values
	Choices  []Choice          // what they are, if that is known
	Declared bool              // rules that ask for it open nothing
}

// A FactLister is [Facts] that say what they know.
type FactLister interface {
	Facts

	// Known describes what may be asked for, with names as Facts takes them.
	// Facts is asked for nothing else.
	Known() []FactInfo
}

// RuleFacts returns what rules may ask for: what is known of everybody, the
// fields of people and of accounts, and what Options.Facts and Options.Owned say
// that they know.
// It takes [PermissionSegmentsRead]; of fields, the actor is told of those
// whom [Directory.Fields] tells of.
func (d *Directory) RuleFacts(ctx context.Context, by Actor) ([]FactInfo, error) {
	if !d.policy.May(by, PermissionSegmentsRead) {
		return nil, fmt.Errorf("facts: %w", ErrForbidden)
	}
	list := []FactInfo{
		{Name: FactRole, Type: FieldText}, {Name: FactAccount, Type: FieldText}, {Name: FactPlan, Type: FieldText},
		{Name: FactCountry, Type: FieldCountry}, {Name: FactProduct, Type: FieldText}, {Name: FactID, Type: FieldText},
		{Name: FactLanguage, Type: FieldText, Declared: true}, {Name: FactLocale, Type: FieldText, Declared: true},
		{Name: FactZone, Type: FieldText, Declared: true},
	}
	for _, a := range attributeFacts {
		fields, err := d.Fields(ctx, by, a.of)
		if err != nil {
			return nil, fmt.Errorf("facts: %w", err)
		}
		for _, f := range fields {
			list = append(list, FactInfo{
				Name: a.prefix + f.Name, Label: f.Label, Type: f.Type, Choices: f.Choices, Declared: f.customers(),
			})
		}
	}
	for _, info := range d.owned.Known() {
		info.Name = FactOwned + info.Name
		list = append(list, info)
	}
	for _, info := range d.facts.Known() {
		info.Name, info.Declared = FactBehaviour+info.Name, true
		list = append(list, info)
	}
	return list, nil
}

// JoinFacts returns Facts that know what all of the parts know: what people did,
// what they bought. Each is asked for what it says that it knows, one that is no
// [FactLister] for everything, and of two that know the same the first is
// believed. What one of them cannot say now is not known; what the others can
// say is.
func JoinFacts(parts ...Facts) FactLister { return joinFacts(parts...) }

func joinFacts(parts ...Facts) (all joinedFacts) {
	for _, part := range parts {
		switch part := part.(type) {
		case nil:
		case joinedFacts:
			all = append(all, part...)
		default:
			all = append(all, newFactPart(part))
		}
	}
	return all
}

// A joinedFacts is asked part by part by the Directory, which logs what fails.
type joinedFacts []factPart

// A factPart is Facts with what they say they know.
type factPart struct {
	Facts
	infos []FactInfo
	names map[string]bool // nil means that it is asked for everything
}

func newFactPart(f Facts) factPart {
	part := factPart{Facts: f}
	if lister, ok := f.(FactLister); ok {
		part.infos, part.names = lister.Known(), map[string]bool{}
		for _, info := range part.infos {
			part.names[info.Name] = true
		}
	}
	return part
}

// Facts implements [Facts].
func (j joinedFacts) Facts(ctx context.Context, p Person, names []string) (map[string][]string, error) {
	known := map[string][]string{}
	var failed []error
	for _, part := range j {
		failed = append(failed, part.add(ctx, p, "", names, known))
	}
	return known, errors.Join(failed...)
}

// Known implements [FactLister].
func (j joinedFacts) Known() (list []FactInfo) {
	for _, part := range j {
		list = append(list, part.infos...)
	}
	return list
}

// add adds what the part says of those of the names that it knows, with a prefix.
func (f factPart) add(ctx context.Context, p Person, prefix string, names []string, facts map[string][]string) error {
	names = f.knows(names)
	if len(names) == 0 {
		return nil
	}
	known, err := f.Facts.Facts(ctx, p.Clone(), slices.Clone(names))
	if err != nil {
		return err
	}
	for _, name := range names {
		values := known[name]
		if len(values) == 0 {
			continue
		}
		if _, ok := facts[prefix+name]; !ok {
			facts[prefix+name] = values
		}
	}
	return nil
}

// knows returns those of the names that the part knows.
func (f factPart) knows(names []string) []string {
	strange := func(name string) bool { return !f.names[name] }
	if f.names == nil || !slices.ContainsFunc(names, strange) {
		return names
	}
	return slices.DeleteFunc(slices.Clone(names), strange)
}
