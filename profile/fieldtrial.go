package profile

import (
	"context"

	"github.com/stoa-go/stoa/internal/errs"
)

// A FieldTrial says what keeping a field would mean for the values that there
// are, see [Directory.TryField].
type FieldTrial struct {
	Valued  int          // how many people or accounts have a value
	Broken  int          // and of them one that breaks the rules of the field
	Missing int          // how many have none, though it would be required
	Sample  []FieldValue // the first of those with a value that breaks the rules, ten at most
	Looked  int          // how many people or accounts were looked at
	More    bool         // there are more, and nothing of what is said here is about them
}

// A FieldValue is what somebody has in a field.
type FieldValue struct {
	ID, Name string // of the person or the account
	Values   []string
}

// TryField returns what keeping f would mean for the values that there are;
// nothing is kept. A value that breaks the rules stays as it is until somebody
// changes what belongs to the same person, and then must be corrected. It takes
// what [Directory.SaveField] takes, and looks at the first Options.TryPeople
// people or accounts by name.
func (d *Directory) TryField(ctx context.Context, by Actor, f Field) (FieldTrial, error) {
	if _, err := d.mayFields(by); err != nil {
		return FieldTrial{}, wrap(err, "try field", f.Name)
	}
	f, err := f.Clone().check()
	if err != nil {
		return FieldTrial{}, wrap(err, "try field", f.Name)
	}
	t := FieldTrial{}
	for after := ""; ; {
		page, next, err := d.holders(ctx, f.Of, after, min(maxLimit, d.tryPeople-t.Looked))
		if err != nil {
			return FieldTrial{}, wrap(err, "try field", f.Name)
		}
		for _, h := range page {
			t.add(f, h)
		}
		if after = next; next == "" || t.Looked >= d.tryPeople {
			t.More = next != ""
			return t, nil
		}
	}
}

// A holder is a person or an account with its attributes.
type holder struct {
	id, name   string
	attributes map[string][]string
}

// holders returns a page of those whom a field describes.
func (d *Directory) holders(ctx context.Context, of FieldOf, after string, n int) (out []holder, next string, err error) {
	if of == FieldOfAccount {
		page, next, err := d.store.Accounts(ctx, AccountQuery{After: after, Limit: n})
		for _, a := range page {
			out = append(out, holder{a.ID, a.Name, a.Attributes})
		}
		return out, next, err
	}
	page, next, err := d.store.People(ctx, PersonQuery{After: after, Limit: n})
	for _, p := range page {
		out = append(out, holder{p.ID, p.Name, p.Attributes})
	}
	return out, next, err
}

func (t *FieldTrial) add(f Field, h holder) {
	t.Looked++
	values := h.attributes[f.Name]
	if len(values) == 0 {
		if f.Required {
			t.Missing++
		}
		return
	}
	t.Valued++
	wrong := errs.Fields{}
	if f.Check(wrong, f.Name, values); wrong.Err() == nil {
		return
	}
	if t.Broken++; len(t.Sample) < sampled {
		t.Sample = append(t.Sample, FieldValue{h.id, h.name, append([]string(nil), values...)})
	}
}
