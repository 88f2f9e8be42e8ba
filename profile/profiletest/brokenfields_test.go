package profiletest_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// faultyFields is a good store with one fault: whatever is set replaces it.
type faultyFields struct {
	profile.FieldStore
	fields func(ctx context.Context) ([]profile.Field, error)
	save   func(ctx context.Context, f profile.Field) error
	remove func(ctx context.Context, of profile.FieldOf, name string) error
}

func (f faultyFields) Fields(ctx context.Context) ([]profile.Field, error) {
	if f.fields != nil {
		return f.fields(ctx)
	}
	return f.FieldStore.Fields(ctx)
}

func (f faultyFields) SaveField(ctx context.Context, field profile.Field) error {
	if f.save != nil {
		return f.save(ctx, field)
	}
	return f.FieldStore.SaveField(ctx, field)
}

func (f faultyFields) RemoveField(ctx context.Context, of profile.FieldOf, name string) error {
	if f.remove != nil {
		return f.remove(ctx, of, name)
	}
	return f.FieldStore.RemoveField(ctx, of, name)
}

// changedField returns a store that changes fields before it keeps them.
func changedField(change func(*profile.Field)) func(profile.FieldStore) faultyFields {
	return func(s profile.FieldStore) faultyFields {
		return faultyFields{save: func(ctx context.Context, f profile.Field) error {
			f = f.Clone()
			change(&f)
			return s.SaveField(ctx, f)
		}}
	}
}

// brokenFields lists the faults that the suite must catch.
var brokenFields = map[string]func(profile.FieldStore) faultyFields{
	"fields: drops required":       changedField(func(f *profile.Field) { f.Required = false }),
	"fields: drops the pattern":    changedField(func(f *profile.Field) { f.Pattern = "" }),
	"fields: lets anybody edit":    changedField(func(f *profile.Field) { f.Edit = profile.FieldBySelf }),
	"fields: drops labels":         changedField(func(f *profile.Field) { delete(f.Label, "ar") }),
	"fields: drops choices' names": changedField(func(f *profile.Field) { f.Choices = []profile.Choice{{Value: "a"}} }),
	"fields: one name for all":     changedField(func(f *profile.Field) { f.Of = profile.FieldOfPerson }),
	"fields: unsorted": func(s profile.FieldStore) faultyFields {
		return faultyFields{fields: func(ctx context.Context) ([]profile.Field, error) {
			list, err := s.Fields(ctx)
			slices.Reverse(list)
			return list, err
		}}
	},
	"fields: removes what is not there": func(s profile.FieldStore) faultyFields {
		return faultyFields{remove: func(ctx context.Context, of profile.FieldOf, name string) error {
			_ = s.RemoveField(ctx, of, name)
			return ctx.Err()
		}}
	},
	"fields: does not notice a cancelled context": func(s profile.FieldStore) faultyFields {
		return faultyFields{save: func(ctx context.Context, f profile.Field) error { return s.SaveField(context.WithoutCancel(ctx), f) }}
	},
}

// TestSuiteCatchesFields runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesFields(t *testing.T) {
	suitetest.Catches(t, brokenFields, func(t *testing.T, fault func(profile.FieldStore) faultyFields) {
		profiletest.TestFieldStore(t, func(*testing.T) profile.FieldStore {
			good := memprofile.New()
			f := fault(good)
			f.FieldStore = good
			return f
		})
	})
}
