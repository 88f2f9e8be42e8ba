package profiletest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestFieldStore runs the contract of [profile.FieldStore] as subtests. open
// must return an empty store each time it is called.
func TestFieldStore(t *testing.T, open func(t *testing.T) profile.FieldStore) {
	suitetest.Run(t, []suitetest.Promise[profile.FieldStore]{
		{"RoundTrip", "Fields returns what SaveField was given", checkFieldRoundTrip},
		{"Order", "Fields are in the order of what they describe, their place and their name", checkFieldOrder},
		{"Versions", "SaveField keeps the rules of versions, RemoveField forgets", checkFieldVersions},
		{"NoAliasing", "changing a field given to or got from a store changes nothing inside it", checkFieldAliasing},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkFieldCancelled},
	}, open)
}

func newField(name string, change ...func(*profile.Field)) profile.Field {
	f := profile.Field{
		Name: name, Of: profile.FieldOfPerson, Label: map[string]string{"en": "It's \"odd\" <&>", "ar": "\u0647\u0627\u062a\u0641"},
		Hint: map[string]string{"de": "Wie $1"}, Type: profile.FieldChoice, Required: true,
		Choices: []profile.Choice{{Value: "a", Label: map[string]string{"en": "A"}}, {Value: "%_'"}},
		Pattern: `[a-z\d]+`, Min: 1, Max: 9, Many: 3, Edit: profile.FieldBySelf, Order: -2, Version: 1,
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func fieldsOf(t *testing.T, s profile.FieldStore) []profile.Field {
	t.Helper()
	list, err := s.Fields(t.Context())
	require.NoError(t, err)
	return list
}

func checkFieldRoundTrip(t *testing.T, s profile.FieldStore) {
	bare := profile.Field{Name: "z", Of: profile.FieldOfPerson, Label: map[string]string{"en": "Z"}, Type: profile.FieldText, Edit: profile.FieldHidden, Version: 1}
	require.NoError(t, s.SaveField(t.Context(), newField("a")))
	require.NoError(t, s.SaveField(t.Context(), bare))
	require.Equal(t, []profile.Field{newField("a"), bare}, fieldsOf(t, s))
	require.ErrorIs(t, s.SaveField(t.Context(), newField("b", func(f *profile.Field) { f.Label["en"] = "a\x00" })), profile.ErrInvalid)
	require.Len(t, fieldsOf(t, s), 2)
}

func checkFieldOrder(t *testing.T, s profile.FieldStore) {
	for _, f := range []struct {
		name  string
		of    profile.FieldOf
		order int
	}{
		{"b", profile.FieldOfPerson, 1}, {"B", profile.FieldOfPerson, 1}, {"first", profile.FieldOfPerson, -5}, {"b", profile.FieldOfAccount, 9},
	} {
		require.NoError(t, s.SaveField(t.Context(), newField(f.name, func(n *profile.Field) { n.Of, n.Order = f.of, f.order })))
	}
	var got []string
	for _, f := range fieldsOf(t, s) {
		got = append(got, string(f.Of)+"."+f.Name)
	}
	require.Equal(t, []string{"account.b", "person.first", "person.B", "person.b"}, got)
}

func checkFieldVersions(t *testing.T, s profile.FieldStore) {
	second := newField("a", func(f *profile.Field) { f.Version, f.Required, f.Order, f.Choices = 2, false, 4, nil })
	require.ErrorIs(t, s.SaveField(t.Context(), second), profile.ErrNotFound)
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.SaveField(t.Context(), newField("a")) })
	require.NoError(t, s.SaveField(t.Context(), newField("a", func(f *profile.Field) { f.Of = profile.FieldOfAccount })))
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.SaveField(t.Context(), second) })
	require.Equal(t, second, fieldsOf(t, s)[1])
	require.NoError(t, s.RemoveField(t.Context(), profile.FieldOfPerson, "a"))
	require.ErrorIs(t, s.RemoveField(t.Context(), profile.FieldOfPerson, "a"), profile.ErrNotFound)
	left := fieldsOf(t, s)
	require.Len(t, left, 1)
	require.Equal(t, profile.FieldOfAccount, left[0].Of)
}

func checkFieldAliasing(t *testing.T, s profile.FieldStore) {
	given := newField("a")
	require.NoError(t, s.SaveField(t.Context(), given))
	for range 2 {
		given.Label["en"], given.Hint["de"], given.Choices[0].Value, given.Choices[0].Label["en"] = "x", "x", "x", "x"
		given = fieldsOf(t, s)[0]
		require.Equal(t, newField("a"), given)
	}
}

func checkFieldCancelled(t *testing.T, s profile.FieldStore) {
	require.NoError(t, s.SaveField(t.Context(), newField("a")))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Fields(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.SaveField(ctx, newField("b")), context.Canceled)
	require.ErrorIs(t, s.RemoveField(ctx, profile.FieldOfPerson, "a"), context.Canceled)
	require.Len(t, fieldsOf(t, s), 1)
}
